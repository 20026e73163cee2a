"""The shipped units, judged by systemd's own tools; and the hub's work done under the filter they put on."""

import configparser
from pathlib import Path

import pytest

from tests.support.units import SYSTEMD, analyze, startable

UNIT = SYSTEMD / "feverhub.service"


def settings(file: Path) -> dict[str, dict[str, str]]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str
    parser.read_string(file.read_text(encoding="utf-8"))
    return {section: dict(parser[section]) for section in parser.sections()}


def test_verify_finds_nothing_wrong(tmp_path):
    unit = tmp_path / "feverhub.service"
    unit.write_text(startable(UNIT))
    done = analyze("verify", "--man=no", "--recursive-errors=no", str(unit))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_drop_in_for_a_buzzer_lets_it_reach_the_pins_and_no_more(tmp_path):
    shipped = SYSTEMD / "feverhub.service.d" / "buzzer.conf"
    unit, drop_in = tmp_path / "feverhub.service", tmp_path / "feverhub.service.d" / "buzzer.conf"
    unit.write_text(startable(UNIT))
    drop_in.parent.mkdir()
    drop_in.write_text(shipped.read_text(encoding="utf-8"))
    done = analyze("verify", "--man=no", "--recursive-errors=no", str(unit))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    drop_in.write_text(shipped.read_text(encoding="utf-8").replace("DeviceAllow", "DeviceAllows"))
    assert "DeviceAllows" in analyze("verify", "--man=no", "--recursive-errors=no", str(unit)).stderr
    assert settings(shipped)["Service"]["DeviceAllow"] == "char-gpiochip rw"


def test_verify_would_find_a_slip(tmp_path):
    unit = tmp_path / "feverhub.service"
    text = startable(UNIT)
    unit.write_text(text.replace("WatchdogSec=50", "WatchdogSecs=50"))
    assert "WatchdogSecs" in analyze("verify", "--man=no", "--recursive-errors=no", str(unit)).stderr


def test_exposure_is_low():
    done = analyze("security", "--offline=true", "--threshold=20", "--no-pager", str(UNIT))
    assert done.returncode == 0, done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Type", "notify"),
        ("WatchdogSec", "50"),
        ("Restart", "always"),
        ("RestartSec", "5"),
        ("DynamicUser", "yes"),
        ("StateDirectory", "feverhub"),
        ("LoadCredential", "feverhub:/etc/feverhub/credentials"),
        ("SupplementaryGroups", "audio"),
        ("ExecStart", "/opt/feverhub/current/bin/feverhub run --config /etc/feverhub/feverhub.toml"),
    ],
)
def test_what_the_hub_relies_on(key, value):
    assert settings(UNIT)["Service"][key] == value


def test_it_never_gives_up_and_waits_for_nobody():
    unit = settings(UNIT)["Unit"]
    assert unit["StartLimitIntervalSec"] == "0"
    assert not {"Requires", "BindsTo", "Requisite"} & unit.keys()
    assert "time-sync.target" not in unit["After"]


def test_bluetoothd_comes_back_and_the_second_watchdog_is_set():
    drop_in = settings(SYSTEMD / "bluetooth.service.d" / "feverhub.conf")["Service"]
    assert drop_in == {"Restart": "on-failure", "RestartSec": "2", "TimeoutStopSec": "10"}
    manager = settings(SYSTEMD / "system.conf.d" / "feverhub.conf")["Manager"]
    assert manager == {"RuntimeWatchdogSec": "15"}


@pytest.mark.system
def test_the_hubs_work_can_be_done_under_the_units_filter(under_the_filter):
    done = under_the_filter(UNIT)
    assert done.returncode == 0, done.stderr
