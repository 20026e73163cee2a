"""What this computer says of itself: radio, disk, power, heat, the broker's files. Only read, as any user may."""

import contextlib
import functools
import operator
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from edge.host.clock import kernel_synced

COMMAND_S = 5.0
_THROTTLED = "sys/devices/platform/soc/soc:firmware/get_throttled"
_MOST_TEXT = 65_536

Run = Callable[[Sequence[str]], str]
"""run(command) gives its output, empty where it cannot be had."""


@dataclass(frozen=True, slots=True)
class Broker:
    """What the files of a mosquitto on this computer say.

    version: as it says of itself, empty if not known. persistence: `none`, `file` (it saves now and then) or `sqlite`
    (`plugin persist_sqlite`, mosquitto 2.1). sync, flush_s: of the latter, its defaults where nothing is said.
    autosave_s: of the former.
    """

    version: str = ""
    persistence: str = "none"
    sync: str = "normal"
    flush_s: int = 5
    autosave_s: int = 1800


@dataclass(frozen=True, slots=True)
class Machine:
    """One look at the computer that the hub runs on."""

    bits: int = 64
    """Of its programs."""
    kernel: str = ""
    """Its release."""
    adapters: tuple[str, ...] = ()
    """Bluetooth adapters that the kernel knows: hci0 ..."""
    blocked: Mapping[str, str] = field(default_factory=dict)
    """By adapter: what blocks it, `software` (rfkill) or `switch`."""
    bluez: str = ""
    """Version of BlueZ, empty if there is none."""
    synced: bool = False
    """Whether the clock is disciplined by a time server."""
    has_clock: bool = False
    """Whether it keeps the time while it is off."""
    free_bytes: int = 0
    """Of the disk that holds the state folder, for the hub's user."""
    total_bytes: int = 0
    """Of that disk."""
    files_free: float = 1.0
    """Share (0 to 1) of its inodes that are free."""
    read_only: bool = False
    """Whether that disk cannot be written, as after an error of its file system."""
    worn_percent: float | None = None
    """Life used of a memory chip that tells it (eMMC 5.0, DEVICE_LIFE_TIME_EST, upper end of its step); None: it does
    not, as no SD card does."""
    throttled: int | None = None
    """What a Raspberry Pi's firmware says (`vcgencmd get_throttled`): bit 0 under-voltage now, 1 and 2 slowed down, 3
    too warm, 16 to 19 the same since the start; None: it is no Pi."""
    warmest_c: float | None = None
    """Of its thermal zones; None: there is none."""
    open_files: tuple[str, ...] = ()
    """Secrets and records that others may read, or settings that others may write."""
    unread: tuple[str, ...] = ()
    """Folders that this user may not look into."""
    broker: Broker | None = None
    """None: there is none on this computer."""


def look(
    state: Path, secrets: Sequence[Path], config: Path, *, root: Path = Path("/"), run: Run | None = None
) -> Machine:
    """Read it all, in about a second. state: the state folder. secrets: folders. root, run: for tests."""
    run = run or _output
    open_files, unread = _permissions(state, secrets, config)
    free_bytes, total_bytes, files_free, read_only = _disk(state)
    return Machine(
        bits=64 if sys.maxsize > 2**32 else 32,
        kernel=os.uname().release,
        adapters=tuple(
            sorted(file.name for file in (root / "sys/class/bluetooth").glob("hci*") if ":" not in file.name)
        ),
        blocked=dict(_blocked(root)),
        bluez=_version(run(["bluetoothctl", "--version"])),
        synced=kernel_synced() or (root / "run/systemd/timesync/synchronized").exists(),
        has_clock=any((root / "sys/class/rtc").glob("rtc*")),
        free_bytes=free_bytes,
        total_bytes=total_bytes,
        files_free=files_free,
        read_only=read_only,
        worn_percent=_worn(root, state),
        throttled=_throttled(root, run),
        warmest_c=_warmest(root),
        open_files=open_files,
        unread=unread,
        broker=_broker(root, run),
    )


