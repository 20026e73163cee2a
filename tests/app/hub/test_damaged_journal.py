"""A hub starts on whatever its journal holds, takes up what is sound, and says what is not."""

import json
import sqlite3
from pathlib import Path

import pytest

from edge.model.alarm import AlarmKey, Condition, Presence
from edge.model.event import Tick
from edge.pipeline import HOUSE_MEMO
from edge.storage.journal import SqliteJournal

STATE = "UPDATE standing SET state"
DAMAGED = [
    (
        "standing",
        "UPDATE standing SET state = CAST(json_set(state, '$.onset_s', 1e300) AS BLOB) WHERE condition = 'no_data'",
    ),
    (
        "standing",
        "UPDATE standing SET state = CAST(json_set(state, '$.sequence', 1e300) AS BLOB) WHERE condition = 'no_data'",
    ),
    ("standing", "UPDATE standing SET state = CAST(x'ff' AS BLOB) WHERE condition = 'no_data'"),
    ("counter", "UPDATE counter SET value = 9223372036854775807"),
    ("memo", """UPDATE memo SET text = '{"since_s": 1e300}'"""),
    (
        "memo",
        """UPDATE memo SET text = '{"pauses": [{"person": "mia", "device": "", "caregiver": "anna", "since_s": 0,
                                     "until_s": 1e300}]}'""",
    ),
    ("memo", "UPDATE memo SET text = 'x'"),
]


def _journal(path: Path, alarms, damage: str = "") -> SqliteJournal:
    journal = SqliteJournal(path)
    journal.record(alarms, [], 1.0, memos={HOUSE_MEMO: json.dumps({"on_watch": "anna"})})
    journal.close()
    plain = sqlite3.connect(path)
    with plain:
        plain.execute(damage or "SELECT 1")
    plain.close()
    return SqliteJournal(path)


@pytest.mark.parametrize(("table", "damage"), [("", ""), *DAMAGED])
async def test_a_damaged_row_keeps_no_hub_from_starting_and_is_said(tmp_path, make_hub, standing_fever, table, damage):
    lost = standing_fever(id="n-1", sequence=8, key=AlarmKey(Condition.NO_DATA, "mia", "patch"))
    journal = _journal(tmp_path / "journal.sqlite", [standing_fever(), lost], damage)
    parts = make_hub(journal=journal)
    async with parts.running():
        await parts.hear(Tick())
        parts.clock.mono_s += 60.0
        await parts.hear(Tick())
        stands = parts.standing()
        alarms = parts.hub.state.alarms.conditions.standing()
        details = [a.evidence.detail for a in alarms if a.key.condition is Condition.HUB_DEGRADED]
        who = parts.hub.state.roster.on_watch
        assert parts.hub.state.alarms.pauses == ()
    journal.close()
    assert stands["fever"] == Presence.ON
    assert ("no_data" in stands) is (table != "standing")
    assert ("hub_degraded" in stands) is bool(table)
    assert who == ("" if table == "memo" else "anna")
    assert [each.split()[0] for each in details] == {"": [], "memo": ["who"]}.get(table, ["1"])
