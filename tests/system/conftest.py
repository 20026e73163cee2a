"""A family's home on loopback: the shipped mosquitto, a configuration, and recordings to play."""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from edge.model.people import Limb
from edge.simulation import SENSORS, clip, tonic_clonic
from tests.support import homes
from tests.support.homes import Home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with homes.home(tmp_path) as made:
        yield made


@dataclass(frozen=True)
class Recordings:
    """motion, temperature: files. event_s: when the movement begins, on both files' time. origin: for the report."""

    motion: Path
    temperature: Path
    event_s: float
    origin: str


EVENT_S, END_S = 1800.0, 2400.0


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Recordings:
    """A tonic-clonic event within forty quiet minutes, beside a fever curve.

    Real (OpenSeizureDatabase) where DATA names the folder, else simulated; the origin says which.
    """
    folder = tmp_path_factory.mktemp("recordings")
    data = os.environ.get("DATA", "")
    if data:
        t_s, values, origin = _real_event(Path(data) / "motion" / "osdb_events.npz")
    else:
        t_s, values, origin = _simulated_event()
    print(f"\nrecording: {origin}", file=sys.__stderr__)
    motion = folder / "motion.csv"
    _write_motion(motion, t_s, values)
    temperature = folder / "temperature.csv"
    _write_fever(temperature)
    return Recordings(motion, temperature, EVENT_S, origin)


def _real_event(file: Path) -> tuple[np.ndarray, np.ndarray, str]:
    with np.load(file) as data:
        event = next(e for e in json.loads(str(data["events"])) if e["subtype"] == "Tonic-Clonic" and e["windows"] > 26)
        rows = slice(event["first_window"], event["first_window"] + event["windows"])
        magnitude_g = data["mag"][rows].astype(float).ravel() / 1000
    return np.arange(magnitude_g.size) / 25.0, magnitude_g, f"real tonic-clonic event {event['event']} of OSDB"


def _simulated_event() -> tuple[np.ndarray, np.ndarray, str]:
    track = clip(tonic_clonic(7, 75.0, older=True), SENSORS["watch"].on(Limb.WRIST), 5)
    return track.t_s - track.t_s[0], track.magnitude_g, "simulated tonic-clonic event (DATA is not set)"


def _write_motion(file: Path, t_s: np.ndarray, magnitude_g: np.ndarray) -> None:
    """The event from EVENT_S on, lying still before and after as the same sensor shows it."""
    rng = np.random.default_rng(1)
    rest_g = float(np.median(magnitude_g))
    times = np.arange(0.0, END_S, 0.04)
    values = rest_g + 0.004 * rng.standard_normal(times.size)
    first = int(EVENT_S / 0.04)
    values[first : first + t_s.size] = magnitude_g
    np.savetxt(file, np.column_stack((times, values)), fmt=("%.2f", "%.4f"), delimiter=",", header="t,m", comments="")


def _write_fever(file: Path) -> None:
    """A patch put on at 0, settled after ten minutes, through 37.5 °C after 11 and at 38.8 °C from 25 on."""
    rng = np.random.default_rng(2)
    times = np.arange(0.0, END_S, 10.0)
    settled = 36.9 + np.clip((times - 500.0) / 1000.0, 0.0, 1.0) * 1.9
    values = settled - 3.0 * np.exp(-times / 150.0) + 0.03 * rng.standard_normal(times.size)
    np.savetxt(
        file, np.column_stack((times, values)), fmt=("%.0f", "%.2f"), delimiter=",", header="t,celsius", comments=""
    )
