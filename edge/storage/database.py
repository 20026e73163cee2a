"""One SQLite file: how it is opened, checked, put aside when broken, and how its errors are worded.

Threads: `app` gives each file a thread of its own, since calls block. A call from another thread (replication reads) is
safe: every one holds `lock` from BEGIN to COMMIT, so the wrong thread can only wait, never fail or interleave.
"""

import contextlib
import errno
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from edge.errors import StorageError, Unstorable

BUSY_S = 2.0  # an alarm must not wait longer than this for a backup or an administrator's shell
WHOLE_CHECK_BYTES = 256 * 1024 * 1024  # the check at start reads all of it: 6 s from a card that gives 40 MB/s
KEPT_ASIDE = 2  # broken files kept for a repair by hand; each may be as large as the store

Schema = Sequence[Sequence[str]]
"""Statements by version: entry 0 makes version 1. Versions only ever add, so that the release before can still read;
of movement it leaves out what is deflated (`edge.storage.blocks`), as it does with a row that it cannot read."""

CURSORS = "CREATE TABLE IF NOT EXISTS cursor (name TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT"
SET_CURSOR = "INSERT OR REPLACE INTO cursor VALUES (?, ?)"
_CORRUPT = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_CORRUPT_AT_OPEN = {sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR_CORRUPTFS}
_MAY_MEAN_FULL = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}  # how SQLite words it when the -shm file finds no room
_NEEDED_BYTES = 64 * 1024  # of the -shm file and the first pages of the -wal file
_IN_WORDS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_BUSY: "another program holds it locked",
    sqlite3.SQLITE_LOCKED: "another program holds it locked",
    sqlite3.SQLITE_READONLY: "it may only be read",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_PERM: "its permissions do not allow it",
    sqlite3.SQLITE_IOERR: "the disk reports an error",
    sqlite3.SQLITE_CORRUPT: "it is damaged",
    sqlite3.SQLITE_NOTADB: "it is damaged",
}


_NOWHERE = (-1, -1)


class DiskFull(StorageError):
    """There is no space left for this write."""


class Damaged(StorageError):
    """The file is not a sound database any more."""


