"""Our side of the comparison: recordings through the pipeline as a hub runs it, over a perfect or a real radio."""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from edge.alarms import ConditionState
from edge.analysis import motion
from edge.app.reports import offline, playthrough
from edge.app.reports.playthrough import EPOCH_S
from edge.model.alarm import Alarm, Condition
from edge.model.event import Event, MotionReceived, ReadingReceived, Tick
from edge.pipeline import State
from edge.recordings.files import MotionRecording, Recording, events, merged
from edge.simulation import MotionTrack
from tests.bench.recordings import Array
from tests.bench.scores import Interval

TOGETHER_S = 60.0  # of movement is handed over at once where nothing else happens; gives the same as piece by piece
# Far below every deadline of silence (60 s for movement, 120 s for a thermometer that speaks every 30 s).
_UNBROKEN_S, _SILENT_S = 5.0, 45.0


@dataclass(frozen=True, slots=True)
class Link:
    """A sensor's radio. Assumptions, since no distribution is published: see `docs/benchmark.md`.

    outages_per_h: Poisson. outage_s: median and `spread` (SD of the logarithm) of a log-normal; what is sent meanwhile
    is lost. lost: share of packets lost apart from that. late_s: mean of the exponential delay of each packet.
    """

    outages_per_h: float
    outage_s: float = 6.0
    spread: float = 1.0
    lost: float = 0.001
    late_s: float = 0.1


@dataclass(frozen=True, slots=True)
class Part:
    """Moments and events in a row. one_by_one: the same, a second at a time; empty where it is no other."""

    together: Sequence[tuple[float, Event]]
    one_by_one: Sequence[tuple[float, Event]] = ()


SAME_ROOM = Link(0.5)
THROUGH_A_WALL = Link(6.0)


def on_air(
    device: str, recording: Recording, link: Link | None, rng: np.random.Generator
) -> Iterator[tuple[float, MotionReceived | ReadingReceived]]:
    """What the hub hears of one sensor, with the moment at which it arrives. link None: all of it at once."""
    sent = events(device, recording)
    if link is None:
        yield from sent
        return
    end_s, latest_s = float(recording.t_s[-1]), 0.0
    count = int(rng.poisson(link.outages_per_h * end_s / 3600))
    starts = np.sort(rng.uniform(0, end_s, count))
    ends = starts + rng.lognormal(np.log(link.outage_s), link.spread, count)
    for sent_s, event in sent:
        out = bool(((starts <= sent_s) & (sent_s < ends)).any())
        late_s = float(rng.exponential(link.late_s))
        if out or rng.random() < link.lost:
            continue
        latest_s = max(latest_s, sent_s + late_s)
        yield latest_s, event


def alarms(
    recordings: Sequence[Recording],
    child: offline.Child,
    *,
    link: Link | None = None,
    seed: Sequence[int] = (0,),
    together_s: float = TOGETHER_S,
) -> list[Alarm]:
    """Every alarm of a child that wears these sensors; wall times count from `EPOCH_S`. `t` begins near 0."""
    setup, names = offline.setup_for(recordings, child)
    end_s = max(float(recording.t_s[-1]) for recording in recordings)
    streams = [
        on_air(name, recording, link, np.random.default_rng([*seed, index]))
        for index, (name, recording) in enumerate(zip(names, recordings, strict=True))
    ]
    state, found = playthrough.begin(setup)
    for part in gathered(merged(streams), names, end_s, together_s):
        after, changed = playthrough.fold(state, part.together)
        if part.one_by_one and not _same(state, after, len(part.together)):
            after, changed = playthrough.fold(state, part.one_by_one)
        state = after
        found.update(changed)
    return list(found.values())


def _same(before: State, after: State, sensors: int) -> bool:
    """Whether pieces taken together gave what they give one by one.

    Each sign of one sensor is taken as of its own moment, so only delays, which end with time alone, can differ. Of
    several sensors the order is another one: then nothing at all may have changed, nor an episode's clock run.
    """
    if any(each.state is ConditionState.PENDING for each in before.alarms.conditions.tracked.values()):
        return False
    quiet = after.alarms is before.alarms and not any(child.cluster for child in before.children.values())
    return sensors == 1 or quiet


