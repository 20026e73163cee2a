"""The page over HTTP, from its own process, as a phone without JavaScript has it."""

import html
import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from edge.model.people import Role
from edge.web import lookup, wire
from tests.support import page
from tests.support.page import child, page_process, reading, seizure, silent_sensor, snapshot
from tests.support.page_answers import finds

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]
STATIC = Path(__file__).parents[2] / "edge" / "web" / "static"


@pytest.fixture(autouse=True)
def _spoken(site):
    """The hub speaks: its last word may be of ten seconds ago."""
    site.show()


def words(answer: requests.Response) -> str:
    """What a person reads: without tags, white space as one blank."""
    body = re.sub(r"<(noscript|style)>.*?</\1>|<[^>]+>", " ", answer.text)
    return " ".join(html.unescape(body).split())


def shown_by(site, shown, caregiver="anna"):
    """The page of that caregiver once the process has that snapshot."""
    phone = site.phone(caregiver)
    site.show(shown)
    deadline_s = time.monotonic() + 20
    while time.monotonic() < deadline_s:
        answer = phone.get("/")
        if shown.watch in html.unescape(answer.text):
            return answer
        time.sleep(0.1)
    raise AssertionError(f"{answer.status_code}: {answer.text}")


def test_the_number_its_trend_age_and_site_the_state_the_watch_and_the_last_dose_stand_there_without_javascript(site):
    answer = shown_by(site, snapshot(watch="Anna is on watch since 22:00"))
    said = words(answer)
    for part in (
        *("Mia", "38.4 °C", "↑ rising 0.4 in 30 min", "12 s ago", "armpit, patch", "● Watching"),
        *("Anna is on watch since 22:00", "Ibuprofen 5 ml 22:10, next by your plan from 04:10"),
    ):
        assert part in said
    assert '<noscript><meta http-equiv="refresh" content="30"></noscript>' in answer.text
    assert 'id="lost" class="lost" role="alert" hidden' in answer.text
    assert not re.search(r"\bnormal\b|healthy", said, re.IGNORECASE)


@pytest.mark.parametrize("shown", ["not_worn", "stale", "never"])
def test_a_number_that_nobody_may_trust_has_no_digits_and_the_last_one_is_dated(site, shown):
    gone = reading(shown=shown, text="", trend="", words="no current value")
    answer = shown_by(site, snapshot(watch=f"{shown} is shown", children=[child(readings=[gone])]))
    (number,) = re.findall(r'class="number"[^>]*>([^<]*)<', answer.text)
    assert number == "–.–"
    assert "last 38.4 °C at 02:31" in words(answer)


def test_an_alarm_fills_the_screen_with_what_to_do_a_count_up_the_plans_number_and_the_answers(site):
    answer = shown_by(site, snapshot(watch="alarm is shown", alarms=[seizure(), silent_sensor()]))
    urgent = re.search(r'<section class="urgent".*?</section>', answer.text, re.DOTALL)[0]
    for part in ("ALARM", "seizure-like rhythmic movement", page.FIRST_AID, "1:15"):
        assert part in urgent
    assert '<a class="call" href="tel:112">' in urgent
    assert '<button class="main">I&#39;m coming' in urgent
    buttons = re.findall(r"<button[^>]*>([^<]+)<", html.unescape(urgent))
    usual = ["I'm coming", "I'm with her", "Quiet for 30 min"]
    assert buttons == [*usual, "Quiet for 15 min", "Quiet for 60 min", "Diazepam given"]
    behind = html.unescape(re.search(r"<details.*?</details>", urgent, re.DOTALL)[0])
    assert not any(f">{each}<" in behind for each in usual)


def test_beside_the_alarm_that_fills_the_screen_the_others_of_both_lanes_are_named_and_one_tap_away(site):
    fever = seizure(id="mia-fever-3", level="medium", word="Check", text="Mia: 38.9 °C, since 01:00", asks=False)
    shown = snapshot(watch="three stand", alarms=[seizure(), fever, silent_sensor()])
    answer = shown_by(site, shown)
    also = html.unescape(re.search(r'<p class="also">.*?</p>', answer.text, re.DOTALL)[0])
    assert '<a href="#lanes">Also: Mia: 38.9 °C, since 01:00 · Not watching Mia: nothing heard from ankle' in also
    lanes = answer.text[answer.text.index('id="lanes"') :]
    assert all(f'value="{alarm.id}"' in lanes for alarm in shown.alarms), "each can be answered there"


