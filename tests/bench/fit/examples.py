"""Examples: the inputs of every second of a take or recording, with labels, and whose they are."""

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from tests.bench import recordings
from tests.bench.fit import stretches
from tests.bench.fit.inputs import measured
from tests.bench.fit.labels import labels
from tests.bench.fit.stretches import EVENTS, SETS
from tests.bench.fit.takes import Fits, take

Floats = NDArray[np.float32]
COUNTS = {"muscle": 260, "free": 260, "composed": 330, "script": 200, "laid": 700}
"""Takes of each family."""
FAMILIES = tuple(COUNTS)
MAGNITUDE = "+mag"
ALSO_AS_MAGNITUDE = frozenset({"wisdm_watch", "uea_epilepsy", "hmp_wrist_adl"})
"""Sets that are also entered as a magnitude, since the watch that recorded the seizures gives nothing else."""
_SEIZURE = "EPILEPSY"


@dataclass(frozen=True, slots=True)
class Source:
    """Where an example comes from: the number of a take of a family, or of a recording of a set."""

    family: str
    number: int


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """Inputs (h, n), labels (h,) and what counts (h,) of each second, at (h,) s; see `inputs` and `labels`.

    family: of takes, or a set, with `MAGNITUDE` behind it if it is entered so too. thirds: of the people in it; of a
    recording, its person's. maker: the world that made its convulsions, if not the family itself.
    """

    family: str
    number: int
    inputs: Floats
    labels: Floats
    counts: Floats
    t_s: NDArray[np.float64]
    fits: Fits
    maker: str
    thirds: frozenset[int]

    @property
    def made(self) -> bool:
        """Whether it was drawn, not recorded."""
        return self.family in FAMILIES

    @property
    def hours(self) -> float:
        return len(self.t_s) / 3600


def sources(data: Path, counts: dict[str, int] | None = None) -> list[Source]:
    """All of them, in the order in which training draws from them. counts: takes of each family."""
    made = [Source(family, number) for family, count in (counts or COUNTS).items() for number in range(count)]
    recorded = [
        Source(dataset, stretch.number)
        for dataset in SETS
        for stretch in stretches.stretches(data, dataset)
        if stretch.usable
    ]
    events = len(list(recordings.events(data / f"{EVENTS}.npz")))
    return [*made, *recorded, *(Source(EVENTS, number) for number in range(events))]


def build(data: Path, wanted: Sequence[Source], processes: int = 2) -> list[Example]:
    """Examples of these sources, in their order, whatever the number of processes."""
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        made = pool.map(partial(examples, data), wanted, chunksize=8)
        return [example for each in tqdm(made, "examples", len(wanted), unit="take") for example in each]


def examples(data: Path, source: Source) -> list[Example]:
    """Of a source: one, or two if it is entered as a magnitude too."""
    if source.family in FAMILIES:
        return [_of_take(data, source)]
    return list(_of_event(data, source) if source.family == EVENTS else _of_stretch(data, source))


def _of_take(data: Path, source: Source) -> Example:
    made = take(source.family, source.number, data)
    t_s, inputs = measured(made.t_s, made.values)
    return Example(*_named(source), inputs, *labels(t_s, made.fits), t_s, made.fits, made.maker, made.thirds)


def _of_stretch(data: Path, source: Source) -> Iterator[Example]:
    """A recording from a cold start; a seizure that is mimicked fills all of it."""
    stretch = stretches.stretches(data, source.family)[source.number]
    values = stretch.values_g()
    if source.family == "uea_epilepsy":
        values = recordings.mirrored(values, round(recordings.SHORTEST_S * stretch.rate_hz))
    sampled_s = np.arange(len(values)) / stretch.rate_hz
    fits: Fits = ((0.0, float(sampled_s[-1])),) if stretch.label == _SEIZURE else ()
    entered = {source.family: values}
    if source.family in ALSO_AS_MAGNITUDE:
        entered[source.family + MAGNITUDE] = np.linalg.norm(values, axis=1)
    for family, each in entered.items():
        t_s, inputs = measured(sampled_s, each)
        thirds = frozenset({stretch.third})
        yield Example(family, source.number, inputs, *labels(t_s, fits), t_s, fits, "", thirds)


def _of_event(data: Path, source: Source) -> Iterator[Example]:
    """A real event: what follows its seizure does not count, nor does one whose seizure is not annotated."""
    event = list(recordings.events(data / f"{EVENTS}.npz"))[source.number]
    t_s, inputs = measured(event.t_s, event.values)
    fits: Fits = () if event.annotated is None else (event.annotated,)
    inside, counts = labels(t_s, fits)
    counts[t_s > event.annotated[1] if event.annotated else slice(None)] = 0
    thirds = frozenset({stretches.event_third(source.number)})
    yield Example(*_named(source), inputs, inside, counts, t_s, fits, "", thirds)


def _named(source: Source) -> tuple[str, int]:
    return source.family, source.number
