"""`feverhub bench` on a small BIDS tree as others write them: motion.tsv, EDF, events in HED-SCORE, and damage."""

import csv
import json
import shutil

import edfio
import numpy as np
import pytest

G = 9.80665
TASK = "ses-01_task-szMonitoring_run-01"
QUIET_S = 200.0


def tsv(file, rows):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join("\t".join(map(str, row)) + "\n" for row in rows), "utf-8")
    return file


def events(file, *rows, started="2026-03-14 22:00:00"):
    header = ("onset", "duration", "eventType", "lateralization", "dateTime", "recordingDuration")
    return tsv(file, [header, *[(*row, "n/a", started, "300") for row in rows]])


@pytest.fixture
def tree(tmp_path, bout):
    """Three people: a bout as motion.tsv in m/s^2, one as EDF in g, and a limb that lies still."""
    root = tmp_path / "data"
    t_s, acc_g, truth = bout
    seizure = (round(truth.start_s, 2), round(truth.end_s - truth.start_s, 2), "sz_foc_ia_m_tonicClonic")
    first = root / "sub-01" / "ses-01" / "motion" / f"sub-01_{TASK}_tracksys-imu"
    columns = np.column_stack([np.arange(len(t_s)), acc_g[:, 2] * G, acc_g[:, 0] * G, acc_g[:, 1] * G])
    tsv(first.with_name(f"{first.name}_motion.tsv"), [[f"{value:.5f}" for value in row] for row in columns])
    named = [("ankle_gx", "x", "GYRO", "rad/s"), *[(f"ankle_a{axis}", axis, "ACCEL", "m/s^2") for axis in "zxy"]]
    header = ("name", "component", "type", "tracked_point", "units")
    tsv(
        first.with_name(f"{first.name}_channels.tsv"),
        [header, *[(name, axis, kind, "left_ankle", unit) for name, axis, kind, unit in named]],
    )
    (root / "task-szMonitoring_motion.json").write_text(json.dumps({"SamplingFrequency": 50.0}))
    events(first.with_name(f"{first.name}_events.tsv"), (0, 10, "bckg"), seizure)

    second = root / "sub-02" / "ses-01" / "mov" / f"sub-02_{TASK}_mov.edf"
    edf(second, acc_g, 50)
    events(second.parent.parent / "eeg" / f"sub-02_{TASK}_events.tsv", seizure)

    third = root / "sub-03" / "ses-01" / "mov" / f"sub-03_{TASK}_mov.edf"
    still = np.random.default_rng(3).normal((0.0, 0.0, 1.0), 0.004, (round(25 * QUIET_S), 3))
    edf(third, still, 25)
    events(third.with_name(f"sub-03_{TASK}_events.tsv"), (0, QUIET_S, "bckg"))
    return root


