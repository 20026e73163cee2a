"""The configuration: what is wrong is named with file, line, key and what is allowed; layers merge by id."""

import datetime as dt
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge import config
from edge.config import Config, Source
from edge.errors import ConfigError
from edge.model.limits import BOUNDS, Limits
from edge.model.people import CarePlan, Limb, Medicine, MqttSource, Role, Site

WHOLE = """
[hub]
name = "cot"
[mqtt]
host = "broker.lan"
tls = true
[limits]
fever_c = 38.0
[[person]]
id = "mia"
name = "Mia"
born = 2026-03-01
limits = { fever_c = 38.2, no_data_motion_s = 30 }
[[device]]
id = "patch"
profile = "xiaomi_mmc_t201_1"
person = "mia"
site = "axilla"
limits = { fever_c = 38.4 }
[[device]]
id = "ankle"
profile = "polar_verity_sense"
person = "mia"
limb = "left_ankle"
[[caregiver]]
id = "anna"
name = "Anna"
role = "owner"
channels = ["credential:anna-ntfy"]
"""


def parse(*texts, environment=None):
    names = ["feverhub.toml", "settings.toml"]
    return config.parse([Source(text, name) for text, name in zip(texts, names, strict=False)], environment)


def refused(*texts, environment=None):
    with pytest.raises(ConfigError) as caught:
        parse(*texts, environment=environment)
    return str(caught.value).splitlines()


def test_nothing_set_works():
    assert parse() == Config()
    assert parse("") == Config()
    assert Config().mqtt.effective_port == 1883


def test_the_whole():
    known = parse(WHOLE)
    assert (known.hub.name, known.mqtt.effective_port, known.influx, known.web) == ("cot", 8883, None, None)
    (mia,) = known.persons
    assert (mia.name, mia.born) == ("Mia", dt.date(2026, 3, 1))
    patch, ankle = known.devices
    assert (patch.site, patch.limb, ankle.site, ankle.limb) == (Site.AXILLA, None, None, Limb.LEFT_ANKLE)
    (anna,) = known.caregivers
    assert (anna.role, anna.mqtt_user, anna.channels) == (Role.OWNER, "anna", ("credential:anna-ntfy",))
    assert known.limits_for(patch) == Limits(fever_c=38.4, no_data_motion_s=30)
    assert known.limits_for(ankle) == Limits(fever_c=38.2, no_data_motion_s=30)


PERSON = '[[person]]\nid = "mia"\n'
DEVICE = PERSON + '[[device]]\nid = "d"\nprofile = "p"\nperson = "mia"\n'

PLAN = PERSON + "[person.care_plan]\n"
GATEWAY = DEVICE + "site = 'patch'\nmqtt_source = 'home/gw/BTtoMQTT/1'\n"
STREAM = DEVICE + "limb = 'ankle'\nmqtt_source = 'cot/acc'\nmqtt_unit = 'g'\n"

WARD = "[[mqtt]]\nhost = 'a'\n[[mqtt]]\nid = 'ward'\n"

