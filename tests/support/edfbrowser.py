"""EDFbrowser, in which clinicians look at EDF+, on a screen of its own that nobody sees."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.servers import end

OPENS_S = 30.0
_TITLE = re.compile(r'^\s+0x[0-9a-f]+ "(.+)": \("edfbrowser"', re.MULTILINE)


@contextlib.contextmanager
def screen() -> Iterator[str]:
    """An X server that listens on no network, and its name."""
    reads, writes = os.pipe()
    command = ["Xvfb", "-displayfd", str(writes), "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]
    if shutil.which("Xvfb") is None or shutil.which("edfbrowser") is None:
        pytest.fail("EDFbrowser or Xvfb is not installed: apt-get install edfbrowser xvfb x11-utils")
    process = subprocess.Popen(command, pass_fds=[writes], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writes)
    try:
        with os.fdopen(reads) as number:
            yield f":{number.readline().strip()}"
    finally:
        end(process, signal.SIGTERM)


def windows(display: str, file: Path, home: Path) -> set[str]:
    """The titles of its windows once it has opened that file, or said why not. home: for what it remembers."""
    known = {**os.environ, "DISPLAY": display, "HOME": str(home), "XDG_RUNTIME_DIR": str(home)}
    process = subprocess.Popen(
        ["edfbrowser", str(file)], env=known, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    end_s = time.monotonic() + OPENS_S
    titles: set[str] = set()
    try:
        while len(titles) < 2 and time.monotonic() < end_s:
            time.sleep(0.2)
            tree = subprocess.run(
                ["xwininfo", "-root", "-tree"], env=known, capture_output=True, text=True, timeout=10, check=False
            )
            titles = set(_TITLE.findall(tree.stdout))
    finally:
        end(process, signal.SIGTERM)
    return titles
