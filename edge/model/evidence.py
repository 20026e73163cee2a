"""The evidence of signs and alarms: one dataclass for each family of conditions.

A field is None where it does not apply or was not measured; such a field does not stand in JSON. The exceptions are the
fields whose default is `UNSET`: their None says that it is not known, and is null in JSON (`evidence_json`).
"""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from msgspec import UNSET, UnsetType


class Movement(StrEnum):
    """What is known of the movement of an episode now."""

    GOES_ON = "goes on"
    STOPPED = "has stopped"
    UNKNOWN = "not known, the sensor is silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What alarms of every condition may hold. Alone: a sign without figures, or what caregivers add to an alarm.

    sensors: ids of the sensors that held it when it was raised.
    awake_by: caregiver who said that she is awake.
    false_alarm_by: caregiver who said that it was a false alarm.
    rescue_cue: whether the caregivers were notified to fetch the rescue medicine.
    rescue_given_s: when the rescue medicine was given, in seconds after the onset.
    rescue_given_by: caregiver who gave it.
    film: where the film of the episode is found.
    """

    sensors: tuple[str, ...] | None = None
    awake_by: str | None = None
    false_alarm_by: str | None = None
    rescue_cue: bool | None = None
    rescue_given_s: float | None = None
    rescue_given_by: str | None = None
    film: str | None = None

    @property
    def text_basis(self) -> str:
        """What of it the text of a standing alarm depends on."""
        return ""

    def updated(self, newer: "Evidence") -> "Evidence":
        """The same with every field that is set in `newer`; of the more special of both classes."""
        kind = type(self) if isinstance(self, type(newer)) else type(newer)
        known = _DEFAULTS[kind]
        return kind(**{name: value for name, value in (_set(self) | _set(newer)).items() if name in known})


def _set(evidence: Evidence) -> dict[str, Any]:
    """The fields that are not at their default."""
    found = {}
    for name, default in _DEFAULTS[type(evidence)].items():
        value = getattr(evidence, name)
        if value is not default:
            found[name] = value
    return found


NO_EVIDENCE = Evidence()


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementEvidence(Evidence):
    """What every movement has: which limbs take part, as far as the child's sensors show (`motion.limbs`).

    limbs, still_limbs: those that take part, and those that do not.
    extent: one_limb, trunk, same_side, several_limbs, whole_body or unknown.
    focal: whether one limb or side alone takes part; None if that is not known.
    handled: carried or patted where two sensors look so, else empty.
    """

    limbs: tuple[str, ...] | None = None
    still_limbs: tuple[str, ...] | None = None
    extent: str | None = None
    focal: bool | UnsetType | None = UNSET
    handled: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeizureEvidence(MovementEvidence):
    """`seizure_like_movement`: the figures of the detector, and what episode and fever add to them.

    pattern: name of the strongest pattern.
    decided_by: what of the movement made the alarm, the weightiest first: strength, frequency, rhythm, sharpness,
        direction.
    rate_hz: jerks a second, one for each second since evidence rose.
    regularity: 0 to 1, how evenly they follow each other.
    share_3_8_hz: 0 to 1, share of the movement between 3 and 8 Hz.
    level_g: RMS of the movement.
    log_odds: evidence over the line of an alarm, the prior included.
    prior_log_odds: the prior from a fever alone.
    axes: columns of the sensor: 3, or 1 for a magnitude.
    bout: number of this bout in the episode, from 1.
    cluster_before_s: from the onset of the episode to that of this bout.
    earlier_24_h: episodes of the last day before this one.
    first_two_hours_of_fever: None if nothing is known of a fever.
    outside_6_to_60_months: True at an age at which febrile seizures are not usual.
    prior_because: the fact that the prior rests on.
    prior_effect: what the prior changed about the alarm, as a sentence.
    episode_s: length of the episode so far, when this bout ended.
    course: simple or complex, as a sentence (AAP 2011).
    """

    pattern: str | None = None
    decided_by: tuple[str, ...] | None = None
    rate_hz: tuple[float, ...] | None = None
    regularity: float | None = None
    share_3_8_hz: float | None = None
    level_g: float | None = None
    log_odds: float | None = None
    prior_log_odds: float | None = None
    axes: int | None = None
    bout: int | None = None
    cluster_before_s: float | None = None
    earlier_24_h: int | None = None
    first_two_hours_of_fever: bool | UnsetType | None = UNSET
    outside_6_to_60_months: bool | None = None
    prior_because: str | None = None
    prior_effect: str | None = None
    episode_s: float | None = None
    course: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProlongedEvidence(Evidence):
    """`prolonged_movement`: movement, its bouts, their length without the pauses; focal as in `MovementEvidence`."""

    movement: Movement | None = None
    bouts: int | None = None
    moved_for_s: float | None = None
    focal: bool | UnsetType | None = UNSET

    @property
    def text_basis(self) -> str:
        return str(self.movement or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class TwitchEvidence(MovementEvidence):
    """`recurring_twitches`.

    pattern: regular or spasm_cluster.
    count: how many came.
    length_s, push_g: the median of their lengths and peaks.
    interval_s, interval_sd_s: the median interval, and the spread where they are regular.
    resembles: hiccups, or empty.
    limb: where the sensor is worn.
    axes: columns of the sensor: 3, or 1 for a magnitude.
    """

    pattern: str | None = None
    count: int | None = None
    length_s: float | None = None
    push_g: float | None = None
    interval_s: float | None = None
    interval_sd_s: float | None = None
    resembles: str | None = None
    limb: str | None = None
    axes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RigorEvidence(MovementEvidence):
    """`rigor`: the frequency of the shivering, how often it swells, its RMS; limb and axes as of twitches.

    temperature_rising: None if no thermometer knows.
    """

    carrier_hz: float | None = None
    swells_per_min: float | None = None
    level_g: float | None = None
    limb: str | None = None
    axes: int | None = None
    temperature_rising: bool | UnsetType | None = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class TemperatureEvidence(Evidence):
    """All conditions of a thermometer, `settling` among them.

    level_c: the level that was judged.
    site: where it was measured, or core.
    p_core_38: 0 to 1, probability that the core temperature is 38.0 degrees Celsius or more.
    duration_s: for how long the level was beyond the limit.
    peak_c: the highest level in that time.
    days_of_fever: full days since the fever began.
    slope_c_per_30min: rise in half an hour.
    forecast_s: from now until the limit may be reached: low, middle, high.
    forecast_share: 0 to 1, the share of forecasts that lies between low and high.
    why: why to measure by hand, or why no fever could be noticed.
    thermometers: how another thermometer of the child contradicts.
    """

    level_c: float | None = None
    site: str | None = None
    p_core_38: float | None = None
    duration_s: int | None = None
    peak_c: float | None = None
    days_of_fever: int | None = None
    slope_c_per_30min: float | None = None
    forecast_s: tuple[int, int, int] | None = None
    forecast_share: float | None = None
    why: str | None = None
    thermometers: str | None = None

    @property
    def text_basis(self) -> str:
        return self.why or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceEvidence(Evidence):
    """`no_data`: for how long nothing arrived, whether anything ever did since the hub began; refused: why
    its last frame was not taken.
    """

    silent_s: int | None = None
    ever_heard: bool | None = None
    refused: str | None = None

    @property
    def text_basis(self) -> str:
        return self.refused or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WearEvidence(Evidence):
    """`not_worn`: why the sensor is not taken for worn; sure: false where that is only likely."""

    why: str | None = None
    sure: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnjudgedEvidence(Evidence):
    """`cannot_judge`: why nothing could be noticed; unseen: convulsion of a movement sensor, None of a thermometer."""

    why: str | None = None
    unseen: str | None = None

    @property
    def text_basis(self) -> str:
        return self.why or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultEvidence(Evidence):
    """A fault of the hub or of its analysis: what is wrong, as a short sentence."""

    detail: str | None = None

    @property
    def text_basis(self) -> str:
        return self.detail or ""


FAMILIES = (
    Evidence,
    MovementEvidence,
    SeizureEvidence,
    ProlongedEvidence,
    TwitchEvidence,
    RigorEvidence,
    TemperatureEvidence,
    SilenceEvidence,
    WearEvidence,
    UnjudgedEvidence,
    FaultEvidence,
)

# Looked up for every second of an alarm.
_DEFAULTS = {kind: {field.name: field.default for field in fields(kind)} for kind in FAMILIES}
