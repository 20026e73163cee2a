"""What an awake infant does by itself: plays, kicks, cries."""

import numpy as np

from edge.model.people import Limb
from edge.model.reading import Array
from edge.simulation.body import Effort, Movement, Posture, draw_seed, limb_rng, movement, shape_of
from edge.simulation.jerks import Jerks, shaken
from edge.simulation.truth import Label
from edge.simulation.waves import Range, alternate, as_rng, band_noise, bursts, fade

BANG_HZ = Range(2.0, 4.0)


def play(rng: np.random.Generator | int, duration_s: float = 180.0) -> Movement:
    """Awake play: broad irregular movement with swells, and now and then a toy shaken or banged at 2-4 Hz for 1-7 s.

    Rhythmical arm banging and shaking peak in the second half of the first year (Thelen 1979, Anim Behav 27:699).
    """
    rng = as_rng(rng)
    rms_g, rate, bang_g = Range(0.06, 0.2).draw(rng), BANG_HZ.draw(rng), Range(0.2, 0.7).draw(rng)
    starts, lengths = alternate(rng, duration_s, Range(1.0, 7.0), Range(15.0, 90.0))
    first = rng.uniform(0.0, 20.0)
    seed = draw_seed(rng)

    def effort(t_s: Array, limb: Limb) -> Effort:
        own, shape = limb_rng(seed, limb), shape_of(limb)
        swell = np.clip(0.6 + 0.8 * band_noise(own, t_s, duration_s, 0.02, 0.3), 0.02, 3.0)
        swell = (swell * fade(t_s, duration_s, 3.0, 3.0))[:, None]
        push = np.stack([band_noise(own, t_s, duration_s, 0.2, 4.0) for _ in range(3)], axis=1)
        tilt = np.stack([band_noise(own, t_s, duration_s, 0.02, 0.6) for _ in range(3)], axis=1)
        level = rms_g * (0.5 if limb is Limb.CHEST else shape.jerk)
        hand = 1.0 if limb.endswith("wrist") else 0.15
        bang = hand * bang_g * bursts(t_s, starts + first, lengths, 0.3)
        shake = bang * np.sin(2 * np.pi * rate * t_s + 0.8 * band_noise(own, t_s, duration_s, 0.1, 1.0))
        direction = own.normal(0.0, 1.0, 3)
        direction /= np.linalg.norm(direction)
        return Effort.of(
            t_s.size,
            push_g=level * swell * push + shake[:, None] * direction,
            tilt_rad=0.35 * np.minimum(swell, 1.2) * tilt,
        )

    return movement(Label.PLAY, duration_s, effort, rms_g=rms_g, bang_hz=rate, bang_g=bang_g)


def _kicks(rng: np.random.Generator, duration_s: float, mean_hz: float, spread: float) -> Jerks:
    """Kicks in bouts, with intervals as irregular as `spread` (coefficient of variation)."""
    starts, lengths = alternate(rng, duration_s, Range(2.0, 12.0), Range(0.5, 8.0))
    times = []
    shape = 1.0 / spread**2
    for start, length in zip(starts, lengths, strict=True):
        t = start + rng.uniform(0.0, 0.3)
        while t < min(start + length, duration_s - 0.6):
            times.append(t)
            t += max(0.25, rng.gamma(shape, 1.0 / (mean_hz * shape)))
    moments = np.asarray(times)
    size = moments.size
    return Jerks.at(moments, rng.uniform(0.07, 0.14, size), rng.uniform(0.2, 0.9, size), rng.uniform(0.0, 0.2, size))


def kicking(rng: np.random.Generator | int, duration_s: float = 60.0) -> Movement:
    """Spontaneous kicks of a lying child, 0.5-2 a second in bouts, irregular (interval CV 0.2-0.6), mostly legs.

    Supine kicking is organised but variable (Thelen 1979); the figures of irregularity are assumptions.
    """
    rng = as_rng(rng)
    mean_hz, spread = Range(0.5, 2.0).draw(rng), Range(0.2, 0.6).draw(rng)
    legs, arms = _kicks(rng, duration_s, mean_hz, spread), _kicks(rng, duration_s, 0.6 * mean_hz, spread)
    seed = draw_seed(rng)

    def effort(t_s: Array, limb: Limb) -> Effort:
        train = legs if limb.endswith("ankle") or limb is Limb.CHEST else arms
        return shaken(train, t_s, limb, seed, 1.2 if limb.endswith("ankle") else 0.8)

    return movement(
        Label.KICKING, duration_s, effort, posture=(Posture.SUPINE,), mean_rate_hz=mean_hz, irregularity=spread
    )


def crying(rng: np.random.Generator | int, duration_s: float = 90.0) -> Movement:
    """Crying: cries of about 1 s shake the trunk, arms and legs kick in between, the whole body squirms."""
    rng = as_rng(rng)
    cry_hz, rms_g = Range(0.7, 1.2).draw(rng), Range(0.05, 0.15).draw(rng)
    kicks = _kicks(rng, duration_s, Range(0.8, 2.0).draw(rng), 0.5)
    seed = draw_seed(rng)

    def effort(t_s: Array, limb: Limb) -> Effort:
        own, body, shape = limb_rng(seed, limb), limb_rng(seed, Limb.UNKNOWN), shape_of(limb)
        phase = 2 * np.pi * cry_hz * t_s + 1.5 * band_noise(body, t_s, duration_s, 0.05, 0.5)
        sob = 0.03 * shape.whole * np.maximum(np.sin(phase), 0.0) * (1 + 0.5 * band_noise(body, t_s, duration_s, 5, 9))
        squirm = np.stack([band_noise(own, t_s, duration_s, 0.3, 3.0) for _ in range(3)], axis=1)
        tilt = np.stack([band_noise(own, t_s, duration_s, 0.03, 0.5) for _ in range(3)], axis=1)
        swell = fade(t_s, duration_s, 4.0, 6.0)
        kick = shaken(kicks, t_s, limb, seed, 0.9)
        return Effort.of(
            t_s.size,
            heave_g=sob * swell,
            push_g=(rms_g * shape.jerk * squirm + kick.push_g) * swell[:, None],
            tilt_rad=(0.2 * tilt + kick.tilt_rad) * swell[:, None],
        )

    return movement(Label.CRYING, duration_s, effort, cry_hz=cry_hz, rms_g=rms_g)
