"""The house in which the package is tried: its configuration, its computer, a caregiver's phone, the child's state."""

import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.installed import records
from tests.installed.machine import Machine, busy
from tests.installed.phone import Phone
from tests.radio.vm.image import PYTHON

CONFIG = """
[hub]
name = "cot"
credentials_dir = "/etc/feverhub/credentials"
sounder = ""

[web]

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
SITE = f"/opt/feverhub/current/lib/python{PYTHON}/site-packages"
PATIENT = "FEVERHUB_SELF_TEST_S=1800"
"""The self-test of a release, a few seconds on a Raspberry Pi, takes minutes here."""
APT = f"{PATIENT} DEBIAN_FRONTEND=noninteractive apt-get -y"
ACTIVE = "test $(systemctl show -P ActiveState feverhub) = active"
PID = "systemctl show -P MainPID feverhub"


@dataclass(frozen=True, slots=True)
class House:
    """The computer, and a phone beside it."""

    hub: Machine
    phone: Phone

    def feverish(self) -> dict[str, object]:
        """She has a fever, and Anna is coming; the alarm as it stands then."""
        self.hub.is_ill(39.4)
        alarm = self.phone.until(ALARM, 120 * busy(), presence="on")
        answer = self.phone.ask("acknowledge", 30 * busy(), alarm=alarm["id"])
        assert answer.get("ok"), answer
        deadline_s = time.monotonic() + 30 * busy()
        while not (alarm := self.phone.until(ALARM, 1.0, presence="on"))["acknowledged_by"]:
            assert time.monotonic() < deadline_s, alarm
            time.sleep(0.2)
        return alarm

    def watches(self) -> None:
        """A number that was measured just now is on the phone. AssertionError if none comes."""
        self.phone.until(TEMPERATURE, 60 * busy(), anew=True, validity="valid")

    def lost(self, notes: Iterable[str], beside: Path) -> list[str]:
        """What is damaged in the databases, or was promised and is not there; copies are left in `beside`."""
        self.hub.ok("python3 /code/tests/installed/guest/copies.py")
        for file in self.hub.share.glob("*.sqlite"):
            shutil.move(file, beside / file.name)
        damaged = [f"{file.name}: {said}" for file in beside.glob("*.sqlite") if (said := records.damage(file))]
        if "corrupt" in self.hub.ok(f"ls {STATE}"):
            damaged.append("a database was set aside")
        return damaged or records.missing(beside / "journal.sqlite", notes, self.phone.events)
