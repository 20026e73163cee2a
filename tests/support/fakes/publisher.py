"""A broker connection that only remembers. Kept honest by tests/mqtt/test_publisher_contract.py."""

import asyncio
from collections.abc import Sequence

from edge.mqtt.topics import Topics
from edge.ports import Journal, OutgoingMessage


class FakePublisher:
    """Implements `ports.Publisher`: confirms what the outbox holds while `up` is true.

    published: outbox messages in the order of their rows. shown: the latest payload of each topic that got through.
    from_memory, sent, answers: what was handed over beside the outbox, in its order, whether or not `up`.
    """

    def __init__(self, journal: Journal, *, up: bool = True) -> None:
        self.published: list[OutgoingMessage] = []
        self.shown: dict[str, bytes] = {}
        self.from_memory: list[OutgoingMessage] = []
        self.sent: list[tuple[str, bytes]] = []
        self.answers: list[tuple[str, bytes, str, bytes]] = []
        self.in_flight = self.commands_lost = 0
        self.connections = 1
        self.certificate_ends: dict[str, float] = {}
        self._journal = journal
        self._waiting: dict[str, bytes] = {}
        self._up = up
        self._running = False
        self._stir = asyncio.Event()

    @property
    def connected(self) -> bool:
        return self._running and self._up

    def set_up(self, up: bool) -> None:
        self._up = up
        self._stir.set()

    def wake(self) -> None:
        self._stir.set()

    def show(self, topic: str, payload: bytes) -> None:
        self._waiting[topic] = payload
        self._stir.set()

    def publish_unjournalled(self, messages: Sequence[OutgoingMessage]) -> None:
        self.from_memory += messages

    def send(self, topic: str, payload: bytes) -> None:
        self.sent.append((topic, payload))

    def reply(self, user: str, payload: bytes, response_topic: str = "", correlation: bytes = b"") -> None:
        Topics("cot").reply(user)
        self.answers.append((user, payload, response_topic, correlation))

    async def run(self) -> None:
        self._running = True
        try:
            while True:
                if self._up:
                    self._deliver()
                self._stir.clear()
                await self._stir.wait()
        finally:
            self._running = False

    def _deliver(self) -> None:
        for row in self._journal.pending(1_000_000):
            self.published.append(row.message)
            self._journal.confirm([row.row], row.created_s)
        self.shown |= self._waiting
        self._waiting.clear()
