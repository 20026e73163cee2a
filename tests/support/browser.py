"""A real Chromium, what a person reads in it, and axe-core, which `tools/setup.sh servers` has fetched."""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, TypeVar

from selenium import webdriver
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.support.page import NOW_WALL_S, PageProcess, snapshot

AXE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "feverhub-tools" / "axe" / "axe.min.js"
PHONE, TABLET = (390, 844), (1024, 768)


@contextlib.contextmanager
def chromium(*, script: bool = True, home: Path | None = None) -> Iterator[webdriver.Chrome]:
    """Headless, as large as a phone. Its log is kept: the page must not want what its policy forbids.

    script: whether it runs JavaScript. home: where it finds the authorities that it trusts beside its own.
    """
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--accept-lang=en-GB",
    ):
        options.add_argument(flag)
    if not script:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    known = None if home is None else {**os.environ, "HOME": str(home)}
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver", env=known))
    driver.set_page_load_timeout(20)
    try:
        sized(driver, PHONE)
        yield driver
    finally:
        driver.quit()


def sized(browser: webdriver.Chrome, size: tuple[int, int], zoom: float = 1.0) -> None:
    """zoom: of the page; 2.0 leaves half the width for its letters (WCAG 1.4.4)."""
    width, height = size
    metrics = {"width": round(width / zoom), "height": round(height / zoom), "deviceScaleFactor": zoom, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def picture(browser: webdriver.Chrome, name: str) -> None:
    """The whole page at the width of a phone, into the folder SCREENS; nothing without one."""
    if folder := os.environ.get("SCREENS", ""):
        for _ in range(2):  # the width of a phone changes the height
            height = browser.execute_script("return document.body.scrollHeight + 24")
            sized(browser, (PHONE[0], max(PHONE[1], height)))
        browser.save_screenshot(str(Path(folder) / f"{name}.png"))
        sized(browser, PHONE)


def theme(browser: webdriver.Chrome, name: str) -> None:
    """`dark` or `light`, as the system would say."""
    features = [{"name": "prefers-color-scheme", "value": name}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


Seen = TypeVar("Seen")


class Waiting(WebDriverWait[webdriver.Chrome]):
    """Says what stood there when it waited for nothing, and what the browser logged."""

    def until(self, method: Callable[[webdriver.Chrome], Literal[False] | Seen], message: str = "") -> Seen:
        try:
            return super().until(method, message)
        except TimeoutException as error:
            there = self._driver.execute_script("return `${location.href}\n${document.body?.innerText}`")
            logged = [each["message"] for each in self._driver.get_log("browser")]
            raise AssertionError(f"{message or 'waited in vain'}\n{there}\n{logged}") from error


def waiting(browser: webdriver.Chrome, seconds: float = 20) -> Waiting:
    return Waiting(browser, seconds, poll_frequency=0.1)


def texts(browser: webdriver.Chrome, css: str) -> list[str]:
    """What a person reads there, in one look: a part may be swapped between two."""
    script = "return [...document.querySelectorAll(arguments[0])].map(each => each.innerText.trim())"
    return [" ".join(each.split()) for each in browser.execute_script(script, css)]


def enter(browser: webdriver.Chrome, made: PageProcess, caregiver: str = "anna") -> None:
    """Let this browser in, by the button."""
    browser.get(f"{made.url}/enter?code={made.phones.invite(caregiver, time.time())}")
    browser.find_element(By.CSS_SELECTOR, "button").click()
    waiting(browser).until(lambda b: texts(b, ".number"))


def violations(browser: webdriver.Chrome) -> list[str]:
    """What axe-core finds on the page as it is now: each rule with the elements."""
    if not AXE.exists():
        raise RuntimeError(f"{AXE} is not there: tools/setup.sh servers fetches it")
    if not browser.execute_script("return !!window.axe"):
        browser.execute_script(AXE.read_text("utf-8"))
    script = "const done = arguments[0]; axe.run(document).then(found => done(found.violations))"
    found: list[dict[str, Any]] = browser.execute_async_script(script)
    return [f"{each['id']}: {[node['html'][:120] for node in each['nodes']]}" for each in found]


class Speaking:
    """The hub says its newest snapshot four times a second, with its clocks. now: what differs from a quiet night.

    silent: whether it has fallen silent.
    """

    def __init__(self, made: PageProcess) -> None:
        self._made, self._over = made, threading.Event()
        self.now: dict[str, object] = {}
        self.silent = False

    def __enter__(self) -> "Speaking":
        self._thread = threading.Thread(target=self._speak)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _speak(self) -> None:
        begun_s = time.monotonic()
        while not self._over.wait(0.25):
            passed_s = time.monotonic() - begun_s
            if not self.silent:
                known: dict[str, object] = {"mono_s": 1000.0 + passed_s, "wall_s": NOW_WALL_S + passed_s}
                self._made.show(snapshot(**(known | self.now)))
