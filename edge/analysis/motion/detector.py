"""The movement detector: watched seconds in, steps with evidence out. Functional: a state is never changed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from edge.analysis import grid
from edge.analysis.grid import Piece
from edge.analysis.motion import decisive, history, hops, network, shaking, succession
from edge.analysis.motion.history import Past
from edge.analysis.motion.network import Memory
from edge.analysis.motion.shaking import Shaking
from edge.model.alarm import Condition
from edge.model.evidence import NO_EVIDENCE, Evidence, SeizureEvidence
from edge.model.people import Watchfulness
from edge.model.reading import Array
from edge.model.sign import Sign

HOP = hops.HOP
_BATCH = 256  # windows described at once: stays in the processor's cache

LINE = 2.0
"""Evidence that an alarm needs, whatever went on before: no state of a child takes away the ability to ring."""
LINES: Mapping[Watchfulness, float] = MappingProxyType(
    {Watchfulness.CALM: 3.0, Watchfulness.BALANCED: LINE, Watchfulness.WATCHFUL: 1.0}
)
"""The same, as a family chose. `docs/benchmark.md` gives what each was measured to miss, and how often it wakes."""
FADE = 0.75
"""Evidence is a mean over the log-odds of the last seconds, each counting so much of the one after it: about four
seconds of agreement, so that a single odd second neither raises nor ends anything. Our choice, as are the next two.
"""
MOST_LOG_ODDS = 6.0
"""Of one second, either way: however sure the network is, no second counts for more."""
COLD_START = -4.0
"""Evidence before the first second, to which it fades while nothing is seen: odds of one in 55 for a convulsion."""
GONE_BELOW_LINE = 4.0
"""So much less evidence is none at all: an alarm ends after some seconds of it."""
WARNING_BELOW_LINE = 2.0
"""So much less evidence is a warning (`possible_movement`): a short, weak or doubtful train of jerks."""
_MEMORY = 0.94  # share of what is held that outlasts a second without data (16 s)

MOST_PRIOR = 1.0  # what else is known can shorten the way to an alarm by two seconds, never make one
END_STILL_S, _END_MOVING_S = 10, 60
"""An alarm ends after so many seconds without any evidence left, the first if the child lies still: pauses do not split
an episode (bouts less than 90 s apart count as one: SzCORE, Dan 2024, Epilepsia), and nobody is rung up twice for one.
"""
_STILL_G = 0.04
_LEVEL = history.NAMES.index("level")
_MOST_RATES = 600  # ten minutes of rates: more than any episode without a doctor
_APART_S = 3.0  # jerks that have followed each other for so long stand apart: they are counted, not their spectrum
_LEAD_S = 5.0  # so much later the evidence leaves its lowest values, of jerks of six shapes and of simulated infants


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

    held: evidence, -6 to 6. rise_s: when it last left its lowest values; onset_s: of the standing alarm. quiet: hops
    without evidence; still: hops without movement. rates_hz: jerks a second since the rise, one an hop; of an alarm,
    of all of it. ended_hz: the same, of an alarm that has ended with this hop, else empty. decided_by: groups of
    figures that made the stage (`decisive`). prior: log-odds known from elsewhere, 0 to 1. line: evidence that an alarm
    needs. shaking: the other evidence, which is enough too (`shaking`).
    """

    held: float = COLD_START
    stage: Stage = Stage.QUIET
    rise_s: float | None = None
    onset_s: float = 0.0
    quiet: int = 0
    still: int = 0
    rates_hz: tuple[float, ...] = ()
    ended_hz: tuple[float, ...] = ()
    decided_by: tuple[str, ...] = ()
    prior: float = 0.0
    line: float = LINE
    shaking: Shaking = shaking.NONE

    @property
    def margin(self) -> float:
        """Evidence and prior, less what an alarm needs: the network's or that of vigorous shaking, either is enough."""
        return max(self.held - self.line, self.shaking.margin) + self.prior


@dataclass(frozen=True, slots=True, eq=False)
class MotionState:
    """All that is kept of one sensor, under 25 kB.

    window: (m, c + 2) grid values still needed, each with its gap mark and the time it rests on; ahead: how many of
    the last of them no hop has covered yet. past: some figures of the last hops. memory: of the network; lately: the
    same before each of the last hops, with their figures.
    """

    grid: grid.Grid
    window: Array
    past: Past = ()
    ahead: int = 0
    memory: Memory = network.NONE
    lately: tuple[tuple[Memory, Array], ...] = ()
    belief: Belief = Belief()


