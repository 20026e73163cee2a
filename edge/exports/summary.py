"""What the doctor's page says, ready to be shown: numbers with their unit, moments in the family's time."""

from collections.abc import Mapping
from dataclasses import dataclass

from edge.model.reading import Array


@dataclass(frozen=True, slots=True)
class Answer:
    """A question that a pediatrician asks of one episode, and the answer. known: False where nobody can tell."""

    question: str
    text: str
    known: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """The samples of one sensor around an episode. t_s: (n,) seconds from its onset; g: (n,) magnitude.

    label: below the drawing. title: for who does not see it.
    """

    label: str
    title: str
    t_s: Array
    g: Array


@dataclass(frozen=True, slots=True, eq=False)
class Episode:
    """One cluster of bouts. when: its onset in words. onset_s: wall seconds. length_s: None while it is not known."""

    number: int
    when: str
    onset_s: float
    length_s: float | None
    false_alarm: bool
    answers: tuple[Answer, ...]
    movement: tuple[Movement, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One thermometer. name: its site and id. t_s, celsius: (n,), valid readings by time; NaN in both is a gap."""

    name: str
    t_s: Array
    celsius: Array
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Dose:
    """One line of the table of medicines, in words; `at_s` wall seconds for the curve."""

    at_s: float
    when: str
    what: str
    by: str
    before: str
    lowest: str
    note: str


@dataclass(frozen=True, slots=True)
class Note:
    """Anything else that a caregiver wrote down, or an alarm that is no episode of movement."""

    when: str
    text: str
    by: str


@dataclass(frozen=True, slots=True, eq=False)
class Summary:
    """One page about one child.

    language: its code. decimal: the sign before the tenths. labels: the words of the frame, by `wording.LABELS`.
    title: whose. period: from when to when.
    sensors: each sensor, where it was worn, and what is known of its accuracy.
    figures: the figures of the first lines, each as (what, value, remark).
    limits_c: lines drawn in the curve. start_s, end_s: its span, wall seconds. days: each midnight with its date.
    curves, doses, episodes, notes: as above. twitches: a line for each day with recurring twitches.
    records: (when, what) of the illnesses in the span, and of vaccinations, the newest first.
    unknown: what these sensors cannot know, a sentence each. method: how it was measured, a sentence each.
    missing: what could not be read, empty if all could.
    """

    language: str
    decimal: str
    labels: Mapping[str, str]
    title: str
    period: str
    sensors: tuple[str, ...]
    figures: tuple[tuple[str, str, str], ...]
    limits_c: tuple[float, ...]
    start_s: float
    end_s: float
    days: tuple[tuple[float, str], ...]
    curves: tuple[Curve, ...]
    doses: tuple[Dose, ...]
    episodes: tuple[Episode, ...]
    notes: tuple[Note, ...]
    twitches: tuple[str, ...]
    unknown: tuple[str, ...]
    method: tuple[str, ...]
    missing: str
    records: tuple[tuple[str, str], ...] = ()
