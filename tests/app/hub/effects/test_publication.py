"""What an alarm puts on disk beside itself: the readings that led to it, when it is news, and not with each answer."""

import datetime as dt
from dataclasses import replace

import pytest

from edge.app.hub.effects.journal_writer import JournalWriter
from edge.app.hub.effects.publication import AlarmPublication
from edge.app.hub.effects.reading_writer import ReadingWriter
from edge.app.hub.worker import Worker
from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.effect import AlarmChanged, KeepReading
from edge.model.reading import Quantity, Reading, Unit
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.journal import MemoryJournal
from tests.support.fakes.publisher import FakePublisher
from tests.support.fakes.reading_store import MemoryStore

RAISED = Alarm(
    id="e-7",
    key=AlarmKey(Condition.CANNOT_JUDGE, "mia", "ankle"),
    kind=Kind.TECHNICAL,
    priority=Priority.MEDIUM,
    presence=Presence.ON,
    onset_s=1000.0,
    raised_s=1020.0,
    sequence=1,
    reason=Reason.EVIDENCE,
    text="about 80 % of its samples are lost",
    guidance="Look at the sensor.",
    private="a sensor",
    changed_s=1020.0,
)


@pytest.fixture
async def commits():
    """Called with the next state of the alarm: how often readings were committed for it, 0 or 1."""
    worker, store, journal = Worker("test"), MemoryStore(), MemoryJournal()
    failed: list[str] = []
    writer = ReadingWriter(store, worker, lambda *_: None)
    journal_writer = JournalWriter(journal, worker, ManualClock(), lambda *_: None, lambda part, _: failed.append(part))
    publication = AlarmPublication(
        "cot",
        dt.UTC,
        journal_writer,
        writer,
        FakePublisher(journal),
        on_alarm=lambda _: None,
        failed=lambda part, _: failed.append(part),
    )
    await writer.flush()  # the first of a run commits by itself

    async def change(alarm: Alarm) -> int:
        reading = Reading(Quantity.TEMPERATURE, 37.0, Unit.CELSIUS)
        writer.execute(KeepReading("mia", "patch", "", reading, alarm.changed_s, True), None)
        before = store.commits
        await publication.record([AlarmChanged(alarm)])
        await writer.flush()
        return store.commits - before

    yield change
    worker.close()
    assert failed == []


async def test_readings_are_committed_when_it_comes_grows_and_ends_and_not_at_each_answer_or_other_reason(commits):
    alarm = RAISED
    for news, change in (
        (1, {}),
        (0, {"text": "about 90 % of its samples are lost"}),
        (0, {"reason": Reason.ACKNOWLEDGED, "acknowledged_by": "anna", "silent_until_s": 5000.0}),
        (0, {"reason": Reason.ACKNOWLEDGED, "acknowledged_by": "anna", "silent_until_s": 6000.0}),
        (1, {"priority": Priority.HIGH}),
        (1, {"presence": Presence.OFF, "cleared_s": 3000.0}),
        (1, {"id": "e-8", "presence": Presence.ON, "cleared_s": None}),
    ):
        alarm = replace(alarm, **change, sequence=alarm.sequence + 1, changed_s=alarm.changed_s + 10.0)
        assert await commits(alarm) == news, change
