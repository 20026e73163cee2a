"""What is exported: all that was kept of one child in a span of time, in the hub's own terms."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from edge.model.effect import KeepReading
from edge.model.people import Person
from edge.model.reading import Array, Quantity

Blocks = Iterator[tuple[Array, Array]]
Line = Mapping[str, object]
"""One line of the diary, as `feverhub journal --json` has it."""


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """What one movement sensor sent.

    device: its id. place: the limb where it was worn last. axes: 3, or 1 for a magnitude alone. count: samples. blocks:
    begins to read: pieces of times (n,) in wall seconds and values (n, axes) or (n,) in g; NaN is an invalid sample.
    Times rise strictly. left_out: samples that a clock set back would have told twice, or that have other axes.
    rate_hz: samples a second, by the median block. start_s, end_s: the first and the last sample, wall seconds.
    """

    device: str
    place: str
    axes: int
    count: int
    left_out: int
    rate_hz: float
    start_s: float
    end_s: float
    blocks: Callable[[], Blocks]


@dataclass(frozen=True, slots=True)
class Temperature:
    """What one thermometer, or hand, measured: readings of one quantity by time, also the invalid ones."""

    device: str
    quantity: Quantity
    readings: tuple[KeepReading, ...]

    @property
    def name(self) -> str:
        """Of a file: a sensor that sends skin and core has two."""
        return self.device if self.quantity is Quantity.TEMPERATURE else f"{self.device}-{self.quantity}"


@dataclass(frozen=True, slots=True)
class Record:
    """person: whose. zone: the family's. start_s, end_s: the span that was asked for, wall seconds. made_s: when.

    version: of the program. movement, temperature: each sensor. diary: alarms, answers and entries by time.
    """

    person: Person
    zone: dt.tzinfo
    start_s: float
    end_s: float
    made_s: float
    version: str
    movement: tuple[Movement, ...]
    temperature: tuple[Temperature, ...]
    diary: tuple[Line, ...]

    def time(self, wall_s: float) -> str:
        """RFC 3339 with the family's offset, to the millisecond."""
        return dt.datetime.fromtimestamp(round(wall_s, 3), self.zone).isoformat(timespec="milliseconds")


def valid(item: KeepReading) -> bool:
    """Whether there is a number at all."""
    return bool(np.isfinite(item.reading.value)) and item.reading.validity != "invalid"
