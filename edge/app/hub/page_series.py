"""From stored readings to what the page draws: points, lines that end at gaps, strips of movement, a table. Pure."""

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from edge.delivery import page_curve_texts as words
from edge.model.language import Locale
from edge.model.moment import local
from edge.model.reading import Array, Validity
from edge.storage.curves import Point
from edge.storage.rows import Value
from edge.web import lookup

HOUR_S = 3600.0
TREND_S: Mapping[int, int] = {6: 60, 24: 300, 72: 900}
"""By the span in hours: seconds of one value of the line, and of one piece of a strip."""
TICK_H: Mapping[int, int] = {6: 1, 24: 4, 72: 12}
PIECES = 240
"""Of a curve; of each the store gives the lowest reading, the highest, the first and the last."""
EPOCH_S = 30.0
FULL_COUNT = 750.0
"""Of an epoch of movement: `edge.analysis.mimics` counts 750 values in 30 s."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a curve is made from beside the readings.

    reader: in whose words, and on which clock. gap_s: by thermometer, the silence that ends a line; one that is not
    there measures now and then, and has no line. limits: those in force, as drawn. doses: wall seconds and words, by
    time.
    """

    reader: Locale
    gap_s: Mapping[str, float]
    limits: Sequence[lookup.Limit] = ()
    doses: Sequence[tuple[float, str]] = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """What was kept, by time. dots: thinned temperatures, of each device and place."""

    temperatures: Sequence[Value]
    epochs: Sequence[Value]
    dots: Mapping[tuple[str, str], Sequence[Point]]


@dataclass(frozen=True, slots=True)
class _Track:
    """One thermometer. t_s: (n,) float64, wall s, rising. celsius: (n,) float64. trusted: (n,) bool."""

    device: str
    place: str
    t_s: Array
    celsius: Array
    trusted: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]"


