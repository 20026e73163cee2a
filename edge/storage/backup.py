"""A backup of the state folder: a folder of its own with both databases, what was set up, and a list of it all.

Both files are copied as they stood at one moment each (`VACUUM INTO`: one read transaction, which a hub that goes on
writing neither waits for nor disturbs), read back and compared before the backup gets its name. Passwords are not in
it: they are in the credentials folder, for the owner to keep.
"""

import contextlib
import datetime as dt
import hashlib
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import msgspec

from edge.errors import StorageError
from edge.storage import foreign, journal_tables, rows
from edge.storage.database import Schema

SCHEMA = 1
LIST = "backup.json"
DATABASES: Mapping[str, Schema] = {"journal.sqlite": journal_tables.SCHEMA, "readings.sqlite": rows.SCHEMA}
"""Each with its tables by version; this release reads the next version too."""
_KEPT = ("settings.toml", "phones")
"""Beside them in the state folder: what was set up by the hub's own tools, and which phones were let in."""
PREFIX = "feverhub-"
"""Of a backup's folder, before the name of the hub."""
_CHUNK = _LONGEST_LIST = 1 << 20
_LONGEST_SAID = 200
_UNREADABLE = (sqlite3.Error, UnicodeError)
"""UnicodeError: what SQLite says of a damaged file quotes its bytes, whatever they are."""
Progress = Callable[[int], None]
Memos = Mapping[str, Callable[[str], str]]


