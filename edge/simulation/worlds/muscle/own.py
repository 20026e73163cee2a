"""What the child does by itself, awake and asleep: one function for each kind."""

import numpy as np

from edge.model.reading import Array
from edge.simulation.worlds.motion import FINE_HZ, Motion
from edge.simulation.worlds.muscle.limb import coloured, coloured_3d, drifting, on_skin, swung, twitches, wandering

_ANKLE_G = 0.135
"""RMS of a real ankle awake, median second (twelve infants under seven months, from joints followed in video)."""


def still(rng: np.random.Generator, t_s: Array) -> Motion:
    n = t_s.size
    return Motion(np.zeros((n, 3)), 0.002 * coloured(rng, n, 0.02, 0.3)[:, None] * rng.normal(size=3))


def asleep(rng: np.random.Generator, t_s: Array) -> Motion:
    """Twitches of dream sleep: single jerks, far apart."""
    times = np.cumsum(rng.exponential(rng.uniform(8.0, 60.0), 200))
    times = times[times < t_s[-1]]
    sizes = rng.uniform(0.3, 1.0, times.size)
    torque = twitches(t_s.size, times, sizes, rng.uniform(0.03, 0.08, times.size))
    return swung(rng, torque, rng.uniform(0.05, 0.5))


def kicks(rng: np.random.Generator, t_s: Array) -> Motion:
    """Flexion and extension in turn, long activations, organised but variable (Thelen 1979, Anim Behav 27:699)."""
    rate, spread = rng.uniform(0.6, 2.4), rng.uniform(0.3, 0.7)
    times = np.cumsum(rng.lognormal(np.log(1 / rate), spread, int(4 * rate * t_s[-1]) + 10))
    times = times[times < t_s[-1]]
    there_and_back = np.where(np.arange(times.size) % 2, -1.0, 1.0)
    sizes = np.where(rng.random(times.size) < 0.75, there_and_back, 1.0) * rng.lognormal(0.0, 0.6, times.size)
    made = swung(rng, twitches(t_s.size, times, sizes, rng.uniform(0.06, 0.2, times.size)), 1.0)
    squirm = coloured_3d(rng, t_s.size, 0.3, 3.0)
    rms = np.sqrt((made.push_g**2).sum(axis=1).mean()) + 1e-9
    level = float(np.clip(rng.lognormal(np.log(_ANKLE_G), 0.45), 0.05, 0.5))
    return Motion(made.push_g * level / rms + 0.25 * level * squirm, np.clip(made.tilt_rad * level / rms, -0.8, 0.8))


def play(rng: np.random.Generator, t_s: Array) -> Motion:
    """Reaching, waving, a toy that is shaken for some seconds."""
    n = t_s.size
    reach = coloured_3d(rng, n, 0.3, 2.0)
    swell = np.clip(0.5 + 0.7 * coloured(rng, n, 0.02, 0.2), 0.0, 2.0)[:, None]
    push = rng.uniform(0.05, 0.2) * swell * reach
    for at in np.cumsum(rng.exponential(50.0, 40)):
        if at + 6 > t_s[-1]:
            break
        i, j = int(at * FINE_HZ), int((at + rng.uniform(1.0, 6.0)) * FINE_HZ)
        phase = np.cumsum(2 * np.pi * rng.uniform(1.5, 4.5) * (1 + 0.1 * coloured(rng, j - i, 0.2, 1.0))) / FINE_HZ
        push[i:j] += rng.uniform(0.2, 0.8) * np.sin(phase)[:, None] * rng.normal(size=3) / 1.7
    return Motion(on_skin(rng, push), 0.3 * swell * coloured_3d(rng, n, 0.05, 0.5))


