"""What stands on the desk: conditions, the ring of each episode, pauses; and how the rings follow the alarms."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from edge.alarms import conditions, pauses, signals
from edge.alarms.board import Board
from edge.alarms.pauses import Pause
from edge.alarms.signals import Ring, Telling
from edge.model.alarm import Alarm, AlarmKey, Presence, Reason, Turn
from edge.model.moment import Now

Plan = Callable[[Alarm], tuple[Turn, ...]]


@dataclass(frozen=True, slots=True)
class Desk:
    """All conditions, by episode id the rings of those that stand, and what is paused."""

    board: Board = field(default_factory=Board)
    rings: Mapping[str, Ring] = field(default_factory=dict)
    pauses: tuple[Pause, ...] = ()

    def alarm(self, episode: str) -> Alarm | None:
        """The standing alarm of that episode id."""
        return next((alarm for alarm in self.board.standing() if alarm.id == episode), None)


@dataclass(frozen=True, slots=True)
class Told:
    """One target to be told of one alarm now, or kept from it: its reason is `inhibited` then."""

    alarm: Alarm
    telling: Telling


@dataclass(frozen=True, slots=True)
class Word:
    """An episode that is over or was answered, and the caregivers who had been told of it and so hear of that."""

    alarm: Alarm
    told: tuple[str, ...]


Outcome = tuple[Desk, tuple[Alarm, ...], tuple[Word, ...]]


def named(desk: Desk, episode: str) -> AlarmKey | None:
    """What that episode is about, if it is the last one of its condition."""
    tracked = desk.board.tracked.items()
    return next((key for key, each in tracked if each.alarm is not None and each.alarm.id == episode), None)


def follow(desk: Desk, outcome: conditions.Changed, plan: Plan, now: Now) -> Outcome:
    """Bring the rings in line with the alarms that changed."""
    board, changed = outcome
    if not changed:
        return desk if board is desk.board else replace(desk, board=board), (), ()
    rings = dict(desk.rings)
    seen: list[Alarm] = []
    words = []
    for alarm in changed:
        if alarm.presence is Presence.OFF:
            ring = rings.pop(alarm.id, None)
            if ring is not None and alarm.reason is not Reason.NEW_ONSET:  # no "it is over" beside the new alarm
                words.append(Word(alarm, tuple(ring.told())))
        elif alarm.id not in rings:
            board, alarm, rings[alarm.id] = _begin(board, alarm, plan, desk.pauses, now)  # noqa: PLW2901
        elif alarm.reason is Reason.WORSE:
            rings[alarm.id] = signals.worse(rings[alarm.id], plan(alarm))
        seen.append(alarm)
    return replace(desk, board=board, rings=rings), tuple(seen), tuple(words)


def _begin(board: Board, alarm: Alarm, plan: Plan, paused: tuple[Pause, ...], now: Now) -> tuple[Board, Alarm, Ring]:
    """A new episode rings at once, unless it says no more than that somebody paused the watch."""
    ring = signals.begin(plan(alarm), now.mono_s)
    until_s = pauses.until_s(paused, alarm.key, now)
    if until_s is None:
        return board, alarm, ring
    alarm = replace(alarm, reason=Reason.PAUSED, silent_until_s=now.wall_at(until_s))
    return board.with_(alarm.key, replace(board.tracked[alarm.key], alarm=alarm)), alarm, signals.snooze(ring, until_s)
