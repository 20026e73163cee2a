"""Whether this computer can be left alone: each part OK, WARN or FAIL, and what to do. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from edge.host.machine import Broker, Machine

OLDEST_BLUEZ = (5, 55)
"""Of Debian 11; what was tried is 5.66 and 5.82 (tests/radio/README.md)."""
FULL_SHARE, LOW_SHARE = 0.02, 0.10
FULL_BYTES, LOW_BYTES = 200e6, 1e9
"""A day is some 120 MB at most; below the first the journal's reserve is all that is left."""
WORN_PERCENT = 80.0
WARM_C, HOT_C = 75.0, 82.0
"""A Raspberry Pi slows down from 80 °C on and more at 85 (raspberrypi.com/documentation, frequency management)."""
UNDER_VOLTAGE, SLOWED = 1 << 0, (1 << 1) | (1 << 2) | (1 << 3)
SINCE_START = 16
"""The same bits, shifted by so many, say what was so since the start (same source)."""
AUTOSAVE_S = 300


SQLITE = (
    "in place of `persistence true`: `global_plugin /usr/lib/mosquitto_persist_sqlite.so` (where your system has it) "
    "with `plugin_opt_sync full` and `plugin_opt_flush_period 0`"
)
"""mosquitto 2.1: killed at once, it lost none of ten messages so, and all of them with `sync normal`."""


OF_THE_RADIO = ("adapter", "bluez")
"""Subjects that say nothing where every sensor is heard by a gateway."""


class Level(StrEnum):
    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Check:
    """subject: one word. sentence: what is. todo: what to do; empty where all is well."""

    subject: str
    level: Level
    sentence: str
    todo: str = ""


def checks(machine: Machine) -> list[Check]:
    """Of the computer alone, in the order in which things would be mended."""
    found = [_computer(machine), _adapter(machine), _bluez(machine), _clock(machine), *_disk(machine), *_power(machine)]
    return [*found, *_permissions(machine), *([_broker(machine.broker)] if machine.broker is not None else [])]


def _computer(machine: Machine) -> Check:
    if machine.bits == 64:
        return Check("computer", Level.OK, f"64-bit, kernel {machine.kernel}")
    return Check("computer", Level.FAIL, "a 32-bit system", "install the 64-bit Raspberry Pi OS")


def _adapter(machine: Machine) -> Check:
    for name, by in machine.blocked.items():
        todo = (
            "sudo rfkill unblock bluetooth" if by == "software" else "switch Bluetooth on at the computer's own switch"
        )
        return Check("adapter", Level.FAIL, f"the Bluetooth adapter {name} is blocked by {by}", todo)
    if not machine.adapters:
        todo = "plug one in, or take `dtoverlay=disable-bt` out of config.txt"
        return Check("adapter", Level.FAIL, "there is no Bluetooth adapter", todo)
    return Check("adapter", Level.OK, f"Bluetooth adapters: {', '.join(machine.adapters)}")


def _bluez(machine: Machine) -> Check:
    if not machine.bluez:
        return Check("bluez", Level.FAIL, "BlueZ is not installed", "sudo apt install bluez")
    if tuple(map(int, machine.bluez.split(".")[:2])) < OLDEST_BLUEZ:
        return Check("bluez", Level.WARN, f"BlueZ {machine.bluez} is older than what was tried", "upgrade the system")
    return Check("bluez", Level.OK, f"BlueZ {machine.bluez}")


def _clock(machine: Machine) -> Check:
    if machine.synced:
        return Check("clock", Level.OK, "the clock is set by a time server")
    lost = "" if machine.has_clock else ", and this computer keeps no time while it is off"
    todo = "see timedatectl: systemd-timesyncd must run and reach a time server"
    return Check("clock", Level.WARN, f"no time server has set the clock{lost}", todo)


