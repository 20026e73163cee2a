"""`make screens`: a picture of each state of the page, from a real browser, for docs/screens."""

import argparse
import io
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from edge.model.people import Role
from edge.web import wire
from tests.support import page_german
from tests.support.browser import PHONE, TABLET, Speaking, chromium, enter, sized, texts, theme, waiting
from tests.support.page import PageProcess, child, page_process, reading, seizure, silent_sensor
from tests.support.page_answers import finds

HEARD_S = 0.6
"""Until the page's process has heard what is shown now, which is said four times a second."""
COLOURS = 96
"""Of a picture: letters and lines need no more, and all pictures together stay under a megabyte."""
RINGS: Mapping[str, object] = {
    "alarms": [seizure(), silent_sensor()],
    "children": [child(level="high", state="ALARM")],
}
OFFERED: Mapping[str, object] = {
    "offer": wire.Offer("anna", "", "Tom asks you to take the watch"),
    "pauses": [wire.Paused("Watching Mia is paused until 02:54", "mia")],
    "on_watch": "tom",
    "watch": "Tom is on watch since 22:00",
}
ILL: Mapping[str, object] = {
    "children": [
        child(
            illness=[
                "ill since Sat 14:10, day 2: throat infection",
                "highest 39.2 °C (Sat 23:40)",
                "last fever 02:31",
                "doses: Ibuprofen 5 ml Sat 16:05, Ibuprofen 5 ml 22:10",
            ]
        )
    ],
    "readiness": wire.Readiness(drill_due=True, drill=["no drill was played yet"]),
}
NIGHT: Mapping[str, object] = {
    "bedtime": wire.Bedtime(
        headline="NOT ready for the night, mind 2 of these",
        lines=[
            (False, "ankle of Mia is heard, but its battery has 12 %: charge it first"),
            (False, "Tom: the phone last answered a test 41 days ago: test it again"),
            (True, "patch of Mia is on and heard, battery 80 %"),
            (True, "Anna is on watch"),
            (True, "Anna: the phone answered a test 3 days ago, after 6 s"),
            (True, "the sounder played its test 3 days ago"),
        ],
        uncovered=[
            "A weak or purely stiff convulsion, and one of a limb without a sensor, can be missed.",
            "A phone that is off, without a network, or whose app was removed does not ring.",
        ],
    )
}
OWNED = {"caregivers": {"anna": wire.Caregiver("Anna", Role.OWNER)}, "minded": 2}
# One evening: a page that does not move shows what the one before it has waited for.
EVENING = ILL | NIGHT
STALE = child(
    level="medium",
    state="Not watching",
    readings=[reading(shown="stale", text="", trend="", words="no current value")],
    unwatched=["patch: nothing heard"],
)


@dataclass(frozen=True, slots=True)
class State:
    """One picture. seen: what has to be on the page before it is taken, as a CSS selector."""

    name: str
    path: str = "/"
    now: Mapping[str, object] = field(default_factory=dict)
    scheme: str = "dark"
    size: tuple[int, int] = PHONE
    seen: str = "main"
    whole: bool = False
    lost: bool = False
    german: bool = False


def states() -> Iterator[State]:
    for scheme in ("dark", "light"):
        yield State(f"quiet-phone-{scheme}", scheme=scheme, seen=".plot canvas", whole=True)
        yield State(f"quiet-tablet-{scheme}", scheme=scheme, seen=".plot canvas", size=TABLET)
        yield State(f"alarm-phone-{scheme}", now=RINGS, scheme=scheme, seen=".urgent")
        yield State(f"alarm-tablet-{scheme}", now=RINGS, scheme=scheme, seen=".urgent", size=TABLET)
    answered = {"alarms": [seizure(rings=False, text="Mia: seizure-like movement. Anna is coming"), silent_sensor()]}
    yield State("answered-phone-dark", now=answered, seen="#lanes .alarm")
    yield State("stale-phone-dark", now={"children": [STALE], "alarms": [silent_sensor()]}, seen=".stale")
    yield State("hand-over-phone-light", now=OFFERED, seen=".offer", scheme="light")
    yield State("symptoms-phone-light", path="/log?what=symptoms&stage=during", scheme="light", whole=True)
    yield State("temperature-phone-dark", path="/log?what=temperature")
    yield State("timeline-phone-dark", path="/timeline")
    yield State("why-phone-light", path="/why?alarm=mia-seizure-1", scheme="light", whole=True)
    yield State("quiet-why-phone-dark", path="/quiet")
    yield State("table-phone-light", path="/curve?person=mia&hours=6", scheme="light")
    yield State("illness-phone-dark", now=EVENING, seen=".illness", whole=True)
    yield State("good-night-phone-dark", path="/good-night", now=EVENING, seen=".night-check li", whole=True)
    yield State("records-phone-light", path="/records", scheme="light")
    yield State("check-up-phone-light", path="/doctor", now=OWNED, scheme="light", seen="dl.records", whole=True)
    yield State("certificate-phone-light", path="/certificate", scheme="light", whole=True)
    yield State("bedside-phone", path="/bedside", seen=".first")
    yield State("bedside-tablet", path="/bedside?light=1", size=TABLET, seen=".first")
    yield State("bedside-alarm-phone", path="/bedside", now=RINGS, seen=".urgent")
    for name, path, now in (
        ("quiet", "/", page_german.night()),
        ("alarm", "/", page_german.night(alarm=True)),
        ("symptoms", "/log?what=symptoms&stage=during", page_german.night()),
    ):
        yield State(f"german-{name}-phone-light", path, now, "light", whole=name != "alarm", german=True)
    yield State("lost-phone-dark", seen="#lost:not([hidden])", lost=True)


def main() -> None:
    """Take them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as kept,
        page_process(Path(kept), languages=page_german.CATALOGUES) as made,
        chromium() as browser,
        Speaking(made) as hub,
    ):
        enter(browser, made)
        for state in states():
            (folder / f"{state.name}.png").write_bytes(_picture(browser, made, hub, state))
    print(f"{sum(file.stat().st_size for file in folder.glob('*.png')) // 1024} kB in {folder}")


def _picture(browser: Chrome, made: PageProcess, hub: Speaking, state: State) -> bytes:
    hub.now, hub.silent = dict(state.now), False
    made.finds = page_german.finds if state.german else finds
    sized(browser, state.size)
    theme(browser, state.scheme)
    time.sleep(HEARD_S)
    browser.get(f"{made.url}{state.path}")
    if state.lost:
        waiting(browser).until(lambda b: texts(b, ".number") == ["38.4 °C"])
        hub.silent = True
    waiting(browser, 30).until(lambda b: b.find_elements(By.CSS_SELECTOR, state.seen))
    if state.whole:
        height = browser.execute_script("return document.documentElement.scrollHeight")
        sized(browser, (state.size[0], height))
    browser.execute_async_script("setTimeout(arguments[0], 700)")  # what was swapped is painted
    picture = Image.open(io.BytesIO(browser.get_screenshot_as_png())).convert("RGB")
    small = io.BytesIO()
    picture.quantize(COLOURS).save(small, "PNG", optimize=True)
    return small.getvalue()


if __name__ == "__main__":
    main()
