"""The condition state machine: signs go in, changed alarms come out. Pure; every function returns the new store."""

import math
from dataclasses import replace

from edge.alarms.catalogue import CATALOGUE
from edge.alarms.condition_store import (
    STANDING,
    WATCH_LOST,
    Changed,
    ConditionStore,
    Tracked,
    attend,
    priority,
    record,
)
from edge.alarms.standing import unanswered
from edge.alarms.states import CONDITION, ConditionInput, ConditionState
from edge.model.alarm import Alarm, AlarmKey, Kind, Presence, Reason
from edge.model.evidence import Evidence, TemperatureEvidence
from edge.model.moment import Now
from edge.model.reading import Unit
from edge.model.sign import Sign
from edge.model.transitions import follow

# A new value is published when it differs this much from the one published last (degrees Celsius).
UPDATE_C = 0.5
# The device of a restored sign whose sensor is not known; the next sign about the condition replaces it. The hub
# reports its own trouble anew after a restart; what it does not report within this time is over.
RESTORED = "*restored"
RESTORED_S = 180.0

_NOTHING = Tracked()

# A fever of five days is a reason to see a doctor (NICE NG143).
SEE_A_DOCTOR_DAYS = 5


def take(store: ConditionStore, key: AlarmKey, sign: Sign, now: Now) -> Changed:
    """Apply one sign about one condition. Returns the new store and the alarms that changed, oldest first."""
    before = store.tracked.get(key, _NOTHING)
    if sign.present:
        return _present(store, key, before, _finite(sign), now)
    signs = {device: each for device, each in before.signs.items() if device not in (sign.device, RESTORED)}
    if signs:
        # Another sensor still holds it: no sensor speaks for another.
        return (store if len(signs) == len(before.signs) else store.with_(key, replace(before, signs=signs))), ()
    return _ended(store, key, replace(before, signs=signs) if before.signs else before, sign, now)


def withdraw(store: ConditionStore, key: AlarmKey, device: str, now: Now) -> Changed:
    """What this sensor said of a condition was a mistake: unless another holds it, it is over, and with it the urgency
    that it alone gave to not hearing her. No-op if the sensor does not hold it.
    """
    before = store.tracked.get(key, Tracked())
    if device not in before.signs:
        return store, ()
    signs = {name: each for name, each in before.signs.items() if name != device}
    if signs:
        return store.with_(key, replace(before, signs=signs)), ()
    mistake = Sign(key.condition, device, False, now.mono_s)
    store, changed = _ended(store, key, replace(before, signs={}), mistake, now, why=Reason.WITHDRAWN)
    for other, tracked in store.tracked.items():
        lost = tracked.alarm if other.condition in WATCH_LOST and other.person == key.person else None
        if lost is None or tracked.state is not ConditionState.ACTIVE:
            continue
        urgency = priority(store, other, now)
        if urgency.rank < lost.priority.rank:
            store, lost = record(store, tracked, replace(lost, priority=urgency), now, Reason.WITHDRAWN)
            changed += (lost,)
    return store, changed


def tick(store: ConditionStore, now: Now) -> Changed:
    """Delays that are over make pending conditions active; priorities follow the child's state."""
    changed: list[Alarm] = []
    store = attend(store, now)
    for key, tracked in store.tracked.items():
        alarms: tuple[Alarm, ...] = ()
        if tracked.state is ConditionState.PENDING:
            store, alarms = _if_due(store, key, tracked, now)
        elif tracked.state is ConditionState.ACTIVE and tracked.alarm is not None:
            restored = tracked.signs.get(RESTORED)
            if restored is not None and not key.person and now.mono_s - restored.t_s >= RESTORED_S:
                store, alarms = _ended(store, key, replace(tracked, signs={}), restored, now, why=Reason.RESTORED)
            elif (
                key.condition in WATCH_LOST
                and (urgency := priority(store, key, now)).rank > tracked.alarm.priority.rank
            ):
                # An answer was about the lower priority.
                worse = unanswered(replace(tracked.alarm, priority=urgency, presence=Presence.ON))
                store, alarm = record(store, tracked, worse, now, Reason.WORSE)
                alarms = (alarm,)
        changed += alarms
    return store, tuple(changed)


