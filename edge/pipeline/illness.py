"""Illness mode: begun and ended by caregivers, proposed at a fever, ended by itself. While it stands the hub is more
attentive: silence about her is as urgent as with a fever, movement is judged as with one, caregivers are asked to
measure and told of their plan's next dose. It silences nothing and lowers nothing.
"""

from collections.abc import Mapping
from dataclasses import replace

from edge import alarms
from edge.care import doses, illness
from edge.delivery import care_texts, notices
from edge.delivery import illness_texts as words
from edge.errors import CommandRefused
from edge.model.alarm import Presence
from edge.model.care import Course, Dose, Entry, Illness
from edge.model.effect import KeepEntry, Note
from edge.model.event import Command
from edge.model.moment import Now
from edge.model.people import Person
from edge.pipeline import roster_store
from edge.pipeline.notification import Effects, Stepped, night_left_s
from edge.pipeline.state import State
from edge.pipeline.thermometers import fever_of

HUB = "hub"
"""In the place of a caregiver, where the hub itself ended an illness."""
PROPOSED_S = 24 * 3600.0
"""A fever that comes and goes is proposed once a day."""


def meant(state: State, command: Command, person: Person) -> Entry | None:
    """The illness that a command without an id is about; None: a new one. Raises CommandRefused."""
    stands, over = illness.standing(state.entries.values(), person.id), command.arguments.get("over")
    locale = state.setup.locale(state.setup.caregiver(command.caregiver))
    if stands is None and over is True:
        raise CommandRefused(words.NONE_STANDS)
    if stands is not None and over is None and not command.arguments.get("diagnosis"):
        since = care_texts.when(stands.happened_s, stands.happened_s, locale)
        raise CommandRefused(words.STANDS, since=since)
    return stands


def ended(state: State, old: Entry | None, what: Illness, happened_s: float) -> Illness:
    """The content with what was seen of it until its end, if it has one. Raises CommandRefused."""
    if what.ended_s is None:
        return what
    if what.ended_s < happened_s:
        raise CommandRefused(words.ENDS_BEFORE)
    return illness.closed(what, state.courses.get(old.person) if old is not None else None, what.ended_s)


def answer(state: State, entry: Entry, old: Entry | None, now: Now) -> tuple[str, Effects]:
    """What the caregiver is answered, and what the others are told."""
    assert isinstance(entry.what, Illness)
    locale = state.setup.locale(state.setup.caregiver(entry.caregiver))
    person, readers = state.setup.person(entry.person), _readers(state)
    since, before = care_texts.when(entry.happened_s, now.wall_s, locale), old is not None and _stands(old)
    ends = before and not _stands(entry)
    told = words.changed(readers, person.name, entry.caregiver, over=ends) if ends or _stands(entry) > before else []
    if entry.withdrawn or _stands(entry) == before:
        text = words.TAKEN_BACK if entry.withdrawn else words.CHANGED
        said = locale.say(text, what=care_texts.in_words(entry, locale))
    elif _stands(entry):
        said = locale.say(words.BEGUN, since=since, days=person.illness_days)
    else:
        ended_s = entry.what.ended_s or now.wall_s
        said = locale.say(words.ENDED, ended=care_texts.when(ended_s, now.wall_s, locale), since=since)
    return said, tuple(told)


def taken_up(state: State) -> State:
    """After an entry changed, or a start: each illness that stands has its course, and no other."""
    courses = {
        person.id: state.courses.get(person.id, Course())
        for person in state.setup.config.persons
        if illness.standing(state.entries.values(), person.id) is not None
    }
    return replace(state, courses=courses, alarms=alarms.with_ill(state.alarms, frozenset(courses)))


def follow(state: State, now: Now) -> Stepped:
    """Time passed: what was seen, what is asked and told, what ends by itself, what is proposed."""
    feverish = alarms.feverish(state.alarms)
    if not state.courses and not feverish:
        return state, ()
    before, effects = state, _NONE
    for person in state.setup.config.persons:
        if person.id in state.courses:
            state, some = _advance(state, person, now, fever=person.id in feverish)
        elif person.id in feverish:
            state, some = _propose(state, person, now)
        else:
            continue
        effects += some
    changed = state.proposed_s != before.proposed_s or state.courses.keys() != before.courses.keys()
    worth = (illness.worth_keeping(before.courses.get(who), course) for who, course in state.courses.items())
    return state, (*effects, roster_store.remember(state, now)) if changed or any(worth) else effects


_NONE: Effects = ()


