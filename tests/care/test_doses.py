"""Doses against a family's plan: what was meant, what is too close, when the next is allowed."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.care import doses
from edge.model.care import Dose, Entry, Remark
from edge.model.people import Medicine

H = 3600.0
IBUPROFEN = Medicine("Ibuprofen", 5.0, "ml", 6.0, 3)
PARACETAMOL = Medicine("Paracetamol", 125.0, "mg", 6.0, 4)
PLAN = (IBUPROFEN, PARACETAMOL)


def dose(at_h, *, name="Ibuprofen", number=None, withdrawn=False, amount=5.0, unit="ml"):
    what = Dose(name, amount, unit, medicine=name)
    number = f"d{at_h}" if number is None else number
    return Entry(number, 1, "mia", what, at_h * H, "anna", "anna", at_h * H, withdrawn=withdrawn)


@pytest.mark.parametrize(
    ("drug", "meant"),
    [
        ("Ibuprofen", IBUPROFEN),
        ("  ibuprofen ", IBUPROFEN),
        ("IBUPROFEN 4 % syrup", IBUPROFEN),
        ("Ibuprofn", IBUPROFEN),
        ("ibuprophen", IBUPROFEN),
        ("paracetemol supp.", PARACETAMOL),
        ("Diazepam", None),
        ("ibu", None),
        ("syrup", None),
        ("", None),
    ],
)
def test_the_medicine_that_is_meant(drug, meant):
    assert doses.match(drug, PLAN) is meant


def test_nothing_is_meant_without_a_plan():
    assert doses.match("Ibuprofen", ()) is None


@pytest.mark.parametrize(
    ("others", "at_h", "close", "counted", "next_h"),
    [
        ([], 10.0, None, (1, False), 16.0),
        ([4.0], 10.0, None, (2, False), 16.0),
        ([4.1], 10.0, "d4.1", (2, False), 16.0),
        ([12.0], 10.0, "d12.0", (2, False), 18.0),  # written down after a later one
        ([-8.0, -2.0, 4.0], 10.0, None, (4, True), 22.0),  # the fourth within a day
        ([-14.0, -2.0, 4.0], 10.0, None, (3, False), 22.0),  # 24 hours later the first counts no more
        ([4.0, 10.0], 10.0, "d10.0", (3, False), 28.0),  # two parents at the same minute
    ],
)
def test_a_dose_against_the_plan(others, at_h, close, counted, next_h):
    found = doses.judge(dose(at_h, number="new"), [dose(each) for each in others], IBUPROFEN)
    assert (found.close.id if found.close else None) == close
    assert (found.count, found.too_many) == counted
    times_s = sorted(each * H for each in (*others, at_h))
    assert doses.next_allowed_s(times_s, IBUPROFEN) == next_h * H
    assert found.against_plan == (close is not None or counted[1])


def test_what_is_due_at_ten_past_four_is_not_early_at_ten_past_four():
    last = dose(4.0 + 59 / 3600)
    assert doses.judge(dose(10.0), [last], IBUPROFEN).close is None
    assert doses.judge(dose(10.0 - 2 / 60), [last], IBUPROFEN).close is last


def test_the_plan_of_today_counts_what_was_written_before_it_was_made():
    earlier = [dose(9.0, name="Ibuprofn"), dose(3.0, name="ibuprofen syrup")]
    earlier = [replace(each, what=replace(each.what, medicine="")) for each in earlier]
    assert doses.of_medicine(earlier, IBUPROFEN, PLAN) == earlier[::-1]


def test_other_medicines_other_entries_and_what_was_withdrawn_do_not_count():
    others = [
        dose(9.0, name="Paracetamol"),
        dose(9.5, withdrawn=True),
        Entry("r", 1, "mia", Remark("Ibuprofen is empty"), 9.9 * H, "anna", "anna", 0.0),
    ]
    assert doses.of_medicine(others, IBUPROFEN, PLAN) == []


@pytest.mark.parametrize(
    ("amount", "unit", "too_much"), [(5.0, "ml", False), (5.1, "ML", True), (7.5, "g", False), (None, "", False)]
)
def test_more_than_the_plan_has_at_once(amount, unit, too_much):
    assert doses.judge(dose(1.0, amount=amount, unit=unit), [], IBUPROFEN).too_much is too_much


def test_before_any_dose_the_next_is_allowed():
    assert doses.next_allowed_s([], IBUPROFEN) == -math.inf


@given(st.lists(st.floats(0, 100), min_size=1, max_size=12, unique=True))
def test_who_follows_the_next_time_is_never_told_of_a_departure(extra_h):
    """Each dose given when the plan allows it, or that much later, departs from nothing."""
    given_s, entries = 0.0, []
    for number, later_h in enumerate(extra_h):
        entry = dose(given_s / H + later_h, number=f"n{number}")
        found = doses.judge(entry, entries, IBUPROFEN)
        assert not found.against_plan
        entries.append(entry)
        given_s = doses.next_allowed_s([each.happened_s for each in entries], IBUPROFEN)
