"""Store and journal copied to InfluxDB behind a cursor; an outage ends by itself, and all that was kept waits for that.

How the hub itself is doing goes along twice a minute, as it is then, and waits for nothing.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace

import structlog

from edge.app.hub.effects.executor import Report
from edge.app.hub.supervisor import in_words
from edge.app.hub.worker import Worker
from edge.config import Config
from edge.errors import StorageError
from edge.model.alarm import Condition
from edge.storage import points
from edge.storage.influx import InfluxReplicator, Progress
from edge.storage.journal import SqliteJournal
from edge.storage.points import Momentary
from edge.storage.sqlite import SqliteReadingStore

PERIOD_S = 10.0

log = structlog.get_logger(__name__)


class Replication:
    """status: "in step", or why not, for the health topic; empty while it is off or has not begun.

    report: raises and ends `storage_error` for a server that takes nothing and has to be mended. store, journal: None
    where there is none. now: how the hub is doing, None before it has looked.
    """

    def __init__(
        self,
        config: Config,
        token: str,
        store: SqliteReadingStore | None,
        journal: SqliteJournal | None,
        report: Report,
        *,
        now: Callable[[], Momentary | None],
    ) -> None:
        self.status = ""
        self._hub = config.hub.name
        self.moment = now
        self._influx = config.influx
        self._token = token
        self._store = store
        self._journal = journal
        self._report = report

    async def run(self) -> None:
        """Until cancelled; at once done where it is off."""
        if self._influx is None or self._store is None:
            return
        worker = Worker("replication")
        influx = self._influx
        replicator = InfluxReplicator(
            self._store,
            url=influx.url,
            org=influx.org,
            bucket=influx.bucket,
            token=self._token,
            journal=self._journal,
            hub=self._hub,
            texts=influx.texts,
        )
        sent: Momentary | None = None
        try:
            while True:
                moment = self.moment()
                progress = await worker(self._replicate, replicator, None if moment is sent else moment)
                sent = moment
                self._say(replicator.in_words(progress))
                why = progress.error if progress.at_fault else ""
                self._report(Condition.STORAGE_ERROR, bool(why), why, "replication")
                await asyncio.sleep(PERIOD_S)
        except Exception as error:
            self._say(in_words(error))
            raise
        finally:
            replicator.stop()
            await worker(replicator.close)
            worker.close()

    def _replicate(self, replicator: InfluxReplicator, moment: Momentary | None) -> Progress:
        """In the thread, since a disk may take its time."""
        if moment is None or self._store is None:
            return replicator.replicate_once()
        free: int | None = None
        with contextlib.suppress(StorageError):
            free = self._store.disk_free_bytes()
        whole = replace(moment, facts={**moment.facts, "disk_free_bytes": free})
        return replicator.replicate_once(list(points.of_moment(whole, self._hub)))

    def _say(self, status: str) -> None:
        if status != self.status:
            log.info("influx", state=status)
        self.status = status
