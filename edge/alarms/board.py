"""What is remembered of every condition, and how a change of an alarm is numbered. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from edge.alarms.catalogue import CATALOGUE, INHIBITED_BY
from edge.alarms.states import ConditionState
from edge.model.alarm import Alarm, AlarmKey, Condition, Priority, Reason
from edge.model.moment import Now
from edge.model.sign import Sign

STANDING = (ConditionState.ACTIVE, ConditionState.LATCHED)
# After an event most repeats come within a day (clinical series of 228: 90 %): not hearing her is then urgent.
ATTENTION_S = 24 * 3600.0
WATCH_LOST = (Condition.NO_DATA, Condition.NOT_WORN)
FEBRILE = (Condition.FEVER, Condition.HIGH_FEVER, Condition.YOUNG_INFANT_FEVER)
EVENTS = (Condition.SEIZURE_LIKE_MOVEMENT, Condition.PROLONGED_MOVEMENT)


@dataclass(frozen=True, slots=True)
class Tracked:
    """One condition of one person, device or the hub.

    since_s: when it became pending (monotonic). says: the latest sign of each sensor that holds it present.
    alarm: its episode as told last; None before the first. last_s: when an episode last held (monotonic).
    """

    state: ConditionState = ConditionState.ABSENT
    since_s: float = 0.0
    says: Mapping[str, Sign] = field(default_factory=dict)
    alarm: Alarm | None = None
    last_s: float | None = None

    def word_s(self) -> float | None:
        """When a sensor last said that it holds (monotonic)."""
        return max((sign.t_s for sign in self.says.values()), default=None)


@dataclass(frozen=True, slots=True)
class Board:
    """All conditions. sequence: of the last change, counted over the life of the hub."""

    tracked: Mapping[AlarmKey, Tracked] = field(default_factory=dict)
    sequence: int = 0

    def with_(self, key: AlarmKey, tracked: Tracked) -> "Board":
        return replace(self, tracked={**self.tracked, key: tracked})

    def standing(self) -> list[Alarm]:
        """Every alarm that holds or waits for an answer."""
        return [t.alarm for t in self.tracked.values() if t.alarm is not None and t.state in STANDING]


def tell(
    board: Board, key: AlarmKey, tracked: Tracked, now: Now, reason: Reason, **changes: object
) -> tuple[Board, Alarm]:
    """Number the change, note it on the board, and hand out the whole new alarm."""
    assert tracked.alarm is not None
    sequence = board.sequence + 1
    alarm = replace(tracked.alarm, sequence=sequence, reason=reason, changed_s=now.wall_s, **changes)  # type: ignore[arg-type]
    board = replace(board, sequence=sequence).with_(key, replace(tracked, alarm=alarm, last_s=now.mono_s))
    return board, alarm


def inhibited_by(board: Board, key: AlarmKey) -> frozenset[AlarmKey]:
    """The standing alarms that ring in the place of this one."""
    worse = {AlarmKey(condition, key.person) for condition in INHIBITED_BY.get(key.condition, ())}
    return frozenset(each for each in worse if board.tracked.get(each, Tracked()).state is ConditionState.ACTIVE)


def priority(board: Board, key: AlarmKey, now: Now) -> Priority:
    """The catalogue's priority; not hearing a feverish child, or one after an event, is urgent."""
    usual = CATALOGUE[key.condition].priority
    if key.condition not in WATCH_LOST:
        return usual
    for other, tracked in board.tracked.items():
        if other.person != key.person:
            continue
        if other.condition in FEBRILE and tracked.state is ConditionState.ACTIVE:
            return Priority.HIGH
        recent = tracked.last_s is not None and now.mono_s - tracked.last_s <= ATTENTION_S
        if other.condition in EVENTS and (tracked.state in STANDING or recent):
            return Priority.HIGH
    return usual