BAD = [
    # text, the whole message after the file's name
    ("[hub", "feverhub.toml: not TOML: Expected ']' at the end of a table declaration"),
    ("[hubb]", ":1: hubb: not a known table; did you mean 'hub'?"),
    ("[zzz]", ":1: zzz: not a known table; known are hub, mqtt, influx, web, storage, backup, homeassistant, camera,"),
    ("[person]\nid = 'mia'", ":1: person: must be written as [[person]]"),
    (
        "[[person]]\nid = 'mia'\nwatchfulness = 'brave'",
        ":3: person.watchfulness: 'brave' is not allowed: expected one of calm, balanced, watchful",
    ),
    ("[[hub]]\nname = 'x'", ":1: hub: must be written as [hub]"),
    (WARD + "[[mqtt]]\nid = 'ward'", ":6: mqtt.id: 'ward' is there twice; every id must be its own"),
    (WARD + "keepalive_s = 60", ":5: mqtt.keepalive_s: 60 is not allowed: expected a whole number from 5 to 36"),
    (WARD + "house_users = ['a']", ":5: mqtt.house_users: not a known key"),
    (WARD + "host = 'a b'", ":5: mqtt.host: 'a b' is not allowed: expected a name or an address"),
    (WARD + "answers = 'desk'", ":5: mqtt.answers: 'desk' is the user of no caregiver who may answer"),
    ("[[mqtt]]\nhost = 'a'\n[[mqtt]]\nhost = 'b'", ":3: mqtt: Object missing required field id"),
    (
        "[[mqtt]]\nhouse_users = ['desk']\n[[mqtt]]\nid = 'ward'\nanswers = 'desk'\n[[caregiver]]\nid = 'desk'",
        ":5: mqtt.answers: 'desk' is a user of the house too, and who sits in a ward is not in the house",
    ),
    ("name = 'x'", ":1: name: not a known table"),
    ("[hub]\nnme = 'x'", ":2: hub.nme: not a known key; did you mean 'name'?"),
    ("[hub]\n\nname = 'Two Words'", ":3: hub.name: 'Two Words' is not allowed: expected 1 to 32 of a-z, 0-9, _ and -"),
    ("[hub]\nname = 'health'", ":2: hub.name: 'health' is reserved; choose another name"),
    ("[hub]\nnight = '10pm'", ':2: hub.night: \'10pm\' is not allowed: expected a span of time, such as "22:00-07:00"'),
    ("[hub]\nnight = '24:00-07:00'", ":2: hub.night: '24:00-07:00' is not allowed: expected a span of time"),
    ("[hub]\nsounder_night_percent = 0", ":2: hub.sounder_night_percent: 0 is not allowed: expected a whole number"),
    ("[hub]\nsounder_day_percent = 101", ":2: hub.sounder_day_percent: 101 is not allowed: expected a whole"),
    ("[hub]\nbuzzer_pin = 1", ":2: hub.buzzer_pin: 1 is not allowed: expected a whole number from 2 to 27"),
    ("[hub]\nbuzzer_pin = 28", ":2: hub.buzzer_pin: 28 is not allowed: expected a whole number from 2 to 27"),
    ("[[caregiver]]\nid = 'a'\nphone_buttons = 1", ":3: caregiver.phone_buttons: 1 is not allowed: expected bool"),
    ("[mqtt]\nhouse_users = ['a/b']", ":2: mqtt.house_users: ['a/b'] is not allowed: expected at most 32 of"),
    ("[mqtt]\nusername = 'a/b'", ":2: mqtt.username: 'a/b' is not allowed: expected at most 32 of a-z, 0-9, _ and -"),
    ("[mqtt]\nusername = 'cmd'", ":2: mqtt.username: 'cmd' is reserved; choose another name"),
    (
        "[[device]]\nid = 'hand_left'\nprofile = 'osd_watch'\nperson = 'mia'\n[[person]]\nid = 'mia'",
        ":2: device.id: 'hand_left' begins as readings by hand do (hand_); choose another id",
    ),
    (
        "[mqtt]\nusername = 'a'\n[[caregiver]]\nid = 'a'",
        ":2: mqtt.username: 'a' is the user of caregiver 'a' too; the hub needs its own",
    ),
    ("[mqtt]\nport = 0", ":2: mqtt.port: 0 is not allowed: expected a whole number from 1 to 65535"),
    ("[mqtt]\nport = 70000", ":2: mqtt.port: 70000 is not allowed: expected a whole number from 1 to 65535"),
    ("[mqtt]\nport = '1883'", ":2: mqtt.port: '1883' is not allowed: expected a whole number from 1 to 65535"),
    ("[mqtt]\nkeepalive_s = 1", ":2: mqtt.keepalive_s: 1 is not allowed: expected a whole number from 5 to 300"),
    ("[mqtt]\nbroker = 'mine'", ":2: mqtt.broker: 'mine' is not allowed: expected one of external, embedded"),
    ("[storage]\nmax_mb = 1", ":2: storage.max_mb: 1 is not allowed: expected a whole number from 100 to 1000000"),
    ("[influx]\nurl = 'db.lan'", ":2: influx.url: 'db.lan' is not allowed: expected an address that begins with http"),
    ("[influx]\norg = 'x'", ":1: influx: Object missing required field url"),
    ("[limits]\nfever_c = 36.9", ":2: limits.fever_c: 36.9 is not allowed: expected a number from 37 to 41"),
    ("[limits]\nfever_c = 41.1", ":2: limits.fever_c: 41.1 is not allowed: expected a number from 37 to 41"),
    ("[limits]\nfever_c = nan", ":2: limits.fever_c: nan is not allowed: expected a number from 37 to 41"),
    ("[limits]\nfever_c = inf", ":2: limits.fever_c: inf is not allowed: expected a number from 37 to 41"),
    ("[limits]\nfever_c = true", ":2: limits.fever_c: True is not allowed: expected a number from 37 to 41"),
    ("[limits]\nfever_c = '38'", ":2: limits.fever_c: '38' is not allowed: expected a number from 37 to 41"),
    ("[limits]\nfever = 38.0", ":2: limits.fever: not a known key; did you mean 'fever_c'?"),
    (PERSON + "limits = { fever = 38 }", ":3: person.limits.fever: not a known key; did you mean 'fever_c'?"),
    (PERSON + "limits = 38", ":3: person.limits: expected a table of limits, such as { fever_c = 38.5 }"),
    (PERSON + "care_plan = 3", ":3: person.care_plan: expected a table, such as [person.care_plan] with rescue_drug"),
    (PLAN + "rescue_durg = 'x'", ":3: person.care_plan.rescue_durg: not a known key; did you mean 'rescue_drug'?"),
    (PLAN + "rescue_at_min = 16", ":3: person.care_plan.rescue_at_min: 16 is not allowed: expected a number from"),
    (PLAN + "ambulance = 'mum'", ":3: person.care_plan.ambulance: 'mum' is not allowed: expected a telephone number"),
    (
        PLAN + "rescue_drug = 'x'\nrescue_at_min = 2",
        ":3: person.care_plan: rescue_cue_min 3 is not before rescue_at_min 2",
    ),
    ("[[person]]\nname = 'Mia'", ":1: person: Object missing required field id"),
    (PERSON + PERSON, ":4: person.id: 'mia' is there twice; every id must be its own"),
    (PERSON + "born = 'March'", ":3: person.born: 'March' is not allowed: Invalid RFC3339 encoded date"),
    (DEVICE + "site = 'nose'", ":7: device.site: 'nose' is not allowed: expected one of axilla, patch, oral, ear"),
    (DEVICE + "limb = 'foot'", ":7: device.limb: 'foot' is not allowed: expected one of wrist, left_wrist"),
    (DEVICE + "site = 'ear'\nlimb = 'chest'", ":8: device: 'd' has both a site (thermometer) and a limb (motion)"),
    (
        DEVICE.replace('person = "mia"', 'person = "max"'),
        ":6: device.person: there is no [[person]] with id 'max'; did you mean 'mia'?",
    ),
    (
        DEVICE + "site = 'ear'\nlimits = { high_fever_c = 38.0 }",
        ":8: device d: high_fever_c 38 is not above its fever limit 38",
    ),
    ("[[caregiver]]\nid = 'a'\nrole = 'boss'", ":3: caregiver.role: 'boss' is not allowed: expected one of owner"),
    ("[[caregiver]]\nid = 'a'\nmqtt_user = 'a/#'", ":3: caregiver.mqtt_user: 'a/#' is not allowed: expected at most"),
    (
        "[[caregiver]]\nid = 'a'\n[[caregiver]]\nid = 'b'\nmqtt_user = 'a'",
        ":5: caregiver.mqtt_user: 'a' is the user of caregiver 'a' already; each needs its own",
    ),
    ("[hub]\nlanguage = 'tlh'", ":2: hub.language: 'tlh' is not allowed: expected one of en, de, es, fr, tr"),
    (
        "[[caregiver]]\nid = 'a'\nlanguage = 'tlh'",
        ":3: caregiver.language: 'tlh' is not allowed: expected one of en, de, es, fr, tr",
    ),
    (
        "[[caregiver]]\nid = 'a'\nunit = 'kelvin'",
        ":3: caregiver.unit: 'kelvin' is not allowed: expected one of celsius, fahrenheit",
    ),
    ("[hub]\nown_bluetooth = false", ":2: hub.own_bluetooth: without it and without a [[proxy]] nothing would"),
    ("[[proxy]]\nid = 'nursery'", ":1: proxy: Object missing required field host"),
    (
        "[[proxy]]\nid = 'nursery'\nhost = 'n.local'\nkey = 'abc'",
        ":4: proxy.key: a secret never stands here; put it into the file <proxy id>_key",
    ),
    ("[hub]\nadapters = ['eth0']", ":2: hub.adapters: ['eth0'] is not allowed: expected the name of a Bluetooth"),
    (PERSON + "born = 0026-03-14", ":3: person.born: 0026-03-14 is too long ago; is the year right?"),
    (DEVICE + "address = 'AA:BB:CC:00:00:0G'", ":7: device.address: 'AA:BB:CC:00:00:0G' is not allowed: expected six"),
    (
        DEVICE + "address = 'AA:BB:CC:00:00:01'\n[[device]]\nid = 'e'\nprofile = 'p'\nperson = 'mia'\n"
        "address = 'aabbcc000001'",
        ":12: device.address: AA:BB:CC:00:00:01 is the address of device 'd' too; each sensor is set up once",
    ),
    (
        "[[caregiver]]\nid = 'a'\nrole = 'viewer'\n[[caregiver]]\nid = 'b'\nrole = 'viewer'",
        ":3: caregiver.role: all caregivers are viewers, so nobody would be notified and nobody could answer",
    ),
    (
        "[mqtt]\nhouse_users = ['b']\n[[caregiver]]\nid = 'a'\n[[caregiver]]\nid = 'b'\nrole = 'viewer'",
        ":2: mqtt.house_users: 'b' is the user of caregiver 'b', a viewer, who may answer nothing",
    ),
    (DEVICE + "mqtt_source = 'home/+/x'", ":7: device.mqtt_source: 'home/+/x' is not allowed: expected a topic of at"),
    (DEVICE + "mqtt_unit = 'celsius'", ":7: device.mqtt_unit: there is no mqtt_source that it could be about; give"),
    (GATEWAY, ":3: device: 'd' has an mqtt_source and no mqtt_unit; say what its numbers are, one of celsius, fahren"),
    (GATEWAY + "mqtt_unit = 'C'", ":9: device.mqtt_unit: 'C' is not allowed: expected one of celsius, fahrenheit, kel"),
    (GATEWAY + "mqtt_unit = 'g'", ":9: device.mqtt_unit: 'g' is no unit of temperature: expected one of celsius, fahr"),
    (
        STREAM.replace("'g'", "'celsius'") + "mqtt_time = '/t'",
        ":9: device.mqtt_unit: 'celsius' is no unit of acceleration: expected one of g,",
    ),
    (STREAM, ":8: device: samples of 'd' need mqtt_sequence or mqtt_time; without one, a lost message could not be"),
    (STREAM + "mqtt_rate_hz = 10", ":10: device.mqtt_rate_hz: 10 is not allowed: expected a number from 20 to 210"),
    (GATEWAY + "mqtt_unit = 'celsius'\nmqtt_rate_hz = 25", ":10: device.mqtt_rate_hz: a thermometer sends no samples"),
    (GATEWAY + "mqtt_value = 'tempc'", ":9: device.mqtt_value: 'tempc' is not allowed: expected a JSON Pointer, such"),
    (GATEWAY + "mqtt_value = '/a~2'", ":9: device.mqtt_value: '/a~2' is not allowed: expected a JSON Pointer, such"),
    (
        GATEWAY + "mqtt_unit = 'celsius'\nmqtt_deadline_s = 3600",
        ":10: device.mqtt_deadline_s: 3600 is not allowed: expected a number from 120 to 1800",
    ),
    (
        STREAM + "mqtt_sequence = '/n'\nmqtt_deadline_s = 61",
        ":11: device.mqtt_deadline_s: 61 is not allowed: expected a number from 10 to 60",
    ),
    (
        GATEWAY + "mqtt_unit = 'celsius'\nmqtt_deadline_s = 300\nlimits = { no_data_temperature_s = 300 }",
        ":10: device.mqtt_deadline_s: limits of 'd' hold no_data_temperature_s too, which is the same; give one",
    ),
    (
        GATEWAY + "mqtt_unit = 'celsius'\naddress = 'AA:BB:CC:00:00:01'",
        ":10: device: 'd' has an address (the hub's own radio) and an mqtt_source (somebody else's gateway); give one",
    ),
    (
        DEVICE + "mqtt_source = 'feverhub/home/mia/temperature/patch'\nmqtt_unit = 'celsius'",
        ":7: device.mqtt_source: 'feverhub/home/mia/temperature/patch' is what a hub itself publishes; give the topic",
    ),
    (
        GATEWAY + "mqtt_unit = 'celsius'\nmqtt_availability = ['home/gw/BTtoMQTT/1']",
        ":10: device.mqtt_availability: 'home/gw/BTtoMQTT/1' is the topic of its values; give the one that says online",
    ),
    (GATEWAY + "mqtt_availability = ['home/#']", ":9: device.mqtt_availability: ['home/#'] is not allowed: expected a"),
    (
        GATEWAY + "mqtt_unit = 'celsius'\n[[device]]\nid = 'e'\nprofile = 'p'\nperson = 'mia'\n"
        "mqtt_source = 'home/gw/BTtoMQTT/1'\nmqtt_unit = 'kelvin'",
        ":14: device.mqtt_source: 'e' would read the same value as device 'd'; each sensor is set up once",
    ),
    *[(f"[[{table}]]\nid = '{word}'\n" + more, f":2: {table}.id: '{word}' is reserved; choose another id")
      for table, more in (("person", ""), ("caregiver", ""))
      for word in ("alarm", "cmd", "reply", "health", "status", "event")],
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), BAD, ids=[message[:60] for _, message in BAD])
def test_a_mistake_is_named_with_file_line_key_and_what_is_allowed(text, message):
    lines = refused(text)
    assert lines[0].removeprefix("feverhub.toml").startswith(message.removeprefix("feverhub.toml")), lines
    assert lines[0].startswith("feverhub.toml:")
    assert len(lines) == 1


