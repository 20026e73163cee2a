"""`feverhub cohort report`: figures that are worked out by hand, and what it says where it cannot know."""

import json
import re

import duckdb
import pytest

from edge.app.cohort.figures import age_band
from edge.app.cohort.nights import File, Night
from edge.app.cohort.results import Results
from tests.bench.scores import events as by_timescoring
from tests.cli.conftest import feverhub
from tests.support.cohort import tables

__all__ = ["feverhub"]

START_S = 1_767_300_000.0
DAY_S = 86_400.0
HOUR_S = 3600.0


def alarm(onset_s, condition="seizure_like_movement", raised_s=10.0, cleared_s=60.0, day=0):
    """Seconds from the night's begin; raised and cleared from its onset."""
    begin_s = START_S + day * DAY_S + onset_s
    said = {"condition": condition, "kind": "physiological", "priority": "high", "evidence": {}}
    return {**said, "onset_s": begin_s, "raised_s": begin_s + raised_s, "cleared_s": begin_s + cleared_s}


def result(number, person, *alarms, detector="1.0+aaaaaaaa", age_months=14.0, limb="ankle", size=1, **more):
    """Of one night of four hours on day `number`."""
    name = f"{person}/{number}"
    return Night(name, "", (File("", "m", size),), exported=True), {
        "night": name,
        "detector": detector,
        "files": {"m": {"size": size, "sha256": "0"}},
        "person": person,
        "age_months": age_months,
        "limb": limb,
        "start_s": START_S + number * DAY_S,
        "duration_s": 4 * HOUR_S,
        "watched_s": 4 * HOUR_S,
        "movement_s": 4 * HOUR_S,
        "temperature_s": 2 * HOUR_S,
        "conditions": list(alarms),
        **more,
    }


def kept(out, *found):
    results = Results(str(out))
    for night, each in found:
        results.keep(night, each)
    results.tables([night for night, _ in found])
    return out


MIA = (
    # Found after 30 s; a false alarm an hour later; a seizure that nobody found.
    result(0, "mia", alarm(1020.0), alarm(5000.0), alarm(3000.0, "fever", cleared_s=9000.0)),
    result(1, "mia"),
)
LEO = result(2, "leo", alarm(2050.0, day=2), age_months=4.0, limb="wrist")
HAPPENED = [
    ("mia", 0, 1000.0, 1060.0, "Clonic"),
    ("mia", 0, 9000.0, 9060.0, "tonic_clonic"),
    ("mia", 0, 3600.0, 12_000.0, "fever"),
    ("leo", 2, 2000.0, 2100.0, "seizure"),
    ("leo", 2, 3000.0, 3005.0, "kicking"),
    ("leo", 9, 3000.0, 3005.0, "seizure"),
]


@pytest.fixture
def truth(tmp_path):
    """As CSV, in seconds since 1970."""
    file = tmp_path / "truth.csv"
    rows = [
        f"{person},{START_S + day * DAY_S + begin_s},{START_S + day * DAY_S + end_s},{kind}"
        for person, day, begin_s, end_s, kind in HAPPENED
    ]
    file.write_text("\n".join(["person,onset,end,kind", *rows]))
    return file


@pytest.fixture
def out(tmp_path):
    return kept(tmp_path / "out", *MIA, LEO)


def figures(feverhub, *arguments):
    done = feverhub("cohort", "report", *arguments, "--json")
    assert done.code == 0, done.err
    return json.loads(done.out)


def row(found, event, by="all", group="all", detector="1.0+aaaaaaaa"):
    keys = {"event": event, "by": by, "group": group, "detector": detector}
    [only] = [each for each in found["scored"] if keys.items() <= each.items()]
    return only


def test_seizures_found_missed_and_alarms_without_one_are_counted_with_their_intervals(feverhub, out, truth):
    all_ = row(figures(feverhub, out, "--truth", truth), "seizure")
    assert (all_["found"], all_["events"], all_["false_alarms"], all_["hours"]) == (2, 3, 1, 12.0)
    assert all_["sensitivity"] == pytest.approx(2 / 3, abs=1e-4)
    assert all_["sensitivity_95"] == pytest.approx([0.2077, 0.9385], abs=1e-3)  # Wilson's, 2 of 3
    assert all_["false_alarms_per_hour"] == pytest.approx(1 / 12, abs=1e-4)
    assert all_["false_alarms_per_hour_95"] == pytest.approx([0.0253 / 12, 5.5716 / 12], abs=1e-3)  # Garwood's, 1
    assert all_["latency_median_s"] == pytest.approx(45.0)  # 30 and 60 s
    assert all_["latency_p95_s"] == pytest.approx(58.5)


