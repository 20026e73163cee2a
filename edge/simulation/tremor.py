"""Shivering with fever, and the jitteriness of the newborn."""

import numpy as np

from edge.model.people import Limb
from edge.model.reading import Array
from edge.simulation.body import Effort, Movement, draw_seed, hinge, limb_rng, movement, shape_of
from edge.simulation.truth import Label
from edge.simulation.waves import Range, alternate, as_rng, band_noise, bursts, fade

RIGOR_HZ = Range(8.0, 10.0)
RIGOR_MODULATION_PER_MIN = Range(6.0, 8.0)
JITTER_HZ = Range(5.0, 7.0)
_WANDER_S = 1800.0


def _tremble(t_s: Array, limb: Limb, seed: int, *, rate_hz: float, level_g: Array) -> Effort:
    """A tremor of one frequency whose phase wanders a little (0.15 Hz RMS) and whose plane is the limb's own."""
    own = limb_rng(seed, limb)
    _, push = hinge(own, limb)
    wander = band_noise(own, t_s, _WANDER_S, 0.05, 0.5)
    wave = np.sin(2 * np.pi * rate_hz * t_s + 0.5 * wander + own.uniform(0.0, 2 * np.pi))
    return Effort.of(t_s.size, push_g=(level_g * wave)[:, None] * push)


def rigor(rng: np.random.Generator | int, duration_s: float = 300.0) -> Movement:
    """Shivering as fever rises: 8-10 Hz in all muscles at once, swelling and fading 6-8 times a minute.

    Frequencies: Pozos 1987, Ann Emerg Med 16:1037. 28.8 % of febrile
    children shiver (Tal 1997, Clin Pediatr). The amplitude (30-80 mg) is an assumption.
    """
    rng = as_rng(rng)
    rate, per_min, peak = RIGOR_HZ.draw(rng), RIGOR_MODULATION_PER_MIN.draw(rng), Range(0.03, 0.08).draw(rng)
    depth, seed, phase = Range(0.5, 0.9).draw(rng), draw_seed(rng), rng.uniform(0.0, 2 * np.pi)

    def effort(t_s: Array, limb: Limb) -> Effort:
        swell = 1.0 - depth * (0.5 + 0.5 * np.cos(2 * np.pi * per_min / 60.0 * t_s + phase))
        level = peak * max(shape_of(limb).jerk, 0.6) * swell * fade(t_s, duration_s, 8.0, 8.0)
        return _tremble(t_s, limb, seed, rate_hz=rate, level_g=level)

    return movement(
        Label.RIGOR, duration_s, effort, rates_hz=(rate, rate), peak_g=peak, modulation_per_min=per_min, depth=depth
    )


def jitteriness(rng: np.random.Generator | int, duration_s: float = 60.0) -> Movement:
    """Fine tremor of a newborn's limbs in bouts of 2-10 s; stops when the limb is held.

    Tremor rather than jerks, faster than clonus (Volpe, Neurology of the Newborn); gone by 9 months
    in 81 % (Jittery babies: a short-term follow-up, Brain Dev 1994). 5-7 Hz is the customary figure.
    """
    rng = as_rng(rng)
    rate, peak = JITTER_HZ.draw(rng), Range(0.03, 0.12).draw(rng)
    starts, lengths = alternate(rng, duration_s, Range(2.0, 10.0), Range(1.0, 8.0))
    seed = draw_seed(rng)

    def effort(t_s: Array, limb: Limb) -> Effort:
        level = peak * shape_of(limb).jerk * bursts(t_s, starts, lengths, 0.3)
        return _tremble(t_s, limb, seed, rate_hz=rate, level_g=level)

    return movement(Label.JITTERINESS, duration_s, effort, rates_hz=(rate, rate), peak_g=peak)
