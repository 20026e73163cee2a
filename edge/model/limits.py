"""What the family and its doctor may set, with the range that is safe, and the defaults by site."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any

from edge.model.people import Site

# Where `fever` starts, in degrees Celsius as measured at that site: armpit 37.5 (WHO IMCI), mouth 37.8,
# ear, forehead and rectum 38.0 (NICE NG143 and US triage practice).
FEVER_C: Mapping[Site, float] = {
    Site.AXILLA: 37.5,
    Site.PATCH: 37.5,
    Site.ORAL: 37.8,
    Site.EAR: 38.0,
    Site.FOREHEAD: 38.0,
    Site.RECTAL: 38.0,
}
HIGH_FEVER_ABOVE_C = 1.5
LOW_TEMPERATURE_C: Mapping[Site, float] = {site: 35.5 if site in (Site.AXILLA, Site.PATCH) else 36.0 for site in Site}

NO_DATA_MOTION_S = 60.0
"""Seconds in which a movement sensor may be silent. Of a thermometer it follows its interval, within the safe range."""
BATTERY_LOW_PERCENT = 15.0


@dataclass(frozen=True, slots=True)
class Range:
    """The values that are safe, both ends with them. What lies outside is refused, never clipped."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be set, each with its safe range; None: the default of the site or of the sensor's profile.

    This is the only place where a limit is declared: the configuration's `[limits]` and the ranges in its messages come
    from here, and `deploy/feverhub.toml` is held against it.
    """

    # Above 41 °C a limit would hide every fever, below 37 °C it would never be quiet.
    fever_c: Annotated[float | None, Range(37.0, 41.0)] = None
    high_fever_c: Annotated[float | None, Range(38.0, 42.0)] = None
    low_temperature_c: Annotated[float | None, Range(34.0, 36.5)] = None
    no_data_motion_s: Annotated[float | None, Range(10.0, 60.0)] = None
    no_data_temperature_s: Annotated[float | None, Range(120.0, 1800.0)] = None
    battery_low_percent: Annotated[float | None, Range(1.0, 50.0)] = None

    def over(self, base: "Limits") -> "Limits":
        """These limits where set, else those of `base`."""
        return Limits(
            **{name: mine if (mine := getattr(self, name)) is not None else getattr(base, name) for name in BOUNDS}
        )


def _range(kind: Any) -> Range:
    found: Range = kind.__metadata__[0]
    return found


BOUNDS: Mapping[str, Range] = {each.name: _range(each.type) for each in fields(Limits)}
"""The safe range of each limit."""
