"""Alarms and pushes in the words of each caregiver, language and unit; topics stay in the hub's language, in °C."""

import json
import re
from dataclasses import replace

import pytest

from edge.app.load.languages import load_languages
from edge.delivery import messages, notices, phone_buttons, summary, texts
from edge.model.alarm import Condition, Presence, Reason
from edge.model.effect import AlarmChanged, Notify, SendTestAlarm
from edge.model.event import Command, Verb
from edge.model.evidence import Movement
from edge.model.language import Locale, TemperatureUnit
from edge.model.people import Caregiver, CarePlan, Medicine, Person
from edge.mqtt.payloads import messages_for
from tests.delivery.test_texts import COURSE, FORECAST, HERE, LONG, WALL_S, alarm
from tests.support.core import PATCH, Core

LANGUAGES = load_languages()
COMPLETE = ["de"]
GERMAN = replace(HERE, language=LANGUAGES["de"])
FAHRENHEIT = replace(HERE, unit=TemperatureUnit.FAHRENHEIT)


def in_(code: str) -> Locale:
    return replace(HERE, language=LANGUAGES[code])


# ------------------------------------------------------------------------------------------ whole texts


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (alarm(Condition.HIGH_FEVER), "Mia: hoch, 39,1 °C, Grenze 38,5 °C, seit 10:00"),
        (alarm(Condition.FEVER, value=None), "Mia: kein Wert, Grenze 38,5 °C, seit 10:00"),
        (
            alarm(Condition.FEVER, acknowledged_by="ben", attended_by="anna", silent_until_s=WALL_S + 1800.0),
            "Mia: 39,1 °C, Grenze 38,5 °C, seit 10:00. Anna ist beim Kind, ben kommt, stumm bis 10:30",
        ),
        (
            alarm(Condition.TEMPERATURE_RISING, value=37.0, limit=37.5, evidence=FORECAST),
            "Mia: Temperatur steigt, 37,0 °C; Vorhersage: 37,5 °C um 10:10 bis 10:40, seit 10:00",
        ),
        (
            alarm(Condition.FEVER, Presence.OFF, value=37.1, evidence=COURSE),
            "Mia: 37,1 °C, wieder unter eurer Grenze; 3 h 25 min darüber, höchstens 39,6 °C.",
        ),
        (
            alarm(Condition.SEIZURE_LIKE_MOVEMENT, Presence.LATCH),
            "Mia: Die Bewegung hat aufgehört. Ist das Kind wach, atmet es, reagiert es?",
        ),
        (
            alarm(Condition.FEVER, reason=Reason.FALSE_ALARM, attended_by="anna"),
            "Anna sagt, es war ein Fehlalarm: Mia: 39,1 °C, Grenze 38,5 °C",
        ),
    ],
)
def test_a_whole_text_in_german(said, text):
    assert texts.text(said, "Mia", {"anna": "Anna"}, GERMAN) == text


def test_a_whole_text_in_fahrenheit():
    said = alarm(Condition.FEVER, Presence.OFF, value=37.1, evidence=COURSE)
    read = "Mia: 98.8 °F, below your limit again; above for 3 h 25 min, at most 103.4 °F."
    assert texts.text(said, "Mia", {}, FAHRENHEIT) == read
    battery = alarm(Condition.BATTERY_LOW, value=12.0, unit="%")
    assert "12.0 %" in texts.text(battery, "Mia", {}, FAHRENHEIT), "only temperatures have another unit"


def test_the_ambulance_has_the_familys_number_at_its_first_mention():
    again = alarm(Condition.SEIZURE_LIKE_MOVEMENT, evidence={"bout": 2})
    said = texts.guidance(again, "", CarePlan(ambulance="112"), GERMAN)
    assert said.count("den Rettungsdienst (112)") == 1
    assert said.count("den Rettungsdienst") == 2
    assert said.index("(112)") < said.rindex("den Rettungsdienst")


# ------------------------------------------------------------------------------------------ every text


@pytest.mark.parametrize("code", COMPLETE)
@pytest.mark.parametrize("presence", Presence)
@pytest.mark.parametrize("condition", Condition)
def test_every_text_of_a_complete_language_is_its_own_short_and_whole(condition, presence, code):
    person, people = Person("mia", LONG, guidance="Plan."), (Caregiver("anna", LONG),)
    for answered in ("", "anna"):
        for unit in TemperatureUnit:
            quiet_s = WALL_S + 3600.0 if answered else None
            said = alarm(condition, presence, attended_by=answered, acknowledged_by=answered, silent_until_s=quiet_s)
            worded = messages.with_text(said, person, people, replace(in_(code), unit=unit))
            assert 0 < len(worded.text) <= texts.MOST_CHARACTERS
            assert len(worded.text) < texts.MOST_CHARACTERS or not worded.text.endswith("…"), worded.text
            english = messages.with_text(said, person, people, HERE)
            assert worded.text != english.text
            assert worded.guidance != english.guidance
            assert "{" not in worded.text + worded.guidance
            title, push = texts.push(worded, in_(code), share_details=False)
            assert len(push) <= texts.MOST_CHARACTERS
            assert (title, push) != texts.push(english, HERE, share_details=False)
            assert not re.search(r"\d|mia", push, re.IGNORECASE)


