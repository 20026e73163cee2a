"""Both machines together: a changed condition opens, worsens or ends its ring; a command answers it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from edge.alarms import board as boards
from edge.alarms import conditions, episodes, restart, signals
from edge.alarms.answers import by_phone, command, pause
from edge.alarms.board import EVENTS, inhibited_by
from edge.alarms.catalogue import CATALOGUE, HUB_WIDE, REMINDED
from edge.alarms.episodes import Desk, Outcome, Plan, Told, Word, named
from edge.alarms.pauses import PAUSE_MAX_S, Pause
from edge.alarms.restart import Speakers
from edge.alarms.signals import Telling
from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Priority, Reason
from edge.model.moment import Now
from edge.model.sign import Sign

__all__ = [
    "HUB_WIDE",
    "Desk",
    "Outcome",
    "Plan",
    "Told",
    "Word",
    "by_phone",
    "command",
    "named",
    "pause",
    "restore",
    "sign",
    "tick",
]

TECHNICAL, GROWN = "technical", "technical_grown"
# Whoever sleeps through two slow pulses must not sleep through the night in which nobody watches.
GROWS_S = 600.0


def restore(
    alarms: Sequence[Alarm],
    sequence: int,
    speakers: Speakers,
    plan: Plan,
    now: Now,
    *,
    pauses: tuple[Pause, ...] = (),
    past: Sequence[Alarm] = (),
) -> Outcome:
    """The desk after a restart: what stood stands, and rings again unless somebody had answered or snoozed it.

    past: alarms of the last days, for the attention after an event.
    """
    board, changed = restart.restore(alarms, sequence, speakers, now, past)
    desk = Desk(board, pauses=pauses)
    for alarm in board.standing():
        ring = signals.begin(plan(alarm), now.mono_s)
        left_s = _left_s(alarm, now)
        if alarm.acknowledged_by:
            lasts_s = min(left_s, signals.ANSWER_LASTS_S)
            # What is silent for longer than an answer lasts was made quiet after it: that quiet goes on.
            coming = not signals.REMIND_S + signals.REMINDED_S < left_s < math.inf
            attended, reminds = bool(alarm.attended_by), alarm.key.condition in REMINDED and coming
            ring = signals.acknowledge(ring, now.mono_s, with_her=attended, lasts_s=lasts_s, reminds=reminds)
        elif alarm.silent_until_s is not None:
            most_s = PAUSE_MAX_S if alarm.reason is Reason.PAUSED else signals.SNOOZE_MAX_S
            ring = signals.snooze(ring, now.mono_s + min(left_s, most_s))
        desk = replace(desk, rings={**desk.rings, alarm.id: ring})
    return desk, changed, ()


def _left_s(alarm: Alarm, now: Now) -> float:
    """What is left of its silence. The clock may have been set meanwhile: it may get shorter so, never longer."""
    if alarm.silent_until_s is None:
        return math.inf
    return max(alarm.silent_until_s - max(now.wall_s, alarm.changed_s), 0.0)


def sign(desk: Desk, key: AlarmKey, said: Sign, plan: Plan, now: Now) -> Outcome:
    """One sign from analysis or from the hub's own watch on itself."""
    return episodes.follow(desk, conditions.take(desk.board, key, said, now), plan, now)


def learn(
    desk: Desk, key: AlarmKey, evidence: Mapping[str, object], plan: Plan, now: Now, *, reason: Reason = Reason.EVIDENCE
) -> Outcome:
    """Something more is known of the last episode of a condition, standing or over; nothing rings for it."""
    return episodes.follow(desk, conditions.learn(desk.board, key, evidence, now, reason), plan, now)


def movement(desk: Desk, person: str) -> Alarm | None:
    """The alarm of her movement that was raised last, standing or over."""
    tracked = [desk.board.tracked.get(AlarmKey(condition, person)) for condition in EVENTS]
    alarms = [each.alarm for each in tracked if each is not None and each.alarm is not None]
    return max(alarms, key=lambda alarm: alarm.raised_s, default=None)


def unaware(desk: Desk, person: str, evidence: Mapping[str, object]) -> list[AlarmKey]:
    """Her alarms of movement that do not hold this evidence yet."""
    tracked = [
        (AlarmKey(condition, person), desk.board.tracked.get(AlarmKey(condition, person))) for condition in EVENTS
    ]
    return [
        k
        for k, t in tracked
        if t is not None and t.alarm is not None and not evidence.keys() <= t.alarm.evidence.keys()
    ]


