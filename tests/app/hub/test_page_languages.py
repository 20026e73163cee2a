"""The page of a real hub in the words and unit of who reads: no text escapes the catalogue, no °C a reader of °F."""

import asyncio
import re

import pytest

from edge.app.hub import supervisor
from edge.app.hub.page_diary import quiet
from edge.app.hub.page_snapshot import Snapshots
from edge.delivery import page_why_texts
from edge.model.alarm import Reason
from edge.model.effect import KeepReading
from edge.model.language import TemperatureUnit
from edge.model.reading import Quantity, Reading, Unit
from edge.storage.journal import SqliteJournal
from edge.storage.sqlite import SqliteReadingStore
from edge.web.reader import Reader
from tests.app.hub.test_page import House
from tests.support.family import caregiver, family
from tests.support.pseudo import CODE, PSEUDO, escaped, escaped_of_page, escaped_of_value, pieces, pointed
from tests.support.servers import until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]
FAHRENHEIT = Reader(CODE, TemperatureUnit.FAHRENHEIT)
OF_ANNA = f'channels = ["credential:phone"]\nlanguage = "{CODE}"\nunit = "fahrenheit"\n'
PAGES = (
    *("/", "/bedside", "/curve?person=mia&hours=6", "/timeline", "/quiet", "/log?what=dose", "/log?what=symptoms"),
    *("/log?what=temperature", "/log?what=drink", "/log?what=remark", "/pause?person=mia&minutes=10"),
    *("/setup/test", "/setup/sounder", "/setup/done", "/why?alarm=nothing", "/timeline?day=2026-99-99", "/log?what=x"),
)


@pytest.fixture
def house(make_hub, tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.05)
    journal, stored = SqliteJournal(tmp_path / "journal.sqlite"), SqliteReadingStore(tmp_path / "readings.sqlite")
    text = family(anna=OF_ANNA, more=caregiver("Tom"), ankle="polar_verity_sense")
    home = House(make_hub(text=text, journal=journal, stored=stored, languages={CODE: PSEUDO}), tmp_path)
    home.parts.clock.wall_s = 1_790_035_800.0 - 4 * 3600  # 21 September 2026, 20:10 UTC
    home.stored = stored
    yield home
    journal.close()
    stored.close()


async def test_no_text_of_an_evening_escapes_the_catalogue_and_no_celsius_a_reader_of_fahrenheit(house):
    async with house.running():
        ask, anna = asyncio.to_thread, await house.phone()
        await house.parts.warm(38.9)
        await until(lambda: "102,0" in anna.get("/").text, 10.0, look_s=0.2)
        (fever,) = [a for a in house.parts.hub.state.alarms.conditions.standing() if a.key.condition == "fever"]
        for path, fields in (
            ("/say", {"verb": "on_watch", "to": "tom"}),
            ("/say", {"verb": "pause", "minutes": "20", "confirm": "true", "person": "mia"}),
            ("/log", {"what": "dose", "drug": "Ibuprofen", "amount": "2,5", "unit": "ml"}),
            ("/log", {"what": "symptoms", "stage": "during", "side": "left side", "parts": ["face", "arms"]}),
            ("/log", {"what": "temperature", "celsius": "101.3", "site": "ear"}),
            ("/log", {"what": "temperature", "celsius": "38.5", "site": "ear"}),
            ("/log", {"what": "temperature", "celsius": "385", "site": "ear"}),
            ("/log", {"what": "drink", "ml": "5.000"}),
            ("/log", {"what": "drink", "ml": "much"}),
            ("/log", {"what": "drink", "ml": "-1"}),
            ("/log", {"what": "drink", "ml": "60", "text": "tea"}),
            ("/log", {"what": "dose", "drug": "", "amount": "1"}),
            ("/say", {"verb": "snooze", "minutes": "7"}),
            ("/say", {"verb": "acknowledge", "alarm": "nothing"}),
            ("/say", {"verb": "acknowledge", "alarm": fever.id}),
        ):
            answer = await ask(anna.post, path, data=fields)
            quoted = str(fields.get("celsius", ""))  # what was typed is said again as it was typed
            assert [each for each in escaped_of_page(answer.text) if f"{quoted} looks" not in each] == [], (
                path,
                fields,
            )
            assert "°C" not in " ".join(pieces(answer.text)) or "38.5" in fields.values(), (path, fields)
            house.parts.clock.wall_s += 20.0
            house.parts.clock.mono_s += 20.0
        await house.parts.warm(39.6, 20)
        await house.parts.made.recording.journal_writer.flush()
        high, now_s = Reading(Quantity.TEMPERATURE, 39.6, Unit.CELSIUS), house.parts.clock.wall_s
        house.stored.keep([KeepReading("mia", "patch", "axilla", high, now_s - n, True) for n in range(60, 900, 10)])
        for path in (*PAGES, f"/why?alarm={fever.id}"):
            answer = await ask(anna.get, path)
            shown = pieces(answer.text)
            assert len(shown) > 3, path
            assert [piece for piece in shown if escaped(piece) and "TEST" not in piece] == [], path
            assert "°C" not in " ".join(shown), path
            assert pointed(" ".join(shown)) == [], path
            assert '<html lang="de"' in answer.text
            await asyncio.sleep(0.12)  # one address may ask ten times a second
        said = await ask(anna.get, "/api/series?person=mia&hours=6")
        series = said.json()["series"]
        assert max(celsius for line in series["lines"] for _, celsius in line["raw"]) == 39.6, "the API tells °C"
        assert "103,3 °F" in series["summary"]
        entries = {each.kind: each.what for each in house.parts.hub.state.entries.values()}
        assert entries["temperature"].celsius == 38.5, "and so does the journal"
        assert entries["dose"].amount == 2.5


async def test_each_reads_their_own_words_and_unit_beside_the_others(house):
    async with house.running():
        anna, tom, ask = await house.phone(), await house.phone("tom"), asyncio.to_thread
        await house.parts.warm(38.9)
        hers = await until(lambda: _when(anna.get("/").text, "102,0"), 10.0, look_s=0.3)
        his = (await ask(tom.get, "/")).text
        assert "38.9" in his
        assert escaped_of_page(his), "the same check finds English where it is"
        assert '<html lang="en"' in his
        assert "⟦" not in his
        assert not re.search(r"38[.,]9", hers)


async def test_every_text_of_the_hub_for_the_page_is_of_the_catalogue(make_hub):
    parts = make_hub(text=family(anna=OF_ANNA, ankle="polar_verity_sense"), languages={CODE: PSEUDO})
    async with parts.running():
        state, now = parts.hub.state, parts.clock.now()
        shown = Snapshots().of(state, (), now, FAHRENHEIT)
        assert list(escaped_of_value(shown)) == []
        assert list(escaped_of_value(quiet((), state, now, FAHRENHEIT))) == []
        assert list(escaped_of_value(Snapshots().of(state, (), now))) != [], "in English there is something to find"
        for reason in Reason:
            assert escaped(page_why_texts.withheld(reason, state.setup.words(CODE, TemperatureUnit.CELSIUS))) == []


def _when(text: str, part: str) -> str:
    return text if part in text else ""
