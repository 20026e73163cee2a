"""Frames of one sensor as lines of a profile's capture file, without what would tell whose sensor it is."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from edge.app.load.checked import CheckedConfiguration
from edge.app.load.profiles import decode_capture
from edge.app.load.progress import Bar
from edge.app.sensors.pair import find, profile_of, with_key
from edge.app.sensors.scan import countdown
from edge.decoding import SIZES, Field, Layout, Profile, layout_of
from edge.errors import EdgeError, FrameMalformed, StorageError
from edge.model.event import FrameReceived
from edge.model.people import Device
from edge.radio.discovery import Air, attend, one_sensor

ADDRESS_BYTES = 6
MOST_FRAMES = 100_000
"""Half an hour of a sensor at 50 notifications a second; a capture for a profile needs a handful."""

_ADDRESS = re.compile(r"[0-9A-F]{2}(?::[0-9A-F]{2}){5}")


def is_address(text: str) -> bool:
    """Whether it is an address as BlueZ writes it, not the id of a configured sensor."""
    return _ADDRESS.fullmatch(text.upper()) is not None


def configured(loaded: CheckedConfiguration, ident: str) -> Device:
    """The sensor of that id, with its key. Raises EdgeError if there is none."""
    for device in loaded.config.devices:
        if device.id == ident:
            return with_key(device, loaded)
    known = ", ".join(each.id for each in loaded.config.devices) or "none"
    raise EdgeError(f"there is no sensor {ident!r} in the configuration (known: {known}), and it is no address")


async def stranger(air: Air, profiles: Mapping[str, Profile], address: str, seconds: float) -> Device:
    """A sensor that is not configured, with the profile that it fits. Raises Unreachable, EdgeError."""
    [found] = await find(air, profiles, seconds, address)
    return Device("sensor", profile_of(found).id, "", found.advert.address)


@dataclass(slots=True)
class Recorder:
    """Turns frames into lines. keep_address: encrypted frames are kept, with the address and key that open them.

    keep_unread: so are frames that the profile cannot read, which no profile's capture may hold, and whose address is
    only found by its own bytes. refused: their number; why: the last one's fault.
    """

    device: Device
    profile: Profile
    keep_address: bool = False
    keep_unread: bool = False
    lines: list[dict[str, object]] = field(default_factory=list)
    refused: int = 0
    why: str = ""
    _first_s: float | None = None

    def receive(self, frame: FrameReceived, now_s: float) -> None:
        """Keep a frame. Raises EdgeError if it cannot be read without the sensor's address or key."""
        if len(self.lines) >= MOST_FRAMES:
            return
        arrival_s = now_s if frame.arrival_s is None else frame.arrival_s
        self._first_s = arrival_s if self._first_s is None else self._first_s
        at_s = round(max(0.0, arrival_s - self._first_s), 3)
        rssi = {"rssi": frame.rssi_dbm}
        options = dict(self.device.options)
        whole: dict[str, object] = {"kind": frame.kind, "payload": frame.payload.hex()}
        whole |= {"options": options} if options else {}
        secret = {"address": self.device.address, "key": self.device.key}
        try:
            readings = decode_capture(self.profile, {**whole, **secret})
        except FrameMalformed as error:
            self.refused += 1
            self.why = str(error)
            if self.keep_unread:
                payload = _without(frame.payload, self.device.address)
                self.lines.append({"t": at_s, **whole, "payload": payload.hex(), **rssi, "unread": str(error)})
            return
        masked = {**whole, "payload": mask(self.profile, frame.kind, frame.payload, self.device.address, options).hex()}
        line = masked
        if not self._reads(masked, readings):
            if not self.keep_address:
                raise EdgeError(
                    f"frames of {self.profile.id} are encrypted with the sensor's own key and address, so they cannot "
                    "be read once these are masked; --keep-address keeps both in the file, which must stay private"
                )
            line = {**whole, **{name: value for name, value in secret.items() if value}}
        self.lines.append({"t": at_s, **line, **rssi, "source": "heard on air", "readings": readings})

    def _reads(self, line: dict[str, object], readings: list[dict[str, object]]) -> bool:
        try:
            return decode_capture(self.profile, line) == readings
        except FrameMalformed:
            return False


