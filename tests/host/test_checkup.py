"""What a computer says of itself, in files as Raspberry Pis have them, and what the check-up makes of it."""

import os
from pathlib import Path

import pytest

from edge.host import checkup, machine
from edge.host.checkup import Level
from edge.host.machine import Broker, Machine

WELL = Machine(
    adapters=("hci0",),
    bluez="5.82",
    synced=True,
    free_bytes=20_000_000_000,
    total_bytes=30_000_000_000,
    throttled=0,
    warmest_c=48.0,
    broker=Broker("2.0.11", "file", autosave_s=300),
)
SQLITE = "global_plugin /usr/lib/aarch64-linux-gnu/mosquitto_persist_sqlite.so\n"


class Computer:
    """A root folder with files of a system, and what its programs print."""

    def __init__(self, root: Path) -> None:
        self.root, self.printed = root, {"bluetoothctl": "bluetoothctl: 5.82\n"}
        self.state = root / "state"
        self.state.mkdir(mode=0o700)

    def write(self, name: str, text: str) -> Path:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def look(self, *secrets: Path, config: str = "feverhub.toml") -> Machine:
        def run(command):
            return self.printed.get(command[0], "")

        return machine.look(self.state, secrets, self.root / config, root=self.root, run=run)


@pytest.fixture
def computer(tmp_path):
    return Computer(tmp_path)


def found(seen: Machine, subject: str) -> list[checkup.Check]:
    return [each for each in checkup.checks(seen) if each.subject == subject]


def level(seen: Machine, subject: str) -> str:
    [check] = found(seen, subject)
    assert (check.level is Level.OK) or check.todo
    return check.level


def test_a_hub_that_is_well_has_nothing_to_do():
    assert {each.level for each in checkup.checks(WELL)} == {Level.OK}
    assert all(not each.todo for each in checkup.checks(WELL))


def test_a_bare_computer_is_looked_at_without_an_error(computer):
    seen = computer.look()
    assert (seen.adapters, seen.throttled, seen.warmest_c, seen.broker) == ((), None, None, None)
    assert level(seen, "adapter") == "FAIL"
    assert found(seen, "power") == found(seen, "heat") == []


@pytest.mark.parametrize(("soft", "hard", "words"), [("1", "0", "software"), ("0", "1", "switch"), ("0", "0", "")])
def test_a_radio_that_is_blocked_is_named_with_what_blocks_it(computer, soft, hard, words):
    (computer.root / "sys/class/bluetooth/hci0").mkdir(parents=True)
    (computer.root / "sys/class/bluetooth/hci0:12").mkdir(parents=True)  # a connection, no adapter
    for name, kind in (("rfkill0", "wlan"), ("rfkill1", "bluetooth")):
        for file, text in (("type", kind), ("name", "hci0"), ("soft", soft), ("hard", hard)):
            computer.write(f"sys/class/rfkill/{name}/{file}", f"{text}\n")
    seen = computer.look()
    assert seen.adapters == ("hci0",)
    assert seen.blocked == ({"hci0": words} if words else {})
    assert level(seen, "adapter") == ("FAIL" if words else "OK")


THROTTLED = [
    # vcgencmd, file of the kernel, power, heat
    ("throttled=0x0", "0", "OK", "OK"),
    ("throttled=0x50005", "", "FAIL", "OK"),  # raspberrypi/firmware #615: slowed by its voltage, 39 °C cool
    ("throttled=0x50000", "50000", "WARN", "OK"),
    ("throttled=0x80008", "0", "OK", "FAIL"),  # raspberrypi/linux #2367: this file says 0 whatever there is
    ("", "80008", "OK", "FAIL"),
    ("throttled=0x80000", "", "OK", "WARN"),
    ('error=1 error_msg="Command not registered"', "", None, "OK"),  # a firmware without it
]


@pytest.mark.parametrize(("said", "file", "power", "heat"), THROTTLED)
def test_low_voltage_and_heat_are_told_apart(computer, said, file, power, heat):
    computer.printed["vcgencmd"] = said + "\n"
    if file:
        computer.write("sys/devices/platform/soc/soc:firmware/get_throttled", file + "\n")
    computer.write("sys/class/thermal/thermal_zone0/temp", "39200\n")
    seen = computer.look()
    assert level(seen, "heat") == heat
    assert [each.level for each in found(seen, "power")] == ([power] if power else [])


def test_low_voltage_is_seen_where_only_the_sensor_of_the_kernel_tells_it(computer):
    computer.write("sys/class/hwmon/hwmon1/name", "rpi_volt\n")
    computer.write("sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n")
    assert level(computer.look(), "power") == "FAIL"


@pytest.mark.parametrize(("millidegrees", "expected"), [("48000", "OK"), ("76000", "WARN"), ("83000", "FAIL")])
def test_the_warmest_part_counts(computer, millidegrees, expected):
    computer.write("sys/class/thermal/thermal_zone0/temp", "30000\n")
    computer.write("sys/class/thermal/thermal_zone1/temp", millidegrees)
    computer.write("sys/class/thermal/thermal_zone2/temp", "nonsense")
    assert level(computer.look(), "heat") == expected


