"""Commands of caregivers: what each verb does, and the answer. Who may, and with which arguments: `edge.commands`."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from edge import alarms
from edge.commands import SECRET, checked
from edge.delivery import roster, texts
from edge.errors import CommandRefused
from edge.model.alarm import HOUSE
from edge.model.effect import KeepEntry, Note, Notify, Reply, SendTestAlarm, WriteFrames
from edge.model.event import Command, Verb
from edge.model.language import N_, Locale
from edge.model.moment import Now
from edge.model.people import Caregiver, Role
from edge.pipeline import (
    bedtime,
    care,
    drills,
    episode_clock,
    household,
    readings,
    roster_store,
    watch_duty,
    withdrawal,
)
from edge.pipeline.notification import Effects, Stepped, night_left_s, notify_changes, plan_for
from edge.pipeline.state import State

Done = tuple[State, Effects, str | None]
"""With the answer; None where it comes later, of the shell."""
Handler = Callable[[State, Command, Now], Done]


def command(state: State, given: Command, now: Now) -> Stepped:
    """Carry it out and answer; a refusal is an answer too."""
    where = given.surface and f"({given.surface})"
    told = {key: "..." if key in SECRET else value for key, value in given.arguments.items()}
    said = " ".join(filter(None, [given.verb, given.alarm, str(told or ""), where]))
    note = Note(f"command from {given.caregiver}", said)
    try:
        given = checked(given, _role(state, given.caregiver))
        state, effects, answer = HANDLERS[given.verb](state, given, now)
    except CommandRefused as refused:
        note = replace(note, detail=f"{said}: refused: {refused}")
        return state, (
            note,
            Reply(given.caregiver, given.request_id, ok=False, reason=_words(state, given).refusal(refused)),
        )
    if answer is None:
        return state, (note, *effects)
    return state, (*effects, note, Reply(given.caregiver, given.request_id, ok=True, reason=answer))


def _words(state: State, given: Command) -> Locale:
    """Of who said it."""
    return state.setup.locale(state.setup.caregiver(given.caregiver))


def _role(state: State, who: str) -> Role | None:
    """None for a thing of the house. Raises CommandRefused for somebody who is not set up."""
    if who == HOUSE:
        return None
    caregiver = state.setup.caregiver(who)
    if caregiver is None:
        raise CommandRefused(N_("nobody called {who} is set up on this hub"), who=repr(who))
    return caregiver.role


def _answer(state: State, given: Command, now: Now) -> Done:
    """Who is coming, who is with her, quiet for a while."""
    if given.verb is Verb.ACKNOWLEDGE and given.alarm == roster.TEST:
        return _done(watch_duty.confirm_test)(state, given, now)
    night = night_left_s(state, now) > 0
    before = state.alarms.snoozes
    outcome = alarms.command(state.alarms, given, plan_for(state, now), now, night=night)
    state, effects = notify_changes(state, outcome, now)
    if state.alarms.snoozes != before:
        effects += (roster_store.remember(state, now),)
    return state, effects, episode_clock.answered(state, given)


def _done(do: Callable[[State, Command, Now], Stepped]) -> Handler:
    """A handler of what is simply done."""

    def handler(state: State, given: Command, now: Now) -> Done:
        state, effects = do(state, given, now)
        return state, effects, episode_clock.answered(state, given)

    return handler


def _test(state: State, given: Command, now: Now) -> Done:
    those = roster.notifiable(state.setup.config.caregivers)
    state = replace(state, roster=roster.sent(state.roster, [each.id for each in those], now))
    tests = tuple(_a_test(state, each) for each in those)
    return state, (SendTestAlarm(given.caregiver, given.request_id, tests),), None


def _frames(state: State, given: Command, _now: Now) -> Done:
    """For a bug report; the shell has them."""
    return state, (WriteFrames(given.caregiver, given.request_id),), None


def _a_test(state: State, to: Caregiver) -> Notify:
    title, text = map(state.setup.locale(to).say, texts.TEST)
    return Notify(to.id, roster.TEST, title, text, urgent=True, verbs=(Verb.ACKNOWLEDGE,))


def _write(state: State, given: Command, now: Now) -> Done:
    """What caregivers add; a temperature read by hand goes the way of a spot thermometer's."""
    written = care.write(state, episode_clock.with_rescue(state, given), now)
    state, effects = written.state, written.effects
    fresh = [effect.entry for effect in effects if isinstance(effect, KeepEntry) and effect.entry.version == 1]
    for entry in fresh if given.arguments.get("rescue") is True else ():
        state, more = episode_clock.rescued(state, given, entry, now)
        effects += more
    if written.mistake is not None:
        state, more = withdrawal.undone(state, written.mistake, now, fresh_s=care.FRESH_S)
        effects += more
    if written.reading is not None:
        by_hand = written.reading
        state, more = readings.judge(state, by_hand.device, by_hand.reading, now, written.entry.happened_s)
        effects += more
    return state, effects, written.entry.reply


HANDLERS: Mapping[Verb, Handler] = {
    Verb.ACKNOWLEDGE: _answer,
    Verb.WITH_HER: _answer,
    Verb.SNOOZE: _answer,
    Verb.AWAKE: _done(episode_clock.awake),
    Verb.FALSE_ALARM: _done(episode_clock.false_alarm),
    Verb.PAUSE: _done(watch_duty.pause),
    Verb.CAREGIVER: household.asked,
    Verb.CAREGIVER_REMOVE: household.asked,
    Verb.BROKER_USER: household.asked,
    Verb.FRAMES: _frames,
    Verb.ON_WATCH: _done(watch_duty.on_watch),
    Verb.PHONE_CHANGED: _done(watch_duty.phone_changed),
    Verb.DOSE: _write,
    Verb.NOTE: _write,
    Verb.ILLNESS: _write,
    Verb.TEST: _test,
    Verb.DRILL: drills.command,
    Verb.GOOD_NIGHT: bedtime.good_night,
}
