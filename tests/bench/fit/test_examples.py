"""Examples: the same numbers give the same bits, labels lie where movement was, and everyone keeps their person."""

from itertools import pairwise

import numpy as np
import pytest

from edge.analysis.motion import CLIP, FIGURES, INPUTS, SLOW_S, figures
from tests.bench.fit import stretches
from tests.bench.fit.examples import FAMILIES, MAGNITUDE, Source, build, examples, sources
from tests.bench.fit.inputs import norm, scaled, with_slow_level
from tests.bench.fit.labels import labels
from tests.bench.fit.stretches import BACKGROUNDS, EVENTS, SETS, THIRDS
from tests.bench.fit.takes import take

RECORDED = ("composed", "laid")


@pytest.fixture(scope="module")
def recorded_takes(data):
    return [take(family, number, data) for family in RECORDED for number in range(12)]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_number_gives_the_same_bits_and_another_one_others(family, data):
    first, again, other = (take(family, number, data) for number in (1, 1, 2))
    assert first.values.tobytes() == again.values.tobytes()
    assert first.fits == again.fits
    assert first.values.tobytes() != other.values.tobytes()
    assert np.isfinite(first.values).all()
    assert len(first.t_s) == len(first.values)
    assert (np.diff(first.t_s) > 0).all()


def test_an_unknown_family_is_refused(data):
    with pytest.raises(KeyError, match="ballet"):
        take("ballet", 1, data)


def test_convulsions_lie_inside_their_take_a_minute_apart(recorded_takes):
    assert sum(len(made.fits) for made in recorded_takes) >= 6
    for made in recorded_takes:
        fits = sorted(made.fits)
        assert all(0.0 <= start < end <= made.t_s[-1] + 0.1 for start, end in fits)
        assert all(later[0] - earlier[1] > 60.0 / 1.3 for earlier, later in pairwise(fits))


def test_a_convulsion_that_was_laid_over_a_person_is_felt_there(recorded_takes):
    for made in recorded_takes:
        for start, end in made.fits:
            inside = (made.t_s >= start + 5.0) & (made.t_s <= end - 1.0)
            outside = (made.t_s < start - 1.0) | (made.t_s > end + 1.0)
            size = made.values if made.values.ndim == 1 else np.linalg.norm(made.values, axis=1)
            assert size[inside].std() > 1.15 * size[outside].std()


def test_a_take_over_a_person_says_who_is_in_it(recorded_takes, data):
    people = {stretch.third for name in BACKGROUNDS for stretch in stretches.stretches(data, name)} | {
        core.third for core in stretches.cores(data)
    }
    assert all(made.thirds and made.thirds <= people for made in recorded_takes)
    assert set().union(*(made.thirds for made in recorded_takes)) == people


def test_a_broken_sensor_and_a_short_recording_are_never_laid_under_a_convulsion(data):
    kept = stretches.backgrounds(data).stretches
    assert all(stretch.label != "faulty_axis" and stretch.seconds > 60.0 for stretch in kept)
    assert {stretch.dataset for stretch in kept} == set(BACKGROUNDS)
    assert len(kept) == 6 * len(BACKGROUNDS) - 1


def test_everything_recorded_is_a_source_but_broken_sensors_and_shaking_on_purpose(data):
    found = sources(data, {"muscle": 2, "free": 1})
    assert found[:3] == [Source("muscle", 0), Source("muscle", 1), Source("free", 0)]
    assert len(found) == 3 + 6 * len(SETS) - 2 + 3
    assert Source("nurses_e4", 0) not in found
    assert Source("osd_gj_wrist_mag", 0) not in found
    assert found[-3:] == [Source(EVENTS, number) for number in range(3)]


def test_a_mimicked_seizure_fills_its_recording_and_is_entered_as_a_magnitude_too(data):
    axes, magnitude = examples(data, Source("uea_epilepsy", 0))
    assert (axes.family, magnitude.family) == ("uea_epilepsy", "uea_epilepsy" + MAGNITUDE)
    assert axes.inputs[:, -1].tolist() == [1.0] * len(axes.inputs)
    assert magnitude.inputs[:, -1].tolist() == [0.0] * len(magnitude.inputs)
    assert axes.fits[0][1] == pytest.approx(30.0, abs=0.1)
    assert axes.labels.all()
    (walking,) = examples(data, Source("nurses_e4", 1))
    assert not walking.labels.any()
    assert walking.counts.all()


