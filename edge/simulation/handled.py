"""What others do with the child: rocked, carried, patted, driven."""

import numpy as np

from edge.model.people import Limb
from edge.model.reading import Array
from edge.simulation.body import LYING, Effort, Movement, Posture, draw_seed, hinge, limb_rng, movement, shape_of
from edge.simulation.jerks import Jerks
from edge.simulation.truth import ALL_LIMBS, Label
from edge.simulation.waves import Range, alternate, as_rng, band_noise, beats, bursts, fade, glide

ROCKED_HZ = Range(0.67, 0.95)
STEP_HZ = Range(1.7, 2.1)
PAT_HZ = Range(1.0, 3.0)


def rocked(rng: np.random.Generator | int, duration_s: float = 180.0) -> Movement:
    """Rocked in a pram or cradle at 0.67-0.95 Hz for minutes: the whole body in phase, all limbs alike.

    40 and 57 rocks a minute soothed crying infants (The effects of rocking on the state and respiration of normal and
    excessive cryers, Can J Psychol 1989). Travel of 3-7 cm, cradle tilt of 3-8 degrees.
    """
    rng = as_rng(rng)
    rate = ROCKED_HZ.draw(rng)
    travel_m, tilt = Range(0.03, 0.07).draw(rng), np.deg2rad(Range(3.0, 8.0).draw(rng))
    sway_g = travel_m * (2 * np.pi * rate) ** 2 / 9.81
    seed = draw_seed(rng)
    axis = np.array([0.15, 0.98, 0.1])
    axis /= np.linalg.norm(axis)

    def effort(t_s: Array, _limb: Limb) -> Effort:
        own = limb_rng(seed, Limb.UNKNOWN)
        hand = 1.0 + 0.15 * band_noise(own, t_s, duration_s, 0.02, 0.2)
        phase = 2 * np.pi * rate * t_s + 0.35 * band_noise(own, t_s, duration_s, 0.01, 0.1)
        wave = hand * np.sin(phase) * fade(t_s, duration_s, 4.0, 4.0)
        wave = wave + 0.12 * wave * np.sin(phase + 0.7)
        jolt = 0.15 * sway_g * hand * np.sin(2 * phase) * fade(t_s, duration_s, 4.0, 4.0)
        return Effort.of(t_s.size, sway_g=sway_g * wave, heave_g=jolt, tilt_rad=(tilt * wave)[:, None] * axis)

    return movement(Label.ROCKED, duration_s, effort, rates_hz=(rate, rate), sway_g=sway_g, tilt_rad=tilt)


def carried(rng: np.random.Generator | int, duration_s: float = 120.0) -> Movement:
    """Carried upright by a walking adult: 1.7-2.1 steps a second, heaving with each, swaying with every other.

    Preferred walking cadence is 100-126 steps a minute (Whittle, Gait Analysis). Walks of 5-40 s with stops between;
    hanging limbs swing along a little.
    """
    rng = as_rng(rng)
    rate, heave_g = STEP_HZ.draw(rng), Range(0.10, 0.28).draw(rng)
    starts, lengths = alternate(rng, duration_s, Range(5.0, 40.0), Range(1.0, 10.0))
    seed = draw_seed(rng)

    def effort(t_s: Array, limb: Limb) -> Effort:
        body, own, shape = limb_rng(seed, Limb.UNKNOWN), limb_rng(seed, limb), shape_of(limb)
        walking = bursts(t_s, starts, lengths, 0.8)
        phase = 2 * np.pi * rate * t_s + 0.4 * band_noise(body, t_s, duration_s, 0.02, 0.3)
        step = np.sin(phase) + 0.35 * np.sin(2 * phase + 0.9) + 0.15 * np.sin(3 * phase + 0.3)
        level = heave_g * (1.0 + 0.15 * band_noise(body, t_s, duration_s, 0.1, 1.0)) * walking
        axis, _ = hinge(own, limb)
        swing = np.deg2rad(own.uniform(1.0, 4.0)) * np.sin(phase + own.uniform(0, 6)) * walking
        shuffle = 0.04 * band_noise(own, t_s, duration_s, 0.1, 1.0)
        return Effort.of(
            t_s.size,
            heave_g=level * step,
            sway_g=0.4 * level * np.sin(0.5 * phase),
            tilt_rad=(swing / shape.whole + shuffle)[:, None] * axis,
        )

    return movement(
        Label.CARRIED, duration_s, effort, rates_hz=(rate, rate), posture=(Posture.UPRIGHT,), heave_g=heave_g
    )


