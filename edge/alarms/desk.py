"""Both machines together: a changed condition opens, worsens or ends its ring; a command answers it."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from edge.alarms import conditions, restart, signals
from edge.alarms.board import Board
from edge.alarms.catalogue import CATALOGUE, HUB_WIDE
from edge.alarms.restart import Speakers
from edge.alarms.signals import Ring, Telling
from edge.errors import CommandRefused
from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason, Turn
from edge.model.event import Command, Verb
from edge.model.moment import Now
from edge.model.sign import Sign

Plan = Callable[[Alarm], tuple[Turn, ...]]
SNOOZE_MINUTES = (15, 30, 60)
CANNOT_BE_SNOOZED = (Condition.PROLONGED_MOVEMENT,)
# What is said of the child says nothing of a sensor: these answer no technical alarm unless it is named.
OF_THE_CHILD = (Verb.AWAKE, Verb.FALSE_ALARM)


@dataclass(frozen=True, slots=True)
class Desk:
    """All conditions and, by episode id, the rings of those that stand."""

    board: Board = field(default_factory=Board)
    rings: Mapping[str, Ring] = field(default_factory=dict)

    def alarm(self, episode: str) -> Alarm | None:
        """The standing alarm of that episode id."""
        return next((alarm for alarm in self.board.standing() if alarm.id == episode), None)


@dataclass(frozen=True, slots=True)
class Told:
    """One target to be told of one alarm now."""

    alarm: Alarm
    telling: Telling


@dataclass(frozen=True, slots=True)
class Ended:
    """An episode that is over, and the caregivers who had been told of it."""

    alarm: Alarm
    told: tuple[str, ...]


Outcome = tuple[Desk, tuple[Alarm, ...], tuple[Ended, ...]]


def restore(alarms: Sequence[Alarm], sequence: int, speakers: Speakers, plan: Plan, now: Now) -> Outcome:
    """The desk after a restart: what stood stands, and rings again unless somebody had answered or snoozed it."""
    board, changed = restart.restore(alarms, sequence, speakers, now)
    desk = Desk(board)
    for alarm in board.standing():
        ring = signals.begin(plan(alarm), now.mono_s)
        # Bounded, since the clock may have been set meanwhile: a silence gets shorter by a restart, never longer.
        left_s = math.inf if alarm.silent_until_s is None else max(alarm.silent_until_s - now.wall_s, 0.0)
        if alarm.acknowledged_by:
            lasts_s = min(left_s, signals.ANSWER_LASTS_S)
            ring = signals.acknowledge(ring, now.mono_s, with_her=bool(alarm.attended_by), lasts_s=lasts_s)
        elif alarm.silent_until_s is not None:
            ring = signals.snooze(ring, now.mono_s + min(left_s, signals.SNOOZE_MAX_S))
        desk = replace(desk, rings={**desk.rings, alarm.id: ring})
    return desk, changed, ()


def sign(desk: Desk, key: AlarmKey, said: Sign, plan: Plan, now: Now) -> Outcome:
    """One sign from analysis or from the hub's own watch on itself."""
    return _after(desk, conditions.take(desk.board, key, said, now), plan, now)


def tick(desk: Desk, plan: Plan, now: Now) -> tuple[Outcome, tuple[Told, ...]]:
    """Delays, priorities, turns and silences that are over."""
    desk, changed, ended = _after(desk, conditions.tick(desk.board, now), plan, now)
    rings, board = dict(desk.rings), desk.board
    tellings: list[tuple[AlarmKey, Telling]] = []
    for alarm in desk.board.standing():
        ring = rings[alarm.id]
        over = signals.overslept(ring, now.mono_s)
        ring, due = signals.tick(ring, now.mono_s)
        tellings += [(alarm.key, telling) for telling in due]
        if over:
            ring = replace(ring, silent_until_s=math.inf)
            board, louder = conditions.louder(board, alarm.key, now)
            changed += louder
        rings[alarm.id] = ring
    standing = {alarm.key: alarm for alarm in board.standing()}
    told = tuple(Told(standing[key], telling) for key, telling in tellings)
    return (Desk(board, rings), changed, ended), told


