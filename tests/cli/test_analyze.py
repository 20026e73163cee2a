"""`feverhub analyze`, as a program reads it."""

import gzip
import json
import re

import numpy as np
import pytest

from edge.app.reports import offline, words
from edge.model.people import Limb
from edge.simulation import SENSORS, clip, clonic

KEYS = {"recording", "duration_s", "watched_s", "conditions"}
CONDITION_KEYS = {"condition", "kind", "priority", "onset_s", "raised_s", "cleared_s", "evidence"}


def reports(done):
    return [json.loads(line) for line in done.lines]


def raised(report):
    return {each["condition"]: each for each in report["conditions"]}


def save(file, t_s, acc_g, header="t,x,y,z"):
    np.savetxt(file, np.column_stack((t_s, acc_g)), fmt="%.4f", delimiter=",", header=header, comments="")
    return file


@pytest.mark.parametrize("start_s", [0.0, -50.0, 1.7e9])
def test_a_clonic_bout_is_reported_once_on_the_files_own_time(feverhub, motion_file, bout, start_s):
    t_s, _, truth = bout
    done = feverhub("analyze", "--motion", motion_file(start_s=start_s), "--limb", "ankle", "--json")
    assert done.code == 0, done.err
    [report] = reports(done)
    assert report.keys() >= KEYS
    assert report["duration_s"] == pytest.approx(t_s[-1], abs=0.001)
    assert report["watched_s"] == pytest.approx(t_s[-1], abs=0.001)
    [movement] = [each for each in report["conditions"] if each["condition"] == "seizure_like_movement"]
    assert movement.keys() >= CONDITION_KEYS
    assert (movement["kind"], movement["priority"]) == ("physiological", "high")
    assert truth.start_s - 10 <= movement["onset_s"] - start_s <= truth.start_s + 12
    assert movement["onset_s"] < movement["raised_s"]
    assert truth.start_s < movement["raised_s"] - start_s < truth.end_s
    assert abs(movement["cleared_s"] - start_s - truth.end_s) < 30
    assert movement["evidence"]


def test_movement_that_nobody_answered_is_prolonged_five_minutes_after_its_onset(feverhub, tmp_path):
    track = clip(clonic(3, 400.0), SENSORS["watch"].on(Limb.ANKLE), 3, before_s=40.0, after_s=60.0)
    [report] = reports(
        feverhub("analyze", "-m", save(tmp_path / "long.csv", track.t_s, track.acc_g), "--age-months", 14)
    )
    prolonged = raised(report)["prolonged_movement"]
    assert (prolonged["kind"], prolonged["priority"]) == ("physiological", "high")
    assert abs(prolonged["onset_s"] - 40.0) < 5.0
    assert 0.0 <= prolonged["raised_s"] - prolonged["onset_s"] - 300.0 <= 2.0
    assert abs(prolonged["cleared_s"] - 440.0) < 30.0
    assert prolonged["evidence"]["movement"] == "has stopped"
    assert raised(report)["seizure_like_movement"]["onset_s"] == prolonged["onset_s"]


def test_the_same_movement_gives_the_same_alarm_wherever_its_time_begins(feverhub, motion_file):
    def relative(start_s):
        [report] = reports(feverhub("analyze", "-m", motion_file(start_s=start_s)))
        return [
            (each["condition"], *(each[key] and round(each[key] - start_s, 1) for key in ("raised_s", "cleared_s")))
            for each in report["conditions"]
        ]

    assert relative(0.0) == relative(-50.0) == relative(1.7e9)
    assert relative(0.0)


def test_a_temperature_alone_is_fine_and_its_fever_stands_to_the_end(feverhub, fever_file):
    done = feverhub("analyze", "--temperature", fever_file(), "--site", "axilla")
    [report] = reports(done)
    fever = raised(report)["fever"]
    assert (fever["value"] >= 37.5, fever["limit"], fever["cleared_s"]) == (True, 37.5, None)
    assert fever["onset_s"] <= fever["raised_s"] <= report["duration_s"]
    assert not [each for each in report["conditions"] if each["condition"] == "no_data"]


@pytest.mark.parametrize("start_s", [0.0, 1.7e9, 1e12])
def test_a_young_infants_fever_depends_on_its_age_and_not_on_the_files_time(feverhub, fever_file, start_s):
    file = fever_file(start_s=start_s)
    [young] = reports(feverhub("analyze", "-t", file, "--age-months", 2))
    [older] = reports(feverhub("analyze", "-t", file, "--age-months", 14))
    assert "young_infant_fever" in raised(young)
    assert "young_infant_fever" not in raised(older)


def test_each_motion_file_is_judged_on_its_own_beside_the_temperatures(feverhub, motion_file, fever_file):
    done = feverhub("analyze", "-m", motion_file("a.csv"), "-m", motion_file("b.csv"), "-t", fever_file())
    first, second = reports(done)
    assert {"seizure_like_movement", "fever"} <= raised(first).keys()
    assert raised(first).keys() == raised(second).keys()
    assert "no_data" not in raised(first), "a file that ends before another is no lost sensor"