def _disk(machine: Machine) -> Iterator[Check]:
    free, share = machine.free_bytes, machine.free_bytes / max(machine.total_bytes, 1)
    said = f"{free / 1e9:.1f} of {machine.total_bytes / 1e9:.1f} GB are free"
    todo = "delete what is not needed, or set [storage] max_mb lower"
    if machine.read_only:
        broken = "its file system was closed after an error: copy /var/lib/feverhub and take a new card"
        yield Check("disk", Level.FAIL, "the disk of the state folder cannot be written", broken)
    elif free < FULL_BYTES or share < FULL_SHARE or machine.files_free < FULL_SHARE:
        yield Check("disk", Level.FAIL, f"the disk is full: {said}", todo)
    elif free < LOW_BYTES or share < LOW_SHARE or machine.files_free < LOW_SHARE:
        yield Check("disk", Level.WARN, f"the disk is nearly full: {said}", todo)
    else:
        yield Check("disk", Level.OK, said)
    if machine.worn_percent is None:
        yield Check("card", Level.OK, "the memory card does not tell how far it is worn")
    elif machine.worn_percent >= WORN_PERCENT:
        said = f"the memory chip has used up to {min(machine.worn_percent, 100):.0f} % of its life"
        yield Check("card", Level.WARN, said, "make a backup, and take a new one")
    else:
        yield Check("card", Level.OK, f"the memory chip has used up to {machine.worn_percent:.0f} % of its life")


def _power(machine: Machine) -> Iterator[Check]:
    now, before = machine.throttled or 0, (machine.throttled or 0) >> SINCE_START
    todo = "use the power supply of this model, with a short cable, and take other things off its USB"
    if now & UNDER_VOLTAGE:
        yield Check("power", Level.FAIL, "the voltage is too low at this moment", todo)
    elif before & UNDER_VOLTAGE:
        yield Check("power", Level.WARN, "the voltage was too low since the start", todo)
    elif machine.throttled is not None:
        yield Check("power", Level.OK, "the voltage was high enough since the start")
    warm = machine.warmest_c
    # A Pi with too low a voltage is slowed down as well, however cool it is (raspberrypi/firmware #615).
    slowed, was_slowed = (bits & SLOWED and not bits & UNDER_VOLTAGE for bits in (now, before))
    if (warm is not None and warm >= HOT_C) or slowed:
        said = "the computer is so warm that it slows down" + (f" ({warm:.0f} °C)" if warm is not None else "")
        yield Check("heat", Level.FAIL, said, "take it out of the sun or its box, or give it a fan")
    elif (warm is not None and warm >= WARM_C) or was_slowed:
        said = (
            f"the computer is warm ({warm:.0f} °C)" if warm is not None else "the computer was too warm since the start"
        )
        yield Check("heat", Level.WARN, said, "let air at it")
    elif warm is not None:
        yield Check("heat", Level.OK, f"{warm:.0f} °C")


def _permissions(machine: Machine) -> Iterator[Check]:
    for file in machine.open_files:
        yield Check("permissions", Level.FAIL, f"others may read or write {file}", f"sudo chmod go-rwx {file}")
    for folder in machine.unread:
        yield Check("permissions", Level.WARN, f"this user may not look into {folder}", "run it with sudo")
    if not machine.open_files and not machine.unread:
        yield Check("permissions", Level.OK, "secrets and records are their owner's alone")


def _broker(broker: Broker) -> Check:
    name = f"mosquitto {broker.version}".strip()
    newer = bool(broker.version) and tuple(map(int, broker.version.split(".")[:2])) >= (2, 1)
    saved = "what a power cut takes, the hub sends again"
    if broker.persistence == "none":
        todo = SQLITE if newer else "set `persistence true` and `autosave_interval 300`"
        return Check("persistence", Level.FAIL, f"{name} forgets all it holds when it ends", todo)
    if broker.persistence == "sqlite":
        if broker.sync in ("full", "extra") and not broker.flush_s:
            return Check("persistence", Level.OK, f"{name} has saved what it confirms")
        said = f"{name} confirms before it has saved (sync {broker.sync}, flush_period {broker.flush_s})"
        return Check("persistence", Level.WARN, said, "set `plugin_opt_sync full` and `plugin_opt_flush_period 0`")
    if broker.autosave_s > AUTOSAVE_S:
        todo = SQLITE if newer else "set `autosave_interval 300`"
        return Check("persistence", Level.WARN, f"{name} saves every {broker.autosave_s} s", todo)
    said = f"{name} saves every {broker.autosave_s} s; {saved}"
    return Check("persistence", Level.OK, said, f"if nothing shall be sent twice: {SQLITE}" if newer else "")
