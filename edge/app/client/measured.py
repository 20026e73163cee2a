"""What each watchfulness was measured to miss, and how often it wakes, on simulated infants: `docs/benchmark.md`."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from edge.model.language import IN_ENGLISH, N_, Locale
from edge.model.people import Watchfulness

SENTENCE = N_(
    "Of 100 simulated convulsions it misses {missed} and rings after {seconds} s; in 14 nights it wakes you {wakes} "
    "times for nothing. How it is with your child is not known."
)
AT_THE_START = (
    "In the first minutes after a movement sensor is put on, or the hub starts, it finds about four in five: put it on "
    "before she falls asleep."
)
"""Of convulsions that are under way or begin then; simulated (`docs/benchmark.md`). For a parent."""


class Measured(NamedTuple):
    """missed_of_100: clonic bouts of 15-120 s. after_s: from onset, median. wakes: false alarms in 14 nights."""

    missed_of_100: float
    after_s: float
    wakes: float

    def sentence(self, words: Locale = IN_ENGLISH) -> str:
        """For a parent."""
        return words.say(
            SENTENCE,
            missed=words.number(self.missed_of_100),
            seconds=f"{self.after_s:.0f}",
            wakes=words.number(self.wakes),
        )


MEASURED: Mapping[Watchfulness, Measured] = MappingProxyType(
    {
        Watchfulness.CALM: Measured(0.0, 10.0, 1.8),
        Watchfulness.BALANCED: Measured(0.0, 9.0, 3.5),
        Watchfulness.WATCHFUL: Measured(0.0, 8.0, 7.0),
    }
)