SECRETS = [
    ("[mqtt]\npassword = 'hunter2'", "mqtt_password"),
    ("[influx]\nurl = 'http://db'\ntoken = 'hunter2'", "influx_token"),
    (DEVICE + "key = 'hunter2'", "<device id>_key"),
    (DEVICE + "bindkey = 'hunter2'", "<device id>_key"),
    ("[[caregiver]]\nid = 'a'\nchannels = ['ntfy://hunter2@host/topic']", "credential:NAME"),
    ("[[caregiver]]\nid = 'a'\nchannels = 'hunter2'", "a secret"),
]


@pytest.mark.parametrize(("text", "where"), SECRETS)
def test_a_secret_is_refused_with_its_place_and_never_repeated(text, where):
    (line,) = refused(text)
    assert where in line
    assert "hunter2" not in line


def test_a_secret_in_the_environment_is_refused_too():
    (line,) = refused("", environment={"FEVERHUB_MQTT__PASSWORD": "hunter2"})
    assert "mqtt_password" in line
    assert "hunter2" not in line


MEDICINE = (
    PERSON
    + """[[person.medicine]]
name = "Ibuprofen"
amount = 5
unit = "ml"
min_interval_h = 6
max_per_day = 3
"""
)
WRONG_PLANS = [
    ("amount = 5", "amount = 0", "amount: 0 is not allowed: expected a number from 0.001 to 10000"),
    ("amount = 5", "amount = 'five'", "amount: 'five' is not allowed: expected a number from 0.001 to 10000"),
    ("amount = 5", "amount = nan", "amount: nan is not allowed: expected a number"),
    ("amount = 5", "amount = true", "amount: True is not allowed: expected a number"),
    ("amount = 5", "dose = 5\namount = 5", "dose: not a known key; known are name, unit, amount"),
    ("= 6", "= 0.1", "min_interval_h: 0.1 is not allowed: expected a number from 0.25 to 72"),
    ("= 3", "= 3.5", "max_per_day: 3.5 is not allowed: expected a whole number from 1 to 24"),
    ("= 3", "= 25", "max_per_day: 25 is not allowed: expected a whole number from 1 to 24"),
    ("max_per_day = 3", "", "max_per_day is missing"),
    ('"ml"', '" "', "unit: ' ' is not allowed: expected a text of 1 to 20 characters"),
]