def sounding(desk: Desk) -> Priority:
    """The most urgent priority that the sounder shall play now; none for silence."""
    priorities = [a.priority for a in desk.board.standing() if a.id in desk.rings and signals.sounds(desk.rings[a.id])]
    return max(priorities, key=lambda priority: priority.rank, default=Priority.NONE)


def command(desk: Desk, given: Command, plan: Plan, now: Now) -> Outcome:
    """Acknowledge, with_her, awake, false_alarm and snooze. Raises CommandRefused with the reason."""
    meant = [alarm for alarm in desk.board.standing() if _means(given, alarm)]
    if not meant:
        raise CommandRefused("there is no such alarm, or it is over" if given.alarm else "nothing waits for an answer")
    if given.verb is Verb.SNOOZE:
        return _snooze(desk, meant, given, plan, now)
    with_her = given.verb in (Verb.WITH_HER, Verb.AWAKE)
    if with_her and not given.local:
        raise CommandRefused("only who is in the house can say that; press it there, or say that you are coming")
    changed: list[Alarm] = []
    ended: list[Ended] = []
    for alarm in meant:
        desk, some, over = _answer(desk, alarm, given, plan, now, with_her=with_her)
        changed += some
        ended += over
    return desk, tuple(changed), tuple(ended)


def _means(given: Command, alarm: Alarm) -> bool:
    if given.alarm:
        return given.alarm == alarm.id
    if given.verb in OF_THE_CHILD and alarm.kind is Kind.TECHNICAL:
        return False
    return alarm.priority is not Priority.NONE


def _answer(desk: Desk, alarm: Alarm, given: Command, plan: Plan, now: Now, *, with_her: bool) -> Outcome:
    ring = signals.acknowledge(desk.rings[alarm.id], now.mono_s, with_her=with_her)
    desk = replace(desk, rings={**desk.rings, alarm.id: ring})
    reason = {Verb.FALSE_ALARM: Reason.FALSE_ALARM, Verb.AWAKE: Reason.AWAKE}.get(given.verb, Reason.ACKNOWLEDGED)
    answered = conditions.answer(
        desk.board,
        alarm.key,
        now,
        reason,
        caregiver=given.caregiver,
        with_her=with_her,
        local=given.local,
        silent_until_s=now.wall_at(ring.silent_until_s) if math.isfinite(ring.silent_until_s) else None,
    )
    return _after(desk, answered, plan, now)


def _snooze(desk: Desk, meant: Sequence[Alarm], given: Command, plan: Plan, now: Now) -> Outcome:
    minutes = given.arguments.get("minutes", 30)
    if isinstance(minutes, bool) or not isinstance(minutes, int | float) or minutes not in SNOOZE_MINUTES:
        raise CommandRefused(f"quiet is for {', '.join(map(str, SNOOZE_MINUTES))} minutes")
    if any(alarm.key.condition in CANNOT_BE_SNOOZED for alarm in meant):
        raise CommandRefused("this alarm cannot be made quiet for a while; go to her")
    changed: list[Alarm] = []
    for alarm in meant:
        ring = signals.snooze(desk.rings[alarm.id], now.mono_s + 60.0 * minutes)
        desk = replace(desk, rings={**desk.rings, alarm.id: ring})
        snoozed = conditions.quiet(desk.board, alarm.key, now, now.wall_at(ring.silent_until_s))
        desk, some, _ = _after(desk, snoozed, plan, now)
        changed += some
    return desk, tuple(changed), ()


def _after(desk: Desk, outcome: conditions.Changed, plan: Plan, now: Now) -> Outcome:
    """Bring the rings in line with the alarms that changed."""
    board, changed = outcome
    if not changed:
        return desk if board is desk.board else replace(desk, board=board), (), ()
    rings = dict(desk.rings)
    ended = []
    for alarm in changed:
        if alarm.presence is Presence.OFF:
            ring = rings.pop(alarm.id, None)
            if ring is not None and alarm.reason is not Reason.NEW_ONSET:  # no "it is over" beside the new alarm
                ended.append(Ended(alarm, tuple(ring.told())))
        elif alarm.id not in rings:
            rings[alarm.id] = signals.begin(plan(alarm), now.mono_s)
        elif alarm.reason is Reason.WORSE:
            rings[alarm.id] = signals.worse(rings[alarm.id], plan(alarm))
    return Desk(board, rings), changed, tuple(ended)


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
