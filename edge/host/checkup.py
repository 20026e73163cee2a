"""Whether this computer can be left alone: each part OK, WARN or FAIL, and what to do. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from edge.host.machine import Broker, Machine
from edge.model.language import IN_ENGLISH, N_, Locale

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


SQLITE = N_(
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


Fields = Mapping[str, str | int | float]


@dataclass(frozen=True, slots=True)
class Check:
    """subject: one word. message: what is. todo: what to do; empty where all is well. fields: what the message holds.

    Message and todo stand in the catalogues. Of the fields a text is said too, `why` as a reason of the core.
    """

    subject: str
    level: Level
    message: str
    todo: str = ""
    fields: Fields = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What is, in English."""
        return self.said(IN_ENGLISH)

    def said(self, words: Locale) -> str:
        """What is, in these words."""
        filled: dict[str, str | int] = {}
        for name, value in self.fields.items():
            if isinstance(value, float):
                filled[name] = words.number(value)
            elif isinstance(value, str):
                filled[name] = words.reason(value) if name == "why" else words.say(value)
            else:
                filled[name] = value
        return words.say(self.message, **filled)


def checks(machine: Machine) -> list[Check]:
    """Of the computer alone, in the order in which things would be mended."""
    found = [_computer(machine), _adapter(machine), _bluez(machine), _clock(machine), *_disk(machine), *_power(machine)]
    return [*found, *_permissions(machine), *([_broker(machine.broker)] if machine.broker is not None else [])]


def _computer(machine: Machine) -> Check:
    if machine.bits == 64:
        return Check("computer", Level.OK, N_("64-bit, kernel {version}"), fields={"version": machine.kernel})
    return Check("computer", Level.FAIL, N_("a 32-bit system"), N_("install the 64-bit Raspberry Pi OS"))


def _adapter(machine: Machine) -> Check:
    for name, by in machine.blocked.items():
        if by == "software":
            said, todo = N_("the Bluetooth adapter {name} is blocked by software"), N_("sudo rfkill unblock bluetooth")
        else:
            said = N_("the Bluetooth adapter {name} is blocked by its switch")
            todo = N_("switch Bluetooth on at the computer's own switch")
        return Check("adapter", Level.FAIL, said, todo, {"name": name})
    if not machine.adapters:
        todo = N_("plug one in, or take `dtoverlay=disable-bt` out of config.txt")
        return Check("adapter", Level.FAIL, N_("there is no Bluetooth adapter"), todo)
    return Check("adapter", Level.OK, N_("Bluetooth adapters: {names}"), fields={"names": ", ".join(machine.adapters)})


def _bluez(machine: Machine) -> Check:
    known = {"version": machine.bluez}
    if not machine.bluez:
        return Check("bluez", Level.FAIL, N_("BlueZ is not installed"), N_("sudo apt install bluez"))
    if tuple(map(int, machine.bluez.split(".")[:2])) < OLDEST_BLUEZ:
        said = N_("BlueZ {version} is older than what was tried")
        return Check("bluez", Level.WARN, said, N_("upgrade the system"), known)
    return Check("bluez", Level.OK, N_("BlueZ {version}"), fields=known)


def _clock(machine: Machine) -> Check:
    if machine.synced:
        return Check("clock", Level.OK, N_("the clock is set by a time server"))
    said = N_("no time server has set the clock")
    if not machine.has_clock:
        said = N_("no time server has set the clock, and this computer keeps no time while it is off")
    return Check("clock", Level.WARN, said, N_("see timedatectl: systemd-timesyncd must run and reach a time server"))


def _disk(machine: Machine) -> Iterator[Check]:
    free, share = machine.free_bytes, machine.free_bytes / max(machine.total_bytes, 1)
    room: Fields = {"free": free / 1e9, "total": machine.total_bytes / 1e9}
    todo = N_("delete what is not needed, or set [storage] max_mb lower")
    if machine.read_only:
        broken = N_("its file system was closed after an error: copy /var/lib/feverhub and take a new card")
        yield Check("disk", Level.FAIL, N_("the disk of the state folder cannot be written"), broken)
    elif free < FULL_BYTES or share < FULL_SHARE or machine.files_free < FULL_SHARE:
        yield Check("disk", Level.FAIL, N_("the disk is full: {free} of {total} GB are free"), todo, room)
    elif free < LOW_BYTES or share < LOW_SHARE or machine.files_free < LOW_SHARE:
        yield Check("disk", Level.WARN, N_("the disk is nearly full: {free} of {total} GB are free"), todo, room)
    else:
        yield Check("disk", Level.OK, N_("{free} of {total} GB are free"), fields=room)
    used = N_("the memory chip has used up to {percent} % of its life")
    if machine.worn_percent is None:
        yield Check("card", Level.OK, N_("the memory card does not tell how far it is worn"))
    else:
        worn = machine.worn_percent >= WORN_PERCENT
        percent: Fields = {"percent": round(min(machine.worn_percent, 100))}
        todo = N_("make a backup, and take a new one") if worn else ""
        yield Check("card", Level.WARN if worn else Level.OK, used, todo, percent)


