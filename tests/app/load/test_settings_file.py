"""settings.toml: kept, merged by id, checked before it is written, and whole at any moment."""

import datetime as dt
import stat
import tomllib

import pytest

from edge.app.load import checked, settings_file
from edge.errors import ConfigError, StorageError

OWNER = """
[[person]]
id = "mia"

[[device]]
id = "old"
profile = "health_thermometer"
address = "AA:BB:CC:00:00:01"
person = "mia"
site = "axilla"
"""
PATCH = {"id": "patch", "profile": "greenteg_core", "address": "C0:00:00:00:00:0A", "person": "mia", "site": "patch"}


@pytest.fixture
def owner(tmp_path):
    file = tmp_path / "feverhub.toml"
    file.write_text(OWNER)
    return file


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "state"


def devices(owner, folder):
    return {each.id: each for each in checked.load(owner, state_dir=folder, environment={}).config.devices}


def test_a_new_sensor_is_added_and_loads_with_the_owners(owner, folder):
    file = settings_file.add(owner, folder, "device", PATCH)
    assert file == folder / "settings.toml"
    assert devices(owner, folder)["patch"].address == "C0:00:00:00:00:0A"
    assert set(devices(owner, folder)) == {"old", "patch"}
    assert owner.read_text() == OWNER
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in folder.iterdir()] == ["settings.toml"]


def test_the_same_id_is_laid_over_and_everything_else_is_kept(owner, folder):
    folder.mkdir()
    (folder / "settings.toml").write_text(
        '[limits]\nfever_c = 38.2\n[[caregiver]]\nid = "anna"\nname = "Änna \\"A\\""\nchannels = ["credential:phone"]\n'
        '[[person]]\nid = "mia"\nborn = 2026-03-14\n'
        '[[device]]\nid = "patch"\nprofile = "osd_watch"\nperson = "mia"\nlimb = "left_ankle"\n'
        'options = { format = "3" }\nlimits = { no_data_motion_s = 30.0 }\n'
    )
    settings_file.add(owner, folder, "device", {**PATCH, "limb": None, "options": None})
    settings_file.add(owner, folder, "device", {**PATCH, "id": "other", "address": "C0:00:00:00:00:0B"})
    loaded = checked.load(owner, state_dir=folder, environment={}).config
    assert loaded.limits.fever_c == 38.2
    assert loaded.caregivers[0].name == 'Änna "A"'
    assert loaded.person("mia").born == dt.date(2026, 3, 14)
    assert [each.id for each in loaded.devices] == ["old", "patch", "other"]
    assert (loaded.devices[1].profile, loaded.devices[1].limb, loaded.devices[1].options) == ("greenteg_core", None, {})
    assert loaded.limits_of["device/patch"].no_data_motion_s == 30


def test_a_configuration_that_would_be_wrong_is_refused_and_nothing_changes(owner, folder):
    file = settings_file.add(owner, folder, "device", PATCH)
    before = file.read_bytes()
    with pytest.raises(ConfigError) as refused:
        settings_file.add(owner, folder, "device", {**PATCH, "id": "x", "person": "mio"})
    assert f"{file}:" in str(refused.value)
    assert "did you mean 'mia'" in str(refused.value)
    with pytest.raises(ConfigError, match="both a site"):
        settings_file.add(
            owner, folder, "device", {"id": "old", "profile": "polar_h10", "person": "mia", "limb": "chest"}
        )
    assert file.read_bytes() == before


@pytest.mark.parametrize("text", ["not toml", 'device = "x"\n', "loose = 1\n"])
def test_settings_that_are_broken_are_not_written_over(owner, folder, text):
    folder.mkdir()
    (folder / "settings.toml").write_text(text)
    with pytest.raises(ConfigError):
        settings_file.add(owner, folder, "device", PATCH)
    assert (folder / "settings.toml").read_text() == text


def test_a_folder_that_cannot_be_written_is_one_sentence(owner, folder):
    folder.write_text("a file")
    with pytest.raises((ConfigError, StorageError)) as refused:
        settings_file.add(owner, folder, "device", PATCH)
    assert "\n" not in str(refused.value)


def test_toml_comes_back_as_it_was():
    data = {
        "hub": {"name": "home", "odd key": 'a "quoted"\\ \n\t\x7f é', "empty": {}},
        "limits": {"fever_c": 38.0, "count": 3, "on": True, "off": False},
        "person": [{"id": "mia", "born": dt.date(2026, 3, 14)}, {"id": "b", "nested": {"a": [1, {"x": "y"}]}}],
    }
    assert tomllib.loads(settings_file.as_toml(data)) == data