async def record(air: Air, recorder: Recorder, seconds: float) -> list[dict[str, object]]:
    """Listen for so long; the lines of a capture file. Raises Unreachable, EdgeError if none came or may be kept."""
    with Bar("recording", seconds) as bar:
        await attend(
            one_sensor(air, recorder.device, recorder.profile),
            lambda frame: recorder.receive(frame, air.clock.now().mono_s),
            lambda: countdown(air.clock, seconds, lambda gone_s: bar.reach(gone_s, f"{len(recorder.lines)} frames")),
        )
    if not recorder.lines and recorder.refused:
        raise EdgeError(
            f"{recorder.profile.id} could read none of {recorder.refused} frames, the last one: {recorder.why}"
        )
    if not recorder.lines:
        raise EdgeError(
            f"nothing was heard from it within {seconds:g} s: switch it on, hold it close, and end its connection to "
            "any phone or to a running hub (sudo systemctl stop feverhub)"
        )
    return recorder.lines


def write(file: Path, text: str) -> None:
    """A new file, never over another one. Raises StorageError."""
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except OSError as error:
        raise StorageError(f"{file}: cannot be written: {error.strerror}") from None


def mask(profile: Profile, kind: str, payload: bytes, address: str, options: Mapping[str, str]) -> bytes:
    """The frame with zeros for the sensor's address: where its format has one, and wherever else its bytes stand."""
    layout = layout_of(profile, kind, payload, options)
    masked = bytearray(payload)
    found = _PLACES[layout.named](payload) if layout.named in _PLACES else _fields(layout, len(payload))
    for start, size in found:
        masked[start : start + size] = bytes(size)
    return _without(bytes(masked), address)


def _without(payload: bytes, address: str) -> bytes:
    """The bytes with zeros wherever those of the address stand, in either order."""
    own = bytes.fromhex(address.replace(":", "")) if is_address(address) else b""
    for pattern in (own, own[::-1]) if own else ():
        payload = payload.replace(pattern, bytes(ADDRESS_BYTES))
    return payload


def _fields(layout: Layout, length: int) -> list[tuple[int, int]]:
    """Where declared fields called `address` or `serial` stand, from the end if what stands before may vary."""
    found = []
    for index, item in enumerate(layout.fields):
        if item.name in {"address", "serial"}:
            before, behind = layout.fields[:index], layout.fields[index + 1 :]
            fixed = all(map(_is_fixed, before))
            start = len(layout.prefix) + sum(map(_size, before)) if fixed else length - sum(map(_size, (item, *behind)))
            found.append((start, _size(item)))
    return found


def _is_fixed(item: Field) -> bool:
    return item.when is None and not item.optional and item.samples > 0


def _size(item: Field) -> int:
    return (item.size or SIZES[item.type] * item.axes) * item.samples


def _in_bthome(payload: bytes) -> list[tuple[int, int]]:
    """Behind the device information, if its bit 1 says so (https://bthome.io/format)."""
    return [(1, ADDRESS_BYTES)] if payload[:1] and payload[0] & 0x02 else []


def _in_mibeacon(payload: bytes) -> list[tuple[int, int]]:
    """Behind frame control, device type and counter, if bit 4 of the frame control says so (xiaomi-ble)."""
    return [(5, ADDRESS_BYTES)] if payload[:1] and payload[0] & 0x10 else []


_PLACES: Mapping[str, Callable[[bytes], list[tuple[int, int]]]] = MappingProxyType(
    {"bthome": _in_bthome, "mibeacon": _in_mibeacon}
)
