"""The unit of the sounder in another room, judged by systemd's own tools; and the program under its name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.units import SYSTEMD, analyze, startable

UNIT, HUB = SYSTEMD / "feverhub-sounder.service", SYSTEMD / "feverhub.service"


def lines(file: Path) -> set[str]:
    return {line for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith(("#", "["))}


def test_verify_finds_nothing_wrong(tmp_path):
    unit = tmp_path / "feverhub-sounder.service"
    unit.write_text(startable(UNIT))
    done = analyze("verify", "--man=no", "--recursive-errors=no", str(unit))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_exposure_is_low():
    done = analyze("security", "--offline=true", "--threshold=20", "--no-pager", str(UNIT))
    assert done.returncode == 0, done.stdout.splitlines()[-1]


def test_it_is_hardened_as_the_hub_is():
    hub = {
        line for line in lines(HUB) if line.startswith(("Protect", "Restrict", "Private", "Lock", "Memory", "NoNew"))
    }
    assert hub - lines(UNIT) == {"MemoryMax=256M"}


@pytest.mark.parametrize(
    "line",
    [
        "Type=notify",
        "WatchdogSec=60",
        "Restart=always",
        "StartLimitIntervalSec=0",
        "DynamicUser=yes",
        "SupplementaryGroups=audio",
        "LoadCredential=feverhub:/etc/feverhub/credentials",
        "ExecStart=/opt/feverhub/current/bin/feverhub sounder --config /etc/feverhub/feverhub.toml",
    ],
)
def test_what_the_sounder_relies_on(line):
    assert line in lines(UNIT)


@pytest.mark.system
def test_its_work_can_be_done_under_the_units_filter(under_the_filter):
    done = under_the_filter(UNIT, "sounder")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("text", "said"), [('[hub]\nsounder = ""\n', "sounder is empty"), ("[hub]\nsounders = 1\n", "not a known key")]
)
def test_a_configuration_that_cannot_be_used_is_one_sentence_and_exit_code_3(tmp_path, text, said):
    file = tmp_path / "feverhub.toml"
    file.write_text(text)
    command = [sys.executable, "-m", "edge", "sounder", "--config", str(file)]
    environment = os.environ | {"PYTHONPATH": str(SYSTEMD.parents[1])}
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env=environment)
    assert (done.returncode, done.stdout) == (3, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
