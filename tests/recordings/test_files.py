"""Reading, refusing and cutting recordings."""

import gzip
import time
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import RecordingError
from edge.recordings import tables
from edge.recordings.files import (
    MotionRecording,
    TemperatureRecording,
    chunks,
    events,
    merged,
    origins,
    read_motion,
    read_temperature,
)


def rows(count=100, rate_hz=50.0, values="0,0,1", start_s=0.0):
    return "".join(f"{start_s + i / rate_hz:.4f},{values}\n" for i in range(count))


@pytest.fixture
def written(tmp_path):
    def write(content, name="night.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_three_axes(written):
    recording = read_motion(written("t,x,y,z\n" + rows(start_s=1.7e9)))
    assert recording.name == "night.csv"
    assert recording.values.shape == (100, 3)
    assert recording.values.dtype == recording.t_s.dtype == np.float64
    assert recording.rate_hz == pytest.approx(50, rel=1e-3)
    assert recording.notes == ()


def test_magnitude_alone_as_a_string_path(written):
    recording = read_motion(str(written("t,m\n" + rows(values="0.98"))))
    assert recording.values.shape == (100,)


@pytest.mark.parametrize(
    "text",
    [
        "﻿t,x,y,z\n" + rows(),
        ("t,x,y,z\n" + rows()).replace("\n", "\r\n"),
        ("t,x,y,z\n" + rows()).replace("\n", "\r"),
        '"t" , "X", y ,Z\n' + rows(),
        "\n\nt,x,y,z\n\n" + rows() + "  \n\n",
        "t,x,y,z\n" + rows().replace(",", " , "),
        "t,x,y,z\n" + rows(values='"0","0","1"'),
        "t,x,y,z\n" + rows().rstrip("\n"),
        "heart,z,y,x,t\n" + "".join(f"80,1,0,0,{i / 50}\n" for i in range(100)),
        "t,m,x,y,z\n" + rows(values="1,0,0,1"),
    ],
    ids=["bom", "crlf", "cr", "quoted header", "blank lines", "spaces", "quoted", "no last newline", "order", "both"],
)
def test_spellings_of_the_same(written, text):
    recording = read_motion(written(text))
    assert recording.values.tolist() == [[0, 0, 1]] * 100
    assert recording.rate_hz == pytest.approx(50, rel=1e-3)


def test_compressed_and_npz_are_known_by_their_content_and_not_by_their_name(written, tmp_path):
    text = ("t,x,y,z\n" + rows()).encode()
    plain = read_motion(written(text))
    squeezed = read_motion(written(gzip.compress(text), "night.csv.gz"))
    np.savez(tmp_path / "night.npz", t=plain.t_s, x=np.zeros(100), y=np.zeros(100, np.int16), z=np.ones(100), fs=50)
    binary = read_motion((tmp_path / "night.npz").rename(tmp_path / "night.dat"))
    for other in (squeezed, binary):
        assert np.array_equal(other.t_s, plain.t_s)
        assert np.array_equal(other.values, plain.values)


def test_invalid_samples_are_kept_and_counted(written):
    text = "t,x,y,z\n" + rows() + "2.00,nan,0,1\n2.02,,,\n2.04,0,inf,1\n2.06,0, ,1\n"
    recording = read_motion(written(text))
    assert np.isnan(recording.values[100:]).all()
    assert np.isfinite(recording.values[:100]).all()
    assert recording.notes == ("4 invalid samples",)


def test_a_file_of_nothing_but_invalid_samples_is_not_an_error(written):
    assert read_motion(written("t,m\n" + rows(values="nan"))).notes == ("100 invalid samples",)


def test_a_repeated_time_is_dropped_and_counted(written):
    recording = read_motion(written("t,m\n" + rows(values="1") + "1.98,2\n2.00,1\n"))
    assert recording.t_s.size == 101
    assert recording.values.max() == 1
    assert recording.notes == ("1 rows with a repeated time dropped",)


def test_gravity_taken_out_is_noted(written):
    assert "gravity" in read_motion(written("t,m\n" + rows(values="0.01"))).notes[0]


@given(
    rate_hz=st.sampled_from([12.5, 16, 20, 25, 26, 31.25, 32, 50, 52, 100, 104, 200, 208]),
    seed=st.integers(0, 1000),
    gap_s=st.floats(0, 7200),
)
def test_the_rate_is_found_through_jitter_rounding_and_gaps(tmp_path_factory, rate_hz, seed, gap_s):
    rng = np.random.default_rng(seed)
    t_s = np.arange(500) / rate_hz + rng.uniform(-0.1, 0.1, 500) / rate_hz
    t_s[250:] += gap_s
    path = tmp_path_factory.getbasetemp() / "jitter.npz"
    np.savez(path, t=np.round(t_s, 3), m=np.ones(500))
    assert read_motion(path).rate_hz == pytest.approx(rate_hz, rel=0.03)


BAD = {
    "empty": ("", "the file is empty"),
    "blank": ("  \n\n", "the file is empty"),
    "header alone": ("t,x,y,z\n", "there are no rows after the header"),
    "no header": (rows(), "needs the columns t,x,y,z or t,m, found 0.0000,0,0,1"),
    "a column missing": ("t,x,y\n" + rows(values="0,1"), "needs the columns t,x,y,z or t,m, found t,x,y"),
    "a word": ("t,m\n\n" + rows(3, values="1") + "0.06,abc\n", "line 6: m is not a number: 'abc'"),
    "a short line": ("t,x,y,z\n" + rows(3) + "0.06,1\n", "line 5 has 2 columns, column y is missing"),
    "no time": ("t,m\n0,1\nnan,1\n", "line 3 has no time"),
    "an empty time": ("t,m\n0,1\n,1\n", "line 3 has no time"),
    "backwards": (
        "t,m\n\n" + rows(3, values="1") + "\n0.01,1\n",
        "time runs backwards in line 7 \\(from 0.04 to 0.01\\)",
    ),
    "one sample": ("t,m\n0,1\n", "needs at least two samples with different times"),
    "too slow": ("t,m\n" + rows(values="1", rate_hz=10), "10 samples a second, between 12 and 210 are needed"),
    "too fast": ("t,m\n" + rows(values="1", rate_hz=400), "400 samples a second"),
    "milliseconds": ("t,m\n" + "".join(f"{i * 20},1\n" for i in range(100)), "t looks like milliseconds"),
    "whole seconds": ("t,m\n" + "".join(f"{i // 25},1\n" for i in range(100)), "times repeat too often"),
    "m/s2": ("t,x,y,z\n" + rows(values="0,0,9.81"), "looks like m/s² or milli-g \\(median magnitude 9.81\\)"),
    "milli-g": ("t,x,y,z\n" + rows(values="0,0,1000"), "looks like m/s² or milli-g"),
    "binary": (bytes(range(256)), "is neither UTF-8 text nor .npz"),
    "zeros": (b"t,m\n\x00\x00", "is neither UTF-8 text nor .npz"),
    "utf-16": (("t,m\n" + rows(values="1")).encode("utf-16"), "is neither UTF-8 text nor .npz"),
    "broken gzip": (gzip.compress(b"t,m\n" * 100)[:-9], "the compressed file is damaged"),
    "broken zip": (b"PK\x03\x04nothing", "cannot be read as .npz"),
}


@pytest.mark.parametrize(("content", "sentence"), BAD.values(), ids=BAD)
def test_what_cannot_be_read_is_one_sentence_with_the_files_name(written, content, sentence):
    path = written(content)
    with pytest.raises(RecordingError, match=sentence) as refused:
        read_motion(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"acc": np.zeros((5, 3))}, "needs the columns t,x,y,z or t,m, found acc"),
        ({"t": np.arange(3.0), "m": np.ones(4)}, "different lengths \\(t 3, m 4\\)"),
        ({"t": np.arange(3.0), "m": np.ones((3, 3))}, "array m is not one row of numbers"),
        ({"t": np.array(["a"]), "m": np.ones(1)}, "array t is not one row of numbers"),
        ({"t": np.array([{}]), "m": np.ones(1)}, "cannot be read as .npz"),
        ({"t": np.array([]), "m": np.array([])}, "there are no rows"),
        ({"t": np.array([0, 0.02, 0.01]), "m": np.ones(3)}, "time runs backwards in row 2"),
    ],
)
def test_npz_that_does_not_fit(tmp_path, arrays, sentence):
    np.savez(tmp_path / "x.npz", **arrays)
    with pytest.raises(RecordingError, match=sentence):
        read_motion(tmp_path / "x.npz")


