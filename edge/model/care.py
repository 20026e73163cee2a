"""What caregivers add to the journal.

An entry is never changed: an edit is a new version with who and when, the earlier one stays on disk, and an entry that
was a mistake is withdrawn by a version that says so.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from edge.model.people import Site

HAND = "hand_"
"""What caregivers read by hand is kept under device ids that begin so; no sensor may be called that."""


def hand_device(person: str, site: str) -> str:
    """The id under which a child's readings by hand at one site are kept: at most 32 characters, as every id."""
    name = person if len(person) <= 18 else f"{person[:9]}-{zlib.crc32(person.encode()):08x}"
    return f"{HAND}{name}_{site}"


@dataclass(frozen=True, slots=True)
class Dose:
    """A medicine that was given. medicine: its name in the family's plan, empty if it is not there.

    amount: None if nobody said it. rescue: whether it was the rescue medicine of a seizure.
    """

    drug: str
    amount: float | None = None
    unit: str = ""
    reason: str = ""
    rescue: bool = False
    medicine: str = ""


class Stage(StrEnum):
    """Which part of an episode somebody tells of."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Symptoms:
    """What somebody saw. None and empty: nobody said.

    stage: before, during or after the episode. wetting, crying, absence: whether the child wetted itself, cried, seemed
    away. regular: whether the jerks came evenly. eyes: what they did. colour: such as pale, or blue lips. side: of the
    body, or all of it. parts: which of them took part. film: where the film lies. text: in the caregiver's own words.
    episode: id of the alarm that it belongs to, empty if unknown.
    """

    stage: Stage
    wetting: bool | None = None
    crying: bool | None = None
    absence: bool | None = None
    eyes: str = ""
    colour: str = ""
    side: str = ""
    film: str = ""
    text: str = ""
    episode: str = ""
    regular: bool | None = None
    parts: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    text: str


@dataclass(frozen=True, slots=True)
class Drink:
    """Something that she drank. ml: None if nobody said how much. text: what it was."""

    ml: float | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class ManualReading:
    """A temperature taken by hand, in degrees Celsius as read. method: which thermometer, and how."""

    celsius: float
    site: Site
    method: str = ""


@dataclass(frozen=True, slots=True)
class Illness:
    """An illness, begun at the entry's `happened_s`. While it stands, the hub is more attentive, and never less.

    diagnosis: in the caregiver's words. ended_s: wall seconds, None while it stands. peak_c, peak_s: the highest level
    that the hub saw, in degrees Celsius at its site, and when (wall seconds); episodes: of seizure-like movement. These
    three are written down when it ends.
    """

    diagnosis: str = ""
    ended_s: float | None = None
    peak_c: float | None = None
    peak_s: float | None = None
    episodes: int | None = None


@dataclass(frozen=True, slots=True)
class Vaccination:
    """name: in the words of who wrote it down."""

    name: str


What = Dose | Symptoms | Remark | ManualReading | Drink | Illness | Vaccination

KINDS: Mapping[str, type[What]] = {
    "dose": Dose,
    "symptoms": Symptoms,
    "remark": Remark,
    "temperature": ManualReading,
    "drink": Drink,
    "illness": Illness,
    "vaccination": Vaccination,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of one entry.

    id, version: the entry, and which of its versions, from 1. person: the child's id. what: the content. withdrawn:
    whether this version takes the entry back. request_id: of the command that made it, empty if it had none. author:
    the caregiver who made the entry. caregiver: who wrote this version, at entered_s. happened_s: when it took place.
    All times are wall seconds. reply: what the hub answered. against_plan: in which way a dose departs from the
    family's plan, empty if it does not. next_s: from when on the plan allows the next one. unjournalled: published from
    memory, since the journal could not be written.
    """

    id: str
    version: int
    person: str
    what: What
    happened_s: float
    author: str
    caregiver: str
    entered_s: float
    withdrawn: bool = False
    request_id: str = ""
    reply: str = ""
    against_plan: str = ""
    next_s: float | None = None
    unjournalled: bool = False

    @property
    def kind(self) -> str:
        return kind_of(type(self.what))


@dataclass(frozen=True, slots=True)
class Course:
    """What the hub has seen of an illness that stands. Wall seconds; None: not yet.

    fever_s: when a fever was last there. measured_s: when a valid level was last known. peak_c, peak_s: the highest
    level, and when. episodes: onsets of seizure-like movement that nobody called a false alarm. asked_s: when
    caregivers were last asked to measure. reminded_s: by medicine of the plan, the moment of the next dose that was
    told.
    """

    fever_s: float | None = None
    measured_s: float | None = None
    peak_c: float | None = None
    peak_s: float | None = None
    episodes: tuple[float, ...] = ()
    asked_s: float | None = None
    reminded_s: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """In which way one dose departs from the plan.

    close: the dose it is too close to, None if none.
    count: doses of this medicine in the fullest 24 hours that it lies in. too_many, too_much: more than the plan has.
    """

    close: Entry | None
    count: int
    too_many: bool
    too_much: bool

    @property
    def against_plan(self) -> bool:
        return self.close is not None or self.too_many or self.too_much


def kind_of(type_: type[What]) -> str:
    """The word of a kind of entry in payloads and on disk."""
    return next(word for word, known in KINDS.items() if known is type_)
