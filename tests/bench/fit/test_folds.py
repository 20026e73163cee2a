"""What is left out is never learned from: no family, no person, no take stands on both sides."""

import numpy as np
import pytest

from tests.bench.fit.examples import FAMILIES, Example
from tests.bench.fit.folds import DRAWN, FOLDS, LEFT_FAMILIES, LEFT_PEOPLE, NOTHING, fold
from tests.bench.fit.stretches import EVENTS, THIRDS, event_third, third

SECONDS = 30


def example(family, number=1, thirds=(), maker="", seconds=SECONDS):
    zeros = np.zeros(seconds, np.float32)
    inputs = np.zeros((seconds, 38), np.float32)
    return Example(family, number, inputs, zeros, zeros, np.arange(float(seconds)), (), maker, frozenset(thirds))


def everything():
    """Ten takes of each family and twelve people's recordings, entered as a magnitude too; laid over each of them."""
    people = [f"p{number}" for number in range(12)]
    made = [example(family, number) for family in ("muscle", "free", "script") for number in range(10)]
    for number, who in enumerate(people):
        of = third("wisdm_watch", who)
        made += [example("wisdm_watch", number, [of]), example("wisdm_watch+mag", number, [of])]
        made.append(example("laid", number, [of], ("muscle", "free")[number % 2]))
        made.append(example("composed", number, [of, event_third(number)]))
    return [*made, *(example(EVENTS, number, [event_third(number)]) for number in range(12))]


@pytest.mark.parametrize("left", [NOTHING, *FOLDS])
def test_no_take_is_both_learned_from_and_judged_by(left):
    parts = fold(everything(), left)
    trained = {id(each) for each in parts.train}
    assert trained
    for name, tested in parts.test.items():
        if name in FAMILIES or left != NOTHING:
            assert not trained & {id(each) for each in tested}


@pytest.mark.parametrize("left", LEFT_PEOPLE)
def test_who_is_judged_by_is_nowhere_in_training(left):
    """Not in a recording, nor as a magnitude, nor beneath or as a convulsion that was laid over somebody."""
    parts = fold(everything(), left)
    out = int(left.removeprefix("real"))
    assert all(out not in each.thirds for each in parts.train)
    recordings = [each for name, tested in parts.test.items() if name not in FAMILIES for each in tested]
    assert recordings
    assert all(each.thirds == {out} for each in recordings)
    assert {parts.held_out(each.family) for each in recordings} == {"people"}
    assert any(out in each.thirds for each in fold(everything()).train)  # the positive control


def test_everybody_is_left_out_once():
    tested = [
        (each.family, each.number)
        for left in LEFT_PEOPLE
        for name, group in fold(everything(), left).test.items()
        if name not in FAMILIES
        for each in group
    ]
    assert sorted(tested) == sorted((each.family, each.number) for each in everything() if not each.made)
    assert len(LEFT_PEOPLE) == THIRDS


@pytest.mark.parametrize("left", LEFT_FAMILIES)
def test_a_family_that_is_left_out_is_nowhere_in_training_not_even_as_what_was_laid_over_somebody(left):
    parts = fold(everything(), left)
    assert all(left not in {each.family, each.maker} for each in parts.train)
    assert len(parts.test[left]) == sum(each.family == left for each in everything())
    assert parts.held_out(left) == "family"


def test_every_fifth_take_is_kept_back_always():
    parts = fold(everything())
    assert all(each.number % 5 for each in parts.train if each.made)
    assert [each.number for each in parts.test["muscle"]] == [0, 5]
    assert parts.held_out("muscle") == "takes"


def test_where_nothing_is_left_out_recordings_are_judged_in_sample_and_said_so():
    parts = fold(everything())
    assert parts.held_out("wisdm_watch") == parts.held_out(EVENTS) == "nothing"
    assert set(parts.test["wisdm_watch"]) <= set(parts.train)


def test_what_is_too_short_teaches_nothing():
    assert fold([example("muscle", seconds=5), example("muscle", seconds=6)]).train[0].t_s.size == 6


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match="everything is none of none, muscle"):
        fold([], "everything")


def test_how_likely_each_is_drawn_is_stated_for_each():
    assert set(DRAWN) >= {each.family for each in everything()}
    assert min(DRAWN.values()) > 0
