"""A night of 60 changes of alarms, as events for the core: twelve times a battery, a convulsion, an answer, its end."""

from dataclasses import dataclass

import numpy as np

from edge.model.event import Command, Event, MotionReceived, ReadingReceived, Verb
from edge.model.people import Limb
from edge.model.reading import Quantity, Reading, Unit
from edge.simulation import SENSORS, clip, clonic

ROUNDS = 12
ROUND_S = 2400.0


@dataclass(frozen=True)
class Step:
    """number: from 0. at_s: on the night's own clock. topic, presence: what the retained state says afterwards."""

    number: int
    at_s: float
    what: str
    topic: str
    presence: str


_BATTERY, _MOVEMENT = "feverhub/cot/mia/alarm/battery_low/patch", "feverhub/cot/mia/alarm/seizure_like_movement"
_ROUND = (
    ("battery low", 0.0, _BATTERY, "on"),
    ("convulsion", 120.0, _MOVEMENT, "on"),
    ("awake", 125.0, _MOVEMENT, "ack"),
    ("still", 220.0, _MOVEMENT, "off"),
    ("battery good", 260.0, _BATTERY, "off"),
)
STEPS = [
    Step(number * len(_ROUND) + place, (number + 1) * ROUND_S + offset_s, what, topic, presence)
    for number in range(ROUNDS)
    for place, (what, offset_s, topic, presence) in enumerate(_ROUND)
]


def event(step: Step) -> Event:
    """What the hub hears. The samples end at the step's own moment."""
    match step.what:
        case "battery low" | "battery good":
            return ReadingReceived(
                "patch", Reading(Quantity.BATTERY, 5.0 if "low" in step.what else 95.0, Unit.PERCENT)
            )
        case "awake":
            return Command(Verb.AWAKE, "anna", request_id=f"awake-{step.number}")
        case _:
            bout_s = 40.0 if step.what == "convulsion" else 0.0
            t_s, values = _moved(step.number, bout_s)
            return MotionReceived("ankle", t_s - t_s[-1] + step.at_s, values)


def _moved(seed: int, bout_s: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    sensor = SENSORS["polar"].on(Limb.LEFT_ANKLE)
    if not bout_s:
        t_s = np.arange(0.0, 60.0, 1 / 52)
        return t_s, np.array([0.0, 0.0, 1.0]) + 0.002 * rng.standard_normal((len(t_s), 3))
    track = clip(clonic(rng, bout_s), sensor, rng, before_s=30.0, after_s=0.0)
    return track.t_s, track.acc_g
