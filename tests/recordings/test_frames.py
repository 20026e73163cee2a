"""Files of captured frames: what is kept of them, what is left out and told, and what is no such file."""

import json

import numpy as np
import pytest

from edge.errors import RecordingError
from edge.model.event import FrameReceived
from edge.model.people import Device
from edge.recordings.files import events
from edge.recordings.frames import MOST_REPORTED, read_frames

LINE = {"t": 0.0, "kind": "characteristic:2a1c", "payload": "046e0100ff02", "rssi": -60}


def save(tmp_path, *lines):
    file = tmp_path / "frames.jsonl"
    file.write_bytes(
        b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)
    )
    return file


def at(t_s, **more):
    return {**LINE, "t": t_s, **more}


def test_each_line_is_a_frame_at_its_moment(tmp_path):
    found = read_frames(save(tmp_path, at(-5), at(0.25, rssi=None), b"", at(0.25, readings=[], source="heard on air")))
    assert found.name == "frames.jsonl"
    assert np.array_equal(found.t_s, [-5.0, 0.25, 0.25])
    assert [frame.rssi_dbm for frame in found.frames] == [-60, None, -60]
    assert found.damaged == ()
    assert next(events("patch", found, shift_s=5.0)) == (
        0.0,
        FrameReceived("patch", "characteristic:2a1c", bytes.fromhex("046e0100ff02"), -60),
    )


DAMAGED = [
    (b"{", "is not JSON"),
    (b"\xff\xfe", "is not JSON"),
    (b"[" * 5000, "is not JSON"),
    (b"[1]", "is not a JSON object"),
    (b'{"t": 1' + b" " * 200_000 + b"}", "is longer than 100000 characters"),
    (at(None), "t must be the seconds"),
    (at(True), "t must be the seconds"),
    (at("1"), "t must be the seconds"),
    (at(1e300), "t must be a number of seconds"),
    (b'{"t": 1' + b"0" * 400 + b', "kind": "characteristic:2a1c", "payload": ""}', "t must be a number of seconds"),
    (at(1, kind=5), "kind must be a text"),
    (at(1, kind="characteristic"), "expected a kind like manufacturer:0499"),
    (at(1, kind="service_data:" + 300 * "0"), "kind must be a text"),
    (at(1, payload=None), "payload must be pairs of hex digits"),
    (at(1, payload="046"), "payload must be pairs of hex digits"),
    (at(1, payload="00" * 513), "payload has 513 bytes"),
    (at(1, rssi="loud"), "rssi must be a whole number"),
]


@pytest.mark.parametrize(("line", "says"), DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_line_is_named_and_the_rest_is_used(tmp_path, line, says):
    found = read_frames(save(tmp_path, at(0), line, at(2)))
    assert found.t_s.tolist() == [0.0, 2.0]
    [sentence] = found.damaged
    assert sentence.startswith(f"line 2: {says}")
    assert sentence.endswith("it was left out")
    assert len(sentence) < 300


@pytest.mark.parametrize("astray_s", [-7.0, 9e9])
def test_one_time_that_is_out_of_order_costs_one_line_wherever_it_points(tmp_path, astray_s):
    found = read_frames(save(tmp_path, at(0), at(1), at(astray_s), at(2), at(3)))
    assert found.t_s.tolist() == [0.0, 1.0, 2.0, 3.0]
    assert found.damaged == (f"line 3: t is {astray_s:.10g}, out of order with the lines around it; it was left out",)


def test_many_damaged_lines_are_counted(tmp_path):
    found = read_frames(save(tmp_path, at(0), *[b"x"] * 50))
    assert len(found.damaged) == MOST_REPORTED + 1
    assert found.damaged[-1] == f"{50 - MOST_REPORTED} more lines were left out"


@pytest.mark.parametrize(
    ("lines", "says"), [([], "holds no frame"), ([b"t,celsius"], "holds no frame.*line 1: is not JSON")]
)
def test_a_file_without_a_frame_is_none(tmp_path, lines, says):
    with pytest.raises(RecordingError, match=says):
        read_frames(save(tmp_path, *lines))
    with pytest.raises(RecordingError, match="No such file"):
        read_frames(tmp_path / "none.jsonl")


def test_what_opens_the_frames_comes_with_them_and_what_is_configured_decides_how_they_are_read(tmp_path):
    lines = at(0, address="54:48:E6:8F:80:A5", key="ab" * 16, options={"index": "1", "format": "3"}), at(1)
    found = read_frames(save(tmp_path, *lines))
    device = found.of(Device("patch", "bthome_v2", "mia", "C0:00:00:00:00:0A", options={"index": "2"}))
    assert (device.address, device.key) == ("54:48:E6:8F:80:A5", "ab" * 16)
    assert device.options == {"index": "2", "format": "3"}
    assert "abab" not in repr(found)
