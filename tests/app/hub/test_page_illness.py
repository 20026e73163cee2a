"""An illness and a vaccination by phone, through the page's own process, a real hub and its journal."""

import asyncio
import json

import pytest

from edge.app.hub.effects.status_topics import house_topics
from edge.app.reports import clinician
from edge.model.language import Locale
from tests.app.hub.conftest import daily_jobs
from tests.app.hub.test_page_diary import words
from tests.support.servers import until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]


async def test_a_fever_proposes_it_one_tap_begins_it_and_another_ends_it_and_both_are_in_the_record(house):
    async with house.running():
        anna, ask = await house.phone(), asyncio.to_thread
        await house.parts.warm(38.9)
        await until(lambda: "Is it an illness?" in anna.get("/").text, 10.0, look_s=0.2)
        answer = await ask(anna.post, "/say", data={"verb": "illness", "person": "mia"})
        assert "following an illness since" in words(answer)
        await until(lambda: "ill since" in anna.get("/").text, 10.0, look_s=0.2)
        assert "Is it an illness?" not in anna.get("/").text
        shown = {
            topic: json.loads(body) for topic, body in house_topics(house.parts.hub.state, house.parts.clock.now())
        }
        topic = next(topic for topic in shown if topic.endswith("/mia/illness"))
        assert shown[topic]["ill"] is True
        written = await ask(anna.post, "/log", data={"what": "vaccination", "name": "MMR", "time": "2026-03-14"})
        assert "vaccination: MMR" in words(written)
        house.parts.clock.wall_s += 3600.0
        await ask(anna.post, "/log", data={"what": "illness", "diagnosis": "throat <b>infection</b>", "person": "mia"})
        answer = await ask(anna.post, "/say", data={"verb": "illness", "person": "mia", "over": "true"})
        assert "the illness is over" in words(answer)
        await house.parts.made.recording.journal_writer.flush()
        record = await ask(anna.get, "/records")
        assert "<b>infection" not in record.text, "what a person wrote is no markup"
        said = words(record)
        assert "2026-09-21 to 2026-09-21 throat <b>infection</b>; highest 38.9 °C" in said
        assert "2026-03-14 vaccination: MMR" in said
        shown = {
            topic: json.loads(body) for topic, body in house_topics(house.parts.hub.state, house.parts.clock.now())
        }
        assert shown[topic] == {"schema": 1, "ill": False}


async def test_morning_and_evening_each_caregiver_is_told_how_it_stands_and_without_an_illness_nobody(house):
    parts = house.parts
    async with house.running():
        jobs, told = daily_jobs(parts)
        jobs.tell_illness()
        assert told == []
        anna = await house.phone()
        await asyncio.to_thread(anna.post, "/say", data={"verb": "illness", "person": "mia"})
        jobs.tell_illness()
    assert {each.caregiver for each in told} == {"anna", "tom"}
    assert all(not each.urgent for each in told)


async def test_the_clinicians_page_lists_the_illnesses_of_its_span_and_every_vaccination(house, tmp_path):
    async with house.running():
        anna, ask = await house.phone(), asyncio.to_thread
        await ask(anna.post, "/log", data={"what": "vaccination", "name": "MMR", "time": "2026-03-14"})
        await ask(anna.post, "/log", data={"what": "illness", "diagnosis": "flu", "time": "2026-09-19"})
        await house.parts.made.recording.journal_writer.flush()
    now_s, day_s = house.parts.clock.now().wall_s, 86_400.0
    words = Locale(zone=house.parts.hub.state.setup.zone)
    found = clinician._records(tmp_path, "mia", (now_s - day_s, now_s), words)
    assert found == [("since 2026-09-19", "flu"), ("2026-03-14", "vaccination: MMR")]
