"""The bedtime check on the page: one tap, one screen."""

import pytest

from edge.web import wire
from tests.support.page import snapshot

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]
NIGHT = wire.Bedtime(
    good=False,
    headline="NOT ready for the night, mind 1 of these",
    lines=[(False, "patch of <Mia> is NOT watched: nothing heard"), (True, "everyone is on watch")],
    uncovered=["A weak convulsion can be missed."],
)


def test_a_tap_tells_the_hub_and_shows_all_of_it_in_one_screen(site):
    site.show(snapshot(bedtime=NIGHT))
    site.answers = lambda said: wire.Answer(said.number, ok=said.verb == "good_night", reason="")
    anna = site.phone("anna")
    assert 'action="/good-night"' in anna.get("/").text
    page = anna.post("/good-night")
    assert page.status_code == 200
    for text in (
        "NOT ready",
        "patch of &lt;Mia&gt; is NOT watched",
        "everyone is on watch",
        "can be missed",
        "keeps that you asked",
    ):
        assert text in page.text
    assert page.text.index("nothing heard") < page.text.index("everyone is on watch")
    site.answers = None


def test_looking_tells_the_hub_nothing_and_who_only_looks_may_look(site):
    site.show(snapshot(bedtime=NIGHT))
    heard = site.heard.qsize()
    assert "NOT ready" in site.phone("opa").get("/good-night").text
    assert site.phone("opa").post("/good-night").status_code == 403
    assert site.heard.qsize() == heard


def test_a_form_of_another_page_says_no_good_night(site):
    site.show(snapshot(bedtime=NIGHT))
    assert site.phone("anna").post("/good-night", origin="https://elsewhere.example").status_code == 403


def test_a_hub_that_does_not_answer_is_no_good_night(site):
    site.show(snapshot(bedtime=NIGHT))
    site.answers = lambda said: wire.Answer(said.number, ok=False, reason="The hub has not answered.")
    page = site.phone("anna").post("/good-night").text
    assert "keeps that you asked" not in page
    assert "has not answered" in page
    site.answers = None
