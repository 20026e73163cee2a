"""From the results of single jobs to counts. A result is `[arguments, value]`."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.bench.nights import How
from tests.bench.scores import Events

Results = Sequence[Sequence[Any]]


def bout_delays(results: Results, detector: str, **where: str) -> tuple[list[float], int]:
    """Delays in s of the bouts found, and how many there were. where: `sensor` or `limb`."""
    chosen = [value for _, value in results if all(value[key] == wanted for key, wanted in where.items())]
    return [value[detector] for value in chosen if value[detector] is not None], len(chosen)


def movement_alarms(results: Results, radio: str = "same room") -> list[int]:
    """Movement alarms of each night."""
    return [value[f"{radio}, movement"] for _, value in results if radio in value]


def ringing(results: Results, radio: str = "same room") -> list[int]:
    """How often each night something rings that has no cause, as somebody who sleeps counts it (`nights.How`)."""
    return [
        sum(not right and how == How.RANG for _, _, right, how in value[radio])
        for _, value in results
        if radio in value
    ]


def rings_by(results: Results, radio: str) -> Mapping[tuple[str, str], tuple[int, int, int]]:
    """(group, condition): how often it rang without cause; was no ring of its own without cause; had a cause."""
    count: Counter[tuple[str, str, int]] = Counter()
    for _, value in results:
        for condition, group, right, how in value.get(radio, ()):
            count[group, condition, 2 if right else int(how != How.RANG)] += 1
    keys = sorted({key[:2] for key in count})
    return {key: (count[*key, 0], count[*key, 1], count[*key, 2]) for key in keys}


def confounded(results: Results) -> dict[str, tuple[int, int, int]]:
    """Each movement: our alarms, OSD's, hours."""
    found: dict[str, tuple[int, int, int]] = {}
    for (label, _), value in results:
        ours, theirs, hours = found.get(label, (0, 0, 0))
        found[label] = (ours + value["feverhub"], theirs + value["OSD"], hours + 1)
    return found


def found_by(results: Results, detector: str) -> dict[Any, tuple[list[float], int]]:
    """By the first argument of each call: the delays in s of what was found, and how many there were."""
    found: dict[Any, tuple[list[float], int]] = {}
    for (name, _), value in results:
        delays, count = found.get(name, ([], 0))
        found[name] = ([*delays, *([] if value[detector] is None else [value[detector]])], count + 1)
    return found


def seizure_events(results: Results, detector: str) -> tuple[Events, list[float]]:
    """Event scoring over all nights with seizures, and the delays in s."""
    events = sum((Events(*value[detector]["events"]) for _, value in results), Events())
    return events, [delay for _, value in results for delay in value[detector]["delay_s"]]


def mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0
