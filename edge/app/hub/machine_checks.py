"""Whether the computer can be left alone, looked at every five minutes beside everything else."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import structlog

from edge.host import checkup, machine
from edge.host.checkup import Check, Level
from edge.ports import Clock

FIRST_S: Final = 5.0
"""The start of the watch does not wait for it."""
EVERY_S: Final = 300.0

log = structlog.get_logger(__name__)


class MachineChecks:
    """A side task. rows: what is not well, for the health topic; the list is kept and filled anew. checks: all of it.

    secrets: the folder that the hub itself writes secrets to. radio: whether this hub needs one.
    """

    def __init__(self, state: Path, secrets: Path, clock: Clock, *, radio: bool = True, root: Path = Path("/")) -> None:
        self._state = state
        self._secrets = secrets
        self._clock = clock
        self._root = root
        self._left_out = () if radio else checkup.OF_THE_RADIO
        self.rows: list[dict[str, str]] = []
        self.checks: Sequence[Check] = ()

    async def run(self) -> None:
        """Look until cancelled."""
        await self._clock.sleep(FIRST_S)
        while True:
            await self.look()
            await self._clock.sleep(EVERY_S)

    async def look(self) -> None:
        """Once; files and programs of the system answer in a thread."""
        nowhere = self._state / "feverhub.toml"  # the owner's file is none of the service's business
        seen = await asyncio.to_thread(machine.look, self._state, [self._secrets], nowhere, root=self._root)
        found = [each for each in checkup.checks(seen) if each.subject not in self._left_out]
        self.checks = found
        unwell = [each for each in found if each.level is not Level.OK]
        rows = [
            {"subject": each.subject, "level": each.level.value, "sentence": each.sentence, "todo": each.todo}
            for each in unwell
        ]
        if rows != self.rows:
            log.warning("machine", unwell=[row["sentence"] for row in rows])
        self.rows[:] = rows