def _finite(sign: Sign) -> Sign:
    """The sign without NaN and infinities, which must never reach a text."""
    value = sign.value if sign.value is not None and math.isfinite(sign.value) else None
    onset_s = sign.onset_s if sign.onset_s is not None and math.isfinite(sign.onset_s) else None
    return sign if (value, onset_s) == (sign.value, sign.onset_s) else replace(sign, value=value, onset_s=onset_s)


def _present(store: ConditionStore, key: AlarmKey, before: Tracked, sign: Sign, now: Now) -> Changed:
    anew = _another_episode(key, before, sign)
    state, reason = follow(CONDITION, before.state, ConditionInput.NEW_ONSET if anew else ConditionInput.PRESENT)
    changed: tuple[Alarm, ...] = ()
    if reason is Reason.NEW_ONSET and before.state in STANDING and before.alarm is not None:
        store, over = _superseded(store, before, before.alarm, now)
        changed = (over,)
    held = {} if anew else {device: each for device, each in before.signs.items() if device != RESTORED}
    tracked = replace(before, state=state, signs={**held, sign.device: sign})
    if state is ConditionState.PENDING:
        if before.state is not ConditionState.PENDING:
            tracked = replace(tracked, since_s=now.mono_s, alarm=None)
        store, alarms = _if_due(store, key, tracked, now)
        return store, changed + alarms
    store = store.with_(key, replace(tracked, last_s=now.mono_s))
    if tracked.alarm is None or (alarm := _updated(before, tracked.alarm, sign, now)) is None:
        return store, changed
    store, alarm = record(store, tracked, alarm, now, Reason.EVIDENCE)
    return store, (*changed, alarm)


def _updated(before: Tracked, alarm: Alarm, sign: Sign, now: Now) -> Alarm | None:
    """The standing alarm with what this sign adds; None if that is not worth an update."""
    if _other_level(alarm, sign):
        # The evidence that raised it stays; only the days go on.
        days = TemperatureEvidence(days_of_fever=_days(sign.evidence) or None)
        return replace(alarm, value=sign.value, evidence=alarm.evidence.updated(days))
    if _other_text(before, alarm, sign):
        return replace(alarm, evidence=alarm.evidence.updated(sign.evidence), cleared_s=_ended_s(sign, now))
    return None


def _another_episode(key: AlarmKey, before: Tracked, sign: Sign) -> bool:
    """Whether this onset lies so long after the last sign of the standing episode that it is a new episode."""
    last_s = before.last_sign_s()
    if before.state is not ConditionState.ACTIVE or last_s is None or sign.onset_s is None:
        return False
    return sign.onset_s - last_s > CATALOGUE[key.condition].apart_s


def _superseded(store: ConditionStore, before: Tracked, alarm: Alarm, now: Now) -> tuple[ConditionStore, Alarm]:
    """End the old episode at a new onset; the new episode gets an id of its own."""
    cleared_s = now.wall_at(before.last_sign_s() or now.mono_s) if alarm.cleared_s is None else alarm.cleared_s
    over = replace(before, state=ConditionState.CLEARED, signs={})
    alarm = replace(alarm, presence=Presence.OFF, cleared_s=cleared_s)
    return record(store, over, alarm, now, Reason.NEW_ONSET)


def _ended_s(sign: Sign, now: Now) -> float | None:
    """When the cause ended, for a condition that holds beyond its cause (wall seconds)."""
    return None if sign.ended_s is None else now.wall_at(sign.ended_s)


