"""Numbers, temperatures and reasons in the words of who reads; each report names what went wrong elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.app.load.languages import load_languages
from edge.errors import CommandRefused
from edge.model.language import Locale, TemperatureUnit, read_number

FAHRENHEIT = Locale(unit=TemperatureUnit.FAHRENHEIT)
GERMAN = Locale(load_languages()["de"])
BOTH = Locale(load_languages()["de"], TemperatureUnit.FAHRENHEIT)


@pytest.mark.parametrize("text", ["38,5", "38.5", " 38,5 "])
def test_a_number_is_read_with_either_sign_whatever_the_language(text):
    """github.com/urlaubsverwaltung/urlaubsverwaltung/issues/186: an English browser refused the comma of a German."""
    assert read_number(text) == 38.5


@pytest.mark.parametrize("text", ["", "hot", "38.5.1", "nan", "inf", "-" + "9" * 4000, "38,5 °C"])
def test_what_is_no_number_is_an_error_and_never_left_out(text):
    """github.com/processwire/processwire-issues/issues/1341: the field was emptied, and nobody was told."""
    with pytest.raises(ValueError, match="no number"):
        read_number(text)


def test_a_difference_is_scaled_and_not_moved():
    """github.com/FredJul/Warmd/issues/46: 2 °C more were said to be 35 °F more."""
    assert FAHRENHEIT.difference(2.0) == "3.6"
    assert BOTH.difference(0.4) == "0,7"
    assert GERMAN.difference(0.4) == "0,4"
    assert FAHRENHEIT.reason("about 1 °C or more above ear") == "about 1.8 °F or more above ear"
    assert FAHRENHEIT.reason("45.2 °C is not plausible") == "113.4 °F is not plausible"


@given(st.integers(min_value=860, max_value=1112).map(lambda tenths: tenths / 10))
def test_what_was_written_in_fahrenheit_is_read_again_as_it_was_written(fahrenheit):
    """github.com/FalconChristmas/fpp/issues/2840: limits were kept in whole °C and came back degrees away."""
    kept = FAHRENHEIT.celsius(fahrenheit)
    assert FAHRENHEIT.degrees(kept) == f"{fahrenheit:.1f}"
    assert FAHRENHEIT.celsius(float(FAHRENHEIT.degrees(kept))) == kept
    assert abs(kept - (fahrenheit - 32) * 5 / 9) <= 0.005 + 1e-9


@pytest.mark.parametrize(("celsius", "fahrenheit"), [(38.0, "100.4"), (38.5, "101.3"), (37.5, "99.5"), (41.0, "105.8")])
def test_the_limits_of_the_field_are_the_same_in_both_units(celsius, fahrenheit):
    assert FAHRENHEIT.degrees(celsius) == fahrenheit
    assert FAHRENHEIT.celsius(float(fahrenheit)) == celsius


@pytest.mark.parametrize(
    ("reason", "german"),
    [
        ("not worn", "nicht getragen"),
        ("not worn: its values do not change at all", "nicht getragen: seine Werte ändern sich gar nicht"),
        ("not worn: its gravity is 0.85 g", "nicht getragen: seine Schwerkraft ist 0,85 g"),
        ("paused until 02:30", "pausiert bis 02:30"),
        ("no fever could be judged: too little in a row", "ein Fieber ließe sich nicht beurteilen: zu wenig am Stück"),
        ("about 1 °C or more above ear", "etwa 1 °C oder mehr über ear"),
        ("tom: delivered (ntfy: delivered)", "tom: zugestellt (ntfy: zugestellt)"),
        ("whatever nobody has translated: not heard yet", "whatever nobody has translated: noch nicht gemeldet"),
    ],
)
def test_a_reason_of_the_core_is_said_again_in_the_readers_language(reason, german):
    assert GERMAN.reason(reason) == german
    assert Locale().reason(reason) == reason


def test_a_refusal_is_said_with_its_numbers_in_the_readers_language():
    message = "{amount} ml cannot be right: say an amount of at most {most} ml"
    refused = CommandRefused(message, amount=2.5e3, most=1000.0)
    assert str(refused) == "2500 ml cannot be right: say an amount of at most 1000 ml"
    assert GERMAN.refusal(refused) == "2500 ml können nicht stimmen: gib höchstens 1000 ml an"
    assert GERMAN.refusal(CommandRefused("a text of {braces}")) == "a text of {braces}"


@given(st.text(max_size=60))
def test_no_text_can_break_a_reason(text):
    for words in (Locale(), GERMAN, BOTH, FAHRENHEIT):
        words.reason(text)
    assert Locale().reason(text) == text