class Database:
    """A SQLite file in WAL mode with `user_version`, checked when opened.

    quarantined: where the file was moved if it turned out damaged (at start or later); what it held is lost to the
    program and the caller has to say so. None: never happened since this object was made.
    """

    def __init__(
        self,
        path: Path,
        schema: Schema,
        *,
        synchronous: str = "FULL",
        read_only: bool = False,
        wal_pages: int = 1000,
        small_tables: Sequence[str] = (),
    ) -> None:
        """Open, check and migrate. Raises StorageError.

        wal_pages: the -wal file is copied into the main file once it has so many. small_tables: those still checked
        when the file is too large to check all of it at every start.
        """
        self.path = path
        # Around every use of the connection.
        self.lock = threading.RLock()
        self.quarantined: Path | None = None
        self._schema = schema
        self._synchronous = synchronous
        self._read_only = read_only
        self._wal_pages = wal_pages
        # Checked when the file is too large to check all of it.
        self._tables = tuple(small_tables)
        # None: closed, or not open yet.
        self._connection: sqlite3.Connection | None = None
        # Which file that is, since another may lie in its place by now.
        self._file: tuple[int, int] | None = None
        try:
            self._open()
        except Damaged:
            if read_only:
                raise
            self.begin_afresh()

    @property
    def is_open(self) -> bool:
        return self._connection is not None

    def begin_afresh(self) -> Path:
        """Put the damaged file aside as `<name>.corrupt-<UTC time>`; go on with an empty one. Raises StorageError."""
        with self.lock, self._explained():
            self.close()
            self.quarantined = aside = self._set_aside()
            self._open()
        return aside

    def restore(self) -> str:
        """Write the file anew if it is no longer the one that was opened; why that was needed, empty: it was not.

        A deleted file lives on as long as it is open, so nothing in it is lost. One that was put in its place is set
        aside as a damaged one is. Raises StorageError.
        """
        with self.lock, self._explained():
            if self._connection is None or self._file in (None, _identity(self.path)):
                return ""
            replaced = self.path.exists()
            old, self._connection, self._file = self._connection, None, None
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                anew = self.path.with_name(f"{self.path.name}.anew")
                anew.unlink(missing_ok=True)
                os.close(os.open(anew, os.O_CREAT | os.O_RDWR, 0o600))
                with contextlib.closing(sqlite3.connect(anew)) as copy:
                    old.backup(copy)
                if replaced:
                    self._set_aside()
                for suffix in ("-wal", "-shm"):
                    self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
                anew.rename(self.path)
                self._open()
            except BaseException:
                self._connection = self._connection or old  # to be tried again
                self._file = self._file or _NOWHERE
                raise
            old.close()
            return f"{self.path} was {'replaced' if replaced else 'deleted'} while the hub ran: it was written anew"

    def _set_aside(self) -> Path:
        aside = _free_name(self.path)
        for suffix in ("-wal", "-shm", ""):
            part = self.path.with_name(self.path.name + suffix)
            if part.exists():
                part.rename(aside.with_name(aside.name + suffix))
        _forget_old(self.path)
        return aside

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, on disk (as far as `synchronous` says) when the block ends. Raises StorageError."""
        with self.lock, self._explained():
            connection = self._opened()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    with contextlib.suppress(sqlite3.Error):  # the first error is the one to report
                        connection.execute("ROLLBACK")
                raise

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """The whole answer to a query that the caller has bounded. Raises StorageError."""
        with self.lock, self._explained():
            return self._opened().execute(sql, parameters).fetchall()

    def number(self, sql: str, *parameters: object) -> float | None:
        """The first column of the first row. Raises StorageError."""
        with self.lock, self._explained():
            row = self._opened().execute(sql, parameters).fetchone()
        return None if row is None or row[0] is None else float(row[0])

    def cursor(self, name: str) -> int:
        """Where a reader of this file has got to, 0 at first. Raises StorageError."""
        return int(self.number("SELECT position FROM cursor WHERE name = ?", name) or 0)

    def set_cursor(self, name: str, position: int) -> None:
        """Remember it in this file, so that it is lost together with the rows it counts. Raises StorageError."""
        with self.transaction() as db:
            db.execute(SET_CURSOR, (name, position))

    def checkpoint(self) -> None:
        """Copy the -wal file into the main file, so that its space is used again. Raises StorageError."""
        self.rows("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        """Let go of the file; harmless when done twice."""
        with self.lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                with contextlib.suppress(sqlite3.Error):  # what was committed is on disk; the rest is in the -wal file
                    connection.close()

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            raise StorageError(f"{self.path} is closed")
        return self._connection

    def _open(self) -> None:
        with self.lock, self._explained(at_open=True):
            if not self._read_only:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))  # -wal and -shm inherit the mode
            uri = f"{self.path.absolute().as_uri()}?mode={'ro' if self._read_only else 'rw'}"
            connection = sqlite3.connect(
                uri, uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False, cached_statements=64
            )
            connection.text_factory = _text
            try:
                self._prepare(connection)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
            self._file = None if self._read_only else _identity(self.path)

    def _prepare(self, db: sqlite3.Connection) -> None:
        if self._read_only:
            self._require_version(db)
            return
        db.execute("PRAGMA auto_vacuum = INCREMENTAL")  # only has an effect before the first table
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(f"PRAGMA synchronous = {self._synchronous}")
        db.execute("PRAGMA secure_delete = FAST")  # Debian's default zeroes freed pages: twice the wear of the card
        db.execute("PRAGMA journal_size_limit = 8388608")
        db.execute(f"PRAGMA wal_autocheckpoint = {self._wal_pages}")
        self._check(db)
        self._migrate(db)

    def _check(self, db: sqlite3.Connection) -> None:
        whole = not self._tables or self.path.stat().st_size <= WHOLE_CHECK_BYTES
        known = {str(row[0]) for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        for check in [""] if whole else [f"({name})" for name in self._tables if name in known]:
            verdict = db.execute(f"PRAGMA quick_check{check}").fetchone()
            if verdict is None or verdict[0] != "ok":
                raise Damaged(f"{self.path} cannot be used: it is damaged")

    def _require_version(self, db: sqlite3.Connection) -> int:
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
        if version > len(self._schema) + 1:
            raise StorageError(
                f"{self.path} was written by a newer feverhub (version {version}): upgrade, or move it away"
            )
        return version

    def _migrate(self, db: sqlite3.Connection) -> None:
        version = self._require_version(db)
        if 0 < len(self._schema) <= version:
            return
        db.execute("BEGIN IMMEDIATE")
        db.execute(CURSORS)
        for statements in self._schema[version:]:
            for statement in statements:
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {len(self._schema)}")
        db.execute("COMMIT")

    @contextlib.contextmanager
    def _explained(self, *, at_open: bool = False) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _worded(error, self.path, at_open=at_open) from error
        except (OverflowError, UnicodeError) as error:  # a number or text that SQLite has no room for
            if at_open:  # nothing was written yet: what SQLite says of the file quotes bytes that are no text
                raise Damaged(f"{self.path} cannot be used: {_IN_WORDS[sqlite3.SQLITE_CORRUPT]}") from error
            raise Unstorable(f"{self.path} cannot take that: {error}") from error
        except OSError as error:
            kind = DiskFull if error.errno in {errno.ENOSPC, errno.EDQUOT} else StorageError
            raise kind(f"{self.path} cannot be used: {error.strerror or error}") from error


def _worded(error: sqlite3.Error, path: Path, *, at_open: bool) -> StorageError:
    extended = getattr(error, "sqlite_errorcode", None) or 0
    primary = extended & 0xFF
    if primary in _MAY_MEAN_FULL and _no_space(path):
        primary = sqlite3.SQLITE_FULL
    sentence = f"{path} cannot be used: {_IN_WORDS.get(primary, str(error))}"
    if primary == sqlite3.SQLITE_FULL:
        return DiskFull(sentence)
    if primary in _CORRUPT or (at_open and extended in _CORRUPT_AT_OPEN):
        return Damaged(sentence)
    return StorageError(sentence)


@lru_cache(256)
def _text(stored: bytes) -> str:
    """Text of a damaged row is no reason to refuse all rows. Cached, since of thousands of readings it is the same few
    words: what is asked for here is called for each column of each row.
    """
    return stored.decode("utf-8", "replace")


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from another of the same name; None: there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _no_space(path: Path) -> bool:
    try:
        disk = os.statvfs(path.parent)
    except OSError:
        return False
    return disk.f_bavail * disk.f_frsize < _NEEDED_BYTES


def _free_name(path: Path) -> Path:
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    name, count = path.with_name(f"{path.name}.corrupt-{stamp}"), 1
    while name.exists():
        count += 1
        name = path.with_name(f"{path.name}.corrupt-{stamp}-{count}")
    return name


def _forget_old(path: Path) -> None:
    broken = [p for p in path.parent.glob(f"{path.name}.corrupt-*") if not p.name.endswith(("-wal", "-shm"))]
    for old in sorted(broken, key=lambda p: p.stat().st_mtime)[:-KEPT_ASIDE]:
        for suffix in ("-wal", "-shm", ""):
            old.with_name(old.name + suffix).unlink(missing_ok=True)
