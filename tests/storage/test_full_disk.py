"""A disk that is really full: alarms go on being recorded."""

import json
import sys
from pathlib import Path

from tests.support.small_disk import on_a_small_disk

CHILD = Path(__file__).with_name("full_disk.py")


def test_alarms_are_recorded_on_a_full_disk_and_nothing_is_lost(tmp_path: Path) -> None:
    done = on_a_small_disk(tmp_path, sys.executable, str(CHILD), str(tmp_path))
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[0])
    assert said["reserve_at_first"] == 1024 * 1024
    assert "the disk is full" in said["store_said"]
    assert said["recorded_on_a_full_disk"] > 100, "the reserve of 1 MiB is good for hundreds of alarms"
    assert "the disk is full" in said["journal_said"]
    assert said["reserve_at_the_end"] == 0
    assert said["still_readable"]
    assert said["reserve_again"] == 1024 * 1024
    assert said["seconds_stored"] == 2001
    assert (said["lost"], said["quarantined"]) == (0, "None")
