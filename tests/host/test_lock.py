"""Two hubs never share a state folder, and one that was killed leaves nothing behind that keeps the next one out."""

import os
import signal
import stat
import subprocess
import sys

import pytest

from edge.errors import EdgeError
from edge.host.lock import held

HOLDS = """
import sys, time
from pathlib import Path
from edge.host.lock import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def other(tmp_path):
    """Another process that holds the folder."""
    process = subprocess.Popen([sys.executable, "-c", HOLDS, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_hub_is_told_the_pid_of_the_first(other, tmp_path):
    with pytest.raises(EdgeError, match=rf"already running with the state folder .*, pid {other.pid}$"), held(tmp_path):
        raise AssertionError("both held it")


def test_a_killed_hub_holds_nothing(other, tmp_path):
    other.send_signal(signal.SIGKILL)
    other.wait()
    with held(tmp_path):
        pass
    with held(tmp_path):
        assert (tmp_path / "hub.lock").read_text() == f"{os.getpid()}\n"
        assert stat.S_IMODE((tmp_path / "hub.lock").stat().st_mode) == 0o600


def test_a_folder_that_takes_no_lock_keeps_no_hub_from_watching(tmp_path):
    (tmp_path / "file").write_text("")
    with held(tmp_path / "file"):
        pass
