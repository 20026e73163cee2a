"""What caregivers write down on the page: forms without a script, counted once, refused in one sentence."""

import html
import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from edge import commands
from edge.web import wire
from tests.support.page import child, seizure, snapshot

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]


@pytest.fixture(autouse=True)
def _spoken(site):
    site.show()


def words(answer):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def sent(site, fields, reply, caregiver="anna"):
    """What the hub was told by a form, and what the phone was shown once the hub had replied."""
    phone, shown = site.phone(caregiver), []
    pressing = threading.Thread(target=lambda: shown.append(phone.post("/log", data=fields)))
    pressing.start()
    said = site.said()
    site.send(wire.Answer(said.number, *reply))
    pressing.join(15)
    return said, shown[0]


def field(answer, name):
    return html.unescape(re.search(rf'name="{name}" value="([^"]*)"', answer.text)[1])


WRITTEN = (True, "written down: 22:10 Ibuprofen 5 ml; next allowed by your plan: 04:10", "mia-dose-1-1")


def test_a_medicine_of_the_plan_is_one_tap_and_can_be_set_right(site):
    page = site.phone("anna").get("/").text
    form = re.search(r'<form method="post" action="/log">.*?</form>', page, re.DOTALL)[0]
    assert "<button>Ibuprofen 5 ml</button>" in form
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    said, shown = sent(site, fields, WRITTEN)
    assert (said.verb, said.caregiver) == ("dose", "anna")
    told = {"person": "mia", "drug": "Ibuprofen", "request_id": fields["request_id"]}
    assert json.loads(said.body) == told
    assert "next allowed by your plan: 04:10" in words(shown)
    assert field(shown, "id") == "mia-dose-1-1"

    change = {"what": "dose", "id": "mia-dose-1-1", "time": "21:40", "request_id": "a"}
    said, shown = sent(site, change, (True, "changed: 21:40 Ibuprofen 5 ml", "mia-dose-1-1"))
    assert json.loads(said.body) == {"id": "mia-dose-1-1", "time": "21:40", "request_id": "a"}
    back = {"what": "dose", "id": "mia-dose-1-1", "withdraw": "true", "request_id": "b"}
    said, shown = sent(site, back, (True, "withdrawn: 21:40 Ibuprofen 5 ml", "mia-dose-1-1"))
    assert json.loads(said.body) == {"id": "mia-dose-1-1", "withdraw": True, "request_id": "b"}
    assert "Take it back" not in words(shown)


def test_a_form_that_a_child_presses_three_times_counts_once(site):
    """github.com/LoopKit/Loop/issues/2415: one entry of 40 g stood there three times, with one time stamp."""
    fields = {"what": "dose", "person": "mia", "drug": "Ibuprofen", "request_id": "three-taps"}
    phones = [site.phone("anna") for _ in range(3)]
    with ThreadPoolExecutor(3) as many:
        pressing = [many.submit(phone.post, "/log", data=fields) for phone in phones]
        said = site.said()
        site.send(wire.Answer(said.number, *WRITTEN))
        shown = [each.result() for each in pressing]
    assert {each.status_code for each in shown} == {200}
    assert all("written down: 22:10" in words(each) for each in shown)
    again = phones[0].post("/log", data=fields)
    assert "written down: 22:10" in words(again), "the answer to the first, also minutes later"
    assert site.heard.empty()


def test_what_the_hub_took_and_the_page_does_not_know_any_more_counts_once(site):
    fields = {"what": "dose", "person": "mia", "drug": "Ibuprofen", "request_id": "before-a-crash"}
    _, shown = sent(site, fields, (False, commands.REPLAYED, "mia-dose-1-1"))
    assert (shown.status_code, "written down already; it counts once" in words(shown)) == (200, True)


def test_what_was_never_answered_is_tried_again_under_the_same_id_and_what_was_refused_under_a_new_one(site):
    phone = site.phone("anna")
    fields = {"what": "remark", "person": "mia", "text": "She drank well.", "request_id": "slow"}
    lost = phone.post("/log", data=fields)
    assert site.said().verb == "note"
    assert (lost.status_code, "The hub has not answered" in words(lost)) == (409, True)
    assert field(lost, "request_id") == "slow"
    assert "She drank well." in lost.text
    _, refused = sent(site, fields, (False, "that lies in the future", ""))
    assert field(refused, "request_id") != "slow"


