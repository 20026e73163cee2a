"""The page in a browser, in a language that nobody speaks: no text escapes the catalogue, nothing is cut off."""

import time

import pytest
from selenium.webdriver.common.by import By

from edge.model.language import TemperatureUnit
from edge.model.people import Role
from edge.web import wire
from edge.web.reader import Reader
from tests.support import browser as seen
from tests.support.browser import Speaking, chromium, enter, picture, sized, violations, waiting
from tests.support.page import begun, child, page_process, reading, seizure, silent_sensor, snapshot, until_up
from tests.support.page_answers import finds
from tests.support.pseudo import CATALOGUE, CODE, bracketed, escaped
from tests.support.servers import free_port

pytestmark = [pytest.mark.system, pytest.mark.enable_socket, pytest.mark.timeout(240)]
NARROW = (320, 844)
FAHRENHEIT = Reader(CODE, TemperatureUnit.FAHRENHEIT)
PAGES = (
    *("/", "/bedside", "/curve?person=mia&hours=6", "/timeline", "/why?alarm=mia-seizure-1", "/quiet"),
    *("/log?what=dose", "/log?what=symptoms", "/log?what=temperature", "/pause?person=mia&minutes=10"),
    *("/setup/test", "/setup/done", "/setup/sounder", "/log?what=nothing"),
)
READ = """const read = [];
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
  const at = walk.currentNode.parentElement;
  const unread = at.closest("script, style, noscript, code, svg, .address, [lang]:not(html)");
  if (!unread) read.push(walk.currentNode.data.trim());
}
for (const name of ["aria-label", "placeholder", "title", "alt"])
  for (const each of document.querySelectorAll(`[${name}]`)) read.push(each.getAttribute(name));
return [document.title, ...read, ...(window.drawn ?? [])]"""
"""Every text that is seen or heard, also what is drawn on a canvas."""
DRAWS = """window.drawn = []; const fill = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, ...more) {
  window.drawn.push(text);
  fill.call(this, text, ...more);
};"""
CUT = """const wide = document.documentElement.scrollWidth > innerWidth ? ["the page"] : [];
for (const each of document.querySelectorAll("h1, h2, p, button, a, label, legend, li, summary")) {
  const box = each.getBoundingClientRect();
  const inside = each.closest(".wide, .scroll, .unseen") || getComputedStyle(each).display === "inline";
  const cut = box.right > innerWidth + 1 || each.scrollWidth > each.clientWidth + 1;
  if (box.width && !inside && cut) wide.push(each.outerHTML.slice(0, 120));
}
return wide"""


@pytest.fixture(scope="module")
def browser():
    with chromium() as driver:
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": DRAWS})
        yield driver


def family(**changes: object) -> dict[str, object]:
    """What differs from a quiet night, as a hub tells it to Anna."""
    readers = {"anna": wire.Caregiver("Anna", Role.CAREGIVER, FAHRENHEIT), "tom": wire.Caregiver("Tom", Role.CAREGIVER)}
    told = bracketed(snapshot(**changes))
    return {
        name: getattr(told, name) for name in told.__struct_fields__ if name not in ("mono_s", "wall_s", "caregivers")
    } | {"reader": FAHRENHEIT, "caregivers": readers}


@pytest.fixture(scope="module")
def site(tmp_path_factory, browser):
    with page_process(tmp_path_factory.mktemp("page"), languages={CODE: CATALOGUE}) as made:
        made.finds = lambda question: bracketed(finds(question))
        with Speaking(made) as speaks:
            speaks.now = family()
            enter(browser, made)
            made.speaks = speaks
            yield made


STATES = {
    "quiet": {},
    "alarm": {"alarms": [seizure(), silent_sensor()], "children": [child(level="high", state="ALARM")]},
    "stale": {"children": [child(readings=[reading(shown="stale", text="", words="no current value", trend="")])]},
    "handed over": {
        "offer": wire.Offer("anna", "", "Tom asks you to take the watch"),
        "pauses": [wire.Paused("Watching Mia is paused until 02:54", "mia")],
        "on_watch": "tom",
    },
}


def left_over(browser) -> list[str]:
    """What escaped the catalogue; a part that is being swapped gets a moment."""
    deadline_s = time.monotonic() + 3.0
    while True:
        found = [each for each in browser.execute_script(READ) if escaped(each)]
        if not found or time.monotonic() > deadline_s:
            return found
        time.sleep(0.2)


