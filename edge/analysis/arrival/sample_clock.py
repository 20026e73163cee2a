"""When was each sample taken? Bluetooth delivers late and in bursts; this rebuilds a steady time line.

A sample cannot arrive before it was taken, so of all delays between the sensor's clock and arrival the smallest tell
the truth: the line lies under all of them (lower convex hull: Moon, Skelly & Towsley 1999, "Estimation and removal of
clock skew from network delay measurements", INFOCOM), and its slope is the drift between the two clocks. A sensor that
sends no time has a clock all the same: the number of its samples, which knows its rate, but not what was lost.

RMS error against the truth, in simulated bursts (tests/analysis/arrival/test_sample_clock.py): within 10 ms where the
sensor sends its time or a packet number, also with lost packets; where only arrival is known, within 10 ms while
nothing is lost. A loss without a packet number is seen once packets have been late for SETTLE_S, and one of less than
0.1 s is not seen at all: with every twentieth packet lost such a line is 0.2 to 0.4 s off, in steps.

What cannot be known here is the fastest delivery itself: the time of a packet on the air, 2.1 ms at most (251 bytes at
1 Mbit/s, Core Specification, Vol 6 Part B 2.1), and in the computer. The connection interval is not in it: of many
packets some come just before an event, 2 to 4 ms off at intervals of 7.5 to 50 ms (same tests).
"""

import math
import zlib
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from edge.analysis.arrival import rate
from edge.analysis.arrival.rate import Pace
from edge.model.reading import Array, Samples

WINDOW = 240
"""Smallest delays that are kept, one a second."""
DRIFT = 200e-6
"""Both crystals within 100 ppm (Core Specification, Vol 6 Part B 4.2: 50 ppm when active, wearables allow more)."""
RATE_ERROR = 0.03
"""How far the rate of an accelerometer's own oscillator may be from the nominal one (data sheets: 1 to 3 %)."""
RESYNC_S = 2.0
"""Arrived so long before its time, a packet is from another time line: the sensor restarted."""
STALL_S, SENSOR_STALL_S = 10.0, 60.0
"""A link that stalls delivers late, and then all at once; after so long the packets are lost instead. The sensor's own
clock sees through that, so there it takes longer until a shift of the clock is believed."""
SETTLE_S, SENSOR_SETTLE_S = 3.0, 20.0
"""Packets that come late for so long without one in time have been put off for good: some before them were lost."""
SPAN_S, SENSOR_SPAN_S = 10.0, 30.0
"""Below this a slope says more about jitter than about clocks, and the nominal rate is taken."""
MOST_LOST = 100
"""Packet numbers further apart say nothing about how many were lost."""
LEAST_NUMBERS = 4
"""Packets that are needed before their numbers are taken to count them."""
REMEMBERED = 8
"""Packets among which a repeated one is looked for: what a sensor sends again after a new connection."""


Mark = tuple[int | None, float | None, int]


@dataclass(frozen=True, slots=True)
class Line:
    """Hub time minus the sensor's: `delay_s` at `at_s` of the sensor's clock, rising by `drift` a second.

    lows: (sensor's time, smallest delay) of each second. late_s: since when no packet has come in time; None: it did.
    """

    at_s: float
    delay_s: float
    drift: float = 0.0
    lows: tuple[tuple[float, float], ...] = ()
    late_s: float | None = None

    def delay_at(self, own_s: float) -> float:
        return self.delay_s + self.drift * (own_s - self.at_s)


@dataclass(frozen=True, slots=True)
class ClockState:
    """line: None before the first packet. own_s: the sensor's time of its last sample; timed: it sent that itself.

    last_s: time of the newest sample given out. counter: the last packet's number. seen: marks of the last packets.
    aheads: by how much their numbers rose. pace: how fast samples come. hz: the rate in use, None: the nominal one,
    from which what is known does not differ.
    """

    line: Line | None = None
    own_s: float = 0.0
    timed: bool = False
    last_s: float | None = None
    counter: int | None = None
    seen: tuple[Mark, ...] = ()
    aheads: tuple[int, ...] = ()
    pace: Pace = rate.NONE
    hz: float | None = None


