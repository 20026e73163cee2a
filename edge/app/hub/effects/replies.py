"""Answers to commands: each goes back by the way the command came."""

from collections import deque
from collections.abc import Callable, Sequence

from edge import commands
from edge.app.hub.effects.journal_writer import JournalWriter
from edge.delivery import people_texts
from edge.errors import ConfigError
from edge.model.effect import ChangeCaregivers, Reply
from edge.model.event import Command
from edge.model.people import Caregiver
from edge.mqtt import payloads
from edge.mqtt.inbound import Incoming
from edge.pipeline import Setup, State
from edge.ports import Clock, Publisher

# Commands that wait for their answer; the oldest is forgotten, and then answered on the caregiver's own topic.
WAITING = 1000

Answer = Callable[[Reply], None]
"""Takes the reply to one command back to the surface that it came from."""


class NobodyChanges:
    """Where a recording is played, nobody is set up."""

    def __init__(self, replies: "Replies") -> None:
        self._replies = replies

    def execute(self, effect: ChangeCaregivers, _state: State) -> None:
        """One sentence."""
        self._replies.answer(Reply(effect.by, effect.request_id, ok=False, reason=people_texts.NOT_HERE))


class Replies:
    """Each command's way back, until the core's reply comes."""

    def __init__(self, setup: Setup, clock: Clock, journal_writer: JournalWriter, publisher: Publisher) -> None:
        self._setup, self._caregivers = setup, setup.config.caregivers
        self._clock = clock
        self._journal_writer = journal_writer
        self._publisher = publisher
        self._asked: dict[tuple[str, str], deque[Answer]] = {}

    def renew(self, caregivers: Sequence[Caregiver]) -> None:
        """From now on these."""
        self._caregivers = tuple(caregivers)

    def expect(self, command: Command, answer: Answer) -> None:
        """Remember the way back, until the answer comes."""
        if len(self._asked) >= WAITING:
            del self._asked[next(iter(self._asked))]
        # A plain button sends no id: its presses are answered in their order.
        self._asked.setdefault((command.caregiver, command.request_id), deque(maxlen=WAITING)).append(answer)

    def execute(self, effect: Reply, _state: State) -> None:
        """Send the core's answer; the request of a command that changed nothing goes to disk with it."""
        self.answer(effect)
        self._journal_writer.soon()

    def answer(self, reply: Reply) -> None:
        """Send the core's answer."""
        key = (reply.caregiver, reply.request_id)
        same = self._asked.get(key)
        answer = same.popleft() if same else self.to_caregiver
        if not same:
            self._asked.pop(key, None)
        answer(reply)

    def to_caregiver(self, reply: Reply) -> None:
        """On the caregiver's own topic, where nobody said otherwise."""
        caregiver = next((each for each in self._caregivers if each.id == reply.caregiver), None)
        self._send(caregiver.mqtt_user if caregiver else reply.caregiver, reply, "", b"")

    def to_user(self, user: str, message: Incoming, reply: Reply) -> None:
        """To the user who sent that message, on the topic and with the request id that it named."""
        asked = reply.request_id or commands.request_id(message.payload)
        known = Reply(reply.caregiver, asked, ok=reply.ok, reason=reply.reason)
        self._send(user, known, message.response_topic, message.correlation)

    def _send(self, user: str, reply: Reply, topic: str, correlation: bytes) -> None:
        body = payloads.reply(reply, self._clock.now().wall_s, self._setup.zone)
        try:
            self._publisher.reply(user, body, topic, correlation)
        except ConfigError as error:  # nobody is known who could read it; that ends no hub
            self._journal_writer.note(f"answer to {reply.caregiver}", reply.reason, f"not sent: {error}")
