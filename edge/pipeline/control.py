"""The positive control of each movement sensor: when it is due, what it says, how much of the night was listened to."""

import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from edge.analysis import motion
from edge.analysis.motion import Recent
from edge.model.alarm import Condition
from edge.model.effect import Note
from edge.model.event import MotionReceived
from edge.model.evidence import UnjudgedEvidence
from edge.model.language import N_
from edge.model.moment import Now
from edge.model.sign import Sign

EVERY_S, AGAIN_S = 300.0, 120.0
"""From check to check, and after one that failed. An alarm needs two in a row, so it comes within these 7 minutes."""
SOON_S = 60.0
"""After a change of the sensor, so that what is played again is all from after it; also the least between two."""
STAGGER_S = 40
"""The first checks of several sensors lie apart by their names, by up to so many seconds."""
FAILED, LIVELY_S = 2, 1800.0
"""Checks that fail in a row before a fault is an alarm, and how long it takes where only her own movement is the
reason: she is awake then, and often in somebody's arms."""
NO_RHYTHM = N_("it measures too seldom to show jerks")
NIGHT_S, PART_S = 12 * 3600.0, 1800.0
"""The share that was listened to is of the last 12 hours, kept in parts of half an hour."""


@dataclass(frozen=True, slots=True)
class Control:
    """What is remembered of one sensor's checks. Times are monotonic seconds.

    recent: its last minute of samples; None before the first.
    due_s: when the next check is due.
    checked_s: when the last was; None before the first.
    why: why the last one failed; empty: it did not.
    faulty: whether it was for a fault.
    failed, failing_s: how many failed in a row, and when the first of them did.
    listened: seconds covered by checks that succeeded, by the number of their part of `PART_S`; of `NIGHT_S` at most.
    """

    recent: Recent | None = None
    due_s: float = math.inf
    checked_s: float | None = None
    why: str = ""
    faulty: bool = False
    failed: int = 0
    failing_s: float = 0.0
    listened: Mapping[int, float] | None = None

    def share(self, now_s: float) -> float | None:
        """Of the time since it was first seen, of 12 hours at most, how much was listened to; None: not known yet."""
        if self.recent is None or self.checked_s is None:
            return None
        # What the next check will tell of is not known yet, unless that is overdue.
        until_s = self.checked_s if now_s - self.checked_s <= EVERY_S + SOON_S else now_s
        begin_s = max(self.recent.first_s, until_s - NIGHT_S)
        listened_s = sum((self.listened or {}).values())
        return min(1.0, listened_s / max(until_s - begin_s, 1.0))


def remember(control: Control, device: str, packet: MotionReceived, now: Now) -> Control:
    """After a packet of samples."""
    arrival_s = np.full(len(packet.t_s), now.mono_s) if packet.arrival_s is None else packet.arrival_s
    before, recent = control.recent, motion.take(control.recent, packet.t_s, packet.values, arrival_s)
    if before is None:
        due_s = recent.since_s + SOON_S + zlib.crc32(device.encode()) % STAGGER_S
    elif recent.changed_s > before.changed_s:
        due_s = min(control.due_s, recent.changed_s + SOON_S)
    else:
        return replace(control, recent=recent)
    return replace(control, recent=recent, due_s=due_s)


def is_due(control: Control, now_s: float) -> bool:
    """Whether to check now: of a sensor that is silent nothing can be said, which `no_data` says."""
    recent = control.recent
    if recent is None or now_s < control.due_s or now_s - recent.end_s >= motion.SPAN_S:
        return False
    apart = control.checked_s is None or now_s - control.checked_s >= SOON_S
    return apart and now_s - recent.since_s >= SOON_S


def checked(control: Control, state: motion.MotionState, device: str, now_s: float) -> tuple[Control, tuple[Note, ...]]:
    """Check now; the journal keeps when the answer becomes another."""
    assert control.recent is not None
    found = motion.check(state, control.recent, now_s)
    well = found.after_s is not None
    listened = _listened(control, now_s) if well else control.listened
    after = replace(
        control,
        due_s=now_s + (EVERY_S if well else AGAIN_S),
        checked_s=now_s,
        why=found.why,
        faulty=found.faulty,
        failed=0 if well else control.failed + 1,
        failing_s=control.failing_s if control.failed else now_s,
        listened=listened,
    )
    first = control.checked_s is None
    if found.why == control.why and not (first and well):
        return after, ()
    said = f"a convulsion would ring after {found.after_s:.0f} s" if found.after_s is not None else found.why
    return after, (Note(f"control of {device}", said),)


def _listened(control: Control, now_s: float) -> Mapping[int, float]:
    """With the time since the last check, or since the sensor came."""
    recent = control.recent
    since_s = now_s if recent is None else recent.since_s
    begin_s = since_s if control.checked_s is None else max(since_s, control.checked_s)
    covered_s = min(now_s - begin_s, EVERY_S + SOON_S)
    part = int(now_s // PART_S)
    kept = {each: s for each, s in (control.listened or {}).items() if each > part - NIGHT_S / PART_S}
    return {**kept, part: kept.get(part, 0.0) + covered_s}


def sign(control: Control, now_s: float) -> Sign | None:
    """`cannot_judge` once it lasts, and its end with a check that succeeds; None: nothing to say."""
    if control.checked_s is None or (control.why and not _lasts(control)):
        return None
    why = control.why
    return blind(why, now_s, control.failing_s) if why else Sign(Condition.CANNOT_JUDGE, "", False, now_s)


def blind(why: str, now_s: float, since_s: float) -> Sign:
    """`cannot_judge` of a movement sensor."""
    return Sign(
        Condition.CANNOT_JUDGE, "", True, now_s, since_s, evidence=UnjudgedEvidence(why=why, unseen="convulsion")
    )


def _lasts(control: Control) -> bool:
    since_s = (control.checked_s or 0.0) - control.failing_s
    return control.failed >= FAILED and (control.faulty or since_s >= LIVELY_S)
