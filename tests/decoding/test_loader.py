"""A profile that is wrong says where, and what was meant."""

import re

import pytest

from edge.app.load.profiles import profiles_root
from edge.decoding import parse_profile
from edge.decoding.formats import NAMED
from edge.decoding.profile import Flag, Link, Match, Proven, Subscription, Write
from edge.decoding.table import Table
from edge.errors import ProfileError
from edge.model.reading import Quantity, Validity

GOOD = """\
id = "maker_sensor"
name = "Sensor"
vendor = "Maker"
quantities = ["temperature", "acceleration"]
link = "gatt"
rate_hz = 25
rhythm = true
expected_interval_s = 2

[match]
names = ["Sensor"]
services = ["1809"]

[[subscribe]]
characteristic = "2a1c"

[[start]]
characteristic = "0xfff1"
payload = "01 02"
checksum = "sum8"

[[format]]
kind = "characteristic:2A1C"
fields = [
  { name = "flags", type = "u8", reserved = 0xF0 },
  { quantity = "temperature", type = "i16be", scale = 0.01, when = "!flags.2", gate = "quality" },
  { name = "quality", type = "u8", states = { 0 = "invalid", 1 = "valid" } },
  { quantity = "acceleration", type = "i16le", axes = 3, samples = 0, scale = 0.001 },
]

[range.temperature]
valid = [34, 43.0]
accuracy = "0.1 Cel"

[about]
proven = "specification"
age = "all"
worn = "chest"
battery = "long"
hazards = "none known"
source = "its standard"
"""


def test_a_good_profile_in_full():
    profile = parse_profile(GOOD, "profile.toml")
    uuid = "00002a1c-0000-1000-8000-00805f9b34fb"
    assert profile.link is Link.GATT
    assert profile.match == Match(names=("Sensor",), services=("00001809-0000-1000-8000-00805f9b34fb",))
    assert profile.subscribe == (Subscription(uuid, "characteristic:2a1c"),)
    assert profile.start == (Write("0000fff1-0000-1000-8000-00805f9b34fb", bytes([1, 2, 3])),)
    assert profile.ranges[Quantity.TEMPERATURE].valid == (34.0, 43.0)
    assert profile.ranges[Quantity.TEMPERATURE].possible == (10.0, 50.0)
    assert profile.proven is Proven.SPECIFICATION
    assert profile.rhythm
    fields = profile.formats["characteristic:2a1c"][0].fields
    assert fields[1].when == Flag("flags", 2, wanted=False)
    assert fields[2].states == {0: Validity.INVALID, 1: Validity.VALID}
    assert fields[3].samples == 0