def test_the_familys_plan_for_medicines():
    both = MEDICINE + MEDICINE.removeprefix(PERSON).replace("Ibuprofen", "Paracetamol").replace(
        "amount = 5", "amount = 2.5"
    )
    (mia,) = parse(both).persons
    assert mia.medicines == (Medicine("Ibuprofen", 5, "ml", 6, 3), Medicine("Paracetamol", 2.5, "ml", 6, 3))


@pytest.mark.parametrize(("good", "bad", "message"), WRONG_PLANS, ids=[message for *_, message in WRONG_PLANS])
def test_a_mistake_in_the_plan_is_named_with_the_medicine(good, bad, message):
    (line,) = refused(MEDICINE.replace(good, bad))
    assert line.startswith(f"feverhub.toml:3: person.medicine 'Ibuprofen': {message}")


def test_a_plan_without_a_name_a_plan_twice_and_no_plan():
    (line,) = refused(MEDICINE.replace('name = "Ibuprofen"\n', ""))
    assert line == "feverhub.toml:3: person.medicine 1: name is missing"
    (line,) = refused(MEDICINE + MEDICINE.removeprefix(PERSON).replace("Ibuprofen", "ibuprofen"))
    assert line.endswith("person.medicine: 'ibuprofen' is there twice; give it one plan")
    (line,) = refused(PERSON + "medicine = 'Ibuprofen'")
    assert line == "feverhub.toml:3: person.medicine: must be written as [[person.medicine]]"


