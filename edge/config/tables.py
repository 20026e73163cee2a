"""What may stand in the configuration, table by table, and the checked whole."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import msgspec

from edge.config.brokers import MqttTable, WardTable
from edge.config.kinds import Id, Port, Text, TextOrNone, User
from edge.config.outward import HeartbeatTable, MetricsTable
from edge.config.page import WebTable
from edge.model.language import TemperatureUnit
from edge.model.limits import BOUNDS, Limits
from edge.model.people import Caregiver, Device, Limb, Person, Role, Site, Watchfulness
from edge.model.reading import SentUnit

Adapter = Annotated[str, msgspec.Meta(pattern=r"^hci[0-9]{1,2}\Z")]

Plan = Annotated[str, msgspec.Meta(max_length=60)]

# A topic that is read, never a filter of several.
Topic = Annotated[str, msgspec.Meta(pattern=r"^[^+#\x00]{1,200}\Z")]
# RFC 6901, section 3.
Pointer = Annotated[str, msgspec.Meta(pattern=r"^(?:/(?:[^~\x00]|~[01]){0,200})?\Z")]
RateHz = Annotated[float, msgspec.Meta(ge=20, le=210)]

# The languages that there are texts in; of the begun ones what is missing is said in English.
Language = Literal["en", "de", "es", "fr", "tr"]

# A sounder that cannot be heard is no sounder.
# The GPIOs on the 40-contact header that carry nothing of the computer's own (0 and 1 are for its add-on boards).
Pin = Annotated[int, msgspec.Meta(ge=2, le=27)]
Percent = Annotated[int, msgspec.Meta(ge=20, le=100)]
Span = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d\Z")]
Time = Annotated[str, msgspec.Meta(pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?\Z")]


class HubTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The computer that watches.

    name: second level of every MQTT topic. state_dir: folder of readings and journal. language: of all texts.
    credentials_dir: folder of the secrets, one file each; empty: systemd hands them over. adapters: the Bluetooth
    adapters to use, empty for all. own_bluetooth: whether this computer listens itself, and not its proxies alone.
    sounder: an ALSA device, empty for none. buzzer_pin: GPIO of an active buzzer. sounder_day_percent,
    sounder_night_percent: volume; a high alarm plays at 100. night: local time, from-until.
    bedtime: local time at which a forgotten bedtime check is asked for, empty for never.
    """

    name: Id = "home"
    state_dir: Text = "/var/lib/feverhub"
    language: Language = "en"
    credentials_dir: TextOrNone = ""
    adapters: tuple[Adapter, ...] = ()
    own_bluetooth: bool = True
    sounder: TextOrNone = "default"
    buzzer_pin: Pin | None = None
    sounder_day_percent: Percent = 100
    sounder_night_percent: Percent = 60
    night: Span = "22:00-07:00"
    bedtime: Time = "20:30"


class InfluxTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """texts: whether what caregivers typed is copied too."""

    url: Annotated[str, msgspec.Meta(pattern=r"^https?://")]
    org: Text = "feverhub"
    bucket: Text = "feverhub"
    texts: bool = False


class StorageTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    motion_days: Annotated[int, msgspec.Meta(ge=2, le=3650)] = 90
    reading_days: Annotated[int, msgspec.Meta(ge=2, le=3650)] = 730
    max_mb: Annotated[int, msgspec.Meta(ge=100, le=1_000_000)] = 4000


class BackupTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """folder: where a backup is made each day, such as a USB stick; empty for nowhere. keep: so many, then the oldest
    goes.
    """

    folder: Annotated[str, msgspec.Meta(pattern=r"^(/[^\x00]{0,199})?\Z")] = ""
    keep: Annotated[int, msgspec.Meta(ge=1, le=365)] = 7


class HomeAssistantTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    discovery: bool = True
    mqtt_user: User = "homeassistant"


class CameraTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    http_url: Annotated[str, msgspec.Meta(pattern=r"^(https?://[^@\s]+)?\Z")] = ""
    http_body: str = '{"duration": 300, "include_recording": true}'
    link: str = ""
    mqtt_topic: Annotated[str, msgspec.Meta(pattern=r"^[^+#\x00]{0,200}\Z")] = ""
    mqtt_payload: str = "ON"
    command: list[Text] = []


class MedicineTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One medicine of the family's own plan. name: the substance, so that syrup and suppository count together.

    Checked in `edge.config.medicines`.
    """

    name: str
    amount: float
    unit: str
    min_interval_h: float
    max_per_day: int


class CarePlanTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Short enough to be read aloud. Minutes count from the onset; five are an emergency anyway (ILAE 2015, t1)."""

    rescue_drug: Plan = ""
    rescue_dose: Plan = ""
    rescue_place: Plan = ""
    rescue_cue_min: Annotated[float, msgspec.Meta(ge=0, le=15)] = 3.0
    rescue_at_min: Annotated[float, msgspec.Meta(ge=1, le=15)] = 5.0
    ambulance: Annotated[str, msgspec.Meta(pattern=r"^[0-9+ -]{0,20}\Z")] = ""


class PersonTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Id
    name: Text = ""
    born: dt.date | None = None
    seizure_prone: bool = True
    watchfulness: Watchfulness = Watchfulness.BALANCED
    illness_days: Annotated[int, msgspec.Meta(ge=1, le=14)] = 2
    guidance: str = ""
    medicine: list[MedicineTable] = []
    care_plan: CarePlanTable = CarePlanTable()
    limits: dict[str, Any] = {}


class DeviceTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sensor.

    id, person: its own name in topics, and whose it is. profile: what kind it is. address: of one that the hub's own
    radio hears. site: where a thermometer measures. limb: where a movement sensor is worn. options: of its decoding.
    limits: its own, over the child's. mqtt_source: the topic on which somebody else's gateway publishes what it hears;
    empty: the hub's own radio hears it. mqtt_value, mqtt_time, mqtt_sequence: JSON Pointers (RFC 6901) to the value
    (empty: the whole message), and to its time or number, by which a message is told from the same one sent again.
    mqtt_unit: of the value. mqtt_rate_hz: of samples. mqtt_deadline_s: silence that is an alarm, for a gateway whose
    pace is not the profile's. mqtt_availability: topics that say `online` and `offline`.
    """

    id: Id
    profile: Id
    person: Id
    address: str = ""
    site: Site | None = None
    limb: Limb | None = None
    options: dict[str, str | int] = {}
    limits: dict[str, Any] = {}
    mqtt_source: Annotated[str, msgspec.Meta(pattern=r"^[^+#\x00]{0,200}\Z")] = ""
    mqtt_value: Pointer = ""
    mqtt_unit: SentUnit | None = None
    mqtt_time: Pointer | None = None
    mqtt_sequence: Pointer | None = None
    mqtt_rate_hz: RateHz | None = None
    mqtt_deadline_s: float | None = None
    mqtt_availability: list[Topic] = []


class CaregiverTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Id
    name: Text = ""
    language: Language | None = None
    unit: TemperatureUnit = TemperatureUnit.CELSIUS
    role: Role = Role.CAREGIVER
    until: dt.datetime | None = None
    mqtt_user: User = ""
    channels: list[str] = []
    share_details: bool | None = None
    phone_buttons: bool = True
    clear_answered: bool = True


class ProxyTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A Bluetooth proxy of ESPHome, such as in the child's room.

    id: how the family calls it. host: its name or address. port: of its native API. encrypted: whether it must prove
    that it has the key, which is the credential `<id>_key`.
    """

    id: Id
    host: Text
    port: Port = 6053
    encrypted: bool = True


# The limits stand in the model, with their ranges.
LimitsTable = msgspec.defstruct(
    "LimitsTable", [(name, float | None, None) for name in BOUNDS], frozen=True, forbid_unknown_fields=True
)


TABLES: Mapping[str, type[msgspec.Struct]] = {
    "hub": HubTable,
    "mqtt": MqttTable,
    "influx": InfluxTable,
    "web": WebTable,
    "storage": StorageTable,
    "backup": BackupTable,
    "homeassistant": HomeAssistantTable,
    "camera": CameraTable,
    "heartbeat": HeartbeatTable,
    "metrics": MetricsTable,
    "limits": LimitsTable,
}
# The first [[mqtt]] is the table of that name, the others are these.
ARRAYS: Mapping[str, type[msgspec.Struct]] = {
    "person": PersonTable,
    "device": DeviceTable,
    "caregiver": CaregiverTable,
    "proxy": ProxyTable,
    "mqtt": WardTable,
}


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that was set, checked.

    hub, mqtt, influx, web, storage, homeassistant, camera, heartbeat, metrics: tables of these names; None: not there.
    limits: the family's own. persons, devices, caregivers, proxies, wards: in the order of the files.
    limits_of: by `person/<id>`, and by `device/<id>` (which win).
    warnings: what works and should be known, a sentence each with file and line.
    places: file and line of each key, by `person/<id>`, `device/<id>`, `caregiver/<id>`, `proxy/<id>`; of the table
    under "".
    """

    hub: HubTable = field(default_factory=HubTable)
    mqtt: MqttTable = field(default_factory=MqttTable)
    influx: InfluxTable | None = None
    web: WebTable | None = None
    storage: StorageTable = field(default_factory=StorageTable)
    backup: BackupTable = field(default_factory=BackupTable)
    homeassistant: HomeAssistantTable = field(default_factory=HomeAssistantTable)
    camera: CameraTable | None = None
    heartbeat: HeartbeatTable | None = None
    metrics: MetricsTable | None = None
    limits: Limits = field(default_factory=Limits)
    persons: tuple[Person, ...] = ()
    devices: tuple[Device, ...] = ()
    caregivers: tuple[Caregiver, ...] = ()
    proxies: tuple[ProxyTable, ...] = ()
    wards: tuple[WardTable, ...] = ()
    limits_of: Mapping[str, Limits] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    places: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False, compare=False)

    def person(self, person_id: str) -> Person:
        """The person of that id; KeyError if there is none."""
        return next(p for p in self.persons if p.id == person_id)

    def place(self, row: str, key: str) -> str:
        """File and line of a key of a row such as `device/ankle`; of the row where nobody wrote the key."""
        keys = self.places[row]
        return keys.get(key, keys[""])

    def limits_for(self, device: Device) -> Limits:
        """Device over person over the family's own limits."""
        person = self.limits_of.get(f"person/{device.person}", Limits()).over(self.limits)
        return self.limits_of.get(f"device/{device.id}", Limits()).over(person)
