"""What tables say about each other: ids that are free, users that are one person's, limits in their order."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from edge.config import gateways, medicines
from edge.config.brokers import MqttTable, WardTable, ward_problems
from edge.config.checks import assemble
from edge.config.places import At, nearest
from edge.config.tables import CaregiverTable, Config, DeviceTable, HubTable
from edge.errors import shown
from edge.model.address import canonical
from edge.model.care import HAND
from edge.model.limits import FEVER_C
from edge.model.people import Limb, Role, Site

FIRST_YEAR = 1900
RESERVED_IDS = frozenset({"alarm", "cmd", "reply", "health", "status", "event"})


def together(
    built: Mapping[str, Any],
    items: Mapping[str, Sequence[tuple[Any, At]]],
    places: Mapping[str, At],
    problems: list[str],
) -> None:
    """What tables say about each other. items: rows of each array with where they stand; places: of each table."""
    persons = {row.id for row, _ in items["person"]}
    users: dict[str, str] = {}
    for table, rows in items.items():
        for row, at in rows:
            if row.id in RESERVED_IDS:
                problems.append(f"{at('id')}: {table}.id: {row.id!r} is reserved; choose another id")
            if table == "person":
                problems.extend(medicines.repeated(row, at))
            if table == "device":
                _check_device(row, at, persons, problems)
            if table == "caregiver":
                _check_caregiver(row, at, users, problems)
            if table == "person" and row.born is not None and row.born.year < FIRST_YEAR:
                problems.append(f"{at('born')}: person.born: {row.born} is too long ago; is the year right?")
    problems.extend(_addresses(items["device"]))
    problems.extend(_proxies(built, items, places))
    problems.extend(gateways.problems(items["device"]))
    problems.extend(_viewers(built, items["caregiver"], places))
    problems.extend(_servers(built, items["mqtt"], places))
    problems.extend(ward_problems(built, items))
    problems.extend(_ports(built, places))
    mqtt = built.get("mqtt") or MqttTable()
    if mqtt.username in RESERVED_IDS:
        problems.append(
            f"{places['mqtt']('username')}: mqtt.username: {mqtt.username!r} is reserved; choose another name"
        )
    if mqtt.username and mqtt.username in users:
        problems.append(
            f"{places['mqtt']('username')}: mqtt.username: {mqtt.username!r} is the user of caregiver "
            f"{users[mqtt.username]!r} too; the hub needs its own"
        )
    hub = built.get("hub") or HubTable()
    if hub.name in RESERVED_IDS:
        problems.append(f"{places['hub']('name')}: hub.name: {hub.name!r} is reserved; choose another name")
    if not problems:
        _check_order(
            assemble(built, {table: [row for row, _ in rows] for table, rows in items.items()}), items, problems
        )


def _check_device(row: DeviceTable, at: At, persons: set[str], problems: list[str]) -> None:
    if row.id.startswith(HAND):
        problems.append(f"{at('id')}: device.id: {row.id!r} begins as readings by hand do ({HAND}); choose another id")
    if row.person not in persons:
        hint = nearest(row.person, sorted(persons)) if persons else ""
        problems.append(f"{at('person')}: device.person: there is no [[person]] with id {row.person!r}{hint}")
    if row.site is not None and row.limb is not None:
        problems.append(f"{at('limb')}: device: {row.id!r} has both a site (thermometer) and a limb (motion); give one")


def _check_caregiver(row: CaregiverTable, at: At, users: dict[str, str], problems: list[str]) -> None:
    problems.extend(
        f"{at('channels')}: caregiver.channels: an Apprise URL is a secret; put it into a file "
        '(mode 0600) of the credentials folder and write "credential:NAME" here'
        for channel in row.channels
        if not re.fullmatch(r"credential:[A-Za-z0-9._-]+", channel)
    )
    if row.until is not None and row.until.tzinfo is None:
        problems.append(
            f"{at('until')}: caregiver.until: {row.until} needs its zone, such as 2026-03-14T08:00:00+01:00"
        )
    if row.until is not None and row.role is Role.OWNER:
        problems.append(f"{at('until')}: caregiver.until: {row.id!r} is an owner, whose access does not end by itself")
    user = row.mqtt_user or row.id
    if user in users:
        problems.append(
            f"{at('mqtt_user')}: caregiver.mqtt_user: {user!r} is the user of caregiver {users[user]!r} already; "
            "each needs its own"
        )
    users[user] = row.id


def _addresses(rows: Sequence[tuple[DeviceTable, At]]) -> Iterator[str]:
    """An address that no sensor can have is never seen; of two sensors of one address one alone is."""
    known: dict[str, str] = {}
    for row, at in rows:
        address = canonical(row.address)
        if row.address and address is None:
            yield (
                f"{at('address')}: device.address: {shown(row.address)} is not allowed: expected six pairs of 0-9 and "
                "A-F, such as AA:BB:CC:00:00:01 (`feverhub scan` shows it)"
            )
        elif address in known:
            yield (
                f"{at('address')}: device.address: {address} is the address of device {known[address]!r} too; each "
                "sensor is set up once"
            )
        elif address is not None:
            known[address] = row.id


def _proxies(
    built: Mapping[str, Any], items: Mapping[str, Sequence[tuple[Any, At]]], places: Mapping[str, At]
) -> Iterator[str]:
    """Somebody must listen, and a file holds one key."""
    hub = built.get("hub") or HubTable()
    over_mqtt = bool(items["device"]) and all(row.mqtt_source for row, _ in items["device"])
    if not hub.own_bluetooth and not items["proxy"] and not over_mqtt:
        yield (
            f"{places['hub']('own_bluetooth')}: hub.own_bluetooth: without it and without a [[proxy]] nothing would be "
            "heard at all"
        )
    devices = {row.id for row, _ in items["device"]}
    for row, at in items["proxy"]:
        if row.id in devices:
            yield f"{at('id')}: proxy.id: {row.id!r} is the id of a device too; choose another id"


def _viewers(
    built: Mapping[str, Any], rows: Sequence[tuple[CaregiverTable, At]], places: Mapping[str, At]
) -> Iterator[str]:
    """Who may only look on is notified of nothing and can answer nothing."""
    if rows and all(row.role is Role.VIEWER for row, _ in rows):
        yield (
            f"{rows[0][1]('role')}: caregiver.role: all caregivers are viewers, so nobody would be notified and nobody "
            "could answer; make one an owner or a caregiver"
        )
    house = built["mqtt"].house_users if built.get("mqtt") else []
    for row, _ in rows:
        if row.role is Role.VIEWER and (row.mqtt_user or row.id) in house:
            yield (
                f"{places['mqtt']('house_users')}: mqtt.house_users: {row.mqtt_user or row.id!r} is the user of "
                f"caregiver {row.id!r}, a viewer, who may answer nothing; take it out or change the role"
            )


def _servers(
    built: Mapping[str, Any], wards: Sequence[tuple[WardTable, At]], places: Mapping[str, At]
) -> Iterator[str]:
    """Names of servers that no name service could be asked for."""
    hosts = [(table, built[table], places[table]) for table in ("mqtt", "web", "metrics") if built.get(table)]
    for table, found, at in [*hosts, *(("mqtt", row, at) for row, at in wards)]:
        if not _is_host(found.host):
            yield f"{at('host')}: {table}.host: {shown(found.host)} is not allowed: expected a name or an address"
    for table, key in (("influx", "url"), ("camera", "http_url"), ("heartbeat", "url")):
        url = getattr(built[table], key) if built.get(table) else ""
        if url and not url.startswith("credential:") and not _is_url(url):
            yield (
                f"{places[table](key)}: {table}.{key}: {shown(url)} is not allowed: expected an address such as "
                "http://127.0.0.1:8086"
            )


def _ports(built: Mapping[str, Any], places: Mapping[str, At]) -> Iterator[str]:
    """Two servers cannot share one."""
    web = built.get("web")
    if web is not None and web.tls and web.port == web.tls_port:
        yield f"{places['web']('tls_port')}: web.tls_port: {web.tls_port} is web.port too; choose another"


def _is_host(name: str) -> bool:
    try:
        return bool(name.encode("idna")) and not re.search(r"[\s/@]", name)
    except UnicodeError:
        return False


def _is_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return _is_host(parts.hostname or "") and parts.port != 0
    except ValueError:
        return False


def _check_order(config: Config, items: Mapping[str, Sequence[tuple[Any, At]]], problems: list[str]) -> None:
    """With all layers, a high fever must begin above a fever."""
    for device, (_, at) in zip(config.devices, items["device"], strict=True):
        limits = config.limits_for(device)
        fever_c = limits.fever_c if limits.fever_c is not None else FEVER_C[device.site or Site.AXILLA]
        if device.limb is None and limits.high_fever_c is not None and limits.high_fever_c <= fever_c:
            problems.append(
                f"{at('limits')}: device {device.id}: high_fever_c {limits.high_fever_c:g} is not above "
                f"its fever limit {fever_c:g}"
            )


def warnings(items: Mapping[str, Sequence[tuple[Any, At]]]) -> Iterator[str]:
    """What works and should be known, a sentence each with file and line."""
    yield from gateways.warnings(items["device"])
    for row, at in items["device"]:
        if row.limb is Limb.CHEST:
            yield (
                f"{at('limb')}: device {row.id}: at the chest a parent's pats are as strong as jerks and may ring, and "
                "a convulsion of the limbs is weak; an ankle or a wrist is better"
            )
    for row, at in items["caregiver"]:
        if row.channels and row.share_details is None and row.role is not Role.VIEWER:
            yield (
                f"{at('')}: caregiver {row.id}: may pushes through other people's servers say name and value? Until "
                "you set share_details = true or false they say only what kind of thing it is and what to do"
            )
