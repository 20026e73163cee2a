"""The check-up as the page has it: the same checks as `feverhub doctor`, in the reader's language, the worst first."""

import datetime as dt
from dataclasses import replace

import pytest

from edge import config as configuration
from edge.app.hub.page_doctor import PageDoctor
from edge.app.load.languages import load_languages
from edge.config import Config
from edge.host import checkup, surroundings
from edge.host.checkup import Level
from edge.model.language import IN_ENGLISH, Locale
from tests.host.test_checkup import WELL
from tests.support.fakes.clock import ManualClock

GERMAN = Locale(load_languages()["de"])
DAY_S = 86_400.0
BROKEN = [
    replace(WELL, bits=32, adapters=(), bluez="", synced=False, read_only=True, worn_percent=93.0, throttled=1),
    replace(WELL, blocked={"hci0": "software"}, bluez="5.50", has_clock=True, free_bytes=1, throttled=1 << 16),
    replace(WELL, blocked={"hci0": "switch"}, warmest_c=84.0, free_bytes=900_000_000, open_files=("/etc/x",)),
    replace(WELL, warmest_c=77.0, unread=("/etc/y",), worn_percent=3.0, broker=replace(WELL.broker, autosave_s=1800)),
    replace(WELL, warmest_c=None, throttled=1 << 1, broker=replace(WELL.broker, persistence="none", version="2.1.2")),
    replace(WELL, warmest_c=None, throttled=1 << 17, broker=replace(WELL.broker, persistence="sqlite")),
    replace(WELL, broker=replace(WELL.broker, persistence="sqlite", sync="full", flush_s=0)),
    replace(WELL, broker=replace(WELL.broker, version="2.1.2")),
]
AROUND = [
    *surroundings.ears(
        [{"adapter": "hci0", "fault": ""}, {"adapter": "proxy nursery", "fault": "BlueZ does not answer"}]
    ),
    *surroundings.certificates({"broker": 0.0, "authority": 5 * DAY_S, "hub": 90 * DAY_S}, 1.0),
    *surroundings.way(0.0, {"broker": "", "anna 1": "refused", "anna 2": None}, 1.0),
    *surroundings.way(0.0, {"broker": ""}, 16 * DAY_S),
    surroundings.no_heartbeat(),
    *(surroundings.heartbeat(last_s, why, 60.0, 1000.0) for last_s, why in ((990.0, ""), (None, ""), (1.0, "refused"))),
    *(surroundings.backup(*said, 30 * DAY_S) for said in (("", None, ""), ("/m", None, ""), ("/m", None, "gone"))),
    *(surroundings.backup("/m", at_s, "", 30 * DAY_S) for at_s in (0.0, 29 * DAY_S)),
]


@pytest.mark.parametrize("check", [*(each for seen in BROKEN for each in checkup.checks(seen)), *AROUND], ids=str)
def test_every_check_is_said_in_german(check):
    assert check.message in GERMAN.language.texts
    assert not check.todo or check.todo in GERMAN.language.texts
    said = check.said(GERMAN)
    assert "{" not in said
    assert said != check.sentence or check.message in ("{celsius} °C", "BlueZ {version}")


def doctor(clock, *, config=None, adapters=(), heard=None):
    facts = {"heartbeat": lambda: heard} if heard is not None else {}
    checks = checkup.checks(replace(WELL, throttled=1))
    ends_s = {"hub": clock.now().wall_s + 400 * DAY_S}
    radio = {"adapters": list(adapters)}
    return PageDoctor(config or Config(), clock, lambda: checks, lambda: radio, lambda: ends_s, facts)


def test_the_worst_comes_first_and_what_is_not_well_is_counted():
    clock = ManualClock()
    ears = [{"adapter": "hci0", "fault": ""}, {"adapter": "proxy nursery", "fault": "BlueZ does not answer"}]
    page = doctor(clock, adapters=ears)
    rows = page.answer(GERMAN).checks
    assert [each.level for each in rows] == sorted((each.level for each in rows), key=["FAIL", "WARN", "OK"].index)
    assert (rows[0].subject, rows[0].sentence) == (
        "Stromversorgung",
        "die Spannung ist in diesem Augenblick zu niedrig",
    )
    assert rows[1].sentence == "proxy nursery hört nichts: BlueZ antwortet nicht"
    assert page.minded() == 2
    assert "20,0 von 30,0 GB sind frei" in [each.sentence for each in rows]
    assert {each.level for each in doctor(clock).answer(IN_ENGLISH).checks} == {"FAIL", "OK"}


def test_an_outward_heartbeat_that_stays_away_and_the_age_of_the_backup_are_seen(tmp_path):
    clock = ManualClock()
    now_s = clock.now().wall_s
    text = f'[heartbeat]\nurl = "https://x"\n[backup]\nfolder = "{tmp_path / "stick"}"\n'
    config = configuration.parse([configuration.Source(text, "a hub")])
    last = dt.datetime.fromtimestamp(now_s - 1000.0, dt.UTC).isoformat()
    late = doctor(clock, config=config, heard={"last": last, "why": ""})
    assert [each.level for each in late.checks() if each.subject == "heartbeat"] == [Level.WARN]
    last = dt.datetime.fromtimestamp(now_s - 100.0, dt.UTC).isoformat()
    fresh = doctor(clock, config=config, heard={"last": last, "why": ""})
    assert [each.level for each in fresh.checks() if each.subject == "heartbeat"] == [Level.OK]
    [unread] = [fresh._look()]
    assert unread.todo == "see that the stick is in"