WRONG = [
    (
        'scale = 0.01, when = "!flags.2"',
        'scal = 0.01, when = "!flags.2"',
        26,
        "format.fields.scal",
        "did you mean 'scale'",
    ),
    ('type = "i16be"', 'type = "i16bee"', 26, "format.fields.type", "did you mean 'i16be'"),
    (
        'quantity = "temperature", type',
        'quantity = "temperatur", type',
        26,
        "format.fields.quantity",
        "did you mean 'temperature'",
    ),
    ('when = "!flags.2"', 'when = "flag.2"', 26, "format.fields.when", "did you mean 'flags'"),
    ('when = "!flags.2"', 'when = "flags"', 26, "format.fields.when", "expected a flag like flags.3"),
    ('gate = "quality"', 'gate = "qualify"', 25, "format.fields", "'qualify' is not a field with states"),
    ("expected_interval_s = 2", "expected_interval_s = 0", 8, "expected_interval_s", "more than 0"),
    (
        "expected_interval_s = 2",
        "expected_intervall_s = 2",
        8,
        "expected_intervall_s",
        "did you mean 'expected_interval_s'",
    ),
    ("rhythm = true", "rhytm = true", 7, "rhytm", "did you mean 'rhythm'"),
    ("rate_hz = 25", "rate_hz = 10", 7, "rhythm", "20 Hz or more"),
    ('services = ["1809"]', 'services = ["18x9"]', 12, "match.services", "is not a UUID"),
    ('payload = "01 02"', 'payload = "01 0"', 19, "start.payload", "expected bytes in hex"),
    ('checksum = "sum8"', 'checksum = "crc8"', 20, "start.checksum", "expected sum8"),
    ('kind = "characteristic:2A1C"', 'kind = "chara:2A1C"', 23, "format.kind", "expected a kind like"),
    ('characteristic = "2a1c"', 'characteristic = "2a1e"', 14, "subscribe", "characteristic:2a1e has no format"),
    ("valid = [34, 43.0]", "valid = [43.0, 34]", 32, "range.temperature.valid", "the lower one first"),
    ("valid = [34, 43.0]", "valid = [5, 43.0]", 32, "range.temperature.valid", "inside 10 to 50"),
    ("valid = [34, 43.0]", "valid = [34, 43]\npossible = [0, 90]", 33, "range.temperature.possible", "inside 10 to 50"),
    ('accuracy = "0.1 Cel"', "", 31, "range.temperature.accuracy", "is missing"),
    ("[range.temperature]", "[range.skin_temperature]", 1, "range", "temperature needs a [range.temperature]"),
    ('proven = "specification"', 'proven = "heard"', 36, "about.proven", "expected one of"),
    ('hazards = "none known"', 'hazards = ""', 40, "about.hazards", "must not be empty"),
    ("axes = 3", "axes = 2", 28, "format.fields.axes", "acceleration has 3 axes"),
    ('id = "maker_sensor"', 'id = "Maker Sensor"', 1, "id", "lower-case letters"),
    (
        'quantities = ["temperature", "acceleration"]',
        'quantities = ["temperature"]',
        4,
        "quantities",
        "lacks acceleration, which a field gives",
    ),
    ('link = "gatt"', 'link = "gat"', 5, "link", "did you mean 'gatt'"),
    ("rate_hz = 25", "rate_hz = true", 6, "rate_hz", "expected a number"),
]


@pytest.mark.parametrize(("good", "bad", "line", "key", "says"), WRONG, ids=[f"{row[3]}: {row[4]}" for row in WRONG])
def test_names_file_line_key_and_what_was_expected(good, bad, line, key, says):
    assert good in GOOD
    with pytest.raises(ProfileError) as caught:
        parse_profile(GOOD.replace(good, bad, 1), "some/profile.toml")
    message = str(caught.value)
    assert message.startswith(f"some/profile.toml, line {line}, {key}: ")
    assert says in message


def test_broken_toml_names_the_line():
    with pytest.raises(ProfileError, match=r"profile.toml: not valid TOML: .*line 2"):
        parse_profile('id = "x"\nname = \n', "profile.toml")


def test_every_key_is_documented(monkeypatch):
    asked: set[str] = set()
    finish = Table.finish

    def listen(table: Table) -> None:
        asked.update(table._known)
        finish(table)

    monkeypatch.setattr(Table, "finish", listen)
    for ident in ("kinsa_thermometer", "taidoc_fora", "greenteg_core"):
        parse_profile((profiles_root() / ident / "profile.toml").read_text(), ident)
    assert {"id", "kinds", "kind", "checksum", "states", "hazards", "valid"} <= asked
    text = (profiles_root() / "README.md").read_text()
    assert [key for key in sorted(asked) if not re.search(rf"[`\[]{key}[`.\]]", text)] == []
    assert [name for name in NAMED if f"`{name}`" not in text] == []


def test_an_option_that_the_sensor_says_itself():
    text = GOOD.replace('characteristic = "2a1c"\n', 'characteristic = "2a1c"\noptions = { format = "fff5" }\n', 1)
    [subscription] = parse_profile(text, "profile.toml").subscribe
    assert subscription.options == {"format": "0000fff5-0000-1000-8000-00805f9b34fb"}
    with pytest.raises(ProfileError, match=r"options.format: 'x' is not a UUID"):
        parse_profile(text.replace("fff5", "x"), "profile.toml")
