"""`feverhub scan`, `pair` and `capture`, from the command line to simulated sensors in this process and back."""

import io
import json
import shutil
import tomllib
from pathlib import Path

import pytest
import structlog
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason
from click.testing import CliRunner

from edge.app.load.profiles import check_profiles, profiles_root
from edge.app.sensors.scan import Found
from edge.cli import feverhub
from edge.cli.pair import _choose
from edge.errors import ConfigError, EdgeError, Unreachable
from edge.radio.adverts import Advert
from edge.radio.discovery import Air
from tests.support.air.bumble_backend import Air as Sky
from tests.support.air.radio import MOVEMENT, radio
from tests.support.air.rig import MEASUREMENT, PMD_DATA
from tests.support.air.sensors import BEACON_AT, FEVER, STRAP_AT, THERMOMETER_AT, beacon, strap, thermometer
from tests.support.family import without_sensors

RUUVI = bytes.fromhex("0512fc5394c37c0004fffc040cac364200cdcbb8334c884f")


@pytest.fixture(autouse=True)
def _logs(monkeypatch):
    """As the commands set them up, but not for the rest of this process."""
    quiet = structlog.make_filtering_bound_logger(40)
    monkeypatch.setattr("edge.app.load.process.set_up_logs", lambda **_: None)
    structlog.configure(wrapper_class=quiet, cache_logger_on_first_use=False)
    yield
    structlog.reset_defaults()


def polar(sky: Sky):
    return strap(sky, name="Polar Sense 1")


def changing(sky: Sky):
    return strap(sky, "5F:00:00:00:00:0B", name="Polar Sense 1")


def second_thermometer(sky: Sky):
    return thermometer(sky, "C0:00:00:00:00:0E")


def ruuvi(sky: Sky):
    return beacon(sky, RUUVI)


THERMOMETER = (thermometer, MEASUREMENT, FEVER)
POLAR = (polar, PMD_DATA, MOVEMENT)


def run(air: Air, *words: str, **more):
    return CliRunner().invoke(feverhub, words, obj=air, catch_exceptions=False, standalone_mode=False, **more)


@pytest.fixture
def owner(tmp_path):
    file = tmp_path / "feverhub.toml"
    file.write_text(without_sensors(tmp_path))
    return file


def test_scan_lists_the_sensors_with_what_they_say_and_counts_the_rest():
    done = run(radio((ruuvi,), THERMOMETER, (strap,)), "scan", "--seconds", "10")
    lines = {line.split()[2]: line for line in done.stdout.splitlines()}
    assert set(lines) == {BEACON_AT, THERMOMETER_AT}
    assert "ruuvi_tag" in lines[BEACON_AT]
    assert "24.3 °C" in lines[BEACON_AT]
    assert "health_thermometer, thermometer, published payload" in lines[THERMOMETER_AT]
    assert done.stderr.endswith("feverhub: 1 unknown devices; --all shows them\n")


def test_scan_as_json():
    done = run(radio((ruuvi,), (strap,)), "scan", "--seconds", "10", "--json", "--all")
    facts = json.loads(done.stdout)
    assert (facts["schema"], facts["unknown"]) == (1, 1)
    by_address = {each["address"]: each for each in facts["sensors"]}
    assert by_address[STRAP_AT]["profiles"] == []
    assert by_address[BEACON_AT]["readings"][0]["value"] == 24.3
    assert by_address[BEACON_AT]["rssi_dbm"] < 0


def test_scan_of_silence_says_so():
    done = run(radio(), "scan", "--seconds", "5")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "nobody at all was heard" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["scan"],
        ["pair", "--person", "mia", "--site", "axilla"],
        ["capture", THERMOMETER_AT],
        ["capture", THERMOMETER_AT, "--profile", "health_thermometer"],
    ],
)
def test_without_an_adapter_each_command_says_what_to_do(owner, words):
    gone = BleakBluetoothNotAvailableError("None found.", BleakBluetoothNotAvailableReason.NO_BLUETOOTH)
    more = ["--config", str(owner)] if words[0] == "pair" else []
    with pytest.raises(Unreachable) as ended:
        run(radio(fails=gone), *words, *more)
    assert ended.value.exit_code == 4
    assert str(ended.value).startswith("no Bluetooth adapter was found: plug one in")


