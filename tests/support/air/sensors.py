"""Simulated sensors for the air of bumble_backend."""

from typing import Any

from bumble.core import AdvertisingData
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from tests.support.air.bumble_backend import Air, Peripheral, Properties
from tests.support.air.rig import BATTERY, BATTERY_SERVICE, HTS, MEASUREMENT, PMD, PMD_CONTROL, PMD_DATA

THERMOMETER_AT, STRAP_AT, BEACON_AT = "C0:00:00:00:00:0A", "C0:00:00:00:00:0B", "C0:00:00:00:00:0C"
SEALED_AT, BIND_KEY = "C0:00:00:00:00:1C", "231d39c1d7cc1ab1aee224cd096db932"
FEVER = bytes.fromhex("06b00e00fedc070c050b321b04")


async def thermometer(air: Air, address: str = THERMOMETER_AT) -> Peripheral:
    return await air.peripheral(
        "Thermo",
        address,
        services={
            HTS: {MEASUREMENT: (Properties.INDICATE, b"")},
            BATTERY_SERVICE: {BATTERY: (Properties.READ | Properties.NOTIFY, b"\x5a")},
            "180a": {"2a29": (Properties.READ, b"Maker\x00"), "2a24": (Properties.READ, b"T1")},
        },
        advertised=[(AdvertisingData.Type.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, bytes.fromhex("0918"))],
    )


async def strap(air: Air, address: str = STRAP_AT, name: str = "Strap 7", **what: Any) -> Peripheral:
    return await air.peripheral(
        name,
        address,
        services=what.pop("before", {})
        | {
            PMD: {
                PMD_CONTROL: (Properties.WRITE | Properties.INDICATE, b""),
                PMD_DATA: (Properties.NOTIFY, b""),
            }
        },
        **what,
    )


async def beacon(air: Air, payload: bytes = b"\x05ab") -> Peripheral:
    return await air.peripheral(
        "Ruuvi",
        BEACON_AT,
        connectable=False,
        advertised=[
            (AdvertisingData.Type.MANUFACTURER_SPECIFIC_DATA, bytes.fromhex("9904") + payload),
            (AdvertisingData.Type.SERVICE_DATA_16_BIT_UUID, bytes.fromhex("d2fc") + b"\x40\x02\xca\x09"),
        ],
    )


async def sealed(air: Air, address: str = SEALED_AT) -> Peripheral:
    """A self-made thermometer that encrypts: 25.06 Cel, sealed as bthome.io/encryption says."""
    head, counter, info = bytes.fromhex("d2fc"), bytes.fromhex("00112233"), b"\x41"
    nonce = bytes.fromhex(address.replace(":", "")) + head + info + counter
    secret = AESCCM(bytes.fromhex(BIND_KEY), tag_length=4).encrypt(nonce, bytes.fromhex("02ca0903bf13"), None)
    data = head + info + secret[:-4] + counter + secret[-4:]
    what = [(AdvertisingData.Type.SERVICE_DATA_16_BIT_UUID, data)]
    return await air.peripheral("ATC", address, connectable=False, advertised=what)
