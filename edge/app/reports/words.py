"""What `feverhub analyze` says to a person: evidence in words instead of figures."""

from collections.abc import Mapping, Sequence

from edge.app.reports.movement import moved_in_words
from edge.app.reports.rhythm import Change, evenness, rhythm
from edge.app.reports.trace import Trace
from edge.model.alarm import Condition

Report = Mapping[str, object]

_TECHNICAL = "technical"


def in_words(result: Report, traces: Sequence[Trace] = ()) -> str:
    """A report as a person would read it; times count from the beginning of the recording. traces: its movement."""
    conditions, movement, notes = result["conditions"], result["movement"], result["notes"]
    assert isinstance(conditions, list)
    assert isinstance(movement, list)
    assert isinstance(notes, list)
    lines = [f"{result['recording']}: {clock(result['duration_s'])} long, {clock(result['watched_s'])} of it watched"]
    lines += [f"  {sentence(each, begin_s(result, each), traces)}" for each in conditions]
    if not conditions:
        lines.append("  nothing that would have rung")
    if (watched := result.get("watched")) is not None:
        lines.append("  watched at its end" if watched is True else f"  not watched at its end: {watched}")
    lines += [line for each in movement for line in moved_in_words(each)]
    return "\n".join([*lines, *(f"  note: {note}" for note in notes)])


def begin_s(result: Report, condition: Mapping[str, object]) -> float:
    """Where the recording that a condition comes from begins on its own `t`."""
    evidence, starts = condition["evidence"], result["starts_s"]
    assert isinstance(evidence, Mapping)
    assert isinstance(starts, Mapping)
    sensors = evidence["sensors"]
    begin = starts[sensors[0]] if sensors else result["start_s"]
    assert isinstance(begin, float)
    return begin


def sentence(condition: Mapping[str, object], start_s: float, traces: Sequence[Trace] = ()) -> str:
    """One episode: from when to when, what, on which evidence, and when a hub would have said so."""
    onset_s, raised_s, cleared_s = (condition[key] for key in ("onset_s", "raised_s", "cleared_s"))
    assert isinstance(onset_s, float | int)
    assert isinstance(raised_s, float | int)
    if cleared_s is None:
        span = f"{clock(onset_s - start_s)} to the end"
    else:
        assert isinstance(cleared_s, float | int)
        span = f"{clock(onset_s - start_s)} to {clock(cleared_s - start_s)} ({_length(cleared_s - onset_s)})"
    called = "the notice" if condition["priority"] in {"none", "low"} else "the alarm"
    what = ", ".join((_name(condition), *_evidence(condition, traces)))
    late = f"; {called} would have come {_length(raised_s - onset_s)} after the onset" if raised_s > onset_s else ""
    return f"{span}: {what}{late}"


def _name(condition: Mapping[str, object]) -> str:
    name = Condition(str(condition["condition"])).plain.replace("seizure-like", "seizure-like rhythmic")
    evidence = condition["evidence"]
    assert isinstance(evidence, Mapping)
    limbs = evidence.get("limbs")
    limbs = [limb for limb in limbs if limb != "unknown"] if isinstance(limbs, Sequence) else None
    if condition["kind"] == _TECHNICAL or not isinstance(limbs, Sequence) or not limbs:
        return name
    return f"{name} at the {' and the '.join(str(limb).replace('_', ' ') for limb in limbs)}"


def _evidence(condition: Mapping[str, object], traces: Sequence[Trace]) -> list[str]:
    """What it rests on, the strongest evidence first."""
    evidence, value, limit = condition["evidence"], condition.get("value"), condition.get("limit")
    assert isinstance(evidence, Mapping)
    if condition.get("unit") == "Cel" and isinstance(value, float):
        peak_c = evidence.get("peak_c")  # the value is the last one, of a fever that is over below the limit
        value = max(value, peak_c) if isinstance(peak_c, float | int) else value
        return [f"{value:.1f} °C" + (f" with a limit of {limit:.1f} °C" if isinstance(limit, float) else "")]
    if condition["kind"] == _TECHNICAL:
        why = next((str(evidence[name]) for name in ("refused", "reason", "detail") if evidence.get(name)), "")
        silence = "" if "silent_s" not in evidence else "nothing usable heard" if why else "nothing heard"
        return [": ".join(filter(None, [silence, why]))] if silence or why else []
    if condition["condition"] != "seizure_like_movement":
        return []
    even = evenness(evidence)
    return [*_rhythm(condition, evidence, traces), *([even] if even else []), *_decided(evidence)]


def _rhythm(condition: Mapping[str, object], evidence: Mapping[str, object], traces: Sequence[Trace]) -> list[str]:
    """How often a second, and whether that changed, over the whole episode."""
    onset_s, cleared_s = condition["onset_s"], condition["cleared_s"]
    assert isinstance(onset_s, float | int)
    assert cleared_s is None or isinstance(cleared_s, float | int)
    found = rhythm(onset_s, cleared_s, evidence, traces)
    if found is None:
        return []
    what = f"{'shakes' if found.shaking else 'jerks'} a second"
    match found.change:
        case Change.STEADY:
            return [f"{found.first_hz:.1f} {what}"]
        case Change.SLOWING:
            return [f"{found.first_hz:.1f} slowing to {found.last_hz:.1f} {what}"]
        case Change.VARYING:
            return [f"between {found.first_hz:.1f} and {found.last_hz:.1f} {what}"]


def _decided(evidence: Mapping[str, object]) -> list[str]:
    """What of the movement the detector rests on."""
    groups = evidence.get("decided_by")
    return [f"told by its {' and '.join(map(str, groups))}"] if isinstance(groups, Sequence) and groups else []


def clock(seconds: object) -> str:
    """Seconds as h:mm:ss."""
    assert isinstance(seconds, float | int)
    sign, whole = ("-" if seconds < 0 else ""), round(abs(seconds))
    return f"{sign}{whole // 3600}:{whole % 3600 // 60:02}:{whole % 60:02}"


def _length(seconds: float) -> str:
    """A length of time as one would say it."""
    whole = round(seconds)
    if whole < 120:
        return f"{whole} s"
    return f"{whole // 60} min" if whole < 7200 else f"{whole / 3600:.1f} h"
