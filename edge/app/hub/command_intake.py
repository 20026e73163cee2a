"""Commands from the broker on their way to the core: who sent them, not too many, none twice."""

import asyncio

import msgspec
import structlog

from edge.app.hub.effects.journal_writer import JournalWriter
from edge.app.hub.effects.replies import Replies
from edge.app.hub.event_queue import EventQueue
from edge.app.hub.health import Counters
from edge.app.load.broker import house_users
from edge.commands.gate import FLOOD, REPLAYED, Gate, Request
from edge.errors import CommandRefused
from edge.model.effect import Reply
from edge.mqtt.commands import parse_command, request_id_of
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
        self._caregivers = config.caregivers
        self._house = house_users(config)
        self._gate = Gate()

    async def recall(self) -> None:
        """Take up which requests were carried out before a restart; none if the journal cannot tell."""
        kept = await self._journal_writer.recall(REQUESTS_MEMO)
        try:
            self._gate.recall(msgspec.json.decode(kept, type=list[Request]) if kept else [])
        except msgspec.MsgspecError as error:
            self._journal_writer.note("commands", f"the requests of before cannot be read: {error}", "lost")

    async def take(self, message: Incoming) -> None:
        """One message under `cmd/`. Raises nothing for what somebody sent."""
        now_s = asyncio.get_running_loop().time()
        try:
            user, _ = self._topics.command(message.topic)
        except CommandRefused as refused:  # no name stands in it that could be answered
            self._counters.commands_refused += 1
            if self._gate.answers(NAMELESS, now_s):
                log.warning("command.refused", topic=message.topic[:LONGEST_SHOWN], why=str(refused))
            return
        try:
            if self._gate.floods(user, now_s):
                raise CommandRefused(FLOOD)
            given = parse_command(self._topics.hub, message.topic, message.payload, self._caregivers, self._house)
            if self._gate.replayed(user, given.request_id, self._clock.now().wall_s):
                raise CommandRefused(REPLAYED)
        except CommandRefused as refused:
            self._counters.commands_refused += 1
            if self._gate.answers(user, now_s):
                reply = Reply(user, request_id_of(message.payload), ok=False, reason=str(refused))
                self._replies.refuse(reply, message)
            return
        if given.request_id:
            # In one transaction with what it does: alone, a kill in between would refuse the second try of a command
            # that was never carried out, or let one in twice.
            kept = msgspec.json.encode(self._gate.requests(KEPT_REQUESTS)).decode()
            self._journal_writer.remember(REQUESTS_MEMO, kept, waits=True)
        self._replies.expect(given, user, message.response_topic, message.correlation)
        await self._queue.put(given)
