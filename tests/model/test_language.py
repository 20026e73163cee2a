"""How a caregiver reads: unit, decimal sign, the family's clock; what is not translated is in English."""

import datetime as dt

import pytest

from edge.model.language import IN_ENGLISH, Language, Locale, TemperatureUnit

GERMAN = Language("de", {"fever": "Fieber", "at {time}": "um {time}"}, ",")


@pytest.mark.parametrize(
    ("celsius", "unit", "decimal", "read"),
    [
        (38.5, "celsius", ".", "38.5 °C"),
        (38.5, "celsius", ",", "38,5 °C"),
        (37.0, "fahrenheit", ".", "98.6 °F"),
        (38.5, "fahrenheit", ".", "101.3 °F"),
        (40.0, "fahrenheit", ".", "104.0 °F"),
        (-0.04, "celsius", ".", "-0.0 °C"),
    ],
)
def test_a_temperature_in_the_readers_unit(celsius, unit, decimal, read):
    assert Locale(Language("x", {}, decimal), TemperatureUnit(unit)).temperature(celsius) == read


def test_what_is_not_translated_is_said_in_english_with_its_fields():
    words = Locale(GERMAN)
    assert [words.say("fever"), words.say("high fever")] == ["Fieber", "high fever"]
    assert words.say("at {time}", time="10:00") == "um 10:00"
    assert words.say("since {time}", time="10:00") == "since 10:00"


def test_what_families_wrote_is_never_taken_for_a_text_with_fields():
    assert IN_ENGLISH.say("call {oma}") == "call {oma}"
    assert IN_ENGLISH.say("{who} is coming", who="{time}") == "{time} is coming"


@pytest.mark.parametrize(("value", "read"), [(3.0, "3"), (2.5, "2,5"), (0.1, "0,1")])
def test_short_numbers(value, read):
    assert Locale(GERMAN).short(value) == read


def test_the_clock_is_the_familys():
    assert Locale(zone=dt.timezone(dt.timedelta(hours=2))).clock(1_800_000_000.0) == "10:00"
