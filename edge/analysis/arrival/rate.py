"""How fast does a sensor really sample, and can its clock be believed? From what came, against arrival.

The rate of a profile is what was asked for. A sensor may run at another (a firmware of another kind, a start command
that was refused), and samples that are spread at a wrong rate are gaps and overlaps, in which a convulsion is lost. Two
things tell the true rate: the sensor's own time from packet to packet, exactly, also with packets lost between; and
arrival, by the number of samples that came in five seconds. Stalls and floods of the link spoil some of these stretches
and never most of them, so the median holds. A sensor's clock is held against arrival in the same way: one that stands,
runs backwards, at half or at double speed is not used. Pure; a value is never changed.
"""

import math
from dataclasses import dataclass, replace
from statistics import median

from edge.model.language import N_
from edge.model.reading import Samples

LAG_S = 5.0
"""Over so long a rate is counted: 30 ms of jitter of a link (tests/radio) are 1 % of it."""
POINTS = 30
"""Moments that are kept, one a second."""
LEAST_PAIRS = 8
"""Stretches of `LAG_S` that are needed before anything is said: the first word comes after 13 s."""
ALIKE = 0.04
"""Stretches this close to their median agree. Loss at random, of a fifth of the packets and more, makes them differ."""
MOST_ALIKE, LEAST_ALIKE = 0.5, 0.3
"""Share that agrees where the rate is stable; below the second it is not. Between the two nothing new is said."""
ONE_RATE = 0.7
"""Share that agrees when what is counted is of one rate alone, and not of two that followed each other."""
WHOLE, SETTLED = 0.03, 20
"""A rate that was known for so many seconds and falls to a half, a third ... is taken for no other rate, but for one
packet of two, of three ... that arrives: what hides a convulsion has to be said, and the control says it."""
OFF = 0.025
"""A rate that differs by less from the one in use is left to the drift of the time line (`sample_clock.RATE_ERROR`)."""
CLOCK_OFF, CLOCK_RIGHT = 0.08, 0.04
"""Speed of a sensor's clock, off by more: not believed; by less: believed again."""
STEPS, LEAST_STEPS, FEW_STEPS = 32, 16, 6
"""Packets whose own times are kept, how many are needed, and how many if they all agree."""
NEXT_SHARE = 0.1
"""At least this share of the packets has come right after the one before: four of five may be lost."""
LEAST_HZ = 12.0
"""Slower, a sensor shows no jerks of 5 Hz; the slowest that the detector was tried with sends 12.5 a second."""
SILENCE_S = 10.0
"""After so long a silence the sensor may have reconnected, at another rate: what was counted before says nothing."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast samples came lately.

    points: (arrival, samples so far, sensor's time) of the last packet of each second, s; NaN where it sent no time.
    steps: seconds a sample, by the sensor's time, of the last packets. count: samples so far, with those that packet
    numbers show as lost. sensor_s, arrival_s, counter: of the last packet. hz: by the sensor's time if that is
    believed, else by arrival; None while not known. settled: whether it has been known for a while. stable: whether
    there is one rate, None while not known. trusted: whether the sensor's clock is.
    """

    points: tuple[tuple[float, float, float], ...] = ()
    steps: tuple[float, ...] = ()
    count: float = 0.0
    sensor_s: float = math.nan
    arrival_s: float = -math.inf
    counter: int | None = None
    hz: float | None = None
    settled: bool = False
    stable: bool | None = None
    trusted: bool = True


NONE = Pace()


def observe(pace: Pace, samples: Samples, arrival_s: float, missing: int) -> Pace:
    """Take one packet that holds samples. missing: packets that its number shows to be lost before it."""
    n = len(samples.values)
    sensor_s = math.nan if samples.sensor_s is None else samples.sensor_s
    if arrival_s - pace.arrival_s > SILENCE_S:
        pace = replace(pace, points=(), steps=(), stable=None)
    steps = pace.steps
    if sensor_s > pace.sensor_s and not missing:
        steps = (*steps, (sensor_s - pace.sensor_s) / n)[-STEPS:]
    count = pace.count + n * (1 + missing)
    point = (arrival_s, count, sensor_s)
    anew = not pace.points or math.floor(arrival_s) != math.floor(pace.points[-1][0])
    points = (*pace.points, point)[-POINTS:] if anew else (*pace.points[:-1], point)
    pace = replace(
        pace, points=points, steps=steps, count=count, sensor_s=sensor_s, arrival_s=arrival_s, counter=samples.counter
    )
    return _judged(pace) if anew else pace