@pytest.mark.parametrize("spelt", ["aa:bb:cc:00:00:01", "AA-BB-CC-00-00-01", "aabbcc000001", "AA:BB:CC:00:00:01"])
def test_an_address_is_the_same_however_it_is_spelt(spelt):
    (device,) = parse(f"{DEVICE}address = {spelt!r}").devices
    assert device.address == "AA:BB:CC:00:00:01"


def test_a_viewer_beside_others_and_a_button_by_the_cot_are_fine():
    known = parse("[mqtt]\nhouse_users = ['cot']\n[[caregiver]]\nid = 'a'\n[[caregiver]]\nid = 'b'\nrole = 'viewer'")
    assert [each.role for each in known.caregivers] == [Role.CAREGIVER, Role.VIEWER]


def test_the_page_is_for_this_computer_alone_until_the_family_says_otherwise():
    assert parse("[hub]").web is None
    page = parse("[web]").web
    assert (page.host, page.port) == ("127.0.0.1", 8080)
    assert parse("[web]\nhost = '0.0.0.0'").warnings == ()
    with pytest.raises(ConfigError, match=r"feverhub.toml:2: web.host: 'http://hub' is not allowed"):
        parse("[web]\nhost = 'http://hub'")


def test_whether_pushes_may_say_name_and_value_is_asked_until_somebody_has_said():
    unsaid = parse(WHOLE)
    (line,) = unsaid.warnings
    number = WHOLE.splitlines().index("[[caregiver]]") + 1
    assert line.startswith(f"feverhub.toml:{number}: caregiver anna: may pushes")
    assert "share_details = true or false" in line
    assert not unsaid.caregivers[0].share_details
    for said in ("true", "false"):
        known = parse(f"{WHOLE}share_details = {said}\n")
        assert known.warnings == ()
        assert known.caregivers[0].share_details is (said == "true")


