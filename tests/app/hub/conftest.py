"""What tests of the page's own process share."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from edge.app.hub import supervisor
from edge.app.hub.jobs import DailyJobs
from edge.model.effect import Notify
from edge.storage.journal import SqliteJournal
from tests.app.hub.test_page import House
from tests.support.homes import COT


@pytest.fixture
def house(make_hub, tmp_path, monkeypatch) -> Iterator[House]:
    """With a journal on disk. Modules that need another one have their own."""
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.05)
    with closing(SqliteJournal(tmp_path / "journal.sqlite")) as journal:
        home = House(make_hub(text=COT, journal=journal), tmp_path)
        home.parts.clock.wall_s = 1_790_035_800.0 - 4 * 3600  # 21 September 2026, 20:10 UTC
        yield home


class _Told:
    """Takes the place of the pushes: keeps what is to be told."""

    def __init__(self) -> None:
        self.messages: list[Notify] = []

    def put(self, message: Notify) -> None:
        self.messages.append(message)


def daily_jobs(parts) -> tuple[DailyJobs, list[Notify]]:
    """The jobs of a hub, and what they tell."""
    told, made = _Told(), parts.made
    state, report = (lambda: parts.hub.state), (lambda *_: None)
    return DailyJobs(made.setup.config, parts.clock, made.disk, told, state=state, report=report), told.messages