@pytest.mark.parametrize("code", COMPLETE)
@pytest.mark.parametrize("movement", [None, *Movement])
@pytest.mark.parametrize("condition", texts.MOVEMENT)
def test_every_text_of_movement_is_whole_in_a_complete_language(condition, movement, code):
    plan = CarePlan("m" * 60, "5 mg", "k" * 60, 2.5, 5.0, "112")
    for more in ({}, {"rescue_cue": True}, {"rescue_given_s": 300.0}, {"awake_by": "anna"}):
        evidence = {"movement": movement, "bout": 3, "outside_6_to_60_months": True, **more}
        for presence in Presence:
            said = alarm(condition, presence, evidence=evidence, changed_s=WALL_S + 3600.0)
            said = replace(said, acknowledged_by="anna", attended_by="anna", silent_until_s=WALL_S + 4000.0)
            worded = messages.with_text(
                said, Person("mia", LONG, care_plan=plan), (Caregiver("anna", LONG),), in_(code)
            )
            assert not worded.text.endswith("…"), worded.text
            assert "{" not in worded.text + worded.guidance


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_a_language_that_is_begun_says_the_rest_in_english_and_never_nothing(code):
    for condition in Condition:
        for presence in Presence:
            worded = messages.with_text(alarm(condition, presence), Person("mia", "Mia"), (), in_(code))
            assert worded.text
            assert worded.guidance
            assert len(worded.text) <= texts.MOST_CHARACTERS
            assert "{" not in worded.text + worded.guidance


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_the_buttons_of_every_language_fit_under_a_push(code):
    """Android cuts what is much longer than twenty characters."""
    for verb, english in phone_buttons.LABELS.items():
        label = phone_buttons.label(verb, "a-1", in_(code))
        assert label != english
        assert len(label) <= 20
    assert phone_buttons.label(Verb.ACKNOWLEDGE, "test", in_(code)) != phone_buttons.TEST_RANG


# ------------------------------------------------------------------------------------------ who reads what


ANNA = Caregiver("anna", "Anna", share_details=True, language="de")
BEN = Caregiver("ben", "Ben", share_details=True, unit=TemperatureUnit.FAHRENHEIT)
OMA = Caregiver("oma", "Oma", language="tr")


def family() -> Core:
    core = Core(PATCH, caregivers=(ANNA, BEN, OMA), zone=HERE.zone)
    core.setup = replace(core.setup, languages=LANGUAGES)
    core.begin()
    core.forget()
    return core


def test_each_caregiver_is_pushed_to_in_their_own_words_and_the_topic_stays_the_hubs():
    core = family().heat(15, 38.7)
    pushed = {each.caregiver: f"{each.title}: {each.text}" for each in core.of(Notify)}
    assert re.match(r"Nachsehen: Mia: 38,7 °C, Grenze 38,0 °C, seit \d\d:\d\d\. Sieh nach dem Kind", pushed["anna"])
    assert re.match(r"Check: Mia: 101.7 °F, limit 100.4 °F, since \d\d:\d\d\. Look at her", pushed["ben"])
    assert pushed["oma"] == "Kontrol et: feverhub: ateş. Çocuğa bak, sıvı ver."
    [changed, *_] = [each.alarm for each in core.of(AlarmChanged) if each.alarm.key.condition is Condition.FEVER]
    state = json.loads(messages_for("cot", changed)[0].payload)
    assert state["text"].startswith("Mia: 38.7 °C, limit 38.0 °C, since ")
    assert (state["value"], state["limit"], state["unit"]) == (38.7, 38.0, "Cel")


