"""`feverhub cohort analyze`: many nights, each as `feverhub analyze` judges it, whatever happens meanwhile."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile

import duckdb
import pytest

from edge.app.cohort import detector, judge, nights
from edge.app.cohort.progress import Progress
from tests.cli.conftest import feverhub
from tests.support.cohort import START_S, command, night, rows, tables, workers_of

__all__ = ["feverhub"]

NIGHTS = 6
TWO = ("--workers", "2")


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Six nights of two children, every other with a convulsion."""
    folder = tmp_path_factory.mktemp("cohort") / "nights"
    for number in range(NIGHTS):
        person = ("mia", "leo")[number % 2]
        start_s = START_S + 86_400.0 * number
        night(folder / person / f"{number}", person, number, start_s=start_s, bout=number % 2 == 0)
    return folder


@pytest.fixture(scope="module")
def whole(source, tmp_path_factory):
    """The results of all of them, with nothing in the way."""
    out = tmp_path_factory.mktemp("results") / "out"
    done = subprocess.run(command(source, out, *TWO), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return out


def begun(source, out):
    """A run that has judged at least one night and is not done."""
    process = subprocess.Popen(command(source, out, *TWO), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 90
    while not list(out.rglob("*.json")) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert process.poll() is None
    return process


def test_a_night_is_judged_bit_for_bit_as_analyze_judges_its_files(feverhub, source, whole):
    of_cohort = [row for row in rows(whole / "conditions.parquet") if row["night"] == "mia/0"]
    folder = source / "mia" / "0"
    age_months = json.loads((folder / "export.json").read_text())["age_months"]
    files = ["--motion", folder / "motion-band.parquet", "--temperature", folder / "temperature-patch.parquet"]
    worn = ["--limb", "left_ankle", "--site", "patch", "--age-months", age_months, "--json"]
    [report] = [json.loads(line) for line in feverhub("analyze", "--together", *files, *worn).lines]
    assert "seizure_like_movement" in {each["condition"] for each in report["conditions"]}
    alone = [
        {"value": None, "limit": None, "unit": None, **each, "night": "mia/0", "person": "mia"}
        for each in report["conditions"]
    ]
    assert [{**row, "evidence": json.loads(row["evidence"])} for row in of_cohort] == alone


def test_the_table_of_nights_says_whose_they_are_and_by_which_detector(whole):
    found = rows(whole / "nights.parquet")
    assert [row["night"] for row in found] == ["leo/1", "leo/3", "leo/5", "mia/0", "mia/2", "mia/4"]
    assert {row["detector"] for row in found} == {detector.version()}
    assert {(row["person"], row["limb"]) for row in found} == {("mia", "left_ankle"), ("leo", "left_ankle")}
    assert all(12 < row["age_months"] < 14 and 170 < row["movement_s"] < 181 and row["error"] is None for row in found)


def test_a_worker_that_is_killed_changes_nothing(source, whole, tmp_path):
    process = begun(source, tmp_path / "out")
    os.kill(workers_of(process.pid)[0], signal.SIGKILL)
    out, err = process.communicate(timeout=90)
    assert (process.returncode, err, json.loads(out)["failed"]) == (0, "", {})
    assert tables(tmp_path / "out") == tables(whole)


def test_a_run_that_was_killed_goes_on_where_it_was(feverhub, source, whole, tmp_path):
    process = begun(source, tmp_path / "out")
    process.kill()
    process.communicate(timeout=30)
    done = feverhub("cohort", "analyze", source, tmp_path / "out", "--json")
    facts = json.loads(done.out)
    assert 1 <= facts["known"] < NIGHTS
    assert tables(tmp_path / "out") == tables(whole)


def test_only_a_night_that_has_changed_is_judged_again(feverhub, source, tmp_path):
    own, out = tmp_path / "nights", tmp_path / "out"
    shutil.copytree(source / "mia", own)
    assert json.loads(feverhub("cohort", "analyze", own, out, "--json").out)["known"] == 0
    before = tables(out)
    assert json.loads(feverhub("cohort", "analyze", own, out, "--json").out)["known"] == 3
    assert tables(out) == before
    shutil.rmtree(own / "2")
    night(own / "2", "mia", 7, bout=True)
    assert json.loads(feverhub("cohort", "analyze", own, out, "--json").out)["known"] == 2
    assert tables(out) != before


def test_another_detector_judges_every_night_again(feverhub, source, tmp_path):
    out = tmp_path / "out"
    feverhub("cohort", "analyze", source / "mia", out)
    for file in (out / "nights").glob("*.json"):
        file.write_text(file.read_text().replace(detector.version(), "0.0.9+00000000"))
    assert json.loads(feverhub("cohort", "analyze", source / "mia", out, "--json").out)["known"] == 0


def test_a_worker_with_another_detector_judges_nothing(source):
    [found, *_] = nights.find(str(source))
    result = judge.judge(judge.Job(found, "0.0.9+00000000", {}))
    assert result is not None
    assert "runs another detector" in result["error"]


def test_what_cannot_be_read_is_named_and_the_others_are_as_before(feverhub, source, whole, tmp_path):
    own, out = tmp_path / "nights", tmp_path / "out"
    shutil.copytree(source, own)
    band = night(own / "cut", "mia", 1) / "motion-band.parquet"
    half = band.read_bytes()[: band.stat().st_size // 2]
    band.write_bytes(half)
    (own / "single").mkdir()
    (own / "single" / "half.parquet").write_bytes(half)
    (own / "single" / "empty.parquet").touch()
    (own / "single" / "letter.txt").write_text("Dear doctor")
    duckdb.sql("SELECT 1 AS price").write_parquet(str(own / "single" / "prices.parquet"))
    (night(own / "lost", "mia", 1) / "temperature-patch.parquet").unlink()
    (night(own / "torn", "mia", 1) / "export.json").write_text('{"schema": 1')
    done = feverhub("cohort", "analyze", own, out, "--json")
    assert done.code == 1
    named = {
        "cut": "motion-band.parquet was cut or changed since it was exported",
        "single/half.parquet": "cannot be read as Parquet",
        "single/empty.parquet": "the file is empty",
        "single/letter.txt": "is no night: a folder of `feverhub export` or a Parquet file was expected",
        "single/prices.parquet": "needs the columns t,x,y,z or t,m, found price",
        "lost": "temperature-patch.parquet is missing",
        "torn": "export.json cannot be read",
    }
    failed = json.loads(done.out)["failed"]
    assert failed.keys() == named.keys()
    for name, why in named.items():
        assert failed[name].startswith(f"{name}: {why}")
        assert f"feverhub: {failed[name]}\n" in done.err
        assert "/nights" not in failed[name]
    found = rows(out / "nights.parquet")
    assert {row["night"]: row["error"] for row in found if row["error"]} == failed
    assert [row for row in found if not row["error"]] == rows(whole / "nights.parquet")
    assert rows(out / "conditions.parquet") == rows(whole / "conditions.parquet")


def test_a_night_that_could_not_be_read_is_tried_again(feverhub, source, tmp_path):
    own, out = tmp_path / "nights", tmp_path / "out"
    shutil.copytree(source / "mia" / "0", own / "0")
    band = own / "0" / "motion-band.parquet"
    content = band.read_bytes()
    band.write_bytes(content[:1000])
    assert feverhub("cohort", "analyze", own, out).code == 1
    band.write_bytes(content)
    assert feverhub("cohort", "analyze", own, out).code == 0


def test_a_single_file_is_a_night_of_who_its_folder_is_named_after(feverhub, source, tmp_path):
    (tmp_path / "nights" / "ada").mkdir(parents=True)
    shutil.copy(source / "mia" / "0" / "motion-band.parquet", tmp_path / "nights" / "ada" / "monday.parquet")
    assert feverhub("cohort", "analyze", tmp_path / "nights", tmp_path / "out").code == 0
    [row] = rows(tmp_path / "out" / "nights.parquet")
    assert (row["night"], row["person"], row["age_months"]) == ("ada/monday.parquet", "ada", None)


def test_a_night_alone_is_called_as_its_folder(feverhub, source, tmp_path):
    assert feverhub("cohort", "analyze", source / "mia" / "0", tmp_path / "out").code == 0
    assert [(row["night"], row["error"]) for row in rows(tmp_path / "out" / "nights.parquet")] == [("0", None)]


def test_where_no_night_can_be_read_there_are_tables_all_the_same(feverhub, tmp_path):
    (tmp_path / "nights").mkdir()
    (tmp_path / "nights" / "a b %41 ü.parquet").touch()
    assert feverhub("cohort", "analyze", tmp_path / "nights", tmp_path / "out").code == 1
    [row] = rows(tmp_path / "out" / "nights.parquet")
    assert row["error"] == "a b %41 ü.parquet: the file is empty"
    assert rows(tmp_path / "out" / "conditions.parquet") == []
    done = feverhub("cohort", "report", tmp_path / "out", "--out", tmp_path / "page.html")
    assert (done.code, "1 could not be judged" in done.out) == (0, True)


def test_results_that_cannot_be_written_are_one_sentence(feverhub, source, tmp_path):
    (tmp_path / "file").touch()
    done = feverhub("cohort", "analyze", source / "mia", tmp_path / "file" / "out")
    assert (done.code, done.out) == (1, "")
    assert f"{tmp_path / 'file' / 'out'}: cannot be written" in done.err


def test_nights_in_another_file_system_give_the_same(feverhub, source, whole, tmp_path):
    with zipfile.ZipFile(tmp_path / "nights.zip", "w") as archive:
        for file in sorted(source.rglob("*")):
            archive.write(file, file.relative_to(source))
    url = f"zip://::file://{tmp_path / 'nights.zip'}"
    assert feverhub("cohort", "analyze", url, f"file://{tmp_path / 'out'}").code == 0
    assert tables(tmp_path / "out") == tables(whole)


@pytest.mark.parametrize("inside", ["", "results"])
def test_results_are_never_written_among_the_nights(feverhub, source, inside):
    done = feverhub("cohort", "analyze", source, source / inside)
    assert (done.code, done.out) == (1, "")
    assert "lies among the nights" in done.err


def test_a_folder_without_nights_and_one_that_is_not_there_are_one_sentence(feverhub, tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        done = feverhub("cohort", "analyze", folder, tmp_path.parent / "out")
        assert done.code == 1
        assert "there are no nights" in done.err


@pytest.mark.parametrize("package", ["fsspec", "duckdb"])
def test_without_the_extra_it_says_what_to_install(feverhub, source, tmp_path, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    done = feverhub("cohort", "analyze", source / "mia", tmp_path / "out")
    assert (done.code, done.out) == (1, "")
    assert f'the package {package} is needed for a cohort: pip install "feverhub[cohort]"' in done.err
    assert not (tmp_path / "out").exists(), "no night was judged before that was seen"


def test_without_a_terminal_a_line_a_minute_says_how_far_it_is(monkeypatch, capsys):
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    progress = Progress(100)
    progress.count(None, failed=False)
    for second in range(1, 121):
        clock[0] = float(second)
        if second % 10 == 0:
            progress.count(28_800.0, failed=second == 50)
    said = capsys.readouterr().err.splitlines()
    assert said == [
        "7 of 100 nights (1 known before, 1 failed), 2,880x real time, about 16 min left",
        "13 of 100 nights (1 known before, 1 failed), 2,880x real time, about 14 min left",
    ]
