"""The diary for the family and its doctor: alarms, answers and what caregivers wrote down, in the order of time."""

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from edge.analysis.temperature import judged
from edge.delivery import care_texts
from edge.errors import StorageError
from edge.model.alarm import Alarm, Condition, Reason
from edge.model.care import Dose, Entry, Symptoms, hand_device
from edge.model.effect import KeepReading
from edge.model.evidence_json import to_plain
from edge.model.language import IN_ENGLISH, Locale
from edge.model.people import Device, Site
from edge.model.reading import TEMPERATURES, Quantity, Validity
from edge.mqtt.payloads import plain, rfc3339
from edge.storage.journal_reader import JournalReader
from edge.storage.sqlite import SqliteReadingStore

# A temperature of longer ago says nothing of how she was then.
THEN_S = 1800.0
# An antipyretic works most within about three hours (McIntyre & Hull 1996, Arch Dis Child 74:164).
EFFECT_S = 4 * 3600.0
# Symptoms that name no episode belong to one that was so near.
AROUND_S = 1800.0
ANSWERS = (Reason.ACKNOWLEDGED, Reason.AWAKE, Reason.FALSE_ALARM, Reason.SNOOZED)
MOVEMENTS = (
    Condition.SEIZURE_LIKE_MOVEMENT,
    Condition.PROLONGED_MOVEMENT,
    Condition.POSSIBLE_MOVEMENT,
    Condition.RECURRING_TWITCHES,
    Condition.RIGOR,
)

Line = dict[str, object]
Item = TypeVar("Item", Alarm, Entry)


@dataclass(frozen=True, slots=True)
class Diary:
    """Every line as JSON would hold it, by `time`. missing: what could not be read, and why."""

    lines: tuple[Line, ...]
    missing: str = ""


class Temperatures:
    """What the thermometers on the child measured, asked for piece by piece."""

    def __init__(self, file: Path) -> None:
        self.missing = ""
        self._store: SqliteReadingStore | None = None
        try:
            if not file.is_file():
                raise StorageError(f"{file}: there are no readings here")
            self._store = SqliteReadingStore(file, read_only=True)
        except (StorageError, OSError) as error:
            self.missing = f"temperatures are left out: {error}"

    def valid(self, person: str, start_s: float, end_s: float) -> list[KeepReading]:
        """Valid readings of a site of the body, by time; core and skin of one sensor are never mixed."""
        if self._store is None:
            return []
        sites = {str(site) for site in Site}
        found: list[KeepReading] = []
        for quantity in TEMPERATURES:
            found += [
                item
                for item in self._store.readings(person, quantity, start_s, end_s)
                if item.place in sites and item.reading.validity is Validity.VALID
            ]
        sent: dict[str, set[Quantity]] = {}
        for item in found:
            sent.setdefault(item.device, set()).add(item.reading.quantity)
        own = [item for item in found if judged(item.reading.quantity, list(sent[item.device]))]
        return sorted(own, key=lambda item: item.wall_s)

    def close(self) -> None:
        if self._store is not None:
            self._store.close()


def read(
    folder: Path,
    since_s: float,
    zone: dt.tzinfo,
    *,
    person: str = "",
    devices: Sequence[Device] = (),
    words: Locale = IN_ENGLISH,
) -> Diary:
    """The diary since a wall time, of one person or (empty) of everybody. Raises StorageError without a journal.

    devices: as set up now, for the limb or site of each sensor. words: of what caregivers wrote down.
    """
    journal = JournalReader(folder / "journal.sqlite")
    temperatures = Temperatures(folder / "readings.sqlite")
    try:
        entries = by_id(journal.entries(since_s))
        places = {device.id: str(device.limb or device.site or "") for device in devices}
        known = _Known(temperatures, zone, places, tuple(versions[-1] for versions in entries), words)
        found: list[tuple[float, Line]] = []
        for states in by_id(journal.alarms(since_s)):
            found += _since(_alarm(states, known), states[-1].cleared_s, since_s)
        found += [line for line in (_entry(versions, known) for versions in entries) if line[0] >= since_s]
    finally:
        journal.close()
        temperatures.close()
    found.sort(key=lambda line: line[0])
    chosen = [line for _, line in found if person in ("", line["person"])]
    left_out = f"{journal.unreadable} rows of the journal cannot be read and are left out" if journal.unreadable else ""
    return Diary(tuple(chosen), "; ".join(filter(None, (left_out, temperatures.missing))))


@dataclass(frozen=True, slots=True)
class _Known:
    """What a line is made from beside its own states. entries: the newest version of each."""

    temperatures: Temperatures
    zone: dt.tzinfo
    places: Mapping[str, str]
    entries: Sequence[Entry]
    words: Locale

    def stamp(self, wall_s: float) -> str:
        return rfc3339(wall_s, self.zone)


def _since(lines: Iterable[tuple[float, Line]], ended_s: float | None, since_s: float) -> Iterator[tuple[float, Line]]:
    """An episode that went on at that moment or later, and what was said of it since."""
    for at_s, line in lines:
        if at_s >= since_s or (line["line"] == "alarm" and (ended_s is None or ended_s >= since_s)):
            yield at_s, line


