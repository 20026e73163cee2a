"""Recordings as a FrameSource: played as if they were heard now, each piece at the moment of its last sample."""

import math
from collections.abc import Awaitable, Callable, Iterator, Sequence

from edge.model.event import Event, Tick
from edge.ports import Emit
from edge.radio.recordings import Recording, events, merged, origins

TICK_S = 1.0


class Playback:
    """reach: moves the clock to a moment (seconds from the beginning), when it is due. end_s: how long it all takes.

    recordings: (device id, recording). The beginning of each (see `recordings.origins`) is moment 0.
    """

    def __init__(self, recordings: Sequence[tuple[str, Recording]], reach: Callable[[float], Awaitable[None]]) -> None:
        self._recordings = recordings
        self._reach = reach

    async def run(self, emit: Emit) -> None:
        """Hand over everything in the order of its time, and a tick every second, then return."""
        for due_s, event in timeline(self._recordings, origins([recording for _, recording in self._recordings])):
            await self._reach(due_s)
            await emit(event)


def timeline(
    recordings: Sequence[tuple[str, Recording]], begins: Sequence[float], longest_gap_s: float = math.inf
) -> Iterator[tuple[float, Event]]:
    """Everything that a hub would have been handed, with the moment it was due and a tick every second.

    begins: the moment of each recording's own `t` that is 0 here. In a gap no more than `longest_gap_s` are ticked
    through; the rest is skipped.
    """
    streams = [
        events(device, recording, TICK_S, -begin_s)
        for (device, recording), begin_s in zip(recordings, begins, strict=True)
    ]
    ticked_s = 0.0
    for due_s, event in merged(streams):
        stop_s = min(due_s, ticked_s + longest_gap_s)
        while ticked_s + TICK_S <= stop_s:
            ticked_s += TICK_S
            yield ticked_s, Tick()
        ticked_s = max(ticked_s, math.floor(due_s / TICK_S) * TICK_S)
        yield due_s, event


def length_s(recordings: Sequence[Recording]) -> float:
    """Seconds from the earliest beginning to the last sample."""
    begins = origins(recordings)
    return max(float(recording.t_s[-1]) - begin_s for recording, begin_s in zip(recordings, begins, strict=True))
