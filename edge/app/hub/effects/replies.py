"""Answers to commands: each goes to the user who sent the command, and to the topic that it named."""

from collections import deque
from collections.abc import Callable

from edge.app.hub.effects.journal_writer import JournalWriter
from edge.errors import ConfigError
from edge.model.effect import Reply
from edge.model.event import Command
from edge.mqtt import payloads
from edge.mqtt.inbound import Incoming
from edge.pipeline import Setup, State
from edge.ports import Clock, Publisher

# Commands that wait for their answer; the oldest is forgotten, and then answered on the caregiver's own topic.
WAITING = 1000


class Replies:
    """phone: sends the answers to phone buttons; False if it was no button that asked."""

    def __init__(
        self,
        setup: Setup,
        clock: Clock,
        journal_writer: JournalWriter,
        publisher: Publisher,
        phone: Callable[[Reply], bool],
    ) -> None:
        self._setup = setup
        self._clock = clock
        self._journal_writer = journal_writer
        self._publisher = publisher
        self._phone = phone
        self._asked: dict[tuple[str, str], deque[tuple[str, str, bytes]]] = {}

    def expect(self, command: Command, user: str, response_topic: str, correlation: bytes) -> None:
        """Remember who asked, until the answer comes."""
        if len(self._asked) >= WAITING:
            del self._asked[next(iter(self._asked))]
        # A plain button sends no id: its presses are answered in their order.
        same = self._asked.setdefault((command.caregiver, command.request_id), deque(maxlen=WAITING))
        same.append((user, response_topic, correlation))

    def execute(self, effect: Reply, _state: State) -> None:
        """Send the core's answer; the request of a command that changed nothing goes to disk with it."""
        self.answer(effect)
        self._journal_writer.soon()

    def answer(self, reply: Reply) -> None:
        """Send the core's answer."""
        if self._phone(reply):
            return
        same = self._asked.get((reply.caregiver, reply.request_id))
        user, topic, correlation = same.popleft() if same else ("", "", b"")
        if not same:
            self._asked.pop((reply.caregiver, reply.request_id), None)
        caregiver = self._setup.caregiver(reply.caregiver)
        self._send(user or (caregiver.mqtt_user if caregiver else reply.caregiver), reply, topic, correlation)

    def refuse(self, reply: Reply, message: Incoming) -> None:
        """Answer a command that never reached the core, and keep that it came. The caregiver of the reply is a user."""
        self._journal_writer.note(f"command from {reply.caregiver}", message.topic, f"refused: {reply.reason}")
        self._send(reply.caregiver, reply, message.response_topic, message.correlation)

    def _send(self, user: str, reply: Reply, topic: str, correlation: bytes) -> None:
        body = payloads.reply(reply, self._clock.now().wall_s, self._setup.zone)
        try:
            self._publisher.reply(user, body, topic, correlation)
        except ConfigError as error:  # nobody is known who could read it; that ends no hub
            self._journal_writer.note(f"answer to {reply.caregiver}", reply.reason, f"not sent: {error}")
