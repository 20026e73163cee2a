"""Readings on their way to the store: they may wait, alarms may not, so the two never share a buffer.

A memory card wears by what is written, and each commit writes some eight pages beside its data: a day of one 50 Hz
sensor is 156 MB with a commit every 30 s, 103 MB every minute, 79 every two, 76 every three (tests/bench/written.py).
"""

import asyncio
import math
from collections import deque

from edge.app.hub.effects.executor import Report
from edge.app.hub.effects.journal_writer import cause
from edge.app.hub.worker import Worker
from edge.errors import StorageError
from edge.model.alarm import Condition
from edge.model.effect import KeepMotion, KeepReading
from edge.pipeline import State
from edge.ports import ReadingStore

EVERY_S = 1.0
RETRY_S = 30.0
COMMIT_S = 180.0
"""What a power cut may take of readings; an alarm puts what led to it on disk at once."""
LIMIT = 10_000


class ReadingWriter:
    """Hands readings to the storage thread every second; on disk every three minutes, and at once when asked.

    lost: readings for which there was no room. rounds: how often it has emptied its buffer, or tried to.
    """

    def __init__(self, store: ReadingStore, worker: Worker, report: Report) -> None:
        self._store = store
        self._worker = worker
        self._report = report
        self._items: deque[KeepReading | KeepMotion] = deque(maxlen=LIMIT)
        self._due_s = -math.inf
        self._soon = False
        self.lost = 0
        self.rounds = 0

    def execute(self, effect: KeepReading | KeepMotion, _state: State) -> None:
        """Buffer it. Never fails; beyond the bound the oldest is lost, and counted."""
        self.lost += len(self._items) == LIMIT
        self._items.append(effect)

    def commit_soon(self) -> None:
        """An alarm changed: what led to it goes on disk with the next flush."""
        self._soon = True

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            await self.flush()

    async def flush(self, *, commit: bool = False) -> None:
        """Empty the buffer into the store; a full card is an alarm, and the store keeps what it could not write."""
        items = list(self._items)
        self._items.clear()
        now_s = asyncio.get_running_loop().time()
        commit = commit or self._soon or now_s >= self._due_s
        try:
            if items:
                await self._worker(self._store.keep, items)
            if commit:
                self._soon = False
                self._due_s = now_s + COMMIT_S
                await self._worker(self._store.commit)
                self._report(Condition.STORAGE_ERROR, False, "", "store")
        except StorageError as error:
            self._due_s = now_s + RETRY_S
            self._report(Condition.STORAGE_ERROR, True, cause(error), "store")
        finally:
            self.rounds += 1