def test_silence_about_a_child_with_a_fever_fills_the_screen_too_but_never_in_place_of_the_child(site):
    silent = silent_sensor(level="high", text="Not watching Mia, who has a fever", asks=False)
    answer = shown_by(site, snapshot(watch="silence is high", alarms=[silent]))
    assert "who has a fever" in re.search(r'<section class="urgent".*?</section>', answer.text, re.DOTALL)[0]
    answer = shown_by(site, snapshot(watch="both are high", alarms=[silent, seizure()]))
    assert "seizure-like" in re.search(r'<p class="what">.*?</p>', answer.text, re.DOTALL)[0]


def test_every_sentence_stands_where_it_can_be_translated():
    """In the words that a template is given: what is left of it without its marks holds no letter."""
    for template in (STATIC.parent / "templates").glob("*.html"):
        text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", "", template.read_text(), flags=re.DOTALL)
        assert not re.search(r"[A-Za-z]", text), template.name


def test_both_lanes_stand_side_by_side_and_what_is_answered_no_longer_fills_the_screen(site):
    alarms = [seizure(rings=False), silent_sensor()]
    answer = shown_by(site, snapshot(watch="lanes are shown", alarms=alarms))
    assert 'class="urgent"' not in answer.text
    assert answer.text.index("What stands") < answer.text.index("The watch itself")
    for alarm in alarms:
        assert alarm.text in html.unescape(answer.text)


def test_a_button_reaches_the_hub_as_the_caregivers_word_from_inside_the_house_and_its_answer_comes_back(site):
    phone = site.phone("anna")
    answers = []

    def press():
        answers.append(phone.post("/say", data={"verb": "snooze", "alarm": "mia-seizure-1", "minutes": "30"}))

    pressing = threading.Thread(target=press)
    pressing.start()
    asked = site.said()
    assert asked == wire.Say(asked.number, "anna", "snooze", '{"alarm":"mia-seizure-1","minutes":30}', local=True)
    site.send(wire.Answer(asked.number, ok=True, reason="quiet until 02:44"))
    pressing.join(10)
    assert (answers[0].status_code, "quiet until 02:44" in words(answers[0])) == (200, True)


def test_a_hub_that_does_not_answer_is_said_and_never_taken_for_a_yes(site):
    answer = site.phone("anna").post("/say", data={"verb": "acknowledge"})
    site.said()
    assert (answer.status_code, "Not done" in words(answer), "try again" in words(answer)) == (409, True, True)


def test_the_foot_says_since_when_it_watches_and_whether_the_hub_and_phones_are_well(site):
    said = words(shown_by(site, snapshot(watch="foot is shown")))
    assert "Watching since 19:02 · hub OK · phones can be reached · 2 of 2 phones proven" in said


def test_a_hand_over_is_two_taps_and_its_receiver_is_asked(site):
    offer = wire.Offer(
        "tom", "Anna asked Tom to take the watch, who has not confirmed yet", "Anna asks you to take the watch"
    )
    shown = snapshot(watch="offer stands", offer=offer)
    mine = shown_by(site, shown, "anna")
    assert "who has not confirmed yet" in words(mine)
    assert "Anna asks you" not in words(mine)
    assert re.findall(r"<button>(Ask \w+|Everyone|I&#39;m on watch)</button>", mine.text) == ["Ask Tom", "Everyone"]
    toms = shown_by(site, shown, "tom")
    question = re.search(r'<section class="card offer".*?</section>', toms.text, re.DOTALL)[0]
    assert "Anna asks you to take the watch" in question
    assert 'name="verb" value="on_watch"' in question
    assert 'name="to"' not in question
    assert toms.text.index('class="card offer"') < toms.text.index('class="card child"'), "it stands first"