def place(state: ClockState, samples: Samples, arrival_s: float, rate_hz: float) -> tuple[ClockState, Array]:
    """Times of a packet's samples.

    Returns the new state and (n,) float64 monotonic seconds, strictly increasing within the packet and over packets;
    none at all, (0,), for a packet that came before. What was lost is a gap in the times. `rate_hz` is used where the
    packet has no rate of its own.
    """
    n = len(samples.values)
    mark = _mark(samples)
    if n == 0 or (mark is not None and mark in state.seen):
        return state, np.empty(0)
    missing = _missing(state, samples.counter, n, arrival_s, samples.rate_hz or rate_hz)
    pace = rate.observe(state.pace, samples, arrival_s, missing)
    state, hz = _at_rate(replace(state, pace=pace), samples.rate_hz or rate_hz)
    step = 1.0 / hz
    if samples.sensor_s is not None and math.isfinite(samples.sensor_s) and pace.trusted:
        own_s, timed = samples.sensor_s, True
    else:
        own_s, timed = _counted(state, missing, n * step), False
    line = _advance(state, own_s, arrival_s, timed=timed, packet_s=n * step)
    times = _spread(own_s + line.delay_at(own_s), n, step * (1.0 if timed else 1.0 + line.drift), state.last_s)
    seen = state.seen if mark is None else (*state.seen, mark)[-REMEMBERED:]
    if state.counter is not None and samples.counter is not None:
        state = replace(state, aheads=(*state.aheads, _ahead(state.counter, samples.counter))[-REMEMBERED:])
    return replace(
        state, line=line, own_s=own_s, timed=timed, last_s=float(times[-1]), counter=samples.counter, seen=seen
    ), times


def _at_rate(state: ClockState, nominal_hz: float) -> tuple[ClockState, float]:
    """The rate to place samples at, and the state with it; a counting clock at another rate is another clock."""
    used_hz, hz = state.hz or nominal_hz, state.pace.hz
    if hz is None or abs(hz / used_hz - 1.0) <= rate.OFF:
        return state, used_hz
    return replace(state, hz=hz, line=state.line if state.timed else None), hz


def _mark(samples: Samples) -> Mark | None:
    """The same for a packet that is sent twice; None where nothing in it tells it from a quiet moment's next."""
    if samples.counter is None and samples.sensor_s is None:
        return None
    return samples.counter, samples.sensor_s, zlib.crc32(np.ascontiguousarray(samples.values).tobytes())


def _counted(state: ClockState, missing: int, packet_s: float) -> float:
    """The time of a clock that counts samples, at the end of this packet."""
    return 0.0 if state.line is None or state.timed else state.own_s + packet_s * (1 + missing)


def _missing(state: ClockState, counter: int | None, n: int, arrival_s: float, nominal_hz: float) -> int:
    """How many packets are missing between two that came, by their own numbers."""
    before, packet_s = state.counter, n / (state.hz or nominal_hz)
    if before is None or counter is None or state.line is None:
        return 0
    ahead = _ahead(before, counter)
    if not 0 < ahead <= MOST_LOST:
        return 0
    # Some numbers count other things than packets, and some begin anew: time has to have passed for them as well. Where
    # most are the next of those before, so much that even at four times the rate they could have been sent.
    expected_s = state.own_s + packet_s
    passed_s = arrival_s - (expected_s + state.line.delay_at(expected_s))
    if passed_s >= 0.5 * (ahead - 1) * packet_s:
        return ahead - 1
    follow = sum(each == 1 for each in state.aheads)
    counts = 2 * follow > len(state.aheads) >= LEAST_NUMBERS
    return ahead - 1 if counts and arrival_s - state.pace.arrival_s >= 0.2 * ahead * packet_s else 0


def _ahead(before: int, counter: int) -> int:
    """From one number to the next; they may wrap at 8 or 16 bits."""
    return (counter - before) % (1 << 8 if max(before, counter) < 1 << 8 else 1 << 16)