def by_id(items: Iterable[Item]) -> list[list[Item]]:
    """The versions of each alarm or entry together, in the order of the first."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.id, []).append(item)
    return list(groups.values())


def _alarm(states: Sequence[Alarm], known: _Known) -> Iterator[tuple[float, Line]]:
    """One episode, and who answered it."""
    first, last = states[0], states[-1]
    ended_s, sensors = last.cleared_s, _sensors(first)
    line: Line = {
        "line": "alarm",
        "time": known.stamp(first.onset_s),
        "person": first.key.person,
        "condition": str(first.key.condition),
        "kind": str(first.kind),
        "priority": str(max((state.priority for state in states), key=lambda priority: priority.rank)),
        "id": first.id,
        "device": first.key.device,
        "sensors": sensors,
        "places": [known.places.get(sensor, "") for sensor in sensors],
        "raised": known.stamp(first.raised_s),
        "ended": None if ended_s is None else known.stamp(ended_s),
        # The wall clock may have been set back meanwhile; then nobody knows.
        "duration_s": None if ended_s is None or ended_s < first.onset_s else round(ended_s - first.onset_s, 3),
        "false_alarm": any(state.reason is Reason.FALSE_ALARM for state in states),
        "limit": first.limit,
        "unit": first.unit,
        "text": first.text,
        "evidence": plain(to_plain(first.evidence.updated(last.evidence))),
    }
    if first.key.condition in MOVEMENTS:
        line["temperature_then"] = _then(first.key.person, first.onset_s, known)
        line["symptoms"] = [
            care_texts.in_words(entry, known.words) for entry in known.entries if belongs(entry, first, ended_s)
        ]
    elif first.unit == "Cel":
        line["highest"] = _highest(first, math.inf if ended_s is None else ended_s, known)
    yield first.onset_s, line
    for state in states:
        if state.reason in ANSWERS and state.changed_s > state.raised_s:  # else it began inside a snooze of before
            yield state.changed_s, _answer(state, known)


def _sensors(alarm: Alarm) -> list[str]:
    return list(alarm.evidence.sensors or ())


def belongs(entry: Entry, alarm: Alarm, ended_s: float | None) -> bool:
    """Whether these symptoms are of this episode: as was said, else as it was the time."""
    if not isinstance(entry.what, Symptoms) or entry.withdrawn or entry.person != alarm.key.person:
        return False
    if entry.what.episode:
        return entry.what.episode == alarm.id
    until_s = math.inf if ended_s is None else ended_s + AROUND_S
    return alarm.onset_s - AROUND_S <= entry.happened_s <= until_s


def _answer(state: Alarm, known: _Known) -> Line:
    # A journal of an earlier release does not say who gave the answer itself.
    who = state.answered_by or state.attended_by or state.acknowledged_by
    return {
        "line": "answer",
        "time": known.stamp(state.changed_s),
        "person": state.key.person,
        "condition": str(state.key.condition),
        "id": state.id,
        "answer": "with_her" if state.reason is Reason.ACKNOWLEDGED and state.attended_by == who else str(state.reason),
        "by": who,
        "after_s": round(state.changed_s - state.raised_s, 3),
    }


def _entry(versions: Sequence[Entry], known: _Known) -> tuple[float, Line]:
    """One entry in its newest version, the earlier ones with it."""
    entry = versions[-1]
    line: Line = {
        "line": entry.kind,
        "time": known.stamp(entry.happened_s),
        "person": entry.person,
        "id": entry.id,
        "by": entry.author,
        "entered": known.stamp(versions[0].entered_s),
        "withdrawn": entry.withdrawn,
        "content": plain(asdict(entry.what)),
        "summary": care_texts.in_words(entry, known.words),
        "text": entry.reply,
    }
    if isinstance(entry.what, Dose):
        line["against_plan"] = entry.against_plan
        line["next_allowed"] = None if entry.next_s is None else known.stamp(entry.next_s)
        line |= _effect(entry, known)
    if len(versions) > 1:
        line["versions"] = [
            {
                "version": each.version,
                "by": each.caregiver,
                "entered": known.stamp(each.entered_s),
                "time": known.stamp(each.happened_s),
                "withdrawn": each.withdrawn,
                "content": plain(asdict(each.what)),
            }
            for each in versions
        ]
    return entry.happened_s, line


def _effect(dose: Entry, known: _Known) -> Mapping[str, object]:
    """The temperature before a dose, and the lowest in the hours after it by the same thermometer."""
    valid = known.temperatures.valid
    before = valid(dose.person, dose.happened_s - THEN_S, dose.happened_s + 1.0)
    worn = [item for item in before if item.device != hand_device(item.person, item.place)] or before
    after = valid(dose.person, dose.happened_s, dose.happened_s + EFFECT_S)
    same = [item for item in after if worn and item.device == worn[-1].device]
    lowest = min(same, key=lambda item: item.reading.value, default=None)
    return {
        "temperature_then": _measurement(worn[-1] if worn else None, known),
        "lowest_in_4_h": _measurement(lowest, known),
    }


def _then(person: str, wall_s: float, known: _Known) -> Line | None:
    found = known.temperatures.valid(person, wall_s - THEN_S, wall_s + 1.0)
    return _measurement(found[-1] if found else None, known)


def _highest(alarm: Alarm, until_s: float, known: _Known) -> Line | None:
    """The peak by the thermometer that raised it; sites are never mixed."""
    sensors = _sensors(alarm)
    found = known.temperatures.valid(alarm.key.person, alarm.onset_s, until_s + 1.0)
    own = [item for item in found if item.device in sensors]
    return _measurement(max(own, key=lambda item: item.reading.value, default=None), known)


def _measurement(item: KeepReading | None, known: _Known) -> Line | None:
    if item is None:
        return None
    value = round(item.reading.value, 2)
    return {"celsius": value, "site": item.place, "device": item.device, "time": known.stamp(item.wall_s)}