def patted(rng: np.random.Generator | int, duration_s: float = 60.0) -> Movement:
    """Patted on back or bottom at 1-3 Hz in bouts of 3-25 s: soft impulses through the trunk, fading towards the limbs.

    45 of 197 periods of patting were taken for seizures by an EEG algorithm (Martin 2021, J Clin Neurophysiol).
    """
    rng = as_rng(rng)
    rate, peak = PAT_HZ.draw(rng), Range(0.08, 0.4).draw(rng)
    starts, lengths = alternate(rng, duration_s, Range(3.0, 25.0), Range(1.0, 8.0))
    times = np.concatenate(
        [
            s + beats(rng, max(n - 0.3, 0.3), rate, rate * rng.uniform(0.9, 1.1), 0.07)
            for s, n in zip(starts, lengths, strict=True)
        ]
    )
    train = Jerks.at(
        times, rng.uniform(0.03, 0.06, times.size), peak * np.clip(rng.normal(1, 0.25, times.size), 0.3, 2)
    )
    seed = draw_seed(rng)

    def effort(t_s: Array, limb: Limb) -> Effort:
        own, shape = limb_rng(seed, limb), shape_of(limb)
        direction = own.normal(0.0, 1.0, 3)
        direction /= np.linalg.norm(direction)
        share = shape.whole * (1.0 if limb is Limb.CHEST else own.uniform(0.3, 0.6))
        accel_g, moved_m = train.felt(t_s)
        axis, _ = hinge(own, limb)
        return Effort.of(
            t_s.size,
            push_g=(share * accel_g)[:, None] * direction,
            tilt_rad=(share * moved_m / 0.3)[:, None] * axis,
        )

    return movement(Label.PATTED, duration_s, effort, rates_hz=(rate, rate), limbs=ALL_LIMBS, peak_g=peak)


def car(rng: np.random.Generator | int, duration_s: float = 900.0) -> Movement:
    """A journey in a child seat: the body of the car at 1-2 Hz, wheels and seat at 8-15 Hz, halts at lights.

    Bands of whole-body vibration as in ISO 2631-1 practice; levels of 20-60 and 10-40 mg RMS.
    """
    rng = as_rng(rng)
    slow_g, fast_g = Range(0.02, 0.06).draw(rng), Range(0.01, 0.04).draw(rng)
    starts, lengths = alternate(rng, duration_s, Range(40.0, 300.0), Range(5.0, 50.0))
    seed = draw_seed(rng)

    def effort(t_s: Array, limb: Limb) -> Effort:
        body, shape = limb_rng(seed, Limb.UNKNOWN), shape_of(limb)
        driving = bursts(t_s, starts, lengths, 4.0) * np.clip(
            1 + 0.5 * band_noise(body, t_s, duration_s, 0.01, 0.2), 0.2, 2.5
        )
        sprung = slow_g * band_noise(body, t_s, duration_s, 1.0, 2.0)
        wheels = fast_g * shape.whole * band_noise(body, t_s, duration_s, 8.0, 15.0)
        bends = 0.05 * band_noise(body, t_s, duration_s, 0.02, 0.2)
        return Effort.of(t_s.size, heave_g=driving * (sprung + wheels), sway_g=driving * (bends + 0.4 * sprung))

    return movement(Label.CAR, duration_s, effort, posture=(Posture.RECLINED,), slow_rms_g=slow_g, fast_rms_g=fast_g)


def body_rocking(rng: np.random.Generator | int, duration_s: float = 240.0, *, banging: bool = False) -> Movement:
    """Rocks the own body, or bangs the head, at 0.5-2 Hz (mostly 1) for minutes: stereotyped, without slowing.

    Sleep-related rhythmic movement, 0.5-2 Hz, in 59 % of infants at 9 months (ICSD-3, American Academy of Sleep
    Medicine).
    """
    rng = as_rng(rng)
    rate = float(np.clip(rng.lognormal(np.log(1.0), 0.3), 0.5, 2.0))
    end_rate = float(np.clip(rate * rng.uniform(0.96, 1.06), 0.5, 2.0))
    sway_g, tilt = Range(0.08, 0.25).draw(rng), np.deg2rad(Range(5.0, 18.0).draw(rng))
    knock_g = Range(0.15, 0.6).draw(rng) if banging else 0.0
    knocks = beats(rng, duration_s - 0.3, rate, end_rate, 0.03)
    train = Jerks.at(
        knocks, np.full(knocks.size, 0.04), np.clip(rng.normal(knock_g, 0.15 * knock_g, knocks.size), 0, 2)
    )
    seed = draw_seed(rng)

    def effort(t_s: Array, limb: Limb) -> Effort:
        body, own, shape = limb_rng(seed, Limb.UNKNOWN), limb_rng(seed, limb), shape_of(limb)
        axis, push = hinge(own, limb)
        phase = glide(t_s, duration_s, rate, end_rate) + 0.15 * band_noise(body, t_s, duration_s, 0.02, 0.3)
        hand = (1.0 + 0.1 * band_noise(body, t_s, duration_s, 0.02, 0.3)) * fade(t_s, duration_s, 3.0, 2.0)
        wave = hand * (np.sin(phase) + 0.2 * np.sin(2 * phase + 0.8))
        knock = train.felt(t_s)[0] * (1.0 if limb is Limb.CHEST else 0.4)
        return Effort.of(
            t_s.size,
            sway_g=sway_g * shape.whole * wave,
            heave_g=0.4 * sway_g * shape.whole * hand * np.sin(phase + 1.2),
            tilt_rad=(tilt * own.uniform(0.5, 1.0) * wave)[:, None] * axis,
            push_g=knock[:, None] * push,
        )

    label = Label.HEAD_BANGING if banging else Label.BODY_ROCKING
    postures = (Posture.PRONE,) if not banging else LYING
    return movement(
        label, duration_s, effort, rates_hz=(rate, end_rate), posture=postures, sway_g=sway_g, knock_g=knock_g
    )


def head_banging(rng: np.random.Generator | int, duration_s: float = 240.0) -> Movement:
    """Head banging: `body_rocking` with a knock in each cycle."""
    return body_rocking(rng, duration_s, banging=True)
