"""The check-up on the page: the computer, ears, certificates, heartbeat, backup, each with what to do about it."""

import asyncio
import datetime as dt
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from edge.app.hub.health import Facts
from edge.config import Config
from edge.delivery import doctor_texts as texts
from edge.host import surroundings
from edge.host.checkup import Check, Level
from edge.model.language import Locale
from edge.ports import Clock
from edge.web import lookup

COUNT_S = 5.0
LOOK_S = 300.0
"""Between two looks at the stick of the backup."""


@dataclass(slots=True)
class PageDoctor:
    """machine: the newest checks of the computer. ends_s: of certificates, wall seconds.

    radio, facts: of the health topic, the latter by name; among them the outward heartbeat's, where there is one.
    """

    config: Config
    clock: Clock
    machine: Callable[[], Sequence[Check]]
    radio: Facts
    ends_s: Callable[[], Mapping[str, float]]
    facts: Mapping[str, Facts]
    _backup: Check | None = None
    # When it was last counted, monotonic seconds, and how many then: the page is shown it several times a second.
    _counted: tuple[float, int] = (-math.inf, 0)

    async def run(self) -> None:
        """Look at the backup until cancelled."""
        while True:
            self._backup = await asyncio.to_thread(self._look)
            await self.clock.sleep(LOOK_S)

    def _look(self) -> Check:
        from edge.storage import backup

        folder, made, unread = self.config.backup.folder, None, ""
        try:
            made = backup.newest(Path(folder), self.config.hub.name) if folder else None
        except OSError as error:
            unread = error.strerror or str(error)
        newest_s = None if made is None else made.timestamp()
        return surroundings.backup(folder, newest_s, unread, self.clock.now().wall_s)

    def checks(self) -> list[Check]:
        """What is known now, in the order in which things would be mended."""
        now_s = self.clock.now().wall_s
        adapters = self.radio().get("adapters")
        found = [*self.machine(), *surroundings.ears(adapters if isinstance(adapters, list) else [])]
        found += surroundings.certificates(self.ends_s(), now_s)
        return [*found, self._heartbeat(now_s), *self._way(now_s), *([self._backup] if self._backup else [])]

    def _way(self, now_s: float) -> Iterator[Check]:
        said = self.facts["way"]() if "way" in self.facts else {}
        ways = said.get("ways")
        if isinstance(ways, dict):
            yield from surroundings.way(_seconds(said["last"]), ways, now_s)

    def _heartbeat(self, now_s: float) -> Check:
        table, facts = self.config.heartbeat, self.facts.get("heartbeat")
        if table is None or facts is None:
            return surroundings.no_heartbeat()
        said = facts()
        return surroundings.heartbeat(_seconds(said["last"]), str(said["why"]), table.every_s, now_s)

    def minded(self) -> int:
        """How many are not well, as of the last few seconds."""
        now_s = self.clock.now().mono_s
        if now_s - self._counted[0] >= COUNT_S:
            self._counted = now_s, sum(each.level is not Level.OK for each in self.checks())
        return self._counted[1]

    def answer(self, words: Locale) -> lookup.Doctor:
        """All of it in these words, what is not well first."""
        order = list(reversed(Level))
        rows = sorted(self.checks(), key=lambda each: order.index(each.level))
        return lookup.Doctor(
            [
                lookup.Checked(
                    level=each.level.value,
                    subject=words.say(texts.SUBJECTS.get(each.subject, each.subject)),
                    sentence=each.said(words),
                    todo=words.say(each.todo) if each.todo else "",
                )
                for each in rows
            ]
        )


def _seconds(last: object) -> float | None:
    """Of a time in the health topic."""
    return dt.datetime.fromisoformat(str(last)).timestamp() if last else None
