"""What a caregiver is answered, and what the others are notified of, about an entry in the journal.

Facts about the family's own plan, never advice: what it says, and in which way a dose departs from it.
"""

from collections.abc import Callable, Mapping, Sequence

from edge.delivery.texts import CHECK, MOST_CHARACTERS, NAME_CHARACTERS, clip, span
from edge.model.care import (
    HAND,
    Dose,
    Drink,
    Entry,
    Illness,
    ManualReading,
    Stage,
    Symptoms,
    Vaccination,
    Verdict,
)
from edge.model.effect import Notify
from edge.model.language import N_, Locale
from edge.model.moment import Now, local
from edge.model.people import Caregiver, Limb, Medicine, Person, Role, Site

NOT_SET = N_("the hub's clock is not set, so its times may be wrong")
EARLIER = N_("EARLIER than your plan: {gap} from the dose of {time} ({who}), your plan says {hours} h")
TOO_MANY = N_("MORE than your plan: dose {count} in 24 h, your plan says {most} at most")
TOO_MUCH = N_("MORE than your plan: it says {amount} {unit} a dose")
NO_PLAN = N_("{drug} is not in your plan, so no next time is known")
ONE_BEFORE = N_("the one before was at {time}")
COUNTED_AS = N_("counted as {medicine} of your plan")
NEXT = N_("next allowed by your plan: {time}")
KEPT = N_("written down: {time} {what}")
KEPT_CHANGED = N_("changed: {time} {what}")
KEPT_WITHDRAWN = N_("withdrawn: {time} {what}")
TO_ALL = N_("{name}: {what} ({who}). {state}.")
WITH_NEXT = N_("{text} Next by your plan: {time}")
WITHDRAWN = N_("withdrawn")
SET_RIGHT = N_("set right, within your plan")
PRIVATE = N_("a dose was logged that departs from your plan, or one was set right: ask before the next one")
BY_HAND = N_("by hand")
ILLNESS, ILLNESS_OVER = N_("illness"), N_("illness, over")
VACCINATION = N_("vaccination: {name}")
RESCUE = N_("{dose} (rescue medicine)")
DRANK, DRANK_ML = N_("drank"), N_("drank {ml} ml")
SITES: Mapping[str, str] = {
    Site.AXILLA: N_("armpit"),
    Site.PATCH: N_("patch"),
    Site.ORAL: N_("mouth"),
    Site.EAR: N_("ear"),
    Site.FOREHEAD: N_("forehead"),
    Site.RECTAL: N_("rectum"),
}
LIMBS: Mapping[str, str] = {
    Limb.ANKLE: N_("ankle"),
    Limb.LEFT_ANKLE: N_("left ankle"),
    Limb.RIGHT_ANKLE: N_("right ankle"),
    Limb.WRIST: N_("wrist"),
    Limb.LEFT_WRIST: N_("left wrist"),
    Limb.RIGHT_WRIST: N_("right wrist"),
    Limb.CHEST: N_("chest"),
}
STAGES: Mapping[str, str] = {Stage.BEFORE: N_("before"), Stage.DURING: N_("during"), Stage.AFTER: N_("after")}
# Of what was asked: that it was so, and that it was not.
SEEN: Mapping[str, tuple[str, str]] = {
    "wetting": (N_("wetting"), N_("no wetting")),
    "crying": (N_("crying"), N_("no crying")),
    "absence": (N_("absence"), N_("no absence")),
    "regular": (N_("regular"), N_("not regular")),
}
NAMED: Mapping[str, str] = {
    "eyes": N_("eyes: {said}"),
    "colour": N_("colour: {said}"),
    "side": N_("side: {said}"),
    "parts": N_("parts: {said}"),
    "film": N_("film: {said}"),
}
# From Monday on.
WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))


def when(wall_s: float, now_s: float, words: Locale) -> str:
    """The time on the family's clock, with the weekday where it is not today."""
    then, now = (local(each, words.zone) for each in (wall_s, now_s))
    day = "" if then.date() == now.date() else f"{words.say(WEEKDAYS[then.weekday()])} "
    return f"{day}{then:%H:%M}"


def in_words(entry: Entry, words: Locale) -> str:
    """The entry itself, without who and when. What caregivers chose from the page's lists is said in these words."""
    match entry.what:
        case Dose() as dose:
            name = dose.medicine or dose.drug
            given = name if dose.amount is None else amount_of(name, dose.amount, dose.unit, words)
            return words.say(RESCUE, dose=given) if dose.rescue else given
        case Symptoms() as seen:
            yes = [words.say(is_so) for word, (is_so, _) in SEEN.items() if getattr(seen, word)]
            no = [words.say(is_not) for word, (_, is_not) in SEEN.items() if getattr(seen, word) is False]
            named = [
                words.say(text, said=_chosen(said, words))
                for word, text in NAMED.items()
                if (said := getattr(seen, word))
            ]
            stage = words.say(STAGES[seen.stage])
            return f"{stage}: {', '.join([*yes, *no, *named, *([seen.text] if seen.text else [])])}"
        case Drink() as drink:
            drank = words.say(DRANK) if drink.ml is None else words.say(DRANK_ML, ml=words.short(drink.ml))
            return f"{drank}{f', {words.say(drink.text)}' if drink.text else ''}"
        case Illness() as ill:
            over = words.say(ILLNESS if ill.ended_s is None else ILLNESS_OVER)
            return f"{over}: {ill.diagnosis}" if ill.diagnosis else over
        case Vaccination() as vaccination:
            return words.say(VACCINATION, name=vaccination.name)
        case ManualReading() as taken:
            how = f", {taken.method}" if taken.method else ""
            return f"{words.temperature(taken.celsius)}, {place_name(taken.site, words)}{how}"
        case remark:
            return remark.text


