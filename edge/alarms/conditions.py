"""The condition machine at work: signs go in, changed alarms come out. Pure; state is handed back and forth."""

import math
from collections.abc import Mapping
from dataclasses import replace

from edge.alarms.catalogue import CATALOGUE
from edge.alarms.condition_store import STANDING, WATCH_LOST, ConditionStore, Tracked, attend, priority, tell
from edge.alarms.states import CONDITION, ConditionInput, ConditionState, follow
from edge.model.alarm import Alarm, AlarmKey, Kind, Presence, Reason
from edge.model.moment import Now
from edge.model.reading import Unit
from edge.model.sign import Sign

__all__ = ["RESTORED", "Changed", "Tracked", "answer", "louder", "quiet", "take", "tick"]

# A new value is told when it differs this much from the one told last (degrees Celsius).
TELL_AGAIN_C = 0.5
# Stands for whoever said it before a restart, where that cannot be told; the next word about it takes its place. What
# the hub says of itself is said anew after a restart, or else is over after so long.
RESTORED = "*restored"
RESTORED_S = 180.0

# A fever of five days is a reason to see a doctor (NICE NG143).
SEE_A_DOCTOR_DAYS = 5

Changed = tuple[ConditionStore, tuple[Alarm, ...]]


def take(store: ConditionStore, key: AlarmKey, sign: Sign, now: Now) -> Changed:
    """One sign about one condition. Returns the new board and the alarms that changed, oldest first."""
    before = store.tracked.get(key, Tracked())
    if sign.present:
        return _present(store, key, before, _sound(sign), now)
    says = {device: said for device, said in before.says.items() if device not in (sign.device, RESTORED)}
    if says:
        # Another sensor still holds it: one word never speaks for two.
        return (store if len(says) == len(before.says) else store.with_(key, replace(before, says=says))), ()
    return _ended(store, key, replace(before, says=says), sign, now)


def tick(store: ConditionStore, now: Now) -> Changed:
    """Delays that are over make pending conditions active; priorities follow the child's state."""
    changed: list[Alarm] = []
    store = attend(store, now)
    for key, tracked in store.tracked.items():
        alarms: tuple[Alarm, ...] = ()
        if tracked.state is ConditionState.PENDING:
            store, alarms = _if_due(store, key, tracked, now)
        elif tracked.state is ConditionState.ACTIVE and tracked.alarm is not None:
            word = tracked.says.get(RESTORED)
            if word is not None and not key.person and now.mono_s - word.t_s >= RESTORED_S:
                store, alarms = _ended(store, key, replace(tracked, says={}), word, now, why=Reason.RESTORED)
            elif (
                key.condition in WATCH_LOST
                and (urgency := priority(store, key, now)).rank > tracked.alarm.priority.rank
            ):
                # Whatever was answered was answered about the lower level.
                store, alarm = tell(
                    store, key, tracked, now, Reason.WORSE, priority=urgency, presence=Presence.ON, **_UNANSWERED
                )
                alarms = (alarm,)
        changed += alarms
    return store, tuple(changed)


_UNANSWERED = {"acknowledged_by": "", "attended_by": "", "silent_until_s": None}


# What a caregiver says of the child stays with the episode.
_SAID = {Reason.AWAKE: "awake_by", Reason.FALSE_ALARM: "false_alarm_by"}


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

    Who is not in the house (`local` False) is named, but an alarm that waits for an answer goes on waiting.
    silent_until_s: wall seconds at which it rings again by itself.
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
        tracked = replace(tracked, state=state, says={} if ends else tracked.says)
    said = {_SAID[reason]: caregiver} if reason in _SAID else {}
    store, told = tell(
        store,
        key,
        tracked,
        now,
        reason,
        evidence={**alarm.evidence, **said},
        presence=presence,
        cleared_s=cleared_s,
        acknowledged_by=alarm.acknowledged_by or caregiver,
        attended_by=caregiver if with_her else alarm.attended_by,
        silent_until_s=silent_until_s,
    )
    return store, (told,)


def learn(store: ConditionStore, key: AlarmKey, evidence: Mapping[str, object], now: Now, reason: Reason) -> Changed:
    """Something more is known of the last episode of a condition, standing or over; its state is the same."""
    tracked = store.tracked.get(key)
    if tracked is None or tracked.alarm is None:
        return store, ()
    store, told = tell(store, key, tracked, now, reason, evidence={**tracked.alarm.evidence, **evidence})
    return store, (told,)


def quiet(store: ConditionStore, key: AlarmKey, now: Now, silent_until_s: float, why: Reason) -> Changed:
    """It was snoozed, or its watch paused, until that wall time; its state is the same."""
    store, told = tell(store, key, store.tracked[key], now, why, silent_until_s=silent_until_s)
    return store, (told,)


def louder(store: ConditionStore, key: AlarmKey, now: Now) -> Changed:
    """A silence is over by itself: it is as if nobody had answered."""
    tracked = store.tracked[key]
    presence = Presence.LATCH if tracked.state is ConditionState.LATCHED else Presence.ON
    store, told = tell(store, key, tracked, now, Reason.SILENCE_OVER, presence=presence, **_UNANSWERED)
    return store, (told,)


