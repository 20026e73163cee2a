"""`feverhub decode` and `feverhub profiles`."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from edge.app.load.profiles import check_profiles, load_profile, load_profiles, profiles_root
from edge.cli.decode import decode
from edge.cli.profiles import markdown, profiles
from edge.errors import EdgeError, FrameMalformed, ProfileError

ROOT = Path(__file__).resolve().parents[2]


def run(command, *words):
    return CliRunner().invoke(command, list(words), catch_exceptions=False)


def test_decode_prints_json():
    result = run(decode, "health_thermometer", "characteristic:2a1c", "06b00e00fedc070c050b321b04", "--json")
    (reading,) = json.loads(result.stdout)
    assert (reading["quantity"], reading["value"], reading["unit"], reading["validity"]) == (
        "temperature",
        37.6,
        "Cel",
        "valid",
    )


def test_decode_prints_samples_as_rows():
    hex_bytes = "02009435770000000001f7ffffffe703f8fffeffe503"
    kind = "characteristic:FB005C82-02E7-F387-1CAD-8ACD2D8DF0C8"
    (samples,) = json.loads(run(decode, "polar_h10", kind, hex_bytes, "--json").stdout)
    assert samples["value"] == [[-0.009, -0.001, 0.999], [-0.008, -0.002, 0.997]]
    assert samples["unit"] == "g"


def test_decode_never_prints_nan():
    result = run(decode, "health_thermometer", "characteristic:2a1c", "00ffff7f00", "--json")
    assert json.loads(result.stdout)[0]["value"] is None


def test_decode_with_key_address_and_option():
    words = ("service_data:fcd2", "41a47266c95f730011223378237214", "--address", "54:48:E6:8F:80:A5")
    result = run(decode, "bthome_v2", *words, "--key", "231d39c1d7cc1ab1aee224cd096db932")
    assert result.stdout == "temperature: 25.06 Cel (valid)\nhumidity: 50.55 % (valid)\n"
    kind = "characteristic:000085e9-0001-1000-8000-00805f9b34fb"
    result = run(decode, "osd_watch", kind, "e803" * 9, "--option", "format=3")
    assert result.stdout == "acceleration: 3 samples, the first 1, 1, 1 g (valid)\n"


def test_decode_says_when_there_is_nothing_of_use():
    result = run(decode, "bthome_v2", "service_data:fcd2", "4005138a14")
    assert result.stdout == ""
    assert "nothing" in result.stderr


@pytest.mark.parametrize(
    ("words", "error", "says"),
    [
        (("health_thermometer", "characteristic:2a1c", "04zz"), FrameMalformed, "pairs of hex digits"),
        (("health_thermometer", "characteristic:2a1c", "0"), FrameMalformed, "pairs of hex digits"),
        (("health_thermometer", "characteristic:2a1c", ""), FrameMalformed, "expected flags"),
        (("health_thermometer", "characteristic:2a1c", "00540100"), FrameMalformed, "expected 5 bytes"),
        (("health_thermometer", "characteristic:2a37", "00"), FrameMalformed, "expected characteristic:2a1c"),
        (("health_thermometer", "nonsense", "00"), FrameMalformed, "expected a kind like"),
        (("bthome_v2", "service_data:fcd2", "40", "--key", "xx"), FrameMalformed, "32 hex digits"),
        (("health_termometer", "characteristic:2a1c", "00"), EdgeError, "did you mean 'health_thermometer'"),
    ],
)
def test_what_decode_cannot_do_is_one_sentence(words, error, says):
    with pytest.raises(error) as caught:
        run(decode, *words)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 1


def test_an_option_without_value_is_a_usage_error():
    result = run(decode, "osd_watch", "characteristic:2a19", "00", "--option", "format")
    assert result.exit_code == 2


def test_profiles_as_json():
    found = json.loads(run(profiles, "--json").stdout)
    assert {row["id"] for row in found} == set(load_profiles(profiles_root()))
    ruuvi = next(row for row in found if row["id"] == "ruuvi_tag")
    assert ruuvi["rhythm"] is False
    assert "movement_count" in ruuvi["quantities"]
    assert ruuvi["kinds"] == ["manufacturer:0499"]
    assert all(row["hazards"] and row["age"] and row["proven"] for row in found)


def test_profiles_for_a_person():
    lines = run(profiles).stdout.splitlines()
    assert len(lines) == len(load_profiles(profiles_root()))
    assert any(line.startswith("polar_verity_sense") for line in lines)


def test_the_table_in_the_docs_is_this_one():
    table = run(profiles, "--markdown").stdout
    assert table == markdown(load_profiles(profiles_root())) + "\n"
    assert table in (ROOT / "docs" / "sensors.md").read_text(), (
        "run: feverhub profiles --markdown, into docs/sensors.md"
    )


def test_only_fast_sensors_are_offered_for_the_movement_detector():
    for profile in load_profiles(profiles_root()).values():
        assert not profile.rhythm or (profile.rate_hz or 0) >= 20


def test_check_finds_the_shipped_profiles_sound():
    result = run(profiles, "check")
    assert result.exit_code == 0
    assert result.stdout.endswith("profiles are sound\n")


@pytest.fixture
def folder(tmp_path):
    """A folder with one sound profile."""
    shutil.copytree(profiles_root() / "health_thermometer", tmp_path / "health_thermometer")
    assert list(check_profiles(tmp_path)) == []
    return tmp_path


def bend(file, old, new):
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_check_names_the_line_of_a_capture_that_no_longer_fits(folder):
    file = folder / "health_thermometer" / "captures" / "published.jsonl"
    bend(file, '"value": 36.6', '"value": 36.7')
    (fault,) = check_profiles(folder)
    assert fault.startswith(f"{file}, line 2, readings: expected ")
    result = run(profiles, "check", str(folder))
    assert (result.exit_code, result.stderr) == (1, fault + "\n")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"046e0100ff02"', '"046e0100ff"', "line 2, payload: expected 6 bytes"),
        ('"046e0100ff02"', '"046e0100ffzz"', "line 2, payload: "),
        ('"kind": "characteristic:2a1e"', '"sort": "characteristic:2a1e"', "line 5: expected kind, payload"),
        ('{"kind": "characteristic:2a19"', '"kind": "characteristic:2a19"', "line 6: not valid JSON"),
    ],
)
def test_check_of_captures(folder, old, new, says):
    bend(folder / "health_thermometer" / "captures" / "published.jsonl", old, new)
    (fault,) = check_profiles(folder)
    assert says in fault


def test_check_wants_readme_captures_and_the_right_name(folder):
    (folder / "health_thermometer" / "README.md").unlink()
    shutil.rmtree(folder / "health_thermometer" / "captures")
    assert [fault.rsplit(" ", 1)[-1] for fault in check_profiles(folder)] == ["README.md", "captures/*.jsonl"]
    (folder / "health_thermometer").rename(folder / "other_name")
    (fault,) = check_profiles(folder)
    assert "is not the name of its folder, 'other_name'" in fault


def test_check_of_a_broken_or_an_empty_folder(folder, tmp_path_factory):
    (folder / "health_thermometer" / "profile.toml").write_bytes(b"\xff")
    (fault,) = check_profiles(folder)
    assert "cannot be read" in fault
    empty = tmp_path_factory.mktemp("empty")
    assert "found none" in next(iter(check_profiles(empty)))
    with pytest.raises(ProfileError, match="found none"):
        load_profiles(empty)


def test_a_profile_alone():
    assert load_profile("ruuvi_tag").id == "ruuvi_tag"


def test_a_bad_frame_is_one_line_on_stderr():
    words = [sys.executable, "-m", "edge", "decode", "ruuvi_tag", "manufacturer:0499", "05", "--json"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "expected 2 bytes of temperature" in done.stderr