def test_no_text_of_any_page_escapes_the_catalogue_and_none_is_cut_off_at_320_px(browser, site):
    sized(browser, NARROW)
    for state, now in STATES.items():
        site.speaks.now = family(**now)
        for path in PAGES if state == "quiet" else ("/", "/bedside"):
            browser.get(site.url + path)
            waiting(browser).until(lambda b: "⟦" in b.title or b.find_elements(By.CSS_SELECTOR, "main"))
            if path == "/":
                waiting(browser).until(lambda b: b.find_elements(By.CSS_SELECTOR, ".plot canvas"))
            browser.execute_script("document.querySelectorAll('details').forEach(each => each.open = true)")
            assert left_over(browser) == [], (state, path)
            assert browser.execute_script(CUT) == [], (state, path)
            assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == CODE
            picture(browser, f"pseudo-{state}-{path.strip('/').replace('/', '-')[:20].partition('?')[0]}")
            sized(browser, NARROW)


def test_the_check_itself_finds_a_text_that_escaped(browser, site):
    site.speaks.now = family()
    browser.get(site.url)
    waiting(browser).until(lambda b: b.find_elements(By.CSS_SELECTOR, ".plot canvas"))
    assert left_over(browser) == []
    for planted in (
        "document.querySelector('main').append('Left in English')",
        "document.querySelector('main').setAttribute('aria-label', 'Left in English')",
        "document.createElement('canvas').getContext('2d').fillText('Left in English', 0, 0)",
    ):
        browser.execute_script(planted)
        assert "Left in English" in [each for each in browser.execute_script(READ) if escaped(each)]
        browser.refresh()
        waiting(browser).until(lambda b: b.find_elements(By.CSS_SELECTOR, ".plot canvas"))


def test_a_reader_of_fahrenheit_sees_a_curve_whose_axis_and_limits_are_fahrenheit(browser, site):
    site.speaks.now = family()
    sized(browser, seen.PHONE)
    browser.get(site.url)
    waiting(browser).until(lambda b: b.find_elements(By.CSS_SELECTOR, ".plot canvas"))
    ticks = [each for each in browser.execute_script("return window.drawn") if each.replace(",", "").isdigit()]
    degrees = sorted({float(each.replace(",", ".")) for each in ticks if "," in each})
    assert degrees[0] >= 96.0
    assert degrees[-1] <= 104.0
    assert any("37.5" in each or "37,5" in each for each in browser.execute_script("return window.drawn")), "as told"


def test_axe_finds_nothing_in_another_language(browser, site):
    """github.com/freeCodeCamp/freeCodeCamp/issues/42727: `lang` stayed "en" on pages of every language."""
    site.speaks.now = family(**STATES["alarm"])
    for path in ("/", "/log?what=symptoms", "/setup/done"):
        browser.get(site.url + path)
        assert violations(browser) == [], path


def test_a_stranger_reads_the_language_of_the_browser_and_may_choose_another(site):
    phone = site.phone()
    told = phone.get("/", headers={"accept-language": "fr-FR, de;q=0.8, en;q=0.5"})
    assert told.status_code == 401
    assert '<html lang="de"' in told.text, "the first that is whole; French is only begun"
    assert "⟦This phone is not let in." in told.text
    assert '<html lang="en"' in phone.get("/", headers={"accept-language": "tr, es"}).text
    assert '<html lang="en"' in phone.get("/", headers={"accept-language": "de;q=0, xx;q=nonsense, *"}).text
    for choice, code in (("de", "de"), ("en", "en"), ("tlh", "en")):
        phone.get(f"/language?language={choice}", headers={"referer": f"{site.url}/enter?code=x"})
        assert f'<html lang="{code}"' in phone.get("/").text
    anna = site.phone("anna")
    anna.get("/language?language=en")
    assert '<html lang="de"' in anna.get("/").text, "who is signed in decides"


def test_before_the_hubs_first_word_the_page_says_so_in_the_browsers_language(tmp_path):
    with begun(tmp_path, free_port(), languages={CODE: CATALOGUE}) as made:
        until_up(made.url)
        told = made.phone("anna").get("/", headers={"accept-language": "de"})
        assert told.status_code == 200
        assert "⟦This page lost the hub" in told.text
        assert '<html lang="de"' in told.text


@pytest.mark.parametrize("before", ["http://evil.example/x", "//evil.example", "", "nonsense", None])
def test_the_choice_of_a_language_leads_nowhere_else(site, before):
    phone = site.phone()
    headers = {} if before is None else {"referer": before}
    told = phone.session.get(f"{site.url}/language?language=de", headers=headers, allow_redirects=False, timeout=10)
    assert (told.status_code, told.headers["location"]) == (303, "/")