@pytest.mark.parametrize(
    ("fields", "sentence", "typed"),
    [
        ({"what": "drink", "ml": "5,000"}, "5,000 can be read in two ways", 'value="5,000"'),
        ({"what": "drink", "ml": "a cup"}, "a cup is no number", 'value="a cup"'),
        ({"what": "temperature", "celsius": "nan", "site": "ear"}, "nan is no number", 'value="ear" checked'),
    ],
)
def test_what_is_no_number_comes_back_with_one_sentence_and_all_that_was_typed(site, fields, sentence, typed):
    answer = site.phone("anna").post("/log", data={**fields, "text": "tea", "method": "Braun"})
    assert (answer.status_code, sentence in words(answer), typed in answer.text) == (422, True, True)
    assert 'value="tea"' in answer.text or 'value="Braun"' in answer.text
    assert site.heard.empty()


def test_numbers_are_read_as_families_write_them(site):
    for text, number in (("38,5", 38.5), ("38.5", 38.5), ("0.125", 0.125), (" 5 ", 5.0)):
        said, _ = sent(site, {"what": "temperature", "celsius": text, "site": "ear"}, (True, "written down", ""))
        assert json.loads(said.body)["celsius"] == number


def test_the_questions_of_an_episode_reach_the_hub_as_its_symptoms(site):
    site.show(snapshot(alarms=[seizure()]))
    asked = site.phone("anna").get("/log?what=symptoms&stage=during&person=mia&alarm=mia-seizure-1")
    for question in ("When was it", "come evenly", "Which side", "Which parts", "eyes", "colour", "wet", "cry", "away"):
        assert question in words(asked)
    assert 'value="during" checked' in asked.text
    fields = {
        "what": "symptoms",
        "person": "mia",
        "alarm": "mia-seizure-1",
        "stage": "during",
        "regular": "yes",
        "side": "whole body",
        "parts": ["arms", "face"],
        "eyes": "rolled up",
        "crying": "no",
        "wetting": "",
        "film": "https://nas.local/film/1",
        "request_id": "q",
    }
    said, shown = sent(site, fields, (True, "written down: 02:20 during", "mia-symptoms-1-1"))
    assert json.loads(said.body) == {
        "person": "mia",
        "alarm": "mia-seizure-1",
        "kind": "symptoms",
        "stage": "during",
        "regular": True,
        "side": "whole body",
        "parts": "arms, face",
        "eyes": "rolled up",
        "crying": False,
        "film": "https://nas.local/film/1",
        "request_id": "q",
    }
    assert "Also say what was seen before" in words(shown)
    assert "/log?person=mia&amp;alarm=mia-seizure-1&amp;what=symptoms&amp;stage=after" in shown.text


def test_of_several_children_a_form_says_whose_it_is(site):
    site.show(snapshot(children=[child(), child(id="max", name="Max")]))
    page = site.phone("anna").get("/").text
    assert "Write down of Max" in page
    form = site.phone("anna").get("/log?what=remark").text
    assert re.findall(r'name="person" value="(\w+)" required', form) == ["mia", "max"]


def test_who_may_only_look_and_who_comes_from_elsewhere_write_nothing(site):
    assert site.phone("opa").get("/log?what=dose").status_code == 403
    assert site.phone("opa").post("/log", data={"what": "dose", "drug": "x"}).status_code == 403
    assert site.phone("anna").post("/log", origin="http://evil.example", data={"what": "dose"}).status_code == 403
    assert site.phone("anna").get("/log?what=poem").status_code == 404
    assert site.heard.empty()


def test_script_that_was_typed_stays_text(site):
    bad = '"><script>alert(1)</script>'
    answer = site.phone("anna").post("/log", data={"what": "drink", "ml": "x", "text": bad, "person": bad})
    assert "<script>alert" not in answer.text
    assert html.escape(bad, quote=True).replace("&#x27;", "&#39;") in answer.text.replace("&#34;", "&quot;")
