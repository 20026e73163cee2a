"""How a hub is put together, in the order of the flow: queue, publisher, executors, sources of commands, loop."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from edge import pipeline
from edge.app.hub.broker_state import BrokerState
from edge.app.hub.command_intake import CommandIntake
from edge.app.hub.command_mailbox import CommandMailbox
from edge.app.hub.disk import Disk
from edge.app.hub.effects.camera import CameraMessage, CameraRequests
from edge.app.hub.effects.dropped_frames import DroppedFrames
from edge.app.hub.effects.history import NoteHistory, WithheldHistory
from edge.app.hub.effects.journal_writer import JournalWriter
from edge.app.hub.effects.latest_values import LatestValues
from edge.app.hub.effects.notifications import Notifications
from edge.app.hub.effects.publication import AlarmPublication, EntryPublication, Republication
from edge.app.hub.effects.pushes import DecidedNotification, GuardedNotifier, PushAttempt, UnsentHistory
from edge.app.hub.effects.reading_writer import ReadingWriter
from edge.app.hub.effects.replies import Replies
from edge.app.hub.effects.sounder import RoomSounder, Sounding
from edge.app.hub.effects.status_topics import StatusTopics, WatchMemo
from edge.app.hub.effects.test_alarms import AlarmTester
from edge.app.hub.effects.timers import Timers
from edge.app.hub.event_queue import EventQueue, Republish, ShowHealth, WatchBegan
from edge.app.hub.health import Counters, Facts, Health, Sources
from edge.app.hub.loop import Executors, Hub
from edge.app.hub.phone_buttons import PhoneButtons
from edge.app.hub.replication import Replication
from edge.app.hub.supervisor import Supervisor
from edge.model.alarm import Alarm
from edge.model.effect import (
    AlarmChanged,
    Dropped,
    Film,
    KeepEntry,
    KeepMotion,
    KeepReading,
    Note,
    Notify,
    PushNotSent,
    Remember,
    Reply,
    SendPush,
    SendTestAlarm,
    ShowLatest,
    Sound,
    StartTimer,
    Withheld,
)
from edge.model.event import NoticeAsked, PushReported, TargetProven, TimerExpired
from edge.mqtt.inbound import Incoming
from edge.ports import Clock, Filmer, Notifier, Publisher, Sounder


@dataclass(frozen=True, slots=True)
class Callbacks:
    """What a publisher is given; each only enqueues.

    state: (connected, why not), at each change. problem: what is wrong although the broker may be there, empty: over.
    command: one message under `cmd/`. home_assistant: the word of its birth or will message.
    """

    state: Callable[[bool, str], None]
    problem: Callable[[str], None]
    command: Callable[[Incoming], Awaitable[None]]
    home_assistant: Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Outside:
    """What a hub is put around; tests give fakes.

    disk: journal and store, opened. connect: makes the publisher. notifiers: channels of each caregiver, in their
    order. sounder, filmer: None where there is none. radio: facts for the health topic. on_alarm: called with each
    change of an alarm. influx_token: for replication, empty if it needs none.
    """

    disk: Disk
    connect: Callable[[Callbacks], Publisher]
    notifiers: Mapping[str, Sequence[Notifier]]
    sounder: Sounder | None = None
    filmer: Filmer | None = None
    radio: Facts = dict
    on_alarm: Callable[[Alarm], None] = lambda _alarm: None
    influx_token: str = ""


@dataclass(frozen=True, slots=True)
class Assembly:
    """A hub, put together and not yet running."""

    setup: pipeline.Setup
    """The configuration and the device profiles, for the core."""
    clock: Clock
    """Real, or virtual in replay."""
    disk: Disk
    """Journal and store."""
    queue: EventQueue
    """The only way in."""
    counters: Counters
    """What is counted for the health topic."""
    supervisor: Supervisor
    """Keeps side tasks going."""
    publisher: Publisher
    """The broker connection; a side task."""
    commands: CommandMailbox
    """Between the publisher and the intake; its `run` is a side task."""
    journal_writer: JournalWriter
    """Alarms at once, history behind them; a side task."""
    reading_writer: ReadingWriter
    """Readings, every second; a side task."""
    notifications: Notifications
    """Pushes; a side task."""
    room_sounder: RoomSounder
    """The sounder in the room; a side task."""
    camera: CameraRequests
    """A side task."""
    alarm_tester: AlarmTester
    """A side task."""
    phone_buttons: PhoneButtons
    """What is tapped on phones; a side task."""
    intake: CommandIntake
    """Lets commands in, whichever surface they come from."""
    alarms: AlarmPublication
    """Alarms on their way to journal and broker."""
    replication: Replication
    """To InfluxDB, where that is configured; a side task."""
    executors: Executors
    """Who carries out what."""
    hub: Hub
    """The loop."""

    async def begin(self) -> None:
        """Take up what the journal says of before a restart, and step once."""
        history = await self.journal_writer.history()
        self.alarms.restore(history.latest)
        await self.hub.begin(history)
        await self.intake.recall()


def assemble(setup: pipeline.Setup, clock: Clock, outside: Outside) -> Assembly:
    """Put a hub together. Nothing runs and nothing is connected yet."""
    config, zone, name = setup.config, setup.zone, setup.config.hub.name
    queue, counters, commands = EventQueue(), Counters(), CommandMailbox()
    supervisor = Supervisor(queue.report)
    broker = BrokerState(queue)
    publisher = outside.connect(Callbacks(broker.connection, broker.problem, commands.put, broker.home_assistant))

    disk = outside.disk
    journal_writer = JournalWriter(disk.journal, disk.journal_thread, clock, queue.report)
    reading_writer = ReadingWriter(disk.store, disk.storage_thread, queue.report)
    alarms = AlarmPublication(name, zone, journal_writer, reading_writer, publisher, on_alarm=outside.on_alarm)
    notifications = _notifications(outside.notifiers, queue, journal_writer)
    room_sounder = RoomSounder(outside.sounder, journal_writer.note, queue.report)
    status_topics = StatusTopics(name, zone, clock, publisher)
    camera = CameraRequests(outside.filmer, _camera_message(setup), publisher, journal_writer.note)
    replies = Replies(setup, clock, journal_writer, publisher)
    intake = CommandIntake(setup, clock, queue, journal_writer=journal_writer, replies=replies, counters=counters)
    phone_buttons = PhoneButtons(intake, notifications, outside.notifiers)
    alarm_tester = AlarmTester(
        notifications,
        room_sounder,
        status_topics,
        answer=replies.answer,
        proved=lambda proof: queue.post(proof, (TargetProven, proof.target)),
    )
    replication = Replication(config, outside.influx_token, disk.stored, disk.journalled, queue.report)
    sources = Sources(
        journal_writer,
        reading_writer,
        notifications,
        room_sounder,
        phone_buttons.facts,
        outside.radio,
        lambda: replication.status,
    )

    executors = Executors(
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
            Withheld: WithheldHistory(journal_writer),
            Note: NoteHistory(journal_writer),
            Sound: Sounding(room_sounder, status_topics),
            Film: camera,
            Reply: replies,
            SendTestAlarm: alarm_tester,
            Remember: WatchMemo(journal_writer, status_topics),
            Dropped: DroppedFrames(counters),
            ShowHealth: Health(setup, clock, publisher, counters, sources),
            Republish: Republication(config, alarms, publisher),
            WatchBegan: status_topics,
        },
    )
    return Assembly(
        setup=setup,
        clock=clock,
        disk=disk,
        queue=queue,
        counters=counters,
        supervisor=supervisor,
        publisher=publisher,
        commands=commands,
        journal_writer=journal_writer,
        reading_writer=reading_writer,
        notifications=notifications,
        room_sounder=room_sounder,
        camera=camera,
        alarm_tester=alarm_tester,
        phone_buttons=phone_buttons,
        intake=intake,
        alarms=alarms,
        replication=replication,
        executors=executors,
        hub=Hub(setup, clock, queue, executors, counters=counters, supervisor=supervisor),
    )


def _notifications(
    notifiers: Mapping[str, Sequence[Notifier]],
    queue: EventQueue,
    journal_writer: JournalWriter,
) -> Notifications:
    guarded = {
        who: [GuardedNotifier(each, f"push to {who}", queue.report) for each in channels]
        for who, channels in notifiers.items()
    }

    def note(caregiver: str, message: Notify, outcome: str) -> None:
        journal_writer.note(f"{message.alarm_id} to {caregiver}", message, outcome)

    return Notifications(
        guarded,
        note,
        lambda ended: queue.post(ended, (PushReported, ended.caregiver, ended.channel, ended.number)),
        lambda asked: queue.post(asked, (NoticeAsked, asked.caregiver, asked.subject)),
    )


def _camera_message(setup: pipeline.Setup) -> CameraMessage:
    camera = setup.config.camera
    return CameraMessage(camera.mqtt_topic, camera.mqtt_payload.encode()) if camera else CameraMessage()
