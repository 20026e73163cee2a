"""What passes between the hub and the process of the page: JSON, one value a line, over two pipes.

The hub says what is shown, answers commands and tells what lies on its disk; the page sends commands and questions,
and says that it lives. Every text in here is ready to be read by a caregiver. Moments are seconds: `_mono_s` on the
hub's steady clock, `_wall_s` since 1970.
"""

from typing import Literal

import msgspec

from edge.model.people import Role
from edge.web.lookup import Found, Question
from edge.web.reader import Reader
from edge.web.setup_wire import Setup

MOST_LINE_BYTES = 1 << 20
"""Longest line either side reads: far more than a family's state has."""

Shown = Literal["live", "settling", "approximate", "not_worn", "stale", "never"]
"""What a number is worth. Only the first three have digits."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A thermometer of a child, as it is shown.

    device: what it is called. place: where it measures. shown: what the number is worth; words: the same in words.
    text: the number with its unit, empty where it has no digits. trend: where it is going, in words.
    measured_mono_s: when it was measured, None if never. stale_after_s: age at which the digits go. last: the last
    number that had digits, with its time; empty if there is none.
    """

    device: str
    place: str
    shown: Shown
    words: str
    text: str = ""
    trend: str = ""
    measured_mono_s: float | None = None
    stale_after_s: float
    last: str = ""


class Choice(msgspec.Struct, frozen=True):
    """A button: the verb, what it is called, and what is said beside the verb.

    in_the_house: only who is in the house can say it. seldom: it stands behind "More answers".
    """

    verb: str
    label: str
    fields: dict[str, str | int | bool] = {}
    in_the_house: bool = False
    seldom: bool = False


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm that stands.

    id: of the episode. person: of whom, empty for the hub's own. technical: which lane. level: `high`, `medium`, `low`;
    word: the level in words. text, guidance: what it is and what to do. onset_wall_s: since when; None once its cause
    is over. rings: whether nobody has answered it. choices: what can be answered. asks: whether it is an episode of
    movement, about which there are questions.
    """

    id: str
    person: str
    technical: bool
    level: Literal["high", "medium", "low"]
    word: str
    text: str
    guidance: str
    onset_wall_s: float | None
    rings: bool
    choices: list[Choice]
    asks: bool = False


class Favourite(msgspec.Struct, frozen=True):
    """A medicine of the family's plan, as one tap writes it down. label: with its amount."""

    drug: str
    label: str


class Child(msgspec.Struct, frozen=True, kw_only=True):
    """level: `ok`, `low`, `medium` or `high`, the worst that stands; state: the same in words.

    doses: the last dose of each medicine and the next by the plan. unwatched: each sensor that does not watch, and why.
    ambulance: the number of the care plan, empty if there is none. rescue: its rescue medicine, empty if there is none.
    favourites: the medicines of the plan. illness: since when she is ill, and what was seen of it, in words; empty if
    nobody said so. proposes_illness: she has a fever, and nobody has said that she is ill.
    """

    id: str
    name: str
    level: Literal["ok", "low", "medium", "high"]
    state: str
    readings: list[Reading]
    doses: list[str]
    unwatched: list[str]
    ambulance: str = ""
    rescue: str = ""
    favourites: list[Favourite] = []
    illness: list[str] = []
    proposes_illness: bool = False


class Rung(msgspec.Struct, frozen=True):
    """A caregiver whose phone may ring. channels: how many ways there are to it. proof: the last test, in words.

    proven: whether a test was answered lately. waits: whether one was sent and not answered.
    """

    caregiver: str
    name: str
    channels: int
    proof: str
    proven: bool
    waits: bool


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """Whether this hub would wake anybody. room: the last test of its sounder, in words.

    watched: each sensor in words. unwatched: those that do not watch now, and why. moving: whether there is one for
    movement. order: who is told. drill: what became of the last drill, in words. drill_due: whether one is due;
    drill_runs: whether one is being played.
    """

    phones: list[Rung] = []
    room: str = ""
    room_proven: bool = False
    watched: list[str] = []
    unwatched: list[str] = []
    moving: bool = False
    order: list[str] = []
    drill: list[str] = []
    drill_due: bool = False
    drill_runs: bool = False


class Bedtime(msgspec.Struct, frozen=True, kw_only=True):
    """The bedtime check, in words. good: whether nothing is to be minded. lines: each sentence, and whether it is good,
    what is not first. uncovered: what no check can promise.
    """

    good: bool = False
    headline: str = ""
    lines: list[tuple[bool, str]] = []
    uncovered: list[str] = []


