"""The first run over HTTP, before any step: who comes in, with which code, from where; and what a form may hold."""

import json
import threading
import time

import pytest

from edge.app.load.first_run import NOBODY
from edge.web import phones as phones_module
from edge.web import wire
from edge.web.feed import LOST_S
from edge.web.phones import INVITED_S
from edge.web.setup_wire import Setup
from tests.support.page import Phone, begun, until_up
from tests.support.servers import free_port

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]

SCRIPT = '<script>alert(1)</script>"&'


@pytest.fixture
def site(tmp_path):
    with begun(tmp_path, free_port(), setup=True) as made:
        made.send(Setup())
        until_up(made.url)
        yield made


def code(site, age_s: float = 0.0) -> str:
    return site.phones.invite(NOBODY, time.time() - age_s, typed=True)


def answering(site, *answers: tuple[bool, str]) -> "list[wire.Say]":
    """The hub answers the next forms so, one after the other; what was said."""
    said: list[wire.Say] = []

    def answer() -> None:
        for ok, reason in answers:
            asked = site.said()
            said.append(asked)
            site.send(wire.Answer(asked.number, ok, reason))

    threading.Thread(target=answer, daemon=True).start()
    return said


def come_in(site, name: str = "Anna") -> Phone:
    phone = Phone(site.url)
    said = answering(site, (True, ""))
    assert phone.post("/setup", data={"code": code(site), "name": name}).status_code == 200
    assert said[0].verb == "you"
    return phone


def test_without_the_code_there_is_only_the_question_for_it(site):
    phone = Phone(site.url)
    for path in ("/", "/setup", "/bedside", "/say"):
        answer = phone.get(path)
        assert (answer.status_code, answer.url) == (200, f"{site.url}/setup")
        assert "Type the code" in answer.text
        assert "does not watch yet" in answer.text
    assert phone.get("/setup/child").status_code == 401
    assert phone.post("/setup/child", data={"name": "Mia", "born": "2026-03-14"}).status_code == 401
    assert phone.get("/api/state").status_code == 503
    assert "being set up" in phone.get("/api/state").json()["reason"]


def test_looking_at_the_code_uses_nothing_up_and_a_typed_one_may_be_written_otherwise(site):
    made = code(site)
    for _ in range(3):  # a messenger's preview, a second look
        assert "Your name" in Phone(site.url).get("/setup", params={"code": made}).text
    phone = Phone(site.url)
    said = answering(site, (True, ""))
    assert phone.post("/setup", data={"code": f" {made.lower().replace('-', ' ')} ", "name": "Anna"}).status_code == 200
    assert json.loads(said[0].body)["name"] == "Anna"
    assert phone.get("/setup/you").status_code == 200


@pytest.mark.parametrize("how", ["wrong", "used", "expired", "empty"])
def test_a_code_that_lets_nobody_in_is_one_sentence(site, how):
    if how == "used":
        made = code(site)
        answering(site, (True, ""))
        assert Phone(site.url).post("/setup", data={"code": made, "name": "Anna"}).status_code == 200
    else:
        made = {"wrong": "ABCD-EFGH", "expired": code(site, INVITED_S + 1.0), "empty": ""}[how]
    late = Phone(site.url)
    answer = late.post("/setup", data={"code": made, "name": "Opa"})
    assert answer.status_code == 401
    assert "wrong, older than 15 minutes, or another phone has used it" in answer.text
    assert "feverhub web setup" in answer.text
    assert late.get("/setup/child").status_code == 401
    if how != "empty":
        assert "wrong, older" in late.get("/setup", params={"code": made}).text


def test_of_two_owners_at_once_one_is_let_in_and_the_other_is_told(site):
    made = code(site)
    answering(site, (True, ""))
    answers = []

    def press(name):
        answers.append(Phone(site.url).post("/setup", data={"code": made, "name": name}))

    both = [threading.Thread(target=press, args=(name,)) for name in ("Anna", "Tom")]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(each.status_code for each in answers) == [200, 401]
    assert "another phone has used it" in next(each.text for each in answers if each.status_code == 401)
    assert len(site.phones.all()) == 1


def test_a_form_that_is_sent_twice_is_one_phone(site):
    """A thumb that presses twice: the browser drops the first answer, with its cookie, and sends the form again."""
    made, phone = code(site), Phone(site.url)
    phone.get("/setup", params={"code": made})
    answering(site, (True, ""), (True, ""))
    cookie = dict(phone.session.cookies)
    for _ in range(2):
        phone.session.cookies.clear()
        phone.session.cookies.update(cookie)
        answer = phone.post("/setup", data={"code": made, "name": "Anna"})
        assert answer.status_code == 200, answer.text
    assert len(site.phones.all()) == 1


