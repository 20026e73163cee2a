"""The movement detector: watched seconds in, steps with evidence out. Functional: a state is never changed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from edge.analysis.motion import features, grid
from edge.errors import RecordingError
from edge.model.alarm import Condition
from edge.model.reading import Array
from edge.model.sign import Sign

HOP = grid.GRID_HZ  # grid values: one second
_BATCH = 256  # windows described at once: stays in the processor's cache
_LEAST_SEEN = 0.75  # share of a window that must have been measured


class Stage(StrEnum):
    QUIET = "quiet"
    WARNING = "warning"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Step:
    """One second of watched time.

    t_s: time of the last sample used. level_g: RMS of the movement in this second. log_odds: evidence so far, 0 where
    seizure-like and other movement are equally likely. signs: empty where nothing can be said.
    """

    t_s: float
    level_g: float
    log_odds: float
    stage: Stage
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class Belief:
    """What has been concluded so far. onset_s: when the evidence began to rise; quiet: hops of evidence against it."""

    log_odds: float = -6.0
    stage: Stage = Stage.QUIET
    onset_s: float | None = None
    quiet: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class MotionState:
    """All that is kept of one sensor, under 20 kB.

    held: (m, c + 2) grid values still needed, each with its gap mark and the time it rests on; ahead: how many of the
    last of them no hop has covered yet.
    """

    grid: grid.Grid
    held: Array
    ahead: int = 0
    belief: Belief = Belief()


def start(columns: int) -> MotionState:
    """The state before the first sample. columns: 3 (axes, g) or 1 (magnitude, g)."""
    if columns not in (1, 3):
        raise RecordingError(f"motion samples: expected 3 axes or 1 magnitude, got {columns} columns")
    return MotionState(grid.empty(columns), np.empty((0, columns + 2)))


def advance(state: MotionState, t_s: Array, values: Array) -> tuple[MotionState, tuple[Step, ...]]:
    """Take samples, t_s (n,) s and values (n, 3) or (n,) g; return the steps that are now certain, oldest first."""
    resampled, pieces = grid.resample(state.grid, t_s, values)
    state = replace(state, grid=resampled)
    steps: list[Step] = []
    for piece in pieces:
        if piece.pause_s is not None:
            belief = state.belief if state.belief.stage is Stage.ALARM else Belief()
            state = replace(state, held=state.held[:0], ahead=0, belief=belief)
        fresh = np.column_stack([piece.values, piece.gap, piece.used_s])
        for begin in range(0, len(fresh), _BATCH * HOP):
            state = _extend(state, fresh[begin : begin + _BATCH * HOP], steps)
    return state, tuple(steps)


def _extend(state: MotionState, fresh: Array, steps: list[Step]) -> MotionState:
    """Cut grid values of one run into hops and weigh each."""
    held = np.concatenate([state.held, fresh])
    first = len(state.held) - state.ahead + HOP  # where the first new hop ends
    ends = np.arange(first, len(held) + 1, HOP)
    full = ends[ends >= features.WINDOW]
    figures: dict[int, list[float]] = {}
    if full.size:
        views = np.lib.stride_tricks.sliding_window_view(held, features.WINDOW, axis=0)[full - features.WINDOW]
        figures = dict(zip(full.tolist(), features.describe(views[:, :-2].copy()).tolist(), strict=True))
        unseen = views[:, -2].mean(axis=1) > 1 - _LEAST_SEEN
        for end in full[unseen].tolist():
            del figures[end]
    belief = state.belief
    for end in ends.tolist():
        second = held[end - HOP : end]
        if second[:, -2].mean() > 1 - _LEAST_SEEN:
            continue
        level = float(np.sqrt(second[:, :-2].var(axis=0).sum()))
        belief = _weigh(belief, float(second[-1, -1]), figures.get(end))
        steps.append(
            Step(
                float(second[-1, -1]),
                level,
                belief.log_odds,
                belief.stage,
                _signs(belief, float(second[-1, -1]), figures.get(end)),
            )
        )
    ahead = len(held) - int(ends[-1]) if ends.size else state.ahead + len(fresh)
    keep = max(features.WINDOW, ahead)
    return replace(state, held=held[-keep:].copy() if len(held) > keep else held, ahead=ahead, belief=belief)


def _weigh(belief: Belief, t_s: float, figures: list[float] | None) -> Belief:
    if figures is None:
        return belief
    level_g, share, _ = figures
    gain = min(1.0, max(-1.5, 8 * (share - 0.5))) if level_g > 0.03 else -1.5
    log_odds = min(6.0, max(-6.0, belief.log_odds + gain))
    onset_s = belief.onset_s
    if log_odds <= -6.0:
        onset_s = None
    elif onset_s is None:
        onset_s = t_s - 3.0
    quiet = belief.quiet + 1 if log_odds < -3 else 0
    stage = belief.stage
    if stage is Stage.ALARM:
        if quiet >= 5:
            stage = Stage.QUIET
    else:
        stage = Stage.ALARM if log_odds >= 3 else Stage.WARNING if log_odds >= 0 else Stage.QUIET
    return Belief(log_odds, stage, onset_s, quiet)


def _signs(belief: Belief, t_s: float, figures: list[float] | None) -> tuple[Sign, ...]:
    if figures is None and belief.stage is not Stage.ALARM:
        return ()
    present = belief.stage is Stage.ALARM
    evidence: Mapping[str, object] = dict(zip(features.NAMES, figures, strict=True)) if figures else {}
    onset_s = belief.onset_s if belief.onset_s is not None else t_s
    return (
        Sign(
            Condition.SEIZURE_LIKE_MOVEMENT,
            "",
            present,
            t_s,
            onset_s if present else None,
            belief.log_odds,
            None,
            "1",
            evidence,
        ),
    )
