"""The sounder in the room: bursts played by `aplay`, one child process a burst.

A child is given one burst of at most 4 s, so no sound outlives this program by more than that, however it ends (systemd
ends the child at once, with the rest of the unit). A sound card that was pulled out is tried again before every burst.
"""

import asyncio
import contextlib
import os
import shutil
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable, Iterator

from edge.ports import Outcome, Sent
from edge.sounder import bursts
from edge.sounder.tones import PATTERNS, Pattern, wav

# A card that is missing is reported by aplay in 0.1 s; one that still plays after this time has taken the sound.
_START_S = 1.0

# What a burst may take on top of its own length before the card counts as stuck, in seconds.
_STUCK_S = 5.0

_SOUNDING = Sent(Outcome.DELIVERED, "the sounder sounds")


class AplaySounder:
    """Plays in a loop until another pattern is set, while `run` runs.

    device: an ALSA device ("plughw:CARD=Device"), None for the default one. report: called when the sounder starts
    to fail and when it works again.
    """

    def __init__(
        self, device: str | None = None, report: Callable[[Sent], None] | None = None, program: str = "aplay"
    ) -> None:
        self._program = program
        self._command = (program, "-q", *(("-D", device) if device else ()), "-")
        self._report = report or (lambda _: None)
        # The pattern that shall sound, empty for silence, and how loud.
        self._wanted = ""
        self._level_percent = 100
        # Another pattern is wanted than the one that sounds.
        self._changed = asyncio.Event()
        # What became of the first burst of the wanted pattern is known, and what it was.
        self._known = asyncio.Event()
        self._state = _SOUNDING
        # As `report` had it last.
        self._reported = Outcome.DELIVERED
        # aplay, while a burst sounds.
        self._process: Process | None = None

    async def play(self, pattern: str, level_percent: int = 100) -> Sent:
        """Play a pattern of `tones.PATTERNS` until the next call; empty stops at once. "test" plays one burst.

        Returns when the card has taken the sound or failed, within 1 s. A failure is tried again by itself.
        """
        if pattern and pattern not in PATTERNS:
            return Sent(Outcome.REFUSED, f"the sounder has no pattern {pattern!r}")
        if (pattern, level_percent) == (self._wanted, self._level_percent) or pattern == self._wanted == "":
            return self._state if pattern else Sent(Outcome.DELIVERED, "the sounder is silent")
        self._wanted, self._level_percent = pattern, level_percent
        self._state = _SOUNDING
        self._known = known = asyncio.Event()
        self._changed.set()
        self._kill()
        if not pattern:
            return Sent(Outcome.DELIVERED, "the sounder is silent")
        try:
            async with asyncio.timeout(_START_S):
                await known.wait()
        except TimeoutError:
            if self._process is None:
                return Sent(Outcome.RETRY, "the sounder has not started yet")
        return self._state

    async def run(self) -> None:
        """Sound what is wanted, until cancelled."""
        try:
            await bursts.keep_up(self._changed, self._next)
        finally:
            self._kill()

    async def _next(self) -> float | None:
        """Play one burst; return the pause after it, None for no more bursts."""
        name = self._wanted
        if not name:
            return None
        pattern = PATTERNS[name]
        sent = await self._burst(name, pattern)
        if self._changed.is_set():
            return 0.0
        self._state = sent
        self._known.set()
        if sent.outcome != self._reported:
            self._reported = sent.outcome
            self._report(sent)
        if sent.outcome is not Outcome.DELIVERED:
            return bursts.RETRY_S
        if pattern.repeat_s is None:
            self._wanted = ""
        return pattern.repeat_s

    async def _burst(self, name: str, pattern: Pattern) -> Sent:
        if shutil.which(self._program) is None:
            return Sent(Outcome.REFUSED, f"{self._program} is not installed (apt install alsa-utils)")
        # Files in memory, not pipes: nothing is left to drain or to close when the child is killed.
        with _memory("burst") as sound, _memory("said") as said:
            os.write(sound, wav(name, self._level_percent))
            os.lseek(sound, 0, os.SEEK_SET)
            try:
                code = await self._child(sound, said, pattern.burst_s + _STUCK_S)
            except TimeoutError:
                return Sent(Outcome.RETRY, "the sound card does not take the sound")
            except OSError as error:
                return Sent(Outcome.RETRY, f"{self._program} cannot be started: {error.strerror}")
            lines = os.pread(said, 4096, 0).decode(errors="replace").strip().splitlines()
        if code:
            return Sent(Outcome.RETRY, f"the sound card failed: {lines[-1][:120] if lines else f'code {code}'}")
        return _SOUNDING

    async def _child(self, sound: int, said: int, limit_s: float) -> int:
        """Run aplay to its end. Raises TimeoutError after that many seconds, OSError if it cannot be started."""
        process = await asyncio.create_subprocess_exec(*self._command, stdin=sound, stdout=DEVNULL, stderr=said)
        self._process = process
        try:
            if self._changed.is_set():  # silenced while the child was started
                return 0
            async with asyncio.timeout(limit_s):
                return await process.wait()
        finally:
            self._kill()
            await process.wait()
            self._process = None

    def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()


@contextlib.contextmanager
def _memory(name: str) -> Iterator[int]:
    """A file in memory, as a descriptor."""
    descriptor = os.memfd_create(name)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
