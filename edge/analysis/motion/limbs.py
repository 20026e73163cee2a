"""Which limbs take part, when several sensors are worn: one limb, one side, the whole body; and who moves whom.

Evidence only: a second sensor that lies still takes nothing from an alarm of the first, since seizures may be focal.
"""

from dataclasses import dataclass

import numpy as np

from edge.model.evidence import MovementEvidence
from edge.model.language import N_
from edge.model.people import Limb
from edge.model.reading import Array

LOOKED_AT_S = 10.0
_LEAST_S = 3.0
_LEAST_G = 0.008  # change within 40 ms, RMS; what the noise of a coarse sensor reaches
# A jerk of one limb reaches the others with about 6 % of its size, one of both sides reaches them whole; a trunk is
# moved a fifth as much as a limb by jerks of all of them. Both are assumptions of the simulated infant.
_TAKES_PART = 0.25
_TRUNK = 0.2
_HEAVED_TOGETHER = 0.9  # correlation along gravity
_AS_MUCH = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """rows: (m, c + 2) at 25 Hz: g, a gap mark, the time that each rests on in s (on a clock that all views share)."""

    limb: Limb
    rows: Array

    def until(self, t_s: float) -> Array:
        """The rows of the last ten seconds before that moment that were measured."""
        times = self.rows[:, -1]
        measured: Array = self.rows[(times > t_s - LOOKED_AT_S) & (times <= t_s) & (self.rows[:, -2] == 0)]
        return measured


def taking_part(own: View, others: tuple[View, ...], t_s: float) -> MovementEvidence:
    """limbs: those that take part in what `own` feels at `t_s`; still_limbs: those that do not.

    extent: one_limb, trunk, same_side, several_limbs, whole_body, or unknown. focal: True where another limb lies
    still; False where nothing worn lies still, or both sides move; None where that cannot be said: one sensor, nothing
    heard of the others, all on one side, or a trunk alone. handled: "carried" or "patted" where two sensors look so,
    else empty.
    """
    felt = own.until(t_s)
    heard = [(other, rows) for other in others if len(rows := other.until(t_s)) >= 25 * _LEAST_S]
    level_g = _level_g(felt)
    if not heard or len(felt) < 25 * _LEAST_S or level_g < _LEAST_G:
        return MovementEvidence(limbs=(str(own.limb),), extent="unknown", focal=None)
    part = [_takes_part(_level_g(rows), other.limb, level_g, own.limb) for other, rows in heard]
    moving = [own.limb, *(other.limb for (other, _), takes in zip(heard, part, strict=True) if takes)]
    still = [other.limb for (other, _), takes in zip(heard, part, strict=True) if not takes]
    extent, focal = _extent(moving, some_still=bool(still))
    handled = {_handled(own.limb, felt, other.limb, rows) for other, rows in heard}
    return MovementEvidence(
        limbs=tuple(str(limb) for limb in moving),
        still_limbs=tuple(str(limb) for limb in still),
        extent=extent,
        focal=focal,
        handled=next(iter(handled)) if len(handled) == 1 else "",
    )


def _takes_part(level_g: float, limb: Limb, own_g: float, own: Limb) -> bool:
    """Whether it moves as much as the other, or as a trunk and a limb do that are jerked together."""
    fair = (_TRUNK if limb is Limb.CHEST else 1.0) / (_TRUNK if own is Limb.CHEST else 1.0)
    return level_g >= max(_LEAST_G, _TAKES_PART * own_g * min(1.0, fair))


def _extent(moving: list[Limb], *, some_still: bool) -> tuple[str, bool | None]:
    """extent, focal."""
    sides = {_side(limb) for limb in moving}
    if {"left", "right"} <= sides or not (some_still or sides in ({"left"}, {"right"})):
        return "whole_body", False
    if len(moving) == 1:
        return ("trunk", None) if moving[0] is Limb.CHEST else ("one_limb", True)
    extent = "same_side" if "" not in sides else "several_limbs"
    return extent, True if some_still else None


def _side(limb: Limb) -> str:
    return "left" if limb.startswith("left") else "right" if limb.startswith("right") else ""


def _level_g(rows: Array) -> float:
    """RMS change within 40 ms: jerks count, lying otherwise does not."""
    steps = np.diff(rows[:, :-2], axis=0)
    return float(np.sqrt((steps * steps).sum(axis=1).mean())) if len(steps) else 0.0


def _handled(limb: Limb, rows: Array, other_limb: Limb, other: Array) -> str:
    """Heaved together along gravity, as much here as there: carried. The trunk more than a limb: patted."""
    here_g, there_g = _level_g(rows), _level_g(other)
    if rows.shape[1] == other.shape[1] == 5 and 1 / _AS_MUCH <= here_g / there_g <= _AS_MUCH:
        here, there = _vertical(rows), np.interp(rows[:, -1], other[:, -1], _vertical(other))
        together = float((here * there).sum()) >= _HEAVED_TOGETHER * float(np.sqrt((here**2).sum() * (there**2).sum()))
        if together and _upright(rows) and _upright(other):
            return N_("carried")
    if (limb is Limb.CHEST) != (other_limb is Limb.CHEST):
        trunk_g, limb_g = (here_g, there_g) if limb is Limb.CHEST else (there_g, here_g)
        return N_("patted") if trunk_g > limb_g else ""
    return ""


def _vertical(rows: Array) -> Array:
    """(m,) g along gravity, without its mean."""
    middle = rows[:, :-2].mean(axis=0)
    up = middle / max(float(np.sqrt((middle**2).sum())), 1e-9)
    return np.asarray((rows[:, :-2] - middle) @ up)


def _upright(rows: Array) -> bool:
    """Whether most of the movement goes along gravity."""
    off = rows[:, :-2] - rows[:, :-2].mean(axis=0)
    return float((_vertical(rows) ** 2).sum()) > 0.5 * float((off * off).sum())
