"""The first run on the hub's own screen: its address as a QR code and in letters, and the code that lets a phone in."""

import contextlib
import os
import sys
from pathlib import Path

from edge.app.load.addresses import addresses
from edge.app.load.drawing import drawn
from edge.config import WebTable

ISSUE = "first-run.issue"


def show(web: WebTable, code: str, *, broken: bool) -> None:
    """On standard output: for whoever sits at the screen, and in the service's log."""
    where = addresses(web)
    head = (
        "NOT watching: the configuration cannot be used." if broken else "Not watching yet: set this hub up by phone."
    )
    lines = [
        "",
        drawn(f"{where[0]}/setup?code={code}"),
        head,
        f"Read this with the camera of a phone in the same network, or open  {where[0]}/setup",
        *(f"or, where that does not open,  {each}/setup" for each in where[1:]),
        f"Code: {code}  (for one phone, within 15 minutes)",
        "",
    ]
    text = "\n".join(lines)
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(text)
        sys.stdout.flush()
    if issue := _issue():
        with contextlib.suppress(OSError):
            issue.write_text(text.replace("\\", "\\\\"), "utf-8")


def clear() -> None:
    """The code is of no use any more."""
    if issue := _issue():
        with contextlib.suppress(OSError):
            issue.unlink(missing_ok=True)


def _issue() -> Path | None:
    """What stands above the log-in of a screen at the hub (agetty(8), "Issue files"; a link of deploy/install.sh)."""
    folder = os.environ.get("RUNTIME_DIRECTORY", "").partition(":")[0]
    return Path(folder) / ISSUE if folder else None
