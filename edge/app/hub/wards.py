"""Further brokers, as of a ward: each gets what the family's gets, over a connection and behind a cursor of its own.

The family's broker comes first in every call, nothing waits for another one, and what is wrong with that one is told in
the health topic alone: no caregiver is woken because a hospital's broker is away.
"""

import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Self

from edge import __version__
from edge.app.hub.assembly import Callbacks
from edge.app.hub.disk import Disk
from edge.app.hub.event_queue import EventQueue, Republish
from edge.app.load.broker import ward_settings
from edge.app.load.configuration import Configuration
from edge.config import WardTable
from edge.errors import StorageError
from edge.host.client_id import client_id
from edge.mqtt.client import MqttPublisher
from edge.mqtt.inbound import Incoming
from edge.mqtt.payloads import encode
from edge.mqtt.ward_topics import WardTopics, instance_of
from edge.ports import Clock, OutgoingMessage, Publisher
from edge.storage.ward_outbox import WardOutbox


@dataclass(slots=True)
class Ward:
    """One further broker. answers: the user whose commands are heard. away, problem: what is wrong, empty: nothing."""

    name: str
    answers: str
    topics: WardTopics
    publisher: MqttPublisher = field(init=False)
    away: str = ""
    problem: str = ""

    def connection(self, connected: bool, detail: str) -> None:
        """It came or went."""
        self.away = "" if connected else detail

    def trouble(self, detail: str) -> None:
        """What is wrong although it may be there."""
        self.problem = detail

    def messages(self, messages: Sequence[OutgoingMessage]) -> list[OutgoingMessage]:
        """Those that it is shown, where they stand there."""
        found = [(self.topics.outward(each.topic), each) for each in messages]
        return [replace(each, topic=topic) for topic, each in found if topic is not None]


class Brokers:
    """Implements `ports.Publisher`: the family's broker and the wards'. Its `run` is the family's alone."""

    def __init__(self, family: Publisher, wards: Sequence[Ward]) -> None:
        self._family = family
        self._wards = wards

    @property
    def connected(self) -> bool:
        return self._family.connected

    @property
    def connections(self) -> int:
        return self._family.connections

    @property
    def in_flight(self) -> int:
        return self._family.in_flight

    @property
    def commands_lost(self) -> int:
        return self._family.commands_lost + sum(ward.publisher.commands_lost for ward in self._wards)

    @property
    def certificate_ends(self) -> Mapping[str, float]:
        return self._family.certificate_ends

    def wake(self) -> None:
        """There is something new in the outbox."""
        self._family.wake()
        for ward in self._wards:
            ward.publisher.wake()

    def show(self, topic: str, payload: bytes) -> None:
        """The latest retained value of a topic."""
        self._family.show(topic, payload)
        for ward in self._wards:
            if (there := ward.topics.outward(topic)) is not None:
                ward.publisher.show(there, payload)

    def publish_unjournalled(self, messages: Sequence[OutgoingMessage]) -> None:
        """From memory what the journal could not take."""
        self._family.publish_unjournalled(messages)
        for ward in self._wards:
            ward.publisher.publish_unjournalled(ward.messages(messages))

    def send(self, topic: str, payload: bytes) -> None:
        """Once, from memory; such as to a camera, which is the family's."""
        self._family.send(topic, payload)

    def reply(self, user: str, payload: bytes, response_topic: str = "", correlation: bytes = b"") -> None:
        """To that user, wherever it is one. A response topic is answered at the broker under whose topics it lies."""
        self._family.reply(user, payload, response_topic, correlation)
        for ward in self._wards:
            if user == ward.answers:
                ward.publisher.reply(user, payload, response_topic, correlation)

    async def run(self) -> None:
        """The family's connection; the wards' are tasks of their own."""
        await self._family.run()


class Wards:
    """The further brokers of the configuration, if there are any."""

    def __init__(self, known: Configuration, disk: Disk, clock: Clock, *, live: bool) -> None:
        """live: False for a recording, which no ward is shown."""
        self._known = known
        self._tables = known.config.wards if live else ()
        self._disk = disk
        self._clock = clock
        self._topics = topics = WardTopics(known.config.hub.name, instance_of(client_id(known.state_dir)))
        self._outboxes = {each.id: WardOutbox(disk.journal, each.id, topics.outward) for each in self._tables}
        self._wards: list[Ward] = []

    @classmethod
    async def open(cls, known: Configuration, disk: Disk, clock: Clock, *, live: bool) -> Self:
        """Before the first alarm: what is new to the journal from now on is for each of them, whenever it comes."""
        wards = cls(known, disk, clock, live=live)
        for outbox in wards._outboxes.values():
            with contextlib.suppress(StorageError):  # which the journal reports, and is asked again at the first look
                await disk.journal_thread(outbox.begin)
        return wards

    def around(self, family: Publisher, callbacks: Callbacks) -> Publisher:
        """The family's publisher alone where it is the only one; else all of them as one. Nothing is connected yet."""
        self._wards = [self._ward(table, callbacks) for table in self._tables]
        return Brokers(family, self._wards) if self._wards else family

    def begin(self, queue: EventQueue) -> dict[str, Callable[[], Awaitable[None]]]:
        """A side task each, for the supervisor. What stands is shown also while the family's broker is away."""
        if self._wards:
            queue.post(Republish())
        return {f"ward {ward.name}": ward.publisher.run for ward in self._wards}

    def facts(self) -> Mapping[str, object]:
        """Of the health topic: how each is."""
        return {
            ward.name: {"connected": ward.publisher.connected, "why": ward.away or ward.problem} for ward in self._wards
        }

    def _ward(self, table: WardTable, callbacks: Callbacks) -> Ward:
        clock, topics = self._clock, self._topics
        ward = Ward(table.id, table.answers, topics)
        ward.publisher = MqttPublisher(
            replace(ward_settings(self._known, table), root=topics.root, client_id=client_id(self._known.state_dir)),
            self._outboxes[table.id],
            self._disk.journal_thread,
            on_state=ward.connection,
            on_problem=ward.trouble,
            on_command=partial(_command, topics, callbacks.command),
            commands_of=table.answers,
            wall_s=lambda: clock.now().wall_s,
        )
        about = {"hub": topics.hub, "bed": table.bed or topics.hub, "version": __version__}
        ward.publisher.show(topics.about, encode(about))
        return ward


async def _command(topics: WardTopics, take: Callable[[Incoming], Awaitable[None]], message: Incoming) -> None:
    """As if it had come over the family's broker, from a user who is in no house."""
    await take(replace(message, topic=topics.inward(message.topic)))
