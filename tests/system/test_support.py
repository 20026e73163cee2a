"""`feverhub support`: everything of a family is planted everywhere, and none of it is in the file."""

import json
import stat

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from edge.app.client import doctor, heard, support
from edge.app.load import checked
from tests.support import homes

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]

FAMILY = """
[backup]
folder = "/media/zoetrope/stick"
[heartbeat]
url = "https://hc.example.org/3f9c1d2e-heart"
[[person]]
id = "philippa"
name = "Philippa Zoetrope"
born = 2025-08-01
guidance = "Call Aunt Wilhelmina next door"
[[person.medicine]]
name = "Paracetamolix"
amount = 5.0
unit = "ml"
min_interval_h = 6
max_per_day = 3
[person.care_plan]
ambulance = "0171 5551234"
rescue_drug = "Midazolamix"
rescue_place = "kitchen of Wilhelmina"
[[device]]
id = "cotpatch"
profile = "health_thermometer"
person = "philippa"
site = "axilla"
address = "A1:B2:C3:D4:E5:F6"
limits = { fever_c = 38.6 }
[[caregiver]]
id = "ottoline"
name = "Ottoline Zoetrope"
mqtt_user = "otti"
channels = ["credential:phone_otti"]
"""
SECRETS = {"phone_otti": "ntfys://ntfy.example.org/very-long-secret-topic-77", "mqtt_password": "correct horse battery"}
HIDDEN = [
    *("philippa", "zoetrope", "ottoline", "otti", "wilhelmina", "paracetamolix", "midazolamix", "cotpatch"),
    *("very-long-secret-topic-77", "example.org", "5551234", "3f9c1d2e", "192.168.7.31", "39.42"),
    *("a1:b2:c3:d4:e5:f6", "a1_b2_c3_d4_e5_f6"),
]
LOG = """[12.1] feverhub[700]: alarm person=philippa text='Philippa: 39.42 °C, limit 38.60 °C'
[12.2] feverhub[700]: push to ottoline over ntfys://ntfy.example.org/very-long-secret-topic-77 failed
[12.3] feverhub[700]: mqtt.refused topic=feverhub/cot/cmd/otti/dose password='correct horse battery'
[12.4] feverhub[700]: /org/bluez/hci0/dev_A1_B2_C3_D4_E5_F6 gone, A1:B2:C3:D4:E5:F6, philippa_cotpatch
[12.5] feverhub[700]: page 192.168.7.31 asked by OTTOLINE, mail otti@example.org /home/zoetrope/x.toml
[12.6] feverhub[700]: frame.dropped device=cotpatch kind=characteristic:2a1c why='expected 5 bytes, got 2' count=4
"""


@pytest.fixture
def family(tmp_path):
    with homes.home(tmp_path, FAMILY) as home:
        for name, text in SECRETS.items():
            home.secret(name, text)
        home.secret("mqtt_password", home.broker.users["hub"])
        yield home


async def test_nothing_of_the_family_is_in_it_and_the_fault_is(family):
    home = family
    found = await doctor.examine(home.config, state_dir=home.state)
    (home.folder / "credentials" / "mqtt_password").write_text(SECRETS["mqtt_password"])
    text = support.collect(home.config, found, LOG).text
    assert [word for word in (*HIDDEN, "correct horse", home.broker.users["hub"]) if word in text.lower()] == []
    assert str(home.folder) not in text
    # Positive controls: what a fault is found by stays, and so does who is who.
    assert "frame.dropped device=<device 1> kind=characteristic:2a1c why='expected 5 bytes, got 2' count=4" in text
    assert "alarm person=<person 1>" in text
    assert '"profile": "health_thermometer"' in text
    assert '"fever_c": 38.6' in text
    assert "feverhub 0" in text
    assert "hub: the hub does not run" in text


BTHOME_KEY = bytes(range(16))


