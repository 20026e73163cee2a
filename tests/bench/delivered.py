"""What the delivery of alarms is meant to reach, held against what was measured."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from tests.bench.bedtime import WELL, Asked
from tests.bench.clocked import Silence
from tests.bench.targets import Target
from tests.system.chaos.outage import Delivered

PUBACK_S, SHOWN_S, DARK_S, LATE_S = 0.050, 1.0, 2.0, 1.0
SOUNDER_S, EVERYONE_S = (60.0, 62.0), (120.0, 122.0)
WALKED = 50_000


def spread(times_s: Sequence[float]) -> str:
    """n, the middle, the 99th percentile and the longest; below a hundred values the longest is all that is known."""
    unit, factor = ("ms", 1000.0) if max(times_s) < 1.0 else ("s", 1.0)
    p50, p99, longest = (f"{factor * percentile(times_s, percent):.3g}" for percent in (50, 99, 100))
    tail = f", p99 {p99}" if len(times_s) >= 100 else ""
    return f"n {len(times_s)}: p50 {p50}{tail}, max {longest} {unit}"


def percentile(times_s: Sequence[float], percent: float) -> float:
    """One of the values themselves, so that one that never came stays infinite."""
    return float(np.percentile(times_s, percent, method="inverted_cdf"))


def storm(found: Mapping[str, object]) -> Target:
    bad = ("changes never shown", "changes shown twice", "retained topics wrong at the end")
    return Target(
        f"{_total(found)} random SIGKILLs of hub and broker in a night of {found['alarm changes']} alarm changes",
        "0 lost, 0 shown twice, retained state right at the end",
        f"{found['hub kills']} of the hub, {found['broker kills']} of the broker: {found['changes never shown']} lost, "
        f"{found['changes shown twice']} shown twice ({found['repeats collapsed on the id']} repeats collapsed), "
        f"{len(found['retained topics wrong at the end'])} retained topics wrong",  # type: ignore[arg-type]
        not any(found[name] for name in bad),
    )


def _total(found: Mapping[str, object]) -> int:
    return int(str(found["hub kills"])) + int(str(found["broker kills"]))


def outage(found: Delivered) -> Target:
    return Target(
        f"broker away for {found.away_s / 3600.0:.0f} simulated hours, the hub killed half-way",
        "all changes delivered in order, stale ones marked historical",
        f"{found.delivered} of {found.changes} {'in order' if found.in_order else 'out of order'}, {found.historical} "
        f"stale, {found.wrongly_marked} wrongly marked, {len(found.wrong_at_the_end)} retained topics wrong; "
        f"all there {found.back_s:.1f} s after the broker",
        found.delivered == found.changes and found.in_order and not (found.wrongly_marked or found.wrong_at_the_end),
    )


def puback(times_s: Sequence[float]) -> Target:
    reached = percentile(times_s, 99) <= PUBACK_S
    return Target("decision to PUBACK, TLS, MQTT 5, journal on disk", "p99 at most 50 ms", spread(times_s), reached)


def shown(times_s: Mapping[str, Sequence[float]]) -> Iterator[Target]:
    """One line a surface."""
    for surface, values in times_s.items():
        reached = max(values) <= SHOWN_S
        yield Target(f'"I\'m coming" on a phone until shown: {surface}', "at most 1 s", spread(values), reached)


def unanswered(real: Mapping[str, float], simulated: Sequence[tuple[float, float]]) -> Iterator[Target]:
    """real: one fever on the real clock; simulated: to the sounder and to everyone."""
    first_s = real["who is on watch"]
    yield Target("unanswered fever, real clock: who is on watch", "at once", f"n 1: {first_s:.2f} s", first_s <= DARK_S)
    for column, (who, (least_s, most_s)) in enumerate((("the sounder", SOUNDER_S), ("everyone", EVERYONE_S))):
        wanted, at_s = f"{least_s:g} to {most_s:g} s", real[who]
        yield Target(f"unanswered fever, real clock: {who}", wanted, f"n 1: {at_s:.2f} s", least_s <= at_s <= most_s)
        values = [each[column] for each in simulated]
        inside = least_s <= min(values) and max(values) <= most_s
        yield Target(f"unanswered fever, simulated clock: {who}", wanted, spread(values), inside)


def cut_off(times_s: Mapping[str, Sequence[float]]) -> Iterator[Target]:
    """By what the channels do."""
    for how, values in times_s.items():
        what = f"fever with the broker away and every channel {how}: the sounder, real clock"
        yield Target(what, "within 2 s", spread(values), max(values) <= DARK_S)


def silent(real: Mapping[str, Sequence[float]], simulated: Sequence[Silence]) -> Iterator[Target]:
    """Beyond the deadline."""
    wanted = "within its deadline + 1 s"
    for ever, name in ((False, "never heard"), (True, "heard, then silent")):
        values = [each.late_s for each in simulated if each.ever_heard is ever]
        kinds = len({each.profile for each in simulated if each.ever_heard is ever})
        what = f"sensor {name}, simulated clock, {kinds} shipped profiles: beyond its deadline"
        yield Target(what, wanted, spread(values), min(values) >= 0.0 and max(values) <= LATE_S)
    for name, values in real.items():
        what = f"sensor {name}, real clock, on a phone: beyond its deadline of 10 s"
        yield Target(what, wanted, spread(values), min(values) >= 0.0 and max(values) <= LATE_S)


def walked(steps: int, broken: str) -> Target:
    """broken: the promise that did not hold."""
    measured = f"{steps:,} steps: {broken or 'every promise held'}"
    return Target(
        "random walks of both machines", "50,000 steps, invariants hold", measured, steps >= WALKED and not broken
    )


def ready(asked: Sequence[Asked]) -> Target:
    faults = [each for each in asked if each.fault != WELL]
    good = sum(each.as_meant for each in asked)
    return Target(
        "bedtime check (`feverhub ready`) with one fault at a time, and with none",
        "one sentence each, exit 6 (4: no broker, 3: configuration); exit 0 with none",
        f"{good} of {len(asked)} as meant ({len(faults)} faults)",
        good == len(asked),
    )
