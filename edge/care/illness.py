"""An illness that stands: which it is, what is seen of it, and when it is over by itself.

Moments are wall seconds, since an illness outlasts every start of the hub.

While one stands the hub asks and rings more, never less, so a mistake in here costs attention and silences nothing. It
ends by a caregiver's word, or by a reading without fever so many days after the last fever; silence of the thermometers
alone ends it only after a fortnight.
"""

from collections.abc import Iterable
from dataclasses import replace

from edge.model.care import Course, Entry, Illness

DAY_S = 86_400.0
UNMEASURED_S = 14 * DAY_S
"""Nobody measures any more: the mode would otherwise ask for ever."""
ASK_S = 4 * 3600.0
"""By day, caregivers are asked to measure when nothing was measured for so long. A choice; no source names a number."""
TOLD_LATE_S = 3600.0
"""The plan has allowed the next dose for so long: after a longer time off nobody is told any more."""
LONG_DAYS = 5
"""A fever of so many days belongs in front of a doctor (NICE NG143)."""
ONE_EPISODE_S = 300.0
"""Onsets nearer than this are of one cluster."""
MOST_EPISODES = 50
KEEP_S = 900.0
"""How old may be what a restart remembers of the last fever and the last reading."""


def standing(entries: Iterable[Entry], person: str) -> Entry | None:
    """The illness of that child that is not over; the newest, should there be two."""
    found = None
    for entry in entries:
        if entry.person == person and isinstance(entry.what, Illness) and not entry.withdrawn:
            found = entry if entry.what.ended_s is None else found
    return found


def seen(course: Course, level_c: float | None, now_s: float, *, fever: bool) -> Course:
    """After a look at the thermometers.

    level_c: a valid level of now, None without one. fever: whether one stands, which an alarm does also while nobody
    measures: then nothing is known of now.
    """
    if level_c is None:
        return course
    course = replace(course, measured_s=now_s, fever_s=now_s if fever else course.fever_s)
    higher = course.peak_c is None or level_c > course.peak_c
    return replace(course, peak_c=round(level_c, 2), peak_s=now_s) if higher else course


def with_episode(course: Course, onset_s: float, *, false_alarm: bool) -> Course:
    """An episode of seizure-like movement is open; it counts until somebody calls it a false alarm."""
    others = tuple(at_s for at_s in course.episodes if abs(at_s - onset_s) >= ONE_EPISODE_S)
    known = len(others) < len(course.episodes)
    if false_alarm:
        return replace(course, episodes=others) if known else course
    return course if known else replace(course, episodes=(*others, onset_s)[-MOST_EPISODES:])


def over(entry: Entry, course: Course, days: int, now_s: float) -> bool:
    """Whether it has ended by itself. days: without fever, of the configuration."""
    quiet_s = max(entry.happened_s, entry.entered_s, course.fever_s or 0.0)
    unmeasured = course.measured_s is None or course.measured_s < quiet_s + days * DAY_S
    return now_s >= quiet_s + (UNMEASURED_S if unmeasured else days * DAY_S)


def measurement_is_due(entry: Entry, course: Course, now_s: float) -> bool:
    """Whether nobody has measured for so long that the caregivers are asked."""
    last_s = max(entry.happened_s, course.measured_s or 0.0, course.asked_s or 0.0)
    return now_s - last_s >= ASK_S


def days(entry: Entry, now_s: float) -> int:
    """The how manyth day it is, from 1."""
    return int(max(now_s - entry.happened_s, 0.0) // DAY_S) + 1


def worth_keeping(before: Course | None, after: Course) -> bool:
    """Whether a restart must know of the change: of the moments alone that go on with each reading, now and then."""

    def coarse(course: Course) -> Course:
        return replace(course, peak_s=None, fever_s=_piece(course.fever_s), measured_s=_piece(course.measured_s))

    return before is None or coarse(before) != coarse(after)


def _piece(at_s: float | None) -> float | None:
    return None if at_s is None else at_s // KEEP_S


def closed(what: Illness, course: Course | None, ended_s: float) -> Illness:
    """The content with its end, and with what was seen of it, if anything was."""
    if course is None:
        return replace(what, ended_s=ended_s)
    return Illness(what.diagnosis, ended_s, course.peak_c, course.peak_s, len(course.episodes))