def test_a_night_is_scored_as_the_package_timescoring_does(feverhub, out, truth):
    mia = row(figures(feverhub, out, "--truth", truth), "seizure", "person", "mia")
    theirs = by_timescoring([(1000.0, 1060.0), (9000.0, 9060.0)], [(1020.0, 1080.0), (5000.0, 5060.0)], 4 * HOUR_S)
    assert (mia["found"], mia["events"], mia["false_alarms"]) == (theirs.found, theirs.of, theirs.false)


def test_each_person_age_and_limb_has_its_own_figures(feverhub, out, truth):
    found = figures(feverhub, out, "--truth", truth)
    leo = row(found, "seizure", "person", "leo")
    assert (leo["found"], leo["events"], leo["false_alarms"], leo["nights"]) == (1, 1, 0, 1)
    assert leo["latency_median_s"] == 60.0
    same = {key: value for key, value in leo.items() if key not in {"by", "group"}}
    for by, group in (("age", "03-06 months"), ("limb", "wrist")):
        each = row(found, "seizure", by, group)
        assert {key: value for key, value in each.items() if key not in {"by", "group"}} == same
    assert row(found, "seizure", "age", "12-24 months")["nights"] == 2


def test_a_fever_is_one_however_long_and_its_hours_are_those_of_the_thermometer(feverhub, out, truth):
    fever = row(figures(feverhub, out, "--truth", truth), "fever")
    assert (fever["found"], fever["events"], fever["false_alarms"], fever["hours"]) == (1, 1, 0, 6.0)


def test_what_the_truth_has_outside_of_all_nights_and_what_no_alarm_answers_is_told(feverhub, out, truth, tmp_path):
    found = figures(feverhub, out, "--truth", truth)
    assert found["truth"] == {
        "events": 6,
        "in_no_night": 1,
        "nights_of_persons_without_a_row": 0,
        "not_scored": {"kicking": 1},
    }
    only_mia = tmp_path / "mia.csv"
    only_mia.write_text("\n".join(truth.read_text().splitlines()[:4]))
    assert figures(feverhub, out, "--truth", only_mia)["truth"]["nights_of_persons_without_a_row"] == 1


def test_without_truth_alarms_are_counted_and_sensitivity_is_said_to_be_unknown(feverhub, out, tmp_path):
    found = figures(feverhub, out)
    all_ = row(found, "seizure")
    assert found["note"] == "no truth was given: sensitivity cannot be known"
    assert (all_["alarms"], all_["alarms_per_hour"]) == (3, 0.25)
    assert not {"sensitivity", "found", "false_alarms"} & all_.keys()
    page = tmp_path / "page.html"
    done = feverhub("cohort", "report", out, "--out", page)
    assert "No truth was given: sensitivity cannot be known." in done.out
    assert "No truth was given: sensitivity cannot be known." in page.read_text("utf-8")
    assert "<th>sensitivity" not in page.read_text("utf-8")


def test_two_detectors_stand_side_by_side_over_the_nights_that_both_have_judged(feverhub, out, truth, tmp_path):
    newer = {"detector": "1.1+bbbbbbbb"}
    other = kept(
        tmp_path / "newer",
        result(0, "mia", alarm(1010.0), alarm(9010.0), **newer),
        result(1, "mia", size=2, **newer),  # its file has changed meanwhile
        (LEO[0], {"night": LEO[0].name, "error": "leo/2: was cut", **newer}),
    )
    found = figures(feverhub, out, other, "--truth", truth)
    assert [(each["detector"], each["nights"], each["failed"], each["left_out"]) for each in found["detectors"]] == [
        ("1.0+aaaaaaaa", 3, 0, 2),
        ("1.1+bbbbbbbb", 3, 1, 1),
    ]
    before, after = row(found, "seizure"), row(found, "seizure", detector="1.1+bbbbbbbb")
    assert (before["nights"], before["found"], before["events"], before["false_alarms"]) == (1, 1, 2, 1)
    assert (after["nights"], after["found"], after["events"], after["false_alarms"]) == (1, 2, 2, 0)
    page = tmp_path / "page.html"
    feverhub("cohort", "report", out, other, "--truth", truth, "--out", page)
    text = page.read_text("utf-8")
    assert "2 left out, since not all detectors judged them" in text
    assert text.count('fill="#0072b2"') >= 2
    assert text.count('fill="#009e73"') >= 2


