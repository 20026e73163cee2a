"""The night of the demonstration: seventy minutes in which everything that matters happens once."""

from collections.abc import Sequence

import numpy as np

from edge.model.people import Limb
from edge.simulation.asleep import startle, sucking, turning, twitch
from edge.simulation.awake import kicking
from edge.simulation.body import Posture, draw_seed
from edge.simulation.handled import patted
from edge.simulation.night import together
from edge.simulation.script import Script
from edge.simulation.seizures import clonic
from edge.simulation.sensor import POLAR, Sensor
from edge.simulation.temperature import Core, Fever, Patch
from edge.simulation.truth import Night
from edge.simulation.waves import as_rng

_MINUTE_S = 60.0


def demo_night(
    seed: int | np.random.Generator = 7,
    *,
    limbs: Sequence[Limb] = (Limb.ANKLE,),
    sensor: Sensor = POLAR,
    interval_s: float = 10.0,
) -> Night:
    """70 minutes: put to bed with a fresh patch, asleep, a fever that crosses and stays, a clonic bout of 75 s,
    stillness.

    Patch below 37.4 °C until minute 20, above 37.5 °C from about minute 28 on, 38.6 °C at the end (under
    `high_fever`). The bout begins between minutes 47 and 50, has the middle of the published rates (2.6 to 1.3 Hz)
    and strong jerks on both sides; afterwards the child lies still until the end.
    """
    rng = as_rng(seed)
    script = Script(70 * _MINUTE_S, draw_seed(rng))
    script.lie(0.0, Posture.SUPINE, 0.0)
    script.add(5.0, kicking(rng, 70.0))
    script.add(100.0, patted(rng, 25.0))
    script.add(3 * _MINUTE_S, sucking(rng, 120.0))
    for minute in (9, 13, 19, 24, 31, 38, 43):
        script.add(minute * _MINUTE_S + rng.uniform(0.0, 90.0), twitch(rng))
    script.add(16.5 * _MINUTE_S, startle(rng))
    for minute, posture in ((28, Posture.LEFT_SIDE), (35, Posture.SUPINE)):
        move = turning(rng, 5.0)
        script.add(minute * _MINUTE_S, move)
        script.lie(minute * _MINUTE_S + 1.5, posture, 2.5)
    script.add(40 * _MINUTE_S, sucking(rng, 60.0))
    bout = clonic(rng, 75.0, rates_hz=(2.6, 1.3), build_up_s=4.0, peak_g=0.9)
    script.add(rng.uniform(47.0, 50.0) * _MINUTE_S, bout)
    core = Core(base_c=37.35, swing_c=0.1, fevers=(Fever(9 * _MINUTE_S, 1.9, rise_c_per_h=2.6),))
    patch = Patch(interval_s=interval_s, offset_c=0.45, settling_tau_s=165.0, start_c=30.5)
    warmth = patch.read(core, script.duration_s, np.random.default_rng(draw_seed(rng)))
    return together(script, {limb: script.record(sensor.on(limb)) for limb in limbs}, warmth, age_months=14.0)
