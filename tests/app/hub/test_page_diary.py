"""Timeline, why and why not, from the journal of a real hub, through the page's own process."""

import asyncio
import datetime as dt
import html
import re
import zoneinfo
from dataclasses import replace

import pytest

from edge import pipeline
from edge.app.hub import page_diary
from edge.model.care import Entry, Remark
from edge.model.event import ReadingReceived
from edge.model.moment import Now
from edge.model.reading import Quantity, Reading, Unit
from edge.web import lookup, wire
from tests.support.page import Phone
from tests.support.servers import until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]


def words(answer):
    assert answer.status_code == 200, answer.text
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


async def test_an_evening_as_it_happened_why_it_rang_and_who_was_told(house):
    async with house.running():
        anna, ask = await house.phone(), asyncio.to_thread
        await house.parts.warm(38.9)
        (alarm,) = [a for a in house.parts.hub.state.alarms.conditions.standing() if a.key.condition == "fever"]
        await until(lambda: "limit 37.5" in anna.get("/").text, 10.0, look_s=0.2)
        for verb, fields in (
            ("acknowledge", {"alarm": alarm.id}),
            ("on_watch", {"to": "tom"}),
            ("pause", {"minutes": "20", "confirm": "true", "person": "mia"}),
        ):
            house.parts.clock.wall_s += 60.0
            answer = await ask(anna.post, "/say", data={"verb": verb, **fields})
            assert answer.status_code == 200, answer.text
        await ask(anna.post, "/log", data={"what": "dose", "drug": "Ibuprofen", "amount": "5", "unit": "ml"})
        await house.parts.made.recording.journal_writer.flush()

        day = words(await ask(anna.get, "/timeline"))
        assert "Monday, 21 September 2026" in day
        told = [
            "Anna pauses watching for 20 min",
            "Anna asks Tom to take the watch",
            "Anna: I'm coming",
            "limit 37.5 °C",
        ]
        places = [day.index(each) for each in told]
        assert places == sorted(places), "newest first"
        assert "Ibuprofen 5 ml, by Anna" in day
        before = words(await ask(anna.get, "/timeline?day=2026-09-20"))
        assert "Nothing happened on this day." in before

        why = words(await ask(anna.get, f"/why?alarm={alarm.id}"))
        assert "the limit there is 37.5 °C" in why
        assert "rings" in why
        assert "Somebody is coming or there: answered, by Anna" in why
        assert "Anna: delivered" in why, "the push and its fate"
        assert "the sounder in the room" in why or "MQTT" in why
        quiet = words(await ask(anna.get, "/quiet"))
        assert "patch does not watch: paused until" in quiet
        assert "Anna is coming" in quiet
        for path in (
            "/why?alarm=nonsense",
            "/timeline?day=2026-02-31",
            "/timeline?day=0001-01-01",
            "/timeline?day=9999-12-31",
        ):
            assert (await ask(anna.get, path)).status_code == 404, path
        assert (await ask(Phone(house.url).get, f"/why?alarm={alarm.id}")).status_code == 401


async def test_what_has_not_lasted_long_enough_is_named_where_it_is_quiet(house):
    async with house.running():
        anna = await house.phone()
        await house.parts.warm(37.0, 20)
        before = words(await asyncio.to_thread(anna.get, "/quiet"))
        assert "patch watches" in before
        for _ in range(30):
            house.parts.clock.mono_s += 10.0
            house.parts.clock.wall_s += 10.0
            await house.parts.hear(ReadingReceived("patch", Reading(Quantity.TEMPERATURE, 39.4, Unit.CELSIUS)))
        tracked = house.parts.hub.state.alarms.conditions.tracked
        pending = [key.condition.plain for key, each in tracked.items() if each.state == "pending"]
        said = words(await asyncio.to_thread(anna.get, "/quiet"))
        assert pending or house.parts.standing()
        for condition in pending:
            assert f"{condition}: seen for" in said


def test_a_day_full_of_the_longest_notes_still_passes_through_the_pipe(house, tmp_path):
    noon_s = dt.datetime(2026, 9, 21, 12, tzinfo=dt.UTC).timestamp()
    long = Remark("\N{BABY}" * 1000)
    written = [Entry(f"n{n}", 1, "mia", long, noon_s + n, "anna", "anna", noon_s + n) for n in range(600)]
    house.parts.journal.record([], [], noon_s, written)
    state = pipeline.State(house.parts.made.setup, {})
    found = page_diary.day(tmp_path / "journal.sqlite", lookup.DayAsked("2026-09-21"), state, Now(0.0, noon_s))
    assert (len(found.items), found.left_out) == (400, 200)
    assert len(wire.line(wire.Told(1, found))) < wire.MOST_LINE_BYTES


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-09-21", 24)])
def test_a_day_is_the_familys_own_also_when_clocks_change(house, tmp_path, day, hours):
    berlin = zoneinfo.ZoneInfo("Europe/Berlin")
    state = pipeline.State(house.parts.made.setup, {})
    begins = dt.datetime.fromisoformat(day).replace(tzinfo=berlin).timestamp()
    line = "on_watch (page)"
    inside = [begins + 1.0, begins + hours * 3600 - 1.0]
    for at_s in (begins - 1.0, *inside, begins + hours * 3600 + 1.0):
        house.parts.journal.note(at_s, "command from anna", line)
    state = replace(state, setup=replace(state.setup, zone=berlin))
    found = page_diary.day(tmp_path / "journal.sqlite", lookup.DayAsked(day), state, Now(0.0, begins + 1e6))
    assert [each.at for each in found.items] == ["23:59", "00:00"]
    assert {each.text for each in found.items} == {"Anna is on watch"}
