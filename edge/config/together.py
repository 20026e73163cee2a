"""What tables say about each other: ids that are free, users that are one person's, limits in their order."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from edge.config import medicines
from edge.config.checks import At, assemble
from edge.config.places import nearest
from edge.config.tables import CaregiverTable, Config, DeviceTable, HubTable, MqttTable
from edge.model.care import HAND
from edge.model.limits import FEVER_C
from edge.model.people import Role, Site

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
    user = row.mqtt_user or row.id
    if user in users:
        problems.append(
            f"{at('mqtt_user')}: caregiver.mqtt_user: {user!r} is the user of caregiver {users[user]!r} already; "
            "each needs its own"
        )
    users[user] = row.id


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
    for row, at in items["caregiver"]:
        if row.channels and row.share_details is None and row.role is not Role.VIEWER:
            yield (
                f"{at('')}: caregiver {row.id}: may pushes through other people's servers say name and value? Until "
                "you set share_details = true or false they say only what kind of thing it is and what to do"
            )
