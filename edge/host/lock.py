"""One hub to a state folder: a lock that ends with the process that holds it, however that ends."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import structlog

from edge.errors import EdgeError

NAME: Final = "hub.lock"

log = structlog.get_logger(__name__)


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold that folder meanwhile. Raises EdgeError while another process does, with its pid.

    A folder that takes no lock (a card that cannot be written to) keeps no hub from watching: it goes on without.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        log.warning("lock", folder=str(folder), why=error.strerror)
        yield
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = os.read(descriptor, 20).decode("ascii", "replace").strip() or "unknown"
            raise EdgeError(f"a hub is already running with the state folder {folder}, pid {pid}") from None
        except OSError as error:  # a file system without locks
            log.warning("lock", folder=str(folder), why=error.strerror)
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
