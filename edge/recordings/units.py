"""Acceleration of other people's files in g."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from edge.errors import RecordingError
from edge.model.reading import Array

UNITS_G = {"g": 1.0, "mg": 1e-3, "m/s^2": 1 / 9.80665, "m/s2": 1 / 9.80665, "m/s²": 1 / 9.80665}


def in_g(file: Path, name: str, axes: Mapping[str, tuple[Array, str]]) -> Array:
    """The axes x, y and z, each with its unit, as (n, 3). Raises RecordingError that names file and sensor.

    Where no unit is said, gravity tells it: a worn sensor rests near 1 g.
    """
    values = np.column_stack([axes[axis][0] for axis in "xyz"])
    units = {unit.strip().lower() for _, unit in axes.values()}
    if units == {""} and len(values):
        rests = float(np.median(np.linalg.norm(values, axis=1)))
        return values * next((scale for scale in UNITS_G.values() if 0.7 < rests * scale < 1.4), 1.0)
    if len(units) == 1 and (unit := next(iter(units))) in UNITS_G:
        return values * UNITS_G[unit]
    raise RecordingError(f"{file}: the unit of {name} is {' and '.join(sorted(units))!r}; expected g or m/s^2")