def edf(file, acc_g, rate_hz):
    file.parent.mkdir(parents=True, exist_ok=True)
    whole = acc_g[: len(acc_g) // rate_hz * rate_hz]
    axes = [
        edfio.EdfSignal(
            whole[:, axis], rate_hz, label=f"EEG SD ACC {name}", physical_dimension="g", physical_range=(-16, 16)
        )
        for axis, name in enumerate("XYZ")
    ]
    other = edfio.EdfSignal(np.zeros(len(whole)), rate_hz, label="EEG SD GYR A", physical_range=(-1, 1))
    edfio.Edf([other, *axes]).write(file)
    return file


def read(file):
    with file.open(newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def test_a_bout_is_found_in_either_format_at_the_moment_that_analyze_says(feverhub, tree, tmp_path, bout, motion_file):
    out = tmp_path / "out"
    done = feverhub("bench", "--bids", tree, "--out", out, "--json")
    assert (done.code, done.err) == (0, "")
    results = json.loads(done.out)
    assert json.loads((out / "results.json").read_text()) == results
    as_tsv, as_edf, still = results["recordings"]
    analyzed = json.loads(feverhub("analyze", "--motion", motion_file(), "--limb", "left_ankle", "--json").lines[0])
    [alarm] = [each for each in analyzed["conditions"] if each["condition"] == "seizure_like_movement"]
    truth = bout[2]
    for recording in (as_tsv, as_edf):
        assert (recording["found"], recording["events"], recording["false_alarms"]) == (1, 1, 0)
        [seizure] = recording["seizures"]
        assert seizure["latency_s"] == pytest.approx(alarm["raised_s"] - truth.start_s, abs=1.5)
    assert (as_tsv["sensors"], as_edf["sensors"]) == (["left_ankle"], ["EEG SD"])
    assert (still["found"], still["events"], still["conditions"]) == (0, 0, [])
    total = results["total"]
    assert (total["found"], total["events"], total["sensitivity"], total["not_read"]) == (2, 2, 1.0, 0)
    hours = sum(each["length_s"] for each in results["recordings"]) / 3600
    assert total["hours"] == pytest.approx(hours, abs=1e-3)


def test_what_was_detected_is_written_as_szcore_reads_it(feverhub, tree, tmp_path):
    out = tmp_path / "out"
    results = json.loads(feverhub("bench", "--bids", tree, "--out", out, "--json").out)
    files = sorted(file.relative_to(out).as_posix() for file in out.rglob("*.tsv"))
    assert files == [
        f"sub-01/ses-01/motion/sub-01_{TASK}_tracksys-imu_events.tsv",
        f"sub-02/ses-01/mov/sub-02_{TASK}_events.tsv",
        f"sub-03/ses-01/mov/sub-03_{TASK}_events.tsv",
    ]
    [row] = read(out / files[0])
    assert list(row) == ["onset", "duration", "eventType", "confidence", "channels", "dateTime", "recordingDuration"]
    [alarm] = [each for each in results["recordings"][0]["conditions"] if each["condition"] == "seizure_like_movement"]
    assert float(row["onset"]) == pytest.approx(alarm["onset_s"], abs=0.01)
    assert (row["eventType"], row["channels"], row["dateTime"]) == ("sz", "left_ankle", "2026-03-14 22:00:00")
    [row] = read(out / files[2])
    assert (row["onset"], row["duration"], row["eventType"]) == ("0.00", "200.00", "bckg")


def test_a_recording_that_cannot_be_read_is_named_and_the_rest_goes_on(feverhub, tree):
    damaged = tree / "sub-02" / "ses-01" / "mov" / f"sub-02_{TASK}_mov.edf"
    damaged.write_bytes(damaged.read_bytes()[:700])
    [channels] = tree.rglob("*_channels.tsv")
    channels.write_text(channels.read_text().replace("m/s^2", "furlong"))
    done = feverhub("bench", "--bids", tree, "--json")
    total = json.loads(done.out)["total"]
    assert (done.code, total["recordings"], total["not_read"]) == (0, 1, 2)
    first, second = done.err.splitlines()
    assert "furlong" in first
    assert str(damaged) in second
    still = tree / "sub-03" / "ses-01" / "mov" / f"sub-03_{TASK}_mov.edf"
    still.write_bytes(b"")
    assert feverhub("bench", "--bids", tree, "--json").code == 1


@pytest.mark.parametrize(
    ("suffix", "content", "said"),
    [
        ("_motion.json", '{"SamplingFrequency": "fast"}', "SamplingFrequency"),
        ("_motion.json", "[1]", "SamplingFrequency"),
        ("_motion.json", '{"SamplingFrequency": 0}', "SamplingFrequency"),
        ("_motion.json", '{"SamplingFrequency": 5}', "5 samples a second"),
        ("_motion.tsv", "1\t2\t3\n", "has 3 columns"),
        ("_motion.tsv", "1\t2\tx\t4\n", "not readable as numbers"),
        ("_motion.tsv", "", "_motion.tsv"),
        ("_channels.tsv", "", "_motion.tsv"),
        ("_events.tsv", "onset\tduration\teventType\nsoon\t3\tsz\n", "line 2"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_sentence(feverhub, tree, suffix, content, said):
    for folder in ("sub-02", "sub-03"):
        shutil.rmtree(tree / folder)
    [file] = tree.rglob(f"*{suffix}")
    file.write_text(content)
    done = feverhub("bench", "--bids", tree, "--json")
    assert (done.code, len(done.err.splitlines())) == (1, 1)
    assert said in done.err


@pytest.mark.parametrize(("unit", "factor"), [("", 1.0), ("", G), ("", 1000.0), ("G", 1.0), ("mg", 1000.0)])
def test_the_unit_is_as_said_or_told_by_gravity(feverhub, tmp_path, unit, factor):
    rows = [[f"{value * factor:.4f}" for value in (0.0, 0.6, 0.8)] for _ in range(500)]
    first = tmp_path / "sub-01" / "motion" / "sub-01_task-sleep"
    tsv(first.with_name("sub-01_task-sleep_motion.tsv"), rows)
    names = ("name", "component", "type", "tracked_point", "units", "sampling_frequency")
    axes = [(f"a{axis}", axis, "ACCEL", "ankle", unit, 25) for axis in "xyz"]
    tsv(first.with_name("sub-01_task-sleep_channels.tsv"), [names, *axes])
    [recording] = json.loads(feverhub("bench", "--bids", tmp_path, "--json").out)["recordings"]
    assert (recording["notes"], recording["length_s"]) == ([], 20.0), "gravity is there"


def test_a_recording_that_nobody_annotated_counts_in_no_figure(feverhub, tree):
    for file in tree.rglob("*_events.tsv"):
        file.unlink()
    results = json.loads(feverhub("bench", "--bids", tree, "--json").out)
    total = results["total"]
    assert (total["not_annotated"], total["hours"], total["sensitivity"], total["false_alarms_per_hour"]) == (
        *(3, 0.0, None, None),
    )
    assert [each["condition"] for each in results["recordings"][0]["conditions"]] == ["seizure_like_movement"]


def test_the_data_are_never_written_over(feverhub, tree):
    before = {file: file.read_bytes() for file in tree.rglob("*") if file.is_file()}
    for out in (tree, tree / "sub-01", tree / "results"):
        done = feverhub("bench", "--bids", tree, "--out", out)
        assert (done.code, "lies among the data" in done.err) == (1, True)
    assert {file: file.read_bytes() for file in tree.rglob("*") if file.is_file()} == before


def test_a_folder_without_movement_is_one_sentence(feverhub, tmp_path):
    done = feverhub("bench", "--bids", tmp_path)
    assert (done.code, len(done.err.splitlines())) == (1, 1)
    assert "_motion.tsv" in done.err
    assert "there is no such folder" in feverhub("bench", "--bids", tmp_path / "none").err
