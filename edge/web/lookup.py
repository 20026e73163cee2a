"""What the page asks of the hub's disk, and what it finds there: a curve, a day, why an alarm rang, why it is quiet.

Every text in here is ready to be read by a caregiver. Moments are seconds: `_wall_s` since 1970.
"""

from typing import Literal

import msgspec

HOURS = (6, 24, 72)
"""How far back a curve may go."""


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


class RecordsAsked(msgspec.Struct, frozen=True, tag="records_asked"):
    """Every illness and vaccination that was written down."""


REPORT_DAYS = (1, 3, 7, 30)
"""Over how many days the doctor's report may go."""


class ReportAsked(msgspec.Struct, frozen=True, tag="report_asked"):
    """The doctor's report of the last `days`, one of REPORT_DAYS. caregiver: who asks, by id."""

    person: str
    days: int
    form: Literal["html", "pdf"]
    caregiver: str


class DoctorAsked(msgspec.Struct, frozen=True, tag="doctor_asked"):
    """Whether the hub and what it rests on are well."""


OnDisk = SeriesAsked | DayAsked | WhyAsked | QuietAsked | RecordsAsked
Question = OnDisk | ReportAsked | DoctorAsked


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


class RecordsOf(msgspec.Struct, frozen=True):
    """A child's, the newest first. items: when, and what, in words."""

    name: str
    items: list[tuple[str, str]]


class Records(msgspec.Struct, frozen=True, tag="records"):
    """Of each child that is set up."""

    children: list[RecordsOf]


class Report(msgspec.Struct, frozen=True, kw_only=True, tag="report"):
    """A report, made or being made. done: 0 to 1. path: where it lies, empty until then. name: to save it by."""

    done: float
    path: str
    name: str


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the check-up. subject, sentence: what it is, and how it is. todo: what to do, empty for nothing."""

    level: Literal["OK", "WARN", "FAIL"]
    subject: str
    sentence: str
    todo: str = ""


class Doctor(msgspec.Struct, frozen=True, tag="doctor"):
    """The check-up, what is not well first; empty before the first look."""

    checks: list[Checked]


class Nothing(msgspec.Struct, frozen=True, tag="nothing"):
    """No answer, and why, in one sentence."""

    why: str


Found = Series | Day | Why | Quiet | Records | Report | Doctor | Nothing
