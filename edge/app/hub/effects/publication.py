"""What is told of alarms and of what caregivers added: on disk first; from memory, marked, if the journal fails."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace

from edge.app.hub.effects.journal_writer import JournalWriter
from edge.model.alarm import Alarm, AlarmKey
from edge.model.care import Entry
from edge.mqtt import care, payloads
from edge.mqtt.client import MqttPublisher
from edge.ports import OutgoingMessage


class Publication:
    """latest: the last state of each alarm, over or not. publisher: gives the one there is, if any."""

    def __init__(
        self, hub: str, zone: dt.tzinfo, book: JournalWriter, publisher: Callable[[], MqttPublisher | None]
    ) -> None:
        self.latest: dict[AlarmKey, Alarm] = {}
        self._hub = hub
        self._zone = zone
        self._book = book
        self._publisher = publisher

    async def alarms(self, alarms: Sequence[Alarm]) -> None:
        """The journal first, on disk; then the broker."""
        self.latest |= {alarm.key: alarm for alarm in alarms}
        recorded = await self._book.record(alarms, self._messages(alarms))
        marked = [replace(alarm, unjournalled=True) for alarm in alarms]
        if not recorded:
            self.latest |= {alarm.key: alarm for alarm in marked}
        self._tell(recorded, lambda: self._messages(marked))

    async def entries(self, entries: Sequence[Entry]) -> bool:
        """The same; False if memory alone has them."""
        kept = await self._book.keep(entries, self._cares(entries))
        self._tell(kept, lambda: self._cares([replace(entry, unjournalled=True) for entry in entries]))
        return kept

    def again(self) -> None:
        """Publish again what a broker that comes back may have lost: the last state of each alarm, over or not."""
        publisher = self._publisher()
        if publisher is None:
            return
        for message in self._messages(list(self.latest.values())):
            if message.retain:
                publisher.show(message.topic, message.payload)

    def _tell(self, on_disk: bool, from_memory: Callable[[], list[OutgoingMessage]]) -> None:
        publisher = self._publisher()
        if publisher is None:
            return
        if on_disk:
            publisher.wake()
        else:
            publisher.publish_unjournalled(from_memory())

    def _messages(self, alarms: Sequence[Alarm]) -> list[OutgoingMessage]:
        return [message for alarm in alarms for message in payloads.messages_for(self._hub, alarm, self._zone)]

    def _cares(self, entries: Sequence[Entry]) -> list[OutgoingMessage]:
        return [care.message(self._hub, entry, self._zone) for entry in entries]
