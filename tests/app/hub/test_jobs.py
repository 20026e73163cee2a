"""What is done by the clock: retention, the daily word, rows stamped before the clock was right."""

import asyncio
import contextlib

import numpy as np
import pytest

from edge.app.hub import jobs as module
from edge.app.hub.jobs import DailyJobs
from edge.app.hub.worker import Worker
from edge.errors import StorageError
from edge.model.alarm import Condition
from edge.model.effect import KeepMotion, KeepReading
from edge.model.event import Command, ReadingReceived, Verb
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
ASKED = "This phone was not tested in the last 30 days, or was changed since: send a test, and answer it"


def reading(wall_s, value=37.0, validity=Validity.VALID, *, synced=True):
    return KeepReading(
        "mia", "patch", "axilla", Reading(Quantity.TEMPERATURE, value, Unit.CELSIUS, validity), wall_s, synced
    )


@pytest.fixture
async def parts(make_hub, tmp_path):
    """A hub whose store is the real one."""
    opening, file = Worker("opening"), tmp_path / "readings.sqlite"
    store = await opening(lambda: SqliteReadingStore(file, boot="this", left_free_bytes=0))
    opening.close()
    made = make_hub(text=TEXT, stored=store)
    yield made
    await made.made.disk.storage_thread(store.close)


def daily_jobs(parts):
    made = parts.made
    return DailyJobs(
        made.setup.config,
        made.clock,
        made.disk,
        made.outputs.notifications,
        state=lambda: made.hub.state,
        report=made.queue.report,
    )


async def test_retention_keeps_what_the_family_wants_retained(parts):
    now_s = parts.clock.wall_s
    store = parts.made.disk.stored
    for age_days in (0.1, 1.0, 5.0, 20.0, 40.0):
        start_s = now_s - age_days * DAY_S
        store.keep([reading(start_s)])
        store.keep([KeepMotion("mia", "ankle", "", start_s + np.arange(50) / 50, np.ones((50, 3)), True)])
    store.commit()
    await daily_jobs(parts).retain()
    assert len(list(store.readings("mia", Quantity.TEMPERATURE, 0, now_s))) == 4
    assert len(list(store.motion("ankle", 0, now_s))) == 2


async def test_a_backup_is_made_by_day_and_a_stick_that_is_out_is_reported(make_hub, tmp_path):
    state, stick = tmp_path / "state", tmp_path / "stick"
    SqliteJournal(state / "journal.sqlite").close()
    made = make_hub(text=f'{TEXT}[backup]\nfolder = "{stick}"\n', folder=state)
    await made.made.begin()
    with pytest.raises(StorageError, match="is the stick in"):
        await daily_jobs(made).back_up()
    stick.mkdir()
    await daily_jobs(made).back_up()
    [folder] = stick.iterdir()
    assert (folder / "journal.sqlite").exists()
    assert 9 <= module.BACKUP_AT.hour <= 18, "nobody is woken for a stick"


async def said(parts):
    """The daily word as it goes out."""
    told = []
    parts.made.outputs.notifications.put = told.append
    await daily_jobs(parts).summarise()
    return {each.caregiver: each for each in told}


async def test_the_daily_word_says_what_was_and_shares_no_value_unasked(parts, monkeypatch):
    async with parts.running():
        await parts.hear(ReadingReceived("patch", Reading(Quantity.TEMPERATURE, 36.9, Unit.CELSIUS)))
        now_s = parts.clock.wall_s
        parts.made.disk.stored.keep([reading(now_s - 100, 36.8), reading(now_s - 50, 38.1)])
        parts.made.disk.stored.keep([reading(now_s - 40, 45.0, Validity.INVALID)])
        parts.made.disk.stored.commit()
        monkeypatch.setattr(module, "lost", lambda *_: [])  # as if the sensor had settled
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
    assert told["tom"].text == "feverhub: not watching all: check the sensors and the hub"
    assert not any("still watching" in each.text.lower() for each in told.values())