def test_a_pause_is_confirmed_shown_with_its_end_and_ended(site):
    answer = shown_by(
        site, snapshot(watch="a pause", pauses=[wire.Paused("Watching Mia is paused until 02:54", "mia")])
    )
    assert 'value="confirm"' not in answer.text
    assert "/pause?person=mia&amp;minutes=20" in answer.text
    assert "Watching Mia is paused until 02:54" in words(answer)
    end = re.search(r'name="minutes" value="0">.*?</form>', answer.text, re.DOTALL)[0]
    assert "Watch again now" in end
    question = site.phone("anna").get("/pause?person=mia&minutes=20")
    assert "Pause watching Mia for 20 min?" in words(question)
    assert 'name="confirm" value="true"' in question.text
    for wrong in ("person=mia&minutes=500", "person=x&minutes=10", ""):
        assert site.phone("anna").get(f"/pause?{wrong}").status_code == 404
    assert site.phone("opa").get("/pause?person=mia&minutes=20").status_code == 403


def test_at_the_bed_it_is_black_before_anything_is_painted_and_says_the_same(site):
    answer = shown_at_the_bed(site, snapshot(watch="x", alarms=[silent_sensor()]))
    head = answer.text[: answer.text.index("</head>")]
    assert '<html lang="en" class="night light-2">' in answer.text
    assert head.index('name="color-scheme" content="dark"') < head.index("stylesheet")
    said = words(answer)
    for part in (
        "Mia",
        "38.4",
        "↑ rising 0.4 in 30 min",
        "12 s ago",
        "Watching",
        "◇ Not watching",
        "nothing heard from ankle",
    ):
        assert part in said
    assert '<noscript><meta http-equiv="refresh" content="30"></noscript>' in answer.text
    dimmer = site.phone("anna").get("/bedside?light=1").text
    assert 'class="night light-1"' in dimmer
    assert "Darker" not in dimmer
    urgent = shown_at_the_bed(site, snapshot(alarms=[seizure()]))
    assert page.FIRST_AID in urgent.text


def shown_at_the_bed(site, shown):
    site.show(shown)
    time.sleep(0.3)
    return site.phone("anna").get("/bedside")


def test_script_in_a_name_stays_text(site):
    bad = child(name='<script>alert("x")</script>', state='"><img src=x onerror=alert(1)>')
    answer = shown_by(site, snapshot(watch="script is shown", children=[bad]))
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    assert '<script>alert("x")</script>' in html.unescape(answer.text)


def test_who_may_only_look_has_no_button_and_is_refused_in_words(site):
    answer = shown_by(site, snapshot(watch="opa looks", alarms=[seizure()]), "opa")
    assert "<form" not in answer.text
    refused = site.phone("opa").post("/say", data={"verb": "acknowledge"})
    assert (refused.status_code, "You may look, not answer" in words(refused)) == (403, True)


