"""`feverhub contribute`: the zip holds the movement of a real store, and nothing that says whose it is."""

import hashlib
import io
import json
import re
import stat
import time
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.app.reports.contribute import words
from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.care import Entry, Remark, Stage, Symptoms
from edge.model.effect import KeepMotion
from edge.model.evidence import ProlongedEvidence, SeizureEvidence
from edge.storage.journal import SqliteJournal
from edge.storage.sqlite import SqliteReadingStore

ONSET_S = float(int(time.time())) - 7200.0
SECRETS = (
    *("xanthippe", "quux", "lighthouse", "octavia", "zz_band", "yy_old_band", "zerkon", "grandmother", "balcony"),
    *("c4:7c:8d", "c47c8d", "rtsp", "mia-s-77", "tilde"),
)
CONFIG = """
[hub]
name = "lighthouse"
credentials_dir = "{folder}/credentials"
sounder = ""
[[person]]
id = "xanthippe"
name = "Quux Zerkon"
born = 2025-08-01
[[person]]
id = "tilde"
name = "Tilde"
[[device]]
id = "zz_band"
profile = "osd_watch"
person = "xanthippe"
limb = "left_ankle"
[[caregiver]]
id = "octavia"
name = "Octavia"
mqtt_user = "grandmother"
"""


def samples(begin_s, length_s, *, device="zz_band", person="xanthippe", place="left_ankle", seed=1):
    """25 Hz on three axes, on the grid of the store, with some invalid."""
    t_s = begin_s + np.arange(round(25 * length_s)) / 25.0
    values = np.random.default_rng(seed).integers(-8000, 8000, (len(t_s), 3)) / 4096
    values[5::500] = np.nan
    return KeepMotion(person, device, place, t_s, values, True)


def alarm(ident, condition, onset_s, number, person="xanthippe", **more):
    fields = {"evidence": SeizureEvidence(sensors=("zz_band",), film="rtsp://balcony/7"), "text": "Quux: movement"}
    return Alarm(
        *(ident, AlarmKey(condition, person), Kind.PHYSIOLOGICAL, Priority.HIGH, Presence.ON),
        *(onset_s, onset_s + 12.0, number, Reason.EVIDENCE),
        **{**fields, "changed_s": onset_s + 12.0, **more},
    )


def over(first, number, after_s, **more):
    fields = {"presence": Presence.OFF, "reason": Reason.EVIDENCE_ENDED, "cleared_s": first.onset_s + after_s}
    return replace(first, **{**fields, "sequence": number, "changed_s": first.onset_s + after_s, **more})


@pytest.fixture
def house(tmp_path):
    """Configuration and state of a family: an answered alarm with symptoms, a fever, a long movement, samples."""
    (tmp_path / "credentials").mkdir()
    config, folder = tmp_path / "feverhub.toml", tmp_path / "state"
    config.write_text(CONFIG.format(folder=tmp_path))
    folder.mkdir()
    journal = SqliteJournal(folder / "journal.sqlite")
    fever = alarm("mia-f-1", Condition.FEVER, ONSET_S - 3000, 1)
    seizure = alarm("mia-s-77", Condition.SEIZURE_LIKE_MOVEMENT, ONSET_S, 2)
    false = replace(seizure, reason=Reason.FALSE_ALARM, attended_by="octavia", sequence=3, changed_s=ONSET_S + 20)
    cool = over(fever, 5, 4000.0)
    long = alarm(
        *("mia-p-1", Condition.PROLONGED_MOVEMENT, ONSET_S + 3600, 6), evidence=ProlongedEvidence(movement="goes on")
    )
    for each in (fever, seizure, false, over(false, 4, 60.0), cool, long):
        journal.record([each], [], each.changed_s)
    seen = Symptoms(
        *(Stage.DURING, True), eyes="to the left", colour="as her grandmother says", text="Zerkon", film="balcony"
    )
    entries = [
        Entry("s1", 1, "xanthippe", seen, ONSET_S + 30, "octavia", "octavia", ONSET_S + 30),
        Entry("r1", 1, "xanthippe", Remark("Quux slept"), ONSET_S + 31, "octavia", "octavia", ONSET_S + 31),
    ]
    journal.record([], [], ONSET_S + 60, entries)
    journal.close()
    store = SqliteReadingStore(folder / "readings.sqlite")
    store.keep([samples(ONSET_S - 300, 500.0), samples(ONSET_S + 3500, 300.0, seed=2)])
    store.close()
    return config, folder


