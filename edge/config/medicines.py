"""`[[person.medicine]]`: the family's own plan, each mistake named with the medicine and the key."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from edge.config.places import nearest
from edge.config.tables import MedicineTable, PersonTable
from edge.errors import named, shown
from edge.model.people import Medicine

TEXTS = {"name": 60, "unit": 20}
# Refused outside, never clipped: a plan that allows a dose every few minutes, or none for days, is a typing error.
NUMBERS = {"amount": (0.001, 10_000.0), "min_interval_h": (0.25, 72.0), "max_per_day": (1, 24)}


def problems(value: Any, where: str) -> list[str]:
    """What is wrong with the medicines of one person, a line each; where: file, line and key."""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        return [f"{where}: must be written as [[person.medicine]]"]
    return [f"{where}{problem}" for number, row in enumerate(value, 1) for problem in _wrong(row, number)]


def _wrong(row: dict[str, Any], number: int) -> Iterator[str]:
    known = [*TEXTS, *NUMBERS]
    called = f" {shown(row.get('name', number))}"
    for key, value in row.items():
        if key not in known:
            yield f"{called}: {named(key)}: not a known key{nearest(key, known)}"
        elif key in TEXTS and not (isinstance(value, str) and 0 < len(value.strip()) <= TEXTS[key]):
            yield f"{called}: {key}: {shown(value)} is not allowed: expected a text of 1 to {TEXTS[key]} characters"
        elif key in NUMBERS and not _number(key, value):
            low, high = NUMBERS[key]
            kind = "whole number" if key == "max_per_day" else "number"
            yield f"{called}: {key}: {shown(value)} is not allowed: expected a {kind} from {low:g} to {high:g}"
    for key in known:
        if key not in row:
            yield f"{called}: {key} is missing"


def _number(key: str, value: Any) -> bool:
    low, high = NUMBERS[key]
    kinds = int if key == "max_per_day" else int | float
    return isinstance(value, kinds) and not isinstance(value, bool) and low <= value <= high


def repeated(row: PersonTable, at: Callable[[str], str]) -> list[str]:
    """Two plans for one medicine would be two answers to one question."""
    names = [medicine.name.casefold() for medicine in row.medicine]
    twice = sorted({name for name in names if names.count(name) > 1})
    return [f"{at('medicine')}: person.medicine: {name!r} is there twice; give it one plan" for name in twice]


def plan(rows: Iterable[MedicineTable]) -> tuple[Medicine, ...]:
    """The values that the rest of the program knows."""
    return tuple(Medicine(m.name.strip(), m.amount, m.unit, m.min_interval_h, m.max_per_day) for m in rows)
