"""What the pipeline remembers of a child: her fever beside her movement, earlier episodes, her age."""

import pytest

from edge.model.alarm import Condition, Priority
from edge.model.evidence_json import to_plain

SEIZURE, PROLONGED = Condition.SEIZURE_LIKE_MOVEMENT, Condition.PROLONGED_MOVEMENT


@pytest.mark.parametrize(
    ("celsius", "months", "adds", "early"),
    [
        (36.8, 20.0, False, False),
        (39.0, 20.0, True, True),
        (39.0, 4.0, False, True),
        (39.0, 62.0, False, True),
    ],
)
def test_a_fever_that_is_known_adds_to_movement_and_the_alarm_says_what(a_home, celsius, months, adds, early):
    home = a_home(wears=("ankle", "ear"), months=months)
    home.until(1.0)
    home.do(f"ear {celsius}")
    home.until(900.0)
    home.do("ankle jerks")
    home.until(960.0)
    home.do("ankle still")
    home.until(1000.0)
    [alarm] = home.raised(SEIZURE)
    assert (alarm.evidence.prior_log_odds > 0) is adds
    assert alarm.evidence.first_two_hours_of_fever is early
    if adds:
        assert alarm.evidence.prior_because == "the first two hours of a fever"
        last = home.alarms(SEIZURE)[-1].evidence.prior_effect
        assert last == "would also have rung without" or last.startswith("rang")
    else:
        assert alarm.evidence.prior_effect is None


def test_a_thermometer_that_fell_silent_adds_nothing_after_half_an_hour(a_home):
    home = a_home(wears=("ankle", "ear"))
    home.do("ear 39.0")
    home.until(900.0)
    home.celsius.clear()
    home.until(2800.0)
    home.do("ankle jerks")
    home.until(2830.0)
    [alarm] = home.raised(SEIZURE)
    assert alarm.evidence.prior_log_odds == 0
    assert alarm.evidence.first_two_hours_of_fever is None


def test_an_episode_that_is_over_says_how_it_went(home):
    home.play("""
         60 | ankle jerks    |
        120 | ankle still    | seizure:on
        150 | anna awake     | seizure:latch seizure:off
        400 | ankle jerks    |
        430 | ankle still    | seizure:on
        470 |                | seizure:latch
    """)
    first, second = (home.alarms(SEIZURE)[0].id, home.raised(SEIZURE)[1].id)
    said = {alarm.id: alarm.evidence for alarm in home.alarms(SEIZURE) if alarm.evidence.course}
    assert "whether it was one side alone is not known from one sensor" in said[first].course
    assert said[second].course == "complex: again within 24 h"
    assert said[first].focal is None
    assert 55.0 < said[first].episode_s < 95.0


def test_the_rates_of_an_episode_that_is_over_are_those_of_all_of_it(home):
    home.play("60 | ankle jerks |\n 150 | ankle still | seizure:on\n 200 | | seizure:latch")
    last = home.alarms(SEIZURE)[-1]
    assert 75 <= len(last.evidence.rate_hz) <= 95
    assert last.evidence.rate_hz[:4] == home.raised(SEIZURE)[0].evidence.rate_hz[:4]


def test_a_false_alarm_is_no_earlier_episode(home):
    home.play("60 | ankle jerks |\n 90 | ankle still | seizure:on\n 95 | anna false_alarm | seizure:ack")
    home.play("130 | anna awake | seizure:off\n 200 | ankle jerks |\n 220 | | seizure:on")
    assert home.raised(SEIZURE)[-1].evidence.earlier_24_h == 0


@pytest.mark.parametrize(("months", "other"), [(4.0, True), (5.9, True), (6.1, False), (20.0, False), (61.5, True)])
def test_outside_six_to_sixty_months_it_is_another_matter(a_home, months, other):
    home = a_home(months=months).play("60 | ankle jerks |\n 120 | ankle still | seizure:on\n 160 | | seizure:latch")
    alarm = home.raised(SEIZURE)[0]
    assert alarm.text.startswith("Mia: seizure-like movement, urgent") is other
    assert ("At her age this needs a doctor at once" in alarm.guidance) is other
    assert (home.alarms(SEIZURE)[-1].evidence.course is None) is other
    for each in (*home.alarms(SEIZURE), *home.alarms(PROLONGED)):
        assert "febrile" not in f"{each.text} {each.guidance} {to_plain(each.evidence)}".lower()


def test_after_an_event_silence_is_urgent_also_after_a_restart(a_home):
    home = a_home().play(
        "60 | ankle jerks |\n 90 | ankle still | seizure:on\n 120 | anna awake | seizure:latch seizure:off"
    )
    again = a_home()
    again.worn = []
    again.restart(home.written(), 20 * 3600.0)
    again.until(20 * 3600.0 + 70.0)
    assert again.raised(Condition.NO_DATA)[-1].priority is Priority.HIGH