def _advance(state: ClockState, own_s: float, arrival_s: float, *, timed: bool, packet_s: float) -> Line:
    """The line with this packet's delay, or a new one if the packet cannot belong to the old."""
    delay_s = arrival_s - own_s
    fresh = Line(own_s, delay_s, lows=((own_s, delay_s),))
    line = state.line
    if line is None or timed is not state.timed or own_s < state.own_s:
        return fresh
    late_s = delay_s - line.delay_at(own_s)
    if late_s < -RESYNC_S or late_s > (SENSOR_STALL_S if timed else STALL_S):
        return fresh
    in_time = late_s <= (RESYNC_S if timed else max(0.1, 0.5 * packet_s) + _unknown_s(line, own_s))
    since_s = None if in_time else arrival_s if line.late_s is None else line.late_s
    if since_s is not None and arrival_s - since_s > (SENSOR_SETTLE_S if timed else SETTLE_S):
        late = tuple(low for low in line.lows if low[0] > own_s - (arrival_s - since_s))
        return _under((*late, (own_s, delay_s)), line.drift, timed=timed)
    return replace(_lower(line, own_s, delay_s, timed=timed), late_s=since_s)


def _unknown_s(line: Line, own_s: float) -> float:
    """How late a counting clock may seem to be while its rate is not known yet."""
    span_s = own_s - line.lows[0][0]
    return RATE_ERROR * span_s if span_s < SPAN_S + 1.0 else 0.0


def _lower(line: Line, own_s: float, delay_s: float, *, timed: bool) -> Line:
    """The line under one more delay. Its slope is found anew once a second."""
    if math.floor(own_s) == math.floor(line.lows[-1][0]):
        if delay_s - line.drift * own_s >= line.lows[-1][1] - line.drift * line.lows[-1][0]:
            return line
        lows = (*line.lows[:-1], (own_s, delay_s))
        return replace(line, at_s=own_s, delay_s=min(delay_s, line.delay_at(own_s)), lows=lows)
    return _under((*line.lows, (own_s, delay_s))[-WINDOW:], line.drift, timed=timed)


def _under(lows: tuple[tuple[float, float], ...], drift: float, *, timed: bool) -> Line:
    """The line under these delays; drift: what was known of it, where they span too little."""
    own_s = lows[-1][0]
    most, span_s = (DRIFT, SENSOR_SPAN_S) if timed else (RATE_ERROR, SPAN_S)
    if own_s - lows[0][0] >= span_s:
        drift = max(-most, min(most, _hull_slope(lows)))
    return Line(own_s, min(delay_s - drift * (at_s - own_s) for at_s, delay_s in lows), drift, lows)


def _hull_slope(lows: tuple[tuple[float, float], ...]) -> float:
    """Of the edge of the lower convex hull over the middle: no line below all points is nearer to them on average."""
    hull: list[tuple[float, float]] = []
    for at_s, delay_s in lows:
        while len(hull) > 1:
            (t0, d0), (t1, d1) = hull[-2:]
            if (d1 - d0) * (at_s - t0) < (delay_s - d0) * (t1 - t0):
                break
            hull.pop()
        hull.append((at_s, delay_s))
    middle_s = sum(at_s for at_s, _ in lows) / len(lows)
    return next(((d1 - d0) / (t1 - t0) for (t0, d0), (t1, d1) in pairwise(hull) if t1 >= middle_s), 0.0)


def _spread(end_s: float, n: int, step: float, last_s: float | None) -> Array:
    """The samples of a packet that ends then, never before what was given out."""
    if last_s is None:
        return end_s - step * np.arange(n - 1, -1, -1.0)
    room, usual = end_s - last_s, n * step
    if abs(room - usual) > 0.2 * usual and room > usual:
        return end_s - step * np.arange(n - 1, -1, -1.0)  # something is missing before it
    # An unbroken line takes the sensor's true rate; one that would overlap is pressed together, never turned back.
    return last_s + max(room, 0.1 * usual) * np.arange(1.0, n + 1) / n
