"""Readings on their way to the store: bounded, committed in time, a full card said."""

import asyncio

import pytest

from edge.app.hub.effects import reading_writer as module
from edge.app.hub.effects.reading_writer import ReadingWriter
from edge.app.hub.worker import Worker
from edge.model.alarm import Condition
from edge.model.effect import KeepReading
from edge.model.reading import Quantity, Reading, Unit
from tests.support.fakes.reading_store import MemoryStore

NO_STATE = None


def reading(number):
    return KeepReading("mia", "patch", "", Reading(Quantity.TEMPERATURE, 37.0, Unit.CELSIUS), float(number), True)


class Bench:
    def __init__(self):
        self.store = MemoryStore()
        self.worker = Worker("storage")
        self.reports = []
        self.writer = ReadingWriter(
            self.store, self.worker, lambda condition, present, *_: self.reports.append((condition, present))
        )


@pytest.fixture
def bench():
    made = Bench()
    yield made
    made.worker.close()


async def test_commits_at_once_when_an_alarm_changed_and_else_seldom(bench):
    writer, store = bench.writer, bench.store
    writer.execute(reading(1), NO_STATE)
    await writer.flush()
    assert store.commits == 1, "the first"
    writer.execute(reading(2), NO_STATE)
    await writer.flush()
    assert (store.commits, len(store.waiting)) == (1, 1)
    writer.commit_soon()
    await writer.flush()
    assert (store.commits, len(store.waiting)) == (2, 0)


async def test_memory_is_bounded_and_what_is_lost_is_counted(bench):
    for number in range(module.LIMIT + 5):
        bench.writer.execute(reading(number), NO_STATE)
    assert bench.writer.lost == 5
    await bench.writer.flush(commit=True)
    assert [item.wall_s for item in bench.store.committed] == [float(n) for n in range(5, module.LIMIT + 5)]


async def test_a_full_card_is_an_alarm_that_ends_and_nothing_is_lost(bench):
    bench.store.failing = "the disk is full"
    bench.writer.execute(reading(1), NO_STATE)
    await bench.writer.flush(commit=True)
    assert bench.reports == [(Condition.STORAGE_ERROR, True)]
    bench.store.failing = ""
    bench.writer.execute(reading(2), NO_STATE)
    await bench.writer.flush(commit=True)
    assert bench.reports[-1] == (Condition.STORAGE_ERROR, False)
    assert len(bench.store.committed) == 2


async def test_what_is_on_its_way_arrives_also_if_the_hub_stops_just_then(bench):
    release = asyncio.Event()
    loop = asyncio.get_running_loop()
    bench.worker._pool.submit(lambda: asyncio.run_coroutine_threadsafe(release.wait(), loop).result(10))
    bench.writer.execute(reading(1), NO_STATE)
    task = asyncio.ensure_future(bench.writer.flush())
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    release.set()
    await bench.writer.flush(commit=True)
    assert len(bench.store.committed) == 1


async def test_each_round_counts_as_progress_also_a_failed_one(bench):
    bench.store.failing = "the disk is full"
    await bench.writer.flush(commit=True)
    await bench.writer.flush()
    assert bench.writer.rounds == 2