def test_two_results_of_one_detector_are_told_apart_by_their_folders(feverhub, out, tmp_path):
    again = kept(tmp_path / "again", *MIA, LEO)
    names = [each["detector"] for each in figures(feverhub, out, again)["detectors"]]
    assert names == [f"1.0+aaaaaaaa ({out})", f"1.0+aaaaaaaa ({again})"]


@pytest.mark.parametrize("type_", ["TIMESTAMPTZ", "TIMESTAMP"])
def test_a_truth_of_times_says_the_same_as_one_of_seconds(feverhub, out, truth, tmp_path, type_):
    file = tmp_path / "truth.parquet"
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        rows = f'SELECT person, to_timestamp(onset)::{type_} AS onset, to_timestamp("end")::{type_} AS "end", kind'
        db.sql(f"{rows} FROM read_csv('{truth}')").write_parquet(str(file))
    assert figures(feverhub, out, "--truth", file) == figures(feverhub, out, "--truth", truth)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("person,onset,kind\nmia,1,fever\n", "needs the columns person, onset, end, kind; end missing"),
        ("person,onset,end,kind\nmia,20,10,fever\n", "1 rows have no onset and end, or end before they begin"),
        ("person,onset,end,kind\nmia,soon,later,fever\n", "onset and end are times, or seconds since 1970"),
        (None, "cannot be read"),
    ],
)
def test_a_truth_that_is_none_is_one_sentence(feverhub, out, tmp_path, text, said):
    file = tmp_path / "bad.csv"
    if text is not None:
        file.write_text(text)
    done = feverhub("cohort", "report", out, "--truth", file)
    assert (done.code, done.out) == (1, "")
    assert f"{file}: {said}" in done.err


def test_results_that_are_not_there_are_one_sentence(feverhub, tmp_path):
    done = feverhub("cohort", "report", tmp_path)
    assert done.code == 1
    assert "has no nights.parquet; `feverhub cohort analyze` writes it" in done.err


def test_the_page_is_whole_without_a_script_and_shows_no_name_as_markup(feverhub, truth, tmp_path):
    out = kept(tmp_path / "out", result(0, "<b>mia</b>", alarm(1020.0)))
    page = tmp_path / "page.html"
    assert feverhub("cohort", "report", out, "--truth", truth, "--out", page).code == 0
    text = page.read_text("utf-8")
    assert "<script" not in text
    assert "<b>mia" not in text
    assert "&lt;b&gt;mia" in text
    assert not re.findall(r'(?:src|href)="', text)
    assert text.count("<svg") >= 4


@pytest.mark.parametrize(
    ("age_months", "band"),
    [
        *((None, "not known"), (0.0, "00-03 months"), (2.99, "00-03 months"), (3.0, "03-06 months")),
        *((23.9, "12-24 months"), (60.0, "from 60 months"), (200.0, "from 60 months")),
    ],
)
def test_age_bands(age_months, band):
    assert age_band(age_months) == band


def test_simulated_nights_are_judged_and_held_against_their_truth(feverhub, tmp_path):
    for name in ("one", "two"):
        study = tmp_path / name
        made = feverhub("cohort", "simulate", study, "--nights", 2, "--seed", 5, "--hours", 1, "--workers", 1, "--json")
        assert made.code == 0, made.err
        assert feverhub("cohort", "analyze", study / "nights", study / "out", "--workers", 1).code == 0
    one, two = tmp_path / "one", tmp_path / "two"
    assert tables(one / "out") == tables(two / "out")
    assert (one / "truth.parquet").read_bytes() == (two / "truth.parquet").read_bytes()
    found = figures(feverhub, one / "out", "--truth", one / "truth.parquet")
    seizure = row(found, "seizure", detector=found["detectors"][0]["detector"])
    assert (seizure["found"], seizure["events"], seizure["false_alarms"]) == (2, 2, 0)
    assert found["truth"]["in_no_night"] == 0
