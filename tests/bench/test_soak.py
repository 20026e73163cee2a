"""The judgement of a soak: what grows is seen, what comes and goes is not taken for it."""

import numpy as np
import pytest

from tests.bench.soak_figures import Sample, a_day, more, targets

GAUGES = {
    "feverhub_tasks": 36.0,
    "feverhub_events_waiting": 2.0,
    "feverhub_broker_in_flight": 1.0,
    "feverhub_readings_lost_total": 0.0,
    "feverhub_history_lost_total": 0.0,
}


def day(*, hours=24.0, mib_a_day=0.0, descriptors=0.0, tasks=0.0, core=0.004, mb_a_day=60.0, mib=80.0):
    """Looks at a hub that grows so, with what memory does by itself."""
    rng = np.random.default_rng(1)
    found = []
    for at_h in np.linspace(0.25, hours, 96):
        gone, noise = at_h / 24.0, float(rng.normal(0.0, 0.4))
        warm = mib + 6.0 * (1 - np.exp(-at_h)) + mib_a_day * gone + noise
        held = float(20 + round(descriptors * gone) + rng.integers(0, 2))
        used, wrote = core * 3600 * at_h, mb_a_day * 1e6 * gone
        found.append(
            Sample(
                float(at_h),
                {"hub": float(warm), "page": 42.0, "broker": 10.0},
                {"hub": held, "page": 8.0, "broker": 9.0},
                {"hub": 9.0, "page": 3.0, "broker": 1.0},
                {"hub": used, "page": used / 20, "broker": used / 50},
                {"hub": wrote, "page": 0.0, "broker": wrote / 20},
                GAUGES | {"feverhub_tasks": float(36 + round(tasks * gone))},
            )
        )
    return found


def beyond(samples):
    return [each.what for each in targets(samples) if not each.reached]


def test_a_hub_that_settles_within_its_first_hours_is_within_all_bounds():
    assert beyond(day()) == []


@pytest.mark.parametrize(
    ("leak", "line"),
    [
        ({"mib_a_day": 3.0}, "hub, grows"),
        ({"descriptors": 24.0}, "descriptors of the hub"),
        ({"tasks": 24.0}, "asyncio tasks of the hub"),
        ({"core": 0.05}, "processor, hub and page"),
        ({"mb_a_day": 130.0}, "written a day, hub, page and broker"),
        ({"mib": 90.0}, "hub, resident at most"),
    ],
)
def test_each_leak_is_named_and_nothing_else_is(leak, line):
    assert beyond(day(**leak)) == [line]


def test_readings_that_were_lost_are_beyond_the_bounds():
    samples = day()
    samples[-1].gauges["feverhub_readings_lost_total"] = 3.0
    assert beyond(samples) == ["readings and lines of history lost"]


def test_one_collection_moves_no_slope_and_a_peak_that_ends_is_no_growth():
    hours = list(np.linspace(6, 24, 70))
    saw = [80.0 + (5.0 if number % 23 == 0 else 0.0) for number in range(70)]
    assert abs(a_day(hours, saw)) < 0.05
    assert a_day(hours, [80.0 + 2.0 * at_h / 24 for at_h in hours]) == pytest.approx(2.0)
    assert more(day(), [20.0, 26.0, *[20.0] * 94]) == -6.0
