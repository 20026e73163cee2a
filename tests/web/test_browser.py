"""The page in a real browser: the number, an alarm that is answered, a hub that is lost; for hands, eyes and ears."""

import datetime as dt
import re
import zoneinfo

import pytest
from selenium.webdriver.common.by import By

from edge.app.hub import page_series
from edge.model.language import Locale
from edge.model.people import Role
from edge.storage.rows import Value
from edge.web import lookup, wire
from tests.support import browser as seen
from tests.support.browser import Speaking, chromium, enter, sized, texts, theme, violations, waiting
from tests.support.page import child, page_process, reading, seizure, silent_sensor
from tests.support.page_answers import finds

pytestmark = [pytest.mark.system, pytest.mark.enable_socket, pytest.mark.timeout(240)]
TAPPED = "button, summary, .call, .back, .link, .event, input, textarea, .choice"
SMALL = """const height = (each) => (each.closest('.choice') ?? each).offsetHeight;
return [...document.querySelectorAll(arguments[0])].filter((each) => each.offsetParent && height(each) < 44)
  .map((each) => each.outerHTML.slice(0, 100))"""
"""What is lower than 44 px; a choice is tapped with its label."""
PAGES = (
    *("/", "/bedside", "/curve?person=mia&hours=6", "/timeline", "/why?alarm=mia-seizure-1", "/quiet"),
    *("/log?what=dose", "/log?what=symptoms", "/log?what=temperature", "/pause?person=mia&minutes=10"),
    *("/report", "/records", "/good-night", "/certificate", "/log?what=vaccination"),
)


@pytest.fixture(scope="module")
def browser():
    with chromium() as driver:
        yield driver


@pytest.fixture(scope="module")
def site(tmp_path_factory, browser):
    with page_process(tmp_path_factory.mktemp("page")) as made:
        made.finds = finds
        enter(browser, made)
        with Speaking(made) as speaks:
            made.speaks = speaks
            yield made


@pytest.fixture
def page(browser, site):
    """The page on a phone, quiet and dark."""
    sized(browser, seen.PHONE)
    theme(browser, "dark")
    site.speaks.now, site.speaks.silent = {}, False
    browser.get_log("browser")
    browser.get(site.url)
    waiting(browser).until(lambda b: texts(b, ".number") == ["38.4 °C"])
    return browser


def test_a_night_on_the_phone(page, site):
    size = "return parseFloat(getComputedStyle(document.querySelector('.number')).fontSize)"
    assert page.execute_script(size) >= 96
    waiting(page).until(lambda b: re.fullmatch(r"\d+ s ago", texts(b, ".age")[0]))
    first = texts(page, ".age")
    waiting(page).until(lambda b: texts(b, ".age") != first)  # it counts by itself

    site.speaks.now = {"alarms": [seizure(), silent_sensor()], "children": [child(level="high", state="ALARM")]}
    waiting(page).until(lambda b: texts(b, ".urgent h1"))
    assert "seizure-like rhythmic movement" in texts(page, ".urgent .what")[0]
    assert "Lay her on her side" in texts(page, ".urgent .guidance")[0]
    count = texts(page, ".urgent .count")
    assert re.fullmatch(r"\d+:\d\d", count[0])
    waiting(page).until(lambda b: texts(b, ".urgent .count") != count)
    assert page.find_element(By.CSS_SELECTOR, ".urgent .call").get_attribute("href") == "tel:112"

    page.find_element(By.XPATH, "//section[@class='urgent']//button[.=\"I'm coming\"]").click()
    asked = site.said()
    assert (asked.caregiver, asked.verb, asked.body) == ("anna", "acknowledge", '{"alarm":"mia-seizure-1"}')
    text = "Mia: seizure-like movement. Anna is coming"
    site.speaks.now = {"alarms": [seizure(rings=False, text=text), silent_sensor()]}
    site.send(wire.Answer(asked.number, ok=True, reason="the others are told"))
    waiting(page).until(lambda b: not b.find_elements(By.CSS_SELECTOR, ".urgent"))
    waiting(page).until(lambda b: texts(b, "#said") == ["I'm coming: the others are told"])
    assert "Anna is coming" in " ".join(texts(page, "#child .what"))
    assert "nothing heard from ankle" in " ".join(texts(page, "#hub .what"))

    site.speaks.silent = True
    waiting(page, 30).until(lambda b: b.find_element(By.ID, "lost").is_displayed())
    assert texts(page, "#lost") == ["This page lost the hub"]
    assert texts(page, ".number") == ["–.–"]
    assert not page.find_element(By.CSS_SELECTOR, ".state").is_displayed(), "nobody knows that it watches"
    site.speaks.now, site.speaks.silent = {}, False
    waiting(page, 30).until(lambda b: texts(b, ".number") == ["38.4 °C"])
    assert not page.find_element(By.ID, "lost").is_displayed()
    blocked = [each["message"] for each in page.get_log("browser") if "Content Security Policy" in each["message"]]
    assert blocked == []


