"""One thermometer: `course` plays segments (minutes, from, to) and gives what was raised and ended, and when."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.analysis.temperature import thermometer
from edge.analysis.temperature.thermometer import Rules, ThermometerState, judged
from edge.model.alarm import Condition
from edge.model.limits import FEVER_C, Limits
from edge.model.people import Site
from edge.model.reading import Quantity, Reading, Unit, Validity

NONE = Limits()
EAR, ARMPIT = Rules(Site.EAR, NONE), Rules(Site.AXILLA, NONE)
FEVERS = (Condition.FEVER, Condition.HIGH_FEVER, Condition.YOUNG_INFANT_FEVER)


def reading(celsius, validity=Validity.VALID, **more):
    return Reading(Quantity.TEMPERATURE, celsius, Unit.CELSIUS, validity, **more)


def curve(*segments, step_s=30.0):
    """(t_s, celsius) of minutes-long segments; one that has no values is silence."""
    at_s, items = 0.0, []
    for minutes, *ends in segments:
        count = round(minutes * 60 / step_s)
        if ends:
            levels = np.linspace(ends[0], ends[-1], count)
            items += [(at_s + i * step_s, float(level)) for i, level in enumerate(levels)]
        at_s += minutes * 60
    return items


class Course:
    """changes: (minute, condition, present) at each change. states: validity of each reading."""

    def __init__(self, items, rules=EAR, validity=Validity.VALID):
        self.state, self.changes, self.readings, present = ThermometerState(), [], [], {}
        for t_s, celsius in items:
            self.state, assessed = thermometer.advance(self.state, reading(celsius, validity), t_s, rules)
            self.readings.append(assessed.reading)
            for sign in assessed.signs:
                if present.get(sign.condition, False) != sign.present:
                    present[sign.condition] = sign.present
                    self.changes.append((round(t_s / 60, 1), str(sign.condition), sign.present, sign))

    def of(self, *conditions):
        return [(minute, present) for minute, name, present, _ in self.changes if name in conditions]


@pytest.mark.parametrize("site", Site)
def test_the_limit_follows_the_site(site):
    limit = FEVER_C[site]
    rules = Rules(site, NONE)
    warm = (20, limit - 0.4)
    assert Course(curve(warm, (40, limit - 0.1)), rules).of("fever") == []
    assert Course(curve(warm, (40, limit + 0.1)), rules).of("fever")[0][1] is True
    assert Course(curve(warm, (40, limit + 1.4)), rules).of("high_fever") == []
    assert Course(curve(warm, (40, limit + 1.6)), rules).of("high_fever")[0][1] is True


# Segments of (minutes, level or from-to), with what becomes of `fever` in an ear: (minute, present).
@pytest.mark.parametrize(
    ("segments", "fever"),
    [
        ([(30, 37.0), (9, 38.5), (30, 37.0)], []),
        ([(30, 37.0), (60, 38.5)], [(41.5, True)]),
        ([(30, 37.0), (30, 38.2), (60, 37.8)], [(41.5, True)]),
        ([(30, 37.0), (30, 38.2), (9, 37.6), (30, 38.2)], [(41.5, True)]),
        ([(30, 37.0), (30, 38.2), (30, 37.6)], [(41.5, True), (71.5, False)]),
        ([(30, 37.0), (9, 38.2), (30,), (9, 38.2)], [(69.0, True)]),
        ([(30, 37.0), (30, 38.2), (600,), (30, 38.2)], [(41.5, True)]),
    ],
    ids=["too short", "raised", "in the hysteresis", "short dip", "ended", "goes on after silence", "silence ends not"],
)
def test_fever(segments, fever):
    assert Course(curve(*segments)).of("fever") == fever


def test_a_patch_settles_before_it_counts():
    course = Course(curve((15, 36.2, 38.5), (30, 38.5)), ARMPIT)
    settling = [r.validity for r in course.readings]
    assert settling[:20] == [Validity.SETTLING] * 20
    assert settling[-1] is Validity.VALID
    assert course.of("settling")[-1][1] is False
    assert course.of("fever")[0][0] >= 22.0  # 10 to 15 minutes of settling, then ten of level


@pytest.mark.parametrize("step_s", [0.1, 0.9, 1.0, 7.0, 60.0, 170.0, 290.0])
def test_a_fever_is_raised_whatever_the_rate_of_the_readings(step_s):
    course = Course(curve((30, 37.0), (30, 38.5), (30, 37.0), step_s=step_s))
    (raised, present), (ended, absent) = course.of("fever")
    assert (present, absent) == (True, False)
    assert 40.0 <= raised <= 52.0
    assert 70.0 <= ended <= 82.0
    assert len(course.state.recent) < 50


def test_settling_values_raise_nothing_however_high():
    assert [name for _, name, _, _ in Course(curve((10, 41.0)), ARMPIT).changes] == ["settling"]


@pytest.mark.parametrize("celsius", [20.0, 30.0, 33.9])
def test_what_is_not_worn_neither_raises_nor_ends_a_fever(celsius):
    course = Course(curve((30, 37.0), (30, 38.5), (120, celsius)))
    assert course.of("fever") == [(41.5, True)]
    assert course.of("not_worn")[-1][1] is True
    assert course.of("low_temperature") == []


def test_put_on_again_a_fever_is_confirmed_anew():
    # Nine minutes above the limit, off, on again above the limit: not raised by the first valid reading.
    course = Course(curve((30, 37.0), (9, 38.5), (30, 25.0), (30, 38.5)))
    assert course.of("fever") == [(79.0, True)]


def test_one_that_is_just_put_on_is_not_said_to_be_off():
    assert Course(curve((10, 22.0, 36.5), (30, 36.5)), ARMPIT).of("not_worn") == []
    left_on_the_table = Course(curve((10, 22.0)), ARMPIT)
    assert left_on_the_table.of("not_worn") == [(0.5, True)]


def test_falling_off_is_noticed_before_it_is_cold():
    course = Course(curve((30, 37.5), (3, 37.5, 34.5)))
    assert course.of("not_worn")[-1][1] is True
    assert 30.0 <= course.of("not_worn")[-1][0] <= 32.0


def test_one_outlier_is_no_fall_and_no_fever():
    items = curve((60, 37.2))
    items[80] = (items[80][0], 40.5)
    course = Course(items)
    assert course.of("not_worn", "fever", "high_fever") == []


@pytest.mark.parametrize("validity", [Validity.QUESTIONABLE, Validity.SETTLING, Validity.INVALID])
def test_only_valid_readings_raise_or_end(validity):
    state = Course(curve((30, 37.0), (30, 38.5))).state
    for t_s, celsius in curve((60, 36.5)):
        state, assessed = thermometer.advance(state, reading(celsius, validity), 3600.0 + t_s, EAR)
        assert [s for s in assessed.signs if s.condition in FEVERS] == []
    cold = ThermometerState()
    for t_s, celsius in curve((60, 40.5)):
        cold, assessed = thermometer.advance(cold, reading(celsius, validity), t_s, EAR)
        assert [s for s in assessed.signs if s.condition in FEVERS] == []


def test_a_questionable_reading_moves_no_level():
    state = ThermometerState()
    for i in range(100):
        doubtful = i % 3 > 0
        value = reading(40.0 if doubtful else 37.0, Validity.QUESTIONABLE if doubtful else Validity.VALID)
        state, assessed = thermometer.advance(state, value, 30.0 * i, EAR)
        assert assessed.level_c in (None, 37.0)


def test_high_values_that_cannot_be_trusted_ask_for_a_measurement_by_hand():
    state = Course(curve((30, 37.0))).state
    asked = []
    for t_s, celsius in curve((30, 39.0)):
        state, assessed = thermometer.advance(state, reading(celsius, Validity.QUESTIONABLE), 1800.0 + t_s, EAR)
        asked += [sign for sign in assessed.signs if sign.condition is Condition.MEASUREMENT_DUE]
    assert asked[0].present
    assert asked[0].t_s == pytest.approx(1800.0 + 600.0)
    _, assessed = thermometer.advance(state, reading(37.0), 3700.0, EAR)
    assert (Condition.MEASUREMENT_DUE, False) in [(s.condition, s.present) for s in assessed.signs]


def test_after_a_restart_nothing_is_ended_by_the_first_readings():
    """A fresh state knows nothing yet: a reading above the limit, or in the hysteresis, is no word against a fever."""
    for level in (38.5, 38.0, 37.8):
        assert (0.0, False) not in Course(curve((60, level))).of("fever")
        assert [p for _, p in Course(curve((60, level))).of("fever") if not p] == []
    fresh, ended = ThermometerState(), []
    for t_s, celsius in curve((30, 37.0)):
        fresh, assessed = thermometer.advance(fresh, reading(celsius), t_s, EAR)
        ended += [s.t_s for s in assessed.signs if s.condition is Condition.FEVER and not s.present]
    assert ended[0] == pytest.approx(660.0)


@pytest.mark.parametrize("celsius", [math.nan, math.inf, -math.inf, -40.0, 0.0, 9.9, 43.6, 85.0])
def test_what_is_no_temperature_of_a_child_is_invalid_and_changes_nothing(celsius):
    before = Course(curve((30, 37.0), (30, 38.5))).state
    after, assessed = thermometer.advance(before, reading(celsius), 4000.0, EAR)
    assert assessed.reading.validity is Validity.INVALID
    assert assessed.signs == ()
    assert after == before


def test_time_that_goes_backwards_changes_nothing():
    before = Course(curve((30, 38.5))).state
    after, assessed = thermometer.advance(before, reading(36.0), 10.0, EAR)
    assert (after, assessed.signs, assessed.reading.validity) == (before, (), Validity.INVALID)


def test_low_temperature_of_a_worn_sensor():
    ((minute, present),) = Course(curve((30, 36.5), (15, 36.5, 35.0), (30, 35.0)), ARMPIT).of("low_temperature")
    assert present
    assert 50.0 <= minute <= 53.0  # ten minutes after the limit


@pytest.mark.parametrize(("age_months", "raised"), [(1.0, True), (2.9, True), (3.0, False), (None, False)])
def test_under_three_months_every_fever_is_urgent(age_months, raised):
    course = Course(curve((60, 38.1)), Rules(Site.RECTAL, Limits(fever_c=39.0), age_months))
    assert bool(course.of("young_infant_fever")) is raised
    assert course.of("fever") == []


@pytest.mark.parametrize(("age_months", "high"), [(2.9, False), (3.0, True), (5.9, True), (6.0, False), (None, False)])
def test_from_three_to_six_months_39_is_high(age_months, high):
    for limits in (NONE, Limits(high_fever_c=40.0)):
        course = Course(curve((60, 39.2)), Rules(Site.RECTAL, limits, age_months))
        assert bool(course.of("high_fever")) is high


def test_a_young_infants_fever_ends_also_on_the_day_after_her_birthday():
    state = Course(curve((60, 38.5)), Rules(Site.RECTAL, NONE, 2.99)).state
    ended = False
    for t_s, celsius in curve((30, 37.0)):
        state, assessed = thermometer.advance(state, reading(celsius), 3600.0 + t_s, Rules(Site.RECTAL, NONE, 3.01))
        ended |= any(s.condition is Condition.YOUNG_INFANT_FEVER and not s.present for s in assessed.signs)
    assert ended


SPOT = Rules(Site.EAR, NONE, spot=True)


@pytest.mark.parametrize(
    ("hours", "fever"),
    [
        ([37.0, 39.0], [(60.0, True)]),
        ([39.0], [(0.0, True)]),
        ([39.0, 37.0], [(0.0, True)]),
        ([39.0, 37.0, 37.1], [(0.0, True), (120.0, False)]),
        ([37.0, 37.2, 37.9], []),
        ([39.0, 37.8, 37.8, 37.8], [(0.0, True)]),
    ],
)
def test_a_spot_thermometer_is_believed_at_once_and_ends_by_two(hours, fever):
    assert Course([(3600.0 * i, level) for i, level in enumerate(hours)], SPOT).of("fever") == fever


def test_two_tries_with_a_spot_thermometer_are_no_fall():
    course = Course([(0.0, 39.5), (40.0, 38.2), (3600.0, 36.9)], SPOT)
    assert [r.validity for r in course.readings] == [Validity.VALID] * 3
    assert course.of("not_worn", "settling", "low_temperature") == []


def test_an_interim_value_decides_nothing():
    state, assessed = thermometer.advance(ThermometerState(), reading(39.5, final=False), 0.0, SPOT)
    assert assessed.reading.validity is Validity.QUESTIONABLE
    assert assessed.signs == ()
    assert state.recent == ()


@pytest.mark.parametrize(
    ("hours", "fever"),
    [
        ([38.9], []),
        ([37.0, 37.0, 38.6, 38.7, 38.8], [(180.0, True)]),
        ([37.0, 37.0, 38.9, 37.0, 37.0], []),
        ([38.4, 38.6], [(60.0, True)]),
        ([38.9, 37.6], []),
        ([38.5, 38.5, 38.5, 37.0, 37.0, 37.0], [(60.0, True), (240.0, False)]),
    ],
)
def test_hourly_data_need_two_of_three(hours, fever):
    assert Course([(3600.0 * i, level) for i, level in enumerate(hours)]).of("fever") == fever


def test_core_and_skin_of_one_sensor_are_not_mixed():
    sent = (Quantity.CORE_TEMPERATURE, Quantity.SKIN_TEMPERATURE, Quantity.HEART_RATE)
    assert [judged(q, sent) for q in (Quantity.CORE_TEMPERATURE, Quantity.SKIN_TEMPERATURE)] == [True, False]
    assert judged(Quantity.SKIN_TEMPERATURE, (Quantity.ACCELERATION, Quantity.SKIN_TEMPERATURE))
    assert judged(Quantity.TEMPERATURE, sent)  # a recording that is replayed for this sensor


def test_an_estimate_of_the_core_has_the_limits_of_the_core():
    rules = Rules(Site.PATCH, NONE, core=True)
    assert rules.settles
    assert Course(curve((60, 37.9)), rules).changes[-1][1] == "settling"
    course = Course(curve((60, 38.1)), rules)
    (sign,) = [sign for _, name, present, sign in course.changes if name == "fever" and present]
    assert (sign.limit, sign.evidence.site) == (38.0, "core")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(0.1, 4000.0),
            st.one_of(st.floats(20.0, 44.0), st.just(math.nan)),
            st.sampled_from(Validity),
        ),
        max_size=120,
    ),
    st.sampled_from([EAR, ARMPIT, SPOT]),
)
def test_any_course_keeps_its_promises(items, rules):
    state, t_s, highest = ThermometerState(), 0.0, {Validity.VALID: -math.inf}
    for step_s, celsius, validity in items:
        t_s += step_s
        state, assessed = thermometer.advance(state, reading(celsius, validity), t_s, rules)
        assert len(state.recent) < 300
        assert len(state.wear.trail) < 500
        if assessed.reading.validity is Validity.VALID:
            assert validity is Validity.VALID
            highest[Validity.VALID] = max(highest[Validity.VALID], celsius)
        for sign in assessed.signs:
            assert sign.value is None or math.isfinite(sign.value)
            if sign.condition in FEVERS:
                assert assessed.reading.validity is Validity.VALID
                if sign.present:
                    assert highest[Validity.VALID] >= sign.limit
                    assert sign.onset_s <= t_s
