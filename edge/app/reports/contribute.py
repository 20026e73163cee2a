"""What a family may give to research: movement around each alarm, with nothing in it that says whose it is.

A value gets in only if it is a number of this module's own making or a word of a closed list. Whatever somebody typed,
named or set up stays out: names, ids, addresses, moments, remarks, places of films.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge.app.reports.diary import belongs, by_id
from edge.app.reports.kept import open_store, samples
from edge.model.alarm import Alarm, Condition, Reason
from edge.model.care import Entry, Symptoms
from edge.model.people import Device, Limb, Person
from edge.model.reading import Array
from edge.storage.journal_reader import JournalReader
from edge.storage.sqlite import SqliteReadingStore

BEFORE_S = 120.0
AFTER_S = 60.0
LONGEST_S = 1200.0
"""A window at most: four times the five minutes at which a seizure counts as prolonged (ILAE 2015)."""

GIVEN = frozenset({"seizure_like_movement", "possible_movement", "prolonged_movement"})
FEVERS = (Condition.FEVER, Condition.HIGH_FEVER, Condition.YOUNG_INFANT_FEVER)
ANSWERS = {Reason.FALSE_ALARM: "false_alarm", Reason.AWAKE: "awake"}

# What is said in free text is given only where every word of it is one of these; else it is `other`.
WORDS: Mapping[str, frozenset[str]] = {
    "eyes": frozenset({"open", "closed", "left", "right", "up", "down", "rolled", "staring", "fixed", "blinking"}),
    "colour": frozenset({"normal", "pale", "blue", "grey", "red", "lips", "face"}),
    "side": frozenset({"left", "right", "both", "all", "arm", "arms", "leg", "legs", "hand", "hands", "face", "head"}),
}
FILLERS = frozenset({"to", "the", "and", "side", "sides", "back", "upwards", "of"})
OTHER = "other"


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """The samples of one sensor around one alarm. Seconds count from the begin of the window.

    t_s: (n,) float64, rising. values: (n, 3) float64 in g, or (n,) where the sensor sends a magnitude alone; NaN:
        invalid.
    alarm: number of the alarm in this bundle, from 1; several sensors may have a window of it.
    child: number of the child in this bundle, from 1 in the order of the configuration.
    condition: which alarm it was.
    onset_s, raised_s: when the movement began (estimated), and when the hub raised the alarm.
    ended_s: when the movement ended; None if that is not known or is outside the window.
    labels: what caregivers answered: false_alarm, awake, with_her.
    symptoms: what they saw, such as `during:wetting`; words of a closed list.
    age_months: whole months, rounded down; None without a birthday.
    fever_known: whether a fever alarm of this child stood at the onset.
    profile: id of the sensor's profile; empty for a sensor that is no longer set up.
    limb: where it was worn then.
    triggered: whether this sensor was one of those that the alarm rested on.
    """

    t_s: Array
    values: Array
    alarm: int
    child: int
    condition: Condition
    onset_s: float
    raised_s: float
    ended_s: float | None
    labels: tuple[str, ...]
    symptoms: tuple[str, ...]
    age_months: int | None
    fever_known: bool
    profile: str
    limb: Limb
    triggered: bool

    @property
    def rate_hz(self) -> float | None:
        """Samples a second by the median interval; None for a single sample."""
        steps = np.diff(self.t_s)
        usual = float(np.median(steps)) if len(steps) else 0.0
        return round(1.0 / usual, 1) if usual > 0 else None


def windows(
    folder: Path, since_s: float, persons: Sequence[Person], devices: Sequence[Device], *, person: str = ""
) -> Iterator[Window]:
    """Every window of alarms with an onset at or after since_s, by onset, of one child or (empty) of all.

    persons, devices: as set up now. Raises StorageError where journal or readings are missing or cannot be read.
    """
    alarms, entries = _journal(folder / "journal.sqlite")
    children = {each.id: (number, each) for number, each in enumerate(persons, 1)}
    fevers = [states for states in alarms if states[0].key.condition in FEVERS]
    chosen = [
        states
        for states in alarms
        if states[0].key.condition in GIVEN
        and states[0].onset_s >= since_s
        and states[0].key.person in children
        and person in ("", states[0].key.person)
    ]
    chosen.sort(key=lambda states: (states[0].onset_s, states[0].sequence))
    store = open_store(folder)
    try:
        number = 0
        for states in chosen:
            worn = [device for device in devices if device.person == states[0].key.person]
            about = _Episode(states, entries, fevers, *children[states[0].key.person])
            found = list(about.windows(store, worn, number + 1))
            number += bool(found)
            yield from found
    finally:
        store.close()


def _journal(path: Path) -> tuple[list[list[Alarm]], list[Entry]]:
    """All states of each alarm, and the newest version of each entry."""
    journal = JournalReader(path)
    try:
        return by_id(journal.alarms(-math.inf)), [versions[-1] for versions in by_id(journal.entries(-math.inf))]
    finally:
        journal.close()


@dataclass(frozen=True, slots=True)
class _Episode:
    """One alarm and what is known around it. number: of the child."""

    states: Sequence[Alarm]
    entries: Sequence[Entry]
    fevers: Sequence[Sequence[Alarm]]
    number: int
    person: Person

    def windows(self, store: SqliteReadingStore, worn: Sequence[Device], alarm: int) -> Iterator[Window]:
        first, last = self.states[0], self.states[-1]
        start_s = first.onset_s - BEFORE_S
        # The wall clock may have been set back meanwhile.
        ended_s = last.cleared_s if last.cleared_s is not None and last.cleared_s >= first.onset_s else None
        over_s = max(first.raised_s, first.onset_s) if ended_s is None else ended_s
        end_s = min(over_s + AFTER_S, start_s + LONGEST_S)
        profiles = {device.id: device.profile for device in worn}
        triggered = set(first.evidence.sensors or ())
        symptoms = tuple(
            word for entry in self.entries if belongs(entry, first, last.cleared_s) for word in words(entry)
        )
        months = self.person.age_months(first.onset_s)
        for sensor in sorted(triggered | set(profiles)):
            found = samples(store, self.person.id, sensor, start_s, end_s)
            if found is None:
                continue
            yield Window(
                np.round(found.t_s - start_s, 4),
                found.values,
                alarm=alarm,
                child=self.number,
                condition=first.key.condition,
                onset_s=BEFORE_S,
                raised_s=round(first.raised_s - start_s, 3),
                ended_s=None if ended_s is None or ended_s > end_s else round(ended_s - start_s, 3),
                labels=_labels(self.states),
                symptoms=tuple(dict.fromkeys(symptoms)),
                age_months=None if months is None or months < 0 else int(months),
                fever_known=any(_stands(fever, first) for fever in self.fevers),
                profile=profiles.get(sensor, ""),
                limb=Limb(found.place) if found.place in set(Limb) else Limb.UNKNOWN,
                triggered=sensor in triggered,
            )


def _stands(fever: Sequence[Alarm], movement: Alarm) -> bool:
    """Whether this fever of the same child held when the movement began."""
    ended_s = fever[-1].cleared_s
    return (
        fever[0].key.person == movement.key.person
        and fever[0].raised_s <= movement.onset_s
        and (ended_s is None or ended_s > movement.onset_s)
    )


def _labels(states: Sequence[Alarm]) -> tuple[str, ...]:
    said = {ANSWERS[state.reason] for state in states if state.reason in ANSWERS}
    known = states[-1].evidence
    said |= {"false_alarm"} if known.false_alarm_by else set()
    said |= {"awake"} if known.awake_by else set()
    said |= {"with_her"} if any(state.attended_by for state in states) else set()
    return tuple(sorted(said))


def words(entry: Entry) -> Iterator[str]:
    """Symptoms as words of a closed list, such as `during:wetting` or `after:colour_pale`."""
    seen = entry.what
    assert isinstance(seen, Symptoms)
    for name in ("wetting", "crying", "absence"):
        value = getattr(seen, name)
        if value is not None:
            yield f"{seen.stage}:{name if value else f'no_{name}'}"
    for name, known in WORDS.items():
        said = re.findall(r"\w+", getattr(seen, name).lower())
        if said and all(word in known | FILLERS for word in said):
            yield from (f"{seen.stage}:{name}_{word}" for word in said if word in known)
        elif said:
            yield f"{seen.stage}:{name}_{OTHER}"