def test_a_sensor_that_a_gateway_hears_has_its_own_deadline_and_says_how_it_is_read():
    keys = "mqtt_unit = 'fahrenheit'\nmqtt_value = '/tempf'\nmqtt_time = '/last_seen'\nmqtt_deadline_s = 240\n"
    known = parse(GATEWAY + keys + "mqtt_availability = ['home/gw/LWT']\nlimits = { fever_c = 38.2 }")
    [device] = known.devices
    assert device.mqtt == MqttSource("home/gw/BTtoMQTT/1", ("home/gw/LWT",))
    assert device.options == {"value": "/tempf", "unit": "fahrenheit", "time": "/last_seen"}
    assert known.limits_for(device) == Limits(fever_c=38.2, no_data_temperature_s=240)
    [stream] = parse(STREAM + "mqtt_sequence = '/n'\nmqtt_deadline_s = 20").devices
    assert (stream.options["sequence"], stream.address) == ("/n", "")
    assert parse(STREAM + "mqtt_sequence = '/n'\nmqtt_deadline_s = 20").limits_for(stream).no_data_motion_s == 20


def test_a_gateway_whose_messages_say_no_time_is_warned_of():
    [line] = parse(GATEWAY + "mqtt_unit = 'celsius'").warnings
    assert line.startswith(
        "feverhub.toml:8: device d: a gateway that sends its last value again and again keeps a dead"
    )
    assert parse(GATEWAY + "mqtt_unit = 'celsius'\nmqtt_time = '/at'").warnings == ()


