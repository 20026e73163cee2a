"""The parts of the benchmark as single calls, how often each is made in a whole run, and what of it is already done."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from tests.bench import nights, real, simulated, states
from tests.bench.recordings import Segment

ROOT = Path(__file__).resolve().parents[2]
# In a whole run: bouts, nights, hours of each other movement, nights of each other sensor.
WHOLE = {
    "bouts": 1000,
    "nights": 300,
    "seizure_nights": 60,
    "confounders": 24,
    "patted_twice": 12,
    "clonic_twice": 100,
    "rates": 10,
    "after": 40,
    "movers": 24,
}
# Seconds of one core that a call takes, roughly: the longest are begun first, and the time left is told by them.
_COST_S = {
    "bouts": 0.07,
    "nights": 5.5,
    "seizure_nights": 2.6,
    "confounders": 0.7,
    "patted_twice": 5.0,
    "clonic_twice": 0.5,
    "rates": 6.0,
    "after": 0.3,
    "movers": 1.0,
}
_THROUGH_A_WALL_COST_S, _REAL_COST_S_PER_H = 6.5, 1.5


class Job(NamedTuple):
    """One call. key: what tells it from others of its part, as JSON would give it back."""

    part: str
    key: tuple[Any, ...]
    call: Callable[[], Any]
    cost_s: float


def jobs(counts: Mapping[str, int]) -> list[Job]:
    """Every call of the simulated parts; each hangs on its numbers alone, so fewer are the first of more."""
    keys: dict[str, tuple[Callable[..., Any], Iterator[tuple[Any, ...]]]] = {
        "bouts": (simulated.bout, _numbered(counts["bouts"])),
        "nights": (nights.night, _numbered(counts["nights"])),
        "seizure_nights": (nights.seizure_night, _numbered(counts["seizure_nights"])),
        "confounders": (simulated.confounder, _numbered(counts["confounders"], simulated.CONFOUNDERS)),
        "patted_twice": (simulated.patted_twice, _numbered(counts["patted_twice"])),
        "clonic_twice": (simulated.clonic_twice, _numbered(counts["clonic_twice"])),
        "rates": (nights.other_rate, _numbered(counts["rates"], nights.RATES)),
        "after": (states.after, _numbered(counts["after"], states.BEFORE_S)),
        "movers": (states.mover, _numbered(counts["movers"], tuple(states.MOVERS))),
    }
    return [Job(part, key, partial(call, *key), _cost_s(part, key)) for part, (call, of) in keys.items() for key in of]


def real_jobs(segments: Iterable[Segment]) -> list[Job]:
    """One call for each recording."""
    return [
        Job("real", (segment.dataset, number), partial(judged, segment), _REAL_COST_S_PER_H * segment.hours)
        for number, segment in enumerate(segments)
    ]


def laid_jobs(folder: Path) -> list[Job]:
    """One call for each bout that is laid over somebody's movement."""
    return [
        Job("laid", (name, number), partial(states.laid, values, rate_hz, number), _COST_S["after"])
        for name, number, values, rate_hz in states.stretches(folder)
    ]


def judged(segment: Segment) -> dict[str, Any]:
    return asdict(real.judge(segment))


def _numbered(count: int, names: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
    yield from ((name, n) for name in names for n in range(count)) if names else ((n,) for n in range(count))


def _cost_s(part: str, key: tuple[Any, ...]) -> float:
    walled = part == "nights" and key[0] < nights.SWEPT
    return _COST_S[part] + (_THROUGH_A_WALL_COST_S if walled else 0.0)


def source() -> str:
    """Which program this is: eight characters that change with every line of it, and of the benchmark."""
    digest = hashlib.sha256()
    for folder in ("edge", "tests/bench"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:8]


class Kept:
    """Results of calls in a file of a folder, one line each, so that a broken run goes on where it was.

    The file is named after the source: another program begins anew. Without a folder nothing is kept.
    """

    def __init__(self, folder: Path | None) -> None:
        self._file = folder / f"{source()}.jsonl" if folder else None
        self.found: dict[tuple[str, tuple[Any, ...]], Any] = {}
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        if self._file is not None and self._file.exists():
            whole = self._file.read_text().rpartition("\n")[0]  # a run may break in the middle of a line
            self._file.write_text(whole + "\n" if whole else "")
            for line in whole.splitlines():
                part, key, value = json.loads(line)
                self.found[part, tuple(key)] = value

    def add(self, part: str, key: tuple[Any, ...], value: Any) -> None:
        text = json.dumps([part, key, value], default=str)
        self.found[part, key] = json.loads(text)[2]  # the same from a run as from a file
        if self._file is not None:
            with self._file.open("a") as file:
                file.write(text + "\n")
