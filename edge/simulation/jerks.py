"""Jerks: a short contraction, a stop, a relaxation; felt as pushes and as turning of the limb."""

from dataclasses import dataclass

import numpy as np

from edge.model.people import Limb
from edge.model.reading import Array
from edge.simulation.body import GRAVITY_M_S2, Effort, hinge, limb_rng, shape_of

_DECELERATION = 1.2


@dataclass(frozen=True, slots=True, eq=False)
class Jerks:
    """k jerks, each (k,): start_s, contraction_s (muscle pulls), peak_g, hold_s (stays flexed), back_s (relaxes)."""

    start_s: Array
    contraction_s: Array
    peak_g: Array
    hold_s: Array
    back_s: Array

    @staticmethod
    def at(start_s: Array, contraction_s: Array, peak_g: Array, hold_s: "Array | float" = 0.0) -> "Jerks":
        """Jerks at these moments; contraction and relaxation are shortened to fit before the next one."""
        room = np.diff(start_s, append=start_s[-1] + 1.0) if start_s.size else start_s
        hold = np.minimum(np.broadcast_to(hold_s, start_s.shape), np.maximum(room - 0.5, 0.0))
        contraction = np.minimum(contraction_s, 0.2 * room)
        rest = room - (1.0 + _DECELERATION) * contraction - hold
        return Jerks(start_s, contraction, peak_g, hold, np.minimum(rest, np.maximum(3.5 * contraction, hold / 2)))

    def felt(self, t_s: Array) -> tuple[Array, Array]:
        """Acceleration (n,) in g and displacement (n,) in m at these moments.

        A contraction is a half sine of force, stopped by tissue over 1.2 times its length; after the hold the limb
        swings back along a full sine, so velocity and displacement end at zero.
        """
        a, x = np.zeros(t_s.size), np.zeros(t_s.size)
        if not self.start_s.size:
            return a, x
        k = np.searchsorted(self.start_s, t_s, side="right") - 1
        inside = k >= 0
        k = np.maximum(k, 0)
        tau, d, peak = t_s - self.start_s[k], self.contraction_s[k], self.peak_g[k]
        stop, back = _DECELERATION * d, self.back_s[k]
        pull, brake = tau / d, (tau - d) / stop
        swing = (tau - d - stop - self.hold_s[k]) / back
        reach = peak * d * (d + stop) / np.pi
        phases = [inside & (pull < 1), inside & (pull >= 1) & (brake < 1), inside & (swing >= 0) & (swing < 1)]
        a = np.select(
            phases,
            [
                peak * np.sin(np.pi * pull),
                -peak / _DECELERATION * np.sin(np.pi * brake),
                -reach * 2 * np.pi / back**2 * np.sin(2 * np.pi * swing),
            ],
        )
        x = np.select(
            [*phases, inside & (brake >= 1) & (swing < 0)],
            [
                peak * d / np.pi * (tau - d / np.pi * np.sin(np.pi * pull)),
                peak * d / np.pi * (d + (tau - d) + stop / np.pi * np.sin(np.pi * brake)),
                reach * (1 - swing + np.sin(2 * np.pi * swing) / (2 * np.pi)),
                reach,
            ],
        )
        return a, x * GRAVITY_M_S2


def shaken(train: Jerks, t_s: Array, limb: Limb, seed: int, share: float) -> Effort:
    """A train of jerks as one limb feels it: pushes mostly across it, and turns it by displacement over lever.

    Each jerk goes its own way a little (0.3 of its size in each direction), and reaches each limb up to 20 ms late.
    """
    rng, shape = limb_rng(seed, limb), shape_of(limb)
    axis, push = hinge(rng, limb)
    scale, late_s = share * shape.jerk * rng.uniform(0.8, 1.2), rng.uniform(0.0, 0.02)
    own_way = push + rng.normal(0.0, 0.3, (train.start_s.size + 1, 3))
    accel_g, moved_m = train.felt(t_s - late_s)
    which = np.searchsorted(train.start_s, t_s - late_s, side="right")
    tilt = np.clip(scale * moved_m / shape.lever_m, -1.2, 1.2)
    return Effort.of(t_s.size, push_g=(scale * accel_g)[:, None] * own_way[which], tilt_rad=tilt[:, None] * axis)