def test_guessing_is_answered_with_less_and_less(site):
    phone = Phone(site.url)
    said = [phone.post("/setup", data={"code": f"AAAA-{each:04}"}).text for each in range(20)]
    assert "Too many wrong codes" in said[-1]
    assert "Type the code" in said[-1]
    answering(site, (True, ""))  # and the family still gets in
    assert phone.post("/setup", data={"code": code(site), "name": "Anna"}).status_code == 200


def test_a_code_that_is_typed_cannot_be_guessed_while_it_holds():
    """40 random bits against ten tries a second of each of 500 addresses for a quarter of an hour (`limits.py`)."""
    letters = phones_module._LETTERS
    assert len(set(letters)) ** 8 == 2**40
    assert not set("IO01") & set(letters)
    assert 10 * 500 * INVITED_S / 2**40 < 1e-5


@pytest.mark.parametrize("name", ["x-forwarded-for", "forwarded", "via"])
def test_from_elsewhere_there_is_nothing_but_a_sentence(site, name):
    phone = Phone(site.url)
    answer = phone.get("/setup", params={"code": code(site)}, headers={name: "203.0.113.9"})
    assert answer.status_code == 403
    assert "own network alone" in answer.text
    assert "<form" not in answer.text


@pytest.mark.parametrize("origin", ["http://evil.example", None])
def test_a_form_of_another_site_is_refused(site, origin):
    phone = come_in(site)
    answer = phone.post("/setup/child", origin=origin, data={"name": "Mia", "born": "2026-03-14"})
    assert answer.status_code == 403
    assert Phone(site.url).post("/setup", origin=origin, data={"code": code(site)}).status_code == 403


def test_every_page_keeps_the_strict_policy_and_nothing_runs_in_a_name(site):
    phone = come_in(site)
    site.send(
        Setup(
            step="app",
            done=["you", "child", "thermometer", "sensor", "limits", "others", "phone"],
            values={"owner": SCRIPT, "child": SCRIPT, "born": "", "watchfulness": "", "fever_c": "", "way": "ntfy"},
            paired={"thermometer": SCRIPT},
            others=[SCRIPT],
            limits=[SCRIPT],
            address=SCRIPT,
            link="ntfy://ntfy.sh/x",
        )
    )
    time.sleep(0.3)
    for step in ("you", "child", "thermometer", "sensor", "limits", "others", "phone", "app"):
        answer = phone.get(f"/setup/{step}")
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text, step
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self'" in policy
        assert "unsafe" not in policy
        assert " style=" not in answer.text, "the policy forbids it"
    assert "&lt;script&gt;alert(1)" in phone.get("/setup/others").text


def test_what_could_not_be_taken_stands_in_the_form_again(site):
    phone = come_in(site)
    site.send(Setup(step="child", done=["you"], values={"owner": "Anna"}))
    time.sleep(0.3)
    answering(site, (False, "2062-03-14 is in the future. Is the year right?"))
    answer = phone.post("/setup/child", data={"name": "Mia <3", "born": "2062-03-14"})
    assert answer.status_code == 409
    assert "Is the year right?" in answer.text
    assert 'value="Mia &lt;3"' in answer.text
    assert 'value="2062-03-14"' in answer.text


def test_a_step_that_comes_later_leads_to_the_one_that_is_open_and_back_works(site):
    phone = come_in(site)
    site.send(Setup(step="thermometer", done=["you", "child"], values={"owner": "Anna", "child": "Mia"}))
    time.sleep(0.3)
    assert phone.get("/setup/app").url.endswith("/setup/thermometer")
    assert phone.get("/setup/nonsense").url.endswith("/setup/thermometer")
    assert 'value="Anna"' in phone.get("/setup/you").text
    assert phone.get("/").url.endswith("/setup/thermometer")


def test_an_iphone_is_offered_what_rings_when_it_is_muted_first(site):
    phone = come_in(site)
    done = ["you", "child", "thermometer", "sensor", "limits", "others"]
    site.send(Setup(step="phone", done=done, values={"owner": "Anna", "child": "Mia", "way": ""}))
    time.sleep(0.3)
    for agent, way in (
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0)", "pushover"),
        ("Mozilla/5.0 (Linux; Android 16)", "ntfy"),
    ):
        said = phone.get("/setup/phone", headers={"user-agent": agent}).text
        assert f'value="{way}" checked' in said
        assert said.count('name="way"') == 4
        assert "On an iPhone its current versions stay silent when muted." in said


def test_a_hub_that_is_away_is_said_and_nothing_is_lost(site):
    phone = come_in(site)
    time.sleep(LOST_S + 0.5)
    answer = phone.post("/setup/child", data={"name": "Mia", "born": "2026-03-14"})
    assert answer.status_code == 503
    assert "The hub does not answer" in answer.text


def test_what_is_too_long_or_no_form_is_refused(site):
    phone = come_in(site)
    assert phone.post("/setup/child", data={"name": "x" * 5000}).status_code == 413
    assert phone.post("/setup/child", data=b"\xff\xfe=\xff").status_code == 400
