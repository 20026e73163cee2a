"""The scoring of the benchmark, against answers worked out by hand or published."""

import pytest

from tests.bench import scores


@pytest.mark.parametrize(
    ("hits", "of", "interval"),
    [(9, 10, (0.5958, 0.9821)), (0, 20, (0.0, 0.1611)), (20, 20, (0.8389, 1.0)), (0, 0, (0.0, 1.0))],
)
def test_wilsons_interval(hits, of, interval):
    assert scores.wilson(hits, of) == pytest.approx(interval, abs=1e-4)


@pytest.mark.parametrize(
    ("count", "interval"), [(0, (0.0, 3.6889)), (1, (0.0253, 5.5716)), (10, (4.7954, 18.3904)), (165, (140.78, 192.18))]
)
def test_the_exact_interval_of_a_count(count, interval):
    assert scores.poisson(count) == pytest.approx(interval, rel=1e-3, abs=1e-4)


def test_shares_rates_and_spreads_are_written_with_their_uncertainty():
    assert scores.share(9, 10) == "9/10 (60-98 %)"
    assert scores.rate(10, 4.0, "h") == "10: 2.5/h (1.2-4.6)"
    assert scores.spread([1.0, 2.0, 9.0]) == "2.0 and 8.3 s"
    assert scores.spread([]) == "none"


HOUR_S = 3600.0
SEIZURE = [(1000.0, 1060.0)]


@pytest.mark.parametrize(
    ("alarms", "found", "false"),
    [
        ([(1010.0, 1050.0)], 1, 0),
        ([(975.0, 980.0)], 1, 0),  # 25 s before: within the tolerance of 30 s
        ([(960.0, 965.0)], 0, 1),
        ([(1110.0, 1115.0)], 1, 0),  # 50 s after: within the tolerance of 60 s
        ([(1130.0, 1135.0)], 0, 1),
        ([(1010.0, 1020.0), (1030.0, 1040.0)], 1, 0),
        ([(2000.0, 2010.0), (2090.0, 2100.0)], 0, 1),  # 80 s apart: merged into one
        ([(2000.0, 2010.0), (2110.0, 2120.0)], 0, 2),
        ([(2000.0, 2400.0)], 0, 2),  # longer than 5 min: split
        ([], 0, 0),
        ([(3599.5, 3700.0)], 0, 1),  # runs over the end
    ],
)
def test_events_are_counted_as_agreed(alarms, found, false):
    assert scores.events(SEIZURE, alarms, HOUR_S) == scores.Events(found, 1, false, 1.0)


def test_a_long_seizure_counts_once_for_every_five_minutes():
    whole = scores.events([(600.0, 1500.0)], [(610.0, 620.0), (1250.0, 1260.0)], HOUR_S)
    assert (whole.of, whole.found, whole.false) == (3, 3, 0), (
        "900 s are three; 1250 s lies in the third and its tolerance"
    )


def test_events_of_several_recordings_add_up():
    total = scores.Events(1, 2, 3, 12.0) + scores.Events(2, 2, 0, 12.0)
    assert total == scores.Events(3, 4, 3, 24.0)
    assert str(total) == "sensitivity 3/4 (30-95 %), precision 0.50, false alarms 3: 3/day (0.62-8.8)"