def _output(command: Sequence[str]) -> str:
    """Of a program of the system; LANG=C."""
    found = shutil.which(command[0], path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin")
    if found is None:
        return ""
    try:
        done = subprocess.run(
            [found, *command[1:]],
            capture_output=True,
            timeout=COMMAND_S,
            check=False,
            env={"LANG": "C", "PATH": "/usr/bin"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout[:_MOST_TEXT].decode("utf-8", "replace")


def _version(text: str) -> str:
    found = re.search(r"\b\d+\.\d+(?:\.\d+)?", text)
    return found[0] if found else ""


def _text(file: Path) -> str:
    """Its text without white space around it; empty where it cannot be read."""
    with contextlib.suppress(OSError), file.open("rb") as opened:
        return opened.read(_MOST_TEXT).decode("utf-8", "replace").strip()
    return ""


def _blocked(root: Path) -> Iterator[tuple[str, str]]:
    for switch in sorted((root / "sys/class/rfkill").glob("rfkill*")):
        if _text(switch / "type") == "bluetooth":
            if _text(switch / "hard") == "1":
                yield _text(switch / "name"), "switch"
            elif _text(switch / "soft") == "1":
                yield _text(switch / "name"), "software"


def _disk(state: Path) -> tuple[int, int, float, bool]:
    there = next((each for each in (state, *state.parents) if each.exists()), Path("/"))
    found = os.statvfs(there)
    free = found.f_favail / found.f_files if found.f_files else 1.0
    read_only = bool(found.f_flag & os.ST_RDONLY)
    return found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize, free, read_only


def _worn(root: Path, state: Path) -> float | None:
    """DEVICE_LIFE_TIME_EST of JESD84-B51: 0x01 is up to 10 % used, ... 0x0A up to 100 %, 0x0B beyond."""
    with contextlib.suppress(OSError, ValueError):
        there = next(each for each in (state, *state.parents) if each.exists())
        device = there.stat().st_dev
        block = (root / f"sys/dev/block/{os.major(device)}:{os.minor(device)}").resolve()
        for folder in (block / "device", block.parent / "device"):
            steps = [int(step, 16) for step in _text(folder / "life_time").split()]
            if any(steps):
                return 10.0 * max(steps)
    return None


def _throttled(root: Path, run: Run) -> int | None:
    """Of both, since the file says 0 in some kernels whatever there is (raspberrypi/linux #2367)."""
    said = re.fullmatch(r"throttled=0x([0-9a-fA-F]{1,8})", run(["vcgencmd", "get_throttled"]).strip())
    file = re.fullmatch(r"(?:0x)?([0-9a-fA-F]{1,8})", _text(root / _THROTTLED))
    alarms = [_text(folder / "in0_lcrit_alarm") for folder in (root / "sys/class/hwmon").glob("hwmon*")]
    found = [int(each[1], 16) for each in (said, file) if each] + [1 for alarm in alarms if alarm == "1"]
    return functools.reduce(operator.or_, found) if found else None


def _warmest(root: Path) -> float | None:
    found = []
    for zone in (root / "sys/class/thermal").glob("thermal_zone*"):
        with contextlib.suppress(ValueError):
            found.append(int(_text(zone / "temp")) / 1000.0)
    return max(found, default=None)


def _permissions(state: Path, secrets: Sequence[Path], config: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What others may read or write and should not, and what this user may not look into."""
    from edge.host.credentials import is_open

    found, unread = [], []
    for folder in secrets:
        try:
            found += [str(file) for file in sorted(folder.iterdir()) if file.is_file() and is_open(file.stat())]
        except FileNotFoundError:
            continue
        except OSError:
            unread.append(str(folder))
    for file in (state / "journal.sqlite", state / "readings.sqlite", state / "settings.toml"):
        with contextlib.suppress(OSError):
            if stat.S_IMODE(file.stat().st_mode) & stat.S_IRWXO and stat.S_IMODE(state.stat().st_mode) & stat.S_IXOTH:
                found.append(str(file))
    with contextlib.suppress(OSError):
        if stat.S_IMODE(config.stat().st_mode) & (stat.S_IWOTH | stat.S_IWGRP):
            found.append(str(config))
    return tuple(found), tuple(unread)


def _broker(root: Path, run: Run) -> Broker | None:
    """mosquitto.conf(5): later lines win; files of `include_dir` are read in the order of their names."""
    folder = root / "etc/mosquitto"
    text = "\n".join(_text(file) for file in (folder / "mosquitto.conf", *sorted((folder / "conf.d").glob("*.conf"))))
    if not text.strip():
        return None
    said: dict[str, str] = {}
    sqlite = inside = False
    for line in text.splitlines():
        key, _, value = line.strip().partition(" ")
        if key in ("plugin", "global_plugin", "plugin_load"):
            inside = "persist_sqlite" in value
            sqlite = sqlite or inside
        elif inside or not key.startswith("plugin_opt_"):
            said[key] = value.strip()
    return Broker(
        _version(run(["mosquitto", "-h"])),
        "sqlite" if sqlite else "file" if said.get("persistence") == "true" else "none",
        said.get("plugin_opt_sync", "normal"),
        _whole(said.get("plugin_opt_flush_period", ""), 5),
        _whole(said.get("autosave_interval", ""), 1800),
    )


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else otherwise
