"""What the checks measure, held against what is wanted, and kept for the report in that order."""

import json
import os
from pathlib import Path

from tests.bench.targets import Target
from tests.installed.machine import busy

FILE, CUTS = "FEVERHUB_FIGURES", "FEVERHUB_CUTS"


def note(what: str, measured: str, wanted: str = "-", *, reached: bool = True) -> None:
    """One line of the report."""
    print(f"\n  {what}: {measured} (wanted: {wanted})", flush=True)
    if file := os.environ.get(FILE):
        with Path(file).open("a") as out:
            out.write(json.dumps([what, wanted, measured, reached]) + "\n")


def took(what: str, measured_s: float, most_s: float) -> None:
    """A time, with what it may be on a machine of its own; AssertionError if even this machine's load is no excuse."""
    note(what, f"{measured_s:.1f} s", f"<= {most_s:g} s", reached=measured_s <= most_s)
    others = busy()
    assert measured_s <= most_s * others, f"{what}: {measured_s:.1f} s, wanted {most_s:g} s; others: {others:.1f}x"


def read(file: Path) -> list[Target]:
    """Those of a run; empty if it wrote none."""
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return [Target(*json.loads(line)) for line in lines]
