"""The page in a real browser: the number, an alarm that comes and is answered by a button, a hub that is lost."""

import os
import re
import threading
import time
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from edge.web import wire
from tests.support.page import child, page_process, reading, seizure, silent_sensor, snapshot

pytestmark = [pytest.mark.system, pytest.mark.enable_socket, pytest.mark.timeout(240)]
SCREENS = os.environ.get("SCREENS", "")
"""A folder that gets a picture of each state; none is taken without."""


@pytest.fixture(scope="module")
def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=390,844"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    yield driver
    driver.quit()


@pytest.fixture
def site(tmp_path, browser):
    with page_process(tmp_path) as made:
        browser.get(f"{made.url}/enter?code={made.phones.invite('anna', time.time())}")
        browser.find_element(By.CSS_SELECTOR, "button").click()
        waiting(browser).until(lambda b: texts(b, ".number"))
        with speaking(made):
            yield made


class speaking:  # noqa: N801  a block of a test, in which the hub goes on speaking
    """The hub says its newest snapshot every half second, as the real one does, with its clocks."""

    def __init__(self, made):
        self._made, self._over, self.silent = made, threading.Event(), False
        made.now = {}
        made.speaks = self

    def __enter__(self):
        self._thread = threading.Thread(target=self._speak)
        self._thread.start()

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _speak(self):
        begun_s = time.monotonic()
        while not self._over.wait(0.25):
            passed_s = time.monotonic() - begun_s
            if not self.silent:
                self._made.show(snapshot(mono_s=1000.0 + passed_s, wall_s=1_790_000_000.0 + passed_s, **self._made.now))


def waiting(browser, seconds=20):
    return WebDriverWait(browser, seconds, poll_frequency=0.1)


def texts(browser, css):
    """What a person reads there, in one look: a part may be swapped between two."""
    script = "return [...document.querySelectorAll(arguments[0])].map(each => each.innerText.trim())"
    return [" ".join(each.split()) for each in browser.execute_script(script, css)]


def picture(browser, name):
    if SCREENS:
        browser.save_screenshot(str(Path(SCREENS) / f"{name}.png"))


def dark(browser, *, on):
    features = [{"name": "prefers-color-scheme", "value": "dark" if on else "light"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def test_a_night_on_the_phone(browser, site):
    """One scenario, since a browser is slow to start: quiet, an alarm, the answer, a lost hub, and its return."""
    assert texts(browser, ".number") == ["38.4 °C"]
    size = "return parseFloat(getComputedStyle(document.querySelector('.number')).fontSize)"
    assert browser.execute_script(size) >= 96
    waiting(browser).until(lambda b: re.fullmatch(r"1\d s ago", texts(b, ".age")[0]))
    first = texts(browser, ".age")
    waiting(browser).until(lambda b: texts(b, ".age") != first)  # it counts by itself
    assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth"), "nothing is cut off"
    for on, name in ((True, "quiet-dark"), (False, "quiet-light")):
        dark(browser, on=on)
        picture(browser, name)
    dark(browser, on=True)

    site.now = {"alarms": [seizure(), silent_sensor()], "children": [child(level="high", state="ALARM")]}
    waiting(browser).until(lambda b: texts(b, ".urgent h1"))
    assert "seizure-like rhythmic movement" in texts(browser, ".urgent .what")[0]
    assert "Lay her on her side" in texts(browser, ".urgent .guidance")[0]
    count = texts(browser, ".urgent .count")
    assert re.fullmatch(r"1:\d\d", count[0])
    waiting(browser).until(lambda b: texts(b, ".urgent .count") != count)
    assert "seizure-like" in browser.find_element(By.ID, "alert").get_attribute("textContent")
    assert browser.find_element(By.CSS_SELECTOR, ".urgent .call").get_attribute("href") == "tel:112"
    heights = "return [...document.querySelectorAll('button, summary, .call')].map(each => each.offsetHeight)"
    assert min(browser.execute_script(heights)) >= 44
    for on, name in ((True, "alarm-dark"), (False, "alarm-light")):
        dark(browser, on=on)
        picture(browser, name)
    dark(browser, on=True)

    browser.find_element(By.XPATH, "//section[@class='urgent']//button[.=\"I'm coming\"]").click()
    asked = site.said()
    assert (asked.caregiver, asked.verb, asked.body) == ("anna", "acknowledge", '{"alarm":"mia-seizure-1"}')
    site.now = {"alarms": [seizure(rings=False, text="Mia: seizure-like movement. Anna is coming"), silent_sensor()]}
    site.send(wire.Answer(asked.number, ok=True, reason="the others are told"))
    waiting(browser).until(lambda b: not b.find_elements(By.CSS_SELECTOR, ".urgent"))
    waiting(browser).until(lambda b: texts(b, "#said") == ["I'm coming: the others are told"])
    assert "Anna is coming" in " ".join(texts(browser, "#child .what"))
    assert "nothing heard from ankle" in " ".join(texts(browser, "#hub .what"))
    picture(browser, "answered-dark")

    site.speaks.silent = True
    waiting(browser, 30).until(lambda b: b.find_element(By.ID, "lost").is_displayed())
    assert texts(browser, "#lost") == ["This page lost the hub"]
    assert texts(browser, ".number") == ["–.–"]
    assert not browser.find_element(By.CSS_SELECTOR, ".state").is_displayed(), "nobody knows that it watches"
    picture(browser, "lost-dark")
    site.now = {}
    site.speaks.silent = False
    waiting(browser, 30).until(lambda b: texts(b, ".number") == ["38.4 °C"])
    assert not browser.find_element(By.ID, "lost").is_displayed()

    site.now = {"children": [child(readings=[reading(stale_after_s=20.0)])]}  # it grows old while the hub lives
    waiting(browser, 30).until(lambda b: texts(b, ".number") == ["–.–"])
    assert texts(browser, ".last") == ["last 38.4 °C at 02:31"]
    blocked = [each["message"] for each in browser.get_log("browser") if "Content Security Policy" in each["message"]]
    assert blocked == []
