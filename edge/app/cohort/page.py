"""The figures of a cohort in words, tables and pictures, for the HTML file; and in a few lines for a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from edge.app.cohort.figures import Figures
from edge.exports import cohort
from edge.exports.cohort import Mark, Page, Picture, Section

MOST_MARKS = 60
"""Lines of one picture. Of more groups those with the most alarms an hour are drawn; the table has all."""
NO_DEVICE = "Counted on recordings or simulations: no medical device, and no proof of how it does in a family's home."
_BY = {"all": "In all", "person": "By person", "age": "By age", "limb": "By limb"}
_GROUPS = {"person": "person", "age": "age", "limb": "movement sensors at", "all": ""}
Row = Mapping[str, Any]


def page(figures: Figures) -> Page:
    """All of it."""
    series = [row["detector"] for row in figures["detectors"]]
    told = figures["truth"] is not None
    sections = [
        _section(f"{by}: {event}", rows, series, told=told)
        for event in dict.fromkeys(row["event"] for row in figures["scored"])
        for key, by in _BY.items()
        if (rows := [row for row in figures["scored"] if row["event"] == event and row["by"] == key])
    ]
    return Page("A cohort of nights", tuple(_said(figures)), tuple(series), (*sections, _every_condition(figures)))


def write(figures: Figures, file: Path) -> None:
    """As HTML. Raises OSError."""
    cohort.write(page(figures), file)


def lines(figures: Figures) -> Iterator[str]:
    """What holds for all, and the figures over all nights."""
    yield from _said(figures)
    for row in figures["scored"]:
        if row["by"] == "all":
            cells = zip(_head("", told=figures["truth"] is not None), _cells(row), strict=True)
            yield f"{row['event']}, {row['detector']}: " + "; ".join(f"{name} {cell}" for name, cell in cells if name)


def _said(figures: Figures) -> Iterator[str]:
    for row in figures["detectors"]:
        left = f", {row['left_out']} left out, since not all detectors judged them" if row["left_out"] else ""
        failed = f", {row['failed']} could not be judged" if row["failed"] else ""
        yield (
            f"Detector {row['detector']}: {row['nights']} nights of {row['persons']} persons, {row['hours']:,.1f} h "
            f"watched{failed}{left} ({row['results']})."
        )
    truth = figures["truth"]
    if truth is None:
        yield f"{figures['note'][0].upper()}{figures['note'][1:]}. Alarms an hour are counted, true or false."
    else:
        yield (
            f"The truth has {truth['events']} events, {truth['in_no_night']} of them in no night that was judged. A "
            "night without one counts as a night in which nothing happened; of the persons of "
            f"{truth['nights_of_persons_without_a_row']} nights the truth says nothing at all."
        )
        if truth["not_scored"]:
            kinds = ", ".join(f"{kind} ({count})" for kind, count in truth["not_scored"].items())
            yield f"Kinds that no alarm answers are not scored: {kinds}."
    yield (
        "Intervals hold 95 % (Wilson's of shares, Garwood's of counts) and take each event for itself: several of one "
        "child make them narrower than they should be."
    )
    yield NO_DEVICE


def _section(title: str, rows: Sequence[Row], series: Sequence[str], *, told: bool) -> Section:
    by = rows[0]["by"]
    said = [] if by != "all" else [_rule(rows[0]["event"])]
    shown = list(rows)
    if len(shown) > MOST_MARKS:
        rate = "false_alarms_per_hour" if told else "alarms_per_hour"
        worst = sorted({row["group"] for row in rows}, key=lambda group: -_worst(rows, group, rate))
        few = set(worst[: MOST_MARKS // len(series)])
        shown = [row for row in rows if row["group"] in few]
        said.append(f"The pictures show the {len(few)} of {len(worst)} with the most alarms an hour.")
    cells = tuple((str(row["group"]), str(row["detector"]), *_cells(row)) for row in rows)
    head = (_GROUPS[by], "detector", *_head("", told=told))
    return Section(title, tuple(said), head, cells, tuple(_pictures(shown, series, told=told)))


def _rule(event: str) -> str:
    if event == "fever":
        return "A fever is found if an alarm stands from half an hour before it until half an hour after."
    return (
        "Events are counted as SzCORE does (Dan 2024): closer than 90 s they are one, longer than 5 min they are cut; "
        "found is what an alarm touches from 30 s before to 60 s after."
    )


def _worst(rows: Sequence[Row], group: str, rate: str) -> float:
    return max(row[rate] or 0.0 for row in rows if row["group"] == group)


def _head(first: str, *, told: bool) -> tuple[str, ...]:
    counted = ("found", "sensitivity", "false alarms", "false alarms an hour", "seconds to the alarm, median", "p95")
    return (*((first,) if first else ()), "nights", "hours", *(counted if told else ("alarms", "alarms an hour")))


def _cells(row: Row) -> tuple[str, ...]:
    about = (str(row["nights"]), f"{row['hours']:,.1f}")
    if "found" not in row:
        return (*about, str(row["alarms"]), _interval(row["alarms_per_hour"], row["alarms_per_hour_95"], "{:.3g}"))
    return (
        *about,
        f"{row['found']} of {row['events']}",
        _interval(row["sensitivity"], row["sensitivity_95"], "{:.1%}"),
        str(row["false_alarms"]),
        _interval(row["false_alarms_per_hour"], row["false_alarms_per_hour_95"], "{:.3g}"),
        *("none" if row[key] is None else f"{row[key]:.1f}" for key in ("latency_median_s", "latency_p95_s")),
    )


def _interval(value: float | None, edges: Sequence[float] | None, form: str) -> str:
    if value is None or edges is None:
        return "none"
    low, high = (form.format(edge) for edge in edges)
    return f"{form.format(value)} ({low} to {high})"


def _pictures(rows: Sequence[Row], series: Sequence[str], *, told: bool) -> Iterator[Picture]:
    if told:
        marks = _marks(rows, series, "sensitivity", 100.0)
        yield Picture("Sensitivity", "%", marks, 100.0)
    rate = "false_alarms_per_hour" if told else "alarms_per_hour"
    yield Picture("False alarms an hour" if told else "Alarms an hour", "an hour", _marks(rows, series, rate, 1.0))
    late = tuple(
        Mark(
            str(row["group"]),
            series.index(row["detector"]),
            0.0,
            max(row["latency_median_s"], 0.0),
            row["latency_p95_s"],
        )
        for row in rows
        if row.get("latency_median_s") is not None and row["latency_p95_s"] > 0
    )
    if late:
        yield Picture("From the onset to the alarm: median, and a line up to the 95th percentile", "s", late)


def _marks(rows: Sequence[Row], series: Sequence[str], name: str, times: float) -> tuple[Mark, ...]:
    return tuple(
        Mark(str(row["group"]), series.index(row["detector"]), times * low, times * row[name], times * high)
        for row in rows
        if row[name] is not None
        for low, high in [row[f"{name}_95"]]
    )


def _every_condition(figures: Figures) -> Section:
    rows = tuple(
        (
            row["kind"],
            row["condition"].replace("_", " "),
            row["priority"],
            row["detector"],
            str(row["alarms"]),
            _interval(row["alarms_per_hour"], row["alarms_per_hour_95"], "{:.3g}"),
        )
        for row in figures["alarms"]
    )
    said = (
        "What stood, true or false, also what rings nobody. Nobody answered, so a technical alarm comes once a loss.",
    )
    return Section(
        "Every condition", said, ("kind", "condition", "priority", "detector", "alarms", "an hour watched"), rows
    )
