"""The hub beside a page that crashes, hangs or floods: alarms go out as without it, and the page comes back."""

import asyncio
import contextlib
import os
import signal
import threading
import time
from pathlib import Path

import pytest
import requests
from selenium.webdriver.common.by import By

from edge.app.hub import page, page_history, supervisor
from edge.app.hub.page import Page, Shown
from edge.app.hub.page_doctor import PageDoctor
from edge.app.hub.page_history import PageHistory
from edge.app.hub.page_reports import PageReports
from edge.config import WebTable
from edge.model.alarm import Condition
from edge.model.effect import KeepReading
from edge.model.event import ReadingReceived
from edge.model.reading import Quantity, Reading, Unit, Validity
from edge.storage.sqlite import SqliteReadingStore
from edge.web.phones import Phones
from tests.support.browser import chromium, texts, waiting
from tests.support.homes import COT
from tests.support.page import Phone, until_up
from tests.support.servers import free_port, until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]
LATE_S = 0.5
"""Far more than a step takes (milliseconds), and far less than any wait for the page would be."""


class House:
    """A hub with fakes around it, and the real page beside it."""

    def __init__(self, parts, folder: Path) -> None:
        self.parts, self.phones, self.port = parts, Phones(folder / "phones"), free_port()
        made = parts.made
        seen = (lambda: parts.hub.state, lambda: made.recording.alarms.latest)
        self.history = PageHistory(*seen, parts.clock, made.disk.stored, folder / "journal.sqlite")
        reports = PageReports(lambda: parts.hub.state, folder, None)
        self.doctor = PageDoctor(made.setup.config, parts.clock, tuple, dict, dict, {})
        shown = Shown(*seen, parts.clock, made.intake, self.history, reports, self.doctor)
        self.page = Page(WebTable("127.0.0.1", self.port), folder / "phones", shown)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextlib.asynccontextmanager
    async def running(self):
        async with self.parts.running():
            task = asyncio.ensure_future(self.parts.made.supervisor.keep("page", self.page.run))
            try:
                await asyncio.to_thread(until_up, self.url)
                yield
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                self.history.close()

    async def phone(self, caregiver: str = "anna") -> Phone:
        made = Phone(self.url)
        assert (await asyncio.to_thread(made.enter, self.phones.invite(caregiver, time.time()))).status_code == 200
        return made

    def pids(self) -> list[int]:
        """Of the page's processes."""
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        return [int(pid) for pid in children if b"edge.web" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    async def steps_late_s(self, readings: int = 60, pause_s: float = 0.1) -> float:
        """The longest that the core took for a reading, hearing one after each pause."""
        worst = 0.0
        for _ in range(readings):
            self.parts.clock.mono_s += 10.0
            self.parts.clock.wall_s += 10.0
            begun_s = time.monotonic()
            await self.parts.hear(ReadingReceived("patch", Reading(Quantity.TEMPERATURE, 39.0, Unit.CELSIUS)))
            worst = max(worst, time.monotonic() - begun_s)
            await asyncio.sleep(pause_s)
        return worst

    def degraded(self) -> bool:
        """Whether the hub says that its page is in trouble."""
        latest = self.parts.made.recording.alarms.latest
        return any(each.key.condition is Condition.HUB_DEGRADED and "page" in each.text for each in latest)


@pytest.fixture
def house(make_hub, tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.05)
    return House(make_hub(text=COT), tmp_path)


async def test_the_number_and_the_alarm_are_on_the_page_and_a_button_answers_it(house):
    async with house.running():
        phone = await house.phone()
        await house.parts.warm(38.9)
        assert house.parts.standing()["fever"] == "on"
        said = await until(lambda: _when(phone.get("/").text, "limit 37.5 °C"), look_s=0.2)
        assert "38.9 °C" in said
        (alarm,) = [a for a in house.parts.hub.state.alarms.conditions.standing() if a.key.condition == "fever"]
        answer = await asyncio.to_thread(phone.post, "/say", data={"verb": "acknowledge", "alarm": alarm.id})
        assert answer.status_code == 200, answer.text
        assert house.parts.standing()["fever"] == "ack"


async def test_a_dose_of_before_midnight_is_yesterdays_and_counts_once_also_over_a_crash_of_the_page(house):
    """github.com/nightscout/Trio/issues/830: of a dose logged around midnight nobody could tell the day."""
    house.parts.clock.wall_s = 1_790_035_800.0  # 22 September 2026, 00:10 UTC
    async with house.running():
        phone = await house.phone()
        fields = {"what": "dose", "person": "mia", "drug": "Ibuprofen", "time": "23:50", "request_id": "midnight"}
        shown = await asyncio.to_thread(phone.post, "/log", data=fields)
        assert shown.status_code == 200, shown.text
        assert "written down: Mon 23:50 Ibuprofen" in shown.text
        (entry,) = house.parts.hub.state.entries.values()
        assert house.parts.clock.wall_s - entry.happened_s == 20 * 60
        assert f'value="{entry.id}"' in shown.text

        (first,) = house.pids()
        os.kill(first, signal.SIGKILL)
        await until(lambda: [pid for pid in house.pids() if pid != first], 30.0)
        await asyncio.to_thread(until_up, house.url)
        await until(lambda: "Mia" in phone.get("/").text, 10.0, look_s=0.3)
        again = await asyncio.to_thread(phone.post, "/log", data=fields)
        assert (again.status_code, "written down already; it counts once" in again.text) == (200, True)
        assert len(house.parts.hub.state.entries) == 1

        later = {**fields, "id": entry.id, "time": "23:30", "request_id": "later"}
        del later["drug"], later["person"]
        assert "changed: Mon 23:30 Ibuprofen" in (await asyncio.to_thread(phone.post, "/log", data=later)).text
        tomorrow = {"what": "drink", "ml": "5000", "text": "milk", "request_id": "too much"}
        refused = await asyncio.to_thread(phone.post, "/log", data=tomorrow)
        assert "5000 ml cannot be right: say an amount of at most 1000 ml" in refused.text
        assert 'value="milk"' in refused.text
        hot = {"what": "temperature", "celsius": "385", "site": "ear"}
        assert "between 30 and 44, not 385" in (await asyncio.to_thread(phone.post, "/log", data=hot)).text
        next_day = {"what": "remark", "text": "x", "time": "2026-09-23T10:00:00Z"}
        assert "lies in the future" in (await asyncio.to_thread(phone.post, "/log", data=next_day)).text
        assert len(house.parts.hub.state.entries) == 1


async def test_the_watch_is_handed_over_once_its_receiver_has_confirmed(house):
    async with house.running():
        anna, tom = await house.phone(), await house.phone("tom")
        await house.parts.warm(37.0, 15)
        ask = asyncio.to_thread
        assert (await ask(anna.post, "/say", data={"verb": "on_watch"})).status_code == 200
        assert (await ask(anna.post, "/say", data={"verb": "on_watch", "to": "tom"})).status_code == 200
        await until(lambda: "Anna asks you to take the watch" in tom.get("/").text, 5.0, look_s=0.2)
        assert "Anna is on watch" in anna.get("/").text, "until it is confirmed"
        assert "Anna asked Tom to take the watch" in anna.get("/").text
        assert (await ask(tom.post, "/say", data={"verb": "on_watch"})).status_code == 200
        await until(lambda: "Tom is on watch" in anna.get("/").text, 5.0, look_s=0.2)
        assert "asks you" not in tom.get("/").text
        foot = anna.get("/").text.partition('id="foot"')[2]
        assert "Watching since 14:13 · hub OK · phones can be reached · 0 of 2 phones proven" in foot
        pause = {"verb": "pause", "minutes": "10", "confirm": "true"}
        assert (await ask(tom.post, "/say", data=pause)).status_code == 200
        await until(
            lambda: "Not everything is watched; the hub runs since 14:13" in anna.get("/").text, 5.0, look_s=0.2
        )
        end = {"verb": "pause", "minutes": "0", "person": "mia", "device": ""}
        assert (await ask(anna.post, "/say", data=end)).status_code == 200
        await until(lambda: "Watching since 14:13" in anna.get("/").text, 5.0, look_s=0.2)


async def test_a_flood_of_requests_and_of_commands_delays_no_step_of_the_core(house):
    async with house.running():
        phone = await house.phone()
        cookie = dict(phone.session.cookies)
        over = asyncio.Event()

        def flood():
            with requests.Session() as session, contextlib.suppress(requests.RequestException):
                while not over.is_set():
                    session.get(f"{house.url}/", cookies=cookie, timeout=10)
                    session.post(
                        f"{house.url}/say",
                        data={"verb": "acknowledge"},
                        cookies=cookie,
                        headers={"origin": house.url},
                        timeout=10,
                    )

        floods = [asyncio.ensure_future(asyncio.to_thread(flood)) for _ in range(3)]
        worst_s = await house.steps_late_s(150)
        over.set()
        await asyncio.gather(*floods)
        assert house.parts.standing()["fever"] in ("on", "ack")
        assert worst_s < LATE_S


async def test_a_page_that_hangs_delays_no_step_is_ended_and_begun_again(house, monkeypatch):
    monkeypatch.setattr(page, "SILENT_S", 7.0)
    async with house.running():
        (hung,) = house.pids()
        os.kill(hung, signal.SIGSTOP)
        assert await house.steps_late_s(150) < LATE_S
        assert house.parts.standing()["fever"] == "on"
        (fresh,) = await until(lambda: [pid for pid in house.pids() if pid != hung], 30.0)
        await asyncio.to_thread(until_up, house.url)
        assert fresh


async def test_a_page_that_crashes_is_begun_again_and_named(house):
    async with house.running():
        (first,) = house.pids()
        os.kill(first, signal.SIGKILL)
        await until(lambda: [pid for pid in house.pids() if pid != first], 30.0)
        await asyncio.to_thread(until_up, house.url)
        assert await house.steps_late_s(5) < LATE_S
        house.parts.clock.mono_s += 31.0  # the delay of hub_degraded
        house.parts.clock.wall_s += 31.0
        assert await house.steps_late_s(2) < LATE_S
        assert house.degraded()


@pytest.fixture
def night(make_hub, tmp_path, monkeypatch):
    """A hub whose store holds twelve hours of a thermometer and an ankle, read every 10 s, and what waits in memory."""
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.05)
    store = SqliteReadingStore(tmp_path / "readings.sqlite")
    home = House(make_hub(text=COT, stored=store), tmp_path)
    now_s = home.parts.clock.wall_s
    body = [
        KeepReading("mia", "patch", "axilla", Reading(Quantity.TEMPERATURE, 38.0, Unit.CELSIUS), now_s - n, True)
        for n in range(10, 12 * 3600, 10)
    ]
    count = Reading(Quantity.ACTIVITY_COUNT, 3.0, Unit.ONE, Validity.QUESTIONABLE, "asleep; not validated")
    moved = [KeepReading("mia", "ankle", "left_ankle", count, now_s - n, True) for n in range(30, 12 * 3600, 30)]
    store.keep([*body, *moved])
    store.commit()
    late = Reading(Quantity.TEMPERATURE, 39.9, Unit.CELSIUS)
    store.keep([KeepReading("mia", "patch", "axilla", late, now_s - 1, True)])
    yield home
    store.close()


