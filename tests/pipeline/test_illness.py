"""Illness mode, through the whole core: begun, kept, more attentive, never quieter, and over by itself."""

import datetime as dt

import pytest

from edge import pipeline
from edge.delivery import illness_texts as words
from edge.model.alarm import Condition, Priority
from edge.model.care import Illness, Vaccination
from edge.model.effect import KeepEntry, Note, Notify
from edge.model.event import MotionReceived, Verb
from edge.model.people import Device, Limb, Medicine, Person, Site
from edge.storage import forget
from tests.support.core import BAND, Core, warm

MORNING_S = dt.datetime(2026, 3, 14, 10, tzinfo=dt.UTC).timestamp()
HOUR_S, DAY_S = 3600.0, 86_400.0
PATCH = Device("patch", "thermometer", "mia", site=Site.AXILLA)
MIA = Person("mia", "Mia", medicines=(Medicine("Ibuprofen", 5.0, "ml", 6.0, 3),))


class Home(Core):
    """A child at ten in the morning; time passes in minutes. quiet: whether the silence of sensors rings."""

    def __init__(self, *devices, quiet=True, **more):
        devices = devices or (PATCH,)
        super().__init__(*devices, persons=(MIA,), liveness=not quiet, wall_off_s=MORNING_S - 1000.0, **more)

    def hours(self, hours, celsius=None):
        hear = None if celsius is None else warm(celsius)
        step_s = 60.0 if hours <= 2.0 else 600.0
        return self.go(hours * HOUR_S, hear, every_s=step_s, tick_s=step_s)

    def illness(self, who="anna", **arguments):
        return self.say(who, Verb.ILLNESS, **arguments)

    def told(self, subject="illness"):
        return [each.text for each in self.of(Notify) if each.alarm_id == subject and each.caregiver == "anna"]


def fevered(home):
    return home.hours(1.0, 39.2)


def test_a_caregiver_begins_it_with_one_word_the_others_are_told_and_a_second_is_refused():
    home = Home()
    reply = home.illness()
    assert reply.ok
    assert "more watchful until 2 days without fever" in reply.reason
    [entry] = [each.entry for each in home.of(KeepEntry)]
    assert (entry.what, entry.happened_s, entry.author) == (Illness(), home.now.wall_s, "anna")
    assert [each.caregiver for each in home.of(Notify)] == ["ben"], "not to who said it, and not to a viewer"
    again = home.illness("ben")
    assert not again.ok
    assert "followed already, since 10:00" in again.reason


def test_it_ends_with_a_word_and_keeps_what_was_seen_of_it():
    home = Home()
    home.illness(diagnosis="throat, says Dr Roth")
    fevered(home)
    reply = home.illness("ben", over=True)
    assert reply.ok
    entry = home.of(KeepEntry)[-1].entry
    assert entry.version == 2
    assert entry.what.diagnosis == "throat, says Dr Roth"
    assert entry.what.ended_s == home.now.wall_s
    assert entry.what.peak_c == pytest.approx(39.2, abs=0.05)
    assert entry.what.episodes == 0
    assert not home.illness(over=True).ok, "none stands any more"
    assert pipeline.ill(home.state, home.now) == []


def test_the_diagnosis_may_come_later_and_is_another_version_of_the_same():
    home = Home()
    home.illness()
    home.hours(1)
    assert home.illness(diagnosis="three-day fever").ok
    [ill] = pipeline.ill(home.state, home.now)
    assert (ill.diagnosis, ill.entry.version, ill.entry.happened_s) == ("three-day fever", 2, MORNING_S)


def test_a_fever_proposes_it_once_and_begins_nothing_by_itself():
    home = fevered(Home())
    assert home.told() == [], "never beside an alarm that rings"
    assert pipeline.proposed(home.state, "mia"), "the page proposes it at once"
    home.say("anna", Verb.ACKNOWLEDGE)
    fevered(home)
    proposed = [text for text in home.told() if "Is she ill?" in text]
    assert len(proposed) == 1
    assert pipeline.ill(home.state, home.now) == []
    assert pipeline.proposed(home.state, "mia")
    home.illness()
    assert not pipeline.proposed(home.state, "mia")


def test_without_a_fever_nothing_is_proposed():
    home = Home().hours(2.0, 36.8)
    assert home.told() == []
    assert not pipeline.proposed(home.state, "mia")


