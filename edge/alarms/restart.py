"""The conditions after a restart: what stood stands, under the word of the sensors that can still take it back."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from edge.alarms.catalogue import CATALOGUE
from edge.alarms.condition_store import EVENTS, ConditionStore, Tracked, attention, tell
from edge.alarms.conditions import RESTORED, Changed
from edge.alarms.states import CONDITION, ConditionInput, ConditionState, follow
from edge.model.alarm import Alarm, AlarmKey, Presence, Reason
from edge.model.moment import Now
from edge.model.sign import Sign

# For each key that can still be watched, the sensors that can speak about it; none for what the hub says of itself.
Speakers = Mapping[AlarmKey, frozenset[str]]


def restore(
    alarms: Iterable[Alarm], sequence: int, speakers: Speakers, now: Now, past: Iterable[Alarm] = ()
) -> Changed:
    """The board after a restart, from the journal's standing alarms, and those of the last days.

    An alarm that nothing set up today can speak about ends, and is said to; one that waits for an answer still waits.
    """
    alarms = tuple(alarms)
    store, changed = ConditionStore(sequence=sequence, attention_s=attention([*past, *alarms], now)), []
    for key, alarm in {alarm.key: alarm for alarm in past if alarm.key.condition in EVENTS}.items():
        store = store.with_(key, Tracked(ConditionState.CLEARED, alarm=alarm))
    for alarm in alarms:
        latched = alarm.presence is Presence.LATCH
        state = ConditionState.LATCHED if latched else ConditionState.ACTIVE
        says = {} if latched else _says(alarm, speakers, now)
        tracked = Tracked(state, now.mono_s, says, alarm, now.mono_s)
        store = store.with_(alarm.key, tracked)
        if state is ConditionState.ACTIVE and alarm.key not in speakers:
            store, told = _orphaned(store, alarm, tracked, now)
            changed.append(told)
    return store, tuple(changed)


def _says(alarm: Alarm, speakers: Speakers, now: Now) -> dict[str, Sign]:
    """Who held it, as far as they still exist; otherwise whoever can speak about it takes their place."""
    able = speakers.get(alarm.key, frozenset())
    sensors = alarm.evidence.get("sensors")
    held = able & {str(sensor) for sensor in sensors} if isinstance(sensors, list | tuple) else able
    onset_s = now.mono_s - max(now.wall_s - alarm.onset_s, 0.0)
    sign = Sign(alarm.key.condition, "", True, now.mono_s, onset_s, alarm.value, alarm.limit, alarm.unit)
    return {sensor: replace(sign, device=sensor) for sensor in sorted(held)} or {RESTORED: sign}


def _orphaned(store: ConditionStore, alarm: Alarm, tracked: Tracked, now: Now) -> tuple[ConditionStore, Alarm]:
    waits = CATALOGUE[alarm.key.condition].latching and alarm.presence is not Presence.ACK
    given = ConditionInput.ENDED_UNANSWERED if waits else ConditionInput.ENDED
    state, _ = follow(CONDITION, tracked.state, given)
    presence = Presence.LATCH if state is ConditionState.LATCHED else Presence.OFF
    ended = replace(tracked, state=state, says={})
    return tell(store, alarm.key, ended, now, Reason.RESTORED, presence=presence, cleared_s=now.wall_s)