async def test_a_night_comes_from_the_store_also_what_is_not_on_disk_yet(night):
    async with night.running():
        phone = await night.phone()
        told = await asyncio.to_thread(phone.get, "/api/series?person=mia&hours=24")
        assert told.status_code == 200, told.text
        (line,), (strip,) = told.json()["series"]["lines"], told.json()["series"]["strips"]
        assert max(celsius for _, celsius in line["raw"]) == 39.9
        assert {state for state in strip["sleep"] if state} == {"asleep"}
        table = await asyncio.to_thread(phone.get, "/curve?person=mia&hours=24")
        assert "39.9 °C" in table.text
        unknown = await asyncio.to_thread(phone.get, "/api/series?person=nobody&hours=24")
        assert (unknown.status_code, unknown.json()["reason"]) == (404, "No child of that name is set up.")


async def test_a_parent_reads_the_night_and_writes_a_note_in_a_browser_on_the_real_hub(night):
    def scenario(code: str) -> list[str]:
        with chromium() as browser:
            browser.get(f"{night.url}/enter?code={code}")
            browser.find_element(By.CSS_SELECTOR, "button").click()
            waiting(browser).until(lambda b: b.find_elements(By.CSS_SELECTOR, ".plot canvas"))
            assert "39.9 °C" in browser.find_element(By.CSS_SELECTOR, ".plot").get_attribute("aria-label")
            browser.find_element(By.LINK_TEXT, "Note").click()
            browser.find_element(By.NAME, "text").send_keys("She drank well.")
            browser.find_element(By.CSS_SELECTOR, "button.main").click()
            waiting(browser).until(lambda b: "She drank well." in " ".join(texts(b, ".what")))
            browser.find_element(By.LINK_TEXT, "Back to the page").click()
            waiting(browser).until(lambda b: texts(b, ".number"))
            blocked = [each["message"] for each in browser.get_log("browser") if "Content Security" in each["message"]]
            browser.get(f"{night.url}/why?alarm=none")
            return [*blocked, *texts(browser, ".what")]

    async with night.running():
        told = await asyncio.to_thread(scenario, night.phones.invite("anna", time.time()))
        assert told == ["The readings cannot be read just now."], "this hub's journal is in memory"
        (entry,) = night.parts.hub.state.entries.values()
        assert (entry.what.text, entry.author) == ("She drank well.", "anna")


