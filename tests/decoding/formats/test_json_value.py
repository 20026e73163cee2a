"""What gateways publish, as their own documents and users' logs show it; and what no gateway should."""

import json
from contextlib import suppress
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.app.load.profiles import load_profile
from edge.decoding import Stamp, decode, stamp
from edge.errors import FrameMalformed

THERMOMETER, MOTION = "mqtt_thermometer", "mqtt_motion"


def value(payload, pointer="", unit="celsius", profile=THERMOMETER, **more):
    options = {"value": pointer, "unit": unit, **more}
    [item] = decode(load_profile(profile), "mqtt", payload, options=options)
    return item


# The address after each is where the form was published.
FORMS = [
    (b"36.80", "", "celsius", 36.8),  # esphome.io/components/mqtt: <name>/sensor/<id>/state holds the bare number
    (b"98.24", "", "fahrenheit", 36.8),  # home-assistant.io/integrations/mqtt_statestream: <base>/sensor/<id>/state
    (b'{"hum":"52.6","tempc":"37.2","tempf":"98.96"}', "/tempc", "celsius", 37.2),  # OpenMQTTGateway, docs/use/ble.md
    (b'{"id":"F3:52:85","tempc":37.1,"tempf":98.78}', "/tempf", "fahrenheit", 37.1),  # theengs/gateway, docs/use/use.md
    (b'{"battery":"100.00","voltage":3015,"temperature":37.46}', "/temperature", "celsius", 37.46),  # zigbee2mqtt #245
    (b'{"a/b": [{"m~n": 310.15}]}', "/a~1b/0/m~0n", "kelvin", 37.0),  # RFC 6901, section 4: ~1 is /, ~0 is ~
    (b'{"": 37.5}', "/", "celsius", 37.5),  # RFC 6901, section 5: "/" is the key of no letters
]


@pytest.mark.parametrize(("payload", "pointer", "unit", "celsius"), FORMS)
def test_each_published_form_gives_its_value(payload, pointer, unit, celsius):
    item = value(payload, pointer, unit)
    assert (round(item.value, 3), item.unit, item.validity) == (celsius, "Cel", "valid")


# home-assistant.io/docs/configuration/state_object: a state may be `unavailable` or `unknown`; ESPHome writes `nan`.
NO_VALUES = [
    (b"unavailable", "", "expected JSON, got 'unavailable'"),
    (b'"unknown"', "", "expected a number at the top, got 'unknown'"),
    (b"nan", "", "expected JSON, got 'nan'"),
    (b"NaN", "", "expected a number, got NaN"),
    (b"-Infinity", "", "expected a number, got -Infinity"),
    (b"1e999", "", "expected a number at the top, got inf"),
    (b"null", "", "expected a number at the top, got null"),
    (b"true", "", "expected a number at the top, got true or false"),
    (b"", "", "expected JSON, got ''"),
    (b"36,8", "", "expected JSON, got '36,8'"),
    (b'{"tempc": "36.8 C"}', "/tempc", "expected a number at /tempc, got '36.8 C'"),
    ('{"tempc": "\N{ARABIC-INDIC DIGIT THREE}7"}'.encode(), "/tempc", "expected a number at /tempc, got "),
    (b'{"tempc": [36.8]}', "/tempc", "expected a number at /tempc, got an array"),
    (b'{"tempc": {"v": 1}}', "/tempc", "expected a number at /tempc, got an object"),
    (b'{"tempc": null}', "/tempc", "expected a number at /tempc, got null"),
    (b'{"batt": 80}', "/tempc", "expected something at /tempc, and there is nothing"),
    (b'{"tempc": 36.8, "tempc": 39.9}', "/tempc", "expected each key once, got 'tempc' twice"),
    (b'{"x": {"a": 1, "a": 2}, "tempc": 36.8}', "/tempc", "expected each key once, got 'a' twice"),
    (b"[1, 2]", "/02", "expected something at /02, and there is nothing"),
    (b"[1, 2]", "/-", "expected something at /-, and there is nothing"),
    (b"[1, 2]", "/-1", "expected something at /-1, and there is nothing"),
    (b"[1, 2]", "/\N{ARABIC-INDIC DIGIT ONE}", "expected something at"),
    (b"\xff\xfe3\x006\x00", "", "expected a text in UTF-8, got other bytes"),
    (b"[" * 9000, "/0", "expected JSON that is not nested so deeply"),
    (b"9" * 9000, "", "expected JSON, got "),
    (b" " * 17_000 + b"36.8", "", "expected at most 16384 bytes, got 17004"),
]


