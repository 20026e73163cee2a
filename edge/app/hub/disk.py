"""The journal and the store, each with its own thread; where one cannot be opened, a stand-in that says why."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import structlog

from edge.app.hub.worker import Worker
from edge.errors import StorageError
from edge.ports import Journal, ReadingStore
from edge.storage.journal import SqliteJournal
from edge.storage.sqlite import SqliteReadingStore
from edge.storage.unavailable import UnavailableJournal, UnavailableStore

JOURNAL = "journal.sqlite"
"""Its file in the state folder."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Disk:
    """folder: where both lie. journal, store: what the hub writes to, each called on its own thread alone.

    stored, journalled: the same for what reads them back (daily jobs, replication); None where there is none.
    """

    folder: Path
    journal: Journal
    store: ReadingStore
    journal_thread: Worker
    storage_thread: Worker
    stored: SqliteReadingStore | None = None
    journalled: SqliteJournal | None = None

    @property
    def damaged(self) -> dict[str, str]:
        """For each part, where a damaged file was put aside; empty: it was good."""
        parts = {"journal": self.journalled, "store": self.stored}
        return {part: str((what and what.quarantined) or "") for part, what in parts.items()}

    async def close(self) -> None:
        """Write what waits, close both, and end their threads."""
        for worker, close in (
            (self.journal_thread, self.journal.close),
            (self.storage_thread, self.store.close),
        ):
            try:
                await worker(close)
            except StorageError as error:  # the last seconds of a full card; nothing else is lost by it
                log.error("close", why=str(error))
            worker.close()


async def open_disk(folder: Path) -> Disk:
    """Open or create both in that folder. Raises nothing for a disk that fails, since alarms must go on."""
    journal_thread, storage_thread = Worker("journal"), Worker("storage")
    journalled: SqliteJournal | None = None
    stored: SqliteReadingStore | None = None
    journal: Journal
    store: ReadingStore
    try:
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    except OSError as error:
        log.error("state folder", folder=str(folder), why=error.strerror)
    try:
        journal = journalled = await journal_thread(SqliteJournal, folder / JOURNAL)
    except StorageError as error:
        log.error("journal", why=str(error))
        journal = UnavailableJournal(str(error), lambda: _journal_again(folder))
    try:
        store = stored = await storage_thread(SqliteReadingStore, folder / "readings.sqlite")
    except StorageError as error:
        log.error("store", why=str(error))
        store = UnavailableStore(f"{error}; once that is mended, restart the hub")
    return Disk(folder, journal, store, journal_thread, storage_thread, stored, journalled)


def _journal_again(folder: Path) -> Journal:
    """The journal of a disk that came back."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{folder}: {error.strerror}") from error
    journal = SqliteJournal(folder / JOURNAL)
    log.warning("journal.back", folder=str(folder), note="what stood in it before is taken up at the next start")
    return journal
