"""Whether a hub knows enough to watch, and how far its first run has come: `first_run.json` in the state folder."""

import contextlib
import json
import os
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from edge import config as configuration
from edge.app.load import checked
from edge.app.load.checked import CheckedConfiguration
from edge.app.load.configuration import SETTINGS_FILE, owners_text, state_folder
from edge.config import Config, Source, WebTable
from edge.delivery import roster
from edge.errors import ConfigError, StorageError

FILE = "first_run.json"
NOBODY = ""
"""Whose phone an invitation of the first run lets in: nobody is set up yet."""
ANOTHER = "+"
"""No id of anybody."""
OPEN = WebTable("0.0.0.0")  # noqa: S104  the page lets in the family's own network alone, and with a code
"""Where the first run listens if nobody said otherwise: it is of no use on loopback."""


class Progress(msgspec.Struct, kw_only=True):
    """done: the steps that were answered, by name. port: where the page was opened.

    whole: whether nothing is left to be answered, and only what cannot be used is to be mended. child: id of who is
    asked about, empty for the first one; ANOTHER for one who has no name yet.
    """

    done: list[str] = []
    port: int = 0
    whole: bool = False
    child: str = ""


@dataclass(frozen=True, slots=True)
class Files:
    """path: the owner's file, there or not. state_dir: the state folder, None where the owner's file names it."""

    path: Path
    state_dir: Path | None = None

    @property
    def folder(self) -> Path:
        """The state folder."""
        return state_folder(self.path, self.state_dir)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A hub that cannot watch yet. trouble: what is wrong with its configuration, one sentence each; empty: nothing.

    owners: what stands in the owner's own file, empty if there is none.
    """

    trouble: tuple[str, ...]
    owners: Mapping[str, Any]


def look(files: Files) -> CheckedConfiguration | Unfinished:
    """The configuration if a hub can be run with it, else why not."""
    path, state_dir = files.path, files.state_dir
    folder = files.folder
    owners = _tables(path)
    if not path.exists() and not (folder / SETTINGS_FILE).exists():
        return Unfinished((), owners)
    try:
        loaded = checked.load(path, state_dir=state_dir)
        notifiable = roster.notifiable(loaded.config.caregivers)
        missing = checked.missing_secrets(loaded, checked.channel_secrets(notifiable))
    except ConfigError as error:
        return Unfinished(tuple(str(error).splitlines()), owners)
    if missing:
        return Unfinished(tuple(missing), owners)
    nothing = not loaded.config.persons and not loaded.config.devices
    # Who writes a sensor into a file of his own has finished without the page.
    progress = read(folder)
    halfway = progress is not None and not progress.whole and not owners.get("device")
    return Unfinished((), owners) if nothing or halfway else loaded


def where(files: Files, environment: Mapping[str, str]) -> WebTable:
    """Where the page of the first run listens: as `[web]` says wherever that can be read, else openly."""
    found = _readable(files, environment, "web").web or OPEN
    progress = read(files.folder)
    return WebTable(found.host, progress.port) if progress is not None and progress.port else found


def sounding(files: Files, environment: Mapping[str, str]) -> Config:
    """Nothing but what sounds in the room, as `[hub]` says wherever that can be read."""
    return _readable(files, environment, "hub")


def backup_folder(files: Files, environment: Mapping[str, str]) -> str:
    """`[backup] folder`, empty if there is none."""
    return _readable(files, environment, "backup").backup.folder


def _readable(files: Files, environment: Mapping[str, str], table: str) -> Config:
    """That table alone, key by key, whatever else is wrong around it."""
    layers: list[Source] = []
    for text in (owners_text(files.path), owners_text(files.folder / SETTINGS_FILE)):
        for line in _lines(text, table):
            with contextlib.suppress(ConfigError):
                configuration.parse([*layers, source := Source(f"[{table}]\n{line}\n", "")])
                layers.append(source)
    own = {name: value for name, value in environment.items() if name.startswith(f"FEVERHUB_{table.upper()}__")}
    try:
        return configuration.parse(layers, own)
    except ConfigError:
        return configuration.parse(layers)


def _lines(text: str, table: str) -> list[str]:
    try:
        values = tomllib.loads(text).get(table, {})
        return [f"{key} = {json.dumps(value)}" for key, value in values.items() if isinstance(value, str | int)]
    except (ValueError, RecursionError, AttributeError):
        return []


def _tables(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(owners_text(path))
    except (ValueError, RecursionError):
        return {}


def read(folder: Path) -> Progress | None:
    """How far it has come; None if no first run is under way. What cannot be read begins anew."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Progress)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError):
        return Progress()


def write(folder: Path, progress: Progress) -> None:
    """On disk as a whole or not at all. Raises StorageError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=f".{FILE}.")
        with os.fdopen(descriptor, "wb") as out:
            out.write(msgspec.json.encode(progress))
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(folder / FILE)
    except OSError as error:
        raise StorageError(
            f"{folder}: cannot be written: {error.strerror}; give another folder with --state-dir, or run with sudo"
        ) from None


def finish(folder: Path) -> None:
    """The configuration is whole: from now on the hub runs."""
    (folder / FILE).unlink(missing_ok=True)
