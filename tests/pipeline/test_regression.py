"""The five-minute clock on a few simulated bouts of `make bench-episodes`, seeds fixed."""

import numpy as np
import pytest

from edge.model.event import Verb
from edge.simulation import clonic, cluster
from tests.bench import episodes as bench


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("torn_off", [False, True])
def test_five_minutes_after_the_true_onset(seed, torn_off):
    rng = np.random.default_rng(seed)
    movement = cluster(rng, 600.0) if seed % 2 else clonic(rng, 330.0)
    track, onset_s, _ = bench.clip_of(movement, seed, after_s=10.0)
    if torn_off:
        track = bench.until(track, onset_s + 60.0)
    [rang] = bench.play(track, until_s=onset_s + 400.0)
    assert abs(rang.raised_s - onset_s - 300.0) <= 5.0


@pytest.mark.parametrize("seed", range(4))
def test_never_after_somebody_said_that_she_is_awake(seed):
    rng = np.random.default_rng(seed)
    track, _, end_s = bench.clip_of(clonic(rng, float(rng.uniform(20.0, 200.0))), seed)
    assert bench.play(track, [(end_s + 30.0, Verb.AWAKE)]) == []