class Caregiver(msgspec.Struct, frozen=True):
    """Who may look, and whether as more than a viewer. reader: how they read.

    until_s: when that ends by itself, wall seconds. language, unit: of messages. by_hand: where somebody stands who was
    written by hand, and so is not changed here; empty for others. version: another text after every change.
    """

    name: str
    role: Role
    reader: Reader = Reader()
    until_s: float | None = None
    language: str = ""
    unit: str = "celsius"
    by_hand: str = ""
    version: str = ""


class Paused(msgspec.Struct, frozen=True):
    """A pause with its end, in words. device: empty for all sensors of the person."""

    text: str
    person: str
    device: str = ""


class Offer(msgspec.Struct, frozen=True):
    """Somebody was asked to take the watch. to: id of who was asked. text: to everybody else; question: to who was."""

    to: str
    text: str
    question: str


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, tag="snapshot"):
    """All that the page shows, for one kind of reader. There is one for each kind that the family has.

    reader: whose words these are. hub: its name. mono_s, wall_s: its clocks.
    children, alarms: what there is, and what stands. watch: who is on watch,
    in words; on_watch: the id, empty for everyone. offer: to take it over. pauses: of the watch. caregivers: by id.
    foot: since when it watches, and whether the hub and phones are well. demo: whether the child is simulated.
    readiness: whether anybody would be woken. bedtime: whether the night would be watched. minded: how many parts of
    the check-up are not well.
    """

    reader: Reader = Reader()
    hub: str
    mono_s: float
    wall_s: float
    children: list[Child]
    alarms: list[Standing]
    watch: str
    on_watch: str = ""
    offer: Offer | None = None
    pauses: list[Paused]
    caregivers: dict[str, Caregiver]
    foot: str = ""
    demo: bool = False
    readiness: Readiness = Readiness()
    bedtime: Bedtime = Bedtime()
    minded: int = 0


class Answer(msgspec.Struct, frozen=True, tag="answer"):
    """What became of the command of that number. entry: id of what it wrote down, empty if it wrote nothing."""

    number: int
    ok: bool
    reason: str
    entry: str = ""


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """Something that lies on the hub's disk, told in the words of `reader`. The page asks one question at a time."""

    number: int
    question: Question
    reader: Reader = Reader()


class Told(msgspec.Struct, frozen=True, tag="told"):
    """The answer to the question of that number."""

    number: int
    found: Found


class Catalogue(msgspec.Struct, frozen=True):
    """A language: its texts by the English ones, and what stands before the tenths. As `edge.model.language.Language`.

    whole: whether nothing is left in English, so that it is offered to a phone of which nothing is known.
    """

    texts: dict[str, str]
    decimal: str
    whole: bool


class Begin(msgspec.Struct, frozen=True, tag="begin"):
    """The first line. phones: the folder of the phones that were let in.

    listening: the file descriptor of a socket that listens already, None to open one. setup: whether it is a first run.
    languages: by their codes, beside English.
    tls_port: where it is encrypted, 0 for nowhere; certificate: the file of certificate and key, which may be replaced
    while it is served. ingress_port: for Home Assistant alone, which asks from `ingress_from`; 0 for nowhere.
    authority: the certificate that phones need to trust it, in DER, and its fingerprint.
    """

    host: str
    port: int
    phones: str
    listening: int | None = None
    setup: bool = False
    languages: dict[str, Catalogue] = {}
    tls_port: int = 0
    certificate: str = ""
    authority: bytes = b""
    fingerprint: str = ""
    ingress_port: int = 0
    ingress_from: str = ""


class Say(msgspec.Struct, frozen=True, tag="say"):
    """A command of a caregiver. body: as it came, JSON. local: whether it surely came from inside the house.

    reader: in whose words it is answered in a first run, where nobody is set up yet.
    """

    number: int
    caregiver: str
    verb: str
    body: str
    local: bool
    reader: Reader = Reader()


class Lives(msgspec.Struct, frozen=True, tag="lives"):
    """The page serves. Sent every few seconds by the loop that answers phones."""


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The page cannot serve, and why, in one sentence."""

    why: str


FromHub = Begin | Snapshot | Setup | Answer | Told
FromPage = Say | Ask | Lives | Failed


def line(value: FromHub | FromPage) -> bytes:
    """The value as one line. Never a line end within: JSON escapes it."""
    return msgspec.json.encode(value) + b"\n"