class File(msgspec.Struct, frozen=True):
    """size: bytes. sha256: hex."""

    size: int
    sha256: str


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says of itself. hub: its name. made: RFC 3339. program: version. files: by path within it."""

    schema: int
    hub: str
    made: str
    program: str
    files: dict[str, File]


@dataclass(frozen=True, slots=True)
class Made:
    """folder: the backup. size: bytes."""

    folder: Path
    size: int


def make(state: Path, target: Path, *, hub: str, program: str, made: dt.datetime, owner: Path | None = None) -> Made:
    """Back the state folder up into a new folder below target, and read it all back. Raises StorageError, leaving
    nothing behind.

    owner: the owner's own configuration file, copied along for whoever sets the hub up again.
    """
    if not target.is_dir():
        raise StorageError(f"{target}: there is no such folder; is the stick in?")
    final = target / f"{PREFIX}{hub}-{made:%Y%m%d-%H%M%S}"
    working = target / f".{final.name}.partial"
    try:
        _forget_partial(target, hub)
        working.mkdir(mode=0o700)
        for name in DATABASES:
            if (state / name).is_file():
                _copy_database(state / name, working / name)
        for name in _KEPT:
            _copy_plain(state / name, working / name)
        if owner is not None:
            _copy_plain(owner, working / "feverhub.toml")
        files = measured(working)
        if not set(files) & set(DATABASES):
            raise StorageError(f"{state}: there is nothing to back up here; the hub has not run with this state folder")
        contents = Contents(schema=SCHEMA, hub=hub, made=made.isoformat(), program=program, files=files)
        finish(working, contents)
        working.rename(final)
        _sync(target)
    except OSError as error:
        raise StorageError(f"{final} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(working, ignore_errors=True)
    return Made(final, sum(each.size for each in files.values()))


def measured(folder: Path) -> dict[str, File]:
    """Every file of a backup but its list, by path within it. Raises OSError."""
    return {str(path.relative_to(folder)): _measured(path) for path in sorted(_files(folder))}


def finish(folder: Path, contents: Contents) -> None:
    """All of it on the medium, with its list, and read back. Raises OSError, StorageError."""
    for path in _files(folder):
        _sync(path)
    _write(folder / LIST, msgspec.json.format(msgspec.json.encode(contents)))
    check(folder)


def listed(folder: Path) -> Contents:
    """What the backup says of itself, nothing of which was looked at yet. Raises StorageError."""
    try:
        with (folder / LIST).open("rb") as file:
            contents = msgspec.json.decode(file.read(_LONGEST_LIST), type=Contents)
    except OSError as error:
        raise StorageError(f"{folder}: this is no backup of a hub ({LIST}: {error.strerror})") from error
    except msgspec.MsgspecError as error:
        raise StorageError(f"{folder}: this is no backup that can be read ({LIST}: {error})") from error
    if contents.schema > SCHEMA:
        raise StorageError(f"{folder}: this backup was made by a newer feverhub ({contents.program}): upgrade first")
    return contents


def check(folder: Path, read: Progress = lambda _size: None) -> Contents:
    """What the backup holds, once each file has been read and found to be what was written. Raises StorageError.

    read: told of so many more bytes.
    """
    contents = listed(folder)
    for name, expected in contents.files.items():
        path = folder / name
        if not _within(folder, path):
            raise StorageError(f"{folder}: this is no backup of a hub (it names {name!r})")
        try:
            found = _measured(path, read)
        except OSError as error:
            raise StorageError(f"{folder}: {name} of this backup cannot be read ({error.strerror})") from error
        if found != expected:
            raise StorageError(f"{folder}: {name} of this backup is not what was written; take another one")
    for name, schema in DATABASES.items():
        if name in contents.files:
            _check_database(folder / name, schema)
    return contents


def newest(target: Path, hub: str) -> dt.datetime | None:
    """When the last backup of that hub in this folder was made, by its name; None: there is none. Raises OSError."""
    pattern = re.compile(rf"{PREFIX}{re.escape(hub)}-(\d{{8}}-\d{{6}})")
    names = [pattern.fullmatch(each.name) for each in target.iterdir() if (each / LIST).is_file()]
    made = [dt.datetime.strptime(name[1], "%Y%m%d-%H%M%S").astimezone() for name in names if name]
    return max(made, default=None)


def restore(
    folder: Path,
    state: Path,
    *,
    hub: str,
    now: dt.datetime,
    memos: Memos = MappingProxyType({}),
    prepare: Callable[[Path], None] = lambda _incoming: None,
    read: Progress = lambda _size: None,
) -> Path | None:
    """Put the backup in place of what the state folder holds; where that was moved to, None for an empty one.

    The caller holds the state folder's lock. hub: name in today's configuration. memos: what becomes of the journal's,
    by name. prepare: changes what will be put in place, in its folder. read: as in `check`. Raises StorageError, and
    what `prepare` raises; then all is as it was.
    """
    contents = check(folder, read)
    if contents.hub != hub:
        raise StorageError(f"{folder}: this backup is of the hub {contents.hub!r}, and this one is {hub!r}")
    incoming, aside = state / ".restoring", state / f"before-restore-{now:%Y%m%d-%H%M%S}"
    try:
        state.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(incoming, ignore_errors=True)
        incoming.mkdir(mode=0o700)
        for name in (*DATABASES, *_KEPT):
            _copy_plain(folder / name, incoming / name)
        _as_after_a_gap(incoming / "journal.sqlite", now, memos)
        prepare(incoming)
        replaced = [path for path in state.iterdir() if path.name in _replaced()]
        with _undone(aside, state):
            if replaced:
                aside.mkdir(mode=0o700)
            for path in replaced:
                path.rename(aside / path.name)
            for path in sorted(incoming.iterdir()):
                path.rename(state / path.name)
        _sync(state)
    except OSError as error:
        raise StorageError(f"{state}: nothing was restored: {error.strerror or error}") from error
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
    return aside if replaced else None


def made_before(target: Path, hub: str) -> list[Path]:
    """The backups of that hub below target, the oldest first."""
    return sorted(path for path in target.glob(f"{PREFIX}{hub}-*") if (path / LIST).is_file())


def prune(target: Path, hub: str, keep: int) -> list[Path]:
    """Remove all but the newest `keep` of that hub; which. Raises StorageError."""
    old = made_before(target, hub)[: -max(keep, 1)]
    for path in old:
        try:
            shutil.rmtree(path)
        except OSError as error:
            raise StorageError(f"{path} cannot be removed: {error.strerror or error}") from error
    return old


def _copy_database(source: Path, copy: Path) -> None:
    try:
        with contextlib.closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as database:
            database.execute("VACUUM INTO ?", (str(copy),))
    except sqlite3.Error as error:
        raise StorageError(f"{source} cannot be copied: {error}") from error
    copy.chmod(0o600)
    _sync(copy)


def _check_database(path: Path, schema: Schema) -> None:
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
            copy.text_factory = _text
            version = int(copy.execute("PRAGMA user_version").fetchone()[0])
            verdict = str(copy.execute("PRAGMA quick_check(1)").fetchone()[0])
            stranger = foreign.strange(copy, schema) if verdict == "ok" else ""
    except _UNREADABLE as error:
        raise StorageError(f"{path} is damaged: {_in_one_line(error)}") from error
    if version > len(schema) + 1:
        raise StorageError(f"{path} was written by a newer feverhub (version {version}): upgrade first")
    if verdict != "ok":
        raise StorageError(f"{path} is damaged: {_in_one_line(verdict)}")
    if stranger:
        raise StorageError(f"{path} was changed by somebody: it holds {_in_one_line(stranger)}")


def _text(stored: bytes) -> str:
    """Also of a damaged row, and of what SQLite says of one."""
    return stored.decode("utf-8", "replace")


def _in_one_line(said: object) -> str:
    """What SQLite says of a damaged file, in which names out of that file may stand."""
    return " ".join(str(said).split())[:_LONGEST_SAID]


def _as_after_a_gap(journal: Path, now: dt.datetime, memos: Memos) -> None:
    """Alarms get higher numbers than any that receivers have seen since the backup; old messages are not sent again."""
    if not journal.is_file():
        return
    try:
        with contextlib.closing(sqlite3.connect(journal)) as database, database:
            database.text_factory = _text
            journal_tables.raise_sequence(database, int(now.timestamp()))
            database.execute("DELETE FROM outbox")
            kept = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'memo'").fetchone()
            for name, change in memos.items() if kept else ():
                for (text,) in database.execute("SELECT text FROM memo WHERE name = ?", (name,)).fetchall():
                    database.execute("UPDATE memo SET text = ? WHERE name = ?", (change(text), name))
    except _UNREADABLE as error:
        raise StorageError(f"{journal} is damaged: {_in_one_line(error)}") from error
    _sync(journal)


def _copy_plain(source: Path, copy: Path) -> None:
    """A file, or a folder of files; nothing where there is none."""
    if source.is_dir():
        copy.mkdir(mode=0o700)
        for path in sorted(source.iterdir()):
            if path.is_file():
                _copy_plain(path, copy / path.name)
    elif source.is_file():
        shutil.copyfile(source, copy)
        copy.chmod(0o600)
        _sync(copy)


def _measured(path: Path, read: Progress = lambda _size: None) -> File:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
            size += len(piece)
            read(len(piece))
    return File(size, digest.hexdigest())


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _within(folder: Path, path: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _replaced() -> Sequence[str]:
    """What a restore takes the place of, with the files that SQLite has beside its own."""
    return (*(name + suffix for name in DATABASES for suffix in ("", "-wal", "-shm")), *_KEPT)


@contextlib.contextmanager
def _undone(aside: Path, state: Path) -> Iterator[None]:
    """If the block fails, what was moved aside goes back to its place."""
    try:
        yield
    except BaseException:
        if aside.is_dir():
            for path in aside.iterdir():
                path.replace(state / path.name)
            aside.rmdir()
        raise


def _forget_partial(target: Path, hub: str) -> None:
    """What a power cut left of an earlier try."""
    for path in target.glob(f".{PREFIX}{hub}-*.partial"):
        shutil.rmtree(path, ignore_errors=True)


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    path.chmod(0o600)
    _sync(path)


def _sync(path: Path) -> None:
    """On the medium, not in memory alone: a stick is pulled out."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
