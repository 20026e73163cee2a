"""The diary for the family and its doctor: alarms, answers and what caregivers wrote down, in the order of time."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from edge.analysis.temperature import judged
from edge.delivery.diary import in_words
from edge.errors import StorageError
from edge.model.alarm import Alarm, Condition, Reason
from edge.model.care import Dose, Entry
from edge.model.effect import KeepReading
from edge.model.people import Site
from edge.model.reading import TEMPERATURES, Quantity, Validity
from edge.mqtt.payloads import plain, rfc3339
from edge.storage.journal_reader import JournalReader
from edge.storage.sqlite import SqliteReadingStore

# A temperature of longer ago says nothing of how she was then.
THEN_S = 1800.0
# An antipyretic works most within about three hours (McIntyre & Hull 1996, Arch Dis Child 74:164).
EFFECT_S = 4 * 3600.0
ANSWERS = (Reason.ACKNOWLEDGED, Reason.AWAKE, Reason.FALSE_ALARM, Reason.SNOOZED)
MOVEMENTS = (
    Condition.SEIZURE_LIKE_MOVEMENT,
    Condition.PROLONGED_MOVEMENT,
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


def read(folder: Path, since_s: float, zone: dt.tzinfo, person: str = "") -> Diary:
    """The diary since a wall time, of one person or (empty) of everybody. Raises StorageError without a journal."""
    journal = JournalReader(folder / "journal.sqlite")
    temperatures = Temperatures(folder / "readings.sqlite")
    try:
        states = list(journal.alarms(since_s))
        entries = journal.entries(since_s)
        found: list[tuple[float, Line]] = []
        for episode in _by_id(states):
            found += _alarm(episode, temperatures, zone)
        for versions in _by_id(entries):
            found.append(_entry(versions, temperatures, zone))
    finally:
        journal.close()
        temperatures.close()
    found.sort(key=lambda line: line[0])
    chosen = [line for _, line in found if person in ("", line["person"])]
    return Diary(tuple(chosen), temperatures.missing)


def _by_id(items: Iterable[Item]) -> list[list[Item]]:
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.id, []).append(item)
    return list(groups.values())


def _alarm(states: Sequence[Alarm], temperatures: Temperatures, zone: dt.tzinfo) -> Iterator[tuple[float, Line]]:
    """One episode, and who answered it."""
    first, last = states[0], states[-1]
    ended_s = last.cleared_s
    line: Line = {
        "line": "alarm",
        "time": rfc3339(first.onset_s, zone),
        "person": first.key.person,
        "condition": str(first.key.condition),
        "kind": str(first.kind),
        "priority": str(max((state.priority for state in states), key=lambda priority: priority.rank)),
        "id": first.id,
        "device": first.key.device,
        "sensors": plain(first.evidence.get("sensors", [])),
        "raised": rfc3339(first.raised_s, zone),
        "ended": None if ended_s is None else rfc3339(ended_s, zone),
        "duration_s": None if ended_s is None else round(ended_s - first.onset_s, 3),
        "false_alarm": any(state.reason is Reason.FALSE_ALARM for state in states),
        "limit": first.limit,
        "unit": first.unit,
        "text": first.text,
        "evidence": plain({**first.evidence, **last.evidence}),
    }
    if first.key.condition in MOVEMENTS:
        line["temperature_then"] = _then(temperatures, first.key.person, first.onset_s, zone)
    elif first.unit == "Cel":
        until_s = last.changed_s if ended_s is None else ended_s
        line["highest"] = _highest(temperatures, first, until_s, zone)
    yield first.onset_s, line
    for state in states:
        if state.reason in ANSWERS:
            yield state.changed_s, _answer(state, zone)


def _answer(state: Alarm, zone: dt.tzinfo) -> Line:
    return {
        "line": "answer",
        "time": rfc3339(state.changed_s, zone),
        "person": state.key.person,
        "condition": str(state.key.condition),
        "id": state.id,
        "answer": "with_her" if state.reason is Reason.ACKNOWLEDGED and state.attended_by else str(state.reason),
        "by": state.attended_by or state.acknowledged_by,
        "after_s": round(state.changed_s - state.raised_s, 3),
    }


def _entry(versions: Sequence[Entry], temperatures: Temperatures, zone: dt.tzinfo) -> tuple[float, Line]:
    """One entry in its newest version, the earlier ones with it."""
    entry = versions[-1]
    line: Line = {
        "line": entry.kind,
        "time": rfc3339(entry.happened_s, zone),
        "person": entry.person,
        "id": entry.id,
        "by": entry.author,
        "entered": rfc3339(versions[0].entered_s, zone),
        "withdrawn": entry.withdrawn,
        "content": plain(asdict(entry.what)),
        "summary": in_words(entry),
        "text": entry.told,
    }
    if isinstance(entry.what, Dose):
        line["against_plan"] = entry.against_plan
        line["next_allowed"] = None if entry.next_s is None else rfc3339(entry.next_s, zone)
        line |= _effect(temperatures, entry, zone)
    if len(versions) > 1:
        line["versions"] = [
            {
                "version": each.version,
                "by": each.caregiver,
                "entered": rfc3339(each.entered_s, zone),
                "time": rfc3339(each.happened_s, zone),
                "withdrawn": each.withdrawn,
                "content": plain(asdict(each.what)),
            }
            for each in versions
        ]
    return entry.happened_s, line


def _effect(temperatures: Temperatures, dose: Entry, zone: dt.tzinfo) -> Mapping[str, object]:
    """The temperature before a dose, and the lowest in the hours after it by the same thermometer."""
    before = temperatures.valid(dose.person, dose.happened_s - THEN_S, dose.happened_s + 1.0)
    worn = [item for item in before if not item.device.startswith("hand_")] or before
    after = temperatures.valid(dose.person, dose.happened_s, dose.happened_s + EFFECT_S)
    same = [item for item in after if worn and item.device == worn[-1].device]
    lowest = min(same, key=lambda item: item.reading.value, default=None)
    return {
        "temperature_then": _told(worn[-1] if worn else None, zone),
        "lowest_in_4_h": _told(lowest, zone),
    }


def _then(temperatures: Temperatures, person: str, wall_s: float, zone: dt.tzinfo) -> Line | None:
    found = temperatures.valid(person, wall_s - THEN_S, wall_s + 1.0)
    return _told(found[-1] if found else None, zone)


def _highest(temperatures: Temperatures, alarm: Alarm, until_s: float, zone: dt.tzinfo) -> Line | None:
    """The peak by the thermometer that raised it; sites are never mixed."""
    sensors = alarm.evidence.get("sensors", [])
    found = temperatures.valid(alarm.key.person, alarm.onset_s, until_s + 1.0)
    own = [item for item in found if isinstance(sensors, list) and item.device in sensors]
    return _told(max(own, key=lambda item: item.reading.value, default=None), zone)


def _told(item: KeepReading | None, zone: dt.tzinfo) -> Line | None:
    if item is None:
        return None
    value = round(item.reading.value, 2)
    return {"celsius": value, "site": item.place, "device": item.device, "time": rfc3339(item.wall_s, zone)}
