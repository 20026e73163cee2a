"""Simulated days, and a handful of them through the real analysis: what bench-fever counts in thousands."""

import itertools

import numpy as np
import pytest

from edge.analysis import temperature
from edge.analysis.temperature import Rules, ThermometerState
from edge.model.alarm import Condition
from edge.model.limits import Limits
from edge.model.people import Site
from edge.model.reading import Quantity, Reading, Unit
from edge.simulation import Label
from edge.simulation.days import DAY_S, draw_day

RULES = Rules(Site.PATCH, Limits(), 14.0)


def raised(day):
    """(s, condition) of what a worn patch raised on that day."""
    state, present, found = ThermometerState(), {}, []
    for t_s, celsius in zip(day.track.t_s.tolist(), day.track.celsius.tolist(), strict=True):
        state, assessed = temperature.advance(state, Reading(Quantity.TEMPERATURE, celsius, Unit.CELSIUS), t_s, RULES)
        for sign in assessed.signs:
            if sign.present and not present.get(sign.condition):
                found.append((t_s, sign.condition))
            present[sign.condition] = sign.present
    return found


def test_the_same_seed_gives_the_same_day():
    one, two = (draw_day(np.random.default_rng(7), fever=True) for _ in range(2))
    assert one.track.celsius.tobytes() == two.track.celsius.tobytes()
    assert (one.core, one.patch) == (two.core, two.patch)


def test_a_fever_has_a_core_above_38_and_a_quiet_day_never():
    for seed in range(30):
        assert draw_day(np.random.default_rng(seed), fever=True).track.core_celsius.max() >= 38.0
        assert draw_day(np.random.default_rng(seed), fever=False).track.core_celsius.max() < 38.0


def test_what_happens_to_a_patch_happens_one_at_a_time():
    for seed in range(60):
        day = draw_day(np.random.default_rng(seed), fever=False)
        kinds = (Label.SLIPPED, Label.DETACHED, Label.WARMED)
        spans = sorted((row.start_s, row.end_s) for row in day.track.truth if row.label in kinds)
        assert all(before[1] < after[0] for before, after in itertools.pairwise(spans))
        assert all(0.0 <= start < end <= DAY_S for start, end in spans)


def test_being_covered_warms_the_armpit_and_not_the_core():
    day = next(d for d in (draw_day(np.random.default_rng(s), fever=False) for s in range(20)) if d.patch.warmed)
    start_s, end_s, rise_c = max(day.patch.warmed, key=lambda warmed: warmed[1] - warmed[0])
    plain = day.site_c[np.searchsorted(day.track.t_s, end_s)]
    assert day.track.celsius[np.searchsorted(day.track.t_s, end_s)] > plain + 0.4 * rise_c
    assert end_s - start_s >= 600.0


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5, 6])
def test_fevers_are_found_one_way_or_the_other(seed):
    day = draw_day(np.random.default_rng(seed), fever=True)
    names = {condition for _, condition in raised(day)}
    assert names & {Condition.FEVER, Condition.MEASUREMENT_DUE}


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5, 6])
def test_quiet_days_are_quiet(seed):
    day = draw_day(np.random.default_rng(seed), fever=False)
    names = [condition for _, condition in raised(day)]
    assert not {Condition.FEVER, Condition.HIGH_FEVER, Condition.LOW_TEMPERATURE} & set(names)
    assert names.count(Condition.MEASUREMENT_DUE) <= 1
