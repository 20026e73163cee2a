"""Reading and setting what is good to have of a connected sensor; its absence is no reason to give a connection up."""

import asyncio
import datetime as dt

import structlog
from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic

from edge.decoding import clock, short_uuid
from edge.model.moment import Now
from edge.radio.faults import RADIO_ERRORS, describe

OPERATION_S = 10.0

log = structlog.get_logger("radio")


def find(client: BleakClient, uuid: str) -> BleakGATTCharacteristic | None:
    """The first characteristic of that UUID; some sensors have one battery level for each of several parts."""
    found = (c for service in client.services for c in service.characteristics if c.uuid == uuid)
    return next(found, None)


async def read(client: BleakClient, uuid: str, device: str) -> bytes:
    """A value; empty where there is none or it is refused."""
    found = find(client, uuid) if client.is_connected else None
    if found is None or "read" not in found.properties:
        return b""
    try:
        async with asyncio.timeout(OPERATION_S):
            return bytes(await client.read_gatt_char(found))
    except RADIO_ERRORS as error:
        log.info("not readable", device=device, characteristic=short_uuid(uuid), error=describe(error))
        return b""


async def set_clock(client: BleakClient, device: str, now: Now) -> float | None:
    """Set the sensor's clock where it lets us; what it showed before, local time as if it were UTC, None if unknown."""
    shown_s = None
    for uuid in (clock.CURRENT_TIME, clock.DATE_TIME):
        found = find(client, uuid)
        if found is None:
            continue
        before_s = clock.seconds(await read(client, uuid, device))
        shown_s = before_s if shown_s is None else shown_s
        if not now.synced or "write" not in found.properties:
            continue
        local = dt.datetime.fromtimestamp(now.wall_s).astimezone()
        try:
            async with asyncio.timeout(OPERATION_S):
                await client.write_gatt_char(found, clock.payload(uuid, local), response=True)
        except RADIO_ERRORS as error:
            log.info("clock not set", device=device, error=describe(error))
    return shown_s


def text(value: bytes) -> str:
    """A Device Information string; some sensors pad theirs with zeros."""
    return value.decode("utf-8", errors="replace").rstrip("\x00").strip()
