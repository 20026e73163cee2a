"""What caregivers, and the end of a silence, change about a standing alarm. Pure; each returns the new store."""

from dataclasses import replace

from edge.alarms.catalogue import CATALOGUE
from edge.alarms.condition_store import STANDING, Changed, ConditionStore, Tracked, record
from edge.alarms.states import CONDITION, ConditionInput, ConditionState
from edge.model.alarm import Alarm, AlarmKey, Presence, Reason
from edge.model.evidence import NO_EVIDENCE, Evidence
from edge.model.moment import Now
from edge.model.transitions import follow


def unanswered(alarm: Alarm) -> Alarm:
    """The alarm without what was answered to it."""
    return replace(alarm, acknowledged_by="", attended_by="", answered_by="", silent_until_s=None)


# What a caregiver says of the child stays with the episode.
def _said(reason: Reason, caregiver: str) -> Evidence:
    match reason:
        case Reason.AWAKE:
            return Evidence(awake_by=caregiver)
        case Reason.FALSE_ALARM:
            return Evidence(false_alarm_by=caregiver)
        case _:
            return NO_EVIDENCE


def answer(
    store: ConditionStore,
    key: AlarmKey,
    now: Now,
    reason: Reason,
    *,
    caregiver: str,
    with_her: bool,
    local: bool = True,
    silent_until_s: float | None = None,
) -> Changed:
    """A caregiver answered this alarm ("I'm coming", or with `with_her` "I'm with her"). No-op if it is over.

    A caregiver who is not in the house (`local` False) is named, but an alarm that waits for an answer goes on waiting.
    silent_until_s: wall seconds at which notification resumes by itself.
    """
    tracked = store.tracked.get(key, Tracked())
    if tracked.state not in STANDING or tracked.alarm is None:
        return store, ()
    alarm = tracked.alarm
    ends = reason is Reason.AWAKE and CATALOGUE[key.condition].until_awake and tracked.state is ConditionState.ACTIVE
    presence, cleared_s = alarm.presence, alarm.cleared_s
    if local:
        state, _ = follow(CONDITION, tracked.state, ConditionInput.ENDED if ends else ConditionInput.ANSWERED)
        presence = Presence.ACK if state is ConditionState.ACTIVE else Presence.OFF
        cleared_s = now.wall_s if ends and cleared_s is None else cleared_s
        tracked = replace(tracked, state=state, signs={} if ends else tracked.signs)
    answered = replace(
        alarm,
        evidence=alarm.evidence.updated(_said(reason, caregiver)),
        presence=presence,
        cleared_s=cleared_s,
        acknowledged_by=caregiver,
        attended_by=caregiver if with_her else alarm.attended_by,
        answered_by=caregiver,
        silent_until_s=silent_until_s,
    )
    store, answered = record(store, tracked, answered, now, reason)
    return store, (answered,)


def learn(store: ConditionStore, key: AlarmKey, evidence: Evidence, now: Now, reason: Reason) -> Changed:
    """Add evidence to the last episode of a condition, standing or over; its state does not change."""
    tracked = store.tracked.get(key)
    if tracked is None or tracked.alarm is None:
        return store, ()
    alarm = replace(tracked.alarm, evidence=tracked.alarm.evidence.updated(evidence))
    store, alarm = record(store, tracked, alarm, now, reason)
    return store, (alarm,)


def quiet(store: ConditionStore, key: AlarmKey, now: Now, silent_until_s: float, why: Reason, *, who: str) -> Changed:
    """Somebody silences a standing alarm until that wall time (snooze, pause); its condition stays as it is."""
    tracked = store.tracked[key]
    assert tracked.alarm is not None
    silenced = replace(tracked.alarm, silent_until_s=silent_until_s, answered_by=who)
    store, alarm = record(store, tracked, silenced, now, why)
    return store, (alarm,)


def resume(store: ConditionStore, key: AlarmKey, now: Now) -> tuple[ConditionStore, Alarm]:
    """The silence of a standing alarm has ended by itself: it counts as unanswered again."""
    tracked = store.tracked[key]
    assert tracked.alarm is not None
    presence = Presence.LATCH if tracked.state is ConditionState.LATCHED else Presence.ON
    alarm = unanswered(replace(tracked.alarm, presence=presence))
    return record(store, tracked, alarm, now, Reason.SILENCE_OVER)
