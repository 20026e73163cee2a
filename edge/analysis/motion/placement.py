"""Is this accelerometer on a child? From gravity, the sensor's noise, and how still it lies. Pure.

A limb is never free of gravity, never without the noise of its sensor, and never as still as a table: breathing and
pulse move it. What is known of real sleepers are two nights of adults (wrist, 64 Hz): gravity wanders by 0.65-1.4 mg
RMS from one second to the next; the longest time within 2 degrees of one posture was 40 and 51 min, and without a
second over 20 mg 34 and 58 min. No recording of an infant's limb asleep is public, so stillness alone is told late and
as likely; a value that does not change, and gravity that cannot be, are told as certain, within seconds.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edge.model.alarm import Condition
from edge.model.evidence import NO_EVIDENCE, WearEvidence
from edge.model.language import N_
from edge.model.reading import Array
from edge.model.sign import Sign

FROZEN_S = 10
"""The longest that public recordings with steps of 1 to 10 mg show all axes unchanged is 0.4 s."""
COARSE_G = 0.008
"""Steps of values above which a still child may well show the same for minutes: with 15.6 mg, sitting adults for 14 s,
in one axis for three minutes. Then only stillness over a long time tells."""
GRAVITY_G = {3: (0.5, 1.7), 1: (0.5, 2.2)}
"""Mean of calm seconds, of three axes and of a magnitude. Data sheets allow 0.1 g of offset an axis and 5 % of scale;
magnitudes of an uncalibrated watch reach 1.8 g at rest. A range that was set wrong makes it a half or a double."""
CALM_G = 0.05
ODD_S = 10
"""So many calm seconds of impossible gravity, without a possible one between."""
MOVED_G, TURNED = 0.02, math.cos(math.radians(2.0))
STILL_S = 5400
"""Half as long again as the stillest of the two nights."""
WANDER_G2, ERROR_G2 = 5e-8, 2.5e-8
"""Mean square of how gravity changes within 0.75 s, beyond what the sensor's noise makes of it, (0.22 mg)2, and how
well it must be known. Less than the shallowest breath of the simulated infants moves an ankle by; the wrists of the
sleeping adults wandered by 0.65 mg and more. Of a noisy or slow sensor it is never known so well."""
TABLE_S = 1800
"""So long stiller than breathing. Nobody has shown that an infant's ankle always feels the breath: hence so long."""
PARTS, LAG = 4, 3
"""A second is taken in quarters, each is compared with the third before it: an infant breathes once in 1 to 2 s."""
FINE_G = 0.0045
"""Steps of values up to which breathing shows through them."""
LEAST = 5
"""Samples that a second needs to say anything."""
EVERY_S = 30
"""That a sensor is worn is said again after so long, for an alarm from before a restart."""

