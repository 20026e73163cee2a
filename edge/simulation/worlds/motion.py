"""What a kind of movement adds to a limb."""

from dataclasses import dataclass

import numpy as np

from edge.model.reading import Array

FINE_HZ = 200.0
"""Movements are rendered at this rate, ten times that of the fastest that is told apart; sensors read from it."""


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """What one kind adds: push_g (n, 3) in g, tilt_rad (n, 3) rotation vector of the limb against gravity."""

    push_g: Array
    tilt_rad: Array

    @staticmethod
    def of(push_g: Array) -> "Motion":
        """A push that turns nothing."""
        return Motion(push_g, np.zeros_like(push_g))
