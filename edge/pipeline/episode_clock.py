"""The five-minute clock of a child's episode: what time and caregivers' answers do to it and to its alarms."""

from collections.abc import Sequence
from dataclasses import replace

from edge import alarms
from edge.delivery import care_plan, messages, private_texts, texts
from edge.errors import CommandRefused
from edge.model.alarm import AlarmKey, Reason
from edge.model.care import Entry
from edge.model.event import Command, Verb
from edge.model.evidence import Evidence
from edge.model.language import N_, Locale
from edge.model.moment import Now
from edge.model.people import Caregiver, Person
from edge.pipeline import child as children
from edge.pipeline.notification import Effects, Stepped, notify_changes, plan_for
from edge.pipeline.state import State

# What silences an alarm does not say that she is well.
ANSWERS = (Verb.ACKNOWLEDGE, Verb.WITH_HER, Verb.FALSE_ALARM, Verb.SNOOZE)
RESCUE = "rescue medicine"
DONE = N_("done")
CLOCK_RUNS = N_("done; the five-minute clock runs until somebody with her says that she is awake")


def goes_on(state: State, person: str, now: Now) -> Stepped:
    """The five-minute clock of a child's episode, driven by time alone, and the cue of her care plan."""
    child = state.child(person)
    if child.cluster is None:
        return state, ()
    who = state.setup.person(person)
    child, sign, cue = children.ticked(child, now, who.care_plan)
    state = state.with_child(person, child)
    effects: Effects = ()
    if sign is not None:
        state, effects = notify_changes(
            state, alarms.sign(state.alarms, AlarmKey(sign.condition, person), sign, plan_for(state, now), now), now
        )
    alarm = alarms.movement(state.alarms, person) if cue else None
    if alarm is None:
        return state, effects
    state, some = notify_changes(
        state, alarms.learn(state.alarms, alarm.key, Evidence(rescue_cue=True), plan_for(state, now), now), now
    )
    return state, (
        *effects,
        *some,
        *messages.everyone(
            alarm,
            lambda words: care_plan.cue(who.name, who.care_plan, words),
            private_texts.CUE,
            _caregivers(state),
            state.setup.locale,
        ),
    )


def all_go_on(state: State, now: Now) -> Stepped:
    """The clocks of all children."""
    effects: Effects = ()
    for person in state.children:
        state, some = goes_on(state, person, now)
        effects += some
    return state, effects


def awake(state: State, command: Command, now: Now) -> Stepped:
    """Stop the clock, which only this command does; it counts while a clock runs, even if no alarm stands any more."""
    of = alarms.named(state.alarms, command.alarm) if command.alarm else None
    persons = [person for person in state.children if not command.alarm or (of is not None and of.person == person)]
    running = [person for person in persons if state.child(person).clock_runs]
    if not command.alarm and len(running) > 1:
        raise CommandRefused(N_("say with `alarm` for which child: the clock of more than one runs"))
    effects: Effects = ()
    try:
        state, effects = notify_changes(state, alarms.command(state.alarms, command, plan_for(state, now), now), now)
    except CommandRefused:
        if not running:
            raise
    for person in persons:
        state = state.with_child(person, children.awake(state.child(person), now))
    for person in running:
        said = Evidence(awake_by=command.caregiver)
        for key in alarms.not_awake(state.alarms, person):
            state, some = notify_changes(
                state, alarms.learn(state.alarms, key, said, plan_for(state, now), now, reason=Reason.AWAKE), now
            )
            effects += some
    return state, effects


def false_alarm(state: State, command: Command, now: Now) -> Stepped:
    """Silence the alarm, and do not count the episode; the clock goes on."""
    of = alarms.named(state.alarms, command.alarm) if command.alarm else None
    state, effects = notify_changes(state, alarms.command(state.alarms, command, plan_for(state, now), now), now)
    for person, child in state.children.items():
        if not command.alarm or (of is not None and of.person == person and of.condition in alarms.MOVEMENT):
            state = state.with_child(person, replace(child, false_alarm=True))
    return state, effects


def answered(state: State, command: Command) -> str:
    """The reply to a command that was done."""
    runs = command.verb in ANSWERS and any(child.clock_runs for child in state.children.values())
    words = state.setup.locale(state.setup.caregiver(command.caregiver))
    return words.say(CLOCK_RUNS if runs else DONE)


def with_rescue(state: State, command: Command) -> Command:
    """A rescue dose without further arguments is of the care plan's medicine, for the child whose clock runs."""
    if command.arguments.get("rescue") is not True or "id" in command.arguments:
        return command
    meant = _meant(state, command)
    one = meant[0] if len(meant) == 1 else None
    known = {"person": one.id, "drug": one.care_plan.rescue_drug or RESCUE} if one else {"drug": RESCUE}
    return replace(command, arguments={**known, **command.arguments})


def _meant(state: State, command: Command) -> list[Person]:
    """The child of the alarm that was named, of a clock that runs, else each there is."""
    of = alarms.named(state.alarms, command.alarm) if command.alarm else None
    running = [person for person, child in state.children.items() if child.clock_runs]
    named = command.arguments.get("person") or (of.person if of is not None else "")
    everyone = state.setup.config.persons
    return [each for each in everyone if (each.id == named if named else each.id in running or not running)]


def rescued(state: State, command: Command, given: Entry, now: Now) -> Stepped:
    """The rescue medicine was given, by the new entry: keep that with the episode and notify the other caregivers."""
    person, child = state.setup.person(given.person), state.child(given.person)
    state = state.with_child(person.id, replace(child, rescued=True))
    alarm = alarms.movement(state.alarms, person.id)
    if alarm is None or (child.cluster is None and state.alarms.alarm(alarm.id) is None):
        return state, ()  # no episode: the entry alone
    given_s = round(given.happened_s - alarm.onset_s, 1)
    said = Evidence(rescue_given_s=given_s, rescue_given_by=command.caregiver)
    state, effects = notify_changes(state, alarms.learn(state.alarms, alarm.key, said, plan_for(state, now), now), now)
    giver = state.setup.caregiver(command.caregiver)

    def text(words: Locale) -> str:
        by = giver.name if giver else words.say(texts.SOMEBODY)
        return care_plan.given(person.name, person.care_plan, by, given.happened_s, words)

    others = [caregiver for caregiver in _caregivers(state) if caregiver.id != command.caregiver]
    return state, (*effects, *messages.everyone(alarm, text, private_texts.GIVEN, others, state.setup.locale))


def _caregivers(state: State) -> Sequence[Caregiver]:
    return state.setup.config.caregivers
