"""Three silences of a minute within an hour are no chance, and what chance makes in 300 nights is not called so."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.analysis import arrival

SPANS = st.lists(st.tuples(st.floats(1.0, 4000.0), st.floats(1.0, 400.0)), max_size=30)


def lived(spans, step_s=5.0):
    """(heard, silent) seconds in turn, looked at every few seconds of a silence.

    Gives what is remembered, and each silence of a minute or more as (when it began, when it was last seen).
    """
    silences, now_s, long = arrival.Silences(), 0.0, []
    for heard_s, silent_s in spans:
        since_s = now_s + heard_s
        for at_s in np.arange(since_s, since_s + silent_s, step_s):
            silences = arrival.silent(silences, since_s, float(at_s))
            if at_s - since_s >= 60.0:
                long = [each for each in long if each[0] != since_s] + [(since_s, float(at_s))]
        now_s = since_s + silent_s
    return silences, now_s, long


@given(SPANS)
def test_it_comes_and_goes_exactly_where_three_long_silences_lie_within_an_hour(spans):
    silences, now_s, long = lived(spans)
    lately = [began_s for began_s, _ in long if long[-1][0] - began_s <= 3600.0]
    assert silences.comes_and_goes(now_s) is (len(lately) >= 3 and now_s - long[-1][1] < 1200.0)


@given(SPANS)
def test_what_is_remembered_is_bounded_and_in_order(spans):
    silences, _, _ = lived(spans)
    assert len(silences.began) <= 60
    assert list(silences.began) == sorted(set(silences.began))


@pytest.mark.parametrize(("heard_s", "silent_s"), [(10.0, 50.0), (30.0, 59.0), (2.0, 20.0)])
def test_silences_too_short_to_miss_a_convulsion_do_not_count(heard_s, silent_s):
    silences, now_s, _ = lived([(heard_s, silent_s)] * 100)
    assert not silences.comes_and_goes(now_s)


@pytest.mark.parametrize(
    ("outages_per_h", "around_s", "least", "most"),
    [
        pytest.param(0.5, 6.0, 0, 0, id="same room"),
        pytest.param(6.0, 6.0, 0, 1, id="through a wall"),
        pytest.param(6.0, 60.0, 290, 300, id="at the edge of its range"),
    ],
)
def test_a_radio_that_loses_packets_by_chance_does_not_come_and_go(outages_per_h, around_s, least, most):
    """300 nights of 8 h: outages at random, their lengths log-normal, as the benchmark has them."""
    rng = np.random.default_rng(5)
    found = 0
    for _ in range(300):
        starts = np.sort(rng.uniform(0.0, 8 * 3600.0, rng.poisson(8 * outages_per_h)))
        ends = starts + rng.lognormal(np.log(around_s), 1.0, starts.size)
        silences, called = arrival.Silences(), False
        for start_s, end_s in zip(starts, ends, strict=True):
            silences = arrival.silent(silences, float(start_s), float(end_s))
            called |= silences.comes_and_goes(float(end_s))
        found += called
    assert least <= found <= most
