"""A buzzer on a pin of the computer's header, beside the loudspeaker or in its place: gpiozero (the extra `gpio`).

An active buzzer, which sounds as long as it has power: so pulses have the timing of `tones.PATTERNS` (IEC 60601-1-8,
table 3), but neither its pitches nor its levels; it is as loud by night as by day.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import structlog

from edge.ports import Outcome, Sent
from edge.sounder import bursts
from edge.sounder.tones import PATTERNS, Pattern

_SOUNDING = Sent(Outcome.DELIVERED, "the buzzer sounds")
_SILENT = Sent(Outcome.DELIVERED, "the buzzer is silent")
_NO_EXTRA = "the buzzer needs what is not installed: pip install 'feverhub[gpio]'"

log = structlog.get_logger(__name__)


def _lgpio() -> Any:
    """The kernel's own interface to the pins. Raises ImportError without the extra, anything of lgpio's else."""
    from gpiozero.pins.lgpio import LGPIOFactory

    return LGPIOFactory()


class GpioBuzzer:
    """Implements `ports.Sounder`; sounds while `run` runs, and its pin is low otherwise.

    pin: number of the GPIO (BCM), not of the contact on the header. factory: gpiozero's pin factory.
    """

    def __init__(self, pin: int, factory: Callable[[], Any] = _lgpio) -> None:
        self._pin = pin
        self._factory = factory
        self._output: Any = None
        self._wanted = ""
        self._changed = asyncio.Event()
        self._opening = asyncio.Lock()

    async def ready(self) -> Sent:
        """Take the pin, if it is not taken yet: whether it can sound. Never raises."""
        async with self._opening:
            if self._output is not None:
                return _SILENT
            try:
                self._output = await asyncio.to_thread(self._open)
            except ImportError:
                return Sent(Outcome.REFUSED, _NO_EXTRA)
            except Exception as error:  # noqa: BLE001 - lgpio raises its own, and which depends on the computer
                return Sent(Outcome.RETRY, f"the buzzer's pin GPIO{self._pin} cannot be had ({type(error).__name__})")
            return _SILENT

    async def play(self, pattern: str, level_percent: int = 100) -> Sent:  # noqa: ARG002  a buzzer knows no levels
        """Sound a pattern until the next call; empty stops at once. "test" sounds one burst."""
        if pattern and pattern not in PATTERNS:
            return Sent(Outcome.REFUSED, f"the buzzer has no pattern {pattern!r}")
        ready = await self.ready() if pattern else _SILENT
        if ready.outcome is not Outcome.DELIVERED:
            return ready
        if pattern != self._wanted:
            self._wanted = pattern
            self._off()
            self._changed.set()
        return _SOUNDING if pattern else _SILENT

    async def run(self) -> None:
        """Sound what is wanted, until cancelled."""
        try:
            await bursts.keep_up(self._changed, self._next)
        finally:
            self._off()
            self._let_go()

    async def _next(self) -> float | None:
        """One burst, or an attempt at it; the pause after it, None for no more bursts."""
        if not self._wanted:
            return None
        try:
            if (await self.ready()).outcome is Outcome.DELIVERED:
                return await self._burst(PATTERNS[self._wanted]) if self._wanted else None
        except Exception as error:  # noqa: BLE001 - as in `ready`
            self._failed(error)
        return bursts.RETRY_S

    async def _burst(self, pattern: Pattern) -> float | None:
        """The pulses of one burst; the pause after it, None for no more bursts."""
        begun_s = asyncio.get_running_loop().time()
        for start_s in pattern.starts_s():
            if await self._changed_before(begun_s + start_s):
                return 0.0
            self._output.on()  # None if it failed meanwhile: `_next` takes it anew
            changed = await self._changed_before(begun_s + start_s + pattern.pulse_s)
            self._off()
            if changed:
                return 0.0
        if pattern.repeat_s is None:
            self._wanted = ""
        return pattern.repeat_s

    async def _changed_before(self, at_s: float) -> bool:
        try:
            async with asyncio.timeout_at(at_s):
                await self._changed.wait()
        except TimeoutError:
            return False
        return True

    def _off(self) -> None:
        if self._output is not None:
            try:
                self._output.off()
            except Exception as error:  # noqa: BLE001 - as in `_next`
                self._failed(error)

    def _failed(self, error: Exception) -> None:
        """Report it and release the pin: a pin that fails must not end the hub; the next burst takes it anew."""
        log.error("buzzer.failed", pin=self._pin, why=type(error).__name__)
        self._let_go()

    def _let_go(self) -> None:
        output, self._output = self._output, None
        if output is not None:
            with contextlib.suppress(Exception):  # one that is gone cannot be given back
                output.close()

    def _open(self) -> Any:
        from gpiozero import DigitalOutputDevice

        return DigitalOutputDevice(self._pin, initial_value=False, pin_factory=self._factory())