def gathered(
    heard: Iterable[tuple[float, MotionReceived | ReadingReceived]],
    names: Sequence[str],
    end_s: float,
    together_s: float,
) -> Iterator[Part]:
    """What a hub would be handed, part after part, with ticks; movement of up to `together_s` together.

    Nothing is gathered and every second is ticked while any sensor is silent and just after, so that what silence
    raises and ends comes on time; each sample keeps when it came.
    """
    held: list[tuple[float, MotionReceived]] = []
    heard_s = dict.fromkeys(names, 0.0)
    last_s, silent_s = 0.0, 0.0
    for due_s, event in heard:
        if due_s - last_s >= _UNBROKEN_S or due_s - min(heard_s.values()) >= _SILENT_S:
            silent_s = due_s
        calm = due_s - silent_s > _UNBROKEN_S
        moved = isinstance(event, MotionReceived)
        if not (moved and held and calm and due_s - held[0][0] < together_s):
            if held:
                yield _part(held)
            held = []
            yield Part(list(_ticks(max(last_s, due_s - 1) if calm else last_s, due_s)))
        last_s = heard_s[event.device] = due_s
        if moved:
            held.append((due_s, event))
        else:
            yield Part([(due_s, event)])
    if held:
        yield _part(held)
    yield Part([*_ticks(last_s, end_s), (end_s, Tick())])


def _part(held: Sequence[tuple[float, MotionReceived]]) -> Part:
    of_each = {event.device: [item for item in held if item[1].device == event.device] for _, event in held}
    together = sorted((_at_once(pieces) for pieces in of_each.values()), key=lambda item: item[0])
    one_by_one: list[tuple[float, Event]] = [held[0]]
    for (before_s, _), (due_s, event) in itertools.pairwise(held):
        one_by_one += [*_ticks(before_s, due_s), (due_s, event)]
    return Part(together, one_by_one if len(held) > 1 else [])


def _at_once(held: Sequence[tuple[float, MotionReceived]]) -> tuple[float, Event]:
    t_s = np.concatenate([event.t_s for _, event in held])
    values = np.concatenate([event.values for _, event in held])
    arrived_s = np.repeat([due_s for due_s, _ in held], [event.t_s.size for _, event in held])
    return held[-1][0], MotionReceived(held[0][1].device, t_s, values, arrived_s)


def _ticks(after_s: float, until_s: float) -> Iterator[tuple[float, Event]]:
    for second in range(math.floor(after_s) + 1, math.floor(until_s) + 1):
        yield float(second), Tick()


def episodes(found: Sequence[Alarm], end_s: float) -> list[Interval]:
    """When each movement alarm was raised and when it ended, s from the beginning."""
    return sorted(
        (
            alarm.raised_s - EPOCH_S,
            end_s if alarm.cleared_s is None else alarm.cleared_s - EPOCH_S,
        )
        for alarm in found
        if alarm.key.condition is Condition.SEIZURE_LIKE_MOVEMENT
    )


def recording(t_s: Array, values: Array, rate_hz: float) -> MotionRecording:
    return MotionRecording("motion", t_s, values, rate_hz)


def of_track(track: MotionTrack) -> MotionRecording:
    return recording(track.t_s, track.acc_g, track.rate_hz)


def watch(t_s: Array, values: Array, child: offline.Child | None = None) -> list[Interval]:
    """Movement alarms of one sensor alone; times on the recording's own `t`."""
    begin_s, rate_hz = float(t_s[0]), 1 / float(np.median(np.diff(t_s)))
    found = alarms([recording(t_s - begin_s, values, rate_hz)], child or offline.Child())
    return [(a + begin_s, b + begin_s) for a, b in episodes(found, float(t_s[-1]) - begin_s)]


def steps(t_s: Array, values: Array) -> tuple[motion.Step, ...]:
    """The detector alone."""
    return motion.advance(motion.start(1 if values.ndim == 1 else values.shape[1]), t_s, values)[1]


def judged_s(found: Sequence[motion.Step]) -> float:
    """Seconds about which something could be said."""
    return float(sum(bool(step.signs) for step in found))


def heard(track: MotionRecording, link: Link, seed: Sequence[int]) -> MotionRecording:
    """The samples of a recording that get through."""
    rng = np.random.default_rng(seed)
    pieces = [event for _, event in on_air("sensor", track, link, rng) if isinstance(event, MotionReceived)]
    return recording(
        np.concatenate([event.t_s for event in pieces]),
        np.concatenate([event.values for event in pieces]),
        track.rate_hz,
    )
