"""The condition machine at work: signs go in, changed alarms come out. Pure; state is handed back and forth."""

import math
from collections.abc import Mapping
from dataclasses import replace

from edge.alarms.board import STANDING, WATCH_LOST, Board, Tracked, attend, priority, tell
from edge.alarms.catalogue import CATALOGUE
from edge.alarms.states import CONDITION, ConditionInput, ConditionState, follow
from edge.model.alarm import Alarm, AlarmKey, Kind, Presence, Reason
from edge.model.moment import Now
from edge.model.reading import Unit
from edge.model.sign import Sign

__all__ = ["RESTORED", "Board", "Changed", "Tracked", "answer", "louder", "quiet", "take", "tick"]

# A new value is told when it differs this much from the one told last (degrees Celsius).
TELL_AGAIN_C = 0.5
# Stands for whoever said it before a restart, where that cannot be told; the next word about it takes its place. What
# the hub says of itself is said anew after a restart, or else is over after so long.
RESTORED = "*restored"
RESTORED_S = 180.0

# A fever of five days is a reason to see a doctor (NICE NG143).
SEE_A_DOCTOR_DAYS = 5

Changed = tuple[Board, tuple[Alarm, ...]]


def take(board: Board, key: AlarmKey, sign: Sign, now: Now) -> Changed:
    """One sign about one condition. Returns the new board and the alarms that changed, oldest first."""
    before = board.tracked.get(key, Tracked())
    if sign.present:
        return _present(board, key, before, _sound(sign), now)
    says = {device: said for device, said in before.says.items() if device not in (sign.device, RESTORED)}
    if says:
        # Another sensor still holds it: one word never speaks for two.
        return (board if len(says) == len(before.says) else board.with_(key, replace(before, says=says))), ()
    return _ended(board, key, replace(before, says=says), sign, now)


def tick(board: Board, now: Now) -> Changed:
    """Delays that are over make pending conditions active; priorities follow the child's state."""
    changed: list[Alarm] = []
    board = attend(board, now)
    for key, tracked in board.tracked.items():
        alarms: tuple[Alarm, ...] = ()
        if tracked.state is ConditionState.PENDING:
            board, alarms = _if_due(board, key, tracked, now)
        elif tracked.state is ConditionState.ACTIVE and tracked.alarm is not None:
            word = tracked.says.get(RESTORED)
            if word is not None and not key.person and now.mono_s - word.t_s >= RESTORED_S:
                board, alarms = _ended(board, key, replace(tracked, says={}), word, now, why=Reason.RESTORED)
            elif (
                key.condition in WATCH_LOST
                and (urgency := priority(board, key, now)).rank > tracked.alarm.priority.rank
            ):
                # Whatever was answered was answered about the lower level.
                board, alarm = tell(
                    board, key, tracked, now, Reason.WORSE, priority=urgency, presence=Presence.ON, **_UNANSWERED
                )
                alarms = (alarm,)
        changed += alarms
    return board, tuple(changed)


_UNANSWERED = {"acknowledged_by": "", "attended_by": "", "silent_until_s": None}


# What a caregiver says of the child stays with the episode.
_SAID = {Reason.AWAKE: "awake_by", Reason.FALSE_ALARM: "false_alarm_by"}


