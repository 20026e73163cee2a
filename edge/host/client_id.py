"""The hub's name at the broker: a secret, since whoever connects with it throws the hub off.

A broker knows a client by its id, and lets a second one of the same id push out the first, whichever user it is (MQTT
5.0, section 3.1.4). An id that follows from the hub's name would let every viewer silence the hub.
"""

import os
import re
import secrets
from pathlib import Path

FILE = "client_id"
_KNOWN = re.compile(r"feverhub-[0-9a-f]{32}")


def client_id(folder: Path) -> str:
    """The one that is kept in the state folder, made at the first start; readable by the hub alone.

    Never raises: where it cannot be kept, it holds for this run. The broker then keeps no session over a restart.
    """
    path = folder / FILE
    try:
        kept = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        kept = ""
    if _KNOWN.fullmatch(kept):
        return kept
    made = f"feverhub-{secrets.token_hex(16)}"
    new = path.with_name(f"{FILE}.new")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        new.unlink(missing_ok=True)
        file = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(file, "w", encoding="ascii") as writing:
            writing.write(f"{made}\n")
            writing.flush()
            os.fsync(file)
        new.replace(path)
    except OSError:
        pass  # a card that takes nothing is reported by the journal
    return made
