"""A child is forgotten: what is asked for stands in a file of the state folder until all of it is done.

Whoever holds the state folder's lock clears it: `feverhub forget` itself, or the hub, which steps aside for that and
goes on with those who are left. A run that was killed is finished by the next, whichever part it had come to.
"""

import asyncio
import contextlib
from pathlib import Path

import msgspec
import structlog

from edge.app.load import settings_file
from edge.app.load.configuration import SETTINGS_FILE
from edge.app.sensors.without_child import SetUp, rewritten
from edge.errors import EdgeError, StorageError
from edge.storage import forget
from edge.storage.forget import Child

LOOKS_S = 1.0
"""How often a hub looks whether somebody is to be forgotten."""

_PREFIX = "forgetting-"

log = structlog.get_logger(__name__)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done. devices: her sensors, by id. begun: a hub has begun to clear its folder. cleared: it is done.
    trouble: why it could not be.
    """

    person: str
    name: str
    devices: list[str]
    begun: bool = False
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


class Requests:
    """What is asked of a hub. It tries each once, so that nothing that fails or hangs keeps it from watching: whoever
    asked is told, and may ask again.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # Those that could not even be marked as begun: on a disk that is full.
        self._given_up: set[str] = set()

    def carry_out(self) -> None:
        """The hub holds the lock and has no file open. Never raises for a disk: what fails is said, and logged."""
        for asked in self._waiting():
            self._given_up.add(asked.person)
            try:
                log.warning("forget", person=asked.person, devices=asked.devices)
                write(self._folder, msgspec.structs.replace(asked, begun=True))
                try:
                    clear(self._folder, asked)
                except (EdgeError, OSError) as error:
                    write(self._folder, msgspec.structs.replace(asked, trouble=str(error)))
                    raise
                self._given_up.discard(asked.person)
            except (EdgeError, OSError) as error:
                log.error("forget", why=str(error))

    async def wanted(self) -> None:
        """Until somebody asks for a child to be forgotten."""
        while not self._waiting():  # noqa: ASYNC110  another process writes it
            await asyncio.sleep(LOOKS_S)

    def _waiting(self) -> list[Asked]:
        found = []
        for file in sorted(self._folder.glob(f"{_PREFIX}*.json")):
            with contextlib.suppress(StorageError):
                asked = _read(file)
                if asked is not None and not (asked.begun or asked.cleared or asked.trouble):
                    found.append(asked)
        return [each for each in found if each.person not in self._given_up]


def _read(file: Path) -> Asked | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Asked)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise StorageError(f"{file} cannot be read ({error}): remove it, and ask again") from error
