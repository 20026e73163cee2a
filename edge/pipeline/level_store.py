"""What each thermometer that stays on has read lately, as text that the journal keeps: a restart learns nothing anew.

A patch that always reads low is known as such after some hours (`analysis.temperature.thermometer`). What was kept
holds for the same device on the same child at the same site alone, and not for longer than a fortnight; a clock that
was set back meanwhile makes nothing younger than the restart. Cold beyond what any armpit of a well child reads rings,
whatever was kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from edge.analysis import temperature
from edge.analysis.temperature import ThermometerState, Trend
from edge.config import Config
from edge.model.effect import RememberLevels
from edge.model.moment import LEAST_WALL_S, MOST_WALL_S, Now
from edge.model.people import Device, Site
from edge.pipeline.state import Sensor, State

MOST_AGE_S = 14 * 86400.0
"""A child who was not measured for so long has grown, or wears the sensor elsewhere by now."""
_WORN = (Site.AXILLA, Site.PATCH)


@dataclass(frozen=True, slots=True)
class _Of:
    """What was kept holds for this alone."""

    person: str
    site: str
    profile: str
    address: str


@dataclass(frozen=True, slots=True)
class _Levels:
    """halves: (seconds before `_Kept.wall_s`, C) of each half hour, oldest first."""

    of: _Of
    halves: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    wall_s: float
    devices: Mapping[str, _Levels] = field(default_factory=dict)


def kept(before: Sensor, after: Sensor) -> bool:
    """Whether this reading has taught something that is to be kept."""
    changed = after.level.trend.halves is not before.level.trend.halves
    return changed and after.device.site in _WORN and not after.profile.spot


def remember(state: State, now: Now) -> RememberLevels:
    """The text to be kept, as things are now."""
    devices = {}
    for device in state.setup.config.devices:
        halves = state.sensors[device.id].level.trend.halves if device.site in _WORN else ()
        young = tuple((now.mono_s - at_s, celsius) for at_s, celsius in halves if now.mono_s - at_s <= MOST_AGE_S)
        if young:
            devices[device.id] = _Levels(_of(device), young)
    return RememberLevels(msgspec.json.encode(_Kept(now.wall_s, devices)).decode())


def readable(text: str) -> bool:
    """Whether `recall` can take this text up."""
    return not text or _decoded(text) is not None


def recall(text: str, config: Config, now: Now) -> dict[str, ThermometerState]:
    """How the thermometers begin after a restart, by device; nothing of a text that cannot be read."""
    stored = _decoded(text) if text else None
    if stored is None:
        return {}
    gone_s = max(now.wall_s - stored.wall_s, 0.0)
    found = {}
    for device in config.devices:
        levels = stored.devices.get(device.id)
        if levels is None or levels.of != _of(device):
            continue
        halves = tuple(
            (now.mono_s - gone_s - age_s, celsius) for age_s, celsius in levels.halves if gone_s + age_s <= MOST_AGE_S
        )
        found[device.id] = ThermometerState(trend=Trend(halves=halves))
    return found


def _of(device: Device) -> _Of:
    return _Of(device.person, str(device.site or ""), device.profile, device.address)


def _decoded(text: str) -> _Kept | None:
    """None for a text that is damaged, or holds what no thermometer on a child can have read."""
    try:
        stored = msgspec.json.decode(text, type=_Kept)
    except (msgspec.DecodeError, RecursionError):
        return None
    sane = LEAST_WALL_S <= stored.wall_s <= MOST_WALL_S
    worn = all(temperature.plausible(each.halves, MOST_AGE_S) for each in stored.devices.values())
    return stored if sane and worn else None
