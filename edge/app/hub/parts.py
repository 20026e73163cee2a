"""The parts that carry out effects: what records, what reaches caregivers, and the table of who carries out what."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from edge import pipeline
from edge.app.hub.counters import Counters
from edge.app.hub.disk import Disk
from edge.app.hub.effects.camera import CameraMessage, CameraRequests
from edge.app.hub.effects.dropped_frames import DroppedFrames
from edge.app.hub.effects.executor import Executor, Failed
from edge.app.hub.effects.heard_frames import HeardFrames
from edge.app.hub.effects.history import LevelsMemo, NoteHistory, WithheldHistory
from edge.app.hub.effects.journal_writer import JournalWriter
from edge.app.hub.effects.latest_values import LatestValues
from edge.app.hub.effects.notifications import Notifications
from edge.app.hub.effects.phone_screens import Keep, PhoneScreens
from edge.app.hub.effects.publication import AlarmPublication, EntryPublication, Republication
from edge.app.hub.effects.pushes import DecidedNotification, GuardedNotifier, PushAttempt, UnsentHistory
from edge.app.hub.effects.reading_writer import ReadingWriter
from edge.app.hub.effects.replies import NobodyChanges, Replies
from edge.app.hub.effects.sounder import RoomSounder, Sounding
from edge.app.hub.effects.status_topics import StatusTopics, WatchMemo
from edge.app.hub.effects.test_alarms import AlarmTester
from edge.app.hub.effects.timers import Timers
from edge.app.hub.event_queue import EventQueue, Republish, ShowHealth, WatchBegan
from edge.app.hub.health import Health
from edge.app.hub.loop import Executors
from edge.model.alarm import Alarm
from edge.model.effect import (
    AlarmChanged,
    ChangeCaregivers,
    ClearPushes,
    Dropped,
    Film,
    KeepEntry,
    KeepMotion,
    KeepReading,
    Note,
    Notify,
    PushNotSent,
    Remember,
    RememberLevels,
    Reply,
    SendPush,
    SendTestAlarm,
    ShowLatest,
    Sound,
    StartTimer,
    Withheld,
    WriteFrames,
)
from edge.model.event import FilmBegun, NoticeAsked, PushReported, TargetProven, TestTaken, TimerExpired
from edge.ports import Clock, Filmer, Notifier, Publisher, Sounder


@dataclass(frozen=True, slots=True)
class Base:
    """What every part stands on: the checked configuration, the clock, the way into the core, the way to the broker."""

    setup: pipeline.Setup
    clock: Clock
    queue: EventQueue
    publisher: Publisher


@dataclass(frozen=True, slots=True)
class Recording:
    """What puts things on disk.

    journal_writer: alarms at once, history behind them; a side task. reading_writer: readings, every second; a side
    task. alarms: alarms on their way to journal and broker.
    """

    journal_writer: JournalWriter
    reading_writer: ReadingWriter
    alarms: AlarmPublication


@dataclass(frozen=True, slots=True)
class Outputs:
    """What caregivers hear and see. All but `status_topics` and `replies` are side tasks.

    notifications: pushes. phone_screens: takes off phones what was answered. room_sounder: the sounder in the room.
    status_topics: retained topics about the watch.
    camera: asks for films. replies: answers to commands. alarm_tester: test alarms over the real ways.
    """

    notifications: Notifications
    phone_screens: PhoneScreens
    room_sounder: RoomSounder
    status_topics: StatusTopics
    camera: CameraRequests
    replies: Replies
    alarm_tester: AlarmTester


def make_recording(base: Base, disk: Disk, on_alarm: Callable[[Alarm], None], failed: Failed) -> Recording:
    """on_alarm: called with each change of an alarm. failed: names a change that cannot be recorded."""
    report, name, zone = base.queue.report, base.setup.config.hub.name, base.setup.zone
    journal_writer = JournalWriter(disk.journal, disk.journal_thread, base.clock, report, failed)
    reading_writer = ReadingWriter(disk.store, disk.storage_thread, report)
    alarms = AlarmPublication(
        name, zone, journal_writer, reading_writer, base.publisher, on_alarm=on_alarm, failed=failed
    )
    return Recording(journal_writer, reading_writer, alarms)


def make_outputs(
    base: Base,
    journal_writer: JournalWriter,
    notifiers: Mapping[str, Sequence[Notifier]],
    sounder: Sounder | None,
    filmer: Filmer | None,
    *,
    keep: Keep,
) -> Outputs:
    """notifiers: channels of each caregiver, in their order. sounder, filmer: None where there is none.

    keep: as in `PhoneScreens`.
    """
    setup, clock, queue, publisher = base.setup, base.clock, base.queue, base.publisher
    notifications = _notifications(notifiers, queue, journal_writer)
    room_sounder = RoomSounder(sounder, journal_writer.note, queue.report)
    status_topics = StatusTopics(setup.config.hub.name, setup.zone, clock, publisher)
    camera = CameraRequests(
        filmer,
        _camera_message(setup),
        publisher,
        journal_writer.note,
        lambda begun: queue.post(begun, (FilmBegun, begun.alarm)),
    )
    replies = Replies(setup, clock, journal_writer, publisher)
    alarm_tester = AlarmTester(
        notifications,
        room_sounder,
        status_topics,
        answer=replies.answer,
        proved=lambda proof: queue.post(proof, (TargetProven, proof.target)),
        taken=lambda taken: queue.post(taken, (TestTaken, taken.caregiver)),
    )
    phone_screens = PhoneScreens(notifiers, journal_writer.note, keep)
    return Outputs(notifications, phone_screens, room_sounder, status_topics, camera, replies, alarm_tester)


def make_executors(
    base: Base,
    recording: Recording,
    outputs: Outputs,
    counters: Counters,
    health: Health,
    *,
    household: Executor[ChangeCaregivers] | None,
    heard: HeardFrames,
) -> Executors:
    """Who carries out each effect of the core and each request of the shell."""
    zone, name = base.setup.zone, base.setup.config.hub.name
    queue, publisher = base.queue, base.publisher
    journal_writer, reading_writer, alarms = recording.journal_writer, recording.reading_writer, recording.alarms
    notifications, status_topics = outputs.notifications, outputs.status_topics
    return Executors(
        recorders={
            AlarmChanged: alarms,
            KeepEntry: EntryPublication(name, zone, journal_writer, publisher),
        },
        others={
            KeepReading: reading_writer,
            KeepMotion: reading_writer,
            ShowLatest: LatestValues(name, zone, publisher),
            Notify: DecidedNotification(),
            SendPush: PushAttempt(notifications),
            StartTimer: Timers(lambda expired: queue.post(expired, (TimerExpired, expired.number))),
            PushNotSent: UnsentHistory(notifications),
            ClearPushes: outputs.phone_screens,
            Withheld: WithheldHistory(journal_writer),
            Note: NoteHistory(journal_writer),
            Sound: Sounding(outputs.room_sounder, status_topics),
            Film: outputs.camera,
            Reply: outputs.replies,
            SendTestAlarm: outputs.alarm_tester,
            WriteFrames: heard,
            ChangeCaregivers: household or NobodyChanges(outputs.replies),
            Remember: WatchMemo(journal_writer, status_topics),
            RememberLevels: LevelsMemo(journal_writer),
            Dropped: DroppedFrames(counters),
            ShowHealth: health,
            Republish: Republication(alarms, publisher),
            WatchBegan: status_topics,
        },
    )


def _notifications(
    notifiers: Mapping[str, Sequence[Notifier]],
    queue: EventQueue,
    journal_writer: JournalWriter,
) -> Notifications:
    def guard(who: str, channel: Notifier) -> Notifier:
        return GuardedNotifier(channel, f"push to {who}", queue.report)

    def note(caregiver: str, message: Notify, outcome: str) -> None:
        journal_writer.note(f"{message.alarm_id} to {caregiver}", message, outcome)

    return Notifications(
        notifiers,
        note,
        lambda ended: queue.post(ended, (PushReported, ended.caregiver, ended.channel, ended.number)),
        lambda asked: queue.post(asked, (NoticeAsked, asked.caregiver, asked.subject)),
        guard,
    )


def _camera_message(setup: pipeline.Setup) -> CameraMessage:
    camera = setup.config.camera
    return CameraMessage(camera.mqtt_topic, camera.mqtt_payload.encode()) if camera else CameraMessage()