def test_a_number_that_grew_old_while_the_hub_lives_loses_its_digits(page, site):
    """github.com/victronenergy/venus-html5-app/issues/328: of a sensor out of range the app showed the last value."""
    site.speaks.now = {"children": [child(readings=[reading(stale_after_s=1.0)])]}
    waiting(page).until(lambda b: texts(b, ".number") == ["–.–"])
    assert texts(page, ".last") == ["last 38.4 °C at 02:31"]
    assert not page.find_element(By.ID, "lost").is_displayed()


def test_the_curve_is_drawn_with_a_gap_and_is_a_picture_with_words(page):
    waiting(page).until(lambda b: b.find_elements(By.CSS_SELECTOR, ".plot canvas"))
    plot = page.find_element(By.CSS_SELECTOR, ".plot")
    assert plot.get_attribute("aria-label") == "37.0 °C to 38.7 °C, 40 min without readings, 2 doses"
    assert "asleep" in texts(page, "figcaption")[0]
    page.find_element(By.CSS_SELECTOR, '[data-hours="72"]').click()
    waiting(page).until(lambda b: "hours=72" in b.find_element(By.CSS_SELECTOR, ".curve .link").get_attribute("href"))
    pressed = [each.get_attribute("aria-pressed") for each in page.find_elements(By.CSS_SELECTOR, "[data-hours]")]
    assert pressed == ["false", "false", "true"]


def test_in_the_night_when_clocks_go_back_the_curve_has_one_line_and_each_hour_a_row_of_its_own(page, site):
    """By the hub's own code, on the family's clock; the phone's, in another zone, is asked for nothing."""
    berlin = zoneinfo.ZoneInfo("Europe/Berlin")
    end_s = dt.datetime(2026, 10, 25, 5, tzinfo=berlin).timestamp()
    kept = [
        Value(end_s - 6 * 3600 + 60 * n, "patch", "axilla", "temperature", 37.0 + n / 240, "valid", "")
        for n in range(360)
    ]
    dots = {("patch", "axilla"): [(each.wall_s, each.value) for each in kept]}
    night = page_series.series(
        page_series.Measured(kept, [], dots), end_s, 6, page_series.Drawn(Locale(zone=berlin), {"patch": 180.0})
    )
    page.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Kathmandu"})
    site.finds = lambda question: night if isinstance(question, lookup.SeriesAsked) else finds(question)
    try:
        page.get(f"{site.url}/curve?person=mia&hours=24")  # the page's own curve is kept for some seconds
        assert texts(page, "tbody th") == ["04:00", "03:00", "02:00 CET", "02:00 CEST", "01:00", "00:00"]
        assert set(texts(page, "tbody td:last-child")) == {""}, "no hour is missing, and none is half"
        page.get(site.url)
        page.find_element(By.CSS_SELECTOR, '[data-hours="24"]').click()
        label = "37.0 °C to 38.5 °C"
        plot = "return document.querySelector('.plot')?.getAttribute('aria-label')"
        waiting(page).until(lambda b: b.execute_script(plot) == label)
        assert page.find_elements(By.CSS_SELECTOR, ".plot canvas")
    finally:
        site.finds = finds
        page.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": ""})


def test_a_screen_reader_hears_the_number_once_a_minute_and_each_alarm_once(page, site):
    count = """window.heard = {spoken: [], alert: []};
    for (const id of ['spoken', 'alert']) new MutationObserver(() => window.heard[id].push(
      document.getElementById(id).textContent)).observe(document.getElementById(id), {childList: true})"""
    page.execute_script(count)
    site.speaks.now = {"alarms": [seizure()]}
    waiting(page).until(lambda b: b.execute_script("return window.heard.alert.length"))
    for minute in range(1, 4):
        site.speaks.now = {"alarms": [seizure(text=f"Mia: seizure-like rhythmic movement ({minute} min)")]}
        waiting(page).until(lambda b, minute=minute: f"({minute} min)" in texts(b, ".urgent .what")[0])
    site.speaks.now = {"alarms": [seizure(), silent_sensor()]}
    waiting(page).until(lambda b: len(b.execute_script("return window.heard.alert")) == 2)
    heard = page.execute_script("return window.heard")
    assert ["seizure-like" in heard["alert"][0], "nothing heard" in heard["alert"][1]] == [True, True]
    assert len(heard["spoken"]) <= 1