@pytest.mark.parametrize("limb", list(Limb))
def test_a_sensor_at_the_chest_works_and_a_better_place_is_named(limb):
    """Of simulated nights those with the sensor at the chest rang, by a hand that patted her back."""
    known = parse(PERSON + f"[[device]]\nid = 'band'\nprofile = 'acme'\nperson = 'mia'\nlimb = '{limb}'\n")
    lines = [line for line in known.warnings if "pats" in line]
    assert [line.split(": ")[1] for line in lines] == (["device band"] if limb is Limb.CHEST else [])


def test_every_mistake_is_found_in_one_pass():
    lines = refused("[hub]\nnme = 1\n[limits]\nfever_c = 50\n[[person]]\nname = ''\n")
    assert [line.split(": ")[0] for line in lines] == ["feverhub.toml:2", "feverhub.toml:4", "feverhub.toml:6"]


def test_the_care_plan_is_the_familys_own():
    (mia,) = parse(
        PLAN + "rescue_drug = 'midazolam'\nrescue_dose = '5 mg'\nrescue_at_min = 4\nambulance = '112'"
    ).persons
    assert mia.care_plan == CarePlan("midazolam", "5 mg", "", 3.0, 4.0, "112")
    assert parse(PERSON).persons[0].care_plan == CarePlan()


