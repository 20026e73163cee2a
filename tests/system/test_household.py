"""A caregiver comes, is changed and goes while the hub watches: the real process, broker, push service and browser."""

import asyncio
import contextlib
import datetime as dt
import re
import time
import tomllib

import pytest
from selenium.webdriver.common.by import By

from edge.errors import Unreachable
from edge.mqtt.subscriber import Subscriber
from tests.support.browser import chromium, picture, sized, texts, theme, violations, waiting
from tests.support.first_run import SettingUp, empty_hub, finished, patient
from tests.support.page import Phone
from tests.support.push_service import push_service

pytestmark = [pytest.mark.system, pytest.mark.enable_socket, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A hub that watches, and its owner's phone."""
    folder = tmp_path_factory.mktemp("house")
    (folder / "run").mkdir()
    with empty_hub(folder) as hub, push_service() as ntfy:
        hub.environment["RUNTIME_DIRECTORY"] = str(folder / "run")
        with hub.running() as screen:
            owner = SettingUp(hub.url)
            owner.begin(screen.code())
            finished(owner, way="ntfy", server=f"127.0.0.1:{ntfy.port}")
            patient(owner, "/setup/done")
            hub.ntfy, hub.owner, hub.screen = ntfy, owner, screen
            yield hub


def settings(hub):
    rows = tomllib.loads((hub.state / "settings.toml").read_text())["caregiver"]
    return {row["id"]: row for row in rows}


def form(hub, name: str, **said: str):
    """As the page sends it."""
    fields = {"name": name, "role": "caregiver", "way": "ntfy", "server": f"127.0.0.1:{hub.ntfy.port}", **said}
    return hub.owner.post("/people", data=fields)


def let_in(hub, who: str) -> Phone:
    invited = hub.owner.post("/setup/invite", data={"caregiver": who})
    phone = Phone(hub.url)
    assert phone.enter(re.search(r"/enter\?code=([\w-]+)", invited.text)[1]).status_code == 200
    return phone


def password(hub, who: str) -> str:
    """Of a new user of the broker; systemd's part is the test's."""
    asked = hub.folder / "run" / "reload-broker"
    asked.unlink(missing_ok=True)
    said = hub.owner.post("/people/mqtt", data={"id": who})
    assert said.status_code == 200, said.text
    reloaded(hub)
    return re.search(r"password ((?:\w{5}-){3}\w{5})", said.text)[1]


def reloaded(hub) -> None:
    asked = hub.folder / "run" / "reload-broker"
    deadline_s = time.monotonic() + 15
    while not asked.exists() and time.monotonic() < deadline_s:
        time.sleep(0.1)
    assert asked.exists(), "mosquitto is asked to read its users again"
    hub.broker.reload()


async def connects(hub, user: str, secret: str) -> bool:
    settings = hub.broker.settings(user, password=secret, hub="home")
    for _ in range(30):
        with contextlib.suppress(Unreachable):
            async with Subscriber(settings, "feverhub/#"):
                return True
        await asyncio.sleep(0.1)
    return False


def test_an_owner_adds_somebody_in_the_browser_who_is_rung_at_once(house):
    pid = house.screen.process.pid
    with chromium() as browser:
        browser.get(f"{house.url}/people")
        browser.add_cookie({"name": "feverhub", "value": house.owner.session.cookies["feverhub"]})
        browser.get(f"{house.url}/people")
        assert "Anna" in texts(browser, "h2")
        for scheme in ("light", "dark"):
            theme(browser, scheme)
            browser.refresh()
            picture(browser, f"30-people-{scheme}")
            assert violations(browser) == []
        browser.find_element(By.CSS_SELECTOR, "a.main").click()
        for scheme in ("light", "dark"):
            theme(browser, scheme)
            browser.refresh()
            picture(browser, f"31-person-{scheme}")
            assert violations(browser) == []
        browser.find_element(By.NAME, "name").send_keys("Lea <3")
        browser.execute_script("document.querySelector('details').open = true")
        server = browser.find_element(By.NAME, "server")
        server.clear()
        server.send_keys(f"127.0.0.1:{house.ntfy.port}")
        sized(browser, (360, 740))
        assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
        browser.find_element(By.CSS_SELECTOR, "button.main").click()
        waiting(browser).until(lambda b: "Lea <3" in texts(b, "h2"))
    assert settings(house)["lea-3"]["role"] == "caregiver"
    assert house.screen.process.pid == pid, "nothing is started anew"
    assert "Ring this phone" in let_in(house, "lea-3").get("/setup/test").text
    topic = (house.state / "credentials" / "phone_lea-3").read_text().strip().rpartition("/")[2]
    house.owner.post("/setup/test", data={"verb": "ring"})
    deadline_s = time.monotonic() + 60
    while topic not in {each[2].get("topic") for each in house.ntfy.arrived} and time.monotonic() < deadline_s:
        time.sleep(0.3)
    assert topic in {each[2].get("topic") for each in house.ntfy.arrived}


async def test_her_user_of_the_broker_works_after_a_reload_and_is_gone_with_her(house):
    assert form(house, "Zoe").url.endswith("/people")
    secret = await asyncio.to_thread(password, house, "zoe")
    assert await connects(house, "zoe", secret)
    assert not await connects(house, "zoe", "guess")
    phone = let_in(house, "zoe")
    assert phone.get("/").status_code == 200
    kept = house.state / "credentials" / "phone_zoe"
    assert kept.exists()

    (house.folder / "run" / "reload-broker").unlink(missing_ok=True)
    sure = house.owner.get("/people/end", params={"id": "zoe"})
    assert "Their phones are shut out" in sure.text
    seen = re.search(r'name="seen" value="(\w+)"', sure.text)[1]
    gone = house.owner.post("/people/end", data={"id": "zoe", "seen": seen})
    assert (gone.status_code, "Zoe" in gone.text) == (200, False)
    assert phone.get("/").status_code == 401
    assert "zoe" not in settings(house)
    assert not kept.exists()
    await asyncio.to_thread(reloaded, house)
    assert not await connects(house, "zoe", secret)
    assert house.owner.get("/").status_code == 200


async def test_a_thing_of_the_house_gets_a_user_that_surely_is_in_the_house(house):
    secret = await asyncio.to_thread(password, house, "house")
    assert await connects(house, "house", secret)
    assert tomllib.loads((house.state / "settings.toml").read_text())["mqtt"]["house_users"] == ["house"]


def test_a_sitter_s_access_ends_by_itself(house):
    until = (dt.datetime.now().astimezone() + dt.timedelta(seconds=8)).isoformat()
    assert form(house, "Sitter", until=until).url.endswith("/people")
    phone = let_in(house, "sitter")
    assert phone.get("/").status_code == 200
    deadline_s = time.monotonic() + 40
    while "sitter" in settings(house) and time.monotonic() < deadline_s:
        time.sleep(0.5)
    assert "sitter" not in settings(house)
    assert phone.get("/").status_code == 401
    assert not (house.state / "credentials" / "phone_sitter").exists()


def test_the_last_owner_stays_and_of_two_who_change_the_same_the_second_is_told(house):
    last = house.owner.post("/people/end", data={"id": "anna"})
    assert last.status_code == 409
    assert "Anna is the last owner: make somebody else an owner first." in last.text
    page = house.owner.get("/people/edit", params={"id": "tom"}).text
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    assert form(house, "Tom", id="tom", seen=seen, role="owner", way="keep").url.endswith("/people")
    second = form(house, "Thomas", id="tom", seen=seen, way="keep")
    assert second.status_code == 409
    assert "Tom was changed by somebody else meanwhile. Look again." in second.text
    assert 'value="Thomas"' in second.text, "what was typed stands there again"
    tom = let_in(house, "tom")
    assert tom.get("/people").status_code == 200, "an owner now"
    assert house.owner.post("/people/end", data={"id": "tom"}).status_code == 200
    assert tom.get("/people").status_code == 401


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"until": "tomorrow"}, "tomorrow is no time: write it as 2026-03-14 08:00."),
        ({"until": "2020-01-01 08:00"}, "2020-01-01 08:00 is over already."),
        ({"way": "pushover", "user": "x"}, "Pushover needs both"),
        ({"way": "other", "url": "nonsense"}, "This phone cannot be rung so"),
        ({"server": "https://ntfy.sh/x"}, "is no name of a server"),
        ({"language": "xx"}, "expected one of en, de"),
        ({"role": "owner", "until": "2030-01-01"}, "An owner&#39;s access does not end by itself"),
        ({"name": "x" * 41}, "at most 40 characters"),
    ],
)
def test_nonsense_is_one_sentence_and_changes_nothing(house, said, why):
    before = (house.state / "settings.toml").read_bytes()
    answer = form(house, **{"name": "Nono", **said})
    assert answer.status_code == 409
    assert why in answer.text
    assert (house.state / "settings.toml").read_bytes() == before
    assert not (house.state / "credentials" / "phone_nono").exists()


def test_a_form_sent_twice_is_one_caregiver_and_who_is_no_owner_sees_nothing_of_it(house):
    for _ in range(2):
        assert form(house, "Twice", request_id="same").url.endswith("/people")
    assert [each for each in settings(house) if each.startswith("twice")] == ["twice"]
    phone = let_in(house, "twice")
    for path in ("/people", "/people/edit", "/people/end?id=anna"):
        assert phone.get(path).status_code == 403
    assert phone.post("/people", data={"name": "Eve", "role": "owner"}).status_code == 403
    assert phone.post("/people/mqtt", data={"id": "anna"}).status_code == 403
    assert house.owner.post("/people", origin="http://evil.example", data={"name": "Eve"}).status_code == 403
    assert house.owner.post("/people/end", data={"id": "twice"}).status_code == 200
