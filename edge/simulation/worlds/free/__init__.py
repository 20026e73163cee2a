"""A world without anatomy: random pulses, random spectra, random envelopes.

It presumes as little as may be: a convulsion is a succession of short pulses of any shape, each like the one before,
at 1-3.5 a second and slowing or not, or vigorous shaking at 2-7 Hz; everything else is whatever lacks one of these.
Where no source stands beside them, sizes are assumptions, drawn anew each time.
"""

from collections.abc import Callable, Mapping

import numpy as np

from edge.model.reading import Array
from edge.simulation.worlds.free import handled, own
from edge.simulation.worlds.free.convulsion import convulsion
from edge.simulation.worlds.motion import Motion

_KINDS: Mapping[str, Callable[[np.random.Generator, Array], Motion]] = {
    "still": own.still,
    "asleep": own.asleep,
    "kicks": own.kicks,
    "play": own.stirring,
    "cry": own.kicks,
    "sucking": handled.sucking,
    "hiccups": own.hiccups,
    "body_rocking": handled.body_rocking,
    "head_banging": own.head_banging,
    "shivering": own.shivering,
    "turning": own.stirring,
    "carried": handled.carried,
    "bounced": handled.bounced,
    "stairs": handled.stairs,
    "pram": handled.driven,
    "car": handled.driven,
    "swing": handled.swing,
    "patted": handled.patted,
}
_NOISE_G = (0.001, 0.003, 0.006, 0.018)  # the last as of the sensors of Goodwin 2014 (children in a classroom)
_NOISE_SHARES = (0.35, 0.35, 0.2, 0.1)


class Free:
    """The world of random shapes."""

    name = "free"

    def render(self, kind: str, rng: np.random.Generator, t_s: Array, peak_g: float | None = None) -> Motion:
        """See `World`."""
        return convulsion(rng, t_s, peak_g) if kind == "convulsion" else _KINDS[kind](rng, t_s)

    def up(self, rng: np.random.Generator, t_s: Array) -> Array:
        """A direction that wanders over the sphere, now slowly, now fast."""
        few = max(4, int(t_s[-1] / 5) + 2)
        pace = np.exp(rng.normal(-3.5, 1.5, few))
        steps = rng.normal(size=(few, 3)) * pace[:, None]
        path = np.cumsum(steps, axis=0) + rng.normal(size=3)
        at = np.linspace(0, t_s[-1] + 1e-9, few)
        out = np.stack([np.interp(t_s, at, path[:, k]) for k in range(3)], axis=1) + 1e-6
        return np.asarray(out / np.linalg.norm(out, axis=1, keepdims=True))

    def noise(self, rng: np.random.Generator, samples: int, rate_hz: float) -> Array:
        """Pink and white, uneven between the axes."""
        white = rng.normal(size=(samples, 3))
        f = np.fft.rfftfreq(samples, 1 / rate_hz)
        pink = np.fft.irfft(np.fft.rfft(white[::-1], axis=0) / np.sqrt(np.maximum(f, 0.05))[:, None], samples, axis=0)
        level = rng.choice(_NOISE_G, p=_NOISE_SHARES) * rng.uniform(0.5, 1.5, 3)
        return np.asarray(level * (0.8 * white + 0.4 * pink / (pink.std() + 1e-12)))