def pair(air, owner, *words):
    return run(air, "pair", "--config", str(owner), "--person", "mia", *words)


def test_a_thermometer_is_paired_and_config_check_is_content(owner, tmp_path):
    before = owner.read_text()
    done = pair(radio(THERMOMETER), owner, "--site", "axilla")
    assert done.stdout.splitlines()[0] == ("axilla: first value 37.6 °C, settling: about 10 minutes until reliable")
    assert "sudo systemctl restart feverhub" in done.stdout
    assert tomllib.loads((tmp_path / "state" / "settings.toml").read_text())["device"] == [
        {"id": "axilla", "profile": "health_thermometer", "address": THERMOMETER_AT, "person": "mia", "site": "axilla"}
    ]
    assert owner.read_text() == before
    checked = run(radio(), "config", "check", "--config", str(owner), "--json")
    assert json.loads(checked.stdout)["devices"] == ["axilla"]


def test_the_example_of_its_help_works_on_the_shipped_configuration(tmp_path):
    shipped = (Path(__file__).parents[2] / "deploy" / "feverhub.toml").read_text("utf-8")
    owner = tmp_path / "feverhub.toml"
    owner.write_text(
        shipped.replace("/var/lib/feverhub", f"{tmp_path}/state").replace("/etc/feverhub/cred", f"{tmp_path}/")
    )
    example = str(feverhub.get_command(None, "pair").epilog).removeprefix("Example: feverhub ").split()
    done = run(radio(THERMOMETER), *example, "--config", str(owner))
    assert done.stdout.splitlines()[0].startswith("thermometer: first value 37.6 °C")
    [device] = tomllib.loads((tmp_path / "state" / "settings.toml").read_text())["device"]
    assert (device["id"], device["address"]) == ("thermometer", THERMOMETER_AT)


def test_a_movement_sensor_is_paired_beside_it(owner):
    pair(radio(THERMOMETER), owner, "--site", "axilla", "--id", "patch")
    done = pair(radio(POLAR, speed=5), owner, "polar_verity_sense", "--limb", "left_ankle", "--json")
    facts = json.loads(done.stdout)
    assert facts["device"]["id"] == "left_ankle"
    assert facts["first"].startswith("movement heard: ")
    assert facts["rate_hz"] > 0
    checked = run(radio(), "config", "check", "--config", str(owner), "--json")
    assert json.loads(checked.stdout)["devices"] == ["patch", "left_ankle"]


def test_a_sensor_that_changes_its_address_and_cannot_be_bonded_with_is_known_by_its_profile(owner, tmp_path):
    done = pair(radio((changing, PMD_DATA, MOVEMENT), speed=5), owner, "polar_verity_sense", "--limb", "left_ankle")
    assert "its address changes and it cannot be bonded with" in done.stdout
    [device] = tomllib.loads((tmp_path / "state" / "settings.toml").read_text())["device"]
    assert "address" not in device
    checked = run(radio(), "config", "check", "--config", str(owner), "--json")
    assert json.loads(checked.stdout)["devices"] == ["left_ankle"]


def test_print_writes_nothing(owner, tmp_path):
    done = pair(radio(THERMOMETER), owner, "--site", "axilla", "--print")
    assert tomllib.loads(done.stdout)["device"][0]["address"] == THERMOMETER_AT
    assert "first value 37.6 °C" in done.stderr
    assert not (tmp_path / "state").exists()


def test_of_two_the_nearest_is_taken_only_when_told(owner, tmp_path):
    two = (THERMOMETER, (second_thermometer, MEASUREMENT, FEVER))
    with pytest.raises(EdgeError, match="2 sensors fit: give --address, or --yes for the nearest"):
        pair(radio(*two), owner, "--site", "axilla")
    assert not (tmp_path / "state").exists()
    done = pair(radio(*two), owner, "--site", "axilla", "--address", "c0-00-00-00-00-0e", "--json")
    assert json.loads(done.stdout)["device"]["address"] == "C0:00:00:00:00:0E"
    done = pair(radio(*two), owner, "--site", "oral", "--id", "second", "--address", THERMOMETER_AT, "--yes")
    assert "second: first value 37.6 °C\n" in done.stdout