def _sound(sign: Sign) -> Sign:
    """Numbers that are none never reach a text."""
    value = sign.value if sign.value is not None and math.isfinite(sign.value) else None
    onset_s = sign.onset_s if sign.onset_s is not None and math.isfinite(sign.onset_s) else None
    return sign if (value, onset_s) == (sign.value, sign.onset_s) else replace(sign, value=value, onset_s=onset_s)


def _present(store: ConditionStore, key: AlarmKey, before: Tracked, sign: Sign, now: Now) -> Changed:
    anew = _another_episode(key, before, sign)
    state, reason = follow(CONDITION, before.state, ConditionInput.NEW_ONSET if anew else ConditionInput.PRESENT)
    changed: tuple[Alarm, ...] = ()
    if reason is Reason.NEW_ONSET and before.state in STANDING and before.alarm is not None:
        store, told = _superseded(store, key, before, now)
        changed = (told,)
    held = {} if anew else {device: said for device, said in before.says.items() if device != RESTORED}
    tracked = replace(before, state=state, says={**held, sign.device: sign})
    if state is ConditionState.PENDING:
        if before.state is not ConditionState.PENDING:
            tracked = replace(tracked, since_s=now.mono_s, alarm=None)
        store, alarms = _if_due(store, key, tracked, now)
        return store, changed + alarms
    store = store.with_(key, replace(tracked, last_s=now.mono_s))
    if _worth_telling(tracked.alarm, sign):
        assert tracked.alarm is not None
        # What it was raised by stays; only the days go on.
        evidence = {**tracked.alarm.evidence, **({"days_of_fever": days} if (days := _days(sign.evidence)) else {})}
        store, told = tell(store, key, tracked, now, Reason.EVIDENCE, value=sign.value, evidence=evidence)
        changed += (told,)
    elif tracked.alarm is not None and _other_words(before, tracked.alarm, sign):
        evidence = {**tracked.alarm.evidence, **sign.evidence}
        store, told = tell(store, key, tracked, now, Reason.EVIDENCE, evidence=evidence, cleared_s=_ended_s(sign, now))
        changed += (told,)
    return store, changed


def _another_episode(key: AlarmKey, before: Tracked, sign: Sign) -> bool:
    """Whether this onset lies so long after the last word that the standing episode held that it must ring anew."""
    word_s = before.word_s()
    if before.state is not ConditionState.ACTIVE or word_s is None or sign.onset_s is None:
        return False
    return sign.onset_s - word_s > CATALOGUE[key.condition].apart_s


def _superseded(store: ConditionStore, key: AlarmKey, before: Tracked, now: Now) -> tuple[ConditionStore, Alarm]:
    """A new onset: the old episode is over, and the new one rings with an id of its own."""
    assert before.alarm is not None
    cleared_s = before.alarm.cleared_s
    if cleared_s is None:
        cleared_s = now.wall_at(before.word_s() or now.mono_s)
    over = replace(before, state=ConditionState.CLEARED, says={})
    return tell(store, key, over, now, Reason.NEW_ONSET, presence=Presence.OFF, cleared_s=cleared_s)


def _ended_s(sign: Sign, now: Now) -> float | None:
    """When the cause ended of what holds beyond it (wall seconds)."""
    return None if sign.ended_s is None else now.wall_at(sign.ended_s)


def _worth_telling(alarm: Alarm | None, sign: Sign) -> bool:
    if alarm is None or alarm.kind is Kind.TECHNICAL or sign.unit != Unit.CELSIUS or sign.value is None:
        return False
    if _days(sign.evidence) >= SEE_A_DOCTOR_DAYS > _days(alarm.evidence):
        return True
    return alarm.value is None or abs(sign.value - alarm.value) >= TELL_AGAIN_C


def _other_words(before: Tracked, alarm: Alarm, sign: Sign) -> bool:
    """Whether what this sensor or part says now needs other words than what it said last."""
    said = before.says.get(sign.device)
    words = CATALOGUE[alarm.key.condition].worded_by
    last = alarm.evidence if said is None else said.evidence
    return bool(words) and sign.evidence.get(words) != last.get(words)


def _days(evidence: Mapping[str, object]) -> int:
    days = evidence.get("days_of_fever")
    return days if isinstance(days, int) else 0


def _if_due(store: ConditionStore, key: AlarmKey, tracked: Tracked, now: Now) -> Changed:
    if now.mono_s - tracked.since_s < CATALOGUE[key.condition].delay_s:
        return store.with_(key, tracked), ()
    return _activate(store, key, tracked, now)


def _activate(store: ConditionStore, key: AlarmKey, tracked: Tracked, now: Now) -> Changed:
    state, reason = follow(CONDITION, tracked.state, ConditionInput.DELAY_OVER)
    spec = CATALOGUE[key.condition]
    sign = list(tracked.says.values())[-1]
    onset_s = min((said.onset_s for said in tracked.says.values() if said.onset_s is not None), default=None)
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
        evidence={**sign.evidence, "sensors": sorted(device for device in tracked.says if device)},
    )
    store, told = tell(store, key, replace(tracked, state=state, alarm=alarm), now, reason)
    return store, (told,)


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
    ended: dict[str, object] = {"presence": presence, "cleared_s": cleared_s, "value": value}
    if sign.evidence and not sign.present:
        ended["evidence"] = {**alarm.evidence, **sign.evidence}
    store, told = tell(store, key, tracked, now, why, **ended)
    return store, (told,)