def test_frames_of_the_last_hour_tell_a_fault_and_neither_address_name_nor_key(tmp_path):
    """Frames in the clear with an address in them, sealed ones, ones that nobody can read, and of nobody."""
    address = bytes.fromhex("A1B2C3D4E5F6")
    (tmp_path / "credentials").mkdir()
    secret = tmp_path / "credentials" / "patch_key"
    secret.touch(mode=0o600)
    secret.write_text(BTHOME_KEY.hex())
    file = tmp_path / "feverhub.toml"
    sensors = "".join(
        f'[[device]]\nid = "{name}"\nprofile = "bthome_v2"\nperson = "philippa"\nsite = "axilla"\n'
        f'address = "A1:B2:C3:D4:E5:{end}"\n'
        for name, end in (("cotpatch", "F6"), ("patch", "F7"))
    )
    person = '[[person]]\nid = "philippa"\nname = "Philippa"\nborn = 2025-08-01\n'
    file.write_text(f'[hub]\ncredentials_dir = "{tmp_path}/credentials"\nsounder = ""\n{person}{sensors}')
    loaded = checked.load(file, state_dir=tmp_path)
    celsius = b"\x02\xca\x09"
    info, counter = b"\x41", (7).to_bytes(4, "little")
    box = AESCCM(BTHOME_KEY, tag_length=4).encrypt(address[:5] + b"\xf7" + b"\xd2\xfc" + info + counter, celsius, None)
    said = [
        ("cotpatch", b"\x42" + address[::-1] + celsius),
        ("cotpatch", b"\x40" + celsius),
        ("patch", info + box[:-4] + counter + box[-4:]),
        ("cotpatch", b"\x60Philippa's" + address),
        ("nobody", b"\x40" + celsius),
    ]
    lines = "".join(
        json.dumps({"ago_s": 12.5, "device": name, "kind": "service_data:fcd2", "rssi": -61, "payload": raw.hex()})
        + "\n"
        for name, raw in said
    )
    shown = [json.loads(line) for line in heard.masked(lines, loaded)]
    text = json.dumps(shown)
    hidden = (address.hex(), address[::-1].hex(), b"Philippa".hex(), BTHOME_KEY.hex(), "cotpatch", "philippa")
    assert [each for each in hidden if each in text] == []
    assert [each["sensor"] for each in shown] == [1, 1, 2, 1]
    assert shown[0]["payload"] == (b"\x42" + bytes(6) + celsius).hex()
    assert shown[1] == {
        "ago_s": 12.5,
        "sensor": 1,
        "kind": "service_data:fcd2",
        "rssi": -61,
        "payload": (b"\x40" + celsius).hex(),
    }
    assert shown[2]["sealed_bytes"] == len(said[2][1])
    assert "payload" not in shown[2]
    assert shown[3]["unread"]


async def test_a_running_hub_is_asked_for_its_frames_and_its_own_file_is_gone(family):
    with family.running():
        await family.online()
        loaded = checked.load(family.config, state_dir=family.state)
        assert await heard.heard(loaded) == "there is no owner who could ask the hub for them"
        family.config.write_text(
            family.config.read_text().replace('mqtt_user = "otti"', 'mqtt_user = "otti"\nrole = "owner"')
        )
    with family.running():
        await family.online()
        loaded = checked.load(family.config, state_dir=family.state)
        assert await heard.heard(loaded) == "the radio has heard nothing of the sensors"
        assert not (family.state / heard.FILE).exists()
    assert "is not running" in await heard.heard(loaded)


async def test_it_is_shown_then_written_for_its_owner_alone_and_over_nothing(family):
    log, out = family.folder / "log.txt", family.folder / "report.txt"
    log.write_text(LOG)
    command = ("support", "--config", str(family.config), "--out", str(out), "--log", str(log))
    done = family.feverhub(*command)
    assert done.returncode == 0, done.stderr
    assert "the last 500 lines of the log: 6 lines" in done.stderr
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "ottoline" not in out.read_text().lower()
    again = family.feverhub(*command)
    assert (again.returncode, "there is such a file already" in again.stderr) == (1, True)


async def test_without_a_usable_configuration_what_looks_like_an_address_is_hidden(family):
    family.config.write_text("[hubb]\n")
    found = await doctor.examine(family.config, state_dir=family.state)
    text = support.collect(family.config, found, LOG).text
    assert [word for word in ("example.org", "a1:b2", "192.168", "39.42") if word in text.lower()] == []
    assert "configuration: " in text
