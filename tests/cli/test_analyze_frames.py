"""`feverhub analyze --frames`: what one sensor sent, byte for byte, through the whole pipeline."""

import json
import struct

import numpy as np
import pytest

from edge.app.reports import words
from edge.decoding import full_uuid

MEASUREMENT = "characteristic:2a1c"
PMD = "characteristic:fb005c82-02e7-f387-1cad-8acd2d8df0c8"
POLAR_EPOCH_NS = 599_616_000_000_000_000
MINUTE_S = 60.0


def celsius(value_c, flags=4):
    """A Temperature Measurement (Health Thermometer Service 1.0, 3.1) with a type, armpit, in hundredths."""
    return bytes([flags]) + (round(value_c * 100) & 0xFFFFFF).to_bytes(3, "little") + b"\xfe\x01"


def minutes(values_c, start_s=0.0):
    """One frame a minute; None: none in that minute. The last digit moves, as a sensor's does."""
    return [
        {"t": start_s + index * MINUTE_S, "kind": MEASUREMENT, "payload": celsius(value + index % 3 * 0.01).hex()}
        for index, value in enumerate(values_c)
        if value is not None
    ]


def polar(t_s, acc_g, start_s=0.0):
    """A sensor's acceleration as Polar's PMD frames of type 1 (BLE SDK, AccData): 36 samples of mg, stamped last."""
    frames = []
    for end in range(36, len(t_s) + 1, 36):
        stamp = POLAR_EPOCH_NS + round((t_s[end - 1] + 1000.0) * 1e9)
        samples = np.clip(np.round(acc_g[end - 36 : end] * 1000), -8000, 8000).astype("<i2").tobytes()
        payload = b"\x02" + struct.pack("<Q", stamp) + b"\x01" + samples
        frames.append(
            {"t": round(start_s + t_s[end - 1] + 0.05, 3), "kind": PMD, "payload": payload.hex(), "rssi": -60}
        )
    return frames


