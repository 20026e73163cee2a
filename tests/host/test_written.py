"""What the hub has written to the card, as proc(5) counts it."""

import os
import subprocess
from pathlib import Path

from edge.host.written import written_bytes

MB = 1 << 20


def test_what_was_written_to_a_disk_is_counted_and_what_is_in_memory_alone_is_not():
    before = written_bytes()
    file = Path(__file__).with_name(f".written-{os.getpid()}")  # beside the tests, since /tmp may be memory
    try:
        with file.open("wb") as out:
            out.write(os.urandom(4 * MB))
            out.flush()
            os.fsync(out.fileno())
        after = written_bytes()
    finally:
        file.unlink()
    assert 4 * MB <= after - before < 6 * MB
    assert written_bytes() - after < MB


def test_of_a_process_that_is_gone_nothing_is_known():
    ended = subprocess.Popen(["true"])
    ended.wait()
    assert written_bytes(ended.pid) == 0
