"""What proves to systemd's watchdog that every stage of the road moves, and that the hub watches at all."""

import asyncio
from collections.abc import Callable, Mapping

import structlog

from edge.host.notify import Systemd, Watchdog
from edge.ports import Progress

STALE_S = 30.0
"""A stage that has something to do may take so long for a round of it: an attempt to push takes so much at most. With
`EVERY_S` and RestartSec= a frozen one is started again in less than 50 s."""
EVERY_S = 10.0
"""How often the watchdog is fed, and systemd's line of status written."""
STARTING_S = 60.0
"""So long systemd waits for the next word of a hub that has no ear yet."""

log = structlog.get_logger(__name__)


class Stages:
    """progress: of each stage, by the name of its part. fails: whether the supervisor knows that part to fail, which is
    named to the family and tried again; a restart would mend nothing.
    """

    def __init__(self, progress: Mapping[str, Callable[[], Progress]], fails: Callable[[str], bool]) -> None:
        self._progress = progress
        self._fails = fails
        self._done: dict[str, int] = {}

    @property
    def names(self) -> set[str]:
        return set(self._progress)

    def register(self, watchdog: Watchdog, mono_s: float) -> None:
        for stage in self._progress:
            watchdog.register(stage, STALE_S, mono_s)

    def beat(self, watchdog: Watchdog, mono_s: float) -> None:
        """For each stage that has moved since, or has nothing to do, or is known to fail."""
        for stage, asked in self._progress.items():
            progress = asked()
            if progress.done != self._done.get(stage) or not progress.waits or self._fails(stage):
                watchdog.beat(stage, mono_s)
            self._done[stage] = progress.done


async def feed(
    stages: Stages,
    systemd: Systemd,
    watches: Callable[[], bool],
    status: Callable[[], str],
    stalled: Callable[[str], None] = lambda _: None,
) -> None:
    """Tell systemd how it goes, until cancelled: READY once it watches, and a stage that stands still for a restart.

    Until it watches the hub runs on and delivers, but goes on `activating`: it is never `active` without watching.
    stalled: is told the stage that stands still, empty for none, each time.
    """
    loop = asyncio.get_running_loop()
    watchdog = Watchdog(systemd)
    stages.register(watchdog, loop.time())
    ready = False
    while True:
        stages.beat(watchdog, loop.time())
        stale = watchdog.feed(loop.time())
        stalled(stale or "")
        if stale is not None:
            log.critical("watchdog.not_fed", stage=stale)
            systemd.give_up()
        elif not ready:
            ready = watches()
            _ = systemd.ready() if ready else systemd.starting(STARTING_S)
        systemd.status(status())
        await asyncio.sleep(min(EVERY_S if ready else 1.0, systemd.watchdog_s or EVERY_S))
