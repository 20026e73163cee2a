"""A child is forgotten: what is asked for stands in a file of the state folder until all of it is done.

Whoever holds the state folder's lock clears it: `feverhub forget` itself, or the hub, which steps aside for that and
goes on with those who are left. A run that was killed is finished by the next, whichever part it had come to.
"""

import asyncio
import contextlib
from pathlib import Path

import msgspec
import structlog

from edge.app.load.configuration import SETTINGS_FILE
from edge.app.sensors import settings_file
from edge.app.sensors.without_child import SetUp, rewritten
from edge.errors import EdgeError, StorageError
from edge.storage import forget
from edge.storage.forget import Child

LOOKS_S = 1.0
"""How often a hub looks whether somebody is to be forgotten."""

_PREFIX = "forgetting-"

log = structlog.get_logger(__name__)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done. devices: her sensors, by id. cleared: whether the state folder is. trouble: why it is not."""

    person: str
    name: str
    devices: list[str]
    cleared: bool = False
    trouble: str = ""

    @property
    def child(self) -> Child:
        return Child(self.person, self.name)

    @property
    def set_up(self) -> SetUp:
        return SetUp(self.person, frozenset(self.devices))


def file_of(folder: Path, person: str) -> Path:
    """Where it stands."""
    return folder / f"{_PREFIX}{person}.json"


def read(folder: Path, person: str) -> Asked | None:
    """What is asked for, None if nothing. Raises StorageError."""
    return _read(file_of(folder, person))


def write(folder: Path, asked: Asked) -> None:
    """On disk as a whole or not at all. Raises StorageError."""
    settings_file.write(file_of(folder, asked.person), msgspec.json.encode(asked).decode())


def over(folder: Path, person: str) -> None:
    """All of it is done. Raises StorageError."""
    file = file_of(folder, person)
    try:
        for path in (*folder.glob(f".{file.name}.*"), file):
            path.unlink(missing_ok=True)
        settings_file.sync(folder)
    except OSError as error:
        raise StorageError(f"{file} cannot be removed: {error.strerror}") from error


def clear(folder: Path, asked: Asked) -> None:
    """Take her out of the databases and settings of a state folder, and of what a restore had moved aside there.

    The caller holds the folder's lock. Raises StorageError.
    """
    for place in (*folder.glob("before-restore-*"), folder):
        settings = place / SETTINGS_FILE
        if settings.is_file():
            text = settings.read_text("utf-8-sig")
            left = rewritten(text, asked.set_up)
            if left != text:
                settings_file.write(settings, left)
        forget.remove(place, asked.child)
    write(folder, msgspec.structs.replace(asked, cleared=True, trouble=""))


def clear_if_asked(folder: Path) -> None:
    """For a hub, which holds the lock and has no file open. Never keeps it from watching: what fails is said to who
    asked, and in the log.
    """
    for asked in _waiting(folder):
        log.warning("forget", person=asked.person, devices=asked.devices)
        try:
            try:
                clear(folder, asked)
            except (EdgeError, OSError) as error:
                write(folder, msgspec.structs.replace(asked, trouble=str(error)))
                raise
        except (EdgeError, OSError) as error:
            log.error("forget", why=str(error))


async def wanted(folder: Path) -> None:
    """Until somebody asks for a child to be forgotten."""
    while not _waiting(folder):  # noqa: ASYNC110  another process writes it
        await asyncio.sleep(LOOKS_S)


def _waiting(folder: Path) -> list[Asked]:
    found = []
    for file in sorted(folder.glob(f"{_PREFIX}*.json")):
        with contextlib.suppress(StorageError):
            asked = _read(file)
            if asked is not None and not (asked.cleared or asked.trouble):
                found.append(asked)
    return found


def _read(file: Path) -> Asked | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Asked)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise StorageError(f"{file} cannot be read ({error}): remove it, and ask again") from error
