"""Files of captured frames: the number of a profile, then the file. What is read is played through the pipeline."""

import itertools
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from edge.app.load.profiles import load_profiles, profiles_root
from edge.app.reports import captured, offline
from edge.errors import EdgeError, RecordingError
from edge.recordings.frames import read_frames
from tests.fuzz import sensors
from tests.fuzz.kind import Check, Kind, sentence

MOST_PLAYED_S = 60.0
"""An hour of silence is an hour of ticks: what is longer is read, and not played."""


def begin(folder: Path) -> Check:
    file = folder / "frames.jsonl"
    profiles = tuple(load_profiles(profiles_root()).values())

    def check(data: bytes) -> str:
        profile = profiles[data[0] % len(profiles)] if data else profiles[0]
        file.write_bytes(data[1:])
        try:
            recording = read_frames(file)
        except RecordingError as refused:
            return sentence(refused)
        assert len(recording.t_s) == len(recording.frames)
        assert (np.diff(recording.t_s) >= 0).all()
        assert np.isfinite(recording.t_s).all()
        for line in recording.damaged:
            sentence(RecordingError(line))
        if recording.t_s[-1] - recording.t_s[0] > MOST_PLAYED_S:
            return "longer than is played here"
        try:
            report = captured.report(recording, captured.Sensor(profile), offline.Child())
        except EdgeError as refused:  # a key or an option that such a sensor cannot have
            return sentence(refused)
        json.dumps(report, allow_nan=False)
        conditions = report["conditions"]
        assert isinstance(conditions, list)
        assert "analysis_error" not in [each["condition"] for each in conditions], conditions
        return ""

    return check


def seeds() -> Sequence[bytes]:
    found = []
    names = list(load_profiles(profiles_root()))
    for name, lines in itertools.groupby(sensors.captures(), lambda each: each.way.profile.id):
        rows = []
        for number, each in enumerate(lines):
            row = {"t": number / 4, "kind": each.way.kind, "payload": each.payload.hex(), "rssi": -60}
            row |= {"options": dict(each.way.options)} if each.way.options else {}
            row |= {"address": each.way.address} if each.way.address else {}
            if each.way.key is not None:
                row["key"] = each.way.key.decode() if each.way.profile.key_form == "text8" else each.way.key.hex()
            rows.append(json.dumps(row))
        found.append(bytes([names.index(name)]) + "\n".join(rows).encode())
    return found


WORDS = (
    *(
        b'{"t": 1, "kind": "',
        b'"payload": "',
        b'"rssi": -128',
        b'"options": {"index": "1"}',
        b'"key": "',
        b'"address": "',
    ),
    *(
        b"characteristic:2a1c",
        b"service_data:fcd2",
        b"manufacturer:0499",
        b"mqtt",
        b"\n",
        b"null",
        b"?format=3",
        b"1e300",
    ),
)
KIND = Kind("frames", begin, seeds, WORDS, longest=8192)
