"""Lines of the doctor's page as SVG: small, without a script, the same for the same numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from edge.exports.summary import Dose, Episode, Movement, Summary
from edge.model.reading import Array

WIDTH, HEIGHT = 720.0, 210.0
LEFT, RIGHT, TOP, BOTTOM = 34.0, 8.0, 10.0, 26.0
TRACE_HEIGHT = 70.0
# A line is drawn through at most so many points; of more the lowest and the highest of each column.
MOST_POINTS = 1400
# Okabe & Ito 2008, told apart by colour-blind eyes and in grey.
COLOURS = ("#0072b2", "#009e73", "#cc79a7", "#56b4e9")
RED, GREY = "#d55e00", "#666666"


@dataclass(frozen=True, slots=True)
class Scale:
    """From (low, high) of a quantity to (begin, end) in the picture."""

    low: float
    high: float
    begin: float
    end: float

    def at(self, value: float) -> float:
        return self.begin + (value - self.low) / (self.high - self.low) * (self.end - self.begin)

    def each(self, values: Array) -> Array:
        return self.begin + (values - self.low) / (self.high - self.low) * (self.end - self.begin)


def temperature(page: Summary) -> str:
    """Every curve with its gaps, the limits, each dose and each episode of movement."""
    known = [curve.celsius[np.isfinite(curve.celsius)] for curve in page.curves]
    values = np.concatenate([*known, page.limits_c]) if known else np.array([36.0, 39.0])
    x = Scale(page.start_s, max(page.end_s, page.start_s + 1.0), LEFT, WIDTH - RIGHT)
    y = Scale(float(np.floor(values.min() - 0.2)), float(np.ceil(values.max() + 0.2)), HEIGHT - BOTTOM, TOP)
    parts = [*_grid(page, x, y)]
    for number, curve in enumerate(page.curves):
        draw = _dots if curve.by_hand else _line
        parts.append(draw(x.each(curve.t_s), y.each(curve.celsius), COLOURS[number % len(COLOURS)]))
    parts += [*_doses(page.doses, x), *_episodes(page.episodes, x)]
    return _svg(HEIGHT, page.labels["curve"], parts)


def trace(episode: Episode, movement: Movement, decimal: str = ".") -> str:
    """The magnitude of one sensor around an episode, its estimated length shaded. decimal: before the tenths."""
    begin_s, end_s = float(movement.t_s[0]), float(movement.t_s[-1])
    x = Scale(begin_s, max(end_s, begin_s + 1.0), LEFT, WIDTH - RIGHT)
    finite = movement.g[np.isfinite(movement.g)]
    top = max(float(finite.max()) if len(finite) else 0.0, 1.5)
    y = Scale(0.0, top, TRACE_HEIGHT - 14.0, 4.0)
    shaded_s = end_s if episode.length_s is None else min(episode.length_s, end_s)
    box = _rectangle(x.at(0.0), 4.0, x.at(shaded_s), TRACE_HEIGHT - 14.0)
    # A longer pause than two samples is a gap; the sensor's own rate says how long a sample is.
    cuts = np.flatnonzero(np.diff(movement.t_s) > 2.5 * float(np.median(np.diff(movement.t_s)))) + 1
    t_s, g = np.insert(movement.t_s, cuts, np.nan), np.insert(movement.g, cuts, np.nan)
    line = _line(x.each(t_s), y.each(g), COLOURS[0], 0.6)
    marks = [_text(x.at(at), TRACE_HEIGHT - 3.0, _minutes(at), "middle") for at in _steps(begin_s, end_s)]
    label = _text(LEFT - 4.0, 12.0, f"{top:.1f} g".replace(".", decimal), "end")
    return _svg(TRACE_HEIGHT, movement.title, [box, line, label, *marks])


def _grid(page: Summary, x: Scale, y: Scale) -> Iterator[str]:
    for degree in range(round(y.low), round(y.high) + 1):
        at = y.at(degree)
        yield _rule((LEFT, at), (WIDTH - RIGHT, at), "#dddddd")
        yield _text(LEFT - 4.0, at + 4.0, f"{degree}", "end")
    for limit in dict.fromkeys(page.limits_c):
        at = y.at(limit)
        yield _rule((LEFT, at), (WIDTH - RIGHT, at), RED, 'stroke-dasharray="4 3"')
        yield _text(WIDTH - RIGHT - 2.0, at - 3.0, f"{limit:.1f}".replace(".", page.decimal), "end", RED)
    for midnight_s, date in page.days:
        at = x.at(midnight_s)
        yield _rule((at, TOP), (at, HEIGHT - BOTTOM), "#bbbbbb")
        yield _text(at + 3.0, HEIGHT - BOTTOM + 12.0, date, "start")


def _line(x: Array, y: Array, colour: str, width: float = 1.2) -> str:
    """One path through the points, begun anew after each NaN."""
    path, pen_up = [], True
    for at, value in zip(*_thinned(x, y), strict=True):
        if not (np.isfinite(at) and np.isfinite(value)):
            pen_up = True
            continue
        path.append(f"{'M' if pen_up else 'L'}{at:.1f} {value:.1f}")
        pen_up = False
    return f'<path d="{"".join(path)}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def _thinned(x: Array, y: Array) -> tuple[Array, Array]:
    """Of each column of points the lowest and the highest in their order; a gap stays a gap."""
    if len(x) <= MOST_POINTS:
        return x, y
    width = int(np.ceil(2 * len(x) / MOST_POINTS))
    kept: list[int] = []
    for begin in range(0, len(x), width):
        piece = y[begin : begin + width]
        if np.isfinite(piece).any():
            kept += sorted({begin + int(np.nanargmin(piece)), begin + int(np.nanargmax(piece))})
        gap = np.flatnonzero(~np.isfinite(piece))
        kept += [begin + int(gap[0])] if len(gap) else []
    order = np.unique(np.array(kept))
    return x[order], y[order]


def _dots(x: Array, y: Array, colour: str) -> str:
    points = [(at, value) for at, value in zip(x, y, strict=True) if np.isfinite(value)]
    return "".join(f'<circle cx="{at:.1f}" cy="{value:.1f}" r="3" fill="{colour}"/>' for at, value in points)


def _doses(doses: Sequence[Dose], x: Scale) -> Iterator[str]:
    base = HEIGHT - BOTTOM
    for dose in doses:
        at = x.at(dose.at_s)
        yield f'<path d="M{at:.1f} {base:.1f}l-4 -7h8z" fill="{GREY}"><title>{_escaped(dose.what)}</title></path>'


def _episodes(episodes: Sequence[Episode], x: Scale) -> Iterator[str]:
    for episode in episodes:
        at = x.at(episode.onset_s)
        if not episode.false_alarm:
            yield _rule((at, TOP), (at, HEIGHT - BOTTOM), RED, 'stroke-width="2"')
            yield _text(at + 3.0, TOP + 9.0, str(episode.number), "start", RED)


def _rule(begin: tuple[float, float], end: tuple[float, float], colour: str, more: str = "") -> str:
    (x1, y1), (x2, y2) = begin, end
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" {more}/>'


def _rectangle(left: float, top: float, right: float, bottom: float) -> str:
    size = f'width="{max(right - left, 1.0):.1f}" height="{bottom - top:.1f}"'
    return f'<rect x="{left:.1f}" y="{top:.1f}" {size} fill="{RED}" fill-opacity="0.15"/>'


def _text(x: float, y: float, text: str, anchor: str, colour: str = GREY) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} font-size="10" font-family="sans-serif" fill="{colour}">{_escaped(text)}</text>'


def _svg(height: float, title: str, parts: Sequence[str]) -> str:
    box = f'viewBox="0 0 {WIDTH:g} {height:g}" role="img" aria-label="{_escaped(title)}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{"".join(parts)}</svg>'


def _steps(begin_s: float, end_s: float) -> Iterator[float]:
    """Round moments within, six or fewer."""
    step_s = next(each for each in (15, 30, 60, 120, 300, 600, 1800) if (end_s - begin_s) / each <= 12 or each == 1800)
    first = int(np.ceil(begin_s / step_s))
    for number in range(first, int(end_s // step_s) + 1):
        yield float(number * step_s)


def _minutes(at_s: float) -> str:
    sign, whole = ("-" if at_s < 0 else ""), round(abs(at_s))
    return f"{sign}{whole // 60}:{whole % 60:02}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
