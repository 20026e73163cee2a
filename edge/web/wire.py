"""What passes between the hub and the process of the page: JSON, one value a line, over two pipes.

The hub says what is shown, answers commands and tells what lies on its disk; the page sends commands and questions,
and says that it lives. Every text in here is ready to be read by a caregiver. Moments are seconds: `_mono_s` on the
hub's steady clock, `_wall_s` since 1970.
"""

from typing import Literal

import msgspec

from edge.model.people import Role
from edge.web.setup_wire import Setup

MOST_LINE_BYTES = 1 << 20
"""Longest line either side reads: far more than a family's state has."""

HOURS = (6, 24, 72)
"""How far back a curve may go."""

Shown = Literal["live", "settling", "approximate", "not_worn", "stale", "never"]
"""What a number is worth. Only the first three have digits."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A thermometer of a child, as it is shown.

    device: its id. place: where it measures, in words. shown: what the number is worth; words: the same in words.
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
    favourites: the medicines of the plan.
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
    movement. order: who is told.
    """

    phones: list[Rung] = []
    room: str = ""
    room_proven: bool = False
    watched: list[str] = []
    unwatched: list[str] = []
    moving: bool = False
    order: list[str] = []


class Caregiver(msgspec.Struct, frozen=True):
    """Who may look, and whether as more than a viewer."""

    name: str
    role: Role


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
    """All that the page shows.

    hub: its name. mono_s, wall_s: its clocks. children, alarms: what there is, and what stands. watch: who is on watch,
    in words; on_watch: the id, empty for everyone. offer: to take it over. pauses: of the watch. caregivers: by id.
    foot: since when it watches, and whether the hub and phones are well. demo: whether the child is simulated.
    readiness: whether anybody would be woken.
    """

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


class Answer(msgspec.Struct, frozen=True, tag="answer"):
    """What became of the command of that number. entry: id of what it wrote down, empty if it wrote nothing."""

    number: int
    ok: bool
    reason: str
    entry: str = ""


class SeriesAsked(msgspec.Struct, frozen=True, tag="series_asked"):
    """What a child's sensors measured in the last `hours`, one of HOURS."""

    person: str
    hours: int


class DayAsked(msgspec.Struct, frozen=True, tag="day_asked"):
    """What happened on a day of the family's calendar. day: as 2026-03-14; empty for today."""

    day: str = ""


class WhyAsked(msgspec.Struct, frozen=True, tag="why_asked"):
    """Why an alarm rang, and what became of it. alarm: id of the episode."""

    alarm: str


class QuietAsked(msgspec.Struct, frozen=True, tag="quiet_asked"):
    """Why it is quiet now."""


Question = SeriesAsked | DayAsked | WhyAsked | QuietAsked


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """Something that lies on the hub's disk. The page asks one question at a time."""

    number: int
    question: Question


class Point(msgspec.Struct, frozen=True, array_like=True):
    """A temperature. at_s: since `Series.start_s`. celsius: None ends a line: what follows is not joined to it."""

    at_s: int
    celsius: float | None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One thermometer. name: in words. raw: its readings, at most 1,000, the extremes kept. trend: their median."""

    name: str
    raw: list[Point]
    trend: list[Point]


class Strip(msgspec.Struct, frozen=True, kw_only=True):
    """One movement sensor, in pieces of `Series.piece_s`. name: in words.

    moved: 0 to 1, the share of each piece that was movement. sleep: `asleep`, `restless` or `up`. Both None where
    nothing was measured.
    """

    name: str
    moved: list[float | None]
    sleep: list[str | None]


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A moment with a text. at_s: since `Series.start_s`."""

    at_s: int
    text: str


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    celsius: float
    text: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """An hour in words, for who does not see the curve. Empty: there was none."""

    hour: str
    lowest: str
    median: str
    highest: str
    sleep: str
    doses: str
    missing: str


class Series(msgspec.Struct, frozen=True, kw_only=True, tag="series"):
    """A curve. start_s, end_s: wall seconds. ticks: where the axis has a word, on the family's clock.

    lines, strips, limits, doses: what is drawn. piece_s: the length of a piece of a strip. method: what the line is.
    summary: the same in a sentence. rows: the same by the hour, newest first.
    """

    start_s: float
    end_s: float
    ticks: list[Mark]
    lines: list[Line]
    strips: list[Strip]
    piece_s: int
    limits: list[Limit]
    doses: list[Mark]
    method: str
    summary: str
    rows: list[Row]


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened. at: on the family's clock. kind: what, for its sign. alarm: id, empty if it is none."""

    at: str
    kind: Literal["high", "medium", "low", "answer", "over", "dose", "note", "watch"]
    text: str
    alarm: str = ""


class Day(msgspec.Struct, frozen=True, kw_only=True, tag="day"):
    """A day, newest first. title: the day in words. before, after: the days beside it, as in DayAsked; empty: none.

    left_out: how many items found no room.
    """

    title: str
    before: str
    after: str
    items: list[Item]
    left_out: int = 0


class Fate(msgspec.Struct, frozen=True, kw_only=True):
    """A message, when it was sent or not, to whom, and what became of it."""

    at: str
    to: str
    text: str
    fate: str


class Why(msgspec.Struct, frozen=True, kw_only=True, tag="why"):
    """title: the alarm in words. evidence: what it rests on. steps: each change. messages: each with its fate.

    written: what caregivers wrote about it. asks: whether there are questions about it. person: whose it is.
    """

    title: str
    evidence: list[str]
    steps: list[Item]
    messages: list[Fate]
    written: list[Item]
    asks: bool
    person: str


class Quiet(msgspec.Struct, frozen=True, kw_only=True, tag="quiet"):
    """sensors: whether each watches. below: what was seen and does not ring. silenced: what is quiet, and until when.

    All in sentences.
    """

    sensors: list[str]
    below: list[str]
    silenced: list[str]


class Nothing(msgspec.Struct, frozen=True, tag="nothing"):
    """No answer, and why, in one sentence."""

    why: str


Found = Series | Day | Why | Quiet | Nothing


class Told(msgspec.Struct, frozen=True, tag="told"):
    """The answer to the question of that number."""

    number: int
    found: Found


class Begin(msgspec.Struct, frozen=True, tag="begin"):
    """The first line. phones: the folder of the phones that were let in.

    listening: the file descriptor of a socket that listens already, None to open one. setup: whether it is a first run.
    """

    host: str
    port: int
    phones: str
    listening: int | None = None
    setup: bool = False


class Say(msgspec.Struct, frozen=True, tag="say"):
    """A command of a caregiver. body: as it came, JSON. local: whether it surely came from inside the house."""

    number: int
    caregiver: str
    verb: str
    body: str
    local: bool


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
