"""Secrets that the hub itself takes, in the state folder: one file each, for its own user alone."""

import os
import tempfile
from pathlib import Path

from edge.errors import StorageError


def keep_secret(folder: Path, name: str, secret: str) -> None:
    """On disk as a whole or not at all, mode 0600. Raises StorageError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, new = tempfile.mkstemp(dir=folder)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(f"{secret}\n")
            out.flush()
            os.fsync(out.fileno())
        Path(new).replace(folder / name)
    except OSError as error:
        raise StorageError(f"{folder}: cannot be written: {error.strerror}") from None