def series(measured: Measured, now_s: float, hours: int, drawn: Drawn) -> lookup.Series:
    """The curve of the `hours` before now_s (wall seconds)."""
    step_s = TREND_S[hours]
    end_s = math.ceil(now_s / step_s) * step_s
    start_s = end_s - hours * HOUR_S
    tracks, by_sensor = list(_tracks(measured.temperatures)), _by_sensor(measured.epochs)
    return lookup.Series(
        start_s=start_s,
        end_s=end_s,
        ticks=list(_ticks(start_s, end_s, TICK_H[hours], drawn.reader)),
        lines=[
            _line(track, measured.dots.get((track.device, track.place), ()), start_s, step_s, drawn) for track in tracks
        ],
        strips=list(_strips(by_sensor.values(), start_s, end_s, step_s, drawn.reader)),
        piece_s=step_s,
        limits=list(drawn.limits),
        doses=[
            lookup.Mark(at_s=round(at_s - start_s), text=words.given(what, at_s, drawn.reader))
            for at_s, what in drawn.doses
        ],
        method=drawn.reader.say(words.METHOD, minutes=step_s // 60),
        summary=_summary(tracks, start_s, now_s, drawn),
        rows=list(_rows(tracks, max(by_sensor.values(), key=len, default=[]), start_s, now_s, drawn)),
    )


def _tracks(values: Sequence[Value]) -> Iterator[_Track]:
    known = [v for v in values if v.value is not None and math.isfinite(v.value) and v.validity != Validity.INVALID]
    for (device, place), own in sorted(_by_sensor(known).items(), key=lambda item: -len(item[1])):
        yield _Track(
            device,
            place,
            np.array([each.wall_s for each in own]),
            np.array([each.value for each in own], dtype=np.float64),
            np.array([each.validity == Validity.VALID for each in own]),
        )


def _by_sensor(values: Iterable[Value]) -> dict[tuple[str, str], list[Value]]:
    """By device and place."""
    found: dict[tuple[str, str], list[Value]] = {}
    for each in values:
        found.setdefault((each.device, each.place), []).append(each)
    return found


def _line(track: _Track, dots: Sequence[Point], start_s: float, step_s: int, drawn: Drawn) -> lookup.Line:
    gap_s = drawn.gap_s.get(track.device)
    trend = [] if gap_s is None else list(_trend(track, start_s, step_s, gap_s))
    raw = [lookup.Point(round(at_s - start_s), round(celsius, 2)) for at_s, celsius in dots if math.isfinite(celsius)]
    return lookup.Line(name=words.name(track.place, track.device, drawn.reader), raw=raw, trend=trend)


def _trend(track: _Track, start_s: float, step_s: int, gap_s: float) -> Iterator[lookup.Point]:
    """The median of each piece; where nothing that can be trusted was measured for longer than gap_s, the line ends."""
    t_s, celsius = track.t_s[track.trusted], track.celsius[track.trusted]
    piece = np.floor((t_s - start_s) / step_s).astype(int)
    ends = [*np.flatnonzero(np.diff(piece)), len(t_s) - 1] if len(t_s) else []
    first = 0
    for last in ends:
        # Within a piece the line is one point, so a gap is seen between two of them, or where it cuts one in two.
        if first and t_s[first] - t_s[first - 1] > gap_s:
            yield lookup.Point(round(float(t_s[first - 1] + t_s[first]) / 2 - start_s), None)
        cuts = [int(i) + first + 1 for i in np.flatnonzero(np.diff(t_s[first : last + 1]) > gap_s)]
        for begin, end in zip([first, *cuts], [*cuts, last + 1], strict=True):
            if begin > first:
                yield lookup.Point(round(float(t_s[begin - 1] + t_s[begin]) / 2 - start_s), None)
            at_s = float(t_s[begin] + t_s[end - 1]) / 2 - start_s
            yield lookup.Point(round(at_s), round(float(np.median(celsius[begin:end])), 2))
        first = int(last) + 1


def _strips(
    sensors: Iterable[Sequence[Value]], start_s: float, end_s: float, step_s: int, reader: Locale
) -> Iterator[lookup.Strip]:
    count = round((end_s - start_s) / step_s)
    for own in sensors:
        device, place = own[0].device, own[0].place
        moved: list[list[float]] = [[] for _ in range(count)]
        states: list[list[str]] = [[] for _ in range(count)]
        for each in own:
            # An epoch is kept under its end.
            index = int((each.wall_s - EPOCH_S / 2 - start_s) // step_s)
            if 0 <= index < count and each.value is not None:
                moved[index].append(each.value / FULL_COUNT)
                states[index].append(each.reason.partition(";")[0])
        yield lookup.Strip(
            name=words.name(place, device, reader),
            moved=[round(sum(each) / len(each), 3) if each else None for each in moved],
            sleep=[max(words.SLEEP, key=each.count) if each else None for each in states],
        )


def _ticks(start_s: float, end_s: float, every_h: int, reader: Locale) -> Iterator[lookup.Mark]:
    """Whole hours of the family's clock; looked for by the quarter, since zones lie so (Nepal: 5 h 45)."""
    for at_s, at, twice in _quarters(start_s, end_s, reader.zone):
        if at.minute == 0 and at.hour % every_h == 0:
            yield lookup.Mark(at_s=round(at_s - start_s), text=words.tick(at, reader, twice=twice))


def _quarters(start_s: float, end_s: float, zone: dt.tzinfo) -> Iterator[tuple[float, dt.datetime, bool]]:
    """Every quarter of an hour, and whether the clock shows it twice in that night."""
    at_s = math.ceil(start_s / 900.0) * 900.0
    while at_s < end_s:
        at = local(at_s, zone)
        yield at_s, at, at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset()
        at_s += 900.0


def _rows(
    tracks: Sequence[_Track], epochs: Sequence[Value], start_s: float, end_s: float, drawn: Drawn
) -> Iterator[lookup.Row]:
    """By the hour of the family's clock, the newest first; of the sensors that measured most."""
    hours = [
        (at_s, at, twice) for at_s, at, twice in _quarters(start_s - HOUR_S, end_s, drawn.reader.zone) if at.minute == 0
    ]
    for begin_s, at, twice in reversed(hours):
        until_s = min(begin_s + HOUR_S, end_s)
        since_s = max(begin_s, start_s)
        if since_s >= until_s:
            continue
        celsius, missing_s = _within(tracks, since_s, until_s, drawn)
        sleep: dict[str, float] = {}
        for each in epochs:
            if since_s < each.wall_s <= until_s:
                state = each.reason.partition(";")[0]
                sleep[state] = sleep.get(state, 0.0) + EPOCH_S
        yield lookup.Row(
            hour=words.hour(at, twice=twice),
            lowest=words.celsius(float(celsius.min()) if len(celsius) else None, drawn.reader),
            median=words.celsius(float(np.median(celsius)) if len(celsius) else None, drawn.reader),
            highest=words.celsius(float(celsius.max()) if len(celsius) else None, drawn.reader),
            sleep=words.slept(sleep, drawn.reader),
            doses=", ".join(words.given(what, t, drawn.reader) for t, what in drawn.doses if since_s <= t < until_s),
            missing=words.missing(missing_s, drawn.reader),
        )


def _summary(tracks: Sequence[_Track], start_s: float, end_s: float, drawn: Drawn) -> str:
    celsius, missing_s = _within(tracks, start_s, end_s, drawn)
    lowest, highest = (float(celsius.min()), float(celsius.max())) if len(celsius) else (None, None)
    return words.summary(lowest, highest, missing_s, len(drawn.doses), drawn.reader)


def _within(tracks: Sequence[_Track], since_s: float, until_s: float, drawn: Drawn) -> tuple[Array, float]:
    """The trusted readings of that time, and the seconds of it that lie in gaps of the line."""
    if not tracks:
        return np.empty(0), 0.0
    track = tracks[0]
    t_s, celsius = track.t_s[track.trusted], track.celsius[track.trusted]
    inside = celsius[(t_s >= since_s) & (t_s < until_s)]
    gap_s = drawn.gap_s.get(track.device)
    if gap_s is None:
        return inside, 0.0
    last, after = np.searchsorted(t_s, since_s), np.searchsorted(t_s, until_s)
    begin_s, end_s = t_s[last - 1] if last else since_s, t_s[after] if after < len(t_s) else until_s
    moments = np.concatenate(([begin_s], t_s[last:after], [end_s]))
    gaps = np.flatnonzero(np.diff(moments) > gap_s)
    return inside, float(sum(max(0.0, min(moments[i + 1], until_s) - max(moments[i], since_s)) for i in gaps))
