"""Calls in processes of their own: whatever ends one of these, the others go on and the call is made again."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from edge.app.cohort.processes import THREADS, TRIES, Lost, run


def square(number):
    return number * number


def dies_once(marker):
    """Kills its own process the first time."""
    if not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return marker.name


def dies(number):
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def threads(_):
    return [os.environ[name] for name in THREADS], "numpy" in sys.modules


def test_every_job_comes_out_once_with_its_result():
    assert sorted(run(square, range(20), 2)) == [(number, number * number) for number in range(20)]


def test_a_call_whose_process_was_killed_is_made_again(tmp_path):
    markers = [tmp_path / "a", tmp_path / "b", tmp_path / "c"]
    assert sorted(result for _, result in run(dies_once, markers, 2)) == ["a", "b", "c"]


def test_a_call_that_kills_every_process_is_given_up_and_the_others_are_made():
    found = dict(run(dies, range(6), 2))
    assert isinstance(found.pop(3), Lost)
    assert found == {0: 0, 1: 1, 2: 2, 4: 4, 5: 5}
    assert TRIES == 3


def test_a_process_takes_one_thread_which_is_settled_before_numpy_is_there():
    [(_, (set_to, numpy_loaded))] = run(threads, [0], 1)
    assert set_to == ["1", "1", "1"]
    assert not numpy_loaded


PARENT = """
import time, os, sys
from edge.app.cohort.processes import run
from tests.app.cohort.test_processes import sleeps
if __name__ == "__main__":
    list(run(sleeps, [sys.argv[1], sys.argv[2]], 2))
"""


def sleeps(file):
    Path(file).write_text(str(os.getpid()))
    time.sleep(1.0)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_no_process_outlives_the_one_that_began_it(tmp_path, how):
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    files = [tmp_path / "1", tmp_path / "2"]
    root = str(Path(__file__).parents[3])
    parent = subprocess.Popen(
        [sys.executable, script, *files], env={**os.environ, "PYTHONPATH": root}, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while not all(file.exists() and file.read_text() for file in files) and time.monotonic() < deadline:
        time.sleep(0.05)
    pids = [int(file.read_text()) for file in files]
    assert all(Path(f"/proc/{pid}").exists() for pid in pids)
    parent.send_signal(how)
    parent.wait(30)
    while any(Path(f"/proc/{pid}").exists() for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
