"""The package on a fresh Debian under a live systemd: set up, watching, frozen, broken, unplugged, taken off.

The checks go on from one another in one machine, in this order.
"""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.installed import image, records
from tests.installed.figures import CUTS, note, took
from tests.installed.machine import BUSY, Machine, machine
from tests.installed.phone import PASSWORD, USER, Phone
from tests.radio.vm.image import PYTHON
from tools import build_deb

CONFIG = """
[hub]
name = "cot"
credentials_dir = "/etc/feverhub/credentials"
sounder = ""

[mqtt]
host = "127.0.0.1"
port = 1883
username = "hub"

[[person]]
id = "mia"
name = "Mia"
born = 2025-08-01

[[device]]
id = "forehead"
profile = "beurer_ft95"
person = "mia"
site = "forehead"
address = "C0:00:00:00:00:0A"

[[device]]
id = "ankle"
profile = "polar_verity_sense"
person = "mia"
limb = "left_ankle"
address = "C0:00:00:00:00:0B"

[[caregiver]]
id = "anna"
name = "Anna"
mqtt_user = "mother"
"""
TEMPERATURE, ALARM = "mia/temperature/forehead", "mia/alarm/fever"
STATE = "/var/lib/private/feverhub"
ACTIVE = "test $(systemctl show -P ActiveState feverhub) = active"
APT = "DEBIAN_FRONTEND=noninteractive apt-get -y"
LOOP = "import time; a = time.process_time(); sum(n * n for n in range(3_000_000)); print(time.process_time() - a)"


@dataclass(frozen=True, slots=True)
class House:
    """The computer, and a phone beside it."""

    hub: Machine
    phone: Phone


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_deb.build("amd64", PYTHON, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def house(package: Path) -> Iterator[House]:
    """A fresh Debian in which the package was set up, started anew after that."""
    with machine(image.built()) as hub:
        hub.boot(cache="unsafe")
        shutil.copy(package, hub.share / "feverhub.deb")
        began_s = time.monotonic()
        said = hub.ok(f"{APT} install /out/feverhub.deb 2>&1", 900)
        installed_s = time.monotonic() - began_s
        assert "detector: works" in said
        assert "/setup" in said, "it ends with the way to the first run"
        passwords = "/etc/mosquitto/feverhub/passwords"
        hub.ok(f"mosquitto_passwd -b {passwords} {USER} '{PASSWORD}' && systemctl restart mosquitto")
        hub.ok(f"cat >/etc/feverhub/feverhub.toml <<'END'\n{CONFIG}\nEND\nsystemctl restart --no-block feverhub")
        phone = Phone(hub)
        try:
            first = phone.until(TEMPERATURE, 240 * BUSY, anew=True, validity="valid")
            first_s = time.monotonic() - began_s
            assert first["value"] == 36.8
            note("apt install, Debian's own packages local", f"{installed_s:.0f} s")
            took("fresh Debian to the first number on a phone", first_s, 300)
            hub.until(ACTIVE, 60)
            hub.power_off()
            hub.boot()
            began_s = time.monotonic()
            hub.until(ACTIVE, 120)
            note("started anew: the agent answers to watching", f"{time.monotonic() - began_s:.1f} s")
            yield House(hub, phone)
        finally:
            phone.close()


def test_the_processor_is_an_emulated_one(house):
    """Which its times have to be read with."""
    here_s = float(subprocess.check_output([sys.executable, "-c", LOOP], text=True))
    there_s = float(house.hub.ok(f"python3 -c '{LOOP}'"))
    note("processor time of one loop of Python, beside this machine's", f"{there_s / here_s:.0f} times as long")
    assert there_s > here_s


def test_it_watches_after_a_start_and_the_phone_has_a_number(house):
    house.phone.until(TEMPERATURE, 60 * BUSY, anew=True, value=36.8)
    assert house.hub.run("systemctl --failed --no-legend --plain").said.strip() == ""


def test_the_service_is_as_closed_as_it_is_said_to_be(house):
    def exposure(unit: str) -> float:
        said = house.hub.ok(f"systemd-analyze security {unit} --no-pager | tail -n 1")
        return float(re.search(r"([\d.]+)", said.partition("level for")[2].partition(":")[2])[1])

    assert exposure("agent.service") > 9, "one that is open is found to be"
    found = exposure("feverhub.service")
    note("exposure of the service under a live systemd", f"{found:.1f}", "<= 2.0", reached=found <= 2.0)
    assert found <= 2.0


def test_a_line_of_its_journal_has_a_level_that_means_something(house):
    said = house.hub.ok("journalctl -u feverhub -b -o json --no-pager --output-fields=PRIORITY,MESSAGE")
    entries = [json.loads(line) for line in said.splitlines()]
    ours = [(json.loads(each["MESSAGE"]), each["PRIORITY"]) for each in entries if str(each["MESSAGE"]).startswith("{")]
    assert ours
    assert not [each for each in entries if str(each["MESSAGE"]).startswith("<")]
    named = {"debug": "7", "info": "6", "warning": "4", "error": "3", "critical": "2"}
    assert all(named[message["level"]] == priority for message, priority in ours)


def copies(house: House, beside: Path) -> Path:
    """The guest's databases, on this computer."""
    house.hub.ok("python3 /code/tests/installed/guest/copies.py")
    for file in house.hub.share.glob("*.sqlite"):
        shutil.move(file, beside / file.name)
    return beside


def test_power_cuts_at_random_lose_nothing_that_was_promised(house, tmp_path):
    """Between two of them a caregiver writes notes, which the hub confirms, and a fever comes and goes."""
    cuts, rng = int(os.environ.get(CUTS, "5")), random.Random(1)
    house.hub.until(ACTIVE, 120)
    taken: list[str] = []
    slowest_s = 0.0
    for cut in range(cuts):
        house.hub.is_ill(39.4 if cut % 2 == 0 else None)
        ends_s = time.monotonic() + rng.uniform(2.0, 20.0)
        while time.monotonic() < ends_s or not taken:
            text = f"note {cut}.{len(taken)}"
            if house.phone.ask("note", 5.0, text=text).get("ok"):
                taken.append(text)
            assert time.monotonic() < ends_s + 120 * BUSY, "no note was ever taken"
            time.sleep(0.5)  # a caregiver may not send more
        house.hub.pull_the_plug()
        began_s = time.monotonic()
        house.hub.boot()
        house.hub.until(ACTIVE, 180)
        house.phone.until(TEMPERATURE, 60 * BUSY, anew=True, validity="valid")
        slowest_s = max(slowest_s, time.monotonic() - began_s)
        found = copies(house, tmp_path)
        assert not {file.name: records.damage(file) for file in found.glob("*.sqlite") if records.damage(file)}
        assert not records.missing(found / "journal.sqlite", taken, house.phone.events), f"cut {cut}"
        assert "corrupt" not in house.hub.ok(f"ls {STATE}")
    note(f"{cuts} power cuts: promised and not in the journal", "0", "0")
    note("of confirmed notes, and changes of alarms told to a phone", f"{len(taken)} and {len(house.phone.events)}")
    note("slowest from the plug to a number on the phone, boot included", f"{slowest_s:.0f} s")
    assert len(taken) > cuts
    assert house.phone.events
    house.hub.is_ill(None)
