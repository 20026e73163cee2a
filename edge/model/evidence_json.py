"""Evidence as JSON holds it, and back: one mapping from names to plain values, on the wire and in the journal."""

import inspect
import math
from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from typing import Any

import msgspec
from msgspec import UNSET

from edge.model.alarm import Condition
from edge.model.evidence import (
    FAMILIES,
    Evidence,
    FaultEvidence,
    ProlongedEvidence,
    RigorEvidence,
    SeizureEvidence,
    SilenceEvidence,
    TemperatureEvidence,
    TwitchEvidence,
    UnjudgedEvidence,
    WearEvidence,
)
from edge.model.moment import MOST_WALL_S

FAMILY: Mapping[Condition, type[Evidence]] = {
    Condition.SEIZURE_LIKE_MOVEMENT: SeizureEvidence,
    Condition.POSSIBLE_MOVEMENT: SeizureEvidence,
    Condition.PROLONGED_MOVEMENT: ProlongedEvidence,
    Condition.RECURRING_TWITCHES: TwitchEvidence,
    Condition.RIGOR: RigorEvidence,
    Condition.FEVER: TemperatureEvidence,
    Condition.HIGH_FEVER: TemperatureEvidence,
    Condition.YOUNG_INFANT_FEVER: TemperatureEvidence,
    Condition.TEMPERATURE_RISING: TemperatureEvidence,
    Condition.LOW_TEMPERATURE: TemperatureEvidence,
    Condition.MEASUREMENT_DUE: TemperatureEvidence,
    Condition.NO_DATA: SilenceEvidence,
    Condition.NOT_WORN: WearEvidence,
    Condition.CANNOT_JUDGE: UnjudgedEvidence,
    Condition.SETTLING: TemperatureEvidence,
    Condition.BATTERY_LOW: Evidence,
    Condition.ADAPTER_DOWN: FaultEvidence,
    Condition.ANALYSIS_ERROR: FaultEvidence,
    Condition.STORAGE_ERROR: FaultEvidence,
    Condition.BROKER_DOWN: FaultEvidence,
    Condition.NOBODY_REACHABLE: FaultEvidence,
    Condition.CLOCK_UNSYNCHRONISED: FaultEvidence,
    Condition.HUB_DEGRADED: FaultEvidence,
}

# No figure is more than the seconds from 1970 to 2100 (a clock that was set in an episode); more would overflow a time.
_MOST = MOST_WALL_S


def to_plain(evidence: Evidence) -> dict[str, Any]:
    """The fields that are set, the special ones first; enumerations by value, tuples as lists."""
    plain: dict[str, Any] = {}
    for name, nullable in _NAMES[type(evidence)]:
        value = getattr(evidence, name)
        if value is UNSET or (value is None and not nullable):
            continue
        plain[name] = list(value) if isinstance(value, tuple) else value.value if isinstance(value, Enum) else value
    return plain


def from_plain(condition: Condition, plain: Mapping[str, Any]) -> Evidence:
    """The evidence of that condition. Unknown keys, and values that no release wrote, are left out."""
    family = FAMILY[condition]
    sane = {name: value for name, value in plain.items() if _sane(value)}
    try:
        return msgspec.convert(sane, family)
    except msgspec.ValidationError:
        return msgspec.convert({name: value for name, value in sane.items() if _fits(family, name, value)}, family)


def _names(kind: type[Evidence]) -> tuple[tuple[str, bool], ...]:
    """Each field of a kind of evidence, with whether its None is written."""
    nullable = {field.name: field.default is UNSET for field in fields(kind)}
    own_first = [name for base in kind.__mro__ for name in inspect.get_annotations(base)]
    return tuple((name, nullable[name]) for name in own_first)


_NAMES = {kind: _names(kind) for kind in FAMILIES}


def _sane(value: object) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_sane, value))
    return not isinstance(value, int | float) or (math.isfinite(value) and abs(value) <= _MOST)


def _fits(family: type[Evidence], name: str, value: object) -> bool:
    try:
        msgspec.convert({name: value}, family)
    except msgspec.ValidationError:
        return False
    return True