def ill(state: State, now: Now) -> list[words.Ill]:
    """Every illness that stands, with what is known of it."""
    found = []
    for person in state.setup.config.persons:
        entry = illness.standing(state.entries.values(), person.id)
        if entry is None:
            continue
        course, day = state.courses.get(person.id, Course()), illness.days(entry, now.wall_s)
        given = [each for each in _doses(state, person) if each.happened_s >= entry.happened_s]
        long = day >= illness.LONG_DAYS and course.fever_s is not None and now.wall_s - course.fever_s < illness.DAY_S
        found.append(words.Ill(person.name or person.id, entry, course, given, day, long))
    return found


def proposed(state: State, person: str) -> bool:
    """Whether she has a fever, and nobody has said that she is ill."""
    return person not in state.courses and person in alarms.feverish(state.alarms)


def _propose(state: State, person: Person, now: Now) -> Stepped:
    """Once somebody has answered: never beside an alarm that rings."""
    rings = any(
        alarm.key.person == person.id and alarm.presence is Presence.ON for alarm in state.alarms.conditions.standing()
    )
    last_s = state.proposed_s.get(person.id)
    if rings or (last_s is not None and 0 <= now.wall_s - last_s < PROPOSED_S):
        return state, ()
    state = replace(state, proposed_s={**state.proposed_s, person.id: now.wall_s})
    return state, tuple(words.proposed(_readers(state), person.name))


def _advance(state: State, person: Person, now: Now, *, fever: bool) -> Stepped:
    entry = illness.standing(state.entries.values(), person.id)
    if entry is None:  # so old that the core no longer has it at hand
        return taken_up(state), ()
    known = fever_of(state, person.id, now)
    level_c = known.level_c if known.known and known.settled else None
    course = illness.seen(state.courses[person.id], level_c, now.wall_s, fever=fever)
    child = state.child(person.id)
    if child.cluster is not None:
        onset_s = now.wall_at(child.cluster.onset_s)
        course = illness.with_episode(course, onset_s, false_alarm=child.false_alarm)
    if now.synced and illness.over(entry, course, person.illness_days, now.wall_s):
        return _end(state, person, entry, course, now)
    effects: Effects = ()
    if illness.measurement_is_due(entry, course, now.wall_s) and not night_left_s(state, now):
        hours = round(illness.ASK_S / 3600.0)
        course = replace(course, asked_s=now.wall_s)
        effects = tuple(words.measure(_readers(state), person.name, hours))
    if fever and level_c is not None:
        course, more = _next_doses(state, person, course, now)
        effects += more
    return replace(state, courses={**state.courses, person.id: course}), effects


def _next_doses(state: State, person: Person, course: Course, now: Now) -> tuple[Course, Effects]:
    effects: Effects = ()
    for medicine in person.medicines:
        times_s = [each.happened_s for each in doses.of_medicine(_doses(state, person), medicine, person.medicines)]
        next_s = doses.next_allowed_s(times_s, medicine)
        told = course.reminded_s.get(medicine.name) == next_s
        if told or not 0 <= now.wall_s - next_s < illness.TOLD_LATE_S:
            continue
        course = replace(course, reminded_s={**course.reminded_s, medicine.name: next_s})
        times: Mapping[str, float] = {"next": next_s, "last": times_s[-1]}
        effects += tuple(words.next_dose(_readers(state), person.name, medicine.name, times, now.wall_s))
    return course, effects


def _end(state: State, person: Person, entry: Entry, course: Course, now: Now) -> Stepped:
    assert isinstance(entry.what, Illness)
    what = illness.closed(entry.what, course, now.wall_s)
    over = replace(
        entry, version=entry.version + 1, what=what, caregiver=HUB, entered_s=now.wall_s, request_id="", reply=""
    )
    quiet_s = person.illness_days * illness.DAY_S
    unmeasured = course.measured_s is None or now.wall_s - course.measured_s >= quiet_s
    state = taken_up(replace(state, entries={**state.entries, over.id: over}))
    told = words.ended_by_itself(_readers(state), person.name, person.illness_days, unmeasured=unmeasured)
    note = Note(f"illness of {person.id}", "over by itself" + (", nobody measured" if unmeasured else ""))
    return state, (KeepEntry(over), note, *told)


def _doses(state: State, person: Person) -> list[Entry]:
    return sorted(
        (
            each
            for each in state.entries.values()
            if each.person == person.id and isinstance(each.what, Dose) and not each.withdrawn
        ),
        key=lambda each: each.happened_s,
    )


def _stands(entry: Entry) -> bool:
    return isinstance(entry.what, Illness) and entry.what.ended_s is None and not entry.withdrawn


def _readers(state: State) -> notices.Readers:
    return notices.Readers(state.setup.config.caregivers, state.setup.locale)
