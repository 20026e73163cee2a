"""The store copied to InfluxDB behind a cursor; an outage ends by itself, and the readings wait for that."""

import asyncio

import structlog

from edge.app.hub.effects.executor import Report
from edge.app.hub.supervisor import in_words
from edge.app.hub.worker import Worker
from edge.config import Config
from edge.model.alarm import Condition
from edge.storage.influx import InfluxReplicator
from edge.storage.journal import SqliteJournal
from edge.storage.sqlite import SqliteReadingStore

PERIOD_S = 10.0

log = structlog.get_logger(__name__)


class Replication:
    """status: "in step", or why not, for the health topic; empty while it is off or has not begun.

    report: raises and ends `storage_error` for a server that takes nothing and has to be mended. store, journal: None
    where there is none.
    """

    def __init__(
        self,
        config: Config,
        token: str,
        store: SqliteReadingStore | None,
        journal: SqliteJournal | None,
        report: Report,
    ) -> None:
        self.status = ""
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
        )
        try:
            while True:
                progress = await worker(replicator.replicate_once)
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

    def _say(self, status: str) -> None:
        if status != self.status:
            log.info("influx", state=status)
        self.status = status
