"""P(core >= 38.0): what a site says of the core, and what it does not."""

import numpy as np
import pytest

from edge.analysis.temperature.core_temperature import core_probability, spread
from edge.model.people import Site


@pytest.mark.parametrize("floor_c", [None, 36.0])
@pytest.mark.parametrize("site", Site)
def test_it_is_a_probability_that_grows_with_the_temperature(site, floor_c):
    shares = [core_probability(float(c), site, 14.0, floor_c) for c in np.arange(34.0, 42.1, 0.1)]
    assert shares == sorted(shares)
    assert 0.0 <= shares[0] < 0.001
    assert 0.999 < shares[-1] <= 1.0


def test_the_site_and_the_age_matter():
    at = 37.3
    assert core_probability(at, Site.AXILLA, 14.0) > 10 * core_probability(at, Site.RECTAL, 14.0)
    assert core_probability(at, Site.AXILLA, 14.0) > 10 * core_probability(at, Site.AXILLA, 0.5)
    assert core_probability(at, Site.AXILLA, None) == core_probability(at, Site.AXILLA, 14.0)
    assert core_probability(at, Site.PATCH, 14.0) == core_probability(at, Site.AXILLA, 14.0)
    assert 0.4 < core_probability(38.0, Site.RECTAL, 14.0) < 0.7


def test_what_is_known_of_her_own_armpit_matters_most():
    assert core_probability(37.2, Site.AXILLA, 14.0, floor_c=35.4) > 0.9  # hers reads low
    assert core_probability(37.2, Site.AXILLA, 14.0, floor_c=36.8) < 0.1  # hers reads high


def test_one_that_was_never_well_while_it_was_worn_is_not_taken_for_well():
    assert core_probability(38.4, Site.AXILLA, 14.0, floor_c=38.2) > 0.9


def test_what_no_child_has_is_still_a_probability():
    assert core_probability(80.0, Site.AXILLA, None) == 1.0
    assert core_probability(0.0, Site.AXILLA, None, 36.0) == 0.0


def test_in_a_hundred_children_with_so_much_so_many_have_it():
    """Calibration on draws from the published spread: the error over ten bins stays small (seeded)."""
    rng = np.random.default_rng(3)
    known = spread(Site.AXILLA, 14.0)
    ill = rng.random(4000) < 0.2
    core_c = np.where(ill, rng.normal(38.7, 0.7, 4000), rng.normal(37.1, 0.3, 4000))
    site_c = core_c - rng.normal(known.offset_c, known.sigma_c, 4000)
    shares = np.array([core_probability(float(celsius), Site.AXILLA, 14.0) for celsius in site_c])
    bins = np.minimum((shares * 10).astype(int), 9)
    error = sum(
        abs(shares[bins == i].mean() - (core_c[bins == i] >= 38.0).mean()) * (bins == i).mean() for i in set(bins)
    )
    assert error < 0.03
