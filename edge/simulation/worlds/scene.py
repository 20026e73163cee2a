"""A scene: what goes on when, rendered by one world and read by one sensor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from edge.model.reading import Array
from edge.simulation.worlds.motion import FINE_HZ, Motion
from edge.simulation.worlds.mount import Mount, delivered, sampled

QUIET = ("still", "asleep")
OWN = ("kicks", "play", "cry", "sucking", "hiccups", "body_rocking", "head_banging", "shivering", "turning")
HANDLED = ("carried", "bounced", "stairs", "pram", "car", "swing", "patted")
KINDS = (*QUIET, *OWN, *HANDLED)
"""What every world can render beside convulsions."""
CONVULSION = "convulsion"
_FREE_S = 60.0  # between two convulsions of a scene, so that each has a beginning of its own
_SHORTEST_PART_S = 1.0


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of movement from start_s to end_s. peak_g: of a convulsion's jerks, None to be drawn by the world."""

    kind: str
    start_s: float
    end_s: float
    peak_g: float | None = None


class World(Protocol):
    """One way to make a child, a caregiver and a sensor's mount."""

    name: str

    def render(self, kind: str, rng: np.random.Generator, t_s: Array, peak_g: float | None = None) -> Motion:
        """A movement of this kind; KeyError if there is none. t_s: (n,) seconds from its start, at FINE_HZ."""

    def up(self, rng: np.random.Generator, t_s: Array) -> Array:
        """(n, 3) unit vectors, where up is for the limb at rest."""

    def noise(self, rng: np.random.Generator, samples: int, rate_hz: float) -> Array:
        """(n, 3) g, what the sensor adds."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """t_s (n,) s, acc_g (n, 3) g, as they arrive; rate_hz as the sensor's profile says; parts: what went on."""

    t_s: Array
    acc_g: Array
    rate_hz: float
    parts: tuple[Part, ...]

    @property
    def seizures(self) -> tuple[tuple[float, float], ...]:
        """(start, end) in s of each convulsion."""
        return tuple((part.start_s, part.end_s) for part in self.parts if part.kind == CONVULSION)


def record(world: World, parts: Sequence[Part], rng: np.random.Generator, mount: Mount, duration_s: float) -> Scene:
    """Render every part in order, add them, and read the sum as the sensor would. Parts under a second are left out."""
    n = int(duration_s * FINE_HZ)
    t = np.arange(n) / FINE_HZ
    push, tilt = np.zeros((n, 3)), np.zeros((n, 3))
    for part in parts:
        i, j = (int(at * FINE_HZ) for at in (part.start_s, min(part.end_s, duration_s)))
        if j - i < int(_SHORTEST_PART_S * FINE_HZ):
            continue
        made = world.render(part.kind, rng, t[: j - i], part.peak_g)
        push[i:j] += made.push_g
        tilt[i:j] += made.tilt_rad
    up = world.up(rng, t)
    turned = up + np.cross(tilt, up)
    turned /= np.linalg.norm(turned, axis=1, keepdims=True)
    t_s, values_g = sampled(turned + push, mount, rng)
    noisy_g = values_g + world.noise(rng, t_s.size, mount.rate_hz * mount.clock)
    return Scene(*delivered(t_s, noisy_g, mount, rng), mount.rate_hz, tuple(parts))


def plan(
    rng: np.random.Generator,
    duration_s: float,
    *,
    seizures: int = 0,
    kinds: Mapping[str, float] | None = None,
    share_kept: float = 0.3,
) -> tuple[Part, ...]:
    """What goes on in a stretch of time: states of 20 s to 10 min one after the other, and convulsions among them.

    duration_s: 270 s or more with convulsions. seizures: how many are tried; one that would lie within a minute of
    another is left out. kinds: weight of each kind, all alike if None. A convulsion of 12 s to 4 min begins at any
    moment of whatever goes on; the limb's own movement stops for it, except with the chance `share_kept`; what others
    do with the child goes on. Lengths are assumptions.
    """
    states = _states(rng, duration_s, kinds or dict.fromkeys(KINDS, 1.0))
    fits = _convulsions(rng, duration_s, seizures)
    out: list[Part] = []
    for state in states:
        pieces = [state]
        for fit in fits:
            if state.kind in OWN and rng.random() >= share_kept:
                pieces = [piece for whole in pieces for piece in _without(whole, fit)]
        out += pieces
    return (*out, *fits)


def _states(rng: np.random.Generator, duration_s: float, kinds: Mapping[str, float]) -> list[Part]:
    names, weights = list(kinds), np.array(list(kinds.values()))
    states: list[Part] = []
    at = 0.0
    while at < duration_s:
        kind = names[int(rng.choice(len(names), p=weights / weights.sum()))]
        length = float(np.clip(rng.lognormal(np.log(100.0), 0.8), 20.0, 600.0))
        states.append(Part(kind, at, min(at + length, duration_s)))
        at += length
    return states


def _convulsions(rng: np.random.Generator, duration_s: float, tried: int) -> list[Part]:
    fits: list[Part] = []
    for _ in range(tried):
        length = float(np.clip(rng.lognormal(np.log(60.0), 0.6), 12.0, 240.0))
        start = float(rng.uniform(15.0, duration_s - length - 10.0))
        if all(start > fit.end_s + _FREE_S or start + length < fit.start_s - _FREE_S for fit in fits):
            fits.append(Part(CONVULSION, start, start + length))
    return fits


def _without(part: Part, fit: Part) -> list[Part]:
    before = Part(part.kind, part.start_s, min(part.end_s, fit.start_s))
    after = Part(part.kind, max(part.start_s, fit.end_s), part.end_s)
    return [rest for rest in (before, after) if rest.end_s - rest.start_s > _SHORTEST_PART_S]