def _other_level(alarm: Alarm, sign: Sign) -> bool:
    """Whether the temperature, or the days of fever, changed enough to be published."""
    if alarm.kind is Kind.TECHNICAL or sign.unit != Unit.CELSIUS or sign.value is None:
        return False
    if _days(sign.evidence) >= SEE_A_DOCTOR_DAYS > _days(alarm.evidence):
        return True
    return alarm.value is None or abs(sign.value - alarm.value) >= UPDATE_C


def _other_text(before: Tracked, alarm: Alarm, sign: Sign) -> bool:
    """Whether the evidence that the text depends on changed since the last sign of this sensor."""
    previous = before.signs.get(sign.device)
    last = alarm.evidence if previous is None else previous.evidence
    return CATALOGUE[alarm.key.condition].retexted and sign.evidence.text_basis != last.text_basis


def _days(evidence: Evidence) -> int:
    return (evidence.days_of_fever or 0) if isinstance(evidence, TemperatureEvidence) else 0


def _if_due(store: ConditionStore, key: AlarmKey, tracked: Tracked, now: Now) -> Changed:
    if now.mono_s - tracked.since_s < CATALOGUE[key.condition].delay_s:
        return store.with_(key, tracked), ()
    return _activate(store, key, tracked, now)


def _activate(store: ConditionStore, key: AlarmKey, tracked: Tracked, now: Now) -> Changed:
    state, reason = follow(CONDITION, tracked.state, ConditionInput.DELAY_OVER)
    spec = CATALOGUE[key.condition]
    sign = list(tracked.signs.values())[-1]
    onset_s = min((each.onset_s for each in tracked.signs.values() if each.onset_s is not None), default=None)
    alarm = Alarm(
        # Short enough for every client, unique by its number, and by the second should the number ever be lost.
        id=f"{(key.person or 'hub')[:16]}-{key.condition}-{store.sequence + 1}-{int(now.wall_s)}",
        key=key,
        kind=spec.kind,
        priority=priority(store, key, now),
        presence=Presence.ON,
        onset_s=now.wall_at(tracked.since_s if onset_s is None else onset_s),
        raised_s=now.wall_s,
        sequence=0,
        reason=reason,
        value=sign.value,
        limit=sign.limit,
        unit=sign.unit,
        cleared_s=_ended_s(sign, now),
        evidence=replace(sign.evidence, sensors=tuple(sorted(device for device in tracked.signs if device))),
    )
    store, alarm = record(store, replace(tracked, state=state), alarm, now, reason)
    return store, (alarm,)


def _ended(
    store: ConditionStore, key: AlarmKey, tracked: Tracked, sign: Sign, now: Now, *, why: Reason = Reason.EVIDENCE_ENDED
) -> Changed:
    alarm = tracked.alarm
    # Answered in the house: "I'm coming" from elsewhere leaves nobody with her.
    answered = alarm is None or alarm.presence is Presence.ACK or bool(alarm.attended_by)
    latches = CATALOGUE[key.condition].latching and not answered
    given = ConditionInput.ENDED_UNANSWERED if latches else ConditionInput.ENDED
    state, _ = follow(CONDITION, tracked.state, given)
    if state is tracked.state:
        return store, ()
    tracked = replace(tracked, state=state)
    if state is ConditionState.ABSENT or alarm is None:
        return store.with_(key, tracked), ()
    presence = Presence.LATCH if state is ConditionState.LATCHED else Presence.OFF
    value = alarm.value
    if sign.unit == alarm.unit and sign.unit in (Unit.CELSIUS, Unit.PERCENT) and sign.value is not None:
        value = sign.value
    cleared_s = now.wall_s
    if not sign.present and sign.ended_s is not None:
        cleared_s = min(max(now.wall_at(sign.ended_s), alarm.raised_s), now.wall_s)
    evidence = alarm.evidence if sign.present else alarm.evidence.updated(sign.evidence)
    ended = replace(alarm, presence=presence, cleared_s=cleared_s, value=value, evidence=evidence)
    store, ended = record(store, tracked, ended, now, why)
    return store, (ended,)
