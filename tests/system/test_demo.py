"""`feverhub demo`, as a newcomer runs it."""

import re
import subprocess
import sys

import pytest

pytestmark = pytest.mark.system


def test_a_night_in_seconds_tells_of_fever_and_movement_in_plain_sentences(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "edge", "demo", "--once", "--speed", "240"],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("DEMO: a simulated child")
    assert "Not a medical device" in lines[1]
    assert lines[-2:] == [
        "fever alarm: arrived at the caregiver's MQTT client",
        "seizure like movement alarm: arrived at the caregiver's MQTT client",
    ]
    told = [line for line in lines if re.match(r"\d\d:\d\d:\d\d  ", line)]
    assert any("°C, limit 37.5 °C" in line for line in told)
    assert any("▲ ALARM Mia: seizure-like rhythmic movement" in line for line in told)
    assert any("the movement has stopped" in line for line in told), "how it ends is shown too"
    assert not re.search(r"[{}]|None|Traceback|_movement|\bCel\b", done.stdout)
    assert "Traceback" not in done.stderr