def test_what_others_do_is_told_in_the_readers_words():
    core = family().heat(15, 38.7)
    core.forget()
    core.say("ben", Verb.ACKNOWLEDGE)
    core.say("ben", Verb.PAUSE, minutes=10, confirm=True)
    core.say("ben", Verb.ON_WATCH, to="anna")
    said = [each.text for each in core.of(Notify) if each.caregiver == "anna"]
    assert "Ben kommt" in said[0]
    assert re.fullmatch(
        r"Ben hat die Überwachung von Mia bis \d\d:\d\d pausiert\. Die Pause endet von selbst\.", said[1]
    )
    assert said[2] == "Ben bittet dich, die Wache zu übernehmen. Bestätige mit „Ich habe Wache“."
    assert [each.title for each in core.of(Notify) if each.caregiver == "anna"][1:] == ["Pausiert", "Wache übernehmen?"]


def test_a_test_speaks_each_readers_language():
    core = family()
    [asked] = [each for each in core.step(Command(Verb.TEST, "ben", "t")) if isinstance(each, SendTestAlarm)]
    said = {each.caregiver: each.text for each in asked.messages}
    assert said["anna"].startswith("TEST von feverhub")
    assert said["ben"].startswith("TEST of feverhub")
    assert said["oma"].startswith("feverhub TESTİ")


def test_an_unknown_language_of_a_catalogue_that_is_gone_is_english():
    core = Core(PATCH, caregivers=(ANNA,)).heat(15, 38.7)
    assert "Look at her" in core.notifications()[0][1]


def test_the_hub_itself_may_speak_another_language():
    core = family()
    hub = type(core.setup.config.hub)(language="de")
    core.setup = replace(core.setup, config=replace(core.setup.config, hub=hub))
    core.begin()
    core.heat(15, 38.7)
    assert core.raised(Condition.FEVER)[0].text.startswith("Mia: 38,7 °C, Grenze 38,0 °C, seit ")
    assert "Sieh nach dem Kind" in core.raised(Condition.FEVER)[0].guidance
    assert any(each.text.startswith("Mia: 101,7 °F") for each in core.of(Notify) if each.caregiver == "ben")


def test_notices_without_leave_name_nobody_in_any_language():
    readers = notices.Readers((replace(ANNA, share_details=False), OMA), lambda each: in_(each.language))
    for each in notices.paused(readers, lambda _words: "Mia", "somebody", WALL_S):
        assert "Mia" not in each.text
        assert each.text.startswith("feverhub: ")


def test_a_dose_against_the_plan_is_told_in_the_readers_words():
    plan = Medicine("Ibuprofen", 5.0, "ml", 6.0, 3)
    core = Core(PATCH, caregivers=(ANNA, BEN, OMA), persons=(Person("mia", "Mia", medicines=(plan,)),), zone=HERE.zone)
    core.setup = replace(core.setup, languages=LANGUAGES)
    core.begin()
    reply = core.say("anna", Verb.DOSE, drug="ibuprofen", request_id="d1").reason
    assert re.fullmatch(r"notiert: \d\d:\d\d Ibuprofen 5 ml; nach eurem Plan wieder erlaubt: (\w\w )?\d\d:\d\d", reply)
    core.mono_s += 3600.0
    core.say("ben", Verb.DOSE, drug="Ibuprofen", request_id="d2")
    said = {each.caregiver: (each.title, each.text) for each in core.of(Notify)}
    assert said["anna"][0] == "Nachsehen"
    assert "EARLIER than your plan" in said["anna"][1], "as it was written down, in the hub's language"
    assert "Nach Plan wieder: " in said["anna"][1]
    assert said["oma"][1].startswith("feverhub: ")


@pytest.mark.parametrize("code", ["", *COMPLETE])
def test_the_daily_word_never_says_watching_when_a_sensor_is_lost(code):
    words = replace(in_(code) if code else HERE, unit=TemperatureUnit.FAHRENHEIT)
    temperatures = {"Mia": (36.8, 38.1, 2), "Max": None}
    good = summary.Day([], 2, [Condition.FEVER], {"ankle": 0.97}, temperatures)
    lost = replace(good, lost=[("patch", "not heard yet")])
    assert not re.search(
        r"[Ss]till watching|[Üü]berwacht weiter", summary.details(lost, words) + summary.bare(lost, words)
    )
    expected = {
        "": "Still watching: watching 2 of 2 sensors; fever. ankle would have shown a convulsion for 97 % of the last "
        "12 hours. Last 24 hours: Mia: temperature 98.2 to 100.6 °F in 2 readings; Max: no valid temperature",
        "de": "Überwacht weiter: 2 von 2 Sensoren überwacht; Fieber. ankle hätte in 97 % der letzten 12 Stunden einen "
        "Krampfanfall gezeigt. Letzte 24 Stunden: Mia: Temperatur 98,2 bis 100,6 °F in 2 Messungen; "
        "Max: keine gültige Temperatur",
    }
    assert summary.details(good, words) == expected[code]
