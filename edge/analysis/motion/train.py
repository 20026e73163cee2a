"""A train of jerks as a whole, over as long as it goes on: does it go on as a seizure does, or as a hand that pats?

Ten seconds of patting look like ten seconds of weak clonic jerks: 45 of 197 periods of patting were taken for seizures
by an EEG algorithm too (Martin 2021, J Clin Neurophysiol). Over longer they part. A hand keeps its tempo, pauses after
seconds and goes on at that tempo, begins at full height, pushes along one line each time, and gently. A clonic seizure
goes on without a pause, slows down (Volpe, Neurology of the Newborn; 4.6 to 3.0 Hz in OpenSeizureDatabase), builds up
over its first seconds, comes from several muscles, each with a direction of its own, and where it is at home it is
strong. Evidence of jerks is collected as ever; it counts as soon as these signs tell, or the train outlasts a hand's.
"""

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

_LEAST_LEVEL = math.log10(0.006)  # g RMS; breathing and the noise of a coarse sensor stay below, and make no train
_BEGUN_S = 2.0  # so long a succession has a tempo
_BEGINNING = 3  # hops over which tempo and height at the beginning are taken
_WHOLE_S = 6.0  # hops overlap: a succession once so long has ended when its last ten seconds hold less of it
_BOUT_S = 3.0  # so long a train is remembered when it ends, for so long:
_REMEMBERED_S = 60.0
_SAME_TEMPO = 0.12  # change of the log rate
_SECOND_S = 1.5  # seconds further apart: what was between them was not watched
_UNWATCHED_S = 15.0  # unwatched for longer, the train is over
_LATE_S = 2.0  # after that a train that goes on has a tempo again, as at its beginning
_MEMORY = 0.9  # a second; directions are compared over about ten

# How much more evidence than else a train of jerks needs, in the detector's units. From 6 on it is never enough, so a
# train without any sign of a seizure is waited for; each sign takes as much away. Set by hand, within what a search on
# simulated nights, pats, bouts and jerks of foreign shapes found no difference in.
_UNKNOWN, _RESUMED, _MOST = 10.0, 4.0, 8.0
_SCATTERED = (
    0.08,
    0.22,
    7.0,
)  # from, to, how much; pats reach 0.1 where the sensor's noise adds to them
_GROWN = (0.15, 0.35, 7.0)  # log10 of the level over the first: 1.4 to 2.2 times
_SLOWED = (0.05, 0.15, 14.0)  # log rate; a hand keeps its tempo within a few per cent
_STRONG = (-1.2, -0.85, 12.0)  # log10 g RMS at one jerk a second, 63 to 140 mg; pats on the trunk mostly stay below
_LASTING = (20.0, 32.0, 14.0)  # s; a hand has paused by then
_FADING = 0.75  # a second: one second of signs is not believed at once


class Second(NamedTuple):
    """What is used of one second. run_s, jerk_hz: see `succession`; level (log10 g), loop: see `features`."""

    t_s: float
    run_s: float
    jerk_hz: float
    level: float
    loop: float


@dataclass(frozen=True, slots=True)
class Train:
    """The jerks that have followed each other without a pause up to now, and the train before them.

    going_s: how long. begin_hz, begin_level: of its first hops, at most three; level is log10 g. rate_hz: now. ended_s,
    ended_hz: of the last train before. power, across: fading sums over the last ten seconds or so of the power and of
    what of it does not move along one line (see `features.Figures.loop`), g2. doubt: how much more evidence it needs.
    t_s: of the last second; watched_s: since when it is watched without a hole.
    """

    going_s: float = 0.0
    begin_hz: tuple[float, ...] = ()
    begin_level: tuple[float, ...] = ()
    rate_hz: float = 0.0
    ended_s: float = -math.inf
    ended_hz: float = 0.0
    power: float = 0.0
    across: float = 0.0
    doubt: float = 0.0
    t_s: float = -math.inf
    watched_s: float = -math.inf

    @property
    def slowed(self) -> float:
        """Fall of the log rate since its beginning."""
        if not self.begin_hz or not self.rate_hz:
            return 0.0
        return math.log(sum(self.begin_hz) / len(self.begin_hz) / self.rate_hz)

    def grown(self, level: float) -> float:
        """Rise of the level, log10, since its beginning."""
        return level - min(self.begin_level) if self.begin_level else 0.0

    def resumed(self, t_s: float) -> bool:
        """Whether it goes on after a pause at the tempo from before."""
        if not self.begin_hz or t_s - self.ended_s > _REMEMBERED_S:
            return False
        return abs(math.log(self.ended_hz / self.rate_hz)) < _SAME_TEMPO

    @property
    def scatter(self) -> float:
        """Share of the power that does not move along one line: 0 where each jerk pushes the same way."""
        return self.across / self.power if self.power else 0.0


NONE = Train()


def follow(train: Train, now: Second, columns: int) -> Train:
    """The train with one more second. columns: 3 axes, or 1 magnitude, which says too little to doubt a first train.

    A hole in the data is no pause of a hand: a train that goes on after it has gone on meanwhile.
    """
    passed_s = now.t_s - train.t_s
    if not 0 < passed_s <= _UNWATCHED_S:
        train = NONE
    watched_s = train.watched_s if passed_s <= _SECOND_S else now.t_s - 1
    run_s = now.run_s if now.level >= _LEAST_LEVEL else 0.0
    going_s, begin_hz, begin_level, rate_hz = train.going_s, train.begin_hz, train.begin_level, train.rate_hz
    ended_s, ended_hz = train.ended_s, train.ended_hz
    if not going_s or run_s < min(going_s, _WHOLE_S, now.t_s - watched_s - _LATE_S):
        if going_s >= _BOUT_S and begin_hz:
            ended_s, ended_hz = now.t_s, rate_hz
        going_s, begin_hz, begin_level, rate_hz = run_s, (), (), 0.0
    else:
        going_s = max(run_s, going_s + 1) if run_s >= _WHOLE_S or run_s < going_s else run_s
    if run_s >= _BEGUN_S:
        rate_hz = now.jerk_hz
        begin_hz, begin_level = (*begin_hz, now.jerk_hz)[:_BEGINNING], (*begin_level, now.level)[:_BEGINNING]
    power = 10.0 ** (2 * now.level)
    faded, across = _MEMORY * train.power + power, _MEMORY * train.across + power * now.loop
    on = Train(going_s, begin_hz, begin_level, rate_hz, ended_s, ended_hz, faded, across, 0.0, now.t_s, watched_s)
    return replace(on, doubt=max(_doubt(on, now, columns), _FADING * train.doubt))


def _doubt(train: Train, now: Second, columns: int) -> float:
    one_hz = now.level - 0.5 * math.log10(max(train.rate_hz, 0.5))
    signs = (
        (train.scatter, _SCATTERED),
        (train.grown(now.level), _GROWN),
        (train.slowed, _SLOWED),
        (one_hz, _STRONG),
        (train.going_s, _LASTING),
    )
    doubt = (_UNKNOWN if columns == 3 else 0.0) + (_RESUMED if train.resumed(now.t_s) else 0.0)
    for value, (low, high, most) in signs:
        doubt -= most * min(1.0, max(0.0, (value - low) / (high - low)))
    return min(_MOST, max(0.0, doubt))
