"""Clonic, tonic, tonic-clonic, clusters of them, and infantile spasms.

Amplitudes: adults' wrists show an SD of 0.30-0.74 g during convulsions (OpenSeizureDatabase, own measurement); infants
are given 0.35-1.1 g peak contractions on limbs a third as long. The amplitude is an assumption, the rates are not.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from edge.model.people import Limb
from edge.model.reading import Array
from edge.simulation.body import LYING, Effort, Movement, draw_seed, hinge, limb_rng, movement, shape_of
from edge.simulation.jerks import Jerks, shaken
from edge.simulation.truth import ALL_LIMBS, Label
from edge.simulation.waves import Range, as_rng, band_noise, beats, fade

CLONIC_FIRST_HZ = Range(2.2, 3.0)
CLONIC_LAST_HZ = Range(1.0, 1.6)
CONTRACTION_S = Range(0.05, 0.095)
PEAK_G = Range(0.35, 1.1)
IRREGULARITY = Range(0.03, 0.10)
TONIC_S = Range(10.0, 20.0)
TREMOR_HZ = Range(8.0, 12.0)
STILL_S = Range(120.0, 480.0)
SPREAD = 0.06
"""Share of a focal jerk that reaches the other limbs through the body."""


def clonic(
    rng: np.random.Generator | int,
    duration_s: float = 75.0,
    *,
    focus: Limb | None = None,
    rates_hz: tuple[float, float] | None = None,
    build_up_s: float | None = None,
    peak_g: float | None = None,
    irregularity: float | None = None,
) -> Movement:
    """Clonic seizure: regular jerks whose rate falls, a build-up of seconds, an abrupt stop, stillness after.

    1-3 Hz in infants, each contraction under 100 ms (Blume 2001, ILAE glossary of ictal semiology; Pressler 2021, ILAE
    neonatal classification), the rate falling (Volpe, Neurology of the Newborn). focus: the one limb that jerks
    (focal clonic); None: both sides. rates_hz: others than an infant's, as in `tonic_clonic`.
    """
    rng = as_rng(rng)
    drawn = CLONIC_FIRST_HZ.draw(rng), CLONIC_LAST_HZ.draw(rng)
    first, last = rates_hz or drawn
    drawn_irregular, contraction = IRREGULARITY.draw(rng), CONTRACTION_S.draw(rng)
    drawn_peak, drawn_rise = PEAK_G.draw(rng), min(Range(3.0, 8.0).draw(rng), duration_s / 4)
    peak = drawn_peak if peak_g is None else peak_g
    irregular = drawn_irregular if irregularity is None else irregularity
    rise = drawn_rise if build_up_s is None else build_up_s
    start = beats(rng, duration_s - 0.4, first, last, irregular)
    growth = (0.25 + 0.75 * np.clip(start / max(rise, 1e-3), 0.0, 1.0)) * (0.9 + 0.2 * start / duration_s)
    train = Jerks.at(
        start,
        np.clip(contraction * rng.normal(1.0, 0.08, start.size), CONTRACTION_S.low, CONTRACTION_S.high),
        peak * growth * np.clip(rng.normal(1.0, 0.18, start.size), 0.5, 1.6),
    )
    seed, still_s = draw_seed(rng), STILL_S.draw(rng)

    def effort(t_s: Array, limb: Limb) -> Effort:
        return shaken(train, t_s, limb, seed, 1.0 if focus in {None, limb} else SPREAD)

    return movement(
        Label.CLONIC,
        duration_s,
        effort,
        rates_hz=(first, last),
        limbs=ALL_LIMBS if focus is None else (focus,),
        posture=LYING,
        still_s=still_s,
        contraction_s=contraction,
        peak_g=peak,
        irregularity=irregular,
        build_up_s=rise,
        jerks=float(start.size),
    )


def tonic(rng: np.random.Generator | int, duration_s: float | None = None) -> Movement:
    """Tonic seizure of 10-20 s: the limb stretches within a second and stays, with a tremor of 8-12 Hz and few mg.

    Sustained contraction with hardly any acceleration (Blume 2001); tremor band as in surface EMG of the tonic phase
    (Conradsen 2013, Clin Neurophysiol).
    """
    rng = as_rng(rng)
    drawn = TONIC_S.draw(rng)
    length = drawn if duration_s is None else duration_s
    tremor_hz, tremor_g, turn = TREMOR_HZ.draw(rng), Range(0.01, 0.04).draw(rng), Range(0.2, 0.7).draw(rng)
    seed = draw_seed(rng)

    def effort(t_s: Array, limb: Limb) -> Effort:
        own, shape = limb_rng(seed, limb), shape_of(limb)
        axis, push = hinge(own, limb)
        held = fade(t_s, length, 0.8, 1.5)
        wave = np.sin(2 * np.pi * tremor_hz * t_s + 2.0 * band_noise(own, t_s, length, 0.05, 0.8)) * held
        tilt = turn * (0.3 if limb is Limb.CHEST else 1.0) * own.uniform(0.7, 1.3) * held
        push_g = (tremor_g * max(shape.jerk, 0.4) * wave)[:, None] * push
        return Effort.of(t_s.size, push_g=push_g, tilt_rad=tilt[:, None] * axis)

    rates = (tremor_hz, tremor_hz)
    return movement(Label.TONIC, length, effort, rates_hz=rates, posture=LYING, still_s=60.0, tremor_g=tremor_g)


def tonic_clonic(
    rng: np.random.Generator | int,
    duration_s: float = 90.0,
    *,
    older: bool = False,
) -> Movement:
    """Tonic phase of 10-20 s, then a clonic one that slows and stops; one interval of truth.

    older: teenagers and adults, whose clean cores slow from 4.6 to 3.0 Hz over 30-60 s (OpenSeizureDatabase, own
    measurement) and whose jerks are irregular; infants otherwise (see `clonic`).
    """
    rng = as_rng(rng)
    stiff = tonic(rng, min(TONIC_S.draw(rng), duration_s / 3))
    rates = (4.6 * rng.uniform(0.93, 1.07), 3.0 * rng.uniform(0.93, 1.07)) if older else None
    peak, irregular = (Range(1.0, 2.0).draw(rng), Range(0.1, 0.2).draw(rng)) if older else (None, None)
    jerky = clonic(
        rng, duration_s - stiff.duration_s, rates_hz=rates, build_up_s=2.0, peak_g=peak, irregularity=irregular
    )
    tonic_s = stiff.duration_s

    def effort(t_s: Array, limb: Limb) -> Effort:
        early, late = stiff.effort(t_s, limb), jerky.effort(t_s - tonic_s, limb)
        return Effort.of(t_s.size, push_g=early.push_g + late.push_g, tilt_rad=early.tilt_rad + late.tilt_rad)

    row = jerky.truth[0]
    whole = replace(row, label=Label.TONIC_CLONIC, end_s=duration_s, params={**row.params, "tonic_s": tonic_s})
    return Movement((whole,), effort, duration_s, LYING, jerky.still_s)


def febrile_duration(rng: np.random.Generator, *, at_most_s: float = 1800.0) -> float:
    """Seconds that a febrile seizure lasts: a mixture of two exponentials with means of 3.8 and 39.8 minutes.

    S(t) = .823 exp(-t / 3.8) + .177 exp(-t / 39.8): Hesdorffer 2011, Ann Neurol 70:93. Never under 15 s, capped.
    """
    mean_s = 60.0 * (3.8 if rng.random() < 0.823 else 39.8)
    return float(np.clip(rng.exponential(mean_s), 15.0, at_most_s))


def one_after_another(parts: Sequence[tuple[float, Movement]], still_s: float) -> Movement:
    """Movements at their starts (s) as one, each keeping its own interval of truth."""
    end = max(start + part.duration_s for start, part in parts)

    def effort(t_s: Array, limb: Limb) -> Effort:
        total = Effort.of(t_s.size)
        for start, part in parts:
            i, j = np.searchsorted(t_s, [start, start + part.duration_s])
            if j > i:
                piece = part.effort(t_s[i:j] - start, limb)
                total.push_g[i:j] += piece.push_g
                total.tilt_rad[i:j] += piece.tilt_rad
        return total

    truth = tuple(row.shifted(start) for start, part in parts for row in part.truth)
    return Movement(truth, effort, end, LYING, still_s)


def cluster(rng: np.random.Generator | int, duration_s: float = 600.0) -> Movement:
    """Clonic bouts of 20-90 s with pauses of 15-120 s and no recovery between: one long seizure that stops and starts.

    48 % of febrile status epilepticus was intermittent (FEBSTAT: Shinnar 2008, Neurology 71:170; Hesdorffer 2011,
    Ann Neurol 70:93). The lengths of bouts and pauses are assumptions.
    """
    rng = as_rng(rng)
    parts: list[tuple[float, Movement]] = []
    start = 0.0
    while start < duration_s - 20.0:
        bout = clonic(rng, min(Range(20.0, 90.0).draw(rng), duration_s - start))
        parts.append((start, bout))
        start += bout.duration_s + Range(15.0, 120.0).draw(rng)
    return one_after_another(parts, parts[-1][1].still_s)


def infantile_spasms(rng: np.random.Generator | int, duration_s: float = 240.0) -> Movement:
    """A cluster of spasms: flexion of both sides within a fraction of a second, held 0.3-1.5 s, every 5-30 s.

    Single spasms of 0.5-2 s in clusters of minutes (Lux & Osborne 2004, Epilepsia 45:1416, West Delphi group).
    """
    rng = as_rng(rng)
    start, t = [], 0.0
    while t < duration_s - 2.0:
        start.append(t)
        t += Range(5.0, 30.0).draw(rng)
    times = np.asarray(start)
    waxing = 0.5 + 0.5 * np.sin(np.pi * (times + 5.0) / (duration_s + 10.0))
    hold = rng.uniform(0.3, 1.2, times.size)
    peak = PEAK_G.draw(rng)
    train = Jerks.at(times, rng.uniform(0.09, 0.15, times.size), peak * waxing, hold)
    seed = draw_seed(rng)

    def effort(t_s: Array, limb: Limb) -> Effort:
        return shaken(train, t_s, limb, seed, 2.0 if limb is Limb.CHEST else 0.8)

    return movement(Label.INFANTILE_SPASMS, duration_s, effort, posture=LYING, peak_g=peak, spasms=float(times.size))