async def test_the_daily_word_asks_for_a_test_of_each_phone_whose_proof_is_old_or_void(make_hub):
    channels = 'channels = ["credential:phone"]\n'
    parts = make_hub(text=family("", anna=channels, more=caregiver("Tom", channels) + caregiver("Ben")))
    async with parts.running():
        await parts.hear(Command(Verb.TEST, "anna", "t"), Command(Verb.ACKNOWLEDGE, "anna", "a", "test"))
        assert {who: ASKED in each.text for who, each in (await said(parts)).items()} == {
            "anna": False,
            "tom": True,
            "ben": False,  # who has no phone is asked for no test of one
        }
        await parts.hear(Command(Verb.PHONE_CHANGED, "anna", "c"))
        assert ASKED in (await said(parts))["anna"].text
        await parts.hear(Command(Verb.TEST, "anna", "t2"), Command(Verb.ACKNOWLEDGE, "anna", "a2", "test"))
        parts.clock.wall_s += 31 * DAY_S
        assert ASKED in (await said(parts))["anna"].text


@contextlib.asynccontextmanager
async def daily(parts, monkeypatch):
    monkeypatch.setattr(module, "LOOK_AT_CLOCK_S", 0.01)
    task = asyncio.ensure_future(daily_jobs(parts).run())
    await asyncio.sleep(0.03)
    yield task
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_rows_stamped_before_the_clock_was_right_are_moved_also_if_the_step_came_first(parts, monkeypatch):
    parts.clock.synced = False
    async with parts.running(), daily(parts, monkeypatch):
        parts.made.disk.stored.keep([reading(parts.clock.wall_s, synced=False)])
        parts.made.disk.stored.commit()
        stamped_s = parts.clock.wall_s
        parts.clock.step(3600.0)
        await asyncio.sleep(0.05)
        parts.clock.synced = True
        await until(lambda: next(parts.made.disk.stored.readings("mia", Quantity.TEMPERATURE, 0, 2e9)).synced)
        [moved] = parts.made.disk.stored.readings("mia", Quantity.TEMPERATURE, 0, 2e9)
    assert moved.wall_s == pytest.approx(stamped_s + 3600.0)


async def test_rows_of_a_start_before_the_clock_was_put_right_are_moved_at_the_next(parts, monkeypatch):
    parts.clock.synced = False
    stored = parts.made.disk.stored
    async with parts.running():
        async with daily(parts, monkeypatch):
            stored.keep([reading(parts.clock.wall_s, synced=False)])
            stored.commit()
            stamped_s = parts.clock.wall_s
        parts.clock.step(3600.0)
        parts.clock.synced = True
        async with daily(parts, monkeypatch):
            await until(lambda: next(stored.readings("mia", Quantity.TEMPERATURE, 0, 2e9)).synced)
        [moved] = stored.readings("mia", Quantity.TEMPERATURE, 0, 2e9)
    assert moved.wall_s == pytest.approx(stamped_s + 3600.0, abs=1.0)


async def test_a_full_card_while_rows_are_moved_is_reported_and_ends_nothing(parts, monkeypatch):
    def full(_step_s):
        raise StorageError("the disk is full")

    parts.clock.synced = False
    monkeypatch.setattr(parts.made.disk.stored, "restamp", full)
    async with parts.running(), daily(parts, monkeypatch) as task:
        parts.clock.synced = True
        await until(lambda: "storage_error" in parts.standing())
        assert not task.done()


async def test_an_unset_clock_is_reported_after_a_while(parts, monkeypatch):
    parts.clock.synced = False
    async with parts.running(), daily(parts, monkeypatch):
        await until(lambda: parts.hub.state.alarms.conditions.tracked != {})
        parts.clock.mono_s += 121.0
        parts.made.queue.report(Condition.CLOCK_UNSYNCHRONISED, True, "no time server was heard")
        await until(lambda: "clock_unsynchronised" in parts.standing())


async def test_a_journal_deleted_beside_the_hub_is_noticed_said_and_made_anew(make_hub, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "LOOK_AT_JOURNAL_S", 0.05)
    opening, file = Worker("opening"), tmp_path / "journal.sqlite"
    journal = await opening(SqliteJournal, file)
    opening.close()
    parts = make_hub(text=TEXT, journal=journal)
    disk, report = parts.made.disk, parts.made.queue.report
    async with parts.running():
        watching = asyncio.ensure_future(module.watch_journal(disk, parts.clock, report))
        await asyncio.sleep(0.2)
        assert parts.standing() == {}
        file.unlink()
        await until(lambda: "storage_error" in parts.standing())
        await until(file.exists)
        parts.clock.mono_s += module.REPAIR_SAID_S + 1.0
        await until(lambda: "storage_error" not in parts.standing())
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    await disk.journal_thread(journal.close)
