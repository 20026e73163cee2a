"""Commands of caregivers: who may, what follows, and the answer."""

from collections.abc import Callable
from dataclasses import replace

from edge import alarms
from edge.delivery import roster, texts
from edge.errors import CommandRefused
from edge.model.alarm import HOUSE
from edge.model.effect import KeepEntry, Note, Notify, Reply, SendTestAlarm
from edge.model.event import Command, Verb
from edge.model.moment import Now
from edge.model.people import Role
from edge.model.reading import Reading
from edge.pipeline import care, episode_clock, watch_duty
from edge.pipeline.notification import Effects, Stepped, night_left_s, notify_changes, plan_for
from edge.pipeline.state import State

Read = Callable[[State, str, Reading, Now, float], Stepped]


def command(state: State, given: Command, now: Now, read: Read) -> Stepped:
    """Carry it out and answer; a refusal is an answer too. read: takes a temperature that was read by hand."""
    where = given.surface and f"({given.surface})"
    said = " ".join(filter(None, [given.verb, given.alarm, str(dict(given.arguments) or ""), where]))
    note = Note(f"command from {given.caregiver}", said)
    caregiver = state.setup.caregiver(given.caregiver)
    try:
        if given.caregiver != HOUSE and (caregiver is None or caregiver.role is Role.VIEWER):
            raise CommandRefused("you may look, not answer")
        if given.verb is Verb.TEST:
            who = [each.id for each in state.setup.config.caregivers if each.role is not Role.VIEWER]
            heard = (Verb.ACKNOWLEDGE,)
            tests = tuple(Notify(each, roster.TEST, *texts.TEST, urgent=True, verbs=heard) for each in who)
            state = replace(state, roster=roster.sent(state.roster, who, now))
            return state, (note, SendTestAlarm(given.caregiver, given.request_id, tests))
        if given.verb in (Verb.DOSE, Verb.NOTE):
            state, effects, said = _write(state, given, now, read)
        else:
            state, effects = _obey(state, given, now)
            said = episode_clock.answered(state, given)
    except CommandRefused as refused:
        return state, (note, Reply(given.caregiver, given.request_id, ok=False, reason=str(refused)))
    return state, (*effects, note, Reply(given.caregiver, given.request_id, ok=True, reason=said))


def _write(state: State, given: Command, now: Now, read: Read) -> tuple[State, Effects, str]:
    """What caregivers add; a temperature read by hand goes the way of a spot thermometer's."""
    written = care.write(state, episode_clock.with_rescue(state, given), now)
    state, effects = written.state, written.effects
    fresh = [effect.entry for effect in effects if isinstance(effect, KeepEntry) and effect.entry.version == 1]
    for entry in fresh if given.arguments.get("rescue") is True else ():
        state, more = episode_clock.rescued(state, given, entry, now)
        effects += more
    if written.reading is not None:
        heard = written.reading
        state, more = read(state, heard.device, heard.reading, now, written.entry.happened_s)
        effects += more
    return state, effects, written.entry.told


def _obey(state: State, given: Command, now: Now) -> Stepped:
    match given.verb:
        case Verb.ON_WATCH:
            return watch_duty.on_watch(state, given, now)
        case Verb.PAUSE:
            return watch_duty.pause(state, given, now)
        case Verb.ACKNOWLEDGE if given.alarm == roster.TEST:
            return watch_duty.heard_test(state, given, now)
        case Verb.AWAKE:
            return episode_clock.awake(state, given, now)
        case Verb.FALSE_ALARM:
            return episode_clock.false_alarm(state, given, now)
        case _:
            night = night_left_s(state, now) > 0
            return notify_changes(
                state, alarms.command(state.alarms, given, plan_for(state, now), now, night=night), now
            )
