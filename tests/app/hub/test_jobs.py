"""What is done by the clock: retention, the daily word, rows stamped before the clock was right."""

import asyncio
import contextlib
from pathlib import Path

import numpy as np
import pytest

from edge import config as configuration
from edge.app.hub import jobs as module
from edge.app.hub.jobs import chores, retain_once, summarise, watch_journal
from edge.app.load.checked import CheckedConfiguration
from edge.errors import StorageError
from edge.host.credentials import Credentials
from edge.model.alarm import Condition
from edge.model.effect import KeepMotion, KeepReading
from edge.model.event import ReadingHeard
from edge.model.reading import Quantity, Reading, Unit, Validity
from edge.storage.journal import SqliteJournal
from edge.storage.sqlite import SqliteReadingStore
from tests.support.family import caregiver, family
from tests.support.servers import until

TEXT = family(
    "[storage]\nmotion_days = 2\nreading_days = 30\n",
    anna="share_details = true\n",
    more=caregiver("Tom") + caregiver("Gran", 'role = "viewer"'),
)
DAY_S = 86400.0


def reading(wall_s, value=37.0, validity=Validity.VALID, *, synced=True):
    return KeepReading(
        "mia", "patch", "axilla", Reading(Quantity.TEMPERATURE, value, Unit.CELSIUS, validity), wall_s, synced
    )


@pytest.fixture
async def parts(make_hub, tmp_path):
    """A hub whose store is the real one."""
    made = make_hub(text=TEXT)
    made.hub.store = await made.hub.storage_thread(
        lambda: SqliteReadingStore(tmp_path / "readings.sqlite", boot="this", left_free_bytes=0)
    )
    yield made
    await made.hub.storage_thread(made.hub.store.close)


def loaded(folder: Path) -> CheckedConfiguration:
    return CheckedConfiguration(
        configuration.parse([configuration.Source(TEXT, "test")]), Credentials(), folder, profiles={}
    )


async def test_retention_keeps_what_the_family_wants_kept(parts, tmp_path):
    now_s = parts.clock.wall_s
    store = parts.hub.store
    for age_days in (0.1, 1.0, 5.0, 20.0, 40.0):
        start_s = now_s - age_days * DAY_S
        store.keep([reading(start_s)])
        store.keep([KeepMotion("mia", "ankle", "", start_s + np.arange(50) / 50, np.ones((50, 3)), True)])
    store.commit()
    await retain_once(parts.hub, loaded(tmp_path))
    assert len(list(store.readings("mia", Quantity.TEMPERATURE, 0, now_s))) == 4
    assert len(list(store.motion("ankle", 0, now_s))) == 2


async def said(parts):
    """The daily word as it goes out."""
    told = []
    parts.hub.pushes.put = told.append
    await summarise(parts.hub)
    return {each.caregiver: each for each in told}


async def test_the_daily_word_says_what_was_and_shares_no_value_unasked(parts):
    async with parts.running():
        await parts.hear(ReadingHeard("patch", Reading(Quantity.TEMPERATURE, 36.9, Unit.CELSIUS)))
        now_s = parts.clock.wall_s
        parts.hub.store.keep([reading(now_s - 100, 36.8), reading(now_s - 50, 38.1)])
        parts.hub.store.keep([reading(now_s - 40, 45.0, Validity.INVALID)])
        parts.hub.store.commit()
        parts.hub.lost = list  # as if the sensor had settled
        told = await said(parts)
    assert set(told) == {"anna", "tom"}, "a viewer is never rung"
    assert "Mia: temperature 36.8 to 38.1 °C in 2 readings" in told["anna"].text
    assert told["tom"].text == "feverhub: still watching"
    assert not told["tom"].urgent


async def test_the_daily_word_never_says_watching_when_a_sensor_is_lost(parts):
    async with parts.running():
        told = await said(parts)
    assert told["anna"].title == told["tom"].title == "Not watching all"
    assert "patch (not heard yet)" in told["anna"].text
    assert "no valid temperature" in told["anna"].text
    assert told["tom"].text == "feverhub: not watching all"
    assert not any("still watching" in each.text.lower() for each in told.values())


@contextlib.asynccontextmanager
async def daily(parts, monkeypatch, folder):
    monkeypatch.setattr(module, "LOOK_AT_CLOCK_S", 0.01)
    task = asyncio.ensure_future(chores(parts.hub, loaded(folder)))
    await asyncio.sleep(0.03)
    yield task
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_rows_stamped_before_the_clock_was_right_are_moved_also_if_the_step_came_first(
    parts, monkeypatch, tmp_path
):
    parts.clock.synced = False
    async with parts.running(), daily(parts, monkeypatch, tmp_path):
        parts.hub.store.keep([reading(parts.clock.wall_s, synced=False)])
        parts.hub.store.commit()
        stamped_s = parts.clock.wall_s
        parts.clock.step(3600.0)
        await asyncio.sleep(0.05)
        parts.clock.synced = True
        await until(lambda: next(parts.hub.store.readings("mia", Quantity.TEMPERATURE, 0, 2e9)).synced)
        [moved] = parts.hub.store.readings("mia", Quantity.TEMPERATURE, 0, 2e9)
    assert moved.wall_s == pytest.approx(stamped_s + 3600.0)


async def test_a_full_card_while_rows_are_moved_is_told_and_ends_nothing(parts, monkeypatch, tmp_path):
    def full(_step_s):
        raise StorageError("the disk is full")

    parts.clock.synced = False
    monkeypatch.setattr(parts.hub.store, "restamp", full)
    async with parts.running(), daily(parts, monkeypatch, tmp_path) as task:
        parts.clock.synced = True
        await until(lambda: "storage_error" in parts.standing())
        assert not task.done()


async def test_an_unset_clock_is_told_after_a_while(parts, monkeypatch, tmp_path):
    parts.clock.synced = False
    async with parts.running(), daily(parts, monkeypatch, tmp_path):
        await until(lambda: parts.hub.state.alarms.conditions.tracked != {})
        parts.clock.mono_s += 121.0
        parts.hub.report(Condition.CLOCK_UNSYNCHRONISED, True, "no time server was heard")
        await until(lambda: "clock_unsynchronised" in parts.standing())


async def test_a_journal_deleted_beside_the_hub_is_noticed_said_and_made_anew(make_hub, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "LOOK_AT_JOURNAL_S", 0.05)
    file = tmp_path / "journal.sqlite"
    parts = make_hub(text=TEXT)
    parts.hub.journal = await parts.hub.journal_thread(SqliteJournal, file)
    async with parts.running():
        watching = asyncio.ensure_future(watch_journal(parts.hub))
        await asyncio.sleep(0.2)
        assert parts.standing() == {}
        file.unlink()
        await until(lambda: "storage_error" in parts.standing())
        await until(file.exists)
        parts.clock.mono_s += module.REPAIR_SAID_S + 1.0
        await until(lambda: "storage_error" not in parts.standing())
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    await parts.hub.journal_thread(parts.hub.journal.close)
