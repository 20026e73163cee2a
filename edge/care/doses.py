"""Doses against the family's own plan: which medicine was meant, what is too close, when the next is allowed.

Counted on the wall clock, since a dose of yesterday was given before this start of the hub.
"""

import difflib
import math
from collections.abc import Iterable, Sequence

from edge.model.care import Dose, Entry, Verdict
from edge.model.people import Medicine

DAY_S = 86_400.0
# People read a clock to the minute: what is due at 04:10 is not early at 04:10.
MINUTE_S = 60.0
# So alike a misspelt name has to be; a double dose must not hide behind a typing error.
ALIKE = 0.75


def match(drug: str, medicines: Sequence[Medicine]) -> Medicine | None:
    """The medicine of the plan that is meant: by its name, a word of it, or one typing error away; None if none is."""
    named = {medicine.name.casefold(): medicine for medicine in medicines}
    wanted = drug.casefold().strip()
    if wanted in named:
        return named[wanted]
    for name, medicine in named.items():
        if set(wanted.split()) & {word for word in name.split() if word.isalpha() and len(word) > 3}:
            return medicine
    for word in (wanted, *wanted.split()):
        close = difflib.get_close_matches(word, named, 1, ALIKE)
        if close:
            return named[close[0]]
    return None


def of_medicine(entries: Iterable[Entry], medicine: Medicine, plan: Sequence[Medicine]) -> list[Entry]:
    """The doses that stand of one medicine of the plan as it is today, by time; entries may be anything."""
    found = [
        entry
        for entry in entries
        if isinstance(entry.what, Dose) and not entry.withdrawn and match(entry.what.drug, plan) == medicine
    ]
    return sorted(found, key=lambda entry: entry.happened_s)


def judge(dose: Entry, others: Sequence[Entry], medicine: Medicine) -> Verdict:
    """Hold a dose against the plan. others: the other doses of this medicine, in any order."""
    assert isinstance(dose.what, Dose)
    times_s = sorted(entry.happened_s for entry in (*others, dose))
    apart_s = medicine.min_interval_h * 3600.0
    nearest = min(others, key=lambda entry: abs(entry.happened_s - dose.happened_s), default=None)
    close = nearest is not None and abs(nearest.happened_s - dose.happened_s) <= apart_s - MINUTE_S
    count = _fullest_day(times_s, dose.happened_s)
    amount, same_unit = dose.what.amount, dose.what.unit.casefold() == medicine.unit.casefold()
    return Verdict(
        close=nearest if close else None,
        count=count,
        too_many=count > medicine.max_per_day,
        too_much=amount is not None and same_unit and amount > medicine.amount,
    )


def next_allowed_s(times_s: Sequence[float], medicine: Medicine) -> float:
    """Wall seconds from when on the plan allows another dose after those at `times_s` (rising); -inf after none."""
    next_s = times_s[-1] + medicine.min_interval_h * 3600.0 if times_s else -math.inf
    if len(times_s) >= medicine.max_per_day:
        next_s = max(next_s, times_s[-medicine.max_per_day] + DAY_S)
    return next_s


def _fullest_day(times_s: Sequence[float], at_s: float) -> int:
    """The most doses in any 24 hours that hold the moment `at_s`; what is 24 hours away counts no more."""
    ends_s = [end_s for end_s in times_s if at_s <= end_s < at_s + DAY_S - MINUTE_S]
    return max(sum(1 for t_s in times_s if end_s - DAY_S + MINUTE_S < t_s <= end_s) for end_s in ends_s)


def before(dose: Entry, others: Iterable[Entry]) -> Entry | None:
    """The last dose within a day of a drug that no plan names, by the name it was given; None if there is none."""
    assert isinstance(dose.what, Dose)
    name = dose.what.drug.casefold()
    found = [
        entry
        for entry in others
        if isinstance(entry.what, Dose)
        and not entry.withdrawn
        and entry.what.drug.casefold() == name
        and 0 <= dose.happened_s - entry.happened_s < DAY_S
    ]
    return max(found, key=lambda entry: entry.happened_s, default=None)
