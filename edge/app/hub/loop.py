"""The shell around the pipeline: one state, one inbox, and hands that do what the effects say."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import structlog

from edge import pipeline
from edge.app.hub.debounce import Debounce
from edge.app.hub.effects.camera import CameraRequests
from edge.app.hub.effects.journal_writer import JournalWriter
from edge.app.hub.effects.notifications import Notifications
from edge.app.hub.effects.publication import Publication
from edge.app.hub.effects.reading_writer import ReadingWriter
from edge.app.hub.effects.replies import Replies
from edge.app.hub.effects.sounder import RoomSounder
from edge.app.hub.effects.status_topics import StatusTopics, house_facts
from edge.app.hub.effects.test_alarms import AlarmTester
from edge.app.hub.effects.timers import Timers
from edge.app.hub.event_queue import EventQueue
from edge.app.hub.worker import Worker
from edge.model.alarm import Alarm, Condition, Presence, Reason
from edge.model.effect import (
    AlarmChanged,
    Dropped,
    Effect,
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
from edge.model.event import (
    BrokerLinkChanged,
    Command,
    Event,
    FaultReported,
    NoticeAsked,
    PushReported,
    TargetProven,
    Tick,
)
from edge.mqtt import discovery, payloads
from edge.mqtt.client import MqttPublisher
from edge.mqtt.topics import Topics
from edge.ports import Clock, Filmer, Journal, Notifier, ReadingStore, Sounder

TICK_S = 1.0
HEALTH_S = 30.0
BROKER_PATIENCE_S = 30.0
HOUSE_MEMO = "house"
NOT_ON_DISK = "the hub's disk does not take it now: it is kept in memory alone"

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Counters:
    """What the health topic tells beside the watched sensors."""

    self_check: int = 0
    frames_dropped: dict[str, int] = field(default_factory=dict)
    commands_refused: int = 0


class Hub:
    """Owns the pipeline's state. Everything enters through `emit` or `report`; one task steps, in order."""

    def __init__(
        self,
        setup: pipeline.Setup,
        clock: Clock,
        *,
        journal: Journal,
        store: ReadingStore,
        journal_thread: Worker,
        storage_thread: Worker,
        notifiers: Mapping[str, Sequence[Notifier]],
        sounder: Sounder | None,
        filmer: Filmer | None = None,
    ) -> None:
        self.setup = setup
        self.clock = clock
        self.counters = Counters()
        self.journal = journal
        self.store = store
        self.storage_thread = storage_thread
        self.replication = ""
        self.radio: Callable[[], Mapping[str, object]] = dict
        self.phone_buttons: Callable[[], Mapping[str, object]] = dict
        self.on_alarm: Callable[[Alarm], None] = lambda _alarm: None
        self.journal_thread = journal_thread
        self.publisher: MqttPublisher | None = None
        self.keeper = ReadingWriter(store, storage_thread, self.report)
        self.book = JournalWriter(journal, journal_thread, clock, self.report)
        self.outgoing = Publication(setup.config.hub.name, setup.zone, self.book, lambda: self.publisher)
        self.pushes = Notifications(notifiers, self._note_push, self._pushed, self._notice)
        self.timers = Timers(lambda timer: self._intake.put_own(timer, timer))
        self.room = RoomSounder(sounder, self.book.note, self.report)
        self.films = CameraRequests(filmer, self._tell_camera, self.book.note)
        self.answers = Replies(setup, clock, self.book, lambda: self.publisher)
        self.surfaces = StatusTopics(clock, lambda: self.publisher)
        self.proving = AlarmTester(
            self.pushes,
            self.room,
            answer=self.answers.answer,
            proved=self._proved,
            elsewhere=lambda begins: self.surfaces.test(self.state, begins=begins),
        )
        self.progress_s = clock.now().mono_s
        self._state: pipeline.State | None = None
        self._intake = EventQueue()
        self._broker = Debounce(self._broker_is_down)
        self._topics = Topics(setup.config.hub.name)
        self._zone = setup.zone

    @property
    def state(self) -> pipeline.State:
        assert self._state is not None
        return self._state

    @property
    def idle(self) -> asyncio.Event:
        """Set while nothing waits for the core."""
        return self._intake.idle

    # ---------------------------------------------------------------- what comes in

    async def emit(self, event: Event) -> None:
        """Hand in an event; waits while the inbox is full, so that a fast source is slowed and nothing is lost."""
        await self._intake.put(event)

    def report(self, condition: Condition, present: bool, detail: str = "", part: str = "") -> None:
        """A technical condition of the hub itself. Only the newest word of each part counts, so it cannot pile up."""
        # No sensor's id begins with a star, so a part of the hub is never taken for one.
        self._intake.put_own((condition, part), FaultReported(condition, present, detail, part and f"*{part}"))

    def _pushed(self, report: PushReported) -> None:
        self._intake.put_own((report.caregiver, report.channel, report.number), report)

    def _notice(self, notice: NoticeAsked) -> None:
        self._intake.put_own(("notice", notice.caregiver, notice.subject), notice)

    def _proved(self, proof: TargetProven) -> None:
        self._intake.put_own(("proved", proof.target), proof)

    def broker_state(self, connected: bool, detail: str) -> None:
        """The publisher's connection came or went."""
        self._intake.put_own("broker link", BrokerLinkChanged(connected))
        if not connected:
            self._broker.lost(detail, BROKER_PATIENCE_S)
            return
        self._broker.back()
        self.report(Condition.BROKER_DOWN, False, part="connection")
        self.show_again()

    def show_again(self) -> None:
        """Publish again what a broker or Home Assistant that comes back may have lost."""
        self.outgoing.again()
        if self.publisher is not None:
            for topic, payload in discovery.messages(self.setup.config, self.state.sensors.values()):
                self.publisher.show(topic, payload)

    def _broker_is_down(self, why: str) -> None:
        self.report(Condition.BROKER_DOWN, True, why, "connection")

    async def command(
        self, command: Command, response_topic: str = "", correlation: bytes = b"", *, user: str = ""
    ) -> None:
        """A caregiver's command from MQTT; the reply goes where it asked for, and to the user who sent it."""
        if user or response_topic:
            self.answers.expect(command, user, response_topic, correlation)
        await self.emit(command)

    # ---------------------------------------------------------------- the loop

    async def begin(self) -> None:
        """Take up what the journal says stands, and step once. Raises nothing for a journal that cannot be read."""
        latest, sequence = await self.book.latest()
        remembered = await self.book.recall(HOUSE_MEMO)
        self.outgoing.latest = {alarm.key: alarm for alarm in latest}
        standing = [alarm for alarm in latest if alarm.presence is not Presence.OFF]
        now = self.clock.now()
        entries, past = await self.book.entries(), await self.book.past()
        number = sequence or int(now.wall_s)
        self._state, effects = pipeline.begin(
            self.setup, now, standing, number, remembered=remembered, entries=entries, past=past
        )
        await self._execute(effects)
        self.surfaces.house(self.state)
        self.surfaces.sound(self.state, Sound("", Reason.RESTORED))
        self._state, effects = pipeline.step(self.state, Tick(), now)
        await self._execute(effects)

    async def work(self) -> None:
        """Step through events as they come, until cancelled."""
        async for event in self._intake.events():
            await self._step(event)

    async def _step(self, event: Event) -> None:
        self._state, effects = pipeline.step(self.state, event, self.clock.now())
        self.counters.self_check += 1
        self.progress_s = self.clock.now().mono_s
        if effects:
            await self._execute(effects)

    async def tick(self) -> None:
        """Let time pass for the core, from boot on."""
        while True:
            await self.emit(Tick(self.clock.now().mono_s))
            await self.clock.sleep(TICK_S)

    # ---------------------------------------------------------------- what goes out

    async def _execute(self, effects: Sequence[Effect]) -> None:
        """Alarms first and on disk before anything tells of them; nothing else here waits."""
        alarms = [effect.alarm for effect in effects if isinstance(effect, AlarmChanged)]
        if alarms:
            await self._publish(alarms)
            self.show_health()
        entries = [effect.entry for effect in effects if isinstance(effect, KeepEntry)]
        kept = not entries or await self.outgoing.entries(entries)
        for effect in effects:
            if isinstance(effect, Reply) and not kept:
                effect = replace(effect, reason=f"{effect.reason}; {NOT_ON_DISK}")  # noqa: PLW2901
            self._hand_over(effect)

    def _hand_over(self, effect: Effect) -> None:
        match effect:
            case SendPush() | StartTimer() | PushNotSent():
                self._push(effect)
            case Withheld():
                self.book.note(f"{effect.alarm_id} to {effect.caregiver}", effect, effect.reason)
            case Note():
                self.book.note(effect.subject, effect.detail)
            case KeepReading() | KeepMotion():
                self.keeper.add(effect)
            case ShowLatest() if self.publisher is not None:
                self.publisher.show(*payloads.latest(self._topics.hub, effect, self._zone))
            case Reply():
                self.answers.answer(effect)
                self.book.soon()  # the request of a command that changed nothing
            case Sound():
                self.room.want(effect.pattern, effect.level_percent)
                self.surfaces.sound(self.state, effect)
            case Film():
                self.films.want(effect)
            case Remember():
                self.book.remember(HOUSE_MEMO, effect.text)
                self.surfaces.house(self.state)
            case SendTestAlarm():
                self.proving.put(effect)
            case Dropped():
                self._count_dropped(effect)
            case _:
                pass  # alarms and entries, which went first; notifications, whose pushes follow

    def _push(self, effect: SendPush | StartTimer | PushNotSent) -> None:
        match effect:
            case SendPush():
                self.pushes.send(effect)
            case StartTimer():
                self.timers.start(effect)
            case PushNotSent():
                self.pushes.not_sent(effect)

    def _count_dropped(self, effect: Dropped) -> None:
        count = self.counters.frames_dropped.get(effect.device, 0) + 1
        self.counters.frames_dropped[effect.device] = count
        if count & (count - 1) == 0:  # the first, second, fourth ...: said, but never a flood
            log.warning("frame.dropped", device=effect.device, kind=effect.kind, why=effect.reason, count=count)

    async def _publish(self, alarms: Sequence[Alarm]) -> None:
        self.keeper.commit_soon()
        for alarm in alarms:
            self.on_alarm(alarm)
            log.info("alarm", condition=alarm.key.condition, presence=alarm.presence, reason=alarm.reason, id=alarm.id)
        await self.outgoing.alarms(alarms)

    def _tell_camera(self) -> None:
        camera = self.setup.config.camera
        if camera is not None and camera.mqtt_topic and self.publisher is not None:
            self.publisher.send(camera.mqtt_topic, camera.mqtt_payload.encode())

    def _note_push(self, caregiver: str, message: Notify, outcome: str) -> None:
        self.book.note(f"{message.alarm_id} to {caregiver}", message, outcome)

    # ---------------------------------------------------------------- health

    async def health(self) -> None:
        """Say every 30 s what is watched and what is not; the count proves that it still counts."""
        while True:
            self.show_health()
            await self.clock.sleep(HEALTH_S)

    def lost(self) -> list[str]:
        """The sensors that should be heard now and are not, and why."""
        watches = pipeline.watches(self.state, self.clock.now())
        sensors = self.state.sensors
        return [f"{device} ({why})" for _, device, why in watches if why and not sensors[device].profile.spot]

    def one_line(self) -> str:
        """What is watched, in a line for `systemctl status`."""
        watches, lost = pipeline.watches(self.state, self.clock.now()), self.lost()
        standing = ", ".join(alarm.key.condition for alarm in self.state.alarms.conditions.standing()) or "no alarm"
        counted = f"watching {len(watches) - len(lost)} of {len(watches)} sensors"
        return "; ".join(filter(None, [counted, f"not {', '.join(lost)}" if lost else "", standing]))

    def show_health(self) -> None:
        """Publish the health topic now."""
        if self.publisher is None:
            return
        now = self.clock.now()
        watches = [payloads.Watch(*each) for each in pipeline.watches(self.state, now)]
        facts = {
            "broker_connected": self.publisher.connected,
            "certificates_end": {
                name: payloads.rfc3339(end_s, self._zone) for name, end_s in self.publisher.certificate_ends.items()
            },
            "frames_dropped": self.counters.frames_dropped,
            "commands_refused": self.counters.commands_refused,
            "commands_lost": self.publisher.commands_lost,
            "pushes_failed": self.pushes.failed,
            "readings_lost": self.keeper.lost,
            "history_lost": self.book.lost,
            "replication": self.replication or "off",
            "alarms": [payloads.standing_fields(alarm) for alarm in self.state.alarms.conditions.standing()],
            **house_facts(self.state, now, self.room.words),
            **({"phone_buttons": buttons} if (buttons := self.phone_buttons()) else {}),
            **({"radio": radio} if (radio := self.radio()) else {}),
        }
        body = payloads.health(self.counters.self_check, now.wall_s, watches, facts, self._zone)
        self.publisher.show(self._topics.health, body)
