"""The mimics of a seizure, sample by sample: a look every five seconds. Functional: a state is never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from edge.analysis import grid
from edge.analysis.grid import Piece
from edge.analysis.mimics import abrupt, activity, labels, rhythm, rigor, series
from edge.analysis.mimics.abrupt import Kind, Movement
from edge.analysis.mimics.activity import Activity, Epoch
from edge.analysis.mimics.labels import Label, Posture
from edge.analysis.mimics.rigor import Shiver
from edge.analysis.mimics.series import Series
from edge.model.alarm import Condition
from edge.model.evidence import RigorEvidence
from edge.model.people import Limb
from edge.model.reading import Array
from edge.model.sign import Sign

HOP = 5 * grid.GRID_HZ
_KEPT = rhythm.WINDOW + 2
_LEAST_SEEN = 0.75  # share of a window that must have been measured
_MORO_MONTHS = 4.0  # the reflex is gone then; later it is a startle


@dataclass(frozen=True, slots=True)
class Step:
    """Five seconds of watched time.

    t_s: time of the last sample used. label: of the last ten seconds. movements: jerks and startles that are over.
    epoch: the one that is full now. signs: of `recurring_twitches` and `rigor`, empty where nothing new can be said.
    """

    t_s: float
    label: Label
    posture: Posture
    movements: tuple[Movement, ...]
    epoch: Epoch | None
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True, eq=False)
class MimicState:
    """All that is kept of one sensor, under 20 kB.

    grid: the grid that its samples are put on. limb: where it is worn. open: the sudden movement that is not over yet,
    None if there is none. series: of recurring twitches. shiver: of 8-10 Hz. posture: how the limb lies. activity: of
    the epoch that is not full yet.
    window: (m, c + 2) grid values still needed, each with its gap mark and the time it rests on; first: number of the
    first of them in the run; ahead: how many of the last no look has covered. tally_s: seconds of each label;
    counts: of jerks and startles. rhythm_hz: of the last look. fast: whether the sensor's rate shows 8-10 Hz, None
    before that is known. said: whether `recurring_twitches` and `rigor` were said to stand.
    """

    grid: grid.Grid
    window: Array
    limb: Limb = Limb.UNKNOWN
    first: int = 0
    ahead: int = 0
    open: abrupt.Open | None = None
    series: Series = field(default_factory=Series)
    shiver: Shiver = field(default_factory=Shiver)
    posture: Posture = field(default_factory=Posture)
    activity: Activity = field(default_factory=Activity)
    fast: bool | None = None
    rhythm_hz: float = 0.0
    tally_s: Mapping[str, float] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    said: tuple[bool, bool] = (False, False)


def start(columns: int, limb: Limb = Limb.UNKNOWN) -> MimicState:
    """The state before the first sample. columns: 3 (axes, g) or 1 (magnitude, g). Raises RecordingError."""
    return MimicState(grid.empty(columns), np.empty((0, columns + 2)), limb)


def advance(state: MimicState, t_s: Array, values: Array) -> tuple[MimicState, tuple[Step, ...]]:
    """Take samples, t_s (n,) s and values (n, 3) or (n,) g; return the steps that are now certain, oldest first.

    Invalid rows, repeated and reversed times are dropped (see `grid.resample`). Raises RecordingError for other shapes.
    """
    resampled, pieces = grid.resample(state.grid, t_s, values)
    return watch(replace(state, grid=resampled), pieces)


def watch(state: MimicState, pieces: Sequence[Piece]) -> tuple[MimicState, tuple[Step, ...]]:
    """As `advance`, of grid values that were made of the samples for the detector already."""
    steps: list[Step] = []
    for piece in pieces:
        if piece.pause_s is not None:
            # What stands is ended by valid data alone; half a movement and half an epoch are forgotten.
            state = replace(
                state,
                window=state.window[:0],
                first=0,
                ahead=0,
                open=None,
                series=replace(state.series, other=True),
                shiver=replace(state.shiver, inside=(), levels=()),
                activity=replace(state.activity, parts=0, moved=0, of=0),
            )
        state, new = _watch(state, piece.rows)
        steps += new
    return state, tuple(steps)


def _watch(state: MimicState, fresh: Array) -> tuple[MimicState, list[Step]]:
    """Cut grid values of one run into looks."""
    window = np.concatenate([state.window, fresh])
    ahead, first = state.ahead + len(fresh), state.first
    steps: list[Step] = []
    end = len(window) - ahead + HOP
    while end <= len(window):
        begin = max(0, end - _KEPT)
        state, step = _look(state, window[begin:end], first + begin)
        if step is not None:
            steps.append(step)
        end += HOP
        ahead -= HOP
    keep = min(len(window), _KEPT + ahead)
    return replace(
        state, window=window[-keep:].copy() if keep else window, first=first + len(window) - keep, ahead=ahead
    ), steps


def _look(state: MimicState, rows: Array, first: int) -> tuple[MimicState, Step | None]:
    """One look at the last ten seconds, five of them new. rows: (m, c + 2); first: number of the first in the run."""
    columns = rows.shape[1] - 2
    values, seen = rows[:, :columns], 1.0 - float(rows[-HOP:, columns].mean())
    if seen < _LEAST_SEEN:
        return replace(state, open=None, shiver=replace(state.shiver, inside=(), levels=())), None
    change = np.zeros(len(rows))
    steps = values[1:] - values[:-1]
    change[1:] = np.sqrt((steps * steps).sum(axis=1))
    t_s = float(rows[-1, -1])
    moved = int((change[-HOP:] > abrupt.MOVING_G).sum())
    opened, over = (
        (state.open, [])
        if not moved and state.open is None
        else abrupt.follow(state.open, rows, first, first + len(rows) - HOP, change[-HOP:])
    )
    train = state.series
    for movement in over:
        train = series.add(train, movement, state.limb)
    train = series.at(train, t_s)
    found = _rhythm(values, change)
    shiver, fast = state.shiver, _fast(rows)
    if fast and len(rows) == _KEPT:
        shiver = rigor.watch(shiver, found, values, t_s)
    share = float((change[-rhythm.WINDOW :] > abrupt.MOVING_G).mean())
    hiccups = series.hiccuping(train, state.limb, t_s)
    label = Label.HICCUPS if hiccups else labels.label(found, share, state.rhythm_hz, columns)
    posture = state.posture
    if columns == 3 and not moved:
        posture = labels.settle(posture, values[-HOP:])
    doing, epoch = activity.add(state.activity, t_s, moved, HOP, carried=label is Label.CARRIED)
    state = replace(
        state,
        open=opened,
        series=train,
        shiver=shiver,
        posture=posture,
        activity=doing,
        fast=fast,
        rhythm_hz=0.0 if found is None else found.hz,
        tally_s={**state.tally_s, label: state.tally_s.get(label, 0.0) + HOP / grid.GRID_HZ},
        counts=_counted(state.counts, over),
    )
    state, signs = _signs(state, t_s, anew=epoch is not None)
    felt = tuple(each for each in over if each.kind is not Kind.OTHER)
    return state, Step(t_s, label, posture, felt, epoch, signs)


def _rhythm(values: Array, change: Array) -> rhythm.Rhythm | None:
    """None where ten seconds were not yet seen, or hold nothing."""
    if len(values) < _KEPT:
        return None
    last = values[-rhythm.WINDOW :]
    off = last - last.mean(axis=0)
    if float((off * off).sum()) < labels.STILL_G**2 * rhythm.WINDOW:
        return None
    return rhythm.describe(last, change[-rhythm.WINDOW :])


def _fast(rows: Array) -> bool:
    """Whether samples came often enough to show 8-10 Hz: below 25 Hz some grid values rest on the same sample."""
    times = rows[-HOP:, -1]
    return 1 + int((times[1:] > times[:-1]).sum()) >= rigor.LEAST_HZ / grid.GRID_HZ * HOP


def _counted(counts: Mapping[str, int], over: list[Movement]) -> Mapping[str, int]:
    for each in over:
        if each.kind is not Kind.OTHER:
            counts = {**counts, each.kind: counts.get(each.kind, 0) + 1}
    return counts


def startle_name(age_months: float | None) -> str:
    """What a startle is called at that age: the Moro reflex is one of the first four months."""
    return "moro_or_startle" if age_months is not None and age_months <= _MORO_MONTHS else "startle"


def _signs(state: MimicState, t_s: float, *, anew: bool) -> tuple[MimicState, tuple[Sign, ...]]:
    """A present sign is given at each look, its end at once, and an absent one every half minute."""
    twitches, shiver = state.series.standing, state.shiver
    stands = (twitches is not None, shiver.onset_s is not None)
    signs: list[Sign] = []
    limb = str(state.limb)
    columns = state.grid.columns
    if twitches is not None:
        evidence = replace(twitches.evidence, limb=limb, axes=columns)
        signs.append(Sign(Condition.RECURRING_TWITCHES, "", True, t_s, twitches.onset_s, evidence=evidence))
    elif state.said[0] or anew:
        signs.append(Sign(Condition.RECURRING_TWITCHES, "", False, t_s))
    if shiver.onset_s is not None:
        shivering = RigorEvidence(
            carrier_hz=shiver.hz, swells_per_min=shiver.per_min, level_g=shiver.level_g, limb=limb, axes=columns
        )
        signs.append(Sign(Condition.RIGOR, "", True, t_s, shiver.onset_s, evidence=shivering))
    elif state.said[1] or (anew and state.fast):
        signs.append(Sign(Condition.RIGOR, "", False, t_s))
    return (state if state.said == stands else replace(state, said=stands)), tuple(signs)
