"""No part beside the core may end the watch: one that fails is logged, named by `hub_degraded`, and started again."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from traceback import format_exception

import structlog

from edge.errors import EdgeError
from edge.model.alarm import Condition
from edge.radio.recovery import RestartNeeded

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
"""Between two starts of a part that fails at once; doubled each time. Shorter than the watchdog waits for the store."""
STEADY_S = 60.0
"""A part that has run this long without failing works again. Longer than the delay of `hub_degraded` (30 s), so that
a single failure is shown too."""

Report = Callable[[Condition, bool, str, str], None]

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Failures:
    """Of one part, since it last worked. timer: runs while it may have begun to work again."""

    count: int = 0
    timer: asyncio.TimerHandle | None = None

    def stop(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


class Supervisor:
    """report: raises and ends `hub_degraded`, one part at a time."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._failing: dict[str, _Failures] = {}

    def failed(self, part: str, error: Exception) -> None:
        """That part raised. Reported once, with the first reason; over after `STEADY_S` without another error.

        Said again each time, it would feed itself where the part is what publishes: a report is a change of an alarm.
        """
        failures = self._failing.setdefault(part, _Failures())
        failures.count += 1
        if failures.count & (failures.count - 1) == 0:  # the first, second, fourth ...: never a flood
            log_failure(part, error, failures.count)
        if failures.count == 1:
            self._report(Condition.HUB_DEGRADED, True, f"{part}: {in_words(error)}", part)
        self._runs(part)

    def fails(self, part: str) -> bool:
        """Whether that part has raised and has not run for long without it since."""
        return part in self._failing

    async def keep(self, part: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run `work` until it returns; each time it raises, start it again after a pause that grows.

        Cancellation passes, and so does RestartNeeded, since only a new process can mend what asks for it.
        """
        pause_s = FIRST_PAUSE_S
        loop = asyncio.get_running_loop()
        while True:
            begun_s = loop.time()
            try:
                await work()
            except Exception as error:
                if _wants_restart(error):
                    raise
                self.failed(part, error)
            else:
                return
            if loop.time() - begun_s >= STEADY_S:
                pause_s = FIRST_PAUSE_S
            self._failing[part].stop()  # a pause is no proof that it works
            await asyncio.sleep(pause_s)
            pause_s = min(LONGEST_PAUSE_S, 2.0 * pause_s)
            self._runs(part)

    def _runs(self, part: str) -> None:
        failures = self._failing[part]
        failures.stop()
        failures.timer = asyncio.get_running_loop().call_later(STEADY_S, self._works, part)

    def _works(self, part: str) -> None:
        del self._failing[part]
        log.info("part.works", part=part)
        self._report(Condition.HUB_DEGRADED, False, "", part)


def log_failure(part: str, error: Exception, count: int = 1) -> None:
    """One line, with where it was raised; count: how often by now."""
    log.error("part.failed", part=part, why=in_words(error), count=count, trace="".join(format_exception(error)))


def in_words(error: Exception) -> str:
    """What went wrong, for an alarm's text; of foreign errors only the type, since their text may hold a secret."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return str(error) if isinstance(error, EdgeError) else f"failed inside ({type(error).__name__})"


def _wants_restart(error: Exception) -> bool:
    if isinstance(error, ExceptionGroup):
        return error.subgroup(RestartNeeded) is not None
    return isinstance(error, RestartNeeded)
