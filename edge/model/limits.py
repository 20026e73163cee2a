"""What the family and its doctor may set, with the range that is safe, and the defaults by site."""

from collections.abc import Mapping
from dataclasses import dataclass

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

# Refused outside, never clipped: a limit above 41 C would hide every fever, one below 37 C would never be quiet.
BOUNDS: Mapping[str, tuple[float, float]] = {
    "fever_c": (37.0, 41.0),
    "high_fever_c": (38.0, 42.0),
    "low_temperature_c": (34.0, 36.5),
    "no_data_motion_s": (10.0, 60.0),
    "no_data_temperature_s": (120.0, 1800.0),
    "battery_low_percent": (1.0, 50.0),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """None means the default of the site or of the sensor's profile. Every value lies in `BOUNDS`."""

    fever_c: float | None = None
    high_fever_c: float | None = None
    low_temperature_c: float | None = None
    no_data_motion_s: float | None = None
    no_data_temperature_s: float | None = None
    battery_low_percent: float | None = None

    def over(self, base: "Limits") -> "Limits":
        """These limits where set, else those of `base`."""
        return Limits(
            **{name: mine if (mine := getattr(self, name)) is not None else getattr(base, name) for name in BOUNDS}
        )
