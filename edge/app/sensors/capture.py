"""Frames of one sensor as lines of a profile's capture file, without what would tell whose sensor it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from edge.app.load.checked import CheckedConfiguration
from edge.app.load.profiles import decode_capture
from edge.app.load.progress import Bar
from edge.app.sensors.pair import find, profile_of, with_key
from edge.app.sensors.scan import countdown
from edge.decoding import Profile, mask, without_address
from edge.errors import EdgeError, FrameMalformed, StorageError
from edge.model.address import is_canonical
from edge.model.event import FrameReceived
from edge.model.people import Device
from edge.radio.discovery import Air, attend, one_sensor

MOST_FRAMES = 100_000
"""Half an hour of a sensor at 50 notifications a second; a capture for a profile needs a handful."""


def is_address(text: str) -> bool:
    """Whether it is an address as BlueZ writes it, not the id of a configured sensor."""
    return is_canonical(text.upper())


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
                payload = without_address(frame.payload, self.device.address)
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
