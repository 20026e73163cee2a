"""What others do with the child in the free world, and what sways as evenly: one function for each kind."""

import numpy as np

from edge.model.reading import Array
from edge.simulation.worlds.free.shapes import moments, placed, pulse, scattered, spectrum, spectrum_3d
from edge.simulation.worlds.motion import FINE_HZ, Motion

_STRIDE = 0.5
_HARMONICS = {_STRIDE: 0.3, 1.0: 1.0, 2.0: 0.6, 3.0: 0.25}
"""Of the step's rate: the largest share that each may have."""
_SWAY_SIZES_G = {"body_rocking": (0.05, 0.3), "swing": (0.05, 0.3), "sucking": (0.002, 0.02)}


def carried(rng: np.random.Generator, t_s: Array) -> Motion:
    return _walked(rng, t_s, 1.5, 2.3)


def stairs(rng: np.random.Generator, t_s: Array) -> Motion:
    return _walked(rng, t_s, 0.9, 1.8)


def bounced(rng: np.random.Generator, t_s: Array) -> Motion:
    """As walking, without a stride: both legs at once."""
    return _walked(rng, t_s, 0.7, 2.6, stride=False)


def _walked(rng: np.random.Generator, t_s: Array, low_hz: float, high_hz: float, *, stride: bool = True) -> Motion:
    """Harmonics of a step, each of any phase, share and direction, with pauses, 0.06-0.3 g."""
    n = t_s.size
    rate = rng.uniform(low_hz, high_hz)
    jitter = np.cumsum(rng.normal(0, rng.uniform(0.0005, 0.003), n))
    phase = 2 * np.pi * rate * t_s + jitter * np.sqrt(FINE_HZ) * 0.3
    wave = np.zeros((n, 3))
    for harmonic, most in _HARMONICS.items():
        share = most * rng.uniform(0.0, 1.0)  # drawn for the step too, whose share is always 1
        if harmonic == 1.0:
            share = 1.0
        elif harmonic == _STRIDE and not stride:
            share = 0.0
        wave += share * np.sin(harmonic * phase[:, None] + rng.uniform(0, 6.3)) * scattered(rng, 1, 0.0)
    on = np.sin(2 * np.pi * t_s / rng.uniform(20, 120) + rng.uniform(0, 6.3)) > -rng.uniform(0.2, 1.1)
    walking = np.convolve(on.astype(float), np.ones(100) / 100, "same")
    wave *= rng.uniform(0.06, 0.3) / (np.abs(wave).max() * 0.7 + 1e-9)
    return Motion(wave * walking[:, None], 0.1 * spectrum_3d(rng, n, 3, 0.05, 0.5))


def body_rocking(rng: np.random.Generator, t_s: Array) -> Motion:
    return _swayed(rng, t_s, "body_rocking", 0.5, 2.0)


def swing(rng: np.random.Generator, t_s: Array) -> Motion:
    return _swayed(rng, t_s, "swing", 0.3, 0.8)


def sucking(rng: np.random.Generator, t_s: Array) -> Motion:
    return _swayed(rng, t_s, "sucking", 1.6, 2.5)


def _swayed(rng: np.random.Generator, t_s: Array, kind: str, low_hz: float, high_hz: float) -> Motion:
    """An even wave with a second harmonic; sucking comes in bursts."""
    n = t_s.size
    size = {name: rng.uniform(*sizes) for name, sizes in _SWAY_SIZES_G.items()}[kind]  # one draw for each, always
    phase = 2 * np.pi * rng.uniform(low_hz, high_hz) * t_s + 0.5 * spectrum(rng, n, 3, 0.01, 0.1)
    wave = size * (np.sin(phase) + 0.25 * np.sin(2 * phase + 1))
    if kind == "sucking":
        wave *= np.sin(2 * np.pi * t_s / rng.uniform(5, 15)) > 0
    return Motion(wave[:, None] * scattered(rng, 1, 0), (0.6 * wave)[:, None] * scattered(rng, 1, 0))


def driven(rng: np.random.Generator, t_s: Array) -> Motion:
    """Pram and car: movement at 0.8-18 Hz of any spectrum, 10-80 mg an axis."""
    return Motion.of(rng.uniform(0.01, 0.08) * spectrum_3d(rng, t_s.size, 25, 0.8, 18.0))


def patted(rng: np.random.Generator, t_s: Array) -> Motion:
    """Bouts of 8-60 s of one pulse at one tempo, 1-3 Hz, intervals +-7-27 %, 0.03-0.22 g."""
    n, length_s = t_s.size, float(t_s[-1])
    push = np.zeros((n, 3))
    at, shapes, tempo = 0.0, [pulse(rng, rng.uniform(0.04, 0.2))], rng.uniform(1.0, 3.0)
    size, direction = rng.uniform(0.03, 0.22), scattered(rng, 1, 0.0)
    while at < length_s - 1:
        end = min(at + rng.uniform(8.0, 60.0), length_s)
        last_hz = tempo * rng.uniform(0.9, 1.1)
        times = at + moments(rng, end - at, tempo, last_hz, spread=rng.uniform(0.07, 0.27), memory=0.0)
        times = times[times < length_s - 0.3]
        near = direction + rng.uniform(0, 0.25) * rng.normal(size=(times.size, 3))
        push += placed(n, times, size * rng.lognormal(0, 0.2, times.size), shapes, near)
        at = end + rng.uniform(0.7, 20.0)
    return Motion.of(push)
