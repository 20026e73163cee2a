"""The one way of a command to the core, whichever surface took it: counted, none twice, and answered."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

import msgspec
import structlog

from edge import commands
from edge.app.hub.counters import Counters
from edge.app.hub.effects.journal_writer import JournalWriter
from edge.app.hub.effects.replies import Answer, Replies
from edge.app.hub.event_queue import EventQueue
from edge.app.load.broker import house_users
from edge.commands import FLOOD, REPLAYED, Gate, Request
from edge.errors import CommandRefused
from edge.model.effect import Reply
from edge.model.event import Command, Event
from edge.model.language import IN_ENGLISH, Locale
from edge.model.people import Caregiver
from edge.mqtt.inbound import Incoming
from edge.mqtt.topics import Topics
from edge.pipeline import Setup
from edge.ports import Clock

NAMELESS = ""
REQUESTS_MEMO = "requests"
KEPT_REQUESTS = 200  # of all users, over a restart: more than a family sends in a day
LONGEST_SHOWN = 120  # characters of a topic in the log

log = structlog.get_logger(__name__)


class CommandIntake:
    """Hands each command to the core, or answers why not."""

    def __init__(
        self,
        setup: Setup,
        clock: Clock,
        queue: EventQueue,
        *,
        journal_writer: JournalWriter,
        replies: Replies,
        counters: Counters,
    ) -> None:
        config = setup.config
        self._clock = clock
        self._queue = queue
        self._journal_writer = journal_writer
        self._replies = replies
        self._counters = counters
        self._topics = Topics(config.hub.name)
        self._caregivers: Sequence[Caregiver] = config.caregivers
        self._house = house_users(config)
        self._gate = Gate()

    def renew(self, caregivers: Sequence[Caregiver], house: frozenset[str]) -> None:
        """From now on these may speak, and these users surely do so from inside the house."""
        self._caregivers, self._house = caregivers, house

    async def recall(self) -> None:
        """Take up which requests were carried out before a restart; none if the journal cannot tell."""
        kept = await self._journal_writer.recall(REQUESTS_MEMO)
        try:
            self._gate.recall(msgspec.json.decode(kept, type=list[Request]) if kept else [])
        except msgspec.MsgspecError as error:
            self._journal_writer.note("commands", f"the requests of before cannot be read: {error}", "lost")

    async def take(
        self,
        sender: str,
        read: Callable[[], Command],
        answer: Answer,
        where: str,
        words: Locale = IN_ENGLISH,
    ) -> bool:
        """A command from outside; whether it was let in. Raises nothing for what somebody sent.

        sender: whom to count it for. read: makes the command, or raises CommandRefused. answer: gets the reply, of the
        core or of the gate; of a flood of refusals, only some. where: what it came by, for the history. words: in which
        the gate refuses.
        """
        now_s = asyncio.get_running_loop().time()
        try:
            if self._gate.floods(sender, now_s):
                raise CommandRefused(FLOOD)
            command = read()
            if self._gate.replayed(sender, command.request_id, self._clock.now().wall_s):
                raise CommandRefused(REPLAYED)
        except CommandRefused as refused:
            self._counters.commands_refused += 1
            if self._gate.answers(sender, now_s):
                self._journal_writer.note(f"command from {sender}", where, f"refused: {refused}")
                answer(Reply(sender, "", ok=False, reason=words.refusal(refused)))
            return False
        if command.request_id:
            # In one transaction with what it does: alone, a kill in between would refuse the second try of a command
            # that was never carried out, or let one in twice.
            kept = msgspec.json.encode(self._gate.requests(KEPT_REQUESTS)).decode()
            self._journal_writer.remember(REQUESTS_MEMO, kept, waits=True)
        await self.hand_in(command, answer)
        return True

    async def hand_in(self, command: Command, answer: Answer | None = None) -> None:
        """A command that is let in. answer: gets the reply; without it, it goes to the caregiver's own topic."""
        self._replies.expect(command, partial(self._answered, answer or self._replies.to_caregiver))
        await self._queue.put(command)

    async def emit(self, event: Event) -> None:
        """Where a source hands in what it has: a recording may hold what caregivers said, beside what was received."""
        await (self.hand_in(event) if isinstance(event, Command) else self._queue.put(event))

    def _answered(self, answer: Answer, reply: Reply) -> None:
        if not reply.ok:
            self._counters.commands_refused += 1
        answer(reply)

    # ---------------------------------------------------------------- MQTT

    async def take_message(self, message: Incoming) -> None:
        """One message under `cmd/`: the topic names user and verb, the body holds the rest."""
        try:
            user, word = self._topics.command(message.topic)
        except CommandRefused as refused:  # no name stands in it that could be answered
            self._counters.commands_refused += 1
            if self._gate.answers(NAMELESS, asyncio.get_running_loop().time()):
                log.warning("command.refused", topic=message.topic[:LONGEST_SHOWN], why=str(refused))
            return

        def read() -> Command:
            return commands.parse(word, message.payload, commands.speaker(user, self._caregivers, self._house))

        await self.take(user, read, partial(self._replies.to_user, user, message), message.topic)