def test_an_npz_whose_header_is_no_header_is_refused_like_any_other(tmp_path):
    """numpy reads it with Python's own tokenizer, which raises errors of its own."""
    with zipfile.ZipFile(tmp_path / "x.npz", "w") as archive:
        for name in ("t", "m"):
            archive.writestr(f"{name}.npy", b"\x93NUMPY\x01\x00\x10\x00{'descr': (\n     \n")
    with pytest.raises(RecordingError, match=r"cannot be read as .npz \(") as refused:
        read_motion(tmp_path / "x.npz")
    assert "\n" not in str(refused.value)


def test_signalling_nans_and_numbers_beyond_all_measure_are_invalid_samples(tmp_path):
    m = np.ones(200, dtype=np.float32)
    m[3], m[5] = np.frombuffer(b"\x01\x00\xa0\x7f", dtype=np.float32)[0], 3e38
    np.savez(tmp_path / "x.npz", t=np.arange(200) / 50, m=m)
    recording = read_motion(tmp_path / "x.npz")
    assert np.flatnonzero(np.isnan(recording.values)).tolist() == [3, 5]


@pytest.mark.parametrize("packed", ["gz", "npz", "plain"])
def test_a_small_file_that_swells_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch, packed):
    monkeypatch.setattr(tables, "MOST_BYTES", 100_000)
    path, zeros = tmp_path / "x", bytes(200_000)
    if packed == "npz":
        np.savez_compressed(path, t=np.zeros(20_000), m=np.zeros(20_000))
        path = tmp_path / "x.npz"
        assert path.stat().st_size < 5000
    else:
        path.write_bytes(gzip.compress(zeros) if packed == "gz" else zeros)
    with pytest.raises(RecordingError, match="it is larger than"):
        read_motion(path)