def test_a_curve_that_was_refused_comes_by_itself(page, site):
    refused = [lookup.Nothing("Another question is being answered; ask again.")]
    site.finds = lambda question: (
        refused.pop() if refused and question == lookup.SeriesAsked("mia", 72) else finds(question)
    )
    try:
        page.find_element(By.CSS_SELECTOR, '[data-hours="72"]').click()
        waiting(page).until(lambda b: any("Another question" in text for text in texts(b, ".method")))
        waiting(page).until(lambda b: b.find_elements(By.CSS_SELECTOR, ".plot canvas"))
    finally:
        site.finds = finds


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_axe_finds_nothing_on_any_page(page, site, scheme):
    theme(page, scheme)
    for path in PAGES:
        page.get(site.url + path)
        assert violations(page) == [], path
    site.speaks.now = {"alarms": [seizure(), silent_sensor()], "pauses": [wire.Paused("Paused until 02:54", "mia")]}
    for path in ("/", "/bedside?light=1", "/bedside?light=3"):
        page.get(site.url + path)
        waiting(page).until(lambda b: texts(b, ".urgent h1"))
        page.execute_script("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert violations(page) == [], path


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_axe_finds_nothing_on_the_check_up_that_the_footer_leads_to(page, site, scheme):
    theme(page, scheme)
    site.speaks.now = {"caregivers": {"anna": wire.Caregiver("Anna", Role.OWNER)}, "minded": 2}
    page.get(site.url + "/")
    waiting(page).until(lambda b: texts(b, "#foot a")).pop()
    page.execute_script("document.querySelector('#foot a').click()")  # in one look: the part may be swapped
    waiting(page).until(lambda b: texts(b, "dl.records dt"))
    assert texts(page, "dl.records dt")[0] == "FAIL · Power supply"
    assert violations(page) == []


@pytest.mark.parametrize("zoom", [1.0, 2.0])
def test_everything_is_reached_by_a_thumb_also_at_twice_the_size(page, site, zoom):
    site.speaks.now = {"alarms": [seizure(), silent_sensor()]}
    sized(page, seen.PHONE, zoom)
    for path in PAGES:
        page.get(site.url + path)
        page.execute_script("document.querySelectorAll('details').forEach(each => each.open = true)")
        small = page.execute_script(SMALL, TAPPED)
        assert small == [], path
        assert page.execute_script("return document.documentElement.scrollWidth <= innerWidth"), f"{path} is cut off"


def test_a_dose_is_one_tap_and_stands_there_to_be_set_right(page, site):
    # Pressed once the driver has returned: it waits for the next page, which comes only with the hub's answer below.
    find = "[...document.querySelectorAll('section.log button')].find(b => b.textContent.trim() === 'Ibuprofen 5 ml')"
    page.execute_script(f"setTimeout(() => {find}.click(), 500);")
    asked = site.said()
    assert (asked.verb, '"drug":"Ibuprofen"' in asked.body) == ("dose", True)
    site.send(wire.Answer(asked.number, ok=True, reason="written down: 02:14 Ibuprofen 5 ml", entry="mia-dose-1"))
    waiting(page).until(lambda b: "written down: 02:14 Ibuprofen 5 ml" in texts(b, ".what"))
    assert {"Change the time", "Take it back"} <= set(texts(page, "button"))


def test_at_the_bed_the_number_fills_the_screen_on_black(page, site):
    for size in (seen.PHONE, seen.TABLET):
        sized(page, size)
        page.get(f"{site.url}/bedside")
        waiting(page).until(lambda b: texts(b, ".number") == ["38.4"])
        look = page.execute_script(
            "const number = document.querySelector('.number'); const range = document.createRange();"
            "range.selectNodeContents(number); const drawn = range.getBoundingClientRect();"
            "return {width: drawn.width / innerWidth, right: drawn.right <= innerWidth, height: drawn.height,"
            "black: getComputedStyle(document.documentElement).backgroundColor}"
        )
        assert look["black"] == "rgb(0, 0, 0)"
        assert look["right"]
        assert look["width"] > 0.45
        # Two metres: a digit of 2 degrees, 70 mm, is far more than the 0.3 that reading takes; 96 px are 25 mm.
        assert look["height"] >= 96
