"""From notifications to pushes, and back: what a push service answers may raise an alarm, or make the room sound."""

from dataclasses import replace

from edge.delivery import dispatch
from edge.model.alarm import Condition
from edge.model.effect import ClearPushes, Effect, Notify
from edge.model.event import BrokerLinkChanged, FaultReported, NoticeAsked, PushReported, TimerExpired
from edge.model.moment import Now
from edge.pipeline import escalation, signs
from edge.pipeline.notification import Effects, Stepped
from edge.pipeline.state import State

PushEvent = PushReported | TimerExpired | BrokerLinkChanged | NoticeAsked


def advance(state: State, event: PushEvent, now: Now) -> Stepped:
    """What became of a push, of a deadline, of the broker."""
    match event:
        case BrokerLinkChanged():
            return replace(state, pushes=dispatch.linked(state.pushes, connected=event.connected)), ()
        case NoticeAsked():
            quiet = Notify(event.caregiver, event.subject, event.title, event.text, urgent=False, reach=event.reach)
            return state, (quiet,)
        case PushReported():
            decided = dispatch.reported(state.pushes, event)
        case TimerExpired():
            decided = dispatch.expired(state.pushes, event)
    state, effects = replace(state, pushes=decided.dispatch), tuple[Effect, ...](decided.effects)
    for alarm_id in decided.unreached:
        state, some = escalation.unreached(state, alarm_id)
        effects += some
    if decided.nobody is not None:
        detail = "no push channel works" if decided.nobody else ""
        state, some = signs.fault(
            state, FaultReported(Condition.NOBODY_REACHABLE, decided.nobody, detail, "*push"), now
        )
        effects += some
    return state, effects


def sent(state: State, effects: Effects) -> Stepped:
    """The same effects; each notification is followed by the pushes that it becomes."""
    out: Effects = ()
    for effect in effects:
        out += (effect,)
        if isinstance(effect, Notify):
            decided = dispatch.notify(state.pushes, effect)
        elif isinstance(effect, ClearPushes):
            decided = dispatch.outdate(state.pushes, effect.caregiver, effect.alarm_id)
        else:
            continue
        state, out = replace(state, pushes=decided.dispatch), (*out, *decided.effects)
    return state, out