def test_nobody_in_the_window_is_exit_1_with_what_to_try(owner, tmp_path):
    with pytest.raises(EdgeError) as ended:
        pair(radio((strap,)), owner, "--site", "axilla", "--seconds", "5")
    assert ended.value.exit_code == 1
    assert "switch it on, hold it close to the hub" in str(ended.value)
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--site", "axilla", "--id", "Not An Id"], "expected 1 to 32 of a-z"),
        (["--site", "axilla", "--id", "alarm"], "reserved"),
    ],
)
def test_what_would_not_be_a_configuration_is_said_before_anybody_looks(owner, words, says):
    with pytest.raises(ConfigError, match=says):
        pair(radio(fails=AssertionError("the radio was used")), owner, *words)


@pytest.mark.parametrize("words", [[], ["--site", "axilla", "--limb", "chest"]])
def test_a_place_is_needed_and_only_one(owner, words):
    done = CliRunner().invoke(feverhub, ["pair", "--config", str(owner), "--person", "mia", *words])
    assert done.exit_code == 2
    assert "--site for a thermometer or --limb" in done.stderr


def test_a_capture_is_ready_for_its_profile(tmp_path):
    out = tmp_path / "heard.jsonl"
    done = run(radio(THERMOMETER), "capture", THERMOMETER_AT, "--seconds", "20", "--out", str(out), "--json")
    facts = json.loads(done.stdout)
    assert facts["profile"] == "health_thermometer"
    assert facts["frames"] == len(out.read_text().splitlines()) > 1
    assert not facts["private"]
    assert THERMOMETER_AT not in out.read_text()
    shutil.copytree(profiles_root() / "health_thermometer", tmp_path / "p" / "health_thermometer")
    shutil.copy(out, tmp_path / "p" / "health_thermometer" / "captures")
    assert list(check_profiles(tmp_path / "p")) == []
    with pytest.raises(EdgeError, match="is already there"):
        run(radio(THERMOMETER), "capture", THERMOMETER_AT, "--out", str(out))


def test_a_capture_of_a_configured_sensor_goes_to_stdout(owner):
    pair(radio(POLAR, speed=5), owner, "--limb", "left_ankle", "--id", "strap", "--yes")
    done = run(radio(POLAR, speed=5), "capture", "strap", "--config", str(owner), "--seconds", "10")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[0]["readings"][0]["value"] == [[-0.009, -0.001, 0.999], [-0.008, -0.002, 0.997]]
    assert done.stderr.endswith(f"feverhub: {len(lines)} frames of polar_verity_sense\n")


def test_what_capture_wrote_is_judged_by_analyze(tmp_path):
    out = tmp_path / "heard.jsonl"
    run(radio(THERMOMETER), "capture", THERMOMETER_AT, "--seconds", "20", "--out", str(out))
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert all({"t", "kind", "payload", "rssi"} <= set(line) for line in lines)
    assert lines[0]["t"] == 0.0
    done = CliRunner().invoke(
        feverhub, ["analyze", "--frames", str(out), "--profile", "health_thermometer"], standalone_mode=False
    )
    report = json.loads(done.stdout)
    assert report["frames"] == len(lines)
    assert report["frames_refused"] == 0
    assert report["duration_s"] == pytest.approx(lines[-1]["t"], abs=0.001)
    assert report["watched"] == "still warming up on the skin"


def test_a_capture_of_a_stranger_that_is_not_near_is_exit_1():
    with pytest.raises(EdgeError, match="no sensor that fits was heard within 5 s"):
        run(radio(), "capture", THERMOMETER_AT, "--seconds", "5")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("typed", "taken"), [("\n", 0), ("n\ny\n", 1)])
def test_at_a_terminal_somebody_is_asked_nearest_first(monkeypatch, typed, taken):
    near = [Found(Advert(address, rssi_dbm=level)) for address, level in (("NEAR", -40), ("FAR", -80))]
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    monkeypatch.setattr("sys.stderr", Terminal())
    assert _choose(near, yes=False) is near[taken]


def test_at_a_terminal_nobody_need_be_taken(monkeypatch):
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    monkeypatch.setattr("sys.stderr", Terminal())
    with pytest.raises(EdgeError, match="nothing was set up"):
        _choose([Found(Advert("A"))], yes=False)


@pytest.mark.parametrize("command", ["scan", "pair", "capture"])
def test_help_has_an_example(command):
    assert f"Example: feverhub {command}" in CliRunner().invoke(feverhub, [command, "--help"]).stdout