def ask(feverhub, house, out, *more):
    config, folder = house
    return feverhub("contribute", "-c", config, "--state-dir", folder, "--out", out, *more)


def opened(out):
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_window_holds_what_the_store_has_around_the_alarm(feverhub, house, tmp_path):
    out = tmp_path / "movement.zip"
    done = ask(feverhub, house, out, "--i-consent")
    assert (done.code, done.err) == (0, "")
    files = opened(out)
    index = json.loads(files["index.json"])
    first, second = index["windows"]
    table = np.loadtxt(io.BytesIO(files[first["file"]]), delimiter=",", skiprows=1)
    assert files[first["file"]].startswith(b"t,x,y,z\n")
    store = SqliteReadingStore(house[1] / "readings.sqlite", read_only=True)
    kept = list(store.motion("zz_band", ONSET_S - 120, ONSET_S + 60 + 60))
    store.close()
    values = np.concatenate([item.values for item in kept])
    assert len(values) == 240 * 25
    np.testing.assert_array_equal(table[:, 1:], values)
    np.testing.assert_allclose(table[:, 0] + ONSET_S - 120, np.concatenate([item.wall_s for item in kept]), atol=1e-4)
    assert {key: first[key] for key in ("condition", "labels", "symptoms", "fever_known", "profile", "limb")} == {
        "condition": "seizure_like_movement",
        "labels": ["false_alarm", "with_her"],
        "symptoms": ["during:wetting", "during:eyes_left", "during:colour_other"],
        "fever_known": True,
        "profile": "osd_watch",
        "limb": "left_ankle",
    }
    assert (first["onset_s"], first["raised_s"], first["ended_s"], first["rate_hz"]) == (120.0, 132.0, 180.0, 25.0)
    assert (second["condition"], second["labels"], second["fever_known"]) == ("prolonged_movement", [], False)
    assert (second["ended_s"], second["triggered"], second["alarm"], second["child"]) == (None, False, 2, 1)
    assert isinstance(first["age_months"], int)


def test_nothing_in_it_tells_whose_or_when(feverhub, house, tmp_path):
    out = tmp_path / "movement.zip"
    ask(feverhub, house, out, "--i-consent")
    raw = out.read_bytes()
    everything = {**opened(out), "": raw}
    for name, data in everything.items():
        for secret in SECRETS:
            assert secret not in (name.encode() + data).decode("latin-1").lower(), (name, secret)
    assert b"octavia" in (house[1] / "journal.sqlite").read_bytes(), "the search finds what is there"
    for name, data in opened(out).items():
        text = data.decode()
        assert not re.search(r"(?<![.\d])\d{6,}|20\d\d-\d\d|\d\d:\d\d", text), f"{name} holds a moment"
    with zipfile.ZipFile(out) as archive:
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {each.extra + each.comment for each in archive.infolist()} | {archive.comment} == {b""}


def test_the_same_data_make_the_same_bytes_and_the_code_is_theirs(feverhub, house, tmp_path):
    one, two = tmp_path / "one.zip", tmp_path / "two.zip"
    done = ask(feverhub, house, one, "--i-consent")
    ask(feverhub, house, two, "--i-consent")
    assert one.read_bytes() == two.read_bytes()
    assert hashlib.sha256(one.read_bytes()).hexdigest() in done.lines[-1]
    assert stat.S_IMODE(one.stat().st_mode) == 0o600


def test_without_consent_it_is_shown_and_nothing_is_written(feverhub, house, tmp_path):
    out = tmp_path / "movement.zip"
    done = ask(feverhub, house, out)
    assert (done.code, out.exists()) == (1, False)
    assert "--i-consent" in done.err
    assert "still be recognisable" in done.out
    assert done.lines[0].startswith("windows/0001.csv  seizure-like movement, left ankle (osd_watch), 4 min 00 s")
    assert "false alarm" in done.lines[0]
    done = ask(feverhub, house, out, "--json")
    said = json.loads(done.out)
    assert (done.code, out.exists(), said["written"]) == (1, False, False)
    assert said["windows"][0]["labels"] == ["false_alarm", "with_her"]


