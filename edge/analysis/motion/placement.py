"""Is this accelerometer on a child? From gravity, the sensor's noise, and how still it lies. Pure.

A limb is never free of gravity, never without the noise of its sensor, and never as still as a table: breathing and
pulse move it. What is known of real sleepers are two nights of adults (wrist, 64 Hz): gravity wanders by 0.65-1.4 mg
RMS from one second to the next; the longest time within 2 degrees of one posture was 40 and 51 min, and without a
second over 20 mg 34 and 58 min. No recording of an infant's limb asleep is public, so stillness alone is told late and
as likely; a value that does not change, and gravity that cannot be, are told as certain, within seconds.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

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
    posture, still_s: (c,) g where it lies, and for how many seconds it has.
    parts: (LAG, c) g, means of the last quarters of the second before; None after a hole.
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
    posture: "Array | None" = None
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


def placed(placement: Placement, t_s: Array, values: Array) -> tuple[Placement, tuple[Sign, ...]]:
    """Take samples, t_s (n,) s and values (n, 3) or (n,) g; what is not a number is left out.

    Returns `not_worn`, present or ended, where something new can be said.
    """
    rows = np.column_stack([t_s, values])
    rows = np.concatenate([placement.rest, rows[np.isfinite(rows).all(axis=1)]])
    if not len(rows) or math.floor(rows[-1, 0]) == math.floor(rows[0, 0]):
        return replace(placement, rest=rows), ()
    seconds = np.floor(rows[:, 0])
    cuts = np.flatnonzero(np.diff(seconds)) + 1
    signs: list[Sign] = []
    for second in np.split(rows, cuts)[:-1]:
        if len(second) >= LEAST:
            begin_s = math.floor(second[0, 0])
            if begin_s != placement.end_s:
                placement = replace(placement, parts=None)
            placement = replace(_judged(_second(placement, second[:, 1:])), end_s=begin_s + 1)
            placement, some = _said(placement, float(second[-1, 0]))
            signs += some
    return replace(placement, rest=rows[cuts[-1] :].copy()), tuple(signs)


def _second(placement: Placement, values: Array) -> Placement:
    """One second more. values: (n, c) g."""
    before = values[:1] if placement.last is None else placement.last[None]
    changes = np.abs(np.diff(np.concatenate([before, values]), axis=0))
    moved = changes > 0
    step_g = min(placement.step_g, float(changes[moved].min())) if moved.any() else placement.step_g
    same_s = tuple(0 if each.any() else so_far + 1 for so_far, each in zip(placement.same_s, moved.T, strict=True))
    mean, variance = values.mean(axis=0), float(values.var(axis=0).sum())
    placement = replace(placement, last=values[-1], same_s=same_s, step_g=step_g, seconds=placement.seconds + 1)
    return _stillness(_gravity(placement, mean, variance), values, mean, variance)


def _gravity(placement: Placement, mean: Array, variance: float) -> Placement:
    if variance > CALM_G**2:
        return placement
    gravity_g = float(np.sqrt((mean * mean).sum()))
    least_g, most_g = GRAVITY_G[mean.size]
    odd = not least_g <= gravity_g <= most_g
    return replace(placement, odd_s=placement.odd_s + 1 if odd else 0, gravity_g=gravity_g)


def _stillness(placement: Placement, values: Array, mean: Array, variance: float) -> Placement:
    floor_g = min(placement.floor_g, math.sqrt(variance))
    moved = variance > MOVED_G**2 + floor_g**2
    turned = placement.posture is not None and _cosine(mean, placement.posture) < TURNED
    placement = replace(placement, floor_g=floor_g)
    parts = np.array([part.mean(axis=0) for part in np.array_split(values, PARTS)])
    if moved or turned or placement.posture is None:
        return replace(placement, posture=mean, still_s=0, parts=parts[-LAG:], wander_g2=0.0, noise_g2=0.0)
    before = parts[:0] if placement.parts is None else placement.parts
    line = np.concatenate([before, parts])
    change = line[LAG:] - line[:-LAG]
    noise_g2 = 2.0 * PARTS * variance / (len(values) - 1)
    change_g2 = float((change * change).sum(axis=1).mean())
    return replace(
        placement,
        still_s=placement.still_s + 1,
        parts=parts[-LAG:],
        wander_g2=placement.wander_g2 + change_g2 - noise_g2,
        noise_g2=placement.noise_g2 + noise_g2,
    )


def _stiller_than_breathing(placement: Placement) -> bool:
    """Where the sensor would show it: three axes, in fine steps."""
    fine = len(placement.same_s) == 3 and placement.step_g <= FINE_G
    # The mean of four squares a second, three axes each, half of them of the same quarters.
    error_g2 = 0.5 * placement.noise_g2 / placement.still_s**1.5
    return fine and error_g2 <= ERROR_G2 and placement.wander_g2 / placement.still_s < WANDER_G2


def _cosine(one: Array, other: Array) -> float:
    """Of the angle between two directions; a magnitude has none."""
    if one.size == 1:
        return 1.0
    return float((one * other).sum()) / max(float(np.sqrt((one * one).sum() * (other * other).sum())), 1e-9)


def _judged(placement: Placement) -> Placement:
    """With why it is not taken for worn."""
    fine = placement.step_g < COARSE_G or (math.isinf(placement.step_g) and len(placement.same_s) == 3)
    why, sure = "", True
    if fine and min(placement.same_s) >= FROZEN_S:
        why = NOT_CHANGING
    elif placement.odd_s >= ODD_S:
        why = N_("its gravity is {a} g").format(a=f"{placement.gravity_g:.2f}")
    elif placement.still_s >= TABLE_S and (placement.why == STILLER or _stiller_than_breathing(placement)):
        why, sure = STILLER, False
    elif placement.still_s >= STILL_S:
        why, sure = N_("it has not moved for {a} min").format(a=STILL_S // 60), False
    return replace(placement, why=why, sure=sure)


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
