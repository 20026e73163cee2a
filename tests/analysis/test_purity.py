"""A state is never changed: what it holds can be locked, and the next step neither fails nor says anything else."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import MappingProxyType

import numpy as np
import pytest

from edge.analysis import arrival, mimics, motion, temperature
from edge.model.limits import Limits
from edge.model.people import Site
from edge.model.reading import Quantity, Reading, Samples, Unit
from edge.simulation import Sensor, clip, clonic

MUTABLE = (list, set, bytearray)


def locked(value, where=""):
    """The same value, its arrays and mappings read-only. Lists and sets have no place in a frozen value."""
    assert not isinstance(value, MUTABLE), where
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    elif isinstance(value, Mapping):
        return MappingProxyType({key: locked(each, f"{where}[{key}]") for key, each in value.items()})
    elif isinstance(value, tuple):
        for each in value:
            locked(each, where)
    elif is_dataclass(value):
        for field in fields(value):
            inner = getattr(value, field.name)
            object.__setattr__(value, field.name, locked(inner, f"{where}.{field.name}")) if isinstance(
                inner, Mapping
            ) else locked(inner, f"{where}.{field.name}")
    return value


TRACK = clip(clonic(1, 60.0), Sensor(rate_hz=50), 1, before_s=60.0)


@pytest.mark.parametrize("room", [motion, mimics])
@pytest.mark.parametrize("columns", [1, 3])
def test_movement_changes_no_state(room, columns):
    values = TRACK.acc_g if columns == 3 else np.sqrt((TRACK.acc_g**2).sum(axis=1))
    free, tight = room.start(columns), room.start(columns)
    said = []
    for begin in range(0, len(values), 36):
        packet = slice(begin, begin + 36)
        free, expected = room.advance(free, TRACK.t_s[packet], values[packet])
        tight, steps = room.advance(locked(tight), TRACK.t_s[packet], values[packet])
        assert steps == expected
        said += steps
    assert len(said) > 15


def test_a_thermometer_changes_no_state():
    rules = temperature.Rules(Site.PATCH, Limits(), 14.0)
    free, tight = temperature.ThermometerState(), temperature.ThermometerState()
    raised = set()
    for minute, celsius in enumerate((*np.linspace(36.5, 39.5, 180), *np.linspace(39.5, 35.0, 120))):
        reading = Reading(Quantity.TEMPERATURE, float(celsius), Unit.CELSIUS)
        free, expected = temperature.advance(free, reading, 60.0 * minute, rules)
        tight, assessed = temperature.advance(locked(tight), reading, 60.0 * minute, rules)
        assert assessed == expected
        raised |= {str(sign.condition) for sign in assessed.signs if sign.present}
    assert raised >= {"fever", "high_fever", "settling"}


def test_a_sample_clock_changes_no_state():
    free, tight = arrival.ClockState(), arrival.ClockState()
    rng = np.random.default_rng(1)
    for number in range(200):
        samples = Samples(Quantity.ACCELERATION, np.zeros((5, 3)), sensor_s=0.2 * number)
        late_s = 0.2 * number + float(rng.exponential(0.05))
        free, expected = arrival.place(free, samples, late_s, 25.0)
        tight, times = arrival.place(locked(tight), samples, late_s, 25.0)
        assert times.tolist() == expected.tolist()


def test_what_would_hide_in_a_state_is_found():
    """The positive control: an array that is written in place, and a list."""
    state = motion.start(3)
    locked(state)
    with pytest.raises(ValueError, match="read-only"):
        state.window[:] = 0.0
    with pytest.raises(AssertionError):
        locked((1, [2]))
