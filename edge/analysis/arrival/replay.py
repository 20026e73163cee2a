"""Is a frame new, the same again, or an old one that somebody plays back? By the number that its format carries. Pure.

Only a number beyond the highest of its line is new. A sensor with a new battery starts again near zero, and so does a
recording of its first minutes: such a second line is believed once the first has been silent for longer than usual and
the second has continued, with frames that were never received before. So a replayed frame never passes; a recording
that was not received here passes at most once, and only while the sensor itself is silent. If the first line continues
after all, it is the true one.

Numbers of 8 bits wrap around within minutes: after a silence long enough for that they prove nothing.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from edge.model.language import N_
from edge.model.reading import Serial

NEAR_ZERO = 100
"""What a restarted sensor may have counted before it is received (as bthome-ble has it)."""
SLACK = 32
"""Numbers that may be skipped whatever the time: adverts get lost, and a button on the sensor counts too."""
FASTER = 4.0
"""How much faster than in its last steps a sensor may count."""
STEPS = 4
"""Last steps from which its pace is known."""
QUIET_GAPS = 2.0
QUIET_S = 60.0
"""How long a line has been silent before another is believed: twice its longest of the last gaps, or a minute where
none is known."""
REFUSED_S = 600.0
MOST_REFUSED = 16
"""A frame that was refused stays so for a while, also when a number that wraps passes by it."""
MOST_ACCEPTED = 4096
"""Frames that are remembered: a day and more of one in 30 s. What is older may pass once, as a restart."""
MOST_PARTS = 8
"""Frames that may share a number: a measurement that does not fit into one advert is spread over some."""
CONSTANT = 4
"""So many different frames under a number that never went on: it is no counter, and says nothing."""


class Verdict(StrEnum):
    NEW = "new"
    REPEATED = "repeated"
    OLD = N_("older than a frame that was heard before: a late copy, or one that somebody plays back")
    NEVER_ENDING = N_("one frame again and again, with the same number: it has stopped measuring")
    SENT_AGAIN = N_("its gateway sends the last value again, with the same time or number: that is no measurement")
    PAST = N_("its gateway sends a value whose own time is long past")
    GATEWAY_GONE = N_("its gateway says that it is offline")
    AT_CONNECT = N_("its gateway has just come back and sends what it remembers")
    NEVER_CHANGING = N_("its gateway has sent the same text for half an hour: no sensor may be behind it any more")


@dataclass(frozen=True, slots=True)
class Other:
    """A line beside the first, which may be the sensor after a restart. since_s: monotonic, of its first frame."""

    number: int
    since_s: float
    at_s: float


@dataclass(frozen=True, slots=True)
class FrameLine:
    """What is remembered of one sensor's numbers. Times are monotonic seconds.

    number: the newest, None before the first frame. at_s: when it came first. parts: digests of the frames with it.
    steps: (numbers, seconds) of the last steps. other: what may be a restart. left: the number at which the line before
    a restart ended. accepted: digests of frames taken, oldest first. refused: (digest, when) of those refused lately.
    """

    number: int | None = None
    at_s: float = 0.0
    parts: tuple[int, ...] = ()
    steps: tuple[tuple[int, float], ...] = ()
    other: Other | None = None
    left: int | None = None
    accepted: tuple[int, ...] = ()
    refused: tuple[tuple[int, float], ...] = ()

    @property
    def longest_gap_s(self) -> float | None:
        """The longest of the last times between two new numbers; None while it has not gone on."""
        return max((seconds for _, seconds in self.steps), default=None)


def judge_frame(line: FrameLine, serial: Serial, digest: int, now_s: float) -> tuple[FrameLine, Verdict]:
    """What to make of a frame with this number. digest: of all its bytes; a nonce is its own."""
    digest = digest if serial.bits else serial.number
    if line.number is None:
        return _taken(line, serial, digest, now_s), Verdict.NEW
    if serial.number == line.number:
        return _same(line, digest, now_s)
    if not serial.bits:
        # A nonce has no order: it is old if it was received before.
        known = digest in line.accepted
        return (line, Verdict.OLD) if known else (_taken(line, serial, digest, now_s), Verdict.NEW)
    if _goes_on(line, line.number, serial, now_s) and not _lately(line, digest, now_s):
        return _taken(line, serial, digest, now_s), Verdict.NEW
    if line.left is not None and _goes_on(line, line.left, serial, now_s):
        after = _taken(replace(line, number=line.left), serial, digest, now_s)
        return replace(after, left=None, refused=_with(line, line.parts, now_s)), Verdict.NEW
    if _restarted(line, serial, digest, now_s):
        left = line.number if _is_back(line.number, serial) else None
        return replace(_taken(line, serial, digest, now_s), left=left, refused=()), Verdict.NEW
    return _refuse(line, serial, digest, now_s), Verdict.OLD


def _taken(line: FrameLine, serial: Serial, digest: int, now_s: float) -> FrameLine:
    steps = line.steps
    # A step back is a restart, which says nothing of the pace.
    if line.number is not None and not (serial.bits and _is_back(line.number, serial)):
        steps = (*steps, (_ahead(line.number, serial), max(1.0, now_s - line.at_s)))[-STEPS:]
    remembers = serial.bits == 0 or serial.bits >= 32
    return replace(
        line,
        number=serial.number,
        at_s=now_s,
        parts=(digest,),
        steps=steps,
        other=None,
        accepted=(*line.accepted, digest)[-MOST_ACCEPTED:] if remembers else (),
    )


def _same(line: FrameLine, digest: int, now_s: float) -> tuple[FrameLine, Verdict]:
    if not line.steps and len(line.parts) >= CONSTANT:
        return line, Verdict.NEW
    if digest in line.parts:
        return line, Verdict.REPEATED
    if _lately(line, digest, now_s):
        return line, Verdict.OLD
    return replace(line, parts=(*line.parts, digest)[-MOST_PARTS:]), Verdict.NEW


def _ahead(number: int, serial: Serial) -> int:
    """How many numbers after `number` this one is, around the end of the counter."""
    return (serial.number - number) % (1 << serial.bits) if serial.bits else 1


def _is_back(number: int, serial: Serial) -> bool:
    return _ahead(number, serial) >= 1 << serial.bits - 1


def _reach(line: FrameLine, now_s: float) -> float:
    """The most numbers that a sensor at its pace may have counted since the newest."""
    pace_hz = max((count / seconds for count, seconds in line.steps), default=0.0)
    return SLACK + FASTER * pace_hz * (now_s - line.at_s)


def _goes_on(line: FrameLine, number: int, serial: Serial, now_s: float) -> bool:
    """Whether this is a later number of the line that ended with `number`, as far as can be told."""
    half = 1 << serial.bits - 1
    ahead = _ahead(number, serial)
    if not line.steps:
        return ahead < half  # its pace is not known yet
    reach = _reach(line, now_s)
    if reach >= half:
        return serial.bits < 32 or ahead < half
    return ahead <= reach


def _restarted(line: FrameLine, serial: Serial, digest: int, now_s: float) -> bool:
    """Whether this is the second or a later frame of a sensor that counts anew."""
    other = line.other
    if other is None or digest in line.accepted or other.since_s <= line.at_s:
        return False
    longest_s = line.longest_gap_s
    if now_s - line.at_s < (QUIET_S if longest_s is None else QUIET_GAPS * longest_s):
        return False
    on = (serial.number - other.number) % (1 << serial.bits)
    return 0 < on <= _reach(replace(line, at_s=other.at_s), now_s)


def _refuse(line: FrameLine, serial: Serial, digest: int, now_s: float) -> FrameLine:
    assert line.number is not None
    other = line.other
    back = _is_back(line.number, serial)
    fresh = digest not in line.accepted
    # What went back far less than to zero has not restarted. Since it was received it may have done so, and counted on.
    may_be_one = fresh and (not back or serial.bits < 32 or serial.number <= NEAR_ZERO + _reach(line, now_s))
    if may_be_one and (other is None or other.number != serial.number):
        other = Other(serial.number, now_s, now_s) if other is None else Other(serial.number, other.since_s, now_s)
    return replace(line, other=other, refused=_with(line, (digest,), now_s))


def _lately(line: FrameLine, digest: int, now_s: float) -> bool:
    return any(digest == known and now_s - at_s <= REFUSED_S for known, at_s in line.refused)


def _with(line: FrameLine, digests: tuple[int, ...], now_s: float) -> tuple[tuple[int, float], ...]:
    kept = tuple(item for item in line.refused if item[0] not in digests)
    return (*kept, *((digest, now_s) for digest in digests))[-MOST_REFUSED:]