def test_no_file_and_a_folder(tmp_path):
    with pytest.raises(RecordingError, match="No such file"):
        read_motion(tmp_path / "nothing.csv")
    with pytest.raises(RecordingError, match="Is a directory"):
        read_temperature(tmp_path)


def test_temperature(written):
    recording = read_temperature(written("t,celsius\n0,36.6\n30,\n30,37\n3600,38.9\n"))
    assert recording.t_s.tolist() == [0, 30, 3600]
    assert recording.celsius[[0, 2]].tolist() == [36.6, 38.9]
    assert recording.notes == ("1 rows with a repeated time dropped", "1 invalid values")


@pytest.mark.parametrize("value", ["98.6", "310"])
def test_another_scale_is_refused(written, value):
    with pytest.raises(RecordingError, match="looks like Fahrenheit or kelvin"):
        read_temperature(written(f"t,celsius\n0,{value}\n"))


def test_a_long_file_is_read_quickly(written):
    path = written("t,x,y,z\n" + rows(200_000, values="0.0123,-0.4567,0.8901"))
    start = time.process_time()
    assert read_motion(path).t_s.size == 200_000
    assert time.process_time() - start < 3  # 0.3 s where it was measured; a reader in Python needs ten times that


def recording(t_s):
    t_s = np.asarray(t_s, dtype=float)
    return MotionRecording("r", t_s, np.arange(t_s.size, dtype=float), 50.0)


def test_chunks_are_cut_on_a_grid_from_the_first_sample_and_lose_nothing():
    made = recording(np.concatenate([100.3 + np.arange(0, 2, 0.02), 1_000_000.3 + np.arange(0, 0.5, 0.02)]))
    pieces = list(chunks(made, 1.0))
    assert [piece.size for piece, _ in pieces] == [50, 50, 25]
    assert np.array_equal(np.concatenate([values for _, values in pieces]), made.values)
    assert np.array_equal(np.concatenate([t_s for t_s, _ in pieces]), made.t_s)


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=200, unique=True), st.floats(0.1, 50))
def test_chunks_of_any_recording(times, chunk_s):
    made = recording(sorted(times))
    pieces = list(chunks(made, chunk_s))
    assert np.array_equal(np.concatenate([t_s for t_s, _ in pieces]), made.t_s)
    assert all(0 <= t_s[-1] - t_s[0] <= chunk_s * (1 + 1e-9) for t_s, _ in pieces)


def test_events_come_at_the_last_sample_and_shift_together():
    [(first_s, first), (second_s, _)] = events("d", recording([10.0, 10.5, 11.0]), shift_s=5.0)
    assert (first_s, second_s) == (15.5, 16.0)
    assert first.t_s.tolist() == [15.0, 15.5]
    assert first.device == "d"


def test_merged_is_in_order_and_at_the_same_moment_in_the_order_given():
    curve = TemperatureRecording("c", np.array([0.0, 2.0]), np.array([36.0, 37.0]))
    order = [(s, e.device) for s, e in merged([events("c", curve), events("m", recording([0.0, 1.0, 2.0]))])]
    assert order == [(0.0, "c"), (0.0, "m"), (1.0, "m"), (2.0, "c"), (2.0, "m")]


def test_recordings_that_overlap_share_their_beginning_and_others_have_their_own():
    spans = [recording([5.0, 9.0]), recording([1.7e9, 1.7e9 + 9]), recording([0.0, 6.0]), recording([8.0, 20.0])]
    assert origins(spans) == [0.0, 1.7e9, 0.0, 0.0]


def test_two_steps_with_nothing_near_their_median_are_refused_as_too_slow(tmp_path):
    file = tmp_path / "three.csv"
    file.write_text("t,x,y,z\n0,0,0,1\n0.02,0,0,1\n1000,0,0,1\n")
    with pytest.raises(RecordingError, match="samples a second"):
        read_motion(file)