def place_name(place: str, words: Locale) -> str:
    """A site or a limb, by its id."""
    return words.say({**SITES, **LIMBS}.get(place, place))


def device_name(device: str, words: Locale) -> str:
    """A sensor by its id, as the family calls it; what was read by hand has none."""
    return words.say(BY_HAND) if device.startswith(HAND) else device


def amount_of(name: str, amount: float, unit: str, words: Locale) -> str:
    """A medicine with how much of it."""
    return f"{name} {words.short(amount)} {words.say(unit)}".rstrip()


def _chosen(said: str, words: Locale) -> str:
    return ", ".join(words.say(each) for each in said.split(", "))


def departures(verdict: Verdict, medicine: Medicine, dose: Entry, names: Mapping[str, str], words: Locale) -> str:
    """In which way a dose departs from the plan; empty if it does not."""
    said = []
    if verdict.close is not None:
        said.append(
            words.say(
                EARLIER,
                gap=span(abs(dose.happened_s - verdict.close.happened_s), words),
                time=when(verdict.close.happened_s, dose.happened_s, words),
                who=clip(names.get(verdict.close.author, verdict.close.author), NAME_CHARACTERS),
                hours=words.short(medicine.min_interval_h),
            )
        )
    if verdict.too_many:
        said.append(words.say(TOO_MANY, count=verdict.count, most=medicine.max_per_day))
    if verdict.too_much:
        said.append(words.say(TOO_MUCH, amount=words.short(medicine.amount), unit=medicine.unit))
    return "; ".join(said)


def dose_answer(entry: Entry, medicine: Medicine | None, now: Now, words: Locale, *, last: Entry | None) -> str:
    """The answer to a dose. last: the one before of a drug without a plan."""
    assert isinstance(entry.what, Dose)
    said = [_kept(entry, now, words)]
    if medicine is None:
        said.append(words.say(NO_PLAN, drug=entry.what.drug))
        if last is not None:
            said.append(words.say(ONE_BEFORE, time=when(last.happened_s, now.wall_s, words)))
    else:
        if entry.what.drug.casefold() != medicine.name.casefold():
            said.append(words.say(COUNTED_AS, medicine=medicine.name))
        if entry.against_plan:
            said.append(entry.against_plan)
        if entry.next_s is not None:
            said.append(words.say(NEXT, time=when(entry.next_s, now.wall_s, words)))
    return "; ".join(said if now.synced else [*said, words.say(NOT_SET)])


def answer(entry: Entry, now: Now, words: Locale) -> str:
    """The answer to anything else."""
    return "; ".join([_kept(entry, now, words), *([] if now.synced else [words.say(NOT_SET)])])


def tell_all(
    entry: Entry, person: Person, now: Now, caregivers: Sequence[Caregiver], locale_of: Callable[[Caregiver], Locale]
) -> list[Notify]:
    """A dose that departs from the plan, or one that did and was set right: to everybody who gives doses.

    How it departs is said as it was written down, in the hub's language.
    """
    names = {caregiver.id: caregiver.name for caregiver in caregivers}
    found = []
    for caregiver in caregivers:
        if caregiver.role is Role.VIEWER:
            continue
        words = locale_of(caregiver)
        state = words.say(WITHDRAWN) if entry.withdrawn else entry.against_plan or words.say(SET_RIGHT)
        text = words.say(
            TO_ALL,
            name=clip(person.name, NAME_CHARACTERS),
            what=in_words(entry, words),
            who=clip(names.get(entry.author, entry.author), NAME_CHARACTERS),
            state=state,
        )
        if entry.next_s is not None:
            text = words.say(WITH_NEXT, text=text, time=when(entry.next_s, now.wall_s, words))
        shown = clip(text, MOST_CHARACTERS) if caregiver.share_details else f"feverhub: {words.say(PRIVATE)}"
        found.append(Notify(caregiver.id, entry.id, words.say(CHECK), shown, urgent=False))
    return found


def _kept(entry: Entry, now: Now, words: Locale) -> str:
    done = KEPT_WITHDRAWN if entry.withdrawn else KEPT if entry.version == 1 else KEPT_CHANGED
    return words.say(done, time=when(entry.happened_s, now.wall_s, words), what=in_words(entry, words))