async def test_questions_without_end_delay_no_step_of_the_core(night):
    async with night.running():
        phone = await night.phone()
        over = asyncio.Event()

        def ask(hours: int) -> int:
            answered = 0
            while not over.is_set():
                answered += phone.get(f"/api/series?person=mia&hours={hours}").status_code == 200
            return answered

        asking = [asyncio.ensure_future(asyncio.to_thread(ask, hours)) for hours in (6, 24, 72)]
        worst_s = await night.steps_late_s(150, 0.03)
        over.set()
        assert sum(await asyncio.gather(*asking)) > 0
        assert night.parts.standing()["fever"] == "on"
        assert worst_s < LATE_S


async def test_a_store_that_fails_or_hangs_is_one_sentence_and_the_page_lives(night, monkeypatch):
    hangs = threading.Event()
    monkeypatch.setattr(page_history, "ANSWER_S", 0.3)
    monkeypatch.setattr(night.history._stored, "values", lambda *_: hangs.wait(20))
    async with night.running():
        phone = await night.phone()
        slow = await asyncio.to_thread(phone.get, "/api/series?person=mia&hours=6")
        busy = await asyncio.to_thread(phone.get, "/api/series?person=mia&hours=24")
        hangs.set()
        assert [each.json()["reason"] for each in (slow, busy)] == [
            "Reading it took too long. Try again in a moment.",
            "The hub is looking something else up. Try again in a moment.",
        ]
        assert await night.steps_late_s(2) < LATE_S
        monkeypatch.setattr(page_history, "ANSWER_S", 8.0)
        broken = await asyncio.to_thread(phone.get, "/api/series?person=mia&hours=6")
        assert broken.json()["reason"] == "The readings cannot be read just now.", "the fake gave no rows"
        assert len(night.pids()) == 1


def _when(text: str, part: str) -> str:
    return text if part in text else ""