def test_layers_merge_by_id_and_key_by_key():
    settings_text = """
[limits]
high_fever_c = 39.9
[[person]]
id = "mia"
guidance = "Diazepam at minute 3."
limits = { fever_c = 38.6 }
[[caregiver]]
id = "ben"
"""
    known = parse(WHOLE, settings_text)
    assert known.limits == Limits(fever_c=38.0, high_fever_c=39.9)
    (mia,) = known.persons
    assert (mia.name, mia.guidance) == ("Mia", "Diazepam at minute 3.")
    assert known.limits_of["person/mia"] == Limits(fever_c=38.6, no_data_motion_s=30)
    assert [c.id for c in known.caregivers] == ["anna", "ben"]


def test_a_mistake_is_looked_for_in_the_layer_that_made_it():
    assert refused(WHOLE, "[[device]]\nid = 'patch'\nsite = 'nose'")[0].startswith("settings.toml:3: device.site")
    wrong = WHOLE.replace('site = "axilla"', 'site = "nose"')
    (line,) = refused(wrong, "[[device]]\nid = 'patch'\naddress = 'AA:BB:CC:00:00:01'")
    number = wrong.splitlines().index('site = "nose"') + 1
    assert line.startswith(f"feverhub.toml:{number}: device.site")


def test_the_first_of_several_brokers_is_the_familys_and_a_table_alone_is_it_too():
    one = parse("[mqtt]\nhost = 'home'\nusername = 'hub'")
    several = parse("[[mqtt]]\nhost = 'home'\nusername = 'hub'\n[[mqtt]]\nid = 'ward'\nhost = 'w'\ntls = true\n")
    assert several.mqtt == one.mqtt
    assert one.wards == ()
    (ward,) = several.wards
    assert (ward.id, ward.host, ward.effective_port, ward.keepalive_s) == ("ward", "w", 8883, 30)
    (ward,) = parse("[[mqtt]]\n[[mqtt]]\nid = 'w'\nhost = 'a'", "[mqtt]\nhost = 'home'").wards
    assert ward.host == "a"


def test_the_environment_wins_and_is_named_in_errors():
    known = parse(
        WHOLE, environment={"FEVERHUB_LIMITS__FEVER_C": "38.5", "FEVERHUB_MQTT__HOST": "10.0.0.7", "HOME": "/"}
    )
    assert (known.limits.fever_c, known.mqtt.host, known.mqtt.tls) == (38.5, "10.0.0.7", True)
    (line,) = refused("", environment={"FEVERHUB_LIMITS__FEVER_C": "45"})
    assert line.startswith("environment FEVERHUB_LIMITS__FEVER_C:2: limits.fever_c: 45 is not allowed")


@pytest.mark.parametrize(
    "value", ['"x"\n[mqtt]\nhost = "evil"', "38.5\n[mqtt]\nhost='x'", 'a"b\\c', "", "[", "'''", "☃"]
)
def test_no_value_of_the_environment_breaks_out_of_its_key(value):
    try:
        known = parse("", environment={"FEVERHUB_HUB__SOUNDER": value})
    except ConfigError:
        return
    assert known.mqtt == Config().mqtt
    assert known.hub.sounder in (value, value.strip())


@pytest.mark.parametrize("key", sorted(BOUNDS))
def test_bounds_are_refused_not_clipped(key):
    low, high = BOUNDS[key].low, BOUNDS[key].high
    for value in (low, high):
        assert getattr(parse(f"[limits]\n{key} = {value}").limits, key) == value
    for value in (low - 0.1, high + 0.1):
        assert f"expected a number from {low:g} to {high:g}" in refused(f"[limits]\n{key} = {value}")[0]


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=200), st.text(alphabet="[]=\"\n'hubmqtpersonid.{},1 ", max_size=200)))
def test_any_text_is_read_or_refused_in_words(text):
    with suppress(ConfigError):
        assert isinstance(parse(text), Config)


def test_the_tables_of_the_package_are_small():
    for path in Path(config.__file__).parent.glob("*.py"):
        assert len(path.read_text("utf-8").splitlines()) <= 300, path
