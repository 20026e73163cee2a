"""`feverhub analyze --plot`: one picture of one child's recordings, with what would have rung."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.analysis import motion
from edge.app.reports.trace import Trace
from edge.app.reports.words import begin_s, clock
from edge.errors import PlotError
from edge.model.alarm import Condition
from edge.model.reading import Array
from edge.recordings.files import Recording, TemperatureRecording

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Report = Mapping[str, Any]

# Colours that colour-blind eyes tell apart (Okabe & Ito 2008).
_BLUE, _ORANGE, _GREEN, _RED, _GREY = "#0072b2", "#e69f00", "#009e73", "#d55e00", "#666666"
_SENSORS = (_BLUE, _GREEN, "#cc79a7", "#56b4e9")
_SHADE = {"high": _RED, "medium": _ORANGE, "low": _GREEN, "none": _GREY}
_LEAST_LEVEL_G = 1e-3
_GAP_S = 2.5
_ZOOM_FROM_S = 900.0  # a longer recording shows its longest movement alarm a second time, larger
_ZOOM_AROUND_S = 30.0
_PANEL_INCHES = 2.1
_STEPS_S, _TICKS = (1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600), 6
_NAME_ROWS, _NAME_STEP = 3, 0.11  # names of episodes that lie close take turns in three rows


def draw(file: Path, recordings: Sequence[Recording], traces: Sequence[Trace], report: Report) -> None:
    """Write the picture; its kind follows the file's name. Raises PlotError: one sentence."""
    check(file)
    try:
        picture(recordings, traces, report).savefig(file, dpi=110)
    except (OSError, ValueError) as error:
        raise PlotError(f"cannot write the picture {file}: {error}") from error


