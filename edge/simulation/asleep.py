"""What a sleeping or dozing infant does: breathes, twitches, startles, sucks, hiccups, turns."""

import numpy as np

from edge.model.people import Limb
from edge.model.reading import Array
from edge.simulation.body import LYING, Effort, Movement, draw_seed, limb_rng, movement, shape_of
from edge.simulation.jerks import Jerks, shaken
from edge.simulation.truth import ALL_LIMBS, Label
from edge.simulation.waves import Range, alternate, as_rng, band_noise, beats, bursts, fade

BREATH_HZ = Range(0.5, 1.0)
SUCK_HZ = Range(1.9, 2.3)
MYOCLONUS_HZ = Range(1.0, 5.0)
HICCUP_HZ = Range(0.1, 0.5)


def breathing(seed: int, t_s: Array, limb: Limb, rate_hz: float) -> Array:
    """(n, 3) g that breathing adds always: 3-8 mg on the chest, a tenth of it elsewhere.

    rate_hz in `BREATH_HZ` (30-60 breaths a minute: Fleming 2011, Lancet 377:1011, infants' centiles), wandering 4 %.
    """
    own = limb_rng(seed, limb)
    grid = np.arange(0.0, float(t_s[-1]) + 2.0 if t_s.size else 2.0, 1.0)
    walk = np.convolve(own.normal(0.0, 1.0, grid.size + 30), np.ones(31) / np.sqrt(31.0), mode="valid")
    rate = np.clip(rate_hz * (1.0 + 0.04 * walk), BREATH_HZ.low, BREATH_HZ.high)
    phase = np.interp(t_s, grid, np.concatenate(([0.0], np.cumsum(rate[:-1]))) * 2 * np.pi)
    peak = own.uniform(0.003, 0.008) * (1.0 if limb is Limb.CHEST else own.uniform(0.08, 0.2))
    axis = own.normal(0.0, 1.0, 3)
    axis /= np.linalg.norm(axis)
    result: Array = np.outer(peak * np.sin(phase), axis)
    return result


def twitch(rng: np.random.Generator | int, duration_s: float = 0.6) -> Movement:
    """One harmless twitch of one limb in active sleep, or two in a row."""
    rng = as_rng(rng)
    limb_twitching = ALL_LIMBS[int(rng.integers(len(ALL_LIMBS)))]
    start = np.array([0.0, 0.28][: int(rng.integers(1, 3))])
    train = Jerks.at(start, rng.uniform(0.05, 0.095, start.size), rng.uniform(0.05, 0.4, start.size))
    seed = draw_seed(rng)

    def effort(t_s: Array, limb: Limb) -> Effort:
        return shaken(train, t_s, limb, seed, 1.0 if limb is limb_twitching else 0.1)

    return movement(Label.TWITCH, duration_s, effort, limbs=(limb_twitching,))


def startle(rng: np.random.Generator | int, duration_s: float | None = None, *, moro: bool = False) -> Movement:
    """One start of 1-3 s: arms fly out within a fraction of a second and come back slowly.

    moro: the reflex of the first four months, larger and with the arms held out; later it is never called so.
    """
    rng = as_rng(rng)
    drawn = Range(1.0, 3.0).draw(rng)
    length = drawn if duration_s is None else duration_s
    peak = (Range(0.6, 1.2) if moro else Range(0.25, 0.9)).draw(rng)
    hold = 0.35 * length
    fling = np.array([rng.uniform(0.06, 0.1)])
    back = np.array([length - 2.2 * fling[0] - hold])
    train = Jerks(np.array([0.0]), fling, np.array([peak]), np.array([hold]), back)
    seed = draw_seed(rng)

    def effort(t_s: Array, limb: Limb) -> Effort:
        return shaken(train, t_s, limb, seed, 1.5 if limb is Limb.CHEST else 1.0)

    label = Label.MORO if moro else Label.STARTLE
    return movement(label, length, effort, posture=LYING, peak_g=peak)


def moro(rng: np.random.Generator | int, duration_s: float | None = None) -> Movement:
    """The Moro reflex: `startle` of the first four months."""
    return startle(rng, duration_s, moro=True)


def sleep_myoclonus(rng: np.random.Generator | int, duration_s: float = 60.0) -> Movement:
    """Benign neonatal sleep myoclonus: clusters of 1-5 Hz jerks of 10-20 s, together up to 90 s and more.

    In sleep only, both sides mostly, provoked by rocking (Maurer 2010, Pediatrics 125:e919; Paro-Panjan & Neubauer
    2008, Eur J Paediatr Neurol 12:14). Weaker, less regular than clonic jerks, and the rate does not fall.
    """
    rng = as_rng(rng)
    rate, peak = MYOCLONUS_HZ.draw(rng), Range(0.1, 0.45).draw(rng)
    starts, lengths = alternate(rng, duration_s, Range(min(10.0, duration_s), 20.0), Range(3.0, 20.0))
    times = np.concatenate(
        [s + beats(rng, max(n - 0.4, 0.3), rate, rate, 0.22) for s, n in zip(starts, lengths, strict=True)]
    )
    train = Jerks.at(times, rng.uniform(0.04, 0.09, times.size), peak * rng.uniform(0.4, 1.3, times.size))
    seed = draw_seed(rng)

    def effort(t_s: Array, limb: Limb) -> Effort:
        return shaken(train, t_s, limb, seed, 0.3 if limb is Limb.CHEST else 1.0)

    return movement(Label.SLEEP_MYOCLONUS, duration_s, effort, rates_hz=(rate, rate), posture=LYING, peak_g=peak)


