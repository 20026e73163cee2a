"""The conditions after a restart: standing alarms stand again, held by the sensors that can still end them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from edge.alarms.catalogue import CATALOGUE
from edge.alarms.condition_store import EVENTS, Changed, ConditionStore, Tracked, attention, record
from edge.alarms.conditions import RESTORED
from edge.alarms.states import CONDITION, ConditionInput, ConditionState
from edge.model.alarm import Alarm, AlarmKey, Presence, Reason
from edge.model.moment import Now
from edge.model.sign import Sign
from edge.model.transitions import follow

# For each key that is still watched, the sensors that report it; none for what the hub reports of itself.
Speakers = Mapping[AlarmKey, frozenset[str]]


def restore(
    alarms: Iterable[Alarm], sequence: int, speakers: Speakers, now: Now, past: Iterable[Alarm] = ()
) -> Changed:
    """The store after a restart, from the journal's standing alarms and those of the last days (`past`).

    An alarm that no sensor of today's configuration reports is ended; one that waits for an answer still waits.
    """
    alarms = tuple(alarms)
    store, changed = ConditionStore(sequence=sequence, attention_s=attention([*past, *alarms], now)), []
    for key, alarm in {alarm.key: alarm for alarm in past if alarm.key.condition in EVENTS}.items():
        store = store.with_(key, Tracked(ConditionState.CLEARED, alarm=alarm))
    for alarm in alarms:
        latched = alarm.presence is Presence.LATCH
        state = ConditionState.LATCHED if latched else ConditionState.ACTIVE
        signs = {} if latched else _signs(alarm, speakers, now)
        tracked = Tracked(state, now.mono_s, signs, alarm, now.mono_s)
        store = store.with_(alarm.key, tracked)
        if state is ConditionState.ACTIVE and alarm.key not in speakers:
            store, ended = _orphaned(store, alarm, tracked, now)
            changed.append(ended)
    return store, tuple(changed)


def _signs(alarm: Alarm, speakers: Speakers, now: Now) -> dict[str, Sign]:
    """Signs of the sensors that held it, as far as they still exist; else of any that can report it."""
    able = speakers.get(alarm.key, frozenset())
    held = able if alarm.evidence.sensors is None else able & set(alarm.evidence.sensors)
    onset_s = now.mono_s - max(now.wall_s - alarm.onset_s, 0.0)
    sign = Sign(alarm.key.condition, "", True, now.mono_s, onset_s, alarm.value, alarm.limit, alarm.unit)
    return {sensor: replace(sign, device=sensor) for sensor in sorted(held)} or {RESTORED: sign}


def _orphaned(store: ConditionStore, alarm: Alarm, tracked: Tracked, now: Now) -> tuple[ConditionStore, Alarm]:
    waits = CATALOGUE[alarm.key.condition].latching and alarm.presence is not Presence.ACK
    given = ConditionInput.ENDED_UNANSWERED if waits else ConditionInput.ENDED
    state, _ = follow(CONDITION, tracked.state, given)
    presence = Presence.LATCH if state is ConditionState.LATCHED else Presence.OFF
    ended = replace(alarm, presence=presence, cleared_s=now.wall_s)
    return record(store, replace(tracked, state=state, signs={}), ended, now, Reason.RESTORED)
