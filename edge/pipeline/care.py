"""The verbs `dose`, `note` and `illness`: what caregivers add, against the family's plan, as journalled versions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from edge.care import doses, entries
from edge.decoding import Link, Match, Profile
from edge.delivery import care_texts as words
from edge.errors import CommandRefused
from edge.model.alarm import Condition
from edge.model.care import KINDS, Dose, Entry, Illness, ManualReading, hand_device
from edge.model.effect import Effect, KeepEntry, KeepReading
from edge.model.event import Command, ReadingReceived, Verb
from edge.model.language import N_
from edge.model.moment import Now
from edge.model.people import Device, Medicine, Person, Site
from edge.model.reading import Quantity, Reading, Unit
from edge.pipeline import illness, roster_store
from edge.pipeline.state import Sensor, Setup, State

# The newest entries are kept at hand for the plan and for edits: weeks of the worst illness.
MOST_ENTRIES = 500
# A reading by hand that was taken longer ago says nothing of how she is now; it is kept and not judged.
FRESH_S = 600.0
# In place of an id: what this caregiver wrote down last with this verb.
LAST = "last"
_NOTES = tuple(kind for kind in KINDS if kind not in ("dose", "illness"))
BY_HAND = Profile(
    "by_hand", "a thermometer read by a caregiver", "", (Quantity.TEMPERATURE,), Link.GATT, Match(), {}, spot=True
)
MOVEMENTS = (Condition.PROLONGED_MOVEMENT, Condition.SEIZURE_LIKE_MOVEMENT)


@dataclass(frozen=True, slots=True)
class Written:
    """What came of it. entry: the version that now stands. reading: to be judged now, as that of a spot thermometer.

    mistake: the version of a reading by hand that no longer holds, None if there is none.
    """

    state: State
    effects: tuple[Effect, ...]
    entry: Entry
    reading: ReadingReceived | None = None
    mistake: Entry | None = None


def write(state: State, command: Command, now: Now) -> Written:
    """Take a `dose`, a `note` or an `illness`, new, changed or withdrawn. Raises CommandRefused with one sentence."""
    again = _repeated(state.entries, command)
    if again is not None:
        return Written(state, (), again)
    config, zone = state.setup.config, state.setup.zone
    old = _meant(state.entries, command)
    kind = entries.kind_of(command, old)
    person = entries.person_of(command, config.persons, old)
    if command.verb is Verb.ILLNESS and old is None:
        old = illness.meant(state, command, person)
    took_back = entries.withdrawn(command, old)
    what = entries.what_of(kind, command, old, _episode(state, person.id))
    oldest_s = entries.RECORD_S if kind in entries.RECORDS else entries.OLDEST_S
    happened_s = entries.happened_s(command, old, now, zone, oldest_s=oldest_s)
    over = command.arguments.get("over")
    if isinstance(what, Illness) and over is not None:
        # The time of a command that ends an illness is that of its end.
        said_s = entries.happened_s(command, None, now, zone, oldest_s=oldest_s)
        happened_s = old.happened_s if old is not None else happened_s
        what = illness.ended(state, old, replace(what, ended_s=said_s if over else None), happened_s)
    fresh = Entry(
        # As an alarm's: unique by its number, and by the second should the number ever be lost.
        id=f"{person.id[:16]}-{kind}-{state.entries_made + 1}-{int(now.wall_s)}",
        version=1,
        person=person.id,
        what=what,
        happened_s=happened_s,
        author=command.caregiver,
        caregiver=command.caregiver,
        entered_s=now.wall_s,
        withdrawn=took_back,
        request_id=command.request_id,
    )
    entry, effects = _answered(state, entries.version(old, fresh), old, person, now)
    state = replace(state, entries=_newest(state.entries, entry), entries_made=state.entries_made + (old is None))
    effects = (KeepEntry(entry), *effects)
    if isinstance(entry.what, Illness):
        state, seen = illness.follow(illness.taken_up(state), now)
        return Written(state, (*effects, *seen, roster_store.remember(state, now)), entry)
    if not isinstance(entry.what, ManualReading) or not (entry.withdrawn or _measured_anew(old, entry)):
        return Written(state, effects, entry)
    if entry.withdrawn:
        return Written(state, effects, entry, mistake=old)
    return replace(_by_hand(state, entry, entry.what, effects, now), mistake=old)


def hand_sensor(setup: Setup, person: str, site: Site, mono_s: float) -> Sensor:
    """The thermometer that caregivers read at this site of this child."""
    device = Device(hand_device(person, site), BY_HAND.id, person, site=site)
    return Sensor(device, BY_HAND, setup.config.limits_for(device), mono_s)


def _repeated(known: Mapping[str, Entry], command: Command) -> Entry | None:
    """The same request delivered twice is one dose, not a double one."""
    mine = (entry for entry in known.values() if entry.caregiver == command.caregiver)
    return next((entry for entry in mine if command.request_id and entry.request_id == command.request_id), None)


def _meant(known: Mapping[str, Entry], command: Command) -> Entry | None:
    wanted = command.arguments.get("id")
    if wanted is None:
        return None
    if wanted == LAST:
        own = {Verb.DOSE: ("dose",), Verb.ILLNESS: ("illness",)}.get(command.verb, _NOTES)
        mine = [e for e in known.values() if e.author == command.caregiver and e.kind in own]
        if mine:
            return mine[-1]
    if str(wanted) not in known:
        raise CommandRefused(N_("there is no entry with this id, or it is too old to be changed"))
    return known[str(wanted)]


def _episode(state: State, person: str) -> str:
    """The movement that stands now or waits for an answer, which is what people tell of unless they say otherwise."""
    standing = {
        alarm.key.condition: alarm.id for alarm in state.alarms.conditions.standing() if alarm.key.person == person
    }
    return next((standing[condition] for condition in reversed(MOVEMENTS) if condition in standing), "")


def _answered(
    state: State, entry: Entry, old: Entry | None, person: Person, now: Now
) -> tuple[Entry, tuple[Effect, ...]]:
    """The entry with what the hub says to it, and the notifications of the others."""
    caregivers, read = state.setup.config.caregivers, state.setup.locale(state.setup.caregiver(entry.caregiver))
    if isinstance(entry.what, Illness):
        said, told = illness.answer(state, entry, old, now)
        return replace(entry, reply=said), told
    if not isinstance(entry.what, Dose):
        return replace(entry, reply=words.answer(entry, now, read)), ()
    others = [each for each in state.entries.values() if each.person == person.id and each.id != entry.id]
    medicine, last = doses.match(entry.what.drug, person.medicines), None
    if medicine is None:
        last = doses.before(entry, others)
    else:
        mine = doses.of_medicine(others, medicine, person.medicines)
        entry = _planned(entry, entry.what, old, mine, setup=state.setup, medicine=medicine)
    entry = replace(entry, reply=words.dose_answer(entry, medicine, now, read, last=last))
    if not entry.against_plan and not (old and old.against_plan):
        return entry, ()
    return entry, tuple(words.tell_all(entry, person, now, caregivers, state.setup.locale))


def _planned(
    entry: Entry, dose: Dose, old: Entry | None, others: list[Entry], *, setup: Setup, medicine: Medicine
) -> Entry:
    """A dose held against the plan. others: the other doses of this medicine that stand."""
    dose = replace(dose, medicine=medicine.name)
    if dose.amount is None and old is None:
        dose = replace(dose, amount=medicine.amount, unit=medicine.unit)
    entry = replace(entry, what=dose)
    times_s = sorted(each.happened_s for each in (others if entry.withdrawn else (*others, entry)))
    if times_s:
        entry = replace(entry, next_s=doses.next_allowed_s(times_s, medicine))
    if entry.withdrawn:
        return entry
    # A dose that was right when it was given stays so: whoever came too soon after it was answered.
    right = old is not None and not old.against_plan and _same_dose(old, entry)
    held = [each for each in others if each.happened_s <= entry.happened_s] if right else others
    names = {caregiver.id: caregiver.name for caregiver in setup.config.caregivers}
    verdict = doses.judge(entry, held, medicine)
    return replace(entry, against_plan=words.departures(verdict, medicine, entry, names, setup.locale()))


def _same_dose(old: Entry, new: Entry) -> bool:
    """Whether it is of the same medicine at the same time, whatever else was changed."""
    assert isinstance(new.what, Dose)
    same = isinstance(old.what, Dose) and old.what.medicine == new.what.medicine
    return same and old.happened_s == new.happened_s


def _newest(known: Mapping[str, Entry], entry: Entry) -> dict[str, Entry]:
    kept = {**known, entry.id: entry}
    return kept if len(kept) <= MOST_ENTRIES else dict(list(kept.items())[-MOST_ENTRIES:])


def _measured_anew(old: Entry | None, entry: Entry) -> bool:
    return old is None or (old.what, old.happened_s) != (entry.what, entry.happened_s)


def _by_hand(state: State, entry: Entry, taken: ManualReading, effects: tuple[Effect, ...], now: Now) -> Written:
    reading = Reading(Quantity.TEMPERATURE, taken.celsius, Unit.CELSIUS, site=str(taken.site))
    sensor = hand_sensor(state.setup, entry.person, taken.site, now.mono_s)
    name = sensor.device.id
    if now.wall_s - entry.happened_s > FRESH_S:
        kept = KeepReading(entry.person, name, str(taken.site), reading, entry.happened_s, now.synced)
        return Written(state, (*effects, kept), entry)
    if name not in state.sensors:
        state = state.with_sensor(sensor)
    return Written(state, effects, entry, ReadingReceived(name, reading))
