"""The family's zone has its rule for summer time: a hub that runs over the change must not be an hour off."""

import datetime as dt
from pathlib import Path

from edge.app.load import zone

SUMMER, WINTER = dt.datetime(2026, 7, 1), dt.datetime(2026, 12, 1)  # noqa: DTZ001  what is asked is the zone's own rule


def test_summer_and_winter_differ_where_they_do(monkeypatch) -> None:
    monkeypatch.setattr(zone, "LOCALTIME", Path("/usr/share/zoneinfo/Europe/Berlin"))
    here = zone.local_zone()
    assert here.utcoffset(SUMMER) - here.utcoffset(WINTER) == dt.timedelta(hours=1)


def test_without_the_file_the_present_offset_is_taken(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(zone, "LOCALTIME", tmp_path / "none")
    assert zone.local_zone().utcoffset(SUMMER) is not None