def test_together_the_files_are_sensors_of_one_child(feverhub, motion_file):
    two = ["-m", motion_file("a.csv"), "-m", motion_file("b.csv")]
    done = feverhub("analyze", "--together", *two, "--limb", "left_ankle", "--limb", "right_ankle")
    [report] = reports(done)
    assert [each["condition"] for each in report["conditions"]].count("seizure_like_movement") == 1


def test_files_with_clocks_of_their_own_do_not_take_for_ever(feverhub, motion_file, fever_file):
    done = feverhub("analyze", "-m", motion_file(start_s=1.7e9), "-t", fever_file())
    [report] = reports(done)
    assert raised(report)["fever"]["onset_s"] < 2400
    assert raised(report)["seizure_like_movement"]["onset_s"] > 1.7e9
    assert report["duration_s"] < 2500


def test_a_clock_that_jumped_years_ahead_does_not_take_for_ever(feverhub, tmp_path, bout):
    t_s, acc_g, _ = bout
    jumped = np.where(t_s < 30, t_s, t_s + 1e9)
    [report] = reports(feverhub("analyze", "-m", save(tmp_path / "jump.csv", jumped, acc_g)))
    assert {"seizure_like_movement", "no_data"} <= raised(report).keys()
    assert report["watched_s"] < 200


def test_magnitude_alone_gz_and_npz_are_read(feverhub, tmp_path, bout):
    t_s, acc_g, _ = bout
    magnitude = np.linalg.norm(acc_g, axis=1)
    plain = save(tmp_path / "m.csv", t_s, magnitude, "t,m")
    squeezed = tmp_path / "m.csv.gz"
    squeezed.write_bytes(gzip.compress(plain.read_bytes()))
    np.savez(tmp_path / "m.npz", t=t_s, x=acc_g[:, 0], y=acc_g[:, 1], z=acc_g[:, 2])
    done = feverhub("analyze", "-m", plain, "-m", squeezed, "-m", tmp_path / "m.npz")
    assert done.code == 0
    first, second, third = reports(done)
    for each in (*first["conditions"], *second["conditions"]):
        assert each["evidence"].pop("sensors") in (["m.csv"], ["m.csv.gz"])
    assert first["conditions"] == second["conditions"]
    assert any("magnitude only" in note for note in first["notes"])
    assert "seizure_like_movement" in raised(third)


def test_gaps_and_invalid_rows_are_no_error_and_are_not_called_watched(feverhub, tmp_path, bout):
    t_s, acc_g, _ = bout
    acc_g = acc_g.copy()
    acc_g[(t_s > 5) & (t_s < 10)] = np.nan
    keep = (t_s < 20) | (t_s > 30)
    done = feverhub("analyze", "-m", save(tmp_path / "holes.csv", t_s[keep], acc_g[keep]))
    [report] = reports(done)
    assert done.code == 0
    assert report["watched_s"] == pytest.approx(report["duration_s"] - 15, abs=0.2)
    assert any("invalid" in note for note in report["notes"])


def reversed_times(folder, bout):
    t_s, acc_g, _ = bout
    t_s = t_s.copy()
    t_s[100] = t_s[50]
    return save(folder / "backwards.csv", t_s, acc_g)


def text(content):
    def make(folder, _bout):
        file = folder / "bad.csv"
        file.write_bytes(content)
        return file

    return make


BAD = {
    "times that run backwards": (reversed_times, "time runs backwards in line 102"),
    "missing": (lambda folder, _bout: folder / "nowhere.csv", "No such file"),
    "a folder": (lambda folder, _bout: folder, "Is a directory"),
    "empty": (text(b""), "the file is empty"),
    "header alone": (text(b"t,x,y,z\n"), "no rows"),
    "garbage": (text(b"what a lovely\nday\n"), "needs the columns t,x,y,z or t,m"),
    "bytes": (text(bytes(range(256)) * 20), "neither UTF-8 text nor .npz"),
    "cut gzip": (text(gzip.compress(b"t,m\n0,1\n" * 99)[:25]), "damaged"),
    "cut npz": (text(b"PK\x03\x04 and no more"), "cannot be read as .npz"),
    "one row": (text(b"t,m\n0,1\n"), "at least two samples"),
    "no number": (text(b"t,m\n0,1\n1,high\n"), "line 3: m is not a number: 'high'"),
}


@pytest.mark.parametrize("how", BAD)
def test_a_file_that_cannot_be_read_is_a_line_with_its_name_and_the_rest_is_done(
    feverhub, tmp_path, bout, motion_file, how
):
    make, sentence = BAD[how]
    bad, good = make(tmp_path, bout), motion_file("good.csv")
    done = feverhub("analyze", "-m", bad, "-m", good, "--json")
    assert done.code == 1
    failed, report = reports(done)
    assert failed.keys() == {"recording", "error"}
    assert failed["recording"] == str(bad)
    assert sentence in failed["error"]
    assert str(bad) in failed["error"]
    assert done.err == f"feverhub: {failed['error']}\n"
    assert "seizure_like_movement" in raised(report)