def test_a_memory_chip_tells_how_far_it_is_worn(computer):
    device = computer.state.stat().st_dev
    where = f"sys/dev/block/{os.major(device)}:{os.minor(device)}/device/life_time"
    for steps, percent, expected in (("0x00 0x00", None, "OK"), ("0x02 0x01", 20.0, "OK"), ("0x09 0x03", 90.0, "WARN")):
        computer.write(where, f"{steps}\n")
        seen = computer.look()
        assert (seen.worn_percent, level(seen, "card")) == (percent, expected)


@pytest.mark.parametrize(
    ("free_bytes", "total_bytes", "files_free", "read_only", "expected"),
    [
        (20e9, 30e9, 0.5, False, "OK"),
        (0.9e9, 8e9, 0.5, False, "WARN"),
        (2e9, 30e9, 0.5, False, "WARN"),
        (0.1e9, 2e9, 0.5, False, "FAIL"),
        (20e9, 30e9, 0.01, False, "FAIL"),
        (20e9, 30e9, 0.5, True, "FAIL"),
    ],
)
def test_a_full_disk_fails_before_nothing_can_be_written(free_bytes, total_bytes, files_free, read_only, expected):
    seen = Machine(free_bytes=int(free_bytes), total_bytes=int(total_bytes), files_free=files_free, read_only=read_only)
    assert level(seen, "disk") == expected


BROKERS = [
    ("persistence true\nautosave_interval 300\n", "2.0.11", "OK", ""),
    ("persistence true\n", "2.0.11", "WARN", "autosave_interval 300"),  # mosquitto.conf(5): 1800 s unless told
    ("# persistence true\n", "2.0.11", "FAIL", "persistence true"),
    ("persistence true\nautosave_interval 300\n", "2.1.2", "OK", "plugin_opt_sync full"),
    ("", "2.1.2", "FAIL", "plugin_opt_sync full"),
    (SQLITE, "2.1.2", "WARN", "plugin_opt_flush_period 0"),  # its own README: `normal` unless told
    (SQLITE + "plugin_opt_sync full\n", "2.1.2", "WARN", "plugin_opt_flush_period 0"),
    (SQLITE + "plugin_opt_sync full\nplugin_opt_flush_period 0\n", "2.1.2", "OK", ""),
    (SQLITE + "plugin /usr/lib/x.so\nplugin_opt_sync full\nplugin_opt_flush_period 0\n", "2.1.2", "WARN", "sync full"),
]


@pytest.mark.parametrize(("text", "version", "expected", "todo"), BROKERS)
def test_a_broker_is_asked_what_it_keeps_at_a_power_cut(computer, text, version, expected, todo):
    computer.printed["mosquitto"] = f"mosquitto version {version}\n\nmosquitto is an MQTT broker.\n"
    computer.write("etc/mosquitto/mosquitto.conf", "pid_file /run/mosquitto.pid\ninclude_dir /etc/mosquitto/conf.d\n")
    computer.write("etc/mosquitto/conf.d/feverhub.conf", text)
    seen = computer.look()
    [check] = found(seen, "persistence")
    assert (check.level, seen.broker.version) == (expected, version)
    assert todo in check.todo


def test_the_shipped_broker_is_well(computer):
    shipped = Path(__file__).parents[2] / "deploy" / "mosquitto" / "feverhub.conf"
    computer.write("etc/mosquitto/conf.d/feverhub.conf", shipped.read_text())
    assert level(computer.look(), "persistence") == "OK"


def test_a_secret_that_others_may_read_is_named_and_one_of_its_own_is_not(computer):
    secrets = computer.root / "credentials"
    for name, mode in (("mqtt_password", 0o600), ("phone_anna", 0o644)):
        computer.write(f"credentials/{name}", "x").chmod(mode)
    config = computer.write("feverhub.toml", "")
    config.chmod(0o666)
    checks = found(computer.look(secrets), "permissions")
    assert {each.level for each in checks} == {Level.FAIL}
    assert [each.sentence.rpartition("/")[2] for each in checks] == ["phone_anna", "feverhub.toml"]
    (secrets / "phone_anna").chmod(0o600)
    config.chmod(0o644)
    assert level(computer.look(secrets), "permissions") == "OK"


def test_the_record_of_a_child_is_not_everybodys(computer):
    computer.write("state/journal.sqlite", "").chmod(0o644)
    assert level(computer.look(), "permissions") == "OK"  # nobody else may enter its folder
    computer.state.chmod(0o755)
    assert level(computer.look(), "permissions") == "FAIL"


def test_a_program_that_hangs_or_prints_without_end_is_no_trouble(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "COMMAND_S", 0.2)
    for name, script in (
        ("bluetoothctl", "exec sleep 5"),
        ("vcgencmd", "head -c 300000 /dev/zero"),
        ("mosquitto", "exit 3"),
    ):
        file = tmp_path / name
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    seen = machine.look(tmp_path, [], tmp_path / "feverhub.toml", root=tmp_path)
    assert (seen.bluez, seen.throttled) == ("", None)
