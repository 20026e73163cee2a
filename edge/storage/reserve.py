"""Space kept back on the disk for the journal, so that a full disk does not stop an alarm."""

import contextlib
import os
from pathlib import Path

SIZE_BYTES = 4 * 1024 * 1024
"""About two thousand alarm changes with their messages: days of a bad week."""

MODE = 0o600
"""Whatever the umask: freed blocks of other files may show through in it."""

STEP_BYTES = 256 * 1024
"""Given up a piece at a time, since whatever filled the disk takes what is free."""


class Reserve:
    """A file of allocated blocks that is cut shorter when the journal finds no space. Never raises."""

    def __init__(self, path: Path, size_bytes: int = SIZE_BYTES) -> None:
        self.path = path
        self._size_bytes = size_bytes
        self._held_bytes = _length(path)
        _make_private(path)

    @property
    def held_bytes(self) -> int:
        """What is left of it, bytes; 0: the next full disk stops the journal."""
        return self._held_bytes

    @property
    def whole(self) -> bool:
        return self._held_bytes >= self._size_bytes

    def refill(self) -> bool:
        """Allocate it again if as much space would still be free after that. Returns whether it is whole."""
        if self.whole:
            return True
        try:
            disk = os.statvfs(self.path.parent)
            if disk.f_bavail * disk.f_frsize < 2 * self._size_bytes - self._held_bytes:
                return False
            file = os.open(self.path, os.O_CREAT | os.O_WRONLY, MODE)
            try:
                os.fchmod(file, MODE)
                os.posix_fallocate(file, 0, self._size_bytes)
                os.fsync(file)
            finally:
                os.close(file)
        except OSError:
            _cut(self.path, self._held_bytes)
        self._held_bytes = _length(self.path)
        return self.whole

    def release(self) -> bool:
        """Give up a piece. Returns False when there is nothing left to give."""
        if self._held_bytes == 0:
            return False
        self._held_bytes = max(0, self._held_bytes - STEP_BYTES)
        return _cut(self.path, self._held_bytes)


def _length(path: Path) -> int:
    try:
        status = path.stat()
    except OSError:
        return 0
    return min(status.st_size, status.st_blocks * 512)  # a copy restored from a backup may be all holes


def _make_private(path: Path) -> None:
    """One that an earlier release made may be readable by others."""
    with contextlib.suppress(OSError):
        if path.stat().st_mode & 0o077:
            path.chmod(MODE)


def _cut(path: Path, size_bytes: int) -> bool:
    try:
        with path.open("r+b") as file:
            file.truncate(size_bytes)
            os.fsync(file.fileno())  # ext4 hands freed blocks out again only after its own commit
    except OSError:
        return False
    return True