NOT_CHANGING = N_("its values do not change at all")
STILLER = N_("stiller than breathing for {a} min").format(a=TABLE_S // 60)


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """What is known of where one accelerometer is.

    rest: (n, c + 1) samples of the second that goes on, time first.
    last: (c,) g, the last sample before.
    same_s: seconds for which each axis has not changed.
    step_g: smallest change from sample to sample that was ever seen.
    odd_s, gravity_g: calm seconds in a row of impossible gravity, and the gravity of the last calm one.
    posture, still_s: g of each axis where it lies, and for how many seconds it has.
    parts: (LAG, c) g, means of the last quarters of the last second.
    wander_g2, noise_g2: sums over the seconds for which it has lain still: what `WANDER_G2` bounds the mean of, and
        what the sensor's noise alone would give.
    end_s: end of the last second.
    floor_g: RMS of its stillest second.
    why, sure: why it is not taken for worn (empty: it is), and whether that is certain.
    off, said_s: whether `not_worn` was last said to stand, and when.
    seconds: seen so far.
    """

    rest: Array
    last: "Array | None" = None
    same_s: tuple[int, ...] = ()
    step_g: float = math.inf
    odd_s: int = 0
    gravity_g: float = math.nan
    posture: Sequence[float] | None = None
    still_s: int = 0
    parts: "Array | None" = None
    wander_g2: float = 0.0
    noise_g2: float = 0.0
    end_s: float = -math.inf
    floor_g: float = math.inf
    why: str = ""
    sure: bool = True
    off: bool = False
    said_s: float = -math.inf
    seconds: int = 0


def unknown(columns: int) -> Placement:
    """The state before the first sample. columns: 3 axes or 1 magnitude."""
    return Placement(np.empty((0, columns + 1)), same_s=(0,) * columns)


@dataclass(frozen=True, slots=True)
class _Second:
    """What is measured of one second.

    begin_s: when it began, whole. last_s: time of its last sample.
    moved: of each axis, whether any value differs from the one before. step_g: the smallest such difference.
    mean: g of each axis. variance_g2: the sum of all axes'.
    change_g2: mean square by which a quarter differs from the third before it; noise_g2: what noise alone makes of it.
    """

    begin_s: float
    last_s: float
    moved: Sequence[bool]
    step_g: float
    mean: Sequence[float]
    variance_g2: float
    change_g2: float
    noise_g2: float


def placed(placement: Placement, t_s: Array, values: Array) -> tuple[Placement, tuple[Sign, ...]]:
    """Take samples, t_s (n,) s and values (n, 3) or (n,) g; what is not a number is left out.

    Returns `not_worn`, present or ended, where something new can be said.
    """
    rows = np.column_stack([t_s, values])
    rows = np.concatenate([placement.rest, rows[np.isfinite(rows).all(axis=1)]])
    if not len(rows) or math.floor(rows[-1, 0]) == math.floor(rows[0, 0]):
        return replace(placement, rest=rows), ()
    ends = np.flatnonzero(np.diff(np.floor(rows[:, 0]))) + 1
    counts = np.diff(ends, prepend=0)
    whole = counts >= LEAST
    kept = rows[: ends[-1]][np.repeat(whole, counts)]
    placement = replace(placement, rest=rows[ends[-1] :].copy())
    if not len(kept):
        return placement, ()
    seconds, parts = _measured(placement, kept, counts[whole])
    signs: list[Sign] = []
    for second in seconds:
        placement, some = _said(_after(placement, second), second.last_s)
        signs += some
    return replace(placement, last=kept[-1, 1:].copy(), parts=parts), tuple(signs)


def _measured(placement: Placement, rows: Array, counts: NDArray[np.intp]) -> tuple[list[_Second], Array]:
    """Seconds that follow what is placed, and the last quarters of the last of them.

    rows: (n, c + 1), time first. counts: (k,), how many of them each second has. Sums run over a second's own numbers
    alone, so that nothing hangs on how many seconds are measured at once.
    """
    values = rows[:, 1:]
    starts = np.cumsum(counts) - counts
    first = values[:1] if placement.last is None else placement.last[None]
    changes = np.abs(np.diff(values, axis=0, prepend=first))
    moved = np.logical_or.reduceat(changes > 0, starts)
    steps_g = np.minimum.reduceat(np.where(changes > 0, changes, math.inf).min(axis=1), starts)
    means = np.add.reduceat(values, starts) / counts[:, None]
    apart = values - np.repeat(means, counts, axis=0)
    variances_g2 = _summed(np.add.reduceat(apart * apart, starts)) / counts
    begins_s = np.floor(rows[starts, 0])
    parts = _quarters(values, starts, counts)
    nothing = (parts[0, -LAG:], math.nan)
    earlier, end_s = nothing if placement.parts is None else (placement.parts, placement.end_s)
    line = np.concatenate([np.concatenate([earlier[None], parts[:-1, -LAG:]]), parts], axis=1)
    squares_g2 = _summed((line[:, LAG:] - line[:, :-LAG]) ** 2)
    follows = begins_s == np.concatenate([[end_s], begins_s[:-1] + 1])
    changes_g2 = np.where(follows, _summed(squares_g2) / PARTS, squares_g2[:, -1])  # after a hole: within itself
    noises_g2 = 2.0 * PARTS * variances_g2 / (counts - 1)
    last_s = rows[starts + counts - 1, 0]
    measured = (begins_s, last_s, moved, steps_g, means, variances_g2, changes_g2, noises_g2)
    seconds = [_Second(*each) for each in zip(*(figures.tolist() for figures in measured), strict=True)]
    return seconds, parts[-1, -LAG:]


def _quarters(values: Array, starts: NDArray[np.intp], counts: NDArray[np.intp]) -> Array:
    """(k, PARTS, c) g, means of each second's quarters, of which the first have a sample more where it must be."""
    least, more = np.divmod(counts[:, None], PARTS)
    number = np.arange(PARTS)
    begins = starts[:, None] + number * least + np.minimum(number, more)
    sizes = least + (number < more)
    sums = np.add.reduceat(values, begins.ravel())
    return np.asarray(sums.reshape(len(counts), PARTS, -1) / sizes[:, :, None])


def _summed(values: Array) -> Array:
    """Sum over the last axis, in order."""
    return np.asarray(sum(values[..., axis] for axis in range(values.shape[-1])))


def _after(placement: Placement, second: _Second) -> Placement:
    """One second more."""
    floor_g = min(placement.floor_g, math.sqrt(second.variance_g2))
    moved = second.variance_g2 > MOVED_G**2 + floor_g**2
    lies = not moved and placement.posture is not None and _cosine(second.mean, placement.posture) >= TURNED
    odd_s, gravity_g = placement.odd_s, placement.gravity_g
    if second.variance_g2 <= CALM_G**2:
        gravity_g = math.hypot(*second.mean)
        least_g, most_g = GRAVITY_G[len(second.mean)]
        odd_s = 0 if least_g <= gravity_g <= most_g else odd_s + 1
    after = replace(
        placement,
        same_s=tuple([0 if each else s + 1 for s, each in zip(placement.same_s, second.moved, strict=True)]),
        step_g=min(placement.step_g, second.step_g),
        odd_s=odd_s,
        gravity_g=gravity_g,
        posture=placement.posture if lies else second.mean,
        still_s=placement.still_s + 1 if lies else 0,
        wander_g2=placement.wander_g2 + second.change_g2 - second.noise_g2 if lies else 0.0,
        noise_g2=placement.noise_g2 + second.noise_g2 if lies else 0.0,
        end_s=second.begin_s + 1.0,
        floor_g=floor_g,
        seconds=placement.seconds + 1,
    )
    why, sure = _why(after)
    return after if (why, sure) == (after.why, after.sure) else replace(after, why=why, sure=sure)


def _stiller_than_breathing(placement: Placement) -> bool:
    """Where the sensor would show it: three axes, in fine steps."""
    fine = len(placement.same_s) == 3 and placement.step_g <= FINE_G
    # The mean of four squares a second, three axes each, half of them of the same quarters.
    error_g2 = 0.5 * placement.noise_g2 / placement.still_s**1.5
    return fine and error_g2 <= ERROR_G2 and placement.wander_g2 / placement.still_s < WANDER_G2


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    """Of the angle between two directions; a magnitude has none."""
    if len(one) == 1:
        return 1.0
    product = sum(a * b for a, b in zip(one, other, strict=True))
    return product / max(math.hypot(*one) * math.hypot(*other), 1e-9)


def _why(placement: Placement) -> tuple[str, bool]:
    """Why it is not taken for worn, empty if it is, and whether that is certain."""
    fine = placement.step_g < COARSE_G or (math.isinf(placement.step_g) and len(placement.same_s) == 3)
    if fine and min(placement.same_s) >= FROZEN_S:
        return NOT_CHANGING, True
    if placement.odd_s >= ODD_S:
        return N_("its gravity is {a} g").format(a=f"{placement.gravity_g:.2f}"), True
    if placement.still_s >= TABLE_S and (placement.why == STILLER or _stiller_than_breathing(placement)):
        return STILLER, False
    if placement.still_s >= STILL_S:
        return N_("it has not moved for {a} min").format(a=STILL_S // 60), False
    return "", True


def _said(placement: Placement, t_s: float) -> tuple[Placement, tuple[Sign, ...]]:
    """What stands is said every ten seconds, its end at once, and that there is none every half minute."""
    due_s = ODD_S if placement.why else EVERY_S
    changed = bool(placement.why) is not placement.off
    known = placement.why or placement.off or placement.seconds >= FROZEN_S
    if not known or not (changed or t_s - placement.said_s >= due_s or t_s < placement.said_s):
        return placement, ()
    off = bool(placement.why)
    evidence = WearEvidence(why=placement.why, sure=placement.sure) if off else NO_EVIDENCE
    onset_s = t_s if off else None
    sign = Sign(Condition.NOT_WORN, "", off, t_s, onset_s, evidence=evidence)
    return replace(placement, said_s=t_s, off=off), (sign,)