def test_a_sensor_that_is_no_longer_set_up_and_another_child_stay_apart(feverhub, house, tmp_path):
    journal = SqliteJournal(house[1] / "journal.sqlite")
    evidence = SeizureEvidence(sensors=("yy_old_band",))
    other = alarm("t-1", Condition.SEIZURE_LIKE_MOVEMENT, ONSET_S + 1000, 9, "tilde", evidence=evidence)
    journal.record([other], [], other.changed_s)
    journal.close()
    store = SqliteReadingStore(house[1] / "readings.sqlite")
    band = {"device": "yy_old_band", "place": "on the balcony"}
    store.keep([samples(ONSET_S + 900, 60.0, **band), samples(ONSET_S + 980, 100.0, person="tilde", **band)])
    store.close()
    out = tmp_path / "tilde.zip"
    assert ask(feverhub, house, out, "--i-consent", "--person", "tilde").code == 0
    [entry] = json.loads(opened(out)["index.json"])["windows"]
    assert (entry["child"], entry["profile"], entry["limb"], entry["age_months"]) == (2, "", "unknown", None)
    assert (entry["onset_s"], entry["samples"], entry["triggered"]) == (120.0, 92 * 25, True), "to a minute after 12 s"


def test_a_window_is_a_recording_that_analyze_reads(feverhub, house, tmp_path):
    out = tmp_path / "movement.zip"
    ask(feverhub, house, out, "--i-consent")
    file = tmp_path / "0001.csv"
    file.write_bytes(opened(out)["windows/0001.csv"])
    done = feverhub("analyze", "--motion", file, "--json")
    assert done.code == 0
    assert json.loads(done.lines[0])["duration_s"] == pytest.approx(240.0, abs=0.1)


def test_what_is_wrong_is_one_sentence(feverhub, house, tmp_path):
    config, folder = house
    there = tmp_path / "there.zip"
    there.write_text("mine")
    wrong = {
        "there is such a file already": ask(feverhub, house, there, "--i-consent"),
        "nothing to give": ask(feverhub, house, tmp_path / "a.zip", "--i-consent", "--since", "1h"),
        "no person 'tilda' in the configuration, did you mean 'tilde'?": ask(
            *(feverhub, house, tmp_path / "a.zip", "--person", "tilda")
        ),
        "there is no journal here": ask(feverhub, (config, tmp_path / "none"), tmp_path / "a.zip"),
        "No such file or directory": ask(feverhub, house, tmp_path / "no" / "a.zip", "--i-consent"),
    }
    for sentence, done in wrong.items():
        assert done.code in {1, 3}
        assert sentence in done.err
        assert len(done.err.splitlines()) == 1, done.err
    usage = ask(feverhub, house, tmp_path / "a.zip", "--since", "soon")
    assert (usage.code, "neither like 48h or 3d nor a date" in usage.err) == (2, True)
    assert there.read_text() == "mine"
    (folder / "readings.sqlite").rename(folder / "elsewhere")
    assert "there are no readings here" in ask(feverhub, house, tmp_path / "a.zip").err
    assert not (tmp_path / "a.zip").exists()


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_whatever_was_typed_only_words_of_the_list_come_out(eyes, colour, side):
    seen = Symptoms(Stage.AFTER, crying=False, eyes=eyes, colour=colour, side=side, text=eyes, film=side)
    entry = Entry("s", 1, "p", seen, 0.0, "a", "a", 0.0)
    allowed = re.compile(
        r"after:(no_crying|eyes_(open|closed|left|right|up|down|rolled|staring|fixed|blinking|other)"
        r"|colour_(normal|pale|blue|grey|red|lips|face|other)"
        r"|side_(left|right|both|all|arms?|legs?|hands?|face|head|other))"
    )
    assert all(allowed.fullmatch(word) for word in words(entry))


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("blue lips", ["during:colour_blue", "during:colour_lips"]),
        ("not blue", ["during:colour_other"]),
        ("Pale.", ["during:colour_pale"]),
        ("", []),
    ],
)
def test_a_word_is_given_only_where_the_whole_text_is_understood(said, given):
    seen = Symptoms(Stage.DURING, colour=said)
    assert list(words(Entry("s", 1, "p", seen, 0.0, "a", "a", 0.0))) == given
