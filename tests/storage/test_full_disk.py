"""A disk that is really full: a tmpfs of 8 MiB in a mount namespace of the test's own, which needs no privilege."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CHILD = Path(__file__).with_name("full_disk.py")
MOUNT = 'mount -t tmpfs -o size=8m none "$0" && exec "$@"'


def on_a_small_disk(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run there; as another user's namespace, or as root's where those are forbidden."""
    environment = {**os.environ, "PYTHONPATH": str(CHILD.parents[2])}
    said = ""
    for namespace in (["--user", "--map-root-user", "--mount"], ["--mount"]):
        done = subprocess.run(
            ["unshare", *namespace, "sh", "-c", MOUNT, str(folder), *command],
            capture_output=True,
            text=True,
            timeout=90,
            env=environment,
            check=False,
        )
        if done.returncode == 0 or not done.stderr.startswith(("unshare:", "mount:")):
            return done
        said += done.stderr
    pytest.fail(f"this machine lets nobody mount a small file system for the full-disk test: {said}")


def test_alarms_are_recorded_on_a_full_disk_and_nothing_is_lost(tmp_path: Path) -> None:
    done = on_a_small_disk(tmp_path, sys.executable, str(CHILD), str(tmp_path))
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["reserve_at_first"] == 1024 * 1024
    assert "the disk is full" in said["store_said"]
    assert said["recorded_on_a_full_disk"] > 100, "the reserve of 1 MiB is good for hundreds of alarms"
    assert "the disk is full" in said["journal_said"]
    assert said["reserve_at_the_end"] == 0
    assert said["still_readable"]
    assert said["reserve_again"] == 1024 * 1024
    assert said["seconds_stored"] == 2001
    assert (said["lost"], said["quarantined"]) == (0, "None")
