"""From what was written to checked values; every problem becomes one line that names file, line and key."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

from edge.config import gateways, medicines
from edge.config.brokers import MqttTable
from edge.config.places import At, nearest
from edge.config.tables import (
    BackupTable,
    CarePlanTable,
    Config,
    HomeAssistantTable,
    HubTable,
    StorageTable,
)
from edge.errors import named, shown
from edge.model.address import canonical
from edge.model.limits import BOUNDS, Limits
from edge.model.people import Caregiver, CarePlan, Device, MqttSource, Person

SECRETS = {
    "password": "mqtt_password",
    "token": "influx_token",
    "key": "<{} id>_key",
    "bindkey": "<{} id>_key",
}
T = TypeVar("T")


def convert(kind: type[T], table: str, data: Mapping[str, Any], at: At, problems: list[str]) -> T | None:
    """`data` as `kind`; every unknown key and wrong value becomes a problem."""
    before = len(problems)
    types = {f.name: f.type for f in msgspec.structs.fields(kind)}  # type: ignore[arg-type]
    clean = {}
    for key, value in data.items():
        where = f"{at(key)}: {table}.{named(key)}"
        if key in SECRETS and key not in types:
            problems.append(
                f"{where}: a secret never stands here; put it into the file {SECRETS[key].format(table)} (mode 0600) "
                "of the credentials folder"
            )
        elif key not in types:
            problems.append(f"{where}: not a known key{nearest(key, list(types))}")
        elif table == "person" and key == "medicine":
            wrong = medicines.problems(value, where)
            problems.extend(wrong)
            clean[key] = [] if wrong else value
        elif key == "limits" or (table == "limits" and key in BOUNDS):
            _check_limits(value if key == "limits" else {key: value}, where, problems, nested=key == "limits")
            clean[key] = value
        elif types[key] is CarePlanTable:
            _check_care_plan(value, f"{table}.{key}", at(key), problems)
            clean[key] = value
        else:
            try:
                clean[key] = msgspec.convert(value, types[key])
            except msgspec.ValidationError as error:
                said = "a secret" if key == "channels" else shown(value)
                problems.append(f"{where}: {said} is not allowed: {_in_words(str(error), types[key])}")
    if len(problems) > before:
        return None
    try:
        return msgspec.convert(clean, kind)
    except msgspec.ValidationError as error:
        problems.append(f"{at('')}: {table}: {_said(error)}")
        return None


def _said(error: msgspec.ValidationError) -> str:
    return str(error).split(" - at", maxsplit=1)[0].replace("`", "")


def _in_words(error: str, kind: Any) -> str:
    text = error.split(" - at", maxsplit=1)[0].replace("`", "").replace("Expected", "expected")
    for options in getattr(kind, "__args__", (kind,)):
        if isinstance(options, type) and issubclass(options, StrEnum):
            return f"expected one of {', '.join(options)}"
    options = (option for option in getattr(kind, "__args__", ()) if option is not type(None))
    literal = [each for option in options for each in getattr(option, "__args__", (option,))]
    if literal and all(isinstance(option, str) for option in literal):
        return f"expected one of {', '.join(literal)}"
    if "matching regex" in text:
        pattern = text.partition("'")[2].replace("\\\\", "\\")
        return "expected " + next(words for start, words in _PATTERNS.items() if pattern.startswith(start))
    low, high = _whole_range(kind)
    if text.startswith(("expected int", "expected float")) and low is not None:
        return f"expected a {'whole ' if text.startswith('expected int') else ''}number from {low} to {high}"
    return text


_PATTERNS = {
    "^(?:https": 'an address that begins with https://, without a name and password in it, or "credential:NAME"',
    "^(?:/": "a JSON Pointer, such as /tempc or /sensor/0, or nothing for the whole message",
    "^https?": "an address that begins with http:// or https://",
    "^(https?": "an address that begins with http:// or https://, without a name and password in it",
    "^[^+#": "a topic of at most 200 characters without +, # and NUL",
    "^(([01]": 'a time of day, such as "20:30", or nothing',
    "^([01]": 'a span of time, such as "22:00-07:00"',
    "^[a-z0-9_-]{0": "at most 32 of a-z, 0-9, _ and -",
    "^[a-z0-9_-]": "1 to 32 of a-z, 0-9, _ and -",
    "^[0-9+ -]": "a telephone number of at most 20 digits",
    "^(/": "the path of a folder, from / on, at most 200 characters",
    "^hci": "the name of a Bluetooth adapter, such as hci0",
    r"^[^\x00]{1": "1 to 200 characters, none of them NUL",
    r"^[^\x00]{0": "at most 200 characters, none of them NUL",
}


def _whole_range(kind: Any) -> tuple[int | None, int | None]:
    for option in (kind, *getattr(kind, "__args__", ())):
        for meta in getattr(option, "__metadata__", ()):
            if meta.ge is not None:
                return meta.ge, meta.le
    return None, None


def _check_care_plan(value: Any, table: str, place: str, problems: list[str]) -> None:
    """place: file and line of the whole plan."""
    if not isinstance(value, dict):
        problems.append(f'{place}: {table}: expected a table, such as [{table}] with rescue_drug = "..."')
        return
    plan = convert(CarePlanTable, table, value, lambda _key: place, problems)
    if plan is not None and plan.rescue_drug and plan.rescue_cue_min >= plan.rescue_at_min:
        problems.append(
            f"{place}: {table}: rescue_cue_min {plan.rescue_cue_min:g} is not before "
            f"rescue_at_min {plan.rescue_at_min:g}"
        )


def _check_limits(values: Any, where: str, problems: list[str], *, nested: bool) -> None:
    if not isinstance(values, dict):
        problems.append(f"{where}: expected a table of limits, such as {{ fever_c = 38.5 }}")
        return
    for key, value in values.items():
        name = f"{where}.{named(key)}" if nested else where
        if key not in BOUNDS:
            problems.append(f"{name}: not a known key{nearest(key, list(BOUNDS))}")
            continue
        safe = BOUNDS[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not safe.low <= value <= safe.high:
            problems.append(
                f"{name}: {shown(value)} is not allowed: expected a number from {safe.low:g} to {safe.high:g}"
            )


def assemble(built: Mapping[str, Any], items: Mapping[str, Sequence[Any]]) -> Config:
    """The values that the rest of the program knows."""
    return Config(
        hub=built.get("hub") or HubTable(),
        mqtt=built.get("mqtt") or MqttTable(),
        influx=built.get("influx"),
        web=built.get("web"),
        storage=built.get("storage") or StorageTable(),
        backup=built.get("backup") or BackupTable(),
        homeassistant=built.get("homeassistant") or HomeAssistantTable(),
        camera=built.get("camera"),
        heartbeat=built.get("heartbeat"),
        metrics=built.get("metrics"),
        limits=_limits(msgspec.structs.asdict(built["limits"])) if built.get("limits") else Limits(),
        persons=tuple(
            Person(
                p.id,
                p.name or p.id,
                p.born,
                p.seizure_prone,
                p.guidance,
                medicines.plan(p.medicine),
                _care_plan(p.care_plan),
                p.watchfulness,
                p.illness_days,
            )
            for p in items["person"]
        ),
        devices=tuple(
            Device(
                d.id,
                d.profile,
                d.person,
                canonical(d.address) or "",
                d.site,
                d.limb,
                _texts(d.options) | gateways.decoding_options(d),
                mqtt=MqttSource(d.mqtt_source, tuple(d.mqtt_availability)) if d.mqtt_source else None,
            )
            for d in items["device"]
        ),
        caregivers=tuple(
            Caregiver(
                c.id,
                c.name or c.id,
                c.role,
                c.language or "",
                c.mqtt_user or c.id,
                tuple(c.channels),
                bool(c.share_details),
                c.phone_buttons,
                c.clear_answered,
                c.unit,
                None if c.until is None else c.until.timestamp(),
            )
            for c in items["caregiver"]
        ),
        proxies=tuple(items["proxy"]),
        wards=tuple(items["mqtt"]),
        limits_of={
            f"{table}/{row.id}": _limits(limits)
            for table in ("person", "device")
            for row in items[table]
            if (limits := row.limits | (gateways.deadline(row) if table == "device" else {}))
        },
    )


def _texts(options: Mapping[str, str | int]) -> dict[str, str]:
    return {name: str(value) for name, value in options.items()}


def _care_plan(table: CarePlanTable) -> CarePlan:
    return CarePlan(**msgspec.structs.asdict(table))


def _limits(values: Mapping[str, Any]) -> Limits:
    return Limits(**{name: values.get(name) for name in BOUNDS})
