"""What others do with the child; it reaches a limb through the trunk that the limb hangs from."""

import numpy as np

from edge.model.reading import Array
from edge.simulation.worlds.motion import FINE_HZ, Motion
from edge.simulation.worlds.muscle.limb import coloured, hung, impulse, through, wandering

_STEPS_HZ = (1.5, 2.3)  # with a child on the arm; 100-126 steps a minute without (Whittle, Gait Analysis)
_STAIRS_HZ = (1.0, 1.8)


def carried(rng: np.random.Generator, t_s: Array) -> Motion:
    return _walked(rng, t_s, *_STEPS_HZ)


def stairs(rng: np.random.Generator, t_s: Array) -> Motion:
    return _walked(rng, t_s, *_STAIRS_HZ)


def _walked(rng: np.random.Generator, t_s: Array, low_hz: float, high_hz: float) -> Motion:
    """Inverted pendulum of the carrier: heave at the step, sway at the stride, harmonics at heel strike."""
    n = t_s.size
    rate = rng.uniform(low_hz, high_hz)
    phase = wandering(rng, n, rate, rng.uniform(0.01, 0.05), (0.03, 0.6))
    second, third = rng.uniform(0.1, 0.8), rng.uniform(0.0, 0.3)
    step = np.cos(phase)
    step = step + second * np.cos(2 * phase + rng.uniform(0, 6.3)) + third * np.cos(3 * phase + rng.uniform(0, 6.3))
    walking = _with_stops(rng, t_s)
    size = rng.uniform(0.08, 0.35) * walking * (1 + 0.1 * coloured(rng, n, 0.1, 1.0))
    return hung(rng, size * step, rng.uniform(0.1, 0.6) * size * np.cos(phase / 2 + rng.uniform(0, 6.3)))


def _with_stops(rng: np.random.Generator, t_s: Array) -> Array:
    """(n,) 1 while someone walks, 0 at stops of some seconds, soft between."""
    walking = np.ones(t_s.size)
    at = rng.uniform(5.0, 60.0)
    while at < t_s[-1]:
        pause = rng.exponential(4.0)
        walking[int(at * FINE_HZ) : int((at + pause) * FINE_HZ)] = 0.0
        at += pause + rng.exponential(rng.uniform(10.0, 90.0))
    return np.convolve(walking, np.ones(60) / 60, "same")


def bounced(rng: np.random.Generator, t_s: Array) -> Motion:
    """On a ball or on the arms: a sine at 0.8-2.5 Hz with stops, deep and even."""
    n = t_s.size
    phase = wandering(rng, n, rng.uniform(0.8, 2.5), 0.03, (0.03, 0.3))
    swell = np.clip(0.8 + 0.4 * coloured(rng, n, 0.02, 0.2), 0.0, 1.5)
    wave = np.sin(phase) + rng.uniform(0.0, 0.4) * np.sin(2 * phase + 1.0)
    return hung(rng, rng.uniform(0.05, 0.4) * swell * wave, 0.05 * coloured(rng, n, 0.2, 1.0) * swell)


def pram(rng: np.random.Generator, t_s: Array) -> Motion:
    """Wheels over a path at 3-15 Hz, now rougher, now smoother, and a push at 0.5-1.1 Hz."""
    n = t_s.size
    size, roughness = rng.uniform(0.01, 0.1), np.clip(1 + 0.7 * coloured(rng, n, 0.03, 0.3), 0.0, 3.0)
    wheels = size * roughness * coloured(rng, n, 3.0, 15.0)
    rate = rng.uniform(0.5, 1.1)
    return hung(rng, wheels, rng.uniform(0.0, 0.15) * np.sin(2 * np.pi * rate * t_s))


def car(rng: np.random.Generator, t_s: Array) -> Motion:
    """The body of the car at 1-2 Hz, wheels at 8-15 Hz (bands of whole-body vibration, ISO 2631-1), bends."""
    n = t_s.size
    body, wheels = coloured(rng, n, 1.0, 2.2), coloured(rng, n, 8.0, 15.0)
    heave_g = rng.uniform(0.02, 0.07) * body + rng.uniform(0.01, 0.05) * wheels
    return hung(rng, heave_g, 0.04 * coloured(rng, n, 0.02, 0.3))


def swing(rng: np.random.Generator, t_s: Array) -> Motion:
    """A pendulum of 0.3-0.8 Hz: it pulls twice a cycle."""
    rate, size = rng.uniform(0.3, 0.8), rng.uniform(0.05, 0.35)
    wave = size * np.sin(2 * np.pi * rate * t_s)
    return hung(rng, 0.3 * np.abs(wave), wave)


def patted(rng: np.random.Generator, t_s: Array) -> Motion:
    """A hand on back or bottom: contacts of 20-60 ms in bouts, at a tempo that a hand keeps, with pauses."""
    force = _pats(rng, t_s)
    felt = through(force, impulse(1.0, rng.uniform(3.0, 9.0), rng.uniform(0.2, 0.7)))
    felt = np.gradient(np.gradient(felt)) if rng.random() < 0.5 else felt
    felt *= rng.uniform(0.03, 0.25) / (np.percentile(np.abs(felt), 99) + 1e-9)
    return hung(rng, felt, 0.2 * felt)


def _pats(rng: np.random.Generator, t_s: Array) -> Array:
    """(n,) force of a hand, about 1."""
    n = t_s.size
    rate, spread = rng.uniform(1.0, 3.0), rng.uniform(0.03, 0.25)
    force = np.zeros(n)
    at = 0.0
    while at < t_s[-1]:
        end = at + rng.uniform(5.0, 60.0)
        tempo = rate * rng.uniform(0.9, 1.1)
        while at < min(end, t_s[-1] - 0.2):
            i, width = int(at * FINE_HZ), max(3, int(rng.uniform(0.02, 0.06) * FINE_HZ))
            force[i : i + width] += rng.lognormal(0.0, 0.25) * np.sin(np.pi * np.arange(width) / width)[: n - i]
            at += float(np.clip(rng.normal(1.0, spread), 0.5, 1.6)) / tempo
        at = end + rng.exponential(5.0) + 0.5
    return force
