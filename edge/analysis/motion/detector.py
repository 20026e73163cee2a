"""The movement detector: watched seconds in, steps with evidence out. Functional: a state is never changed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from edge.analysis import grid
from edge.analysis.grid import Piece
from edge.analysis.motion import features, hops, patterns, succession, train
from edge.analysis.motion.patterns import Pattern
from edge.analysis.motion.train import Second, Train
from edge.analysis.motion.weights import EVEN, JERKS, PATTERNS, SHAKING, SHARP
from edge.errors import RecordingError
from edge.model.alarm import Condition
from edge.model.evidence import NO_EVIDENCE, SeizureEvidence
from edge.model.reading import Array
from edge.model.sign import Sign

HOP = hops.HOP
_BATCH = 256  # windows described at once: stays in the processor's cache

# Evidence: each second adds between -1.5 and +1, and a second ago counts 6 % less (memory of 16 s), so that weak signs
# never add up to an alarm, strong ones need about seven seconds, and a pause of a few seconds splits nothing.
_AGAINST, _FOR, _MEMORY = -1.5, 1.0, 0.94
_LEAST, _MOST = -1.0, 10.0
# The line for an alarm is higher while the child has been moving for minutes: awake, by far the most movement that
# resembles a seizure is none, and a convulsion is more than what was going on before. At its highest it takes 15 s of
# the strongest signs, so no line is out of reach.
LINE_AT_REST, LINE_ACTIVE = 4.5, 10.0
"""Evidence that an alarm needs, of a child at rest and of one that has been moving for minutes."""
_ACTIVE_G, _ACTIVE_MEMORY_S = 0.04, 180.0
_ACTIVE_FROM, _ACTIVE_TO = 0.2, 0.5  # share of the last minutes
WARNING_BELOW_LINE = 2.0
"""So much less evidence (log-odds of a step: -2) is a warning: shown, and rings nobody."""

MOST_PRIOR = 1.0  # what else is known can shorten the way to an alarm by two seconds, never make one
# An alarm ends after so many seconds without any evidence left, sooner if the child lies still: pauses do not split an
# episode (bouts less than 90 s apart count as one: SzCORE, Dan 2024, Epilepsia), and nobody is rung up twice for one.
_END_STILL_S, _END_MOVING_S = 10, 60
_FIRST = len(PATTERNS)  # where the figures begin in a row, after the log-odds
_LEVEL = _FIRST + patterns.NAMES.index("level")
_OF_TRAINS = tuple(_FIRST + patterns.NAMES.index(name) for name in Second._fields[1:])
_CERTAIN = tuple(at for at, each in enumerate(PATTERNS) if each not in {JERKS, SHARP, EVEN})  # no hand looks like these
_LEAD_S = 3.0  # a window of 5.12 s turns when about its last half shows the seizure


class Stage(StrEnum):
    QUIET = "quiet"
    WARNING = "warning"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Step:
    """One second of watched time.

    t_s: time of the last sample used. level_g: RMS of the movement in this second. log_odds: evidence held and prior,
    less what an alarm needs: an alarm begins at 0. signs: empty where nothing can be said.
    """

    t_s: float
    level_g: float
    log_odds: float
    stage: Stage
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class Belief:
    """What has been concluded so far.

    held: evidence, -1 to 10; certain: the same, of patterns that no hand looks like. train: the jerks that follow each
    other. rise_s: when it last left its lowest value; onset_s: of the standing alarm. quiet: hops without evidence;
    still: hops without movement. active: share of the last minutes spent moving. rates_hz: of the rise, one an hop.
    prior: log-odds known from elsewhere, 0 to 1.
    """

    held: float = _LEAST
    stage: Stage = Stage.QUIET
    rise_s: float | None = None
    onset_s: float = 0.0
    quiet: int = 0
    still: int = 0
    active: float = 0.0
    rates_hz: tuple[float, ...] = ()
    prior: float = 0.0
    certain: float = _LEAST
    train: Train = train.NONE

    @property
    def margin(self) -> float:
        """Evidence and prior, less what an alarm needs. Evidence of jerks counts once a hand does not explain them."""
        share = (self.active - _ACTIVE_FROM) / (_ACTIVE_TO - _ACTIVE_FROM)
        line = LINE_AT_REST + (LINE_ACTIVE - LINE_AT_REST) * min(1.0, max(0.0, share))
        return max(self.certain, self.held - self.train.doubt) + self.prior - line


@dataclass(frozen=True, slots=True, eq=False)
class MotionState:
    """All that is kept of one sensor, under 20 kB.

    window: (m, c + 2) grid values still needed, each with its gap mark and the time it rests on; ahead: how many of
    the last of them no hop has covered yet. past: (p, 9) figures of the last hops.
    """

    grid: grid.Grid
    window: Array
    past: Array
    ahead: int = 0
    belief: Belief = Belief()


def start(columns: int) -> MotionState:
    """The state before the first sample. columns: 3 (axes, g) or 1 (magnitude, g). Raises RecordingError."""
    if columns not in {1, 3}:
        raise RecordingError(f"motion samples: expected 3 axes or 1 magnitude, got {columns} columns")
    return MotionState(grid.empty(columns), np.empty((0, columns + 2)), np.empty((0, len(patterns.KEPT))))


def advance(state: MotionState, t_s: Array, values: Array, prior: float = 0.0) -> tuple[MotionState, tuple[Step, ...]]:
    """Take samples, t_s (n,) s and values (n, 3) or (n,) g; return the steps that are now certain, oldest first.

    prior: log-odds known from elsewhere while these samples came (a fever makes a seizure likelier), added when the
    evidence is held against the line and never stored in it; taken as 0 to `MOST_PRIOR`, NaN as 0. Invalid rows,
    repeated and reversed times are dropped (see `grid.resample`). Raises RecordingError for other shapes.
    """
    resampled, pieces = grid.resample(state.grid, t_s, values)
    return watch(replace(state, grid=resampled), pieces, prior)


def watch(state: MotionState, pieces: Sequence[Piece], prior: float = 0.0) -> tuple[MotionState, tuple[Step, ...]]:
    """As `advance`, of grid values that were made of the samples for others too."""
    known = min(MOST_PRIOR, prior) if prior > 0 else 0.0
    if known != state.belief.prior:
        state = replace(state, belief=replace(state.belief, prior=known))
    steps: list[Step] = []
    for piece in pieces:
        if piece.pause_s is not None:
            state = replace(
                state,
                window=state.window[:0],
                past=state.past[:0],
                ahead=0,
                belief=_after_pause(state.belief, piece.pause_s),
            )
        for begin in range(0, len(piece.rows), _BATCH * HOP):
            state, new = _watch(state, piece.rows[begin : begin + _BATCH * HOP])
            steps += new
    return state, tuple(steps)


def _after_pause(belief: Belief, pause_s: float) -> Belief:
    """Evidence fades while nothing is seen; a standing alarm stands until valid data end it."""
    if belief.stage is Stage.ALARM:
        return belief
    held, certain = (_LEAST + (each - _LEAST) * _MEMORY**pause_s for each in (belief.held, belief.certain))
    return replace(belief, held=held, certain=certain, stage=Stage.QUIET, rise_s=None, rates_hz=())


def _watch(state: MotionState, fresh: Array) -> tuple[MotionState, list[Step]]:
    """Cut grid values of one run into hops and weigh each."""
    window = np.concatenate([state.window, fresh])
    ahead, columns = state.ahead + len(fresh), state.grid.columns
    count, ahead = divmod(ahead, HOP)
    ends = len(window) - ahead - HOP * np.arange(count - 1, -1, -1)
    past, weighed = hops.describe(window, ends[ends >= features.WINDOW], state.past, columns)
    belief = state.belief
    steps: list[Step] = []
    seconds = window[len(window) - ahead - HOP * count : len(window) - ahead].reshape(count, HOP, columns + 2)
    for end, unseen, t_s, level_g in zip(ends.tolist(), *hops.seconds(seconds), strict=True):
        if unseen > 1 - hops.LEAST_SEEN:
            continue
        row = weighed.get(end)
        if row is not None:
            belief = _weigh(belief, t_s, row, columns)
        steps.append(Step(t_s, level_g, belief.margin, belief.stage, _signs(belief, t_s, level_g, row, columns)))
    keep = window[-succession.SPAN :].copy()
    return replace(state, window=keep, past=past, ahead=ahead, belief=belief), steps


def _more(held: float, odds: list[float]) -> float:
    """The evidence with one more second of patterns with these log-odds; any of them is enough."""
    high = max(odds)
    any_of = high + math.log(sum(math.exp(each - high) for each in odds))
    gain = _AGAINST + (_FOR - _AGAINST) / (1 + math.exp(-any_of))
    return min(_MOST, max(_LEAST, _MEMORY * held + gain))


def _weigh(belief: Belief, t_s: float, row: list[float], columns: int) -> Belief:
    """One more second of evidence. row: log-odds of each pattern, then the figures."""
    held = _more(belief.held, row[:_FIRST])
    certain = _more(belief.certain, [row[at] for at in _CERTAIN])
    following = train.follow(belief.train, Second(t_s, *(row[at] for at in _OF_TRAINS)), columns)
    moving = row[_LEVEL] > math.log10(_ACTIVE_G)
    active = belief.active + (moving - belief.active) / _ACTIVE_MEMORY_S
    rising = held > 0.9 * _LEAST
    rise_s = (t_s if belief.rise_s is None else belief.rise_s) if rising else None
    rates = (*belief.rates_hz, _rate_hz(row))[-60:] if rising else ()
    quiet = belief.quiet + 1 if held <= 0 else 0
    still = 0 if moving else belief.still + 1
    belief = replace(belief, held=held, rise_s=rise_s, quiet=quiet, still=still, active=active, rates_hz=rates)
    belief = replace(belief, certain=certain, train=following)
    if belief.stage is Stage.ALARM and min(quiet, still) < _END_STILL_S and quiet < _END_MOVING_S:
        return belief
    if belief.margin >= 0:
        return replace(belief, stage=Stage.ALARM, onset_s=(t_s if rise_s is None else rise_s) - _LEAD_S)
    return replace(belief, stage=Stage.WARNING if belief.margin >= -WARNING_BELOW_LINE else Stage.QUIET)


def _strongest(row: list[float]) -> Pattern:
    return max(zip(row, PATTERNS, strict=False), key=lambda pair: pair[0])[1]


def _rate_hz(row: list[float]) -> float:
    """Jerks a second: counted where jerks stand apart, else the strongest frequency."""
    figures = dict(zip(patterns.NAMES, row[_FIRST:], strict=True))
    apart = _strongest(row) is not SHAKING and figures["run_s"] > 0
    return round(figures["jerk_hz"] if apart else figures["peak_hz"], 2)


def _signs(belief: Belief, t_s: float, level_g: float, row: list[float] | None, columns: int) -> tuple[Sign, ...]:
    present = belief.stage is Stage.ALARM
    if row is None and not present:
        return ()
    evidence = NO_EVIDENCE
    if present and row is not None:
        figures = dict(zip(patterns.NAMES, row[_FIRST:], strict=True))
        evidence = SeizureEvidence(
            pattern=_strongest(row).name,
            rate_hz=belief.rates_hz,
            regularity=round(max(figures["repeat"], figures["beat"]), 2),
            share_3_8_hz=round(figures["brisk"], 2),
            level_g=round(10 ** figures["level"], 3),
            log_odds=round(belief.margin, 2),
            prior_log_odds=round(belief.prior, 2),
            axes=columns,
        )
    return (
        Sign(
            Condition.SEIZURE_LIKE_MOVEMENT,
            "",
            present,
            t_s,
            onset_s=belief.onset_s if present else None,
            value=level_g,
            unit="g",
            evidence=evidence,
            ended_s=None if present else t_s - _over_for_s(belief),
        ),
    )


def _over_for_s(belief: Belief) -> float:
    """For how long it has been over when that is certain: since the child lies still, else since evidence is gone."""
    return float(min(belief.still if belief.still >= _END_STILL_S else belief.quiet, _END_MOVING_S))
