"""The caregivers' page as its own process, with a hub that a test plays; and a phone that speaks HTTP to it."""

import contextlib
import itertools
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import requests
from requests.adapters import HTTPAdapter

from edge.host.authority import Authority
from edge.model.people import Role
from edge.web import lookup, wire
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
        "favourites": [wire.Favourite("Ibuprofen", "Ibuprofen 5 ml")],
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
        "on_watch": "anna",
        "pauses": [],
        "bedtime": wire.Bedtime(good=True, headline="Good night", lines=[(True, "Anna is on watch")]),
        "foot": "Watching since 19:02 · hub OK · phones can be reached · 2 of 2 phones proven",
        "caregivers": {
            "anna": wire.Caregiver("Anna", Role.CAREGIVER),
            "tom": wire.Caregiver("Tom", Role.CAREGIVER),
            "opa": wire.Caregiver("Opa", Role.VIEWER),
        },
    }
    return wire.Snapshot(**(known | changes))  # type: ignore[arg-type]


class _FromAddress(HTTPAdapter):
    """Connects from that address."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: object, **how: object) -> None:
        super().init_poolmanager(*args, source_address=(self._address, 0), **how)  # type: ignore[no-untyped-call]


_numbers = itertools.count()


def apart() -> requests.Session:
    """From a loopback address of its own, as each phone of a family has one: the page's limits are by address."""
    session = requests.Session()
    session.mount("http://", _FromAddress(f"127.0.1.{1 + next(_numbers) % 250}"))
    return session


@dataclass
class Phone:
    """A browser as far as HTTP goes: it keeps its cookie, and says where a form comes from.

    session: from an address of its own, by default.
    """

    url: str
    session: requests.Session = field(default_factory=apart)

    def get(self, path: str, **how: object) -> requests.Response:
        return self.session.get(f"{self.url}{path}", timeout=10, **how)  # type: ignore[arg-type]

    def post(self, path: str, origin: str | None = "", **how: object) -> requests.Response:
        """origin: the page's own by default; None says nothing of it."""
        headers = {} if origin is None else {"origin": origin or self.url}
        return self.session.post(f"{self.url}{path}", headers=headers, timeout=10, **how)  # type: ignore[arg-type]

    def enter(self, code: str) -> requests.Response:
        return self.post("/enter", data={"code": code})


def series(**changes: object) -> lookup.Series:
    """Six hours: a fever that rises, a gap of 40 min, two doses, a restless sleep."""
    start_s = NOW_WALL_S - 6 * 3600.0
    minutes = [n for n in range(360) if not 200 <= n < 240]
    celsius = {n: 37.0 + 1.6 * n / 360 + 0.05 * (n % 3) for n in minutes}
    gap = [lookup.Point(220 * 60, None)]
    trend = [lookup.Point(n * 60, round(celsius[n], 2)) for n in minutes]
    states = ["asleep"] * 150 + ["restless"] * 40 + ["asleep"] * 100 + ["up"] * 30 + ["restless"] * 40
    moved = {"asleep": 0.005, "restless": 0.08, "up": 0.6}
    known: dict[str, object] = {
        "start_s": start_s,
        "end_s": NOW_WALL_S,
        "ticks": [lookup.Mark(at_s=n * 3600, text=f"{(20 + n) % 24:02}:00") for n in range(6)],
        "lines": [
            lookup.Line(
                name="armpit, patch",
                raw=[lookup.Point(n * 60, round(celsius[n] + 0.1 * (n % 5 - 2), 2)) for n in minutes],
                trend=trend[:200] + gap + trend[200:],
            )
        ],
        "strips": [
            lookup.Strip(
                name="left ankle, ankle",
                moved=[moved[state] * (0.5 + (n * 7 % 10) / 10) for n, state in enumerate(states)],
                sleep=list(states),
            )
        ],
        "piece_s": 60,
        "limits": [
            lookup.Limit(celsius=37.5, text="limit 37.5"),
            lookup.Limit(celsius=39.0, text="high 39.0"),
        ],
        "doses": [
            lookup.Mark(at_s=7500, text="Ibuprofen 5 ml 22:05"),
            lookup.Mark(at_s=21000, text="Paracetamol 01:50"),
        ],
        "method": "Dots: each reading. Line: the median of 1 min. A gap is a gap.",
        "summary": "37.0 °C to 38.7 °C, 40 min without readings, 2 doses",
        "rows": [
            lookup.Row(
                hour=f"{(25 - n) % 24:02}:00",
                lowest="37.0 °C",
                median="37.4 °C",
                highest="38.0 °C",
                sleep="asleep 50 min",
                doses="",
                missing="",
            )
            for n in range(6)
        ],
    }
    return lookup.Series(**(known | changes))  # type: ignore[arg-type]