def test_after_a_real_seizure_and_where_none_is_annotated_nothing_counts(data):
    annotated, without = (examples(data, Source(EVENTS, number))[0] for number in (0, 2))
    assert annotated.labels[(annotated.t_s >= 10.0) & (annotated.t_s <= 40.0)].all()
    assert annotated.counts[(annotated.t_s > 16.0) & (annotated.t_s < 38.0)].all()
    assert not annotated.counts[annotated.t_s > 40.0].any()
    assert not without.counts.any()


def test_two_processes_build_what_one_builds(data):
    wanted = [Source("laid", 0), Source("hmp_wrist_adl", 1), Source(EVENTS, 1)]
    built = build(data, wanted, processes=2)
    alone = [example for source in wanted for example in examples(data, source)]
    assert [each.family for each in built] == ["laid", "hmp_wrist_adl", "hmp_wrist_adl" + MAGNITUDE, EVENTS]
    for one, other in zip(built, alone, strict=True):
        assert one.inputs.tobytes() == other.inputs.tobytes()
        assert one.labels.tobytes() == other.labels.tobytes()


def test_the_first_seconds_of_a_convulsion_and_those_after_it_are_asked_of_nobody():
    t_s = np.arange(0.0, 100.0)
    inside, counts = labels(t_s, [(20.0, 50.0)])
    assert inside.tolist() == [float(20 <= t <= 50) for t in t_s]
    assert [t for t in t_s if not counts[int(t)]] == [*range(19, 25), *range(50, 62)]


def test_the_level_is_also_given_over_its_own_slow_means():
    found = np.zeros((300, len(FIGURES)), np.float32)
    found[100:, FIGURES.index("level")] = 1.0
    made = with_slow_level(found, 3)
    assert made.shape == (300, len(INPUTS))
    assert not made[:100, -3:-1].any()
    for column, slow_s in zip((-3, -2), SLOW_S, strict=True):
        assert made[100, column] == pytest.approx(1 - 1 / slow_s)
        after = 100 + int(slow_s)
        assert made[after, column] == pytest.approx(np.exp(-1.0), rel=0.1)
    assert (made[:, -1] == 1.0).all()
    assert (with_slow_level(found, 1)[:, -1] == 0.0).all()


def test_scaled_inputs_are_about_one_and_end_at_four():
    rng = np.random.default_rng(1)
    raw = rng.normal(5.0, 2.0, (7000, 3)).astype(np.float32)
    raw[:, 2] = 1.0
    middle, spread = by = norm([raw[:3000], raw[3000:]])
    assert middle[:2] == pytest.approx(5.0, abs=0.2)
    assert spread[:2] == pytest.approx(2.0, abs=0.2)
    assert spread[2] == pytest.approx(0.0005)
    assert np.abs(scaled(raw, by)).max() <= CLIP
    assert not scaled(raw, by)[:, 2].any()


@pytest.mark.parametrize("columns", [1, 3])
def test_the_figures_of_a_whole_recording_are_those_of_its_seconds(columns):
    """A recording of ten minutes, longer than is described at once, and the same from its middle: the rest is alike."""
    rng = np.random.default_rng(2)
    t_s = np.arange(int(1200 * 25.0)) / 25.0
    values = 1.0 + 0.1 * rng.normal(size=(t_s.size, columns))
    values = values[:, 0] if columns == 1 else values
    whole_s, whole = figures(t_s, values)
    assert whole.shape == (len(whole_s), len(FIGURES))
    assert whole_s[0] == pytest.approx(6.0, abs=1.5)
    assert len(whole_s) == pytest.approx(1190, abs=5)
    part_s, part = figures(t_s[: 700 * 25], values[: 700 * 25])
    shared = len(part_s) - 2
    assert np.array_equal(whole_s[:shared], part_s[:shared])
    assert np.array_equal(whole[:shared], part[:shared])


def test_people_are_split_by_a_rule_that_another_recording_does_not_change():
    split = [stretches.third("wisdm_watch", who) for who in range(1600, 1650)]
    assert set(split) == set(range(THIRDS))
    assert min(split.count(each) for each in range(THIRDS)) >= 8
    assert stretches.third("wisdm_watch", "1600") == stretches.third("wisdm_watch", 1600)
