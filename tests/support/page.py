"""The caregivers' page as its own process, with a hub that a test plays; and a phone that speaks HTTP to it."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import requests

from edge.model.people import Role
from edge.web import wire
from edge.web.phones import Phones
from tests.support.homes import ROOT, clean_environment
from tests.support.servers import free_port

NOW_WALL_S = 1_790_000_000.0
FIRST_AID = "Go to her now. Lay her on her side."


def reading(**changes: object) -> wire.Reading:
    known: dict[str, object] = {
        "device": "patch",
        "place": "armpit",
        "shown": "live",
        "words": "",
        "text": "38.4 °C",
        "trend": "↑ rising 0.4 in 30 min",
        "measured_mono_s": 988.0,
        "stale_after_s": 600.0,
        "last": "last 38.4 °C at 02:31",
    }
    return wire.Reading(**(known | changes))  # type: ignore[arg-type]


def child(**changes: object) -> wire.Child:
    known: dict[str, object] = {
        "id": "mia",
        "name": "Mia",
        "level": "ok",
        "state": "Watching",
        "readings": [reading()],
        "doses": ["Ibuprofen 5 ml 22:10, next by your plan from 04:10"],
        "unwatched": [],
        "ambulance": "112",
        "rescue": "Diazepam",
    }
    return wire.Child(**(known | changes))  # type: ignore[arg-type]


def seizure(**changes: object) -> wire.Standing:
    known: dict[str, object] = {
        "id": "mia-seizure-1",
        "person": "mia",
        "technical": False,
        "level": "high",
        "word": "ALARM",
        "text": "Mia: seizure-like rhythmic movement, since 02:14",
        "guidance": FIRST_AID,
        "onset_wall_s": NOW_WALL_S - 75.0,
        "rings": True,
        "choices": [
            wire.Choice("acknowledge", "I'm coming"),
            wire.Choice("with_her", "I'm with her", in_the_house=True),
            wire.Choice("snooze", "Quiet for 30 min", {"minutes": 30}),
            wire.Choice("snooze", "Quiet for 15 min", {"minutes": 15}, seldom=True),
            wire.Choice("snooze", "Quiet for 60 min", {"minutes": 60}, seldom=True),
        ],
        "asks": True,
    }
    return wire.Standing(**(known | changes))  # type: ignore[arg-type]


def silent_sensor(**changes: object) -> wire.Standing:
    known: dict[str, object] = {
        "id": "mia-no_data-2",
        "technical": True,
        "level": "medium",
        "word": "Not watching",
        "text": "Not watching Mia: nothing heard from ankle, since 02:20",
        "guidance": "Look at her, then check the sensor.",
        "choices": [wire.Choice("acknowledge", "I'm coming")],
        "asks": False,
    }
    return seizure(**(known | changes))


def snapshot(**changes: object) -> wire.Snapshot:
    """A quiet night of one child. Anna is a caregiver, Opa looks on."""
    known: dict[str, object] = {
        "hub": "cot",
        "mono_s": 1000.0,
        "wall_s": NOW_WALL_S,
        "children": [child()],
        "alarms": [],
        "watch": "Anna is on watch since 22:00",
        "pauses": [],
        "caregivers": {
            "anna": wire.Caregiver("Anna", Role.CAREGIVER),
            "opa": wire.Caregiver("Opa", Role.VIEWER),
        },
    }
    return wire.Snapshot(**(known | changes))  # type: ignore[arg-type]


@dataclass
class Phone:
    """A browser as far as HTTP goes: it keeps its cookie, and says where a form comes from."""

    url: str
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str, **how: object) -> requests.Response:
        return self.session.get(f"{self.url}{path}", timeout=10, **how)  # type: ignore[arg-type]

    def post(self, path: str, origin: str | None = "", **how: object) -> requests.Response:
        """origin: the page's own by default; None says nothing of it."""
        headers = {} if origin is None else {"origin": origin or self.url}
        return self.session.post(f"{self.url}{path}", headers=headers, timeout=10, **how)  # type: ignore[arg-type]

    def enter(self, code: str) -> requests.Response:
        return self.post("/enter", data={"code": code})


@dataclass
class PageProcess:
    """`python -m edge.web` and the test as its hub."""

    process: "subprocess.Popen[bytes]"
    url: str
    phones: Phones

    def show(self, shown: wire.Snapshot | None = None) -> None:
        self.send(shown or snapshot())

    def send(self, value: wire.FromHub) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(wire.line(value))
        self.process.stdin.flush()

    def said(self) -> wire.Say | wire.Failed:
        """What the page sends next, but that it lives."""
        assert self.process.stdout is not None
        while text := self.process.stdout.readline():
            value = msgspec.json.decode(text, type=wire.FromPage)
            if not isinstance(value, wire.Lives):
                return value
        raise EOFError("the page ended")

    def phone(self, caregiver: str = "") -> Phone:
        """A phone; let in as that caregiver."""
        made = Phone(self.url)
        if caregiver:
            assert made.enter(self.phones.invite(caregiver, time.time())).status_code == 200
        return made


@contextlib.contextmanager
def begun(folder: Path, port: int) -> Iterator[PageProcess]:
    """It was told where to listen."""
    process = subprocess.Popen(
        [sys.executable, "-m", "edge.web"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=clean_environment(),
        cwd=ROOT,
    )
    made = PageProcess(process, f"http://127.0.0.1:{port}", Phones(folder / "phones"))
    try:
        made.send(wire.Begin("127.0.0.1", port, str(folder / "phones")))
        yield made
    finally:
        process.kill()
        process.communicate(timeout=10)


@contextlib.contextmanager
def page_process(folder: Path, shown: wire.Snapshot | None = None) -> Iterator[PageProcess]:
    """It listens, and has one snapshot."""
    with begun(folder, free_port()) as made:
        made.show(shown)
        until_up(made.url)
        yield made


def until_up(url: str, timeout_s: float = 30.0) -> None:
    """Until something answers there. Raises AssertionError."""
    deadline_s = time.monotonic() + timeout_s
    while time.monotonic() < deadline_s:
        with contextlib.suppress(requests.ConnectionError):
            requests.get(f"{url}/static/icon.svg", timeout=5)
            return
        time.sleep(0.05)
    raise AssertionError(f"nothing answers at {url}")
