"""How long readings are kept: by age, and by the size of the file, whichever is reached first. What is around an alarm
of movement is kept for good: ten minutes of one 50 Hz sensor are 110 kB.

Planning is pure and goes one small step at a time, so that a caregiver's report or the next commit never waits long.
Movement goes before temperature: it is nearly all of the bytes, and the course of a fever stays readable for longer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from edge.model.alarm import Alarm

_DAY_S = 86_400.0
_SHRINK_PAGES = 256  # 1 MiB a step
BEFORE_S, AFTER_S = 180.0, 180.0
"""A doctor wants to see what led to an episode and whether she was still after it; the detector settles in 120 s."""
LONGEST_S = 3600.0


@dataclass(frozen=True, slots=True)
class Usage:
    """The state of the store: bytes in use, free pages in its file, free bytes of the disk, times of rows (wall s)."""

    used_bytes: int
    unused_pages: int
    disk_free_bytes: int
    oldest_motion_s: float | None
    oldest_reading_s: float | None
    newest_s: float | None


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be kept. The newest keep_days are never deleted, whatever the size.

    A year of one 50 Hz sensor worn 12 h a day is about 2 GB; the defaults fit a 16 GB card.
    """

    motion_days: float = 90.0
    reading_days: float = 730.0
    max_bytes: int = 4_000_000_000
    disk_free_bytes: int = 256 * 1024 * 1024
    keep_days: float = 2.0


@dataclass(frozen=True, slots=True)
class Step:
    """Delete at most `rows` of the oldest rows of `table` older than before_s, or give pages back to the disk."""

    table: str = ""
    before_s: float = 0.0
    rows: int = 1_000
    shrink_pages: int = 0


def around(alarms: Iterable[Alarm]) -> Iterator[tuple[float, float]]:
    """The spans to protect, wall seconds: from before each onset to after its end."""
    for alarm in alarms:
        over_s = alarm.changed_s if alarm.cleared_s is None else alarm.cleared_s
        start_s = alarm.onset_s - BEFORE_S
        yield start_s, min(max(over_s, alarm.onset_s) + AFTER_S, start_s + LONGEST_S)


class Store(Protocol):
    def usage(self) -> Usage: ...

    def carry_out(self, step: Step) -> int: ...


def next_step(usage: Usage, limits: Limits, now_s: float) -> Step | None:
    """The next thing to do, or None when all limits are met (or only what must stay is left).

    Ages count from now or from the newest row, whichever is earlier: a clock that is wrong by years deletes nothing.
    """
    now_s = now_s if usage.newest_s is None else min(now_s, usage.newest_s)
    motion_s, reading_s = usage.oldest_motion_s, usage.oldest_reading_s
    too_old_s = now_s - limits.motion_days * _DAY_S
    if motion_s is not None and motion_s < too_old_s:
        return Step("motion", too_old_s)
    too_old_s = now_s - limits.reading_days * _DAY_S
    if reading_s is not None and reading_s < too_old_s:
        return Step("reading", too_old_s)
    disk_short = usage.disk_free_bytes < limits.disk_free_bytes
    if disk_short and usage.unused_pages:
        return Step(shrink_pages=min(_SHRINK_PAGES, usage.unused_pages))
    if disk_short or usage.used_bytes > limits.max_bytes:
        newest_s = now_s - limits.keep_days * _DAY_S
        if motion_s is not None and motion_s < newest_s:
            return Step("motion", newest_s)
        if reading_s is not None and reading_s < newest_s:
            return Step("reading", newest_s)
    return None


def retain(store: Store, limits: Limits, now_s: float, max_steps: int = 500) -> int:
    """Carry out steps until nothing is left to do or the run is long enough; returns the rows deleted.

    now_s: wall seconds. Raises StorageError.
    """
    deleted = 0
    for _ in range(max_steps):
        step = next_step(store.usage(), limits, now_s)
        if step is None:
            break
        deleted += store.carry_out(step)
    return deleted
