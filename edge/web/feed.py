"""The pipe to the hub, as the page sees it: the newest snapshot, who waits for the next, and commands on their way."""

import asyncio
import time
from collections.abc import Callable

from edge.delivery import page_words
from edge.web import wire

LOST_S = 10.0
"""Without a word from the hub for so long, no number is shown any more."""
ANSWER_S = 5.0
MOST_COMMANDS = 50
"""Commands that wait for the hub at a time, of all phones."""
NO_ANSWER = page_words.WORDS["no_answer"]
BUSY = page_words.WORDS["busy"]


class Feed:
    """write: puts a line into the pipe; it may block for a hub that hangs, and then all waits for the hub anyway."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self.snapshot: wire.Snapshot | None = None
        self.version = 0
        self._write = write
        self._heard_s = 0.0
        self._stir = asyncio.Event()
        self._asked: dict[int, asyncio.Future[wire.Answer]] = {}
        self._number = 0

    @property
    def lost(self) -> bool:
        """Whether the hub has been silent for too long."""
        return self.snapshot is None or time.monotonic() - self._heard_s > LOST_S

    def take(self, value: wire.FromHub) -> None:
        """One value of the hub."""
        match value:
            case wire.Snapshot():
                self.snapshot, self._heard_s = value, time.monotonic()
                self.version += 1
                self._stir.set()
                self._stir = asyncio.Event()
            case wire.Answer(number=number):
                asked = self._asked.get(number)
                if asked is not None and not asked.done():
                    asked.set_result(value)
            case wire.Begin():
                pass

    async def next(self, after: int) -> int:
        """Wait for a snapshot of a later version; which one that is. Whoever is slow gets only the newest."""
        while self.version <= after:
            await self._stir.wait()
        return self.version

    async def say(self, caregiver: str, verb: str, body: str, *, local: bool) -> tuple[bool, str]:
        """Hand a command to the hub: whether it was done, and its answer in words."""
        if len(self._asked) >= MOST_COMMANDS:
            return False, BUSY
        if self.lost:
            return False, NO_ANSWER
        self._number += 1
        number = self._number
        self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            self._write(wire.line(wire.Say(number, caregiver, verb, body, local)))
            answer = await asyncio.wait_for(self._asked[number], ANSWER_S)
        except TimeoutError:
            return False, NO_ANSWER
        finally:
            del self._asked[number]
        return answer.ok, answer.reason
