"""What `feverhub analyze` says of movement beside the alarms: what it resembled, and sleep in epochs."""

from collections.abc import Mapping

from edge.analysis import mimics
from edge.pipeline import NOT_VALIDATED, State


def moved(state: State, recording: str, device: str, age_months: float | None) -> dict[str, object] | None:
    """The summary of one movement sensor, None for a thermometer. Seconds and counts; what was not watched is left out.

    The Moro reflex is named only up to the fourth month. Position and side need three axes.
    """
    sensor = state.sensors[device]
    mimic = sensor.mimic
    if mimic is None:
        return None
    counts = {
        "jerks": mimic.counts.get("jerk", 0),
        mimics.startle_name(age_months) + "s": mimic.counts.get("startle", 0),
    }
    axes = mimic.grid.columns == 3
    return {
        "recording": recording,
        "limb": str(mimic.limb),
        "resembles_s": {str(label): round(seconds_s) for label, seconds_s in sorted(mimic.tally_s.items())},
        "counts": counts,
        "position_changes": mimic.posture.changes if axes else None,
        "side_up": str(mimic.posture.side) if axes else None,
        "upright": mimic.posture.upright if axes and mimic.posture.up else None,
        "sleep": {
            "validity": NOT_VALIDATED,
            **{f"{name}_s": s for name, s in sorted(mimic.activity.tally_s.items())},
        },
        "rigor_can_be_told": mimic.fast,
    }


def moved_in_words(summary: Mapping[str, object]) -> list[str]:
    """Two or three lines of it."""
    resembles, counts, sleep = summary["resembles_s"], summary["counts"], summary["sleep"]
    assert isinstance(resembles, dict)
    assert isinstance(counts, dict)
    assert isinstance(sleep, dict)
    lines = [f"  movement of {summary['recording']} ({summary['limb']}), in minutes: {_minutes(resembles)}"]
    found = [f"{count} {name.replace('_', ' ')}" for name, count in counts.items()]
    if summary["position_changes"] is not None:
        found.append(f"{summary['position_changes']} changes of position, {summary['side_up']} up at the end")
    lines.append(f"      single: {', '.join(found)}")
    epochs = {name.removesuffix("_s"): value for name, value in sleep.items() if name.endswith("_s")}
    if epochs:
        lines.append(f"      sleep ({sleep['validity']}), in minutes: {_minutes(epochs)}")
    return lines


def _minutes(seconds_s: Mapping[str, float]) -> str:
    most_first = sorted(seconds_s.items(), key=lambda item: -item[1])
    return ", ".join(f"{name.replace('_', ' ')} {value / 60:.1f}" for name, value in most_first)
