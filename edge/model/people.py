"""The child, the sensors it wears, and those who are notified."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from edge.model.language import TemperatureUnit
from edge.model.moment import local


class Site(StrEnum):
    """Where a thermometer measures."""

    AXILLA = "axilla"
    PATCH = "patch"
    ORAL = "oral"
    EAR = "ear"
    FOREHEAD = "forehead"
    RECTAL = "rectal"


class Limb(StrEnum):
    """Where an accelerometer is worn."""

    WRIST = "wrist"
    LEFT_WRIST = "left_wrist"
    RIGHT_WRIST = "right_wrist"
    ANKLE = "ankle"
    LEFT_ANKLE = "left_ankle"
    RIGHT_ANKLE = "right_ankle"
    CHEST = "chest"
    UNKNOWN = "unknown"


# Phones lose apps, permissions and tokens: an older proof of one proves nothing.
PROOF_LASTS_S = 30 * 86_400.0


class Role(StrEnum):
    OWNER = "owner"
    CAREGIVER = "caregiver"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class Medicine:
    """One medicine of the family's own plan, as their doctor wrote it; the program never gives advice.

    min_interval_h: hours between two doses. max_per_day: doses within any 24 hours.
    """

    name: str
    amount: float
    unit: str
    min_interval_h: float
    max_per_day: int


@dataclass(frozen=True, slots=True)
class CarePlan:
    """The family's written plan for a long seizure, as its doctor gave it; the program only reads it aloud.

    rescue_drug: empty if there is none. rescue_place: where it lies. rescue_cue_min: minutes after the onset at which
    it is to be fetched; rescue_at_min: at which it is to be given. ambulance: the number to call.
    """

    rescue_drug: str = ""
    rescue_dose: str = ""
    rescue_place: str = ""
    rescue_cue_min: float = 3.0
    rescue_at_min: float = 5.0
    ambulance: str = ""


class Watchfulness(StrEnum):
    """How much evidence of a convulsion rings: a family chooses between missing fewer and being woken less."""

    CALM = "calm"
    BALANCED = "balanced"
    WATCHFUL = "watchful"


@dataclass(frozen=True, slots=True)
class Person:
    """illness_days: an illness is over after so many days without fever, counted by readings."""

    id: str
    name: str
    born: dt.date | None = None
    seizure_prone: bool = True
    guidance: str = ""
    medicines: tuple[Medicine, ...] = ()
    care_plan: CarePlan = CarePlan()
    watchfulness: Watchfulness = Watchfulness.BALANCED
    illness_days: int = 2

    def age_months(self, wall_s: float) -> float | None:
        """Age in months (of 30.4375 days) at a wall time; None if the birthday is not known."""
        if self.born is None:
            return None
        today = local(wall_s, dt.UTC).date()
        return (today - self.born).days / 30.4375


@dataclass(frozen=True, slots=True)
class MqttSource:
    """Where somebody else's gateway publishes what it hears of a sensor; how it is read stands in `Device.options`.

    topic: of its values. availability: topics on which the gateway, or the sensor, is `online` or `offline`.
    """

    topic: str
    availability: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Device:
    """A sensor as it was set up. `site` for a thermometer, `limb` for an accelerometer.

    options: of the decoding. key: the sensor's bind key in hex, from the credentials folder (never from the
    configuration file). mqtt: the gateway that hears it; None: the hub's own radio does.
    """

    id: str
    profile: str
    person: str
    address: str = ""
    site: Site | None = None
    limb: Limb | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    key: str = field(default="", repr=False)
    mqtt: MqttSource | None = None


@dataclass(frozen=True, slots=True)
class Caregiver:
    """channels: names of credentials that hold Apprise URLs (a URL is a secret and never stands here).

    share_details: whether name and value may go through other people's servers to this caregiver.
    phone_buttons: whether alarms over ntfy carry buttons that answer. clear_answered: whether they leave the phone's
    screen once somebody has answered. language: a catalogue's code, empty for the hub's. unit: of the temperatures in
    pushes. until_s: when the access of a sitter ends by itself, wall seconds; None: it stays.
    """

    id: str
    name: str
    role: Role = Role.CAREGIVER
    language: str = ""
    mqtt_user: str = ""
    channels: tuple[str, ...] = field(default=(), repr=False)
    share_details: bool = False
    phone_buttons: bool = True
    clear_answered: bool = True
    unit: TemperatureUnit = TemperatureUnit.CELSIUS
    until_s: float | None = None
