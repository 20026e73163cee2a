"""The folds as a picture: false alarms an hour against what was found, and how late, at every line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import scores
from tests.bench.fit.examples import MAGNITUDE
from tests.bench.fit.folds import LEFT_FAMILIES, LEFT_PEOPLE
from tests.bench.fit.judging import LINES
from tests.bench.fit.page import IN_USE

TICKS = (0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Point:
    """At one line: false alarms an hour, share found and the ends of its 95 % interval, median delay in s if any."""

    line: float
    false_per_h: float
    found: float
    interval: tuple[float, float]
    delay_s: float | None


def curves(log: Mapping[str, Any]) -> dict[str, dict[str, list[Point]]]:
    """Panel, fold: its points, by what it never learned from. Simulated and real stand apart, and are never added.

    Of people, all hours without a seizure stand against all seizures, and nobody counts a second time as a magnitude;
    delays are of OSDB, whose onsets are annotated.
    """
    both = [row for row in log["scores"] if row["by"] == "both"]
    families = {
        left: _points([row for row in both if (row["left"], row["set"]) == (left, left)]) for left in LEFT_FAMILIES
    }
    people = {
        left: _points([row for row in both if (row["left"], row["held_out"]) == (left, "people") and _once(row)])
        for left in LEFT_PEOPLE
    }
    return {"Simulated: a family never learned from": families, "Real: a third never learned from": people}


def _once(row: Row) -> bool:
    return not row["set"].endswith(MAGNITUDE)


def _points(rows: Sequence[Row]) -> list[Point]:
    points = [_point(line, [at for row in rows for at in row["lines"] if at["line"] == line]) for line in LINES]
    return [point for point in points if point is not None]


def _point(line: float, each: Sequence[Row]) -> Point | None:
    of, hours = (sum(row[name] for row in each) for name in ("of", "hours"))
    if not of or not hours:
        return None
    found = sum(row["found"] for row in each)
    delays = [row["delay_p50_p95_s"][0] for row in each if row["delay_p50_p95_s"]]
    return Point(
        line,
        sum(row["false"] for row in each) / hours,
        found / of,
        scores.wilson(found, of),
        delays[-1] if delays else None,
    )


def draw(file: Path, log: Mapping[str, Any]) -> None:
    """Two panels over two: found above, delay below; the line in use is marked."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    panels = curves(log)
    figure = Figure(figsize=(9, 6.5), layout="constrained")
    FigureCanvasAgg(figure)
    for (above, below), (title, folds) in zip(
        figure.subplots(2, len(panels), sharex="col").T, panels.items(), strict=True
    ):
        for name, points in folds.items():
            false = [point.false_per_h for point in points]
            off = list(zip(*(_off(point) for point in points), strict=True))
            above.errorbar(false, [point.found for point in points], yerr=off, label=name, marker=".", capsize=2)
            colour = above.lines[-1].get_color()
            late = [point for point in points if point.delay_s is not None]
            below.plot([point.false_per_h for point in late], [point.delay_s for point in late], ".-", color=colour)
            _mark(above, ((p.false_per_h, p.found) for p in points if p.line == IN_USE), colour)
            _mark(below, ((p.false_per_h, p.delay_s) for p in late if p.line == IN_USE), colour)
        above.set_title(title)
        above.set_ylim(0, 1.35)
        above.set_yticks([0, 0.25, 0.5, 0.75, 1])
        above.set_ylabel("share of seizures found (95 % interval)")
        above.legend(loc="upper left", ncols=2, fontsize=8, title="left out; ring: line in use")
        below.set_xscale("symlog", linthresh=0.1)
        below.set_xlim(left=0)
        below.set_xticks(TICKS, labels=[f"{tick:g}" for tick in TICKS])
        below.set_ylim(bottom=0)
        below.set_xlabel("false alarms an hour")
        below.set_ylabel("median delay, s")
        for axes in (above, below):
            axes.grid(alpha=0.3)
    figure.savefig(file, dpi=90)


def _off(point: Point) -> tuple[float, float]:
    """How far the interval reaches below and above."""
    low, high = point.interval
    return point.found - low, high - point.found


def _mark(axes: Any, at: Iterable[tuple[float, Any]], colour: Any) -> None:
    for x, y in at:
        axes.plot(x, y, "o", color=colour, markersize=10, fillstyle="none")
