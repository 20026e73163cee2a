"""Stretches of movement that people made, from the recordings in a folder that is given, and whose they are."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench import recordings

Array = NDArray[np.float64]
THIRDS = 3
SETS = (
    "nurses_e4",
    "smm_autism_study1",
    "daphnet_parkinson",
    "wisdm_watch",
    "stress_predict_e4",
    "hmp_wrist_adl",
    "osd_gj_wrist_mag",
    "uea_epilepsy",
)
EVENTS = "osdb_events"
BACKGROUNDS = SETS[:6]
"""Sets with three axes, no seizure in them, and recordings long enough to lay something over them."""
_FAULTY, _SHAKEN = "faulty_axis", "simulated_seizure"
_BACKGROUND_S = 60.0  # at least
_CORE_S = 15.0  # at least
CORE_HZ = 25.0


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """One segment of one set. number: its place in the set. milli_g: (n, 3), or (n,) of a magnitude, as stored."""

    dataset: str
    number: int
    subject: str
    label: str
    rate_hz: float
    milli_g: NDArray[Any]

    @property
    def seconds(self) -> float:
        return len(self.milli_g) / self.rate_hz

    @property
    def third(self) -> int:
        return third(self.dataset, self.subject)

    @property
    def usable(self) -> bool:
        """Neither a broken sensor nor shaking on purpose, which is no seizure and no ordinary day either."""
        return self.label not in {_FAULTY, _SHAKEN}

    def values_g(self, first: int = 0, count: int | None = None) -> Array:
        return self.milli_g[first : None if count is None else first + count].astype(np.float64) / 1000


def third(dataset: str, who: object) -> int:
    """Which third of the people someone belongs to: by a checksum, so that another recording moves nobody."""
    key = f"{dataset}-{who}-" if dataset != EVENTS else f"osdb-osdb-{who}"
    return zlib.crc32(key.encode()) % THIRDS


def event_third(number: int) -> int:
    """OpenSeizureDatabase is split by event, though all but one are of one patient: by person nothing would be left."""
    return third(EVENTS, number)


@lru_cache(maxsize=len(SETS))
def stretches(data: Path, dataset: str) -> tuple[Stretch, ...]:
    """Every segment of a set. Raises FileNotFoundError with the file's name."""
    with np.load(data / f"{dataset}.npz") as file:
        samples = file["acc"] if "acc" in file.files else file["mag"]
        rate_hz = float(file["fs"])
        rows = zip(file["seg_start"], file["seg_len"], file["seg_subject"], file["seg_label"], strict=True)
        return tuple(
            Stretch(dataset, number, str(subject), str(label), rate_hz, samples[start : start + length])
            for number, (start, length, subject, label) in enumerate(rows)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Backgrounds:
    """What convulsions are laid over: stretches of a minute and more, the longer the likelier (an hour at most)."""

    stretches: tuple[Stretch, ...]
    chances: Array

    def draw(self, rng: np.random.Generator) -> Stretch:
        return self.stretches[int(rng.choice(len(self.stretches), p=self.chances))]


@lru_cache(maxsize=1)
def backgrounds(data: Path) -> Backgrounds:
    kept = tuple(
        stretch
        for dataset in BACKGROUNDS
        for stretch in stretches(data, dataset)
        if stretch.label != _FAULTY and len(stretch.milli_g) > stretch.rate_hz * _BACKGROUND_S
    )
    lengths = np.array([min(stretch.seconds, 3600.0) for stretch in kept])
    return Backgrounds(kept, lengths / lengths.sum())


@dataclass(frozen=True, slots=True, eq=False)
class Core:
    """A real convulsion: (n,) g at 25 Hz, its magnitude without gravity, signed. third: as of `event_third`."""

    movement_g: Array
    third: int


@lru_cache(maxsize=1)
def cores(data: Path) -> tuple[Core, ...]:
    """Those of 15 s and more that show."""
    return tuple(_cores(data))


def _cores(data: Path) -> Iterator[Core]:
    for number, event in enumerate(recordings.events(data / f"{EVENTS}.npz")):
        if event.annotated is None or event.annotated[1] is None:
            continue
        start, end = event.annotated
        inside = (event.t_s >= start) & (event.t_s <= end)
        moved = event.values[inside] - np.median(event.values)
        if end - start >= _CORE_S and len(moved) > CORE_HZ * _CORE_S and moved.std() > 0.05:
            at_s = np.arange(int((end - start) * CORE_HZ)) / CORE_HZ
            yield Core(np.interp(at_s, event.t_s[inside] - start, moved), event_third(number))