def sucking(rng: np.random.Generator | int, duration_s: float = 120.0, *, age_months: float = 12.0) -> Movement:
    """Bursts of sucking at 2.1 Hz: 4.7 s long at 3 months, 1.7 s at 12, 4.5 and 2.5 bursts a minute.

    Medians of Martens 2020 (Changes in non-nutritive suck between 3 and 12 months, Early Hum Dev). Felt as few mg.
    """
    rng = as_rng(rng)
    rate, peak = SUCK_HZ.draw(rng), Range(0.005, 0.02).draw(rng)
    share = float(np.clip((age_months - 3.0) / 9.0, 0.0, 1.0))
    burst, cycle = 4.74 + share * (1.67 - 4.74), 60.0 / (4.5 + share * (2.5 - 4.5))
    pause = cycle - burst
    on, off = Range(0.7 * burst, 1.3 * burst), Range(0.5 * pause, 1.5 * pause)
    starts, lengths = alternate(rng, duration_s, on, off)
    seed = draw_seed(rng)

    def effort(t_s: Array, limb: Limb) -> Effort:
        own, shape = limb_rng(seed, limb), shape_of(limb)
        axis = own.normal(0.0, 1.0, 3)
        axis /= np.linalg.norm(axis)
        share_here = 1.0 if limb is Limb.CHEST else 0.3 * shape.whole
        wave = np.sin(2 * np.pi * rate * t_s) + 0.3 * np.sin(4 * np.pi * rate * t_s + 1.0)
        level = peak * share_here * bursts(t_s, starts, lengths, 0.25)
        return Effort.of(t_s.size, push_g=(level * wave)[:, None] * axis)

    return movement(Label.SUCKING, duration_s, effort, rates_hz=(rate, rate), peak_g=peak, burst_s=burst)


def hiccups(rng: np.random.Generator | int, duration_s: float = 240.0) -> Movement:
    """Impulses of the diaphragm at 0.1-0.5 Hz for minutes, nearly regular: strong on the chest, weak elsewhere."""
    rng = as_rng(rng)
    rate, peak = HICCUP_HZ.draw(rng), Range(0.06, 0.25).draw(rng)
    start = beats(rng, duration_s - 1.0, rate, rate, 0.15)
    train = Jerks.at(start, rng.uniform(0.05, 0.09, start.size), peak * rng.uniform(0.6, 1.3, start.size))
    seed = draw_seed(rng)

    def effort(t_s: Array, limb: Limb) -> Effort:
        return shaken(train, t_s, limb, seed, 5.0 if limb is Limb.CHEST else 0.15)

    return movement(Label.HICCUPS, duration_s, effort, rates_hz=(rate, rate), peak_g=peak)


def _stirring(label: Label, rng: np.random.Generator, length: float, rms_g: float, turn_rad: float) -> Movement:
    """Slow irregular movement of every limb on its own: turning below 1 Hz, pushes up to 3 Hz, in swells."""
    seed = draw_seed(rng)

    def effort(t_s: Array, limb: Limb) -> Effort:
        own, shape = limb_rng(seed, limb), shape_of(limb)
        swell = fade(t_s, length, 0.2 * length, 0.3 * length)
        swell = swell * np.clip(1.0 + 0.6 * band_noise(own, t_s, length, 0.05, 0.4), 0.1, 2.5)
        push = np.stack([band_noise(own, t_s, length, 0.3, 3.0) for _ in range(3)], axis=1)
        tilt = np.stack([band_noise(own, t_s, length, 0.05, 0.8) for _ in range(3)], axis=1)
        level = rms_g * (0.5 if limb is Limb.CHEST else shape.jerk)
        return Effort.of(
            t_s.size, push_g=level * swell[:, None] * push, tilt_rad=0.5 * turn_rad * swell[:, None] * tilt
        )

    return movement(label, length, effort, posture=LYING, rms_g=rms_g)


def restless(rng: np.random.Generator | int, duration_s: float | None = None) -> Movement:
    """A restless phase of 5-40 s in light sleep: stretching and squirming without rhythm, staying where it is."""
    rng = as_rng(rng)
    drawn = Range(5.0, 40.0).draw(rng)
    length = drawn if duration_s is None else duration_s
    return _stirring(Label.RESTLESS, rng, length, Range(0.03, 0.12).draw(rng), Range(0.1, 0.4).draw(rng))


def turning(rng: np.random.Generator | int, duration_s: float | None = None) -> Movement:
    """A change of position, 2-8 s; who schedules it gives the new posture."""
    rng = as_rng(rng)
    drawn = Range(2.0, 8.0).draw(rng)
    length = drawn if duration_s is None else duration_s
    return _stirring(Label.TURNING, rng, length, Range(0.06, 0.2).draw(rng), Range(0.2, 0.6).draw(rng))