def test_it_ends_by_itself_after_two_days_without_fever_by_readings_and_says_so():
    home = Home()
    home.illness()
    fevered(home)
    home.forget()
    home.hours(47.0, 36.9)
    assert pipeline.ill(home.state, home.now), "not yet: the fever ended a little later"
    home.hours(3.0, 36.9)
    assert pipeline.ill(home.state, home.now) == []
    over = home.of(KeepEntry)[-1].entry
    assert (over.caregiver, over.author) == ("hub", "anna")
    assert over.what.peak_c == pytest.approx(39.2, abs=0.05)
    assert any("had no fever for 2 days" in text for text in home.told())
    assert [each.detail for each in home.of(Note) if each.subject == "illness of mia"] == ["over by itself"]


def test_silence_of_the_thermometers_is_no_sign_that_it_is_over():
    home = Home()
    home.illness()
    fevered(home)
    home.hours(13 * 24.0)
    assert pipeline.ill(home.state, home.now)
    home.forget()
    home.hours(48.0)
    assert pipeline.ill(home.state, home.now) == []
    assert any("measured Mia for two weeks" in text for text in home.told())


def test_a_new_fever_on_the_second_day_begins_the_count_anew():
    home = Home()
    home.illness()
    fevered(home)
    home.hours(40.0, 36.9)
    fevered(home)
    home.hours(46.0, 36.9)
    assert pipeline.ill(home.state, home.now)


def test_a_clock_that_nobody_has_set_ends_nothing():
    home = Home()
    home.illness()
    home.synced = False
    home.hours(60.0, 36.9)
    assert pipeline.ill(home.state, home.now)
    home.synced = True
    home.hours(1.0, 36.9)
    assert pipeline.ill(home.state, home.now) == []


def test_it_is_kept_over_a_restart_with_what_was_seen():
    home = Home()
    home.illness(diagnosis="flu")
    fevered(home)
    again = Home(mono_s=home.mono_s, **home.written())
    [ill] = pipeline.ill(again.state, again.now)
    assert ill.diagnosis == "flu"
    assert ill.course.peak_c == pytest.approx(39.2, abs=0.05)
    assert again.state.alarms.conditions.ill == {"mia"}


def test_a_memory_with_absurd_figures_is_a_fresh_course_and_the_illness_stands():
    home = Home()
    home.illness()
    fevered(home)
    journal = home.written()
    journal["remembered"] = journal["remembered"].replace('"peak_c":39.2', '"peak_c":4e9')
    again = Home(mono_s=home.mono_s, **journal)
    [ill] = pipeline.ill(again.state, again.now)
    assert ill.course.peak_c is None


def test_what_was_seen_of_a_child_who_is_forgotten_goes_with_her_and_of_another_stays():
    home = Core(PATCH, persons=(MIA, Person("max", "Max")), liveness=False)
    for person in ("mia", "max"):
        home.say("anna", Verb.ILLNESS, person=person)
    memo = forget.without(home.written()["remembered"], forget.Child("mia", "Mia"))
    assert "mia" not in memo
    again = Core(PATCH, persons=(MIA, Person("max", "Max")), liveness=False, **{**home.written(), "remembered": memo})
    assert again.state.courses["max"] == home.state.courses["max"]


# ---------------------------------------------------------------------------------------------- more attentive


def test_silence_about_a_child_who_is_ill_is_urgent_and_about_another_it_is_not():
    urgent = {}
    for ill in (True, False):
        home = Home(quiet=False)
        if ill:
            home.illness()
        home.heat(5, 36.8)
        home.go(1200.0)
        [lost] = home.raised(Condition.NO_DATA)
        urgent[ill] = lost.priority
    assert urgent == {True: Priority.HIGH, False: Priority.MEDIUM}


def test_movement_is_judged_as_with_a_known_fever_also_where_no_temperature_is_known(seconds):
    still, _ = seconds

    def prior(*, ill):
        band = Device("band", "band", "mia", limb=Limb.ANKLE)
        home = Core(band, persons=(MIA,), liveness=False)
        if ill:
            home.say("anna", Verb.ILLNESS)
        home.step(MotionReceived("band", home.mono_s + still[0][:, 0] * 0 + range(len(still[0])), still[0]))
        return home.state.child("mia").prior

    assert prior(ill=False).log_odds == 0.0
    assert prior(ill=True).log_odds > 0.0
    assert prior(ill=True).why == "an illness that caregivers told of"


