"""The first state after a start: the sensors that are set up, and what the journal kept.

From the journal come the standing alarms with their silences (`alarms.restore`), the roster and the pauses
(`roster_store`), what thermometers read lately (`level_store`), the entries, and for each child the open episode and
the onsets of the last day, which the evidence of her movement alarms holds. A clock that was wrong meanwhile shortens
what it measures, and never lengthens it.
"""

from collections.abc import Iterable
from dataclasses import replace

from edge import alarms
from edge.analysis.episode import AGAIN_S, Cluster
from edge.delivery import dispatch
from edge.model.alarm import Alarm, AlarmKey, Condition, Presence
from edge.model.care import Entry, ManualReading
from edge.model.evidence import Movement, SeizureEvidence
from edge.model.moment import Now
from edge.pipeline import care, illness, level_store, pushes, roster_store
from edge.pipeline.child import Child
from edge.pipeline.notification import Stepped, notify_changes, plan_for
from edge.pipeline.state import Sensor, Setup, State, key_of

# An episode that nobody answered is taken up again after a restart if it was that young; a standing alarm always is.
TAKEN_UP_S = 3600.0
# Onsets of one cluster, as its bouts remember it, differ by rounding and by which sensor was first.
SAME_S = 30.0


def begin(
    setup: Setup,
    now: Now,
    standing: Iterable[Alarm] = (),
    sequence: int = 0,
    *,
    remembered: str = "",
    levels: str = "",
    entries: Iterable[Entry] = (),
    past: Iterable[Alarm] = (),
) -> Stepped:
    """The first state. standing, sequence, remembered (`roster_store`), levels (`level_store`), entries (newest
    versions, oldest first), past (alarms of the last days that are over): from the journal, so that alarms, silences,
    episodes and what the family's plan counts survive a restart.
    """
    standing, past = tuple(_answerable(setup, alarm) for alarm in standing), tuple(past)
    sensors = {
        device.id: Sensor(device, setup.profiles[device.profile], setup.config.limits_for(device), now.mono_s)
        for device in setup.config.devices
    }
    for name, learned in level_store.recall(levels, setup.config, now).items():
        sensors[name] = replace(sensors[name], level=learned)
    known = {entry.id: entry for entry in entries}
    for entry in known.values():
        if isinstance(entry.what, ManualReading):
            by_hand = care.hand_sensor(setup, entry.person, entry.what.site, now.mono_s)
            sensors.setdefault(by_hand.device.id, by_hand)
    who, paused, snoozed = roster_store.recall(remembered, now)
    her = _children(standing, past, now)
    state = State(setup, sensors, roster=who, entries=known, entries_made=len(known), children=her)
    courses, proposed_s = roster_store.illnesses(remembered)
    drill, later_s = roster_store.drilled(remembered, now)
    state = replace(state, pushes=dispatch.start(setup.channels), courses=courses, proposed_s=proposed_s)
    state = replace(state, drill=drill, drill_later_s=later_s, good_night_s=roster_store.good_night_s(remembered))
    speakers = {AlarmKey(condition): frozenset[str]() for condition in Condition}
    for sensor in sensors.values():
        for key in (key_of(sensor.device, condition) for condition in Condition if sensor.says(condition)):
            speakers[key] = speakers.get(key, frozenset()) | {sensor.device.id}
    plan = plan_for(state, now)
    restored = alarms.restore(standing, sequence, speakers, plan, now, pauses=paused, snoozes=snoozed, past=past)
    state, effects = notify_changes(state, restored, now)
    return pushes.sent(illness.taken_up(state), effects)


def _answerable(setup: Setup, alarm: Alarm) -> Alarm:
    """An alarm about somebody who left the configuration waits for no answer any more: nobody could give one."""
    here = not alarm.key.person or alarm.key.person in {person.id for person in setup.config.persons}
    return alarm if here else replace(alarm, presence=Presence.ACK)


# ------------------------------------------------------------------------------------------------ children


def _children(standing: Iterable[Alarm], past: Iterable[Alarm], now: Now) -> dict[str, Child]:
    """Each child of whom the journal knows movement, by id."""
    by_person: dict[str, list[Alarm]] = {}
    for alarm in sorted([*past, *standing], key=lambda each: each.onset_s):
        if alarm.key.condition in alarms.MOVEMENT:
            by_person.setdefault(alarm.key.person, []).append(alarm)
    return {person: _child(alarms, now) for person, alarms in by_person.items()}


def _child(alarms: list[Alarm], now: Now) -> Child:
    bouts = [alarm for alarm in alarms if alarm.key.condition is Condition.SEIZURE_LIKE_MOVEMENT]
    last = bouts[-1] if bouts and _open(bouts[-1], now) else None
    own_s = now.wall_s + SAME_S if last is None else _cluster_onset_s(last)
    onsets_s: list[float] = []
    for at_s in sorted(_cluster_onset_s(bout) for bout in bouts if bout.evidence.false_alarm_by is None):
        apart = not onsets_s or at_s - onsets_s[-1] > SAME_S
        if apart and own_s - at_s > SAME_S and now.wall_s - at_s <= AGAIN_S:
            onsets_s.append(at_s)
    child = Child(onsets_s=tuple(_mono_s(at_s, now) for at_s in onsets_s))
    return child if last is None else _taken_up(child, last, alarms, now)


def _open(alarm: Alarm, now: Now) -> bool:
    if alarm.evidence.awake_by is not None:
        return False
    return alarm.presence is not Presence.OFF or now.wall_s - alarm.changed_s <= TAKEN_UP_S


def _taken_up(child: Child, last: Alarm, alarms: list[Alarm], now: Now) -> Child:
    """Her clock goes on from the onset. last: the latest bout; alarms: all of her movement."""
    onset_wall_s = _cluster_onset_s(last)
    own = [alarm for alarm in alarms if alarm.onset_s >= onset_wall_s - SAME_S]
    rung = any(alarm.key.condition is Condition.PROLONGED_MOVEMENT for alarm in own)
    moving, known = _moving(last), _of_seizure(last)
    onset_s = _mono_s(onset_wall_s, now)
    cluster = Cluster(
        began_s=now.mono_s,
        onset_s=onset_s,
        moved_s=now.mono_s if moving else _mono_s(last.cleared_s or last.changed_s, now),
        moving=moving,
        bout_s=max(onset_s, _mono_s(last.onset_s, now)),
        bouts=1 if known.bout is None else known.bout,
        focal=known.focal if isinstance(known.focal, bool) else None,
        notified=Movement.UNKNOWN if rung else None,
    )
    return replace(
        child,
        cluster=cluster,
        false_alarm=last.evidence.false_alarm_by is not None,
        cued=any(alarm.evidence.rescue_cue for alarm in own),
        rescued=any(alarm.evidence.rescue_given_s is not None for alarm in own),
        onset_wall_s=onset_wall_s,
    )


def _moving(alarm: Alarm) -> frozenset[str]:
    return frozenset() if alarm.cleared_s is not None else frozenset(alarm.evidence.sensors or ())


def _of_seizure(alarm: Alarm) -> SeizureEvidence:
    return alarm.evidence if isinstance(alarm.evidence, SeizureEvidence) else SeizureEvidence()


def _cluster_onset_s(alarm: Alarm) -> float:
    """Wall seconds of the onset of the cluster that this bout belongs to; no cluster lasts for a day."""
    return alarm.onset_s - min(max(_of_seizure(alarm).cluster_before_s or 0.0, 0.0), AGAIN_S)


def _mono_s(wall_s: float, now: Now) -> float:
    return now.mono_s - max(now.wall_s - wall_s, 0.0)
