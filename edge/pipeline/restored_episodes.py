"""A child after a restart: her open episode, and those of the last day, from the journal's alarms."""

from collections.abc import Iterable
from dataclasses import replace

from edge.analysis.episode import AGAIN_S, Cluster, Movement
from edge.model.alarm import Alarm, Condition, Presence
from edge.model.moment import Now
from edge.pipeline.child import Child

# An episode that nobody answered is taken up again after a restart if it was that young; a standing alarm always is.
TAKEN_UP_S = 3600.0
# Onsets of one cluster, as its bouts remember it, differ by rounding and by which sensor was first.
SAME_S = 30.0
MOVEMENT = (Condition.SEIZURE_LIKE_MOVEMENT, Condition.PROLONGED_MOVEMENT)


def children(standing: Iterable[Alarm], past: Iterable[Alarm], now: Now) -> dict[str, Child]:
    """Each child of whom the journal knows movement, by id."""
    by_person: dict[str, list[Alarm]] = {}
    for alarm in sorted([*past, *standing], key=lambda each: each.onset_s):
        if alarm.key.condition in MOVEMENT:
            by_person.setdefault(alarm.key.person, []).append(alarm)
    return {person: _child(alarms, now) for person, alarms in by_person.items()}


def _child(alarms: list[Alarm], now: Now) -> Child:
    bouts = [alarm for alarm in alarms if alarm.key.condition is Condition.SEIZURE_LIKE_MOVEMENT]
    last = bouts[-1] if bouts and _open(bouts[-1], now) else None
    own_s = now.wall_s + SAME_S if last is None else _cluster_onset_s(last)
    onsets_s: list[float] = []
    for at_s in sorted(_cluster_onset_s(bout) for bout in bouts if "false_alarm_by" not in bout.evidence):
        apart = not onsets_s or at_s - onsets_s[-1] > SAME_S
        if apart and own_s - at_s > SAME_S and now.wall_s - at_s <= AGAIN_S:
            onsets_s.append(at_s)
    child = Child(onsets_s=tuple(_mono_s(at_s, now) for at_s in onsets_s))
    return child if last is None else _taken_up(child, last, alarms, now)


def _open(alarm: Alarm, now: Now) -> bool:
    if "awake_by" in alarm.evidence:
        return False
    return alarm.presence is not Presence.OFF or now.wall_s - alarm.changed_s <= TAKEN_UP_S


def _taken_up(child: Child, last: Alarm, alarms: list[Alarm], now: Now) -> Child:
    """Her clock goes on from the onset. last: the latest bout; alarms: all of her movement."""
    onset_wall_s = _cluster_onset_s(last)
    own = [alarm for alarm in alarms if alarm.onset_s >= onset_wall_s - SAME_S]
    said = {name for alarm in own for name in alarm.evidence}
    rung = any(alarm.key.condition is Condition.PROLONGED_MOVEMENT for alarm in own)
    moving, bout, focal = _moving(last), last.evidence.get("bout"), last.evidence.get("focal")
    onset_s = _mono_s(onset_wall_s, now)
    cluster = Cluster(
        began_s=now.mono_s,
        onset_s=onset_s,
        moved_s=now.mono_s if moving else _mono_s(last.cleared_s or last.changed_s, now),
        moving=moving,
        bout_s=max(onset_s, _mono_s(last.onset_s, now)),
        bouts=bout if isinstance(bout, int) else 1,
        focal=focal if isinstance(focal, bool) else None,
        told=Movement.UNKNOWN if rung else None,
    )
    return replace(
        child,
        cluster=cluster,
        false_alarm="false_alarm_by" in last.evidence,
        cued="rescue_cue" in said,
        rescued="rescue_given_s" in said,
        onset_wall_s=onset_wall_s,
    )


def _moving(alarm: Alarm) -> frozenset[str]:
    sensors = alarm.evidence.get("sensors")
    if alarm.cleared_s is not None or not isinstance(sensors, list | tuple):
        return frozenset()
    return frozenset(map(str, sensors))


def _cluster_onset_s(alarm: Alarm) -> float:
    """Wall seconds of the onset of the cluster that this bout belongs to."""
    before_s = alarm.evidence.get("cluster_before_s", 0.0)
    return alarm.onset_s - (before_s if isinstance(before_s, float | int) else 0.0)


def _mono_s(wall_s: float, now: Now) -> float:
    return now.mono_s - max(now.wall_s - wall_s, 0.0)
