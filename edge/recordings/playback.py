"""Recordings as a FrameSource: played as if they were received now, each piece at the moment of its last sample."""

import math
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence

import numpy as np

from edge.model.event import Event, MotionReceived, Tick
from edge.ports import Emit
from edge.recordings.files import Playable, events, merged, origins

TICK_S = 1.0
# So many pieces after a gap go one by one, with their ticks: the end of a silence is seen when it comes.
AFTER_GAP = 3


class Playback:
    """reach: moves the clock to a moment (seconds from the beginning), when it is due. end_s: how long it all takes.

    recordings: (device id, recording). The beginning of each (see `recordings.origins`) is moment 0. beside: further
    events and their moments from the beginning, by time. tick_s: how often time passes where nothing arrives.
    """

    def __init__(
        self,
        recordings: Sequence[tuple[str, Playable]],
        reach: Callable[[float], Awaitable[None]],
        *,
        beside: Sequence[tuple[float, Event]] = (),
        tick_s: float = TICK_S,
    ) -> None:
        self._recordings = recordings
        self._reach = reach
        self._beside = beside
        self._tick_s = tick_s

    async def run(self, emit: Emit) -> None:
        """Hand over everything in the order of its time, and a tick every second, then return."""
        begins = origins([recording for _, recording in self._recordings])
        for due_s, event in timeline(self._recordings, begins, beside=self._beside, tick_s=self._tick_s):
            await self._reach(due_s)
            await emit(event)


def timeline(
    recordings: Sequence[tuple[str, Playable]],
    begins: Sequence[float],
    longest_gap_s: float = math.inf,
    *,
    beside: Sequence[tuple[float, Event]] = (),
    tick_s: float = TICK_S,
) -> Iterator[tuple[float, Event]]:
    """Everything that a hub would have been handed, with the moment it was due and a tick every second.

    begins: the moment of each recording's own `t` that is 0 here. In a gap no more than `longest_gap_s` are ticked
    through; the rest is skipped.
    """
    streams: list[Iterator[tuple[float, Event]]] = [
        events(device, recording, TICK_S, -begin_s)
        for (device, recording), begin_s in zip(recordings, begins, strict=True)
    ]
    streams.append(iter(beside))
    ticked_s = 0.0
    for due_s, event in merged(streams):
        stop_s = min(due_s, ticked_s + longest_gap_s)
        while ticked_s + tick_s <= stop_s:
            ticked_s += tick_s
            yield ticked_s, Tick()
        ticked_s = max(ticked_s, math.floor(due_s / tick_s) * tick_s)
        yield due_s, event


def batched(
    events: Iterable[tuple[float, Event]], changes_s: Callable[[], float] = lambda: math.inf, most: int = 60
) -> Iterator[tuple[float, Event]]:
    """The same time line with up to `most` pieces of one sensor's unbroken movement in one event.

    The detector is several times faster so, and gives the same: each sample keeps the moment at which it arrived.
    Ticks between such pieces are left out, since nothing was silent. Those of a gap and of what follows it stay, the
    first after anything else that arrived, by which it is judged, and those from `changes_s` on: the moment from which
    time alone would change something, after what was handed out last.
    """
    held: list[tuple[float, MotionReceived]] = []
    ticks: list[tuple[float, Event]] = []
    alone, judged, until_s = AFTER_GAP, False, changes_s()
    for due_s, event in events:
        if isinstance(event, Tick) and (judged or due_s >= until_s):
            yield from [*_batch(held), *ticks, (due_s, event)]
            held, ticks, judged, until_s = [], [], False, changes_s()
        elif isinstance(event, Tick):
            ticks.append((due_s, event))
        elif isinstance(event, MotionReceived) and len(ticks) <= 1 and alone == 0 and _same(held, event):
            ticks = []
            held.append((due_s, event))
        else:
            alone = AFTER_GAP if len(ticks) > 1 else max(0, alone - 1)
            judged = not isinstance(event, MotionReceived)
            yield from [*_batch(held), *ticks, (due_s, event)]
            held, ticks, until_s = [], [], changes_s()
        if len(held) == most:
            yield from _batch(held)
            held, until_s = [], changes_s()
    yield from [*_batch(held), *ticks]


def _same(held: Sequence[tuple[float, MotionReceived]], event: MotionReceived) -> bool:
    return not held or held[0][1].device == event.device


def _batch(held: Sequence[tuple[float, MotionReceived]]) -> list[tuple[float, Event]]:
    if not held:
        return []
    t_s = np.concatenate([event.t_s for _, event in held])
    values = np.concatenate([event.values for _, event in held])
    arrival_s = np.repeat([due_s for due_s, _ in held], [event.t_s.size for _, event in held])
    return [(held[-1][0], MotionReceived(held[0][1].device, t_s, values, arrival_s))]


def length_s(recordings: Sequence[Playable]) -> float:
    """Seconds from the earliest beginning to the last sample."""
    begins = origins(recordings)
    return max(float(recording.t_s[-1]) - begin_s for recording, begin_s in zip(recordings, begins, strict=True))
