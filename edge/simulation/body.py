"""The infant's body: limbs, postures, and how a movement becomes acceleration.

Each worn limb has its own frame: y along the limb towards the trunk (on the chest: towards the head), z out of the
chest, x to the left. An accelerometer at rest reads +1 g along the direction that is up. A movement turns the limb
(gravity wanders over the axes), pushes it, and may move the whole child.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from edge.model.people import Limb
from edge.model.reading import Array
from edge.simulation.truth import ALL_LIMBS, Label, Truth

GRAVITY_M_S2 = 9.80665


@dataclass(frozen=True, slots=True)
class LimbShape:
    """jerk: share of a limb jerk felt here (wrist = 1). whole: share of trunk and whole-body movement (chest = 1).

    lever_m: joint to sensor. Infant limb segments measure 0.1-0.2 m (Snyder 1977, Anthropometry of infants).
    """

    jerk: float
    whole: float
    lever_m: float


WRIST = LimbShape(jerk=1.0, whole=0.7, lever_m=0.12)
ANKLE = LimbShape(jerk=0.8, whole=0.7, lever_m=0.16)
CHEST = LimbShape(jerk=0.2, whole=1.0, lever_m=0.25)


def shape_of(limb: Limb) -> LimbShape:
    """The mechanical shape of a limb; an unknown one is taken for a wrist."""
    if limb is Limb.CHEST:
        return CHEST
    return ANKLE if limb.endswith("ankle") else WRIST


def limb_rng(seed: int, limb: Limb) -> np.random.Generator:
    """A stream of its own for each limb, so that another sensor more changes nothing on the first."""
    return np.random.default_rng([seed, list(Limb).index(limb)])


def draw_seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**62))


@dataclass(frozen=True, slots=True, eq=False)
class Effort:
    """What a movement does to one limb at (n,) moments.

    push_g: (n, 3), in the limb's frame. tilt_rad: (n, 3) rotation vector of the limb. heave_g, sway_g: (n,) movement of
    the whole child along the vertical and across it.
    """

    push_g: Array
    tilt_rad: Array
    heave_g: Array
    sway_g: Array

    @staticmethod
    def of(
        n: int,
        *,
        push_g: "Array | None" = None,
        tilt_rad: "Array | None" = None,
        heave_g: "Array | None" = None,
        sway_g: "Array | None" = None,
    ) -> "Effort":
        """Fill what is not given with nothing."""
        return Effort(
            np.zeros((n, 3)) if push_g is None else push_g,
            np.zeros((n, 3)) if tilt_rad is None else tilt_rad,
            np.zeros(n) if heave_g is None else heave_g,
            np.zeros(n) if sway_g is None else sway_g,
        )

    def averaged(self, k: int) -> "Effort":
        """Mean over each run of `k` moments: a sensor integrates over its sample period."""
        if k == 1:
            return self
        return Effort(
            self.push_g.reshape(-1, k, 3).mean(axis=1),
            self.tilt_rad.reshape(-1, k, 3).mean(axis=1),
            self.heave_g.reshape(-1, k).mean(axis=1),
            self.sway_g.reshape(-1, k).mean(axis=1),
        )


class Posture(StrEnum):
    SUPINE = "supine"
    PRONE = "prone"
    LEFT_SIDE = "left_side"
    RIGHT_SIDE = "right_side"
    UPRIGHT = "upright"
    RECLINED = "reclined"


LYING = (Posture.SUPINE, Posture.PRONE, Posture.LEFT_SIDE, Posture.RIGHT_SIDE)

_TRUNK_UP = {
    Posture.SUPINE: (0.0, 0.0, 1.0),
    Posture.PRONE: (0.0, 0.0, -1.0),
    Posture.LEFT_SIDE: (-1.0, 0.0, 0.0),
    Posture.RIGHT_SIDE: (1.0, 0.0, 0.0),
    Posture.UPRIGHT: (0.0, 0.95, -0.31),
    Posture.RECLINED: (0.0, 0.6, 0.8),
}


def up_vector(posture: Posture, limb: Limb, rng: np.random.Generator) -> Array:
    """(3,) unit vector: up, seen from the limb. Limbs of a lying child lie flat at any roll; otherwise they hang."""
    if limb is Limb.CHEST:
        up = np.asarray(_TRUNK_UP[posture]) + rng.normal(0.0, 0.12, 3)
    else:
        roll = rng.uniform(0.0, 2.0 * np.pi)
        lying = posture not in {Posture.UPRIGHT, Posture.RECLINED}
        slope = rng.normal(0.0, 0.25) if lying else rng.uniform(0.35, 0.75) if posture is Posture.RECLINED else 1.2
        up = np.array([np.cos(roll) * np.cos(slope), np.sin(slope), np.sin(roll) * np.cos(slope)])
        up += rng.normal(0.0, 0.05, 3)
    unit: Array = up / np.linalg.norm(up)
    return unit


def hinge(rng: np.random.Generator, limb: Limb) -> tuple[Array, Array]:
    """Axis (3,) that a jerk turns a limb about, and the direction (3,) it pushes; both across the limb."""
    phi = rng.uniform(0.0, 2.0 * np.pi)
    axis = np.array([np.cos(phi), 0.0, np.sin(phi)])
    push = np.array([-np.sin(phi), 0.0, np.cos(phi)])
    if limb is Limb.CHEST:  # shaken along through the shoulders and hips: some of it along the spine
        push = push + np.array([0.0, rng.normal(0.0, 0.5), 0.0])
        push /= np.linalg.norm(push)
    return axis, push


def rotated(vectors: Array, tilt_rad: Array) -> Array:
    """Rodrigues' rotation of (n, 3) vectors by (n, 3) rotation vectors."""
    angle = np.sqrt(np.einsum("ij,ij->i", tilt_rad, tilt_rad))[:, None]
    axis = tilt_rad / np.maximum(angle, 1e-12)
    along = np.einsum("ij,ij->i", axis, vectors)[:, None] * axis
    result: Array = along + (vectors - along) * np.cos(angle) + np.cross(axis, vectors) * np.sin(angle)
    return result


def acceleration(up: Array, effort: Effort) -> Array:
    """(n, 3) g: what an ideal accelerometer on the limb feels while `up` (n, 3) is up and `effort` is made."""
    across = np.cross(up, np.array([0.36, 0.48, 0.8]))
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-9)
    world = up * (1.0 + effort.heave_g[:, None]) + across * effort.sway_g[:, None]
    result: Array = rotated(world, effort.tilt_rad) + effort.push_g
    return result


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """A movement of known length with all its parameters drawn; rendered later for any limb and any sample times.

    truth: with times from the movement's own start. effort(t_s, limb): t_s (n,) seconds from the start. posture: those
    that it needs one of, empty for any. still_s: how long the child lies still afterwards.
    """

    truth: tuple[Truth, ...]
    effort: Callable[[Array, Limb], Effort]
    duration_s: float
    posture: tuple[Posture, ...] = ()
    still_s: float = 0.0


def movement(
    label: Label,
    duration_s: float,
    effort: Callable[[Array, Limb], Effort],
    *,
    rates_hz: tuple[float, float] | None = None,
    limbs: tuple[Limb, ...] = ALL_LIMBS,
    posture: tuple[Posture, ...] = (),
    still_s: float = 0.0,
    **params: float,
) -> Movement:
    """A movement that is one interval of truth. rates_hz: rhythm at start and end."""
    first, last = rates_hz or (None, None)
    if still_s:
        params["still_s"] = still_s
    truth = Truth(label, 0.0, duration_s, limbs, first, last, params)
    return Movement((truth,), effort, duration_s, posture, still_s)
