"""The mechanics: twitches of muscle, a joint with mass, spring and damper, and a case that rides on skin."""

import numpy as np

from edge.model.reading import Array
from edge.simulation.body import GRAVITY_M_S2
from edge.simulation.worlds.motion import FINE_HZ, Motion

_TWITCH_S = 0.8  # after which a twitch has died away
_LEVER_M = (0.08, 0.2)  # joint to sensor, an infant's limb segments (Snyder 1977, Anthropometry of infants)
_LARGEST_TURN_RAD = 0.9


def coloured(rng: np.random.Generator, n: int, low_hz: float, high_hz: float) -> Array:
    """(n,) noise of RMS 1 in a band with soft edges (Gaussian in log frequency)."""
    f = np.fft.rfftfreq(n, 1 / FINE_HZ)
    centre, width = np.sqrt(low_hz * high_hz), np.log(high_hz / low_hz) / 2
    weight = np.exp(-0.5 * (np.log(np.maximum(f, 1e-6) / centre) / width) ** 2)
    x = np.fft.irfft(np.fft.rfft(rng.normal(size=n)) * weight, n)
    return np.asarray(x / (x.std() + 1e-12))


def coloured_3d(rng: np.random.Generator, n: int, low_hz: float, high_hz: float) -> Array:
    """(n, 3), three of them."""
    return np.stack([coloured(rng, n, low_hz, high_hz) for _ in range(3)], axis=1)


def wandering(rng: np.random.Generator, n: int, rate_hz: float, share: float, band_hz: tuple[float, float]) -> Array:
    """(n,) rad, phase of a rhythm whose rate wanders by this share (SD), within this band."""
    return np.asarray(2 * np.pi * np.cumsum(rate_hz * (1 + share * coloured(rng, n, *band_hz))) / FINE_HZ)


def drifting(rng: np.random.Generator, duration_s: float, first_hz: float, last_hz: float, spread: float) -> Array:
    """(k,) s, a pacemaker whose interval drifts linearly and jitters normally, without memory."""
    times, at = [], rng.uniform(0.0, 0.4)
    while at < duration_s:
        times.append(at)
        share = at / duration_s
        interval = (1 - share) / first_hz + share / last_hz
        at += interval * float(np.clip(rng.normal(1.0, spread), 0.4, 1.8))
    return np.asarray(times)


def twitches(n: int, times_s: Array, sizes: Array, rise_s: "Array | float") -> Array:
    """(n,) activation: (t / T) exp(1 - t / T) from each of (k,) moments, T being its rise (Milner-Brown 1973)."""
    out = np.zeros(n)
    tau = np.arange(int(_TWITCH_S * FINE_HZ)) / FINE_HZ
    for at, size, rise in zip(times_s, sizes, np.broadcast_to(rise_s, times_s.shape), strict=True):
        i = int(at * FINE_HZ)
        j = min(n, i + tau.size)
        if 0 <= i < n:
            x = tau[: j - i] / rise
            out[i:j] += size * x * np.exp(1 - x)
    return out


def swung(rng: np.random.Generator, torque: Array, peak_g: float) -> Motion:
    """A joint turned by (n,) torque, scaled so that 99 % of its samples stay under peak_g.

    The sensor feels the push along its path, the pull towards the joint, and a little of both across.
    """
    angle = through(torque, impulse(4.0, rng.uniform(0.8, 3.5), rng.uniform(0.35, 0.95)))
    rate = np.gradient(angle) * FINE_HZ
    lever_m = rng.uniform(*_LEVER_M)
    along = lever_m * np.gradient(rate) * FINE_HZ / GRAVITY_M_S2
    scale = peak_g / (np.percentile(np.abs(along), 99.0) + 1e-9)
    towards = lever_m * (rate * scale) ** 2 / GRAVITY_M_S2
    axis, normal, radial = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    push = (along * scale)[:, None] * normal - towards[:, None] * radial
    across = 0.25 * coloured(rng, len(torque), 0.2, 2.0)[:, None] * push[:, [1, 2, 0]]
    tilt = np.clip(angle * scale, -_LARGEST_TURN_RAD, _LARGEST_TURN_RAD)[:, None] * axis
    return Motion(on_skin(rng, push + across), tilt)


def hung(rng: np.random.Generator, heave_g: Array, sway_g: Array) -> Motion:
    """The child's trunk is moved by (n,) and (n,); a limb hangs from it like a damped pendulum."""
    up, side, axis = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    angle = through(sway_g + 0.3 * heave_g, impulse(4.0, rng.uniform(0.8, 1.8), rng.uniform(0.3, 0.8)))
    angle *= 20.0 * rng.uniform(0.2, 1.0)
    push = heave_g[:, None] * up + sway_g[:, None] * side
    return Motion(on_skin(rng, push), np.clip(angle, -0.5, 0.5)[:, None] * axis)


def on_skin(rng: np.random.Generator, acc_g: Array) -> Array:
    """(n, 3) g: what a case on soft tissue, a mass on spring and damper of 7-20 Hz, feels of the bone's acceleration.

    Transmissibility of a base-excited mass: (2 z w s + w^2) / (s^2 + 2 z w s + w^2).
    """
    frequency_hz, damping = rng.uniform(7.0, 20.0), rng.uniform(0.2, 0.6)
    w = 2 * np.pi * frequency_hz
    response = impulse(1.0, frequency_hz, damping)
    rate = np.gradient(response) * FINE_HZ
    return through(acc_g, w * w * response + 2 * damping * w * rate)


def impulse(length_s: float, frequency_hz: float, damping: float) -> Array:
    """Response of a damped spring (underdamped) to a unit push, at FINE_HZ."""
    t = np.arange(int(length_s * FINE_HZ)) / FINE_HZ
    w = 2 * np.pi * frequency_hz
    d = w * np.sqrt(1 - damping**2)
    return np.asarray(np.exp(-damping * w * t) * np.sin(d * t) / d / FINE_HZ)


def through(x: Array, response: Array) -> Array:
    """Causal convolution along the first axis, cut to the length of x."""
    n = len(x) + len(response)
    spectrum = np.fft.rfft(x, n, axis=0) * np.fft.rfft(response, n).reshape(-1, *([1] * (x.ndim - 1)))
    return np.asarray(np.fft.irfft(spectrum, n, axis=0)[: len(x)])
