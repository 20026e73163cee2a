"""Commands on their way in: bounded, one at a time, and none of them can stop the alarms' road."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

import structlog

from edge.mqtt.inbound import Incoming
from edge.mqtt.link import Link
from edge.mqtt.topics import HOME_ASSISTANT_STATUS

MAX_WAITING = 64
QUIET_S = 10.0
# The longest that a broker with the usual keepalive (45 s) and our session (5 s) may take to send something again.
REPEAT_S = 60.0

log = structlog.get_logger(__name__)


class Inbox:
    """The broker gets its acknowledgement after a command was carried out, so it holds back what is too much.

    mosquitto 2.0.11 sends more than Receive Maximum when hundreds come at once; what does not fit is dropped and said.
    lost: how many that were.
    """

    def __init__(
        self,
        on_command: Callable[[Incoming], Awaitable[None]],
        on_home_assistant: Callable[[str], Awaitable[None]] | None,
        on_problem: Callable[[str], None],
    ) -> None:
        self._on_command = on_command
        self._on_home_assistant = on_home_assistant
        self._on_problem = on_problem
        self._queue: asyncio.Queue[tuple[Link, Incoming]] = asyncio.Queue(MAX_WAITING)
        self._taken: deque[tuple[float, str, bytes]] = deque(maxlen=MAX_WAITING)
        self._dropped = 0
        self._said_at = -QUIET_S
        self.lost = 0

    def accept(self, link: Link, message: Incoming) -> None:
        """Queue a message. A kept command is ignored: it would be carried out again at each reconnect."""
        if message.retained and message.topic != HOME_ASSISTANT_STATUS:
            log.warning("mqtt.retained_command_ignored", topic=message.topic)
            link.acknowledge(message)
            return
        if self._has_taken(message):
            link.acknowledge(message)
            return
        try:
            self._queue.put_nowait((link, message))
        except asyncio.QueueFull:
            link.acknowledge(message)
            self.count_dropped(1)

    def _has_taken(self, message: Incoming) -> bool:
        """Whether the broker sends it again only because our acknowledgement was lost with the connection.

        A command without a `request_id` cannot be told apart otherwise, and a dose would stand twice in the diary.
        """
        now_s = time.monotonic()
        same = [at_s for at_s, *rest in self._taken if rest == [message.topic, message.payload]]
        if message.repeated and same and now_s - same[-1] < REPEAT_S:
            return True
        self._taken.append((now_s, message.topic, message.payload))
        return False

    def count_dropped(self, count: int) -> None:
        """Say that commands were dropped, but not more often than every ten seconds: a flood must not fill the log."""
        self._dropped += count
        self.lost += count
        if self._dropped and time.monotonic() - self._said_at >= QUIET_S:
            log.warning("mqtt.commands_dropped", count=self._dropped)
            self._said_at = time.monotonic()
            self._dropped = 0

    async def run(self) -> None:
        while True:
            link, message = await self._queue.get()
            try:
                await self._carry_out(message)
            except Exception:
                # Whatever a command does, the alarms' road stays open.
                log.exception("mqtt.command_failed", topic=message.topic)
                self._on_problem(f"a command on {message.topic} could not be carried out")
            else:
                self._on_problem("")
            link.acknowledge(message)

    async def _carry_out(self, message: Incoming) -> None:
        if message.topic != HOME_ASSISTANT_STATUS:
            await self._on_command(message)
        elif self._on_home_assistant is not None:
            await self._on_home_assistant(message.payload[:16].decode("utf-8", "replace"))