def test_nobody_measured_for_four_hours_by_day_is_asked_once_and_at_night_nobody_is():
    home = Home()
    home.illness()
    home.forget()
    home.hours(3.9)
    assert home.told() == []
    home.hours(0.2)
    assert len(home.told()) == 1
    assert "nobody has measured for 4 h" in home.told()[0]
    home.hours(12.0 - 4.1)  # until ten at night
    home.forget()
    home.hours(8.5)
    assert home.told() == [], "who sleeps is not woken to measure"
    home.hours(1.0)
    assert len(home.told()) == 1


def test_the_next_dose_of_the_plan_is_told_once_while_she_has_a_fever():
    home = Home()
    home.illness()
    fevered(home)
    home.say("anna", Verb.DOSE, drug="Ibuprofen")
    home.forget()
    home.hours(5.9, 39.2)
    assert home.told() == []
    home.hours(1.0, 39.2)
    [text] = home.told()
    assert text == "Mia has a fever. Your plan allows the next Ibuprofen since 17:00; the last was at 11:00."


def test_without_a_fever_no_dose_is_spoken_of():
    home = Home()
    home.illness()
    home.say("anna", Verb.DOSE, drug="Ibuprofen")
    home.forget()
    home.hours(8.0, 36.8)
    assert home.told() == []


def test_illness_mode_raises_priorities_and_lowers_or_silences_nothing():
    def night(*, ill):
        home = Home(PATCH, BAND, quiet=False)
        if ill:
            home.illness()
        home.heat(20, 38.4).heat(30, 39.4).heat(20, 36.5).go(900.0)
        return {(each.key.condition, each.key.device): each.priority.rank for each in home.raised()}

    well, ill = night(ill=False), night(ill=True)
    assert well, "the night has alarms"
    assert all(ill.get(key, -1) >= rank for key, rank in well.items())


# ---------------------------------------------------------------------------------------------- in words, and log


def test_its_state_says_since_when_peak_last_fever_doses_and_a_doctor_after_five_days():
    home = Home()
    home.illness(diagnosis="flu")
    fevered(home)
    home.say("anna", Verb.DOSE, drug="Ibuprofen")
    [ill] = pipeline.ill(home.state, home.now)
    said = words.lines(ill, home.now.wall_s, home.setup.locale())
    assert said[0] == "ill since 10:00, day 1: flu"
    assert said[1].startswith("highest 39.2 °C (10:")
    assert said[2] == "last fever 11:00"
    assert said[3] == "doses: Ibuprofen 5 ml 11:00"
    for _ in range(5):
        home.hours(23.0, 36.9)
        fevered(home)
    [ill] = pipeline.ill(home.state, home.now)
    assert "a doctor should see her" in words.lines(ill, home.now.wall_s, home.setup.locale())[-1]


def test_a_vaccination_of_last_year_is_listed_and_begins_no_illness():
    home = Home()
    reply = home.say("anna", Verb.NOTE, kind="vaccination", name="measles, mumps, rubella", time="2025-02-03")
    assert reply.ok
    [entry] = [each.entry for each in home.of(KeepEntry)]
    assert entry.what == Vaccination("measles, mumps, rubella")
    assert entry.happened_s == dt.datetime(2025, 2, 3, 12, tzinfo=dt.UTC).timestamp()
    assert pipeline.ill(home.state, home.now) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"over": True}, "no illness is followed"),
        ({"diagnosis": "x" * 101}, "diagnosis must be"),
        ({"time": "1990-01-01"}, "is the year right"),
        ({"time": "2026-02-30"}, "time must be like"),
        ({"time": "2027-01-01"}, "lies in the future"),
        ({"peak_c": 40}, "has no argument"),
    ],
)
def test_what_makes_no_sense_is_one_sentence_and_begins_nothing(arguments, sentence):
    home = Home()
    reply = home.illness(**arguments)
    assert not reply.ok
    assert sentence in reply.reason
    assert pipeline.ill(home.state, home.now) == []


def test_it_cannot_be_over_before_it_began():
    home = Home()
    home.illness()
    reply = home.illness(over=True, minutes_ago=60)
    assert not reply.ok
    assert "before it began" in reply.reason
