"""Values to store, and a real VictoriaMetrics on loopback."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.effect import KeepMotion, KeepReading
from edge.model.evidence_json import from_plain
from edge.model.reading import Quantity, Reading, Unit
from tests.support.victoria import VictoriaMetrics

MakeAlarm = Callable[..., Alarm]
MakeReading = Callable[..., KeepReading]
MakeMotion = Callable[..., KeepMotion]


@pytest.fixture
def make_alarm() -> MakeAlarm:
    def make(
        sequence: int, condition: Condition = Condition.FEVER, presence: Presence = Presence.ON, **more: object
    ) -> Alarm:
        made = Alarm(
            id=f"{condition}-1",
            key=AlarmKey(condition, "ada"),
            kind=Kind.PHYSIOLOGICAL,
            priority=Priority.MEDIUM,
            presence=presence,
            onset_s=1000.0,
            raised_s=1030.5,
            sequence=sequence,
            reason=Reason.EVIDENCE,
            value=38.1,
            limit=37.5,
            unit="Cel",
            text="Ada has a fever: 38.1 °C",
            evidence=from_plain(condition, {"peak_c": 38.1, "days_of_fever": 3}),
            changed_s=1030.5,
        )
        return replace(made, **more)  # type: ignore[arg-type]

    return make


@pytest.fixture
def make_reading() -> MakeReading:
    def make(wall_s: float, value: float = 37.2, *, synced: bool = True, person: str = "ada") -> KeepReading:
        reading = Reading(Quantity.TEMPERATURE, value, Unit.CELSIUS)
        return KeepReading(person, "patch", "axilla", reading, wall_s, synced)

    return make


@pytest.fixture
def make_motion() -> MakeMotion:
    def make(start_s: float, seconds: float = 1.0, *, rate_hz: float = 50.0, synced: bool = True) -> KeepMotion:
        wall_s = start_s + np.arange(round(seconds * rate_hz)) / rate_hz
        values = np.random.default_rng(int(start_s)).normal([0.1, 0.0, 0.99], 0.3, (len(wall_s), 3))
        return KeepMotion("ada", "ankle", "left_ankle", wall_s, values, synced)

    return make


@pytest.fixture
def victoria(tmp_path: Path) -> Iterator[VictoriaMetrics]:
    folder = tmp_path / "victoria"
    folder.mkdir()
    server = VictoriaMetrics(folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()
