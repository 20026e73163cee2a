"""A limb of mass and spring, driven by bursts of muscle, with a sensor that rides on skin.

A jerk is a twitch: activation rises and decays as (t / T) exp(1 - t / T) (Milner-Brown 1973, J Physiol 228:285), turns
a damped joint, and is felt through a second mass, the sensor on its skin. A caregiver's hand and walk reach the limb
through the trunk. Where no source stands beside them, masses, stiffness, sizes and mounts are assumptions, drawn anew
each time.
"""

from collections.abc import Callable, Mapping

import numpy as np

from edge.model.reading import Array
from edge.simulation.worlds.motion import FINE_HZ, Motion
from edge.simulation.worlds.muscle import handled, own
from edge.simulation.worlds.muscle.convulsion import convulsion

_KINDS: Mapping[str, Callable[[np.random.Generator, Array], Motion]] = {
    "still": own.still,
    "asleep": own.asleep,
    "kicks": own.kicks,
    "play": own.play,
    "cry": own.cry,
    "sucking": own.sucking,
    "hiccups": own.hiccups,
    "body_rocking": own.body_rocking,
    "head_banging": own.head_banging,
    "shivering": own.shivering,
    "turning": own.turning,
    "carried": handled.carried,
    "bounced": handled.bounced,
    "stairs": handled.stairs,
    "pram": handled.pram,
    "car": handled.car,
    "swing": handled.swing,
    "patted": handled.patted,
}
_DENSITIES = (75e-6, 150e-6, 300e-6, 2e-3)  # g per root Hz: common parts, and a poor one
_DENSITY_SHARES = (0.3, 0.4, 0.2, 0.1)
_LAID_S = 240.0  # mean time between two postures


class Muscle:
    """The mass-spring world."""

    name = "muscle"

    def render(self, kind: str, rng: np.random.Generator, t_s: Array, peak_g: float | None = None) -> Motion:
        """See `World`."""
        return convulsion(rng, t_s, peak_g) if kind == "convulsion" else _KINDS[kind](rng, t_s)

    def up(self, rng: np.random.Generator, t_s: Array) -> Array:
        """A limb that is laid anew every few minutes, and breath (0.4-0.8 Hz) beneath it."""
        out = np.empty((t_s.size, 3))
        at = 0
        direction = rng.normal(size=3)
        while at < t_s.size:
            until = min(t_s.size, at + int(FINE_HZ * rng.exponential(_LAID_S)) + 400)
            target = rng.normal(size=3)
            target /= np.linalg.norm(target)
            share = np.clip(np.arange(until - at) / (FINE_HZ * rng.uniform(0.4, 2.0)), 0.0, 1.0)[:, None]
            out[at:until] = direction * (1 - share) + target * share + 1e-3
            direction, at = target, until
        out[:, 0] += 0.004 * np.sin(2 * np.pi * rng.uniform(0.4, 0.8) * t_s + 3 * np.sin(0.05 * t_s))
        return np.asarray(out / np.linalg.norm(out, axis=1, keepdims=True))

    def noise(self, rng: np.random.Generator, samples: int, rate_hz: float) -> Array:
        """White, its density that of common parts or of a poor one."""
        density = rng.choice(_DENSITIES, p=_DENSITY_SHARES)
        return np.asarray(rng.normal(0.0, density * np.sqrt(rate_hz / 2), (samples, 3)))
