"""What a soak has measured, and whether it is within its bounds. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tests.bench.targets import Target

MOST_MIB, MOST_MIB_A_DAY = 90.0, 1.0
MOST_CORE, MOST_MB_A_DAY = 0.03, 120.0
MOST_MORE = 3.0
"""Descriptors, threads and tasks that come and go with connections and with alarms that stand."""
MOST_WAITING = 200.0
WARM_UP = 0.25
"""Of the time, until caches and the night behind the page are as full as they get; at most `WARM_UP_H`."""
WARM_UP_H = 6.0
DAY_H = 24.0


@dataclass(frozen=True, slots=True)
class Sample:
    """One look. hours: simulated. mib, descriptors, threads, cpu_s, written: by process, `hub` and `page` among them;
    written: bytes since it began. gauges: of the hub's metrics.
    """

    hours: float
    mib: Mapping[str, float]
    descriptors: Mapping[str, float]
    threads: Mapping[str, float]
    cpu_s: Mapping[str, float]
    written: Mapping[str, float]
    gauges: Mapping[str, float] = field(default_factory=dict)


def a_day(hours: Sequence[float], values: Sequence[float]) -> float:
    """By how much it grows a day: the median of the slopes between every two looks (Theil and Sen), which one garbage
    collection more or less does not move.
    """
    t, y = np.asarray(hours) / DAY_H, np.asarray(values, dtype=np.float64)
    first, second = np.triu_indices(len(t), 1)
    apart = t[second] - t[first]
    return float(np.median((y[second] - y[first])[apart > 0] / apart[apart > 0])) if (apart > 0).any() else 0.0


def steady(samples: Sequence[Sample]) -> list[Sample]:
    """Without the time in which it warms up."""
    end_h = samples[-1].hours
    return [each for each in samples if each.hours >= min(WARM_UP * end_h, WARM_UP_H)]


def more(samples: Sequence[Sample], values: Sequence[float]) -> float:
    """The most of the last third beyond the most of the first."""
    third = max(1, len(samples) // 3)
    return max(values[-third:]) - max(values[:third])


def targets(samples: Sequence[Sample]) -> Iterator[Target]:
    """Lines of the table; not reached is a leak, or too much of something."""
    kept, end = steady(samples), samples[-1]
    hours = [each.hours for each in kept]
    most = {name: max(each.mib[name] for each in kept) for name in end.mib}
    yield Target("hub, resident at most", f"<= {MOST_MIB:g} MiB", f"{most['hub']:.1f} MiB", most["hub"] <= MOST_MIB)
    for name in (each for each in end.mib if each != "hub"):
        yield Target(f"{name}, resident at most", "-", f"{most[name]:.1f} MiB", True)
    for name in ("hub", "page"):
        grows = a_day(hours, [each.mib[name] for each in kept])
        good = grows <= MOST_MIB_A_DAY
        yield Target(f"{name}, grows", f"<= {MOST_MIB_A_DAY:g} MiB a day", f"{grows:+.2f} MiB a day", good)
    for what in ("descriptors", "threads"):
        for name in ("hub", "page"):
            series = [getattr(each, what)[name] for each in kept]
            yield _flat(f"{what} of the {name}", kept, series)
    yield _flat("asyncio tasks of the hub", kept, [each.gauges["feverhub_tasks"] for each in kept])
    for gauge, what in (
        ("feverhub_events_waiting", "events that wait"),
        ("feverhub_broker_in_flight", "messages under way"),
    ):
        worst = max(each.gauges[gauge] for each in kept)
        yield Target(what, f"<= {MOST_WAITING:g}", f"at most {worst:.0f}", worst <= MOST_WAITING)
    lost = end.gauges["feverhub_readings_lost_total"] + end.gauges["feverhub_history_lost_total"]
    yield Target("readings and lines of history lost", "none", f"{lost:.0f}", lost == 0)
    yield from _costs(kept)


def _flat(what: str, kept: Sequence[Sample], series: Sequence[float]) -> Target:
    grown = more(kept, series)
    measured = f"{min(series):.0f} to {max(series):.0f}, {grown:+.0f} from the first third to the last"
    return Target(what, f"<= {MOST_MORE:g} more", measured, grown <= MOST_MORE)


def _costs(kept: Sequence[Sample]) -> Iterator[Target]:
    first, last = kept[0], kept[-1]
    span_h = last.hours - first.hours
    if not span_h:
        return
    used = {name: (last.cpu_s[name] - first.cpu_s[name]) / (3600.0 * span_h) for name in last.cpu_s}
    ours = used["hub"] + used["page"]
    parts = ", ".join(f"{name} {100 * share:.2f} %" for name, share in used.items())
    wanted = f"<= {100 * MOST_CORE:g} %"
    yield Target("processor, hub and page", wanted, f"{100 * ours:.2f} % of a core ({parts})", ours <= MOST_CORE)
    mb = {name: (last.written[name] - first.written[name]) / 1e6 * DAY_H / span_h for name in last.written}
    ours = mb["hub"] + mb["page"] + mb["broker"]
    parts = ", ".join(f"{name} {each:.1f}" for name, each in mb.items())
    good = ours <= MOST_MB_A_DAY
    yield Target("written a day, hub, page and broker", f"<= {MOST_MB_A_DAY:g} MB", f"{ours:.1f} MB ({parts})", good)
