"""What the thermometers read lately is in the journal's file, and comes back with the next start of the hub."""

import sqlite3

import pytest
import structlog

from edge.app.hub.effects.journal_writer import LEVELS_MEMO
from edge.model.alarm import Condition
from edge.model.event import Tick
from edge.storage.journal import SqliteJournal


@pytest.fixture
async def path(tmp_path, make_hub):
    """The journal of a hub that ran while a patch was worn for two hours."""
    path = tmp_path / "journal.sqlite"
    journal = SqliteJournal(path)
    parts = make_hub(journal=journal)
    async with parts.running():
        await parts.warm(36.4, minutes=80)
        assert parts.hub.state.sensors["patch"].level.trend.halves
    journal.close()
    return path


async def started(path, make_hub):
    """The half hours that a hub with this journal begins with; its log; whether it is degraded."""
    journal = SqliteJournal(path)
    parts = make_hub(journal=journal)
    with structlog.testing.capture_logs() as logs:
        async with parts.running():
            halves = parts.hub.state.sensors["patch"].level.trend.halves
            await parts.hear(Tick())
            standing = parts.standing()
    journal.close()
    return halves, [line for line in logs if line["event"] == "journal.levels_left_out"], standing


async def test_a_hub_that_starts_again_knows_what_the_patch_read(path, make_hub):
    halves, left_out, _ = await started(path, make_hub)
    assert [celsius for _, celsius in halves] == [pytest.approx(36.4)] * len(halves)
    assert halves
    assert left_out == []


@pytest.mark.parametrize("text", ["x", '{"wall_s": 1e300}', '{"wall_s": 1800000000.0, "devices": {"patch": 1}}'])
async def test_an_absurd_memory_is_one_line_in_the_log_and_a_fresh_start(path, make_hub, text):
    plain = sqlite3.connect(path)
    with plain:
        plain.execute("UPDATE memo SET text = ? WHERE name = ?", (text, LEVELS_MEMO))
    plain.close()
    halves, left_out, standing = await started(path, make_hub)
    assert halves == ()
    assert len(left_out) == 1
    assert str(Condition.HUB_DEGRADED) not in standing, "nobody is woken for it"
