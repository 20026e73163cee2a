"""Recordings that nobody here wrote, from a folder that is given: which child or adult, what was done, is it a seizure.

Each segment is one recording, played from a cold start. Segments shorter than an alarm's delay are played forward and
backward without a step, up to 30 s.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
SETS = (
    "osdb_events",
    "osd_gj_wrist_mag",
    "wisdm_watch",
    "stress_predict_e4",
    "hmp_wrist_adl",
    "uea_epilepsy",
    "nurses_e4",
    "smm_autism_study1",
    "daphnet_parkinson",
)
BROKEN = ("simulated_seizure", "faulty_axis")
"""Labels of what is neither a seizure nor an ordinary day: shaking on purpose, and an axis that is noise alone."""
SHORTEST_S = 30.0


@dataclass(frozen=True, eq=False)
class Segment:
    """values: (n, 3) or (n,) g. seizure: whether raising is right. annotated: its start and end (s), None if not."""

    dataset: str
    label: str
    t_s: Array
    values: Array
    seizure: bool
    annotated: tuple[float, float] | None = None

    @property
    def hours(self) -> float:
        return float(self.t_s[-1] - self.t_s[0]) / 3600


def segments(folder: Path) -> Iterator[Segment]:
    """Every segment of every set. Raises FileNotFoundError with the file's name."""
    yield from events(folder / "osdb_events.npz")
    for name in SETS[1:]:
        yield from segments_of(folder / f"{name}.npz")


def events(file: Path) -> Iterator[Segment]:
    """Every event of OpenSeizureDatabase, in the order of the file."""
    with np.load(file) as data:
        for event in json.loads(str(data["events"])):
            rows = slice(event["first_window"], event["first_window"] + event["windows"])
            t_s = data["t"][rows].ravel()
            yield Segment(
                "osdb_events",
                str(event["subtype"]),
                t_s,
                data["mag"][rows].astype(np.float64).ravel() / 1000,
                seizure=True,
                annotated=None if event["seizure_s"][0] is None else tuple(event["seizure_s"]),
            )


def segments_of(file: Path) -> Iterator[Segment]:
    """Every segment of one set but those that are broken."""
    with np.load(file) as data:
        rate_hz = float(data["fs"])
        samples = data["acc"] if "acc" in data.files else data["mag"]
        for start, length, label in zip(data["seg_start"], data["seg_len"], data["seg_label"], strict=True):
            if str(label) in BROKEN:
                continue
            values = samples[start : start + length].astype(np.float64) / 1000
            if file.stem == "uea_epilepsy":
                values = mirrored(values, round(SHORTEST_S * rate_hz))
            t_s = np.arange(len(values)) / rate_hz
            yield Segment(file.stem, str(label), t_s, values, seizure=str(label) == "EPILEPSY")


def mirrored(values: Array, samples: int) -> Array:
    """A short recording played forward and backward without a step, until there are so many samples."""
    there_and_back = np.concatenate([values, values[-2:0:-1]])
    return np.concatenate([there_and_back] * (samples // len(there_and_back) + 1))[:samples]
