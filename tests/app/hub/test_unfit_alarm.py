"""An alarm that no journal and no message can hold takes none of those beside it with it, and is named."""

from dataclasses import replace

import pytest

from edge.model.alarm import AlarmKey, Condition
from edge.model.effect import AlarmChanged
from edge.model.event import Tick
from edge.storage.journal import SqliteJournal

# A lone surrogate: what Python makes of a byte of a file name that is no UTF-8 (PEP 383); no JSON can hold it.
LONE = "\udce9"
UNFIT = {
    "its text": {"text": f"card {LONE}"},
    "its id": {"id": f"n-{LONE}"},
    "its number": {"sequence": 2**70},
    "its time": {"onset_s": "yesterday"},
    "nothing": {},
}


@pytest.mark.parametrize("what", UNFIT)
async def test_the_alarms_beside_one_that_cannot_be_encoded_are_journalled_and_published(
    tmp_path, make_hub, standing_fever, topic_of, what
):
    journal = SqliteJournal(tmp_path / "journal.sqlite")
    parts = make_hub(journal=journal)
    unfit = standing_fever(id="n-1", sequence=8, key=AlarmKey(Condition.NO_DATA, "mia", "patch"))
    fit = standing_fever()
    async with parts.running():
        await parts.hub._execute([AlarmChanged(replace(unfit, **UNFIT[what])), AlarmChanged(fit)])
        await parts.hub._execute([AlarmChanged(replace(fit, sequence=9))])
        await parts.hear(Tick())
        parts.clock.mono_s += 31.0
        await parts.hear(Tick())
        alarms = parts.hub.state.alarms.conditions.standing()
        named = [a.evidence.detail for a in alarms if a.key.condition is Condition.HUB_DEGRADED]
        stored = [alarm.sequence for _, alarm in journal.changes_after(0, 10) if alarm and alarm.id == fit.id]
        sent = [m for m in (*parts.broker.published, *parts.broker.from_memory) if m.topic == topic_of(fit)]
        assert "storage_error" not in parts.standing(), "the disk is not at fault"
    journal.close()
    assert stored == [7, 9]
    assert len(sent) == 2
    assert bool(named) is (what != "nothing")
    assert all("no_data" in detail for detail in named)


async def test_an_entry_that_cannot_be_written_holds_up_no_alarm_of_later(tmp_path, make_hub, standing_fever):
    from edge.model.care import Entry, Remark

    journal = SqliteJournal(tmp_path / "journal.sqlite")
    parts = make_hub(journal=journal)
    entry = Entry("e-1", 1, "mia", Remark(LONE), 1.7e9, "anna", "anna", 1.7e9)
    async with parts.running():
        assert not await parts.made.recording.journal_writer.keep([entry], [])
        assert not await parts.made.recording.journal_writer.record([standing_fever()], [])
        assert parts.made.recording.journal_writer.lost == 1
    assert [alarm.sequence for alarm in journal.latest() if alarm.key.condition is Condition.FEVER] == [7]
    journal.close()
