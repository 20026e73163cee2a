"""Who may see the page: codes, cookies, tokens, other people's pages, floods."""

import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from edge.web.limits import PHONE_BURST, PHONE_PER_S, Limit
from edge.web.phones import INVITED_S, Phones, hashed
from tests.support.page import Phone, page_process

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]


@pytest.fixture(autouse=True)
def _spoken(site):
    """The hub speaks; and all phones of these tests have one address, whose bucket fills up meanwhile."""
    site.show()
    time.sleep(1.0)


def test_without_a_token_there_is_nothing_under_api_and_no_child_on_the_page(site):
    stranger = site.phone()
    assert [stranger.get(path).status_code for path in ("/", "/api/state", "/api/events")] == [401] * 3
    assert stranger.post("/api/commands/acknowledge", data="{}").status_code == 401
    assert stranger.post("/say", data={"verb": "acknowledge"}).status_code == 401
    assert "Mia" not in stranger.get("/").text
    assert "This phone is not let in" in stranger.get("/").text
    assert site.phone("anna").get("/api/state").json()["state"]["children"][0]["name"] == "Mia"


def test_a_code_lets_one_phone_in_and_only_by_the_button(site):
    code = site.phones.invite("anna", time.time())
    looks, first, second = site.phone(), site.phone(), site.phone()
    for _ in range(2):  # a messenger that looks at a link uses nothing up
        assert "This phone for Anna" in looks.get("/enter", params={"code": code}).text
    assert looks.get("/").status_code == 401
    assert first.enter(code).status_code == 200
    assert "Mia" in first.get("/").text
    refused = second.enter(code)
    assert (refused.status_code, "used, wrong or older than 15 minutes" in refused.text) == (401, True)


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(site):
    answer = site.phone().post("/enter", data={"code": site.phones.invite("anna", time.time())}, allow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_on_disk_lies_no_secret(site):
    phone = site.phone("anna")
    (secret,) = phone.session.cookies.values()
    folder = next(iter(site.phones.folder.glob("*.phone"))).parent
    texts = "".join(each.name + each.read_text() for each in folder.iterdir())
    assert secret not in texts
    assert hashed(secret) in texts
    assert {each.stat().st_mode & 0o077 for each in (folder, *folder.iterdir())} == {0}


def test_two_phones_that_press_at_once_are_one_phone(tmp_path):
    phones, secrets = Phones(tmp_path / "phones"), []
    code = phones.invite("anna", 1000.0)
    racing = [threading.Thread(target=lambda: secrets.append(phones.let_in(code, 1001.0))) for _ in range(8)]
    for each in racing:
        each.start()
    for each in racing:
        each.join()
    assert len([secret for secret in secrets if secret]) == len(phones.all()) == 1


def test_a_code_that_root_asks_for_while_the_hub_starts_keeps_the_hub_out_of_nothing(tmp_path, monkeypatch):
    """The installation asks for one as soon as the first run is under way; the service then makes its own."""
    folder, handed_over = tmp_path / "phones", []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chown", lambda path, *_: handed_over.append((Path(path).is_dir(), folder.exists())))
    Phones(folder).invite("anna", 1000.0)
    assert handed_over == [(True, False), (False, True)], "the folder is the service's before it has its name"
    assert [each.suffix for each in tmp_path.rglob("*")] == ["", ".invitation"]


def test_an_invitation_and_an_access_end_by_themselves(tmp_path):
    phones = Phones(tmp_path / "phones")
    code = phones.invite("sitter", 1000.0, ends_s=5000.0)
    assert phones.invitation(code, 1000.0 + INVITED_S) is None
    assert phones.invitation(code, 900.0) is None, "a clock that was set back opens nothing"
    secret = phones.let_in(code, 1100.0)
    assert phones.find(secret, 4999.0).caregiver == "sitter"
    assert phones.find(secret, 5000.0) is None


def test_an_access_that_is_ended_closes_the_page_that_is_open(site):
    phone = site.phone("anna")
    (secret,) = phone.session.cookies.values()
    with phone.get("/api/events", stream=True) as stream:
        lines = stream.iter_lines()
        while not next(lines).startswith(b"data: "):
            pass
        assert site.phones.end(hashed(secret)[:8])
        site.show()
        assert [line for line in lines if line.startswith(b"data: ")] == []
    assert phone.get("/").status_code == 401


def test_a_caregiver_who_is_not_set_up_any_more_is_not_let_in(site):
    assert site.phone().enter(site.phones.invite("uncle", time.time())).status_code == 401


def test_a_form_of_another_page_does_nothing(site):
    phone = site.phone("anna")
    for origin in ("http://evil.example", "null", None, f"{site.url}0"):
        refused = phone.post("/say", origin=origin, data={"verb": "acknowledge"})
        assert (refused.status_code, "from another page" in refused.text) == (403, True), origin


def test_a_script_with_the_token_needs_no_origin_and_reads_json(site):
    (secret,) = site.phone("anna").session.cookies.values()
    script = Phone(site.url)
    script.session.headers["authorization"] = f"Bearer {secret}"
    said = []
    asking = threading.Thread(
        target=lambda: said.append(script.post("/api/commands/acknowledge", origin=None, data='{"alarm": "x"}'))
    )
    asking.start()
    assert json.loads(site.said().body) == {"alarm": "x"}
    asking.join(10)
    assert said[0].json() == {"schema": 1, "ok": False, "reason": said[0].json()["reason"]}


def test_what_is_too_long_or_no_form_is_one_sentence(site):
    phone = site.phone("anna")
    assert phone.post("/say", data={"verb": "x" * 5000}).status_code == 413
    assert phone.post("/say", data=b"verb=%ff\xff").status_code == 400
    assert phone.post("/say", data="&".join(f"a{n}=1" for n in range(50))).status_code == 400


def near(site):
    """A phone at the address of others: behind one router."""
    return Phone(site.url, requests.Session())


def test_guessing_is_slowed_down_and_a_phone_that_was_let_in_still_sees_the_page(tmp_path):
    with page_process(tmp_path) as site:
        anna, thief = near(site), near(site)
        anna.enter(site.phones.invite("anna", time.time()))
        codes = [thief.get("/enter", params={"code": f"guess{n}"}).status_code for n in range(14)]
        assert codes[0] == 401
        assert codes[-1] == 429
        assert "Mia" in anna.get("/").text


def test_a_flood_is_refused_and_a_second_later_it_is_forgotten(tmp_path):
    with page_process(tmp_path) as site:
        phone = near(site)
        assert phone.get("/static/icon.svg").status_code == 200
        with ThreadPoolExecutor(8) as many:  # one after the other they may be slower than the limit
            codes = list(many.map(lambda _: near(site).get("/static/icon.svg").status_code, range(400)))
        assert set(codes) == {200, 429}
        time.sleep(1.0)
        assert phone.get("/static/icon.svg").status_code == 200


def test_a_flood_leaves_the_phones_at_its_address_alone(tmp_path):
    """github.com/alextselegidis/easyappointments/issues/1946, github.com/Sanket9225/UsenetStreamer/issues/91:
    all behind one proxy were shut out for what one had asked."""
    with page_process(tmp_path) as site:
        anna = near(site)
        anna.enter(site.phones.invite("anna", time.time()))
        with ThreadPoolExecutor(8) as many:
            codes = list(many.map(lambda _: near(site).get("/static/icon.svg").status_code, range(400)))
        assert 429 in codes
        assert {anna.get("/static/icon.svg").status_code for _ in range(60)} == {200}


def test_a_phone_that_is_let_in_is_slowed_down_too_and_no_other_for_it():
    limit = Limit(PHONE_BURST, PHONE_PER_S)
    taken = [limit.take("anna's", n / 100) for n in range(1000)]
    assert all(taken[:300])
    assert 499 <= sum(taken) <= 501, "at once, and 20 a second in the ten seconds"
    assert limit.take("tom's", 10.0)
