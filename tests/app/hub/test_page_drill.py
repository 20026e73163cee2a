"""The monthly drill by phone, over the real page and the hub's own ways to phones and sounder."""

import asyncio
import json

import pytest

from edge.app.hub import supervisor
from edge.app.hub.effects.status_topics import house_topics
from edge.app.hub.jobs import waking
from edge.model.event import Tick
from tests.app.hub.conftest import daily_jobs
from tests.app.hub.test_page import House
from tests.app.hub.test_page_diary import words
from tests.support.homes import COT
from tests.support.servers import until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]


@pytest.fixture
def house(make_hub, tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.05)
    home = House(make_hub(text=COT), tmp_path)
    home.parts.clock.wall_s = 1_790_006_400.0  # 21 September 2026, 16:00 UTC
    return home


async def test_a_drill_rings_every_way_and_the_answer_and_the_silence_of_each_stand_on_the_page(house):
    async with house.running():
        tester = asyncio.ensure_future(house.parts.made.outputs.alarm_tester.run())
        anna, ask = await house.phone(), asyncio.to_thread
        assert "The monthly drill is due" in words(await ask(anna.get, "/"))
        answer = await ask(anna.post, "/say", data={"verb": "drill"})
        assert "everybody answers it as an alarm" in words(answer)
        await until(lambda: "a drill is being played" in anna.get("/").text, 10.0, look_s=0.2)
        [test] = [each for each in house.parts.phone.sent if "DRILL" in each.title]
        assert "NO alarm" in test.text
        answer = await ask(anna.post, "/say", data={"verb": "acknowledge", "alarm": "test"})
        assert answer.status_code == 200, answer.text
        house.parts.clock.wall_s += 1000.0
        await house.parts.hear(Tick())
        await until(lambda: "last drill" in anna.get("/setup/done").text, 10.0, look_s=0.2)
        page = words(await ask(anna.get, "/setup/done"))
        assert "Anna: rang after" in page
        assert "Tom: nothing took it, NOT answered" in page
        assert "the sounder played after" in page
        shown = dict(house_topics(house.parts.hub.state, house.parts.clock.now()))
        topic = json.loads(next(body for name, body in shown.items() if name.endswith("/drill")))
        assert [row["caregiver"] for row in topic["results"] if row["answered_s"] is None] == ["tom"]
        tester.cancel()


async def test_the_reminder_goes_to_everybody_on_the_day_and_not_the_day_after(house):
    parts = house.parts
    async with parts.running():
        jobs, told = daily_jobs(parts)
        for _ in range(8):
            jobs.remind_of_drill()
            parts.clock.wall_s += 86_400.0
    days = len(told) / 2
    assert {each.caregiver for each in told} == {"anna", "tom"}
    assert 1 <= days <= 2, "once a week, not each day"
    assert all(not each.urgent for each in told)


@pytest.mark.parametrize(
    ("night", "at"),
    [("22:00-07:00", "17:30"), ("09:00-18:00", "21:30"), ("11:00-23:00", "05:30"), ("22:00-22:00", "17:30")],
)
def test_nobody_is_reminded_while_they_sleep(night, at):
    assert f"{waking(night):%H:%M}" == at