def _judged(pace: Pace) -> Pace:
    """The same with what its points say now."""
    pairs = _pairs(pace.points[:-1])  # the last second is not over
    if len(pairs) < LEAST_PAIRS:
        by_sensor = _by_sensor(pace.steps) if pace.trusted else None
        return _at(pace, by_sensor)
    trusted = _trusted(pace.trusted, [(b[2] - a[2]) / (b[0] - a[0]) for a, b in pairs])
    by_arrival, alike = _middle([(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairs])
    stable = pace.stable if LEAST_ALIKE <= alike < MOST_ALIKE else alike >= MOST_ALIKE
    by_sensor = _by_sensor(pace.steps) if trusted else None
    counted = by_arrival if alike >= (ONE_RATE if pace.settled else MOST_ALIKE) else pace.hz
    if trusted and math.isfinite(pace.sensor_s):
        counted = None  # its own time will tell; of what arrived, lost packets have taken whole parts away
    if trusted is not pace.trusted:
        pace = replace(pace, hz=None, settled=False)
    return _at(replace(pace, stable=stable or by_sensor is not None, trusted=trusted), by_sensor or counted)


def _at(pace: Pace, hz: float | None) -> Pace:
    """The same at this rate, unless it only looks like it: then every second packet, or more, is lost on the way."""
    if hz is None or (pace.hz is not None and pace.settled and _a_part(pace.hz / hz)):
        return pace
    return replace(pace, hz=hz, settled=len(pace.points) >= SETTLED)


def _a_part(ratio: float) -> bool:
    return round(ratio) >= 2 and abs(ratio - round(ratio)) <= WHOLE * round(ratio)


def _pairs(
    points: tuple[tuple[float, float, float], ...],
) -> list[tuple[tuple[float, float, float], tuple[float, float, float]]]:
    """Each point with the first that lies `LAG_S` after it."""
    found, later = [], 0
    for point in points:
        while later < len(points) and points[later][0] < point[0] + LAG_S:
            later += 1
        if later == len(points):
            break
        found.append((point, points[later]))
    return found


def _middle(values: list[float]) -> tuple[float, float]:
    """The median, and the share of the values that agree with it."""
    middle = median(values)
    return middle, sum(abs(value - middle) <= ALIKE * abs(middle) for value in values) / len(values)


def _trusted(before: bool, speeds: list[float]) -> bool:
    """Whether a clock that ran at these speeds is to be used; one that was not sent cannot be."""
    if not all(map(math.isfinite, speeds)):
        return before
    middle, alike = _middle(speeds)
    if abs(middle - 1.0) > CLOCK_OFF or alike < LEAST_ALIKE:
        return False
    return before or (abs(middle - 1.0) <= CLOCK_RIGHT and alike >= MOST_ALIKE)


def _by_sensor(steps: tuple[float, ...]) -> float | None:
    """Samples a second by the sensor's own time: of packets that follow each other, the shortest steps."""
    if len(steps) < FEW_STEPS:
        return None
    short = sorted(steps)[int(NEXT_SHARE * len(steps))]
    alike = [step for step in steps if abs(step - short) <= 2 * ALIKE * short]
    return len(alike) / sum(alike) if len(alike) == len(steps) or len(steps) >= LEAST_STEPS else None


def trouble(pace: Pace) -> str:
    """Why samples that come so do not let a convulsion be noticed; empty where they do, or nothing is known yet."""
    if pace.hz is not None and pace.hz < LEAST_HZ:
        return N_("only {a} samples a second").format(a=max(1, round(pace.hz)))
    return N_("its samples come unevenly") if pace.stable is False else ""
