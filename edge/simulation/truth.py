"""What the simulator knows for certain: labels, intervals, and the tracks they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from edge.model.people import Limb
from edge.model.reading import Array

ALL_LIMBS = tuple(limb for limb in Limb if limb is not Limb.UNKNOWN)


class Label(StrEnum):
    """What went on. The last group belongs to the thermometer."""

    CLONIC = "clonic"
    TONIC = "tonic"
    TONIC_CLONIC = "tonic_clonic"
    INFANTILE_SPASMS = "infantile_spasms"
    RIGOR = "rigor"
    JITTERINESS = "jitteriness"
    SLEEP_MYOCLONUS = "sleep_myoclonus"
    TWITCH = "twitch"
    STARTLE = "startle"
    MORO = "moro"
    HICCUPS = "hiccups"
    SUCKING = "sucking"
    RESTLESS = "restless"
    TURNING = "turning"
    BODY_ROCKING = "body_rocking"
    HEAD_BANGING = "head_banging"
    ROCKED = "rocked"
    CARRIED = "carried"
    PATTED = "patted"
    CAR = "car"
    PLAY = "play"
    KICKING = "kicking"
    CRYING = "crying"
    FEVER = "fever"
    SETTLING = "settling"
    SLIPPED = "slipped"
    DETACHED = "detached"
    DOSE = "dose"
    WARMED = "warmed"


SEIZURES = frozenset({Label.CLONIC, Label.TONIC, Label.TONIC_CLONIC})
"""Labels for which `seizure_like_movement` is the right answer (a tonic phase alone moves hardly at all)."""


@dataclass(frozen=True, slots=True)
class Truth:
    """One thing that happened, from `start_s` to `end_s` seconds on the track's own time.

    limbs_involved: limbs that truly move (others may be shaken along). rate_hz_start, rate_hz_end: rhythm, None if it
    has none. params: everything else that was drawn, each key with its unit in its name.
    """

    label: Label
    start_s: float
    end_s: float
    limbs_involved: tuple[Limb, ...] = ()
    rate_hz_start: float | None = None
    rate_hz_end: float | None = None
    params: Mapping[str, float] = field(default_factory=dict)

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s

    @property
    def seizure(self) -> bool:
        return self.label in SEIZURES

    def shifted(self, by_s: float) -> "Truth":
        """The same, `by_s` seconds later."""
        return replace(self, start_s=self.start_s + by_s, end_s=self.end_s + by_s)


@dataclass(frozen=True, slots=True, eq=False)
class MotionTrack:
    """What one accelerometer reported. t_s: (n,) float64, increasing, s. acc_g: (n, 3) float64, g."""

    t_s: Array
    acc_g: Array
    truth: tuple[Truth, ...]
    limb: Limb
    rate_hz: float

    @property
    def magnitude_g(self) -> Array:
        """(n,) float64, g: what a sensor reports that sends the vector magnitude only."""
        length: Array = np.sqrt(np.einsum("ij,ij->i", self.acc_g, self.acc_g))
        return length


@dataclass(frozen=True, slots=True, eq=False)
class TemperatureTrack:
    """What one thermometer reported. t_s, celsius, core_celsius: (n,) float64; core is what nobody sees."""

    t_s: Array
    celsius: Array
    core_celsius: Array
    truth: tuple[Truth, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Night:
    """All that was recorded of one child in one night, and the truth of it all in one table, by start."""

    motion: Mapping[Limb, MotionTrack]
    temperature: TemperatureTrack
    truth: tuple[Truth, ...]
    duration_s: float
    age_months: float

    @property
    def seizures(self) -> tuple[Truth, ...]:
        return tuple(row for row in self.truth if row.seizure)
