"""The parametric infant: motion and temperature whose truth is known to the millisecond.

Everything hangs on a seed (an int or a numpy Generator): the same call gives the same bytes. Frequencies and
durations are drawn from published ranges, cited where they are drawn; amplitudes are assumptions and say so. Results
on these data are reported as simulated and never added to results on recordings.
"""

from edge.simulation.asleep import hiccups, moro, restless, sleep_myoclonus, startle, sucking, turning, twitch
from edge.simulation.awake import crying, kicking, play
from edge.simulation.body import Movement, Posture
from edge.simulation.demo import demo_night
from edge.simulation.handled import body_rocking, car, carried, head_banging, patted, rocked
from edge.simulation.illness import Episode, Illness, illness
from edge.simulation.night import infant_day, infant_night
from edge.simulation.script import Script, clip
from edge.simulation.seizures import clonic, cluster, febrile_duration, infantile_spasms, tonic, tonic_clonic
from edge.simulation.sensor import SENSORS, Sensor
from edge.simulation.temperature import Core, Dose, Fever, Patch, draw_patch
from edge.simulation.tremor import jitteriness, rigor
from edge.simulation.truth import SEIZURES, Label, MotionTrack, Night, TemperatureTrack, Truth

MOVEMENTS = {
    Label.CLONIC: clonic,
    Label.TONIC: tonic,
    Label.TONIC_CLONIC: tonic_clonic,
    Label.INFANTILE_SPASMS: infantile_spasms,
    Label.RIGOR: rigor,
    Label.JITTERINESS: jitteriness,
    Label.SLEEP_MYOCLONUS: sleep_myoclonus,
    Label.TWITCH: twitch,
    Label.STARTLE: startle,
    Label.MORO: moro,
    Label.HICCUPS: hiccups,
    Label.SUCKING: sucking,
    Label.RESTLESS: restless,
    Label.TURNING: turning,
    Label.BODY_ROCKING: body_rocking,
    Label.HEAD_BANGING: head_banging,
    Label.ROCKED: rocked,
    Label.CARRIED: carried,
    Label.PATTED: patted,
    Label.CAR: car,
    Label.PLAY: play,
    Label.KICKING: kicking,
    Label.CRYING: crying,
}
"""One maker for each kind of movement: `MOVEMENTS[label](rng, duration_s)`, `rng` a Generator or a seed."""

__all__ = [
    "MOVEMENTS",
    "SEIZURES",
    "SENSORS",
    "Core",
    "Dose",
    "Episode",
    "Fever",
    "Illness",
    "Label",
    "MotionTrack",
    "Movement",
    "Night",
    "Patch",
    "Posture",
    "Script",
    "Sensor",
    "TemperatureTrack",
    "Truth",
    "body_rocking",
    "car",
    "carried",
    "clip",
    "clonic",
    "cluster",
    "crying",
    "demo_night",
    "draw_patch",
    "febrile_duration",
    "head_banging",
    "hiccups",
    "illness",
    "infant_day",
    "infant_night",
    "infantile_spasms",
    "jitteriness",
    "kicking",
    "moro",
    "patted",
    "play",
    "restless",
    "rigor",
    "rocked",
    "sleep_myoclonus",
    "startle",
    "sucking",
    "tonic",
    "tonic_clonic",
    "turning",
    "twitch",
]
