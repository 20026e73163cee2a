"""`feverhub replay`, `test-alarm` and `acknowledge` where something is not there."""

import sys

import pytest

from edge.app.hub import replay as replaying


def test_a_person_that_is_not_there(feverhub, config, motion_file):
    done = feverhub("replay", "-c", config, "--person", "leo", "--motion", motion_file())
    assert done.code == 3
    assert "there is no person 'leo' in the configuration (known: mia)" in done.err


def test_a_device_that_is_not_there(feverhub, config, motion_file):
    done = feverhub("replay", "-c", config, "--person", "mia", "--device", "wrist", "--motion", motion_file())
    assert done.code == 3
    assert "mia has no device 'wrist' (known: patch, ankle)" in done.err


def test_a_device_that_measures_something_else(feverhub, config, motion_file):
    done = feverhub("replay", "-c", config, "--person", "mia", "--device", "patch", "--motion", motion_file())
    assert done.code == 3
    assert "patch is a thermometer" in done.err


def test_a_recording_that_is_not_there(feverhub, config, tmp_path):
    done = feverhub("replay", "-c", config, "--person", "mia", "--motion", tmp_path / "none.csv")
    assert done.code == 1
    assert "No such file" in done.err


EVENTS = [
    ("{", ":1: is not JSON"),
    ("[]", ":1: is not a JSON object"),
    ('\n{"as": "anna", "verb": "note"}', ":2: t must be a number of seconds"),
    ('{"t": true, "as": "anna", "verb": "note"}', ":1: t must be a number of seconds"),
    ('{"t": 1, "verb": "note"}', ":1: there is no caregiver 'None' (known: anna)"),
    ('{"t": 1, "as": "anna", "verb": "shout"}', ":1: unknown verb; known are acknowledge"),
    ('{"t": 1, "as": "anna", "verb": "note", "text": ["x"]}', ":1: text must be a text, a number"),
    ('{"t": -1, "as": "anna", "verb": "note"}', "every event must lie within the recordings: t from 0 to"),
    ('{"t": 1e6, "as": "anna", "verb": "note"}', "every event must lie within the recordings: t from 0 to"),
]


@pytest.mark.parametrize("case", EVENTS, ids=[sentence for _, sentence in EVENTS])
def test_events_that_make_no_sense(feverhub, config, motion_file, tmp_path, case):
    text, sentence = case
    file = tmp_path / "said.jsonl"
    file.write_text(text)
    done = feverhub("replay", "-c", config, "--person", "mia", "--motion", motion_file(), "--events", file)
    assert done.code in (1, 3)
    assert sentence in done.err.splitlines()[-1]


def test_events_that_are_not_there(feverhub, config, motion_file, tmp_path):
    done = feverhub("replay", "-c", config, "--person", "mia", "--motion", motion_file(), "--events", tmp_path / "x")
    assert done.code == 1
    assert "No such file" in done.err


@pytest.mark.system
def test_a_broker_that_is_away_is_not_confirmed(feverhub, config, fever_file, monkeypatch):
    monkeypatch.setattr(replaying, "CONFIRM_S", 1.0)
    file = fever_file(last_s=60.0)
    done = feverhub("replay", "-c", config, "--person", "mia", "--temperature", file, "--speed", "1000")
    assert done.code == 5
    assert "the broker has not confirmed every message within 1 s" in done.err.splitlines()[-1]


@pytest.mark.system
@pytest.mark.parametrize("command", [["test-alarm"], ["acknowledge"], ["dose", "Ibuprofen"], ["note", "x"]])
def test_without_a_broker_the_hub_cannot_be_reached(feverhub, config, command):
    done = feverhub(*command, "-c", config)
    assert done.code == 4
    assert "127.0.0.1:9" in done.err


def test_who_is_not_set_up_cannot_command(feverhub, config):
    done = feverhub("acknowledge", "-c", config, "--as", "grandmother")
    assert done.code == 3
    assert "there is no caregiver 'grandmother' who may command (known: anna)" in done.err


def test_a_demo_without_its_broker_says_what_to_install(feverhub, monkeypatch):
    monkeypatch.setitem(sys.modules, "amqtt", None)
    monkeypatch.setitem(sys.modules, "amqtt.broker", None)
    done = feverhub("demo", "--once")
    assert done.code != 0
    assert done.err == "feverhub: the embedded broker needs the extra: pip install 'feverhub[demo]'\n"


@pytest.fixture
def frames(tmp_path):
    file = tmp_path / "frames.jsonl"
    file.write_text('{"t": 0, "kind": "characteristic:2a1c", "payload": "046e0100ff02"}\n')
    return file


def test_two_files_of_one_kind_are_refused_and_none_is_lost(feverhub, config, motion_file):
    done = feverhub("replay", "-c", config, "--motion", motion_file("a.csv"), "--motion", motion_file("b.csv"))
    assert done.code == 2
    assert "motion was given 2 times" in done.err


def test_frames_need_the_device_that_sent_them(feverhub, config, frames):
    none = feverhub("replay", "-c", config, "--frames", frames)
    assert (none.code, none.err) == (
        3,
        "feverhub: --frames needs --device, the sensor that sent them (known: patch, ankle)\n",
    )
    other = feverhub("replay", "-c", config, "--frames", frames, "--device", "wrist")
    assert (other.code, other.err) == (3, "feverhub: there is no device 'wrist' (known: patch, ankle)\n")


def test_frames_go_alone(feverhub, config, frames, motion_file):
    done = feverhub("replay", "-c", config, "--frames", frames, "--motion", motion_file())
    assert done.code == 2
    assert "--frames goes without --motion and --temperature" in done.err
