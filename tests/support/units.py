"""The shipped systemd units, and systemd's own judgement of them."""

import subprocess
from pathlib import Path

SYSTEMD = Path(__file__).parents[2] / "deploy" / "systemd"


def analyze(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """systemd-analyze."""
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, timeout=60, check=False)


def startable(unit: Path) -> str:
    """The text of a unit as shipped, with another program in place of its own: feverhub is not installed here."""
    return unit.read_text(encoding="utf-8").replace("/opt/feverhub/current/bin/feverhub", "/bin/true")