@pytest.mark.parametrize(("payload", "pointer", "message"), NO_VALUES, ids=[each[2] for each in NO_VALUES])
def test_what_is_no_number_is_refused_in_one_short_sentence(payload, pointer, message):
    with pytest.raises(FrameMalformed) as caught:
        value(payload, pointer)
    assert str(caught.value).startswith(message)
    assert len(str(caught.value)) < 200
    assert "\n" not in str(caught.value)


def test_the_wrong_unit_gives_no_plausible_value():
    assert value(b"98.6").validity == "invalid"
    assert value(b"36.8", unit="fahrenheit").validity == "invalid"
    assert value(b"36.8").validity == "valid"


def test_the_sensors_own_profile_says_what_to_believe():
    item = value(b'{"tempc": 38.9}', "/tempc", profile="xiaomi_mmc_t201_1")
    assert (item.value, item.validity, item.reason) == (
        38.9,
        "questionable",
        "outside 36.5 to 37.8 Cel, where this sensor is proven",
    )
    core = value(b"38.9", profile="greenteg_core")
    assert (core.quantity, core.validity) == ("core_temperature", "valid")


def test_movement_comes_in_samples_with_its_rate_its_number_and_its_time():
    payload = json.dumps({"seq": 7, "t": 12.5, "acc": [[0, 0, 9.80665], [0, 9.80665, 0]]}).encode()
    item = value(payload, "/acc", "m/s2", MOTION, sequence="/seq", time="/t", rate_hz="50")
    assert item.values.tolist() == [[0, 0, 1], [0, 1, 0]]
    assert (item.quantity, item.rate_hz, item.counter, item.sensor_s) == ("acceleration", 50.0, 7, 12.5)
    magnitudes = value(b"[1000, 1010]", "", "mg", MOTION)
    assert magnitudes.values.tolist() == [1.0, 1.01]
    assert (magnitudes.quantity, magnitudes.rate_hz) == ("magnitude", 25.0)


SHAPES = [
    *("[]", "7", "null", "[[1, 2]]", "[[1, 2, 3], [1, 2]]", "[[1, 2, 3], 4]", "[4, [1, 2, 3]]", "[1, null]", '["1"]'),
    *("[[]]", "[[[1, 2, 3]]]", "[[1, 2, 1e999]]", "[true]", '{"0": 1}', f"[{'1,' * 1000}1]"),
]


@pytest.mark.parametrize("samples", SHAPES)
def test_samples_of_another_shape_are_refused_as_a_whole(samples):
    with pytest.raises(FrameMalformed, match=r"expected 1 to 1000 samples \[x, y, z\]"):
        value(samples.encode(), "", "g", MOTION)


def test_a_value_that_no_sensor_can_measure_spoils_its_packet():
    assert value(b"[[0, 0, 1], [0, 0, 170]]", "", "g", MOTION).validity == "invalid"
    assert value(b"[[0, 0, 1], [0, 0, 1.7]]", "", "g", MOTION).validity == "valid"


STAMPS = [
    ("2023-09-01T18:11:52-04:00", 1693606312.0),  # zigbee2mqtt, advanced.last_seen: ISO_8601_local
    ("2023-09-01T22:11:52.000Z", 1693606312.0),  # ISO_8601
    (1693606312000, 1693606312.0),  # epoch
    (1693606312, 1693606312.0),
    ("2023-09-01T18:11:52", None),  # of which zone?
    ("yesterday", None),
    (7355, None),  # seconds since the gateway was switched on
]


@pytest.mark.parametrize(("written", "wall_s"), STAMPS)
def test_a_time_is_one_of_day_only_if_it_leaves_no_doubt(written, wall_s):
    payload = json.dumps({"tempc": 36.8, "at": written}).encode()
    assert stamp(payload, {"time": "/at"}) == Stamp(str(written), wall_s)


def test_a_message_without_the_time_that_it_should_have_is_refused():
    for missing in (b'{"tempc": 36.8}', b'{"at": null}', b'{"at": ""}', b'{"at": [1]}', b'{"at": true}'):
        with pytest.raises(FrameMalformed):
            stamp(missing, {"time": "/at"})
    assert stamp(b"anything", {"value": "/tempc"}) == Stamp()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(payload=JSON.map(lambda document: json.dumps(document).encode()) | st.binary(max_size=60))
def test_any_message_gives_a_value_or_a_sentence(payload):
    for profile, unit in ((THERMOMETER, "celsius"), (MOTION, "g")):
        for pointer in ("", "/0", "/a/b"):
            for read in (partial(value, payload, pointer, unit, profile), partial(stamp, payload, {"time": pointer})):
                with suppress(FrameMalformed):
                    read()
