"""A disk that is really full: a tmpfs in a mount namespace of the command's own, which needs no privilege."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOUNT = 'mount -t tmpfs -o size=SIZE none "$0" || exit 99; "$@"; ended=$?; echo; ls -A "$0"; exit "$ended"'


def on_a_small_disk(folder: Path, *command: str, size: str = "8m") -> subprocess.CompletedProcess[str]:
    """Run the command while `folder` is a file system of that size; what is left there is the last lines of stdout.

    As another user's namespace, or as root's where those are forbidden.
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    said = ""
    for namespace in (["--user", "--map-root-user", "--mount"], ["--mount"]):
        done = subprocess.run(
            ["unshare", *namespace, "sh", "-c", MOUNT.replace("SIZE", size), str(folder), *command],
            capture_output=True,
            text=True,
            timeout=90,
            env=environment,
            check=False,
        )
        if done.returncode != 99 and not done.stderr.startswith("unshare:"):
            return done
        said += done.stderr
    pytest.fail(f"this machine lets nobody mount a small file system for the full-disk test: {said}")