def test_every_answer_says_what_may_run_and_that_nobody_may_keep_it(site):
    for answer in (site.phone("anna").get("/"), site.phone().get("/"), site.phone().get("/api/state")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "server" not in answer.headers


def test_the_first_view_weighs_less_than_sixty_kilobytes_and_asks_nobody_else(site):
    first = site.phone("anna").get("/").text
    assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", first)
    linked = re.findall(r'(?:src|href)="(/static/[^"]+)"', first)
    assert {"/static/page.css", "/static/page.js", "/static/curve.js", "/static/vendor/uPlot.iife.min.js"} < set(linked)
    own = [STATIC.parent / each.removeprefix("/") for each in linked if "vendor" not in each]
    assert not any(re.search(r"https?://(?!www\.w3\.org/2000/svg)|url\(", file.read_text()) for file in own)
    sent = [len(_raw(site, path)) for path in ("/", *linked, "/api/series?person=mia&hours=6")]
    assert sum(sent) < 60_000


def _raw(site, path):
    """As it goes over the air."""
    answer = site.phone("anna").get(path, stream=True)
    assert answer.status_code == 200
    return answer.raw.read(decode_content=False)


def test_a_curve_is_asked_for_once_for_many_phones_that_ask_at_once(site):
    site.asked.clear()
    phones = [site.phone("anna") for _ in range(6)]
    with ThreadPoolExecutor(6) as many:
        told = list(many.map(lambda phone: phone.get("/api/series?person=mia&hours=72").json(), phones))
    assert all(each == told[0] for each in told)
    assert site.asked == [lookup.SeriesAsked("mia", 72)]
    refused = site.phone("anna").get("/api/series?person=mia&hours=5000")
    assert (refused.status_code, refused.json()["ok"]) == (404, False)
    assert site.phone().get("/api/series?person=mia&hours=6").status_code == 401


def test_the_curve_has_a_twin_that_is_a_table(site):
    answer = site.phone("anna").get("/curve?person=mia&hours=6")
    said = words(answer)
    for part in ("Mia: the last 6 h by the hour", "40 min without readings", "Lowest", "asleep 50 min", "38.0 °C"):
        assert part in said
    assert answer.text.count('<th scope="row">') == 6
    assert "/curve?person=mia" in site.phone("anna").get("/").text


def test_the_stream_sends_a_part_again_only_when_it_changed_and_the_hubs_clocks_each_time(site):
    site.show(snapshot())
    with site.phone("anna").get("/api/events", stream=True) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = (line for line in stream.iter_lines() if line.startswith(b"data: "))
        first = json.loads(next(lines)[6:])
        assert set(first["parts"]) == {"now", "children", "child", "hub", "watch", "foot"}
        assert "38.4" in first["parts"]["children"]
        site.show(snapshot(mono_s=1001.0, wall_s=page.NOW_WALL_S + 1))
        second = json.loads(next(lines)[6:])
        assert (second["parts"], second["mono_s"], second["rings"]) == ({}, 1001.0, {})
        site.show(snapshot(alarms=[seizure()]))
        third = json.loads(next(lines)[6:])
        assert {"now", "child"} <= set(third["parts"])
        assert third["rings"] == {seizure().id: seizure().text}


def test_an_open_page_follows_what_its_caregiver_may_do(site):
    site.show(snapshot(alarms=[seizure()]))
    with site.phone("anna").get("/api/events", stream=True) as stream:
        lines = (line for line in stream.iter_lines() if line.startswith(b"data: "))
        assert "<form" in json.loads(next(lines)[6:])["parts"]["now"]
        site.show(snapshot(alarms=[seizure()], caregivers={"anna": wire.Caregiver("Anna", Role.VIEWER)}))
        assert "<form" not in json.loads(next(lines)[6:])["parts"]["now"]
        site.show(snapshot(caregivers={"anna": wire.Caregiver("Anna", Role.OWNER)}, minded=2))
        assert "/doctor" in json.loads(next(lines)[6:])["parts"]["foot"]


def test_a_page_whose_hub_is_silent_shows_no_number_and_says_so(tmp_path):
    with page_process(tmp_path) as lonely:
        phone = lonely.phone("anna")
        assert "38.4" in phone.get("/").text
        time.sleep(10.5)
        answer = phone.get("/")
        assert "38.4" not in answer.text
        assert 'id="lost" class="lost" role="alert">This page lost the hub' in answer.text
        assert phone.get("/api/state").status_code == 503


def test_the_check_up_is_its_owners_and_the_footer_counts_what_is_not_well(site):
    site.finds = finds
    owned = {"anna": wire.Caregiver("Anna", Role.OWNER), "tom": wire.Caregiver("Tom", Role.CAREGIVER)}
    whole = shown_by(site, snapshot(watch="it is checked", caregivers=owned, minded=2))
    assert "2 parts of the hub are not well" in words(whole)
    said = words(site.phone("anna").get("/doctor"))
    assert "FAIL · Power supply the voltage is too low at this moment → use the power supply of this model" in said
    assert said.index("FAIL") < said.index("WARN") < said.index("OK · Clock")
    assert "parts of the hub" not in words(shown_by(site, snapshot(watch="well", caregivers=owned)))
    assert "/doctor" not in site.phone("tom").get("/").text
    refused = site.phone("tom").get("/doctor")
    assert (refused.status_code, "Only the hub's owner sees this." in words(refused)) == (403, True)


def test_it_ends_with_the_hub(tmp_path):
    with page_process(tmp_path) as orphan:
        orphan.process.stdin.close()
        assert orphan.process.wait(5) == 0
        orphan.process.stdin = None


def test_a_port_that_is_taken_is_said_in_one_sentence(site, tmp_path):
    with page.begun(tmp_path, int(site.url.rpartition(":")[2])) as second:
        assert second.said() == wire.Failed(
            f"cannot listen on 127.0.0.1, port {site.url.rpartition(':')[2]}: Address already in use"
        )
        assert second.process.wait(10) == 1