@dataclass
class PageProcess:
    """`python -m edge.web` and the test as its hub.

    finds: what it answers to a question; None: nothing, and never. answers: what it answers to a command at once; None:
    the test does, with what `said` gives it. tls_port: where it is encrypted, 0 for nowhere.
    """

    process: "subprocess.Popen[bytes]"
    url: str
    phones: Phones
    finds: Callable[[lookup.Question], lookup.Found | None] = lambda _question: series()
    answers: Callable[[wire.Say], wire.Answer] | None = None
    asked: list[lookup.Question] = field(default_factory=list)
    tls_port: int = 0
    heard: "queue.Queue[wire.Say | wire.Failed]" = field(default_factory=queue.Queue)
    _one: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._listening = threading.Thread(target=self._listen)
        self._listening.start()

    @property
    def secret(self) -> str:
        """Its address with encryption."""
        return f"https://127.0.0.1:{self.tls_port}"

    def end(self) -> None:
        """Kill it, and let go of its pipes."""
        self.process.kill()
        self.process.wait(10)
        self._listening.join(10)
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(BrokenPipeError):
                if pipe is not None:
                    pipe.close()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for text in self.process.stdout:
            match msgspec.json.decode(text, type=wire.FromPage):
                case wire.Ask(number=number, question=question):
                    self.asked.append(question)
                    found = self.finds(question)
                    if found is not None:
                        with contextlib.suppress(OSError, ValueError):  # it is over
                            self.send(wire.Told(number, found))
                case wire.Lives():
                    pass
                case wire.Say() as said if self.answers is not None:
                    self.send(self.answers(said))
                case said:
                    self.heard.put(said)

    def show(self, shown: wire.Snapshot | None = None) -> None:
        self.send(shown or snapshot())

    def send(self, value: wire.FromHub) -> None:
        assert self.process.stdin is not None
        with self._one:
            self.process.stdin.write(wire.line(value))
            self.process.stdin.flush()

    def said(self) -> wire.Say | wire.Failed:
        """The next command that the page hands over, or why it cannot serve. Raises queue.Empty."""
        return self.heard.get(timeout=20)

    def phone(self, caregiver: str = "") -> Phone:
        """A phone; let in as that caregiver."""
        made = Phone(self.url)
        if caregiver:
            assert made.enter(self.phones.invite(caregiver, time.time())).status_code == 200
        return made


@contextlib.contextmanager
def begun(
    folder: Path,
    port: int,
    *,
    setup: bool = False,
    languages: Mapping[str, wire.Catalogue] | None = None,
    authority: Authority | None = None,
    ingress_port: int = 0,
    ingress_from: str = "127.0.0.1",
) -> Iterator[PageProcess]:
    """It was told where to listen. setup: as in a first run. languages: beside English. authority: of TLS.

    ingress_port, ingress_from: where the Supervisor asks, and who is taken for it.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "edge.web"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=clean_environment(),
        cwd=ROOT,
    )
    made = PageProcess(process, f"http://127.0.0.1:{port}", Phones(folder / "phones"))
    begin = wire.Begin("127.0.0.1", port, str(folder / "phones"), setup=setup, languages=dict(languages or {}))
    begin = msgspec.structs.replace(begin, ingress_port=ingress_port, ingress_from=ingress_from)
    if authority is not None:
        made.tls_port = free_port()
        begin = msgspec.structs.replace(
            begin,
            tls_port=made.tls_port,
            certificate=str(authority.page),
            authority=authority.certificate(),
            fingerprint=authority.fingerprint(),
        )
    try:
        made.send(begin)
        yield made
    finally:
        made.end()


@contextlib.contextmanager
def page_process(
    folder: Path, shown: wire.Snapshot | None = None, languages: Mapping[str, wire.Catalogue] | None = None
) -> Iterator[PageProcess]:
    """It listens, and has one snapshot."""
    with begun(folder, free_port(), languages=languages) as made:
        made.show(shown)
        until_up(made.url)
        yield made


@contextlib.contextmanager
def encrypted_page(folder: Path, authority: Authority) -> Iterator[PageProcess]:
    """It listens with and without encryption, and has one snapshot."""
    with begun(folder, free_port(), authority=authority) as made:
        made.show()
        until_up(made.url)
        yield made


def until_up(url: str, timeout_s: float = 30.0) -> None:
    """Until something answers there. Raises AssertionError."""
    deadline_s = time.monotonic() + timeout_s
    while time.monotonic() < deadline_s:
        with contextlib.suppress(requests.ConnectionError, requests.Timeout):
            requests.get(f"{url}/static/icon.svg", timeout=5)
            return
        time.sleep(0.05)
    raise AssertionError(f"nothing answers at {url}")
