"""Alarms and what caregivers added: on disk before they are published; from memory, marked, if the journal fails."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import structlog

from edge.app.hub.effects.executor import Failed, Item
from edge.app.hub.effects.journal_writer import JournalWriter
from edge.app.hub.effects.reading_writer import ReadingWriter
from edge.app.hub.event_queue import Republish, ShowHealth
from edge.model.alarm import Alarm, AlarmKey
from edge.model.effect import AlarmChanged, KeepEntry, Reply
from edge.mqtt import care, discovery, payloads
from edge.pipeline import State, of_the_house
from edge.ports import OutgoingMessage, Publisher

NOT_ON_DISK = "the hub's disk does not take it now: it is kept in memory alone"

log = structlog.get_logger(__name__)

_NEWS = ("id", "presence", "priority")


class AlarmPublication:
    """latest: the last state of each alarm, over or not. on_alarm: called with each change, before it is on disk.

    failed: names a change that cannot be put into a message; it takes none of the others with it.
    """

    def __init__(
        self,
        hub: str,
        zone: dt.tzinfo,
        journal_writer: JournalWriter,
        reading_writer: ReadingWriter,
        publisher: Publisher,
        *,
        on_alarm: Callable[[Alarm], None],
        failed: Failed,
    ) -> None:
        self._hub = hub
        self._zone = zone
        self._journal_writer = journal_writer
        self._reading_writer = reading_writer
        self._publisher = publisher
        self._on_alarm = on_alarm
        self._failed = failed
        self._latest: dict[AlarmKey, Alarm] = {}

    def restore(self, latest: Iterable[Alarm]) -> None:
        """Take up the last states of before a restart."""
        self._latest |= {alarm.key: alarm for alarm in latest}

    def _is_news(self, alarm: Alarm) -> bool:
        """Whether it came, ended or became worse. An answer, or another reason, is not worth a commit of readings."""
        before = self._latest.get(alarm.key)
        return before is None or any(getattr(before, part) != getattr(alarm, part) for part in _NEWS)

    async def record(self, effects: Sequence[Item]) -> Sequence[Item]:
        """All alarms of one step in one transaction; then the broker, then the health topic, which names them."""
        alarms = [effect.alarm for effect in effects if isinstance(effect, AlarmChanged)]
        if any(self._is_news(alarm) for alarm in alarms):
            self._reading_writer.commit_soon()
        for alarm in alarms:
            self._on_alarm(alarm)
            log.info("alarm", condition=alarm.key.condition, presence=alarm.presence, reason=alarm.reason, id=alarm.id)
        self.restore(alarms)
        in_memory = await self._journal_writer.record(alarms, self.messages(alarms))
        if len(in_memory) < len(alarms):
            self._publisher.wake()
        if in_memory:
            marked = [replace(alarm, unjournalled=True) for alarm in in_memory]
            self.restore(marked)
            self._publisher.publish_unjournalled(self.messages(marked))
        return [ShowHealth(), *(effect for effect in effects if not isinstance(effect, AlarmChanged))]

    @property
    def latest(self) -> Sequence[Alarm]:
        """The last state of each alarm that there ever was."""
        return tuple(self._latest.values())

    def messages(self, alarms: Iterable[Alarm]) -> list[OutgoingMessage]:
        """The retained state and the event of each that can be put into one."""
        found: list[OutgoingMessage] = []
        for alarm in alarms:
            try:
                found += payloads.messages_for(self._hub, alarm, self._zone)
            except Exception as error:  # noqa: BLE001 - whatever is in it, the other alarms go out
                self._failed(f"message of {alarm.key.condition}", error)
        return found


class EntryPublication:
    """Publishes what caregivers added; the answer says so if it is not on disk."""

    def __init__(self, hub: str, zone: dt.tzinfo, journal_writer: JournalWriter, publisher: Publisher) -> None:
        self._hub = hub
        self._zone = zone
        self._journal_writer = journal_writer
        self._publisher = publisher

    async def record(self, effects: Sequence[Item]) -> Sequence[Item]:
        """All entries of one step in one transaction; then the broker."""
        entries = [effect.entry for effect in effects if isinstance(effect, KeepEntry)]
        others = [effect for effect in effects if not isinstance(effect, KeepEntry)]
        if await self._journal_writer.keep(entries, [care.message(self._hub, entry, self._zone) for entry in entries]):
            self._publisher.wake()
            return others
        marked = [replace(entry, unjournalled=True) for entry in entries]
        self._publisher.publish_unjournalled([care.message(self._hub, entry, self._zone) for entry in marked])
        return [_not_on_disk(effect) if isinstance(effect, Reply) else effect for effect in others]


class Republication:
    """What a broker or Home Assistant that comes back may have lost."""

    def __init__(self, alarms: AlarmPublication, publisher: Publisher) -> None:
        self._alarms = alarms
        self._publisher = publisher

    def execute(self, _request: Republish, state: State) -> None:
        """The last state of each alarm of the house, over or not, and Home Assistant's discovery."""
        own = [alarm for alarm in self._alarms.latest if of_the_house(state, alarm.key)]
        for message in self._alarms.messages(own):
            if message.retain:
                self._publisher.show(message.topic, message.payload)
        for topic, payload in discovery.messages(state.setup.config, state.sensors.values()):
            self._publisher.show(topic, payload)


def _not_on_disk(reply: Reply) -> Reply:
    return replace(reply, reason=f"{reply.reason}; {NOT_ON_DISK}")
