"""Which program judged: results of another one are not mixed with its own."""

import functools
import hashlib
from pathlib import Path

import edge
from edge import __version__

ROOMS = ("model", "decoding", "analysis", "alarms", "delivery", "care", "commands", "config", "pipeline", "recordings")
"""All that stands between a file and an alarm."""
FILES = ("app/reports/offline.py", "app/reports/movement.py", "app/reports/kept.py", "app/cohort/judge.py")
_SHOWN = 8


@functools.cache
def version() -> str:
    """The release and eight hex digits of its code: another line of that code, another detector."""
    root = Path(edge.__file__).parent
    digest = hashlib.sha256()
    for file in sorted([*(each for room in ROOMS for each in (root / room).rglob("*.py")), *(root / f for f in FILES)]):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return f"{__version__}+{digest.hexdigest()[:_SHOWN]}"