def answer(
    board: Board,
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
    tracked = board.tracked.get(key, Tracked())
    if tracked.state not in STANDING or tracked.alarm is None:
        return board, ()
    alarm = tracked.alarm
    ends = reason is Reason.AWAKE and CATALOGUE[key.condition].until_awake and tracked.state is ConditionState.ACTIVE
    presence, cleared_s = alarm.presence, alarm.cleared_s
    if local:
        state, _ = follow(CONDITION, tracked.state, ConditionInput.ENDED if ends else ConditionInput.ANSWERED)
        presence = Presence.ACK if state is ConditionState.ACTIVE else Presence.OFF
        cleared_s = now.wall_s if ends and cleared_s is None else cleared_s
        tracked = replace(tracked, state=state, says={} if ends else tracked.says)
    said = {_SAID[reason]: caregiver} if reason in _SAID else {}
    board, told = tell(
        board,
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
    return board, (told,)


def learn(board: Board, key: AlarmKey, evidence: Mapping[str, object], now: Now, reason: Reason) -> Changed:
    """Something more is known of the last episode of a condition, standing or over; its state is the same."""
    tracked = board.tracked.get(key)
    if tracked is None or tracked.alarm is None:
        return board, ()
    board, told = tell(board, key, tracked, now, reason, evidence={**tracked.alarm.evidence, **evidence})
    return board, (told,)


def quiet(board: Board, key: AlarmKey, now: Now, silent_until_s: float, why: Reason) -> Changed:
    """It was snoozed, or its watch paused, until that wall time; its state is the same."""
    board, told = tell(board, key, board.tracked[key], now, why, silent_until_s=silent_until_s)
    return board, (told,)


def louder(board: Board, key: AlarmKey, now: Now) -> Changed:
    """A silence is over by itself: it is as if nobody had answered."""
    tracked = board.tracked[key]
    presence = Presence.LATCH if tracked.state is ConditionState.LATCHED else Presence.ON
    board, told = tell(board, key, tracked, now, Reason.SILENCE_OVER, presence=presence, **_UNANSWERED)
    return board, (told,)


def _sound(sign: Sign) -> Sign:
    """Numbers that are none never reach a text."""
    value = sign.value if sign.value is not None and math.isfinite(sign.value) else None
    onset_s = sign.onset_s if sign.onset_s is not None and math.isfinite(sign.onset_s) else None
    return sign if (value, onset_s) == (sign.value, sign.onset_s) else replace(sign, value=value, onset_s=onset_s)


def _present(board: Board, key: AlarmKey, before: Tracked, sign: Sign, now: Now) -> Changed:
    anew = _another_episode(key, before, sign)
    state, reason = follow(CONDITION, before.state, ConditionInput.NEW_ONSET if anew else ConditionInput.PRESENT)
    changed: tuple[Alarm, ...] = ()
    if reason is Reason.NEW_ONSET and before.state in STANDING and before.alarm is not None:
        board, told = _superseded(board, key, before, now)
        changed = (told,)
    held = {} if anew else {device: said for device, said in before.says.items() if device != RESTORED}
    tracked = replace(before, state=state, says={**held, sign.device: sign})
    if state is ConditionState.PENDING:
        if before.state is not ConditionState.PENDING:
            tracked = replace(tracked, since_s=now.mono_s, alarm=None)
        board, alarms = _if_due(board, key, tracked, now)
        return board, changed + alarms
    board = board.with_(key, replace(tracked, last_s=now.mono_s))
    if _worth_telling(tracked.alarm, sign):
        assert tracked.alarm is not None
        # What it was raised by stays; only the days go on.
        evidence = {**tracked.alarm.evidence, **({"days_of_fever": days} if (days := _days(sign.evidence)) else {})}
        board, told = tell(board, key, tracked, now, Reason.EVIDENCE, value=sign.value, evidence=evidence)
        changed += (told,)
    elif tracked.alarm is not None and _other_words(before, tracked.alarm, sign):
        evidence = {**tracked.alarm.evidence, **sign.evidence}
        board, told = tell(board, key, tracked, now, Reason.EVIDENCE, evidence=evidence, cleared_s=_ended_s(sign, now))
        changed += (told,)
    return board, changed


def _another_episode(key: AlarmKey, before: Tracked, sign: Sign) -> bool:
    """Whether this onset lies so long after the last word that the standing episode held that it must ring anew."""
    word_s = before.word_s()
    if before.state is not ConditionState.ACTIVE or word_s is None or sign.onset_s is None:
        return False
    return sign.onset_s - word_s > CATALOGUE[key.condition].apart_s


def _superseded(board: Board, key: AlarmKey, before: Tracked, now: Now) -> tuple[Board, Alarm]:
    """A new onset: the old episode is over, and the new one rings with an id of its own."""
    assert before.alarm is not None
    cleared_s = before.alarm.cleared_s
    if cleared_s is None:
        cleared_s = now.wall_at(before.word_s() or now.mono_s)
    over = replace(before, state=ConditionState.CLEARED, says={})
    return tell(board, key, over, now, Reason.NEW_ONSET, presence=Presence.OFF, cleared_s=cleared_s)


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


def _if_due(board: Board, key: AlarmKey, tracked: Tracked, now: Now) -> Changed:
    if now.mono_s - tracked.since_s < CATALOGUE[key.condition].delay_s:
        return board.with_(key, tracked), ()
    return _activate(board, key, tracked, now)


def _activate(board: Board, key: AlarmKey, tracked: Tracked, now: Now) -> Changed:
    state, reason = follow(CONDITION, tracked.state, ConditionInput.DELAY_OVER)
    spec = CATALOGUE[key.condition]
    sign = list(tracked.says.values())[-1]
    onset_s = min((said.onset_s for said in tracked.says.values() if said.onset_s is not None), default=None)
    alarm = Alarm(
        # Short enough for every client, unique by its number, and by the second should the number ever be lost.
        id=f"{(key.person or 'hub')[:16]}-{key.condition}-{board.sequence + 1}-{int(now.wall_s)}",
        key=key,
        kind=spec.kind,
        priority=priority(board, key, now),
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
    board, told = tell(board, key, replace(tracked, state=state, alarm=alarm), now, reason)
    return board, (told,)


def _ended(
    board: Board, key: AlarmKey, tracked: Tracked, sign: Sign, now: Now, *, why: Reason = Reason.EVIDENCE_ENDED
) -> Changed:
    alarm = tracked.alarm
    # Answered in the house: "I'm coming" from elsewhere leaves nobody with her.
    answered = alarm is None or alarm.presence is Presence.ACK or bool(alarm.attended_by)
    latches = CATALOGUE[key.condition].latching and not answered
    given = ConditionInput.ENDED_UNANSWERED if latches else ConditionInput.ENDED
    state, _ = follow(CONDITION, tracked.state, given)
    if state is tracked.state:
        return board, ()
    tracked = replace(tracked, state=state)
    if state is ConditionState.ABSENT or alarm is None:
        return board.with_(key, tracked), ()
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
    board, told = tell(board, key, tracked, now, why, **ended)
    return board, (told,)
