"""The deadlines of the core on a simulated clock: a tick a second at any phase, sensors and limits as shipped."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from edge.app.load.profiles import load_profiles, profiles_root
from edge.decoding import Profile
from edge.model.alarm import Condition, Presence
from edge.model.effect import AlarmChanged, Effect, Notify, Sound
from edge.model.event import Command, Event, MotionReceived, ReadingReceived, Tick, Verb
from edge.model.people import Caregiver, Device, Limb, Site
from edge.model.reading import TEMPERATURES, Quantity, Reading, Unit
from tests.support.core import MIA, Core

PARENTS = (Caregiver("anna", "Anna"), Caregiver("tom", "Tom"))
# "Motion within 60 s; a thermometer within three of its intervals", at least two minutes, at most half an hour.
MOTION_S, TEMPERATURE_S, INTERVALS = 60.0, (120.0, 1800.0), 3.0
LONGEST_WARM_UP_S, WATCHED_S = 7200.0, 130.0


def of_one(device: Device, profile: Profile, mono_s: float) -> Core:
    """The core of one child with one sensor."""
    return Core(device, persons=(MIA,), caregivers=PARENTS, profiles={profile.id: profile}, mono_s=mono_s)


def raised(effects: Sequence[Effect], condition: Condition) -> bool:
    alarms = [each.alarm for each in effects if isinstance(each, AlarmChanged)]
    return any(alarm.key.condition is condition and alarm.presence is Presence.ON for alarm in alarms)


# ------------------------------------------------------------------------------------------------ unanswered


def unanswered(seed: int) -> tuple[float, float]:
    """Seconds from a fever that nobody answers to the sounder, and to the push of who was not on watch."""
    rng = np.random.default_rng([1, seed])
    profile = _profiles()["health_thermometer"]
    core = of_one(Device("patch", profile.id, "mia", site=Site.AXILLA), profile, rng.uniform(0.0, 86_400.0))
    core.step(Command(Verb.ON_WATCH, "anna"), core.mono_s)
    interval_s, celsius = rng.uniform(10.0, 60.0), rng.uniform(37.9, 38.8)
    begin_s, effects = core.mono_s, []
    while not raised(effects, Condition.FEVER):
        if core.mono_s - begin_s > LONGEST_WARM_UP_S:
            raise RuntimeError(f"seed {seed}: no fever at {celsius:.1f} °C")
        effects = core.step(_measured("patch", Quantity.TEMPERATURE, celsius), core.mono_s + interval_s)
    told = {"anna"} if any(isinstance(each, Notify) and each.caregiver == "anna" for each in effects) else set()
    if told != {"anna"}:
        raise RuntimeError(f"seed {seed}: who is on watch was not told at once")
    since_s, tick_s, next_s = core.mono_s, core.mono_s + rng.uniform(0.0, 1.0), core.mono_s + interval_s
    sounder_s = everyone_s = np.inf
    while core.mono_s < since_s + WATCHED_S:
        if tick_s <= next_s:
            effects, tick_s = core.step(Tick(), tick_s), tick_s + 1.0
        else:
            effects = core.step(_measured("patch", Quantity.TEMPERATURE, celsius), next_s)
            next_s += interval_s
        if any(isinstance(each, Sound) and each.pattern for each in effects):
            sounder_s = min(sounder_s, core.mono_s - since_s)
        if any(isinstance(each, Notify) and each.caregiver == "tom" for each in effects):
            everyone_s = min(everyone_s, core.mono_s - since_s)
    return float(sounder_s), float(everyone_s)


# ------------------------------------------------------------------------------------------------ silent


@dataclass(frozen=True, slots=True)
class Silence:
    """late_s: from the deadline to the condition; infinite if it never came."""

    profile: str
    ever_heard: bool
    deadline_s: float
    late_s: float


def silent(seed: int) -> Silence:
    """A sensor of some shipped profile that is never heard, every other one that falls silent at some moment."""
    rng = np.random.default_rng([2, seed])
    watched = [each for _, each in sorted(_profiles().items()) if not each.spot and _quantity(each) is not None]
    profile = watched[seed // 2 % len(watched)]
    warmth = _warmth(profile)
    place = {"site": Site.AXILLA} if warmth else {"limb": Limb.LEFT_ANKLE}
    core = of_one(Device("sensor", profile.id, "mia", **place), profile, rng.uniform(0.0, 86_400.0))
    deadline_s = MOTION_S
    if warmth:
        deadline_s = float(np.clip(INTERVALS * profile.expected_interval_s, *TEMPERATURE_S))
    heard_s, tick_s = core.mono_s, core.mono_s + rng.uniform(0.0, 1.0)
    ever = bool(seed % 2)
    if ever:
        for _ in range(int(rng.integers(1, 30))):
            heard_s += min(profile.expected_interval_s, deadline_s / 2) * rng.uniform(0.5, 1.0)
            while tick_s < heard_s:
                core.step(Tick(), tick_s)
                tick_s += 1.0
            core.step(_heard(profile, heard_s, rng), heard_s)
    while tick_s < heard_s + deadline_s + 10.0:
        if raised(core.step(Tick(), tick_s), Condition.NO_DATA):
            return Silence(profile.id, ever, deadline_s, tick_s - heard_s - deadline_s)
        tick_s += 1.0
    return Silence(profile.id, ever, deadline_s, np.inf)


@cache
def _profiles() -> dict[str, Profile]:
    return dict(load_profiles(profiles_root()))


def _warmth(profile: Profile) -> Quantity | None:
    return next((each for each in profile.quantities if each in TEMPERATURES), None)


def _quantity(profile: Profile) -> Quantity | None:
    """What it is watched by."""
    moved = [each for each in profile.quantities if each in (Quantity.ACCELERATION, Quantity.MAGNITUDE)]
    return _warmth(profile) or next(iter(moved), None)


def _heard(profile: Profile, at_s: float, rng: np.random.Generator) -> Event:
    quantity = _quantity(profile)
    if quantity in TEMPERATURES:
        return _measured("sensor", quantity, 36.8)
    t_s = at_s - np.arange(24, -1, -1) / 25.0
    values = np.array([0.0, 0.0, 1.0]) + 0.002 * rng.standard_normal((25, 3))
    return MotionReceived(
        "sensor", t_s, values if quantity is Quantity.ACCELERATION else np.linalg.norm(values, axis=1)
    )


def _measured(device: str, quantity: Quantity, celsius: float) -> ReadingReceived:
    return ReadingReceived(device, Reading(quantity, celsius, Unit.CELSIUS))
