"""Files of captured frames: what one sensor sent, byte for byte, with the moment at which each frame arrived.

JSON lines as `feverhub capture` writes them: `{"t": seconds, "kind": "characteristic:2a1c", "payload": "hex",
"rssi": -60}`. `rssi` may be missing; so may `options`, `address` and `key`, by which these bytes are read. Other keys
are for people and are passed over. `t` starts anywhere.
"""

import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
import numpy as np

from edge.decoding import normalise_kind
from edge.errors import FrameMalformed, RecordingError
from edge.model.people import Device
from edge.model.reading import Array

MOST_BYTES = 512
"""The longest value of an attribute (Core Specification Vol 3 Part F 3.2.9); no advert holds more than 254."""
MOST_KIND = 200
MOST_LINE = 100_000
"""Characters; `capture` writes the decoded samples of a frame beside it, some 20 kB at most."""
MOST_LINES = 4_000_000
"""A day at 46 notifications a second."""
MOST_T_S = 1e11
"""The year 5138, as seconds since 1970."""
MOST_REPORTED = 20
"""Damaged lines that are reported one by one; the others are counted."""


@dataclass(frozen=True, slots=True)
class CapturedFrame:
    """One frame. kind: as `decode` takes it. rssi_dbm: None where it is not known."""

    kind: str
    payload: bytes
    rssi_dbm: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FrameRecording:
    """All frames of one sensor, in the order of their arrival.

    name: of the file.
    t_s: (n,) float64, seconds, never falling: when each frame arrived.
    frames: (n,), the frames.
    options: decoding options that the lines name.
    address, key: of the sensor, where the lines name them since its frames are encrypted with them.
    damaged: a sentence for each line that was left out, at most MOST_REPORTED and one that counts the others.
    """

    name: str
    t_s: Array
    frames: tuple[CapturedFrame, ...]
    options: Mapping[str, str] = field(default_factory=dict)
    address: str = ""
    key: str = field(default="", repr=False)
    damaged: tuple[str, ...] = ()

    def of(self, device: Device) -> Device:
        """That device as the sensor of these frames: what the lines say of it fills or, for secrets, replaces."""
        return replace(
            device,
            address=self.address or device.address,
            key=self.key or device.key,
            options={**self.options, **device.options},
        )


@dataclass(slots=True)
class _Lines:
    """What was read so far. damaged: (line, sentence)."""

    numbers: list[int] = field(default_factory=list)
    t_s: list[float] = field(default_factory=list)
    frames: list[CapturedFrame] = field(default_factory=list)
    about: dict[str, object] = field(default_factory=dict)
    damaged: list[tuple[int, str]] = field(default_factory=list)


def read_frames(path: Path | str) -> FrameRecording:
    """Read a file of frames; damaged lines are left out and reported. Raises RecordingError if none is left."""
    path = Path(path)
    lines = _Lines()
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if number > MOST_LINES:
                    raise RecordingError(f"{path}: more than {MOST_LINES} lines")
                if line.strip():
                    _take(lines, number, line)
    except OSError as error:
        raise RecordingError(f"{path}: cannot be read: {error.strerror}") from None
    if not lines.frames:
        why = f"; {lines.damaged[0][1]}" if lines.damaged else ""
        raise RecordingError(f"{path}: holds no frame, JSON lines with t, kind and payload are expected{why}")
    kept = _rising(lines.t_s)
    dropped = set(range(len(lines.t_s))) - set(kept)
    lines.damaged += [
        (lines.numbers[i], f"line {lines.numbers[i]}: t is {lines.t_s[i]:.10g}, out of order with the lines around it")
        for i in dropped
    ]
    options = lines.about.get("options")
    return FrameRecording(
        path.name,
        np.array([lines.t_s[i] for i in kept]),
        tuple(lines.frames[i] for i in kept),
        {str(name): str(value) for name, value in options.items()} if isinstance(options, dict) else {},
        str(lines.about.get("address", "")),
        str(lines.about.get("key", "")),
        _report_damage(lines.damaged),
    )


def _take(lines: _Lines, number: int, line: bytes) -> None:
    """Keep a line, or say what is wrong with it."""
    try:
        fields = _fields(line)
        t_s, frame = _time(fields.get("t")), _frame(fields)
    except FrameMalformed as wrong:
        lines.damaged.append((number, f"line {number}: {wrong}"))
        return
    lines.numbers.append(number)
    lines.t_s.append(t_s)
    lines.frames.append(frame)
    for name in ("options", "address", "key"):
        if name in fields:
            lines.about.setdefault(name, fields[name])


def _fields(line: bytes) -> dict[str, object]:
    if len(line) > MOST_LINE:
        raise FrameMalformed(f"is longer than {MOST_LINE} characters")
    try:
        fields = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise FrameMalformed("is not JSON") from None
    if not isinstance(fields, dict):
        raise FrameMalformed("is not a JSON object")
    return fields


def _time(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FrameMalformed("t must be the seconds at which the frame arrived")
    if not abs(value) <= MOST_T_S:  # also a NaN, and a whole number that no float holds
        raise FrameMalformed(f"t must be a number of seconds, at most {MOST_T_S:g}")
    return float(value)


def _frame(fields: Mapping[str, object]) -> CapturedFrame:
    kind, payload, rssi = fields.get("kind"), fields.get("payload"), fields.get("rssi")
    if not isinstance(kind, str) or len(kind) > MOST_KIND:
        raise FrameMalformed("kind must be a text such as characteristic:2a1c")
    normalise_kind(kind)
    try:
        raw = bytes.fromhex(payload) if isinstance(payload, str) else None
    except ValueError:
        raw = None
    if raw is None:
        raise FrameMalformed("payload must be pairs of hex digits")
    if len(raw) > MOST_BYTES:
        raise FrameMalformed(f"payload has {len(raw)} bytes, no frame has more than {MOST_BYTES}")
    if rssi is not None and (isinstance(rssi, bool) or not isinstance(rssi, int) or not -128 <= rssi <= 127):
        raise FrameMalformed("rssi must be a whole number of dBm")
    return CapturedFrame(kind, raw, rssi)


def _rising(t_s: Sequence[float]) -> list[int]:
    """The most lines whose times never fall, by index: one wrong time costs one line, wherever it points."""
    ends: list[float] = []  # of the best chain of each length, its last time
    last: list[int] = []
    before = [-1] * len(t_s)
    for index, moment_s in enumerate(t_s):
        length = bisect.bisect_right(ends, moment_s)
        before[index] = last[length - 1] if length else -1
        ends[length : length + 1] = [moment_s]
        last[length : length + 1] = [index]
    chain: list[int] = []
    index = last[-1] if last else -1
    while index >= 0:
        chain.append(index)
        index = before[index]
    return chain[::-1]


def _report_damage(damaged: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    reports = [f"{sentence}; it was left out" for _, sentence in sorted(damaged)]
    more = len(reports) - MOST_REPORTED
    return (*reports[:MOST_REPORTED], *([f"{more} more lines were left out"] if more > 0 else []))