def attentive(desk: Desk, person: str, now: Now) -> bool:
    """Whether an event of this child calls for attention still."""
    return boards.attentive(desk.board, person, now)


def tick(desk: Desk, plan: Plan, now: Now) -> tuple[Outcome, tuple[Told, ...]]:
    """Delays, priorities, turns, silences and pauses that are over."""
    desk, changed, words = episodes.follow(desk, conditions.tick(desk.board, now), plan, now)
    rings, board = dict(desk.rings), desk.board
    tellings: list[tuple[AlarmKey, Telling]] = []
    for alarm in desk.board.standing():
        ring = rings[alarm.id]
        over = signals.overslept(ring, now.mono_s)
        inhibited = bool(inhibited_by(board, alarm.key))
        ring, due = signals.inhibit(ring) if inhibited else signals.tick(ring, now.mono_s)
        tellings += [(alarm.key, telling) for telling in due]
        if over:
            ring = replace(ring, silent_until_s=math.inf)
            board, louder = conditions.louder(board, alarm.key, now)
            changed += louder
        rings[alarm.id] = ring
    standing = {alarm.key: alarm for alarm in board.standing()}
    told = tuple(Told(standing[key], telling) for key, telling in tellings)
    paused = tuple(each for each in desk.pauses if each.until_s > now.mono_s)
    return (Desk(board, rings, paused), changed, words), told


def replan(desk: Desk, plan: Plan) -> Desk:
    """Another is on watch: who was to be told later may be first now. What is silent, or told once, stays so."""
    rings = dict(desk.rings)
    for alarm in desk.board.standing():
        if alarm.priority is not Priority.LOW and math.isinf(rings[alarm.id].silent_until_s):
            rings[alarm.id] = signals.replan(rings[alarm.id], plan(alarm))
    return replace(desk, rings=rings)


def not_taken(desk: Desk, episode: str) -> Desk:
    """No channel took the telling of this episode: the room is told at once."""
    ring = desk.rings.get(episode)
    return desk if ring is None else replace(desk, rings={**desk.rings, episode: signals.room_now(ring)})


def sounding(desk: Desk) -> Priority:
    """The most urgent priority that the sounder shall play now; none for silence."""
    return max((alarm.priority for alarm in _heard(desk)), key=lambda priority: priority.rank, default=Priority.NONE)


def grown(desk: Desk, alarm: Alarm, now: Now) -> bool:
    """Whether this trouble of a sensor or of the hub has called for ten minutes without an answer."""
    ring = desk.rings.get(alarm.id)
    medium = alarm.kind is Kind.TECHNICAL and alarm.priority is Priority.MEDIUM
    return medium and ring is not None and signals.unanswered_s(ring, now.mono_s) >= GROWS_S


def loud(desk: Desk, now: Now) -> bool:
    """Whether the hour of the day is no reason to play more softly."""
    return sounding(desk) is Priority.HIGH or any(grown(desk, alarm, now) for alarm in _heard(desk))


def pattern(desk: Desk, now: Now) -> str:
    """What the sounder shall play now; empty for silence. A sensor's trouble sounds unlike the child's, and grows."""
    priority = sounding(desk)
    of_the_child = any(a.kind is Kind.PHYSIOLOGICAL and a.priority is priority for a in _heard(desk))
    if priority is Priority.NONE:
        return ""
    if of_the_child or priority is Priority.HIGH:
        return str(priority)
    return GROWN if any(grown(desk, alarm, now) for alarm in _heard(desk)) else TECHNICAL


def _heard(desk: Desk) -> list[Alarm]:
    return [a for a in desk.board.standing() if a.id in desk.rings and signals.sounds(desk.rings[a.id])]


def kind(condition: Condition) -> Kind:
    """The lane of a condition; the two never touch each other."""
    return CATALOGUE[condition].kind


def hub_wide(condition: Condition) -> bool:
    """Whether it is about the hub as a whole, whichever part of it speaks."""
    return condition in HUB_WIDE


def filmed(condition: Condition) -> bool:
    """Whether the doctor will ask to see it."""
    return CATALOGUE[condition].film


def everyone(condition: Condition) -> bool:
    """Whether this condition is told to everyone and the sounder at once."""
    return CATALOGUE[condition].everyone