def picture(recordings: Sequence[Recording], traces: Sequence[Trace], report: Report) -> "Figure":
    """Movement, rhythm, evidence and temperature over time; a long one's longest movement alarm enlarged."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    warmth = [each for each in recordings if isinstance(each, TemperatureRecording)]
    panels = [*((_level, _rate, _log_odds) if traces else ()), *((_temperature,) if warmth else ())]
    spans = [(0.0, float(report["duration_s"])), *_zoom(report)]
    figure = Figure(figsize=(7 + 5 * len(spans), 1.2 + _PANEL_INCHES * len(panels)), layout="constrained")
    FigureCanvasAgg(figure)
    figure.supxlabel("dotted: onset, line: told, dashed: over", fontsize=8, color=_GREY)
    figure.suptitle(f"{report['recording']}: {clock(report['duration_s'])}, {clock(report['watched_s'])} of it watched")
    widths = [2.0, 1.4][: len(spans)]
    grid = figure.subplots(len(panels), len(spans), squeeze=False, sharex="col", width_ratios=widths)
    for column, span in enumerate(spans):
        for panel, axes in zip(panels, grid[:, column], strict=True):
            panel(axes, traces, warmth, report)
            _episodes(axes, report, span, first=axes is grid[0, column])
            axes.grid(alpha=0.25)
        _time(grid[-1, column], span, zoomed=column > 0)
    return figure


def check(file: Path) -> None:
    """Whether a picture can be made at all. Raises PlotError."""
    try:
        import_module("matplotlib")
    except ImportError as missing:
        raise PlotError("--plot needs matplotlib; install it with: pip install 'feverhub[plot]'") from missing
    if not file.parent.is_dir():
        raise PlotError(f"cannot write the picture {file}: there is no folder {file.parent}")


def _zoom(report: Report) -> list[tuple[float, float]]:
    """Around the longest movement alarm of a long recording."""
    alarms = [_moments(report, each) for each in report["conditions"] if each["condition"] == "seizure_like_movement"]
    if not alarms or report["duration_s"] < _ZOOM_FROM_S:
        return []
    onset_s, _, end_s = max(alarms, key=lambda moments: moments[2] - moments[0])
    return [(max(0.0, onset_s - _ZOOM_AROUND_S), min(report["duration_s"], end_s + _ZOOM_AROUND_S))]


def _moments(report: Report, condition: Mapping[str, Any]) -> tuple[float, float, float]:
    """Onset, raised and cleared (or the end) from the beginning of the recording, s."""
    start_s = begin_s(report, condition)
    end_s = report["duration_s"] if condition["cleared_s"] is None else condition["cleared_s"] - start_s
    return condition["onset_s"] - start_s, condition["raised_s"] - start_s, end_s


def _line(trace: Trace, values: Array, report: Report) -> tuple[Array, Array]:
    """Times from the beginning, and values, with nothing drawn across what was not watched."""
    t_s = trace.t_s - report["starts_s"][trace.name]
    gaps = np.flatnonzero(np.diff(t_s) > _GAP_S) + 1
    return np.insert(t_s, gaps, t_s[gaps]), np.insert(values, gaps, np.nan)


def _level(axes: "Axes", traces: Sequence[Trace], _warmth: object, report: Report) -> None:
    for trace, colour in zip(traces, _SENSORS * len(traces), strict=False):
        level_g = np.maximum(trace.level_g, _LEAST_LEVEL_G)
        axes.plot(*_line(trace, level_g, report), color=colour, lw=0.9, label=trace.name)
    axes.set_yscale("log")
    axes.set_ylabel("movement\n(g, RMS)")
    if len(traces) > 1:
        axes.legend(loc="upper right", fontsize=8)


def _rate(axes: "Axes", traces: Sequence[Trace], _warmth: object, report: Report) -> None:
    for trace, colour in zip(traces, _SENSORS * len(traces), strict=False):
        axes.plot(*_line(trace, trace.rate_hz, report), ".", color=colour, ms=5)
    axes.set_ylim(0, max([6.0, *(float(np.nanmax(t.rate_hz)) for t in traces if np.isfinite(t.rate_hz).any())]))
    axes.set_ylabel("rhythm\n(jerks a second, Hz)")
    if not any(np.isfinite(trace.rate_hz).any() for trace in traces):
        axes.text(0.5, 0.5, "no seizure-like rhythm", transform=axes.transAxes, ha="center", color=_GREY)


def _log_odds(axes: "Axes", traces: Sequence[Trace], _warmth: object, report: Report) -> None:
    for trace, colour in zip(traces, _SENSORS * len(traces), strict=False):
        axes.plot(*_line(trace, trace.log_odds, report), color=colour, lw=0.9)
    lines = [(0.0, _RED, "alarm")]
    if any(trace.warning.any() for trace in traces):
        lines.append((-motion.WARNING_BELOW_LINE, _ORANGE, "warning"))
    for level, colour, name in lines:
        axes.axhline(level, color=colour, lw=1, ls="--")
        axes.annotate(name, (0.005, level), xycoords=("axes fraction", "data"), fontsize=8, color=colour, va="bottom")
    axes.set_ylabel("evidence\n(log-odds)")


def _temperature(axes: "Axes", _traces: object, warmth: Sequence[TemperatureRecording], report: Report) -> None:
    for curve in warmth:
        axes.plot(curve.t_s - report["starts_s"][curve.name], curve.celsius, color=_BLUE, lw=1.2)
    limits: dict[float, set[str]] = {}
    for each in report["conditions"]:
        if each.get("limit") is not None and each["condition"] != "temperature_rising":
            limits.setdefault(each["limit"], set()).add(Condition(each["condition"]).plain)
    for limit, names in sorted(limits.items()):
        axes.axhline(limit, color=_RED, lw=1, ls="--")
        label = f"limit of {', '.join(sorted(names))} {limit:g} °C"
        axes.annotate(label, (0.005, limit), xycoords=("axes fraction", "data"), fontsize=8, color=_RED, va="bottom")
    axes.set_ylabel("temperature\n(°C)")


def _episodes(axes: "Axes", report: Report, span: tuple[float, float], *, first: bool) -> None:
    """Shade each episode; mark where it began, where a hub would have notified, and where it ended."""
    names: list[tuple[float, str, str]] = []
    for each in report["conditions"]:
        onset_s, raised_s, end_s = _moments(report, each)
        if end_s < span[0] or onset_s > span[1]:
            continue
        colour = _SHADE[each["priority"]]
        axes.axvspan(onset_s, end_s, color=colour, alpha=0.12, lw=0)
        for moment_s, style in ((onset_s, ":"), (raised_s, "-"), (end_s, "--")):
            axes.axvline(moment_s, color=colour, lw=1.1, ls=style)
        names.append((max(span[0], onset_s), Condition(each["condition"]).plain, colour))
    if first:
        for row, (at_s, name, colour) in enumerate(sorted(names)):
            where = (at_s, 1.03 + _NAME_STEP * (row % _NAME_ROWS))
            axes.annotate(name, where, xycoords=("data", "axes fraction"), fontsize=8, color=colour)


def _time(axes: "Axes", span: tuple[float, float], *, zoomed: bool) -> None:
    """Time from the beginning of the recording, as a clock shows it."""
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    axes.set_xlim(*span)
    length_s = span[1] - span[0]
    step_s = next((step for step in _STEPS_S if length_s / step <= _TICKS), length_s / _TICKS)
    axes.xaxis.set_major_locator(MultipleLocator(step_s))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda t_s, _: clock(t_s)))
    axes.set_xlabel("time from the beginning (h:mm:ss)" + (", longest movement alarm" if zoomed else ""))
