"""The sweep as a picture: false alarms an hour against sensitivity, real and simulated apart."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench import sweep
from tests.bench.nights import HOURS

COLOURS = {"feverhub": "#1b6ca8", "OSD": "#c8553d"}
_NOW = {"feverhub": sweep.OURS_NOW, "OSD": sweep.OSD_NOW}


def curves(results: Mapping[str, Any]) -> dict[str, dict[str, tuple[list[float], list[float]]]]:
    """Panel, curve: (false alarms an hour, share found), one value a threshold."""
    found: dict[str, dict[str, tuple[list[float], list[float]]]] = {}
    if "real" in results:
        found["Real recordings"] = {
            f"{detector}: {group}": (roc["false_per_h"], roc[group])
            for detector, roc in results["real"]["roc"].items()
            for group in ("tonic-clonic", "all events")
        }
    swept = [value for _, value in results.get("nights", ()) if "swept" in value]
    bouts = [value for _, value in results.get("bouts", ())]
    if swept and bouts:
        found[f"Simulated infants ({len(bouts)} bouts, {len(swept)} nights)"] = {
            f"{detector}: clonic bouts": (_mean(swept, key, HOURS), _mean(bouts, key))
            for detector, key in (("feverhub", "swept"), ("OSD", "osd_swept"))
        }
    return found


def _mean(values: Sequence[Mapping[str, Any]], key: str, divided_by: float = 1.0) -> list[float]:
    return [sum(row) / len(values) / divided_by for row in zip(*(value[key] for value in values), strict=True)]


def draw(file: Path, results: Mapping[str, Any]) -> None:
    """Two panels, the operating point of each curve marked."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    panels = curves(results)
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    FigureCanvasAgg(figure)
    for axes, (title, lines) in zip(
        figure.subplots(1, max(1, len(panels)), squeeze=False)[0], panels.items(), strict=False
    ):
        for name, (false, share) in lines.items():
            detector, group = name.split(": ")
            now = _NOW[detector]
            axes.plot(
                false, share, color=COLOURS[detector], linestyle="-" if group != "all events" else "--", label=name
            )
            axes.plot(false[now], share[now], "o", color=COLOURS[detector], markersize=8)
        axes.set_xscale("symlog", linthresh=0.1)
        axes.set_xlim(0, max(max(false) for false, _ in lines.values()) * 1.1 + 0.01)
        axes.set_ylim(0, 1.02)
        axes.set_title(title)
        axes.set_xlabel("false alarms an hour")
        axes.set_ylabel("share of seizures found")
        axes.grid(alpha=0.3)
        axes.legend(loc="lower right", fontsize=8, title="point: line in use")
    figure.savefig(file, dpi=90)