@pytest.fixture
def save(tmp_path):
    def write(lines, name="frames.jsonl"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
        return file

    return write


@pytest.fixture
def judge(feverhub, save):
    def run(lines, profile, *more):
        done = feverhub("analyze", "--frames", save(lines), "--profile", profile, "--json", *more)
        assert done.code == 0, done.err
        [line] = done.lines
        return json.loads(line)

    return run


def raised(report):
    return {each["condition"]: each for each in report["conditions"]}


RISE = [36.9] * 20 + [36.9 + step * 0.1 for step in range(18)] + [38.6] * 22


@pytest.mark.parametrize("start_s", [0.0, -50.0, 1.7e9])
def test_a_fever_is_raised_on_the_files_own_time(judge, start_s):
    report = judge(minutes(RISE, start_s), "health_thermometer", "--site", "axilla", "--age-months", 14)
    fever = raised(report)["fever"]
    assert (fever["kind"], fever["limit"], fever["cleared_s"]) == ("physiological", 37.5, None)
    assert start_s + 25 * MINUTE_S <= fever["onset_s"] < fever["raised_s"] <= start_s + 40 * MINUTE_S
    assert report["start_s"] == start_s
    assert report["duration_s"] == 59 * MINUTE_S
    assert report["watched"] is True
    assert "no_data" not in raised(report)


def test_a_silence_is_raised_when_a_live_hub_would_have_and_ends_with_the_next_frame(judge):
    values = [36.9] * 20 + [None] * 10 + [36.9] * 20
    report = judge(minutes(values), "health_thermometer")
    silent = raised(report)["no_data"]
    assert silent["kind"] == "technical"
    assert silent["onset_s"] == 19 * MINUTE_S
    assert silent["raised_s"] == 22 * MINUTE_S  # three of its intervals
    assert silent["cleared_s"] == pytest.approx(30 * MINUTE_S, abs=1.0)
    assert report["watched"] is True


def test_a_file_that_falls_silent_is_silent_for_as_long_as_was_listened(judge):
    lines = minutes([36.9] * 20, 100.0)
    assert "no_data" not in raised(judge(lines, "health_thermometer"))
    report = judge(lines, "health_thermometer", "--until", 100.0 + 30 * MINUTE_S)
    assert raised(report)["no_data"]["raised_s"] == 100.0 + 22 * MINUTE_S
    assert raised(report)["no_data"]["cleared_s"] is None
    assert report["watched"] == "nothing heard"
    assert report["duration_s"] == 30 * MINUTE_S
    assert report["watched_s"] < 22 * MINUTE_S


def test_a_convulsion_rings_from_the_bytes_of_its_sensor_and_not_from_another_ones(judge, bout):
    t_s, acc_g, event = bout
    frames = polar(t_s, acc_g)
    report = judge(frames, "polar_h10", "--limb", "ankle")
    ringing = raised(report)["seizure_like_movement"]
    assert event.start_s < ringing["raised_s"] < event.end_s
    assert ringing["evidence"]["limbs"] == ["ankle"]
    other = judge(frames, "osd_watch", "--limb", "ankle")
    assert "seizure_like_movement" not in raised(other)
    assert other["frames_refused"] == len(frames)
    assert other["watched"].startswith("nothing usable heard: expected")
    assert raised(other)["no_data"]["cleared_s"] is None


def test_damaged_lines_are_named_and_the_rest_is_judged(feverhub, save):
    lines = minutes(RISE)
    file = save([*lines[:30], "{broken", *lines[30:], {**lines[-1], "t": 5}])
    done = feverhub("analyze", "--frames", file, "--profile", "health_thermometer")
    assert done.code == 0
    assert "frames.jsonl: line 31: is not JSON; it was left out" in done.err
    assert "frames.jsonl: line 62: t is 5, out of order" in done.err
    assert raised(json.loads(done.out))["fever"]


def test_of_two_files_the_unreadable_one_is_named_and_the_other_judged(feverhub, save, tmp_path):
    done = feverhub(
        "analyze", "--frames", tmp_path / "none", "--frames", save(minutes(RISE)), "--profile", "health_thermometer"
    )
    assert done.code == 1
    assert "No such file" in done.err
    failed, good = map(json.loads, done.lines)
    assert failed["recording"].endswith("none")
    assert raised(good)["fever"]


def test_two_files_of_one_name_are_told_apart_by_their_folder(feverhub, save):
    files = save(minutes(RISE), "one/night.jsonl"), save(minutes(RISE), "two/night.jsonl")
    done = feverhub("analyze", "--frames", files[0], "--frames", files[1], "--profile", "health_thermometer")
    assert [json.loads(line)["recording"] for line in done.lines] == ["one/night.jsonl", "two/night.jsonl"]


def test_an_option_chooses_of_two_values_and_without_it_nothing_is_watched(judge):
    def two(first_c, second_c):
        """BTHome v2, two temperatures (object 02, hundredths) in one frame."""
        return b"\x40" + b"".join(b"\x02" + struct.pack("<h", round(value * 100)) for value in (first_c, second_c))

    lines = [
        {
            "t": i * 10.0,
            "kind": f"service_data:{full_uuid('fcd2')}",
            "payload": two(21 + i % 7 / 100, 38.6 + i % 3 / 100).hex(),
        }
        for i in range(300)
    ]
    undecided = judge(lines, "bthome_v2", "--site", "patch")
    assert "choose the child's by the option index" in undecided["watched"]
    assert "fever" not in raised(undecided)
    assert raised(undecided)["no_data"]
    assert raised(judge(lines, "bthome_v2", "--site", "patch", "--option", "index=2"))["fever"]


def test_in_words_a_silence_has_its_cause_and_the_end_is_told(judge):
    report = words.in_words(judge(minutes([36.9] * 5), "polar_h10"))
    assert "0:00:00 to the end: no data, nothing usable heard: expected characteristic:fb005c82" in report
    assert "not watched at its end: nothing usable heard" in report
    assert "watched at its end" in words.in_words(judge(minutes(RISE), "health_thermometer"))


FAULTS = [
    (["--frames", "{file}"], 2, "--frames needs --profile"),
    (["--frames", "{file}", "--profile", "health_thermometer", "-m", "x.csv"], 2, "--frames goes without --motion"),
    (["-m", "x.csv", "--profile", "polar_h10"], 2, "--profile belongs to --frames"),
    ([], 2, "give at least one --motion, --temperature or --frames file"),
    (["--frames", "{file}", "--profile", "health_thermometer", "--option", "index"], 2, "expected NAME=VALUE"),
    (["--frames", "{file}", "--profile", "health_thermometr"], 1, "did you mean"),
    (["--frames", "{file}", "--profile", "health_thermometer", "--limb", "ankle"], 1, "give --site, not --limb"),
    (["--frames", "{file}", "--profile", "polar_h10", "--site", "axilla"], 1, "give --limb, not --site"),
    (["--frames", "{file}", "--profile", "bthome_v2", "--option", "index=0"], 1, "expected 1 to 16 as option index"),
    (["--frames", "{file}", "--profile", "bthome_v2", "--key", "0"], 1, "expected a key of 32 hex digits"),
]


@pytest.mark.parametrize(("words", "code", "says"), FAULTS, ids=range(len(FAULTS)))
def test_what_does_not_fit_is_one_sentence(feverhub, save, words, code, says):
    done = feverhub("analyze", *(word.format(file=save(minutes([36.9]))) for word in words))
    assert (done.code, done.out) == (code, "")
    assert says in done.err
