"""The first run in the words and the unit of the phone that answers it: no text escapes the catalogue."""

import asyncio
import contextlib
import re
import socket
import time

import pytest

from edge.app.load.first_run import NOBODY
from edge.app.setup.start import SetupPage
from edge.config import WebTable
from edge.web.languages import COOKIE
from tests.app.setup.test_steps import Asked
from tests.support.page import Phone, until_up
from tests.support.pseudo import CODE, NAMES, PSEUDO, escaped_of_page, pieces
from tests.support.servers import until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]


@pytest.fixture
async def family(tmp_path):
    """With a page, and a phone whose browser speaks to it."""
    made = Asked(tmp_path)
    made.run.languages = {CODE: PSEUDO}
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.setblocking(False)
        port = listening.getsockname()[1]
        page = asyncio.ensure_future(SetupPage(WebTable("127.0.0.1", port), made.run, listening).run())
        made.url = f"http://127.0.0.1:{port}"
        await made.run.begin()
        await asyncio.to_thread(until_up, made.url)
        yield made
        page.cancel()
        await asyncio.gather(page, return_exceptions=True)
        await made.finder.stop()


def called(family) -> frozenset[str]:
    """What the makers of the simulated sensors call them."""
    said = [each.name for each in family.finder._profiles.values()] + ["Thermo Band Simulated Polar Verity Sense"]
    return NAMES | frozenset(re.findall(r"[\w'’]+", " ".join(said)))


async def test_no_text_of_the_first_run_escapes_the_catalogue_and_all_is_kept_in_celsius(family):
    ask, phone = asyncio.to_thread, Phone(family.url)
    phone.session.cookies.set(COOKIE, f"{CODE}.fahrenheit")
    names = called(family)

    async def see(path: str, **fields: str) -> str:
        for _ in range(2):
            answer = await ask(phone.post, path, data=fields) if fields else await ask(phone.get, path)
            if answer.status_code != 503:
                break
            await asyncio.sleep(1.0)  # the hub's first word is on its way
        found = [each for each in escaped_of_page(answer.text, names) if not re.search(r"⟦\S+ ⟦|^⟦", each)]
        assert found == [], (path, fields)
        assert '<html lang="de"' in answer.text
        assert "°C" not in " ".join(each for each in pieces(answer.text) if each != "°C"), (path, fields)
        return answer.text

    await see("/setup")
    await see("/setup", code="AAAA-AAAA")
    code = family.run.record.phones.invite(NOBODY, time.time(), typed=True)
    await see(f"/setup?code={code}")
    await see("/setup", code=code, name="Anna")
    await see("/setup/you", name=" ")
    await see("/setup/child", name="Mia", born="2062-03-14")
    await see("/setup/child", name="Mia", born="yesterday")
    assert "⟦" in await see("/setup/child", name="Mia", born="2026-03-14")
    await see("/setup/thermometer", place="axilla")
    for step, place in (("thermometer", "axilla"), ("sensor", "left_ankle")):
        found = await until(lambda: family.run.shown().scan.found, 30)
        await see(f"/setup/{step}")
        await see(f"/setup/{step}", verb="choose", key=found[0].key)
        await until(lambda: family.run.shown().scan.state == "received", 30)
        await asyncio.sleep(0.6)  # the page is told twice a second
        text = await see(f"/setup/{step}")
        if step == "thermometer":
            assert "°F" in text
        await see(f"/setup/{step}", place=place)
    shown = await see("/setup/limits")
    assert "99,5 °F" in shown, "the usual limit of the armpit"
    assert "⟦Of 100 simulated convulsions" in shown
    assert "98,6" in await see("/setup/limits", fever_c="38,5", watchfulness="calm")
    await see("/setup/limits", fever_c="hot", watchfulness="calm")
    await see("/setup/limits", fever_c="101,3", watchfulness="calm")
    assert family.settings()["limits"]["fever_c"] == 38.5
    assert "101,3 °F" in await see("/setup/limits")
    await see("/setup/others", verb="add", name="Opa", role="viewer")
    await see("/setup/others", verb="others")
    await see("/setup/phone", way="pushover")
    await see("/setup/phone", way="ntfy", server="https://x")
    await see("/setup/phone", way="other", url="nonsense")
    await see("/setup/phone", way="none")
    await see("/setup/phone", way="ntfy", server="127.0.0.1:2586")
    await see("/setup/app")
    anna, opa = family.settings()["caregiver"]
    assert (anna["language"], anna["unit"], opa["unit"]) == (CODE, "fahrenheit", "fahrenheit")
    assert family.settings()["hub"] == {"language": CODE}


async def test_in_the_first_run_a_phone_chooses_its_words_and_its_unit_by_a_link(family):
    phone = Phone(family.url)
    first = await until(lambda: _when(phone.get("/setup", headers={"accept-language": "en-US"}).text, "English"), 10.0)
    assert '<html lang="en"' in first
    assert re.search(r'unit=fahrenheit" aria-current="true"', first), "who comes from there reads it"
    await asyncio.to_thread(phone.get, "/language?language=de", headers={"referer": f"{family.url}/setup"})
    shown = await asyncio.to_thread(phone.get, "/setup", headers={"accept-language": "en-US"})
    assert '<html lang="de"' in shown.text
    await asyncio.to_thread(phone.get, "/language?unit=celsius", headers={"referer": f"{family.url}/setup"})
    with contextlib.suppress(KeyError):
        assert phone.session.cookies[COOKIE] == "de.celsius"


def _when(text: str, part: str) -> str:
    return text if part in text else ""