def start(columns: int) -> MotionState:
    """The state before the first sample. columns: 3 (axes, g) or 1 (magnitude, g). Raises RecordingError."""
    return MotionState(grid.empty(columns), np.empty((0, columns + 2)))


def advance(state: MotionState, t_s: Array, values: Array, prior: float = 0.0) -> tuple[MotionState, tuple[Step, ...]]:
    """Take samples, t_s (n,) s and values (n, 3) or (n,) g; return the steps that are now certain, oldest first.

    prior: log-odds known from elsewhere while these samples came (a fever makes a seizure likelier), added when the
    evidence is held against the line and never stored in it; taken as 0 to `MOST_PRIOR`, NaN as 0. Invalid rows,
    repeated and reversed times are dropped (see `grid.resample`). Raises RecordingError for other shapes.
    """
    resampled, pieces = grid.resample(state.grid, t_s, values)
    return watch(replace(state, grid=resampled), pieces, prior)


def watch(
    state: MotionState, pieces: Sequence[Piece], prior: float = 0.0, watchfulness: Watchfulness | None = None
) -> tuple[MotionState, tuple[Step, ...]]:
    """As `advance`, of grid values that were made of the samples for others too. watchfulness: None for the line
    that was held before.
    """
    known = min(MOST_PRIOR, prior) if prior > 0 else 0.0
    line = state.belief.line if watchfulness is None else LINES[watchfulness]
    if (known, line) != (state.belief.prior, state.belief.line):
        state = replace(state, belief=replace(state.belief, prior=known, line=line))
    steps: list[Step] = []
    for piece in pieces:
        if piece.pause_s is not None:
            state = replace(
                state,
                window=state.window[:0],
                past=(),
                ahead=0,
                memory=network.faded(state.memory, _MEMORY**piece.pause_s),
                lately=(),
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
    held = COLD_START + (belief.held - COLD_START) * _MEMORY**pause_s
    shaken = shaking.faded(belief.shaking, pause_s)
    return replace(belief, held=held, shaking=shaken, stage=Stage.QUIET, rise_s=None, rates_hz=())


def _watch(state: MotionState, fresh: Array) -> tuple[MotionState, list[Step]]:
    """Cut grid values of one run into hops and weigh each."""
    window = np.concatenate([state.window, fresh])
    kept = window[-succession.SPAN :].copy()
    count, ahead = divmod(state.ahead + len(fresh), HOP)
    if not count:
        return replace(state, window=kept, ahead=ahead), []
    covered = len(window) - ahead
    ends = list(range(covered - HOP * (count - 1), covered + 1, HOP))
    past, full, rows = hops.describe(window, ends, state.past, state.grid.columns)
    seconds = hops.seconds(window[covered - HOP * count : covered].reshape(count, HOP, -1))
    row_of = {end: row for row, end in enumerate(full)}
    seen = [
        (t_s, level_g, row_of.get(end))
        for end, unseen, t_s, level_g in zip(ends, *seconds, strict=True)
        if unseen <= 1 - hops.LEAST_SEEN
    ]
    memory, lately, belief, steps = _weighed(state, seen, rows)
    return MotionState(state.grid, kept, past, ahead, memory, lately, belief), steps


def _weighed(
    state: MotionState, seen: Sequence[tuple[float, float, int | None]], rows: Array
) -> tuple[Memory, tuple[tuple[Memory, Array], ...], Belief, list[Step]]:
    """Weigh seconds that follow each other. Of each: its time, its level, and which of the rows holds its figures."""
    columns, before, lately, belief = state.grid.columns, state.memory, state.lately, state.belief
    used = [row for *_, row in seen if row is not None]
    known = rows if len(used) == len(rows) else rows[used]
    memories, log_odds = network.advance(before, known, columns)
    weighed = zip(memories, log_odds, shaking.log_odds(known, columns), known, known.tolist(), strict=True)
    steps: list[Step] = []
    for t_s, level_g, row in seen:
        figures = None
        if row is not None:
            memory, odds, shaking_odds, row_figures, figures = next(weighed)
            lately = (*lately, (before, row_figures))[-decisive.SPAN_S :]
            before, was = memory, belief.stage
            belief = _weigh(belief, t_s, figures, odds, shaking_odds)
            if belief.stage is not was:
                belief = replace(belief, decided_by=_decided_by(belief, lately, columns))
        steps.append(Step(t_s, level_g, belief.margin, belief.stage, _signs(belief, t_s, level_g, figures, columns)))
    return before, lately, belief, steps


def _decided_by(belief: Belief, lately: Sequence[tuple[Memory, Array]], columns: int) -> tuple[str, ...]:
    """Groups of figures that the evidence which made this stage rests on."""
    if belief.stage is Stage.QUIET:
        return ()
    if belief.stage is Stage.ALARM and belief.shaking.margin > belief.held - belief.line:
        return decisive.decisive_for_shaking(lately, columns)
    return decisive.decisive(lately, columns)


def _weigh(belief: Belief, t_s: float, figures: Sequence[float], log_odds: float, shaking_odds: float) -> Belief:
    """One more second of evidence, by its figures, what the network makes of it, and what the sum for shaking does."""
    held = FADE * belief.held + (1.0 - FADE) * min(MOST_LOG_ODDS, max(-MOST_LOG_ODDS, log_odds))
    shaken = shaking.follow(belief.shaking, shaking_odds, figures[_LEVEL])
    gone = held < belief.line - GONE_BELOW_LINE and shaken.gone
    rise_s = None if gone else t_s if belief.rise_s is None else belief.rise_s
    quiet = belief.quiet + 1 if gone else 0
    still = 0 if figures[_LEVEL] > math.log10(_STILL_G) else belief.still + 1
    rates = belief.rates_hz if gone else (*belief.rates_hz, _rate_hz(_named(figures)))[-_MOST_RATES:]
    was = belief.stage
    belief = replace(
        belief, held=held, shaking=shaken, rise_s=rise_s, quiet=quiet, still=still, rates_hz=rates, ended_hz=()
    )
    if was is Stage.ALARM:
        if min(quiet, still) < END_STILL_S and quiet < _END_MOVING_S:
            return belief
        belief = replace(belief, ended_hz=rates, rates_hz=())
    elif gone and rates:
        belief = replace(belief, rates_hz=())
    if belief.margin >= 0:
        return replace(belief, stage=Stage.ALARM, onset_s=_risen_s(belief, t_s))
    lasting = was is Stage.WARNING and quiet < END_STILL_S
    stage = Stage.WARNING if lasting or held >= belief.line - WARNING_BELOW_LINE else Stage.QUIET
    return belief if stage is was else replace(belief, stage=stage)


def _named(figures: Sequence[float]) -> dict[str, float]:
    return dict(zip(history.NAMES, figures, strict=True))


def _rate_hz(figures: Mapping[str, float]) -> float:
    """Jerks a second: counted where jerks stand apart, else the strongest frequency."""
    return round(figures["jerk_hz"] if figures["run_s"] >= _APART_S else figures["peak_hz"], 2)


def _signs(
    belief: Belief, t_s: float, level_g: float, figures: Sequence[float] | None, columns: int
) -> tuple[Sign, ...]:
    if figures is None and belief.stage is Stage.QUIET:
        return ()
    over = SeizureEvidence(rate_hz=belief.ended_hz) if belief.ended_hz else NO_EVIDENCE

    def sign(condition: Condition, stage: Stage, ended: Evidence = NO_EVIDENCE) -> Sign:
        if belief.stage is not stage:
            ended_s = t_s - _over_for_s(belief)
            return Sign(condition, "", False, t_s, value=level_g, unit="g", evidence=ended, ended_s=ended_s)
        onset_s = belief.onset_s if stage is Stage.ALARM else _risen_s(belief, t_s)
        evidence = NO_EVIDENCE if figures is None else _evidence(belief, _named(figures), columns)
        return Sign(condition, "", True, t_s, onset_s=onset_s, value=level_g, unit="g", evidence=evidence)

    return (
        sign(Condition.SEIZURE_LIKE_MOVEMENT, Stage.ALARM, over),
        sign(Condition.POSSIBLE_MOVEMENT, Stage.WARNING),
    )


def _evidence(belief: Belief, figures: Mapping[str, float], columns: int) -> SeizureEvidence:
    return SeizureEvidence(
        decided_by=belief.decided_by,
        pattern="jerks" if figures["run_s"] >= _APART_S else "shaking",
        rate_hz=belief.rates_hz,
        regularity=round(max(figures["repeat"], figures["beat"]), 2),
        share_3_8_hz=round(figures["brisk"], 2),
        level_g=round(10 ** figures["level"], 3),
        log_odds=round(belief.margin, 2),
        prior_log_odds=round(belief.prior, 2),
        axes=columns,
    )


def _risen_s(belief: Belief, t_s: float) -> float:
    """When the movement that the evidence is of began."""
    return (t_s if belief.rise_s is None else belief.rise_s) - _LEAD_S


def _over_for_s(belief: Belief) -> float:
    """For how long it has been over when that is certain: since the child lies still, else since evidence is gone."""
    return float(min(belief.still if belief.still >= END_STILL_S else belief.quiet, _END_MOVING_S))
