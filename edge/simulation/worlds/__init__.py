"""Worlds: several ways to make a child, a caregiver and a sensor's mount, to learn from and to judge by.

A detector that is judged by the simulator that it was made with is judged too well. So each world renders each kind of
movement in its own way: none shares the shape of a jerk, its rhythm, the noise or the posture with another, and a
detector that was made without one of them is judged by that one. What worlds share stands in `scene` (what goes on
when) and `mount` (which sensor is worn, and what it reads).

Everything hangs on the Generator that is given: the weights of the shipped detector were learned from scenes drawn in
this order, so a draw that is added, left out or moved asks for learning them anew (`make fit-detector`).
"""

from edge.simulation.worlds.free import Free
from edge.simulation.worlds.motion import FINE_HZ, Motion
from edge.simulation.worlds.mount import RATES_HZ, Mount, averaged, draw_mount, rotation
from edge.simulation.worlds.muscle import Muscle
from edge.simulation.worlds.scene import (
    CONVULSION,
    HANDLED,
    KINDS,
    OWN,
    QUIET,
    Part,
    Scene,
    World,
    plan,
    record,
)

WORLDS: dict[str, World] = {"free": Free(), "muscle": Muscle()}
"""Each world by its name."""

__all__ = [
    "CONVULSION",
    "FINE_HZ",
    "HANDLED",
    "KINDS",
    "OWN",
    "QUIET",
    "RATES_HZ",
    "WORLDS",
    "Free",
    "Motion",
    "Mount",
    "Muscle",
    "Part",
    "Scene",
    "World",
    "averaged",
    "draw_mount",
    "plan",
    "record",
    "rotation",
]
