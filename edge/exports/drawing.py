"""Lines of the doctor's page as SVG: small, without a script, the same for the same numbers."""

from collections.abc import Iterator, Sequence

import numpy as np

from edge.exports import svg
from edge.exports.summary import Dose, Episode, Movement, Summary
from edge.model.reading import Array

HEIGHT = 210.0
LEFT, RIGHT, TOP, BOTTOM = 34.0, 8.0, 10.0, 26.0
TRACE_HEIGHT = 70.0
# A line is drawn through at most so many points; of more the lowest and the highest of each column.
MOST_POINTS = 1400


def temperature(page: Summary) -> str:
    """Every curve with its gaps, the limits, each dose and each episode of movement."""
    known = [curve.celsius[np.isfinite(curve.celsius)] for curve in page.curves]
    values = np.concatenate([*known, page.limits_c]) if known else np.array([36.0, 39.0])
    x = svg.Scale(page.start_s, max(page.end_s, page.start_s + 1.0), LEFT, svg.WIDTH - RIGHT)
    y = svg.Scale(float(np.floor(values.min() - 0.2)), float(np.ceil(values.max() + 0.2)), HEIGHT - BOTTOM, TOP)
    parts = [*_grid(page, x, y)]
    for number, curve in enumerate(page.curves):
        draw = _dots if curve.by_hand else _line
        parts.append(draw(x.each(curve.t_s), y.each(curve.celsius), svg.COLOURS[number % len(svg.COLOURS)]))
    parts += [*_doses(page.doses, x), *_episodes(page.episodes, x)]
    return svg.picture(HEIGHT, page.labels["curve"], parts)


def trace(episode: Episode, movement: Movement, decimal: str = ".") -> str:
    """The magnitude of one sensor around an episode, its estimated length shaded. decimal: before the tenths."""
    begin_s, end_s = float(movement.t_s[0]), float(movement.t_s[-1])
    x = svg.Scale(begin_s, max(end_s, begin_s + 1.0), LEFT, svg.WIDTH - RIGHT)
    finite = movement.g[np.isfinite(movement.g)]
    top = max(float(finite.max()) if len(finite) else 0.0, 1.5)
    y = svg.Scale(0.0, top, TRACE_HEIGHT - 14.0, 4.0)
    shaded_s = end_s if episode.length_s is None else min(episode.length_s, end_s)
    box = svg.rectangle(x.at(0.0), 4.0, x.at(shaded_s), TRACE_HEIGHT - 14.0)
    # A longer pause than two samples is a gap; the sensor's own rate says how long a sample is.
    cuts = np.flatnonzero(np.diff(movement.t_s) > 2.5 * float(np.median(np.diff(movement.t_s)))) + 1
    t_s, g = np.insert(movement.t_s, cuts, np.nan), np.insert(movement.g, cuts, np.nan)
    line = _line(x.each(t_s), y.each(g), svg.COLOURS[0], 0.6)
    marks = [svg.text(x.at(at), TRACE_HEIGHT - 3.0, _minutes(at), "middle") for at in _steps(begin_s, end_s)]
    label = svg.text(LEFT - 4.0, 12.0, f"{top:.1f} g".replace(".", decimal), "end")
    return svg.picture(TRACE_HEIGHT, movement.title, [box, line, label, *marks])


def _grid(page: Summary, x: svg.Scale, y: svg.Scale) -> Iterator[str]:
    for degree in range(round(y.low), round(y.high) + 1):
        at = y.at(degree)
        yield svg.rule((LEFT, at), (svg.WIDTH - RIGHT, at), "#dddddd")
        yield svg.text(LEFT - 4.0, at + 4.0, f"{degree}", "end")
    for limit in dict.fromkeys(page.limits_c):
        at = y.at(limit)
        yield svg.rule((LEFT, at), (svg.WIDTH - RIGHT, at), svg.RED, 'stroke-dasharray="4 3"')
        yield svg.text(svg.WIDTH - RIGHT - 2.0, at - 3.0, f"{limit:.1f}".replace(".", page.decimal), "end", svg.RED)
    for midnight_s, date in page.days:
        at = x.at(midnight_s)
        yield svg.rule((at, TOP), (at, HEIGHT - BOTTOM), "#bbbbbb")
        yield svg.text(at + 3.0, HEIGHT - BOTTOM + 12.0, date, "start")


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


def _doses(doses: Sequence[Dose], x: svg.Scale) -> Iterator[str]:
    base = HEIGHT - BOTTOM
    for dose in doses:
        at = x.at(dose.at_s)
        title = f"<title>{svg.escaped(dose.what)}</title>"
        yield f'<path d="M{at:.1f} {base:.1f}l-4 -7h8z" fill="{svg.GREY}">{title}</path>'


def _episodes(episodes: Sequence[Episode], x: svg.Scale) -> Iterator[str]:
    for episode in episodes:
        at = x.at(episode.onset_s)
        if not episode.false_alarm:
            yield svg.rule((at, TOP), (at, HEIGHT - BOTTOM), svg.RED, 'stroke-width="2"')
            yield svg.text(at + 3.0, TOP + 9.0, str(episode.number), "start", svg.RED)


def _steps(begin_s: float, end_s: float) -> Iterator[float]:
    """Round moments within, six or fewer."""
    step_s = next(each for each in (15, 30, 60, 120, 300, 600, 1800) if (end_s - begin_s) / each <= 12 or each == 1800)
    first = int(np.ceil(begin_s / step_s))
    for number in range(first, int(end_s // step_s) + 1):
        yield float(number * step_s)


def _minutes(at_s: float) -> str:
    sign, whole = ("-" if at_s < 0 else ""), round(abs(at_s))
    return f"{sign}{whole // 60}:{whole % 60:02}"
