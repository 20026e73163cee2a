"""The state of every condition, and the numbering of changes of alarms. Pure values."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from edge.alarms.catalogue import CATALOGUE, INHIBITED_BY
from edge.alarms.states import ConditionState
from edge.model.alarm import Alarm, AlarmKey, Condition, Presence, Priority, Reason
from edge.model.moment import Now
from edge.model.sign import Sign

_ACTIVE = ConditionState.ACTIVE
STANDING = (ConditionState.ACTIVE, ConditionState.LATCHED)
# After an event most repeats come within a day (clinical series of 228: 90 %): not hearing her is then urgent.
ATTENTION_S = 24 * 3600.0
WATCH_LOST = (Condition.NO_DATA, Condition.NOT_WORN, Condition.CANNOT_JUDGE)
FEBRILE = (Condition.FEVER, Condition.HIGH_FEVER, Condition.YOUNG_INFANT_FEVER)
EVENTS = (Condition.SEIZURE_LIKE_MOVEMENT, Condition.PROLONGED_MOVEMENT)


@dataclass(frozen=True, slots=True)
class Tracked:
    """One condition of one person, device or the hub.

    since_s: when it became pending (monotonic). signs: the latest sign of each sensor that holds it present, by device.
    alarm: the last recorded state of its episode; None before the first. last_s: when an episode last held (monotonic).
    """

    state: ConditionState = ConditionState.ABSENT
    since_s: float = 0.0
    signs: Mapping[str, Sign] = field(default_factory=dict)
    alarm: Alarm | None = None
    last_s: float | None = None

    def last_sign_s(self) -> float | None:
        """When a sensor last reported that it holds (monotonic)."""
        return max((sign.t_s for sign in self.signs.values()), default=None)


@dataclass(frozen=True, slots=True)
class ConditionStore:
    """All conditions. sequence: of the last change, counted over the life of the hub.

    attention_s: for each child after an event, when attention to her was last called for (monotonic). ill: children of
    whom caregivers said so.
    """

    tracked: Mapping[AlarmKey, Tracked] = field(default_factory=dict)
    sequence: int = 0
    attention_s: Mapping[str, float] = field(default_factory=dict)
    ill: frozenset[str] = frozenset()

    def with_(self, key: AlarmKey, tracked: Tracked) -> "ConditionStore":
        return replace(self, tracked={**self.tracked, key: tracked})

    def standing(self) -> list[Alarm]:
        """Every alarm that holds or waits for an answer."""
        return [t.alarm for t in self.tracked.values() if t.alarm is not None and t.state in STANDING]


Changed = tuple[ConditionStore, tuple[Alarm, ...]]
"""The new store, and the alarms that changed, oldest first."""


def record(
    store: ConditionStore, tracked: Tracked, alarm: Alarm, now: Now, reason: Reason
) -> tuple[ConditionStore, Alarm]:
    """Store a changed alarm with the next sequence number, this reason and this time; returns it as it is stored.

    tracked: the new state of its condition, whatever alarm it holds.
    """
    sequence = store.sequence + 1
    alarm = replace(alarm, sequence=sequence, reason=reason, changed_s=now.wall_s)
    store = replace(store, sequence=sequence).with_(alarm.key, replace(tracked, alarm=alarm, last_s=now.mono_s))
    return store, alarm


def inhibited_by(store: ConditionStore, key: AlarmKey) -> frozenset[AlarmKey]:
    """The standing alarms that are signalled in place of this one."""
    worse = {AlarmKey(condition, key.person) for condition in INHIBITED_BY.get(key.condition, ())}
    return frozenset(each for each in worse if store.tracked.get(each, Tracked()).state is ConditionState.ACTIVE)


def attend(store: ConditionStore, now: Now) -> ConditionStore:
    """Attention after an event lasts for a day, and starts again with every moment of fever in that day: until the
    illness is over, that is until the fever has been gone for a day.
    """
    standing = {k.person for k, t in store.tracked.items() if k.condition in EVENTS and t.state in STANDING}
    called = standing | {person for person in feverish(store) if attentive(store, person, now)}
    return replace(store, attention_s={**store.attention_s, **dict.fromkeys(called, now.mono_s)}) if called else store


def attentive(store: ConditionStore, person: str, now: Now) -> bool:
    """Whether this child still needs attention after an event."""
    events = [t.last_s for k, t in store.tracked.items() if k.person == person and k.condition in EVENTS]
    called = [at_s for at_s in (store.attention_s.get(person), *events) if at_s is not None]
    return bool(called) and now.mono_s - max(called) <= ATTENTION_S


def attention(alarms: Iterable[Alarm], now: Now) -> dict[str, float]:
    """`ConditionStore.attention_s` as it was before a restart, from the journal's alarms of the last days."""
    found: dict[str, float] = {}
    for alarm in sorted(alarms, key=lambda each: each.onset_s):
        until_s = min(_until_s(alarm, now), now.wall_s)
        last_s = found.get(alarm.key.person)
        held = last_s is not None and alarm.onset_s - last_s <= ATTENTION_S
        if alarm.key.condition in EVENTS or (alarm.key.condition in FEBRILE and held):
            found[alarm.key.person] = max(until_s, -math.inf if last_s is None else last_s)
    return {person: now.mono_s - (now.wall_s - last_s) for person, last_s in found.items()}


def _until_s(alarm: Alarm, now: Now) -> float:
    """Wall seconds until which it held."""
    if alarm.presence is Presence.OFF:
        return alarm.cleared_s or alarm.changed_s
    return now.wall_s


def priority(store: ConditionStore, key: AlarmKey, now: Now) -> Priority:
    """The catalogue's priority; silence about a child with a fever, who is ill, or after an event, is urgent."""
    usual = CATALOGUE[key.condition].priority
    if key.condition not in WATCH_LOST:
        return usual
    urgent = key.person in store.ill or key.person in feverish(store) or attentive(store, key.person, now)
    return Priority.HIGH if urgent else usual


def feverish(store: ConditionStore) -> frozenset[str]:
    """The children who have a fever now, whether somebody has answered it or not."""
    return frozenset(k.person for k, t in store.tracked.items() if k.condition in FEBRILE and t.state is _ACTIVE)