def _power(machine: Machine) -> Iterator[Check]:
    now, before = machine.throttled or 0, (machine.throttled or 0) >> SINCE_START
    todo = N_("use the power supply of this model, with a short cable, and take other things off its USB")
    if now & UNDER_VOLTAGE:
        yield Check("power", Level.FAIL, N_("the voltage is too low at this moment"), todo)
    elif before & UNDER_VOLTAGE:
        yield Check("power", Level.WARN, N_("the voltage was too low since the start"), todo)
    elif machine.throttled is not None:
        yield Check("power", Level.OK, N_("the voltage was high enough since the start"))
    warm = machine.warmest_c
    known: Fields = {} if warm is None else {"celsius": round(warm)}
    # A Pi with too low a voltage is slowed down as well, however cool it is (raspberrypi/firmware #615).
    slowed, was_slowed = (bits & SLOWED and not bits & UNDER_VOLTAGE for bits in (now, before))
    if (warm is not None and warm >= HOT_C) or slowed:
        said = N_("the computer is so warm that it slows down")
        if warm is not None:
            said = N_("the computer is so warm that it slows down ({celsius} °C)")
        yield Check("heat", Level.FAIL, said, N_("take it out of the sun or its box, or give it a fan"), known)
    elif (warm is not None and warm >= WARM_C) or was_slowed:
        said = N_("the computer was too warm since the start")
        if warm is not None:
            said = N_("the computer is warm ({celsius} °C)")
        yield Check("heat", Level.WARN, said, N_("let air at it"), known)
    elif warm is not None:
        yield Check("heat", Level.OK, N_("{celsius} °C"), fields=known)


def _permissions(machine: Machine) -> Iterator[Check]:
    for file in machine.open_files:
        said, todo = N_("others may read or write {file}"), N_("take that from them: sudo chmod go-rwx, and its name")
        yield Check("permissions", Level.FAIL, said, todo, {"file": str(file)})
    for folder in machine.unread:
        said = N_("this user may not look into {folder}")
        yield Check("permissions", Level.WARN, said, N_("run it with sudo"), {"folder": str(folder)})
    if not machine.open_files and not machine.unread:
        yield Check("permissions", Level.OK, N_("secrets and records are their owner's alone"))


def _broker(broker: Broker) -> Check:
    name = f"mosquitto {broker.version}".strip()
    newer = bool(broker.version) and tuple(map(int, broker.version.split(".")[:2])) >= (2, 1)
    known: dict[str, str | int | float] = {"broker": name}
    if broker.persistence == "none":
        todo = SQLITE if newer else N_("set `persistence true` and `autosave_interval 300`")
        return Check("persistence", Level.FAIL, N_("{broker} forgets all it holds when it ends"), todo, known)
    if broker.persistence == "sqlite":
        if broker.sync in ("full", "extra") and not broker.flush_s:
            return Check("persistence", Level.OK, N_("{broker} has saved what it confirms"), fields=known)
        known |= {"sync": broker.sync, "flush_s": broker.flush_s}
        said = N_("{broker} confirms before it has saved (sync {sync}, flush_period {flush_s})")
        todo = N_("set `plugin_opt_sync full` and `plugin_opt_flush_period 0`")
        return Check("persistence", Level.WARN, said, todo, known)
    known["autosave_s"] = broker.autosave_s
    if broker.autosave_s > AUTOSAVE_S:
        todo = SQLITE if newer else N_("set `autosave_interval 300`")
        return Check("persistence", Level.WARN, N_("{broker} saves every {autosave_s} s"), todo, known)
    said = N_("{broker} saves every {autosave_s} s; what a power cut takes, the hub sends again")
    if newer:
        said = N_("{broker} saves every {autosave_s} s; what a power cut takes, the hub sends again, so twice at most")
    return Check("persistence", Level.OK, said, SQLITE if newer else "", known)
