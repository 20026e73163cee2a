"""A time line through the pipeline, whole: each event at its moment, and the alarms that come of them. Pure."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from edge import pipeline
from edge.model.alarm import Alarm
from edge.model.effect import AlarmChanged, Effect
from edge.model.event import Event, Tick
from edge.model.moment import Now
from edge.recordings.playback import batched

# A day in 2020: files start anywhere, people are born at a date.
EPOCH_S = 1_600_000_000.0


def now(t_s: float) -> Now:
    """The moment t_s seconds after the beginning of a time line."""
    return Now(t_s, EPOCH_S + t_s)


@dataclass(slots=True)
class _SoFar:
    """The state of a time line up to now, and by id the alarms as they stand."""

    state: pipeline.State
    alarms: dict[str, Alarm]

    def changes_s(self) -> float:
        return pipeline.next_change_s(self.state)


def run(
    setup: pipeline.Setup, events: Iterable[tuple[float, Event]], end_s: float
) -> tuple[pipeline.State, list[Alarm]]:
    """The last state of a time line (moment in s from 0, event), and all alarms as they stand then, unanswered."""
    so_far = _SoFar(*begin(setup))
    for at in itertools.chain(batched(events, so_far.changes_s), [(end_s, Tick())]):
        so_far.state, changed = fold(so_far.state, [at])
        so_far.alarms |= changed
    return so_far.state, list(so_far.alarms.values())


def begin(setup: pipeline.Setup) -> tuple[pipeline.State, dict[str, Alarm]]:
    """The state at moment 0, and the alarms that stand then, by id."""
    state, effects = pipeline.begin(setup, now(0.0))
    return state, _changed(effects)


def fold(state: pipeline.State, events: Iterable[tuple[float, Event]]) -> tuple[pipeline.State, dict[str, Alarm]]:
    """The state after these events (moment in s, event), and by id the alarms that they changed, as they then stand."""
    alarms: dict[str, Alarm] = {}
    for moment_s, event in events:
        state, effects = pipeline.step(state, event, now(moment_s))
        if effects:
            alarms.update(_changed(effects))
    return state, alarms


def _changed(effects: Sequence[Effect]) -> dict[str, Alarm]:
    return {effect.alarm.id: effect.alarm for effect in effects if isinstance(effect, AlarmChanged)}