def cry(rng: np.random.Generator, t_s: Array) -> Motion:
    """Kicks, and sobs at 0.6-1.2 a second that shake the trunk."""
    kicking = kicks(rng, t_s)
    sob = np.maximum(np.sin(2 * np.pi * rng.uniform(0.6, 1.2) * t_s + coloured(rng, t_s.size, 0.05, 0.4)), 0.0)
    return Motion(kicking.push_g + rng.uniform(0.01, 0.05) * sob[:, None] * rng.normal(size=3), kicking.tilt_rad)


def sucking(rng: np.random.Generator, t_s: Array) -> Motion:
    """Bursts and rests in a cycle of 6-14 s, at 1.7-2.4 Hz (about the medians of Martens 2020), a few milli-g."""
    rate = rng.uniform(1.7, 2.4)
    on = (np.sin(2 * np.pi * t_s / rng.uniform(6.0, 14.0)) > rng.uniform(-0.4, 0.4)).astype(float)
    wave = rng.uniform(0.003, 0.02) * on * np.sin(2 * np.pi * rate * t_s + 0.3 * coloured(rng, t_s.size, 0.1, 1.0))
    return Motion.of(on_skin(rng, wave[:, None] * rng.normal(size=3)))


def hiccups(rng: np.random.Generator, t_s: Array) -> Motion:
    """Single jerks, 6 to 30 a minute."""
    rate = rng.uniform(0.1, 0.5)
    times = drifting(rng, t_s[-1], rate, rate, rng.uniform(0.1, 0.3))
    return swung(rng, twitches(t_s.size, times, np.ones(times.size), 0.05), rng.uniform(0.03, 0.3))


def body_rocking(rng: np.random.Generator, t_s: Array) -> Motion:
    """To and fro at 0.5-2 Hz, mostly 1, without slowing (ICSD-3, sleep-related rhythmic movement)."""
    rate = float(np.clip(rng.lognormal(0.0, 0.3), 0.5, 2.0))
    phase = wandering(rng, t_s.size, rate, 0.03, (0.02, 0.3))
    wave = np.sin(phase) + rng.uniform(0.0, 0.3) * np.sin(2 * phase + rng.uniform(0, 6))
    direction, turn = rng.normal(size=3), rng.normal(size=3)
    size = rng.uniform(0.05, 0.25)
    return Motion(size * wave[:, None] * direction / 1.7, rng.uniform(0.03, 0.25) * wave[:, None] * turn / 1.7)


def head_banging(rng: np.random.Generator, t_s: Array) -> Motion:
    """Body rocking with a knock a cycle."""
    rocking = body_rocking(rng, t_s)
    rate = rng.uniform(0.6, 1.6)
    times = drifting(rng, t_s[-1], rate, rate, 0.04)
    knock = swung(rng, twitches(t_s.size, times, np.ones(times.size), 0.02), rng.uniform(0.05, 0.3))
    return Motion(rocking.push_g + knock.push_g, rocking.tilt_rad)


def shivering(rng: np.random.Generator, t_s: Array) -> Motion:
    """8-10 Hz, waxing and waning 6-8 times a minute, as rigors do (Pozos 1987, Ann Emerg Med 16:1037)."""
    rate = rng.uniform(8.0, 10.0)
    swell = 0.5 + 0.5 * np.sin(2 * np.pi * t_s * rng.uniform(6, 8) / 60)
    wave = swell * np.sin(2 * np.pi * rate * t_s + 2 * coloured(rng, t_s.size, 0.1, 1.0))
    return Motion.of(on_skin(rng, rng.uniform(0.01, 0.06) * wave[:, None] * rng.normal(size=3)))


def turning(rng: np.random.Generator, t_s: Array) -> Motion:
    """Turns over, and lies still between."""
    n = t_s.size
    swell = np.maximum(coloured(rng, n, 0.02, 0.1), 0.0)[:, None]
    push = 0.1 * swell * coloured_3d(rng, n, 0.4, 4.0)
    return Motion(push, 0.5 * swell * coloured_3d(rng, n, 0.05, 0.4))