def test_a_bad_temperature_does_not_take_the_movement_with_it(feverhub, tmp_path, motion_file):
    done = feverhub("analyze", "-m", motion_file(), "-t", tmp_path / "nowhere.csv")
    assert done.code == 1
    failed, report = reports(done)
    assert failed["recording"].endswith("nowhere.csv")
    assert "seizure_like_movement" in raised(report)


def test_a_bad_file_does_not_shift_the_limbs_of_the_others(tmp_path, motion_file):
    from edge.model.people import Limb

    seen = []
    limbs = (Limb.CHEST, Limb.LEFT_ANKLE, Limb.RIGHT_WRIST)
    files = [tmp_path / "nowhere.csv", motion_file("a.csv"), motion_file("b.csv")]
    real, offline.report = offline.report, lambda _recordings, child, **_: seen.append(child.limbs) or {}
    try:
        list(offline.analyze(files, [], offline.Child(limbs=limbs), together=True))
    finally:
        offline.report = real
    assert seen == [(Limb.LEFT_ANKLE, Limb.RIGHT_WRIST)]


@pytest.mark.parametrize(
    "wrong", [["--limb", "ankle", "--limb", "wrist"], ["--site", "toe"], ["--age-months", "-1"], ["--limb", "ANKLE"]]
)
def test_wrong_options_are_usage(feverhub, motion_file, wrong):
    done = feverhub("analyze", "-m", motion_file(), *wrong)
    assert (done.code, done.out) == (2, "")


def test_in_words_for_a_person(motion_file, fever_file, bout):
    from edge.app.reports import trace, words
    from edge.model.people import Limb

    seen = []
    child = offline.Child(limbs=(Limb.LEFT_ANKLE,))
    [report] = offline.analyze([motion_file()], [fever_file()], child, show=lambda made, _: seen.extend(made))
    words = words.in_words(report, trace.traces(seen))
    *_, truth = bout
    assert "seizure-like rhythmic movement at the left ankle, " in words
    first, last = map(float, re.search(r"ankle, ([\d.]+) slowing to ([\d.]+) jerks a second", words).groups())
    assert truth.rate_hz_start * 0.8 < first < truth.rate_hz_start * 1.1
    assert truth.rate_hz_end * 0.9 < last < truth.rate_hz_end * 1.3
    assert re.search(r"regular, told by its \w+( and \w+)*; the alarm would have come ", words)
    assert "fever, 38.7 °C with a limit of 37.5 °C; the alarm would have come 10 min after the onset" in words
    assert "to the end" in words


def test_what_else_moved_is_counted_and_said_to_be_unvalidated(feverhub, motion_file):
    [report] = reports(feverhub("analyze", "-m", motion_file(), "--limb", "ankle", "--age-months", 3))
    [movement] = report["movement"]
    assert movement["limb"] == "ankle"
    assert movement["resembles_s"]["still"] > 20
    assert sum(movement["resembles_s"].values()) <= report["watched_s"]
    assert movement["counts"].keys() == {"jerks", "moro_or_startles"}
    assert "not validated" in movement["sleep"]["validity"]
    assert movement["rigor_can_be_told"] is True
    told = words.in_words(report)
    assert "still" in told.split("in minutes: ")[1]
    assert "moro or startles" in told
    assert "not validated" in told


def test_what_a_slow_sensor_cannot_show_is_said(feverhub, tmp_path):
    t_s = np.arange(0.0, 60.0, 1 / 16)
    file = save(tmp_path / "slow.csv", t_s, np.tile([0.0, 0.0, 1.0], (t_s.size, 1)))
    [report] = reports(feverhub("analyze", "-m", file))
    assert any("rigor" in note for note in report["notes"])
    assert report["movement"][0]["rigor_can_be_told"] is False


def test_words_count_from_the_beginning_of_each_files_own_clock(motion_file, fever_file):
    from edge.app.reports import words

    [report] = offline.analyze([motion_file(start_s=1.7e9)], [fever_file()], offline.Child())
    told = words.in_words(report).splitlines()
    told_of = [line.strip() for line in told[1:] if "the alarm would have come" in line]
    assert told_of
    assert all(line.startswith("0:") for line in told_of)


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        ([2.0] * 20, "2.0 jerks a second"),
        ([3 - 0.1 * n for n in range(20)], "2.8 slowing to 1.3 jerks a second"),
        ([1.2, 2.4] * 10, "between 1.2 and 2.4 jerks a second"),
        ([2.5, 1.2], "between 1.3 and 2.4 jerks a second"),
    ],
)
def test_the_rate_is_reported_as_it_went(rates, said):
    from edge.app.reports import words

    condition = {
        "condition": "seizure_like_movement",
        "kind": "physiological",
        "priority": "high",
        "onset_s": 100.0,
        "raised_s": 109.0,
        "cleared_s": None,
        "evidence": {"sensors": ["m.csv"], "rate_hz": rates, "regularity": 0.8, "pattern": "jerks"},
    }
    assert words.sentence(condition, 0.0) == (
        f"0:01:40 to the end: seizure-like rhythmic movement, {said}, very regular; "
        "the alarm would have come 9 s after the onset"
    )
