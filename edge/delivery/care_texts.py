"""What a caregiver is answered, and what the others are notified of, about an entry in the journal.

Facts about the family's own plan, never advice: what it says, and in which way a dose departs from it.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

from edge.delivery.texts import MOST_CHARACTERS, NAME_CHARACTERS, clip, span
from edge.model.care import Dose, Drink, Entry, ManualReading, Symptoms, Verdict
from edge.model.effect import Notify
from edge.model.moment import Now, local
from edge.model.people import Caregiver, Medicine, Person, Role

NOT_SET = "the hub's clock is not set, so its times may be wrong"


def clock(wall_s: float, now_s: float, zone: dt.tzinfo) -> str:
    """The time on the family's clock, with the weekday where it is not today."""
    then, now = (local(each, zone) for each in (wall_s, now_s))
    return f"{then:%H:%M}" if then.date() == now.date() else f"{then:%a %H:%M}"


def in_words(entry: Entry) -> str:
    """The entry itself, without who and when."""
    match entry.what:
        case Dose() as dose:
            name = dose.medicine or dose.drug
            amount = "" if dose.amount is None else f" {dose.amount:g} {dose.unit}".rstrip()
            return f"{name}{amount}{' (rescue medicine)' if dose.rescue else ''}"
        case Symptoms() as seen:
            yes = [word for word in ("wetting", "crying", "absence") if getattr(seen, word)]
            no = [f"no {word}" for word in ("wetting", "crying", "absence") if getattr(seen, word) is False]
            evenly = {True: ["regular"], False: ["not regular"], None: []}[seen.regular]
            words = ("eyes", "colour", "side", "parts", "film")
            named = [f"{word}: {said}" for word in words if (said := getattr(seen, word))]
            return f"{seen.stage}: {', '.join([*yes, *no, *evenly, *named, *([seen.text] if seen.text else [])])}"
        case Drink() as drink:
            amount = "" if drink.ml is None else f" {drink.ml:g} ml"
            return f"drank{amount}{f', {drink.text}' if drink.text else ''}"
        case ManualReading() as taken:
            return f"{taken.celsius:.1f} °C, {taken.site}{f', {taken.method}' if taken.method else ''}"
        case remark:
            return remark.text


def departures(verdict: Verdict, medicine: Medicine, dose: Entry, names: Mapping[str, str], zone: dt.tzinfo) -> str:
    """In which way a dose departs from the plan; empty if it does not."""
    said = []
    if verdict.close is not None:
        gap_s = abs(dose.happened_s - verdict.close.happened_s)
        when = clock(verdict.close.happened_s, dose.happened_s, zone)
        who = names.get(verdict.close.author, verdict.close.author)
        said.append(
            f"EARLIER than your plan: {span(gap_s)} from the dose of {when} ({clip(who, NAME_CHARACTERS)}), "
            f"your plan says {medicine.min_interval_h:g} h"
        )
    if verdict.too_many:
        said.append(f"MORE than your plan: dose {verdict.count} in 24 h, your plan says {medicine.max_per_day} at most")
    if verdict.too_much:
        said.append(f"MORE than your plan: it says {medicine.amount:g} {medicine.unit} a dose")
    return "; ".join(said)


def dose_answer(entry: Entry, medicine: Medicine | None, now: Now, zone: dt.tzinfo, *, last: Entry | None) -> str:
    """The answer to a dose. last: the one before of a drug without a plan."""
    assert isinstance(entry.what, Dose)
    said = [_kept(entry, now, zone)]
    if medicine is None:
        said.append(f"{entry.what.drug} is not in your plan, so no next time is known")
        if last is not None:
            said.append(f"the one before was at {clock(last.happened_s, now.wall_s, zone)}")
    else:
        if entry.what.drug.casefold() != medicine.name.casefold():
            said.append(f"counted as {medicine.name} of your plan")
        if entry.against_plan:
            said.append(entry.against_plan)
        if entry.next_s is not None:
            said.append(f"next allowed by your plan: {clock(entry.next_s, now.wall_s, zone)}")
    return "; ".join(said if now.synced else [*said, NOT_SET])


def answer(entry: Entry, now: Now, zone: dt.tzinfo) -> str:
    """The answer to anything else."""
    return "; ".join([_kept(entry, now, zone), *([] if now.synced else [NOT_SET])])


def tell_all(entry: Entry, person: Person, next_text: str, caregivers: Sequence[Caregiver]) -> list[Notify]:
    """A dose that departs from the plan, or one that did and was set right: to everybody who gives doses."""
    names = {caregiver.id: caregiver.name for caregiver in caregivers}
    who = clip(names.get(entry.author, entry.author), NAME_CHARACTERS)
    state = "withdrawn" if entry.withdrawn else entry.against_plan or "set right, within your plan"
    text = f"{clip(person.name, NAME_CHARACTERS)}: {in_words(entry)} ({who}). {state}. {next_text}".strip()
    found = []
    for caregiver in caregivers:
        if caregiver.role is not Role.VIEWER:
            shown = clip(text, MOST_CHARACTERS) if caregiver.share_details else PRIVATE
            found.append(Notify(caregiver.id, entry.id, "Check", shown, urgent=False))
    return found


PRIVATE = "feverhub: a dose was logged that departs from your plan, or one was set right: ask before the next one"


def _kept(entry: Entry, now: Now, zone: dt.tzinfo) -> str:
    verb = "withdrawn" if entry.withdrawn else "written down" if entry.version == 1 else "changed"
    return f"{verb}: {clock(entry.happened_s, now.wall_s, zone)} {in_words(entry)}"
