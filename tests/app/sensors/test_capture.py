"""Captures hold what a sensor said and nothing that tells whose it is."""

import json
import shutil

import pytest

from edge.app.load import checked
from edge.app.load.profiles import check_profiles, load_profiles, profiles_root
from edge.app.sensors.capture import Recorder, configured, is_address, mask, record
from edge.errors import EdgeError
from edge.model.event import FrameReceived
from edge.model.people import Device
from edge.radio.discovery import Air
from tests.support.air.bumble_backend import Air as Sky
from tests.support.air.rig import QuickClock
from tests.support.air.sensors import BEACON_AT, beacon

PROFILES = load_profiles(profiles_root())
RUUVI = bytes.fromhex("0512fc5394c37c0004fffc040cac364200cdcbb8334c884f")
MIBEACON = bytes.fromhex("7022db006fc16fddf9810009002005c60d630d51")
SEALED = bytes.fromhex("41a47266c95f730011223378237214")
SEALED_AT, BIND_KEY = "54:48:E6:8F:80:A5", "231d39c1d7cc1ab1aee224cd096db932"
HAS_ADDRESS = [
    ("ruuvi_tag", "manufacturer:0499", RUUVI, "CB:B8:33:4C:88:4F"),
    ("xiaomi_mmc_t201_1", "service_data:fe95", MIBEACON, "00:81:F9:DD:6F:C1"),
    ("bthome_v2", "service_data:fcd2", bytes.fromhex("42a5808fe6485402ca0903bf13"), SEALED_AT),
]


def recorder(profile: str, address: str = "", key: str = "", **more) -> Recorder:
    return Recorder(Device("x", profile, "", address, key=key), PROFILES[profile], **more)


@pytest.mark.parametrize(("profile", "kind", "payload", "address"), HAS_ADDRESS)
@pytest.mark.parametrize("known", [True, False])
def test_an_address_in_the_bytes_is_zeroed_and_the_readings_stay(profile, kind, payload, address, known):
    """Also when the sensor advertises under another address than the one it writes down."""
    own = bytes.fromhex(address.replace(":", ""))
    assert own in payload or own[::-1] in payload
    hand = recorder(profile, address if known else "C0:00:00:00:00:0A")
    hand.receive(FrameReceived("x", kind, payload), 5.0)
    [line] = hand.lines
    written = bytes.fromhex(line["payload"])
    assert len(written) == len(payload)
    assert own not in written
    assert own[::-1] not in written
    assert set(line) == {"t", "kind", "payload", "rssi", "source", "readings"}
    assert line["readings"]


def test_an_address_where_no_format_has_one_is_zeroed_too():
    payload = b"\x01\x02" + bytes.fromhex("C0000000000A") + b"\x03" + bytes.fromhex("0A00000000C0")
    profile = PROFILES["osd_watch"]
    masked = mask(profile, next(iter(profile.formats)), payload, "C0:00:00:00:00:0A", {"format": "0"})
    assert masked == b"\x01\x02" + bytes(6) + b"\x03" + bytes(6)


def test_shipped_frames_without_a_key_are_masked_without_loss():
    """Every profile, so that a new one with an address in its bytes is met."""
    for profile in PROFILES.values():
        for file in (profiles_root() / profile.id / "captures").glob("*.jsonl"):
            for text in file.read_text().splitlines():
                row = json.loads(text)
                if "key" not in row:
                    hand = Recorder(Device("x", profile.id, "", options=row.get("options", {})), profile)
                    hand.receive(FrameReceived("x", row["kind"], bytes.fromhex(row["payload"])), 0.0)
                    assert [line["readings"] for line in hand.lines] == [row["readings"]]


def test_encrypted_frames_are_refused_unless_address_and_key_may_be_kept():
    frame = FrameReceived("x", "service_data:fcd2", SEALED)
    with pytest.raises(EdgeError, match="--keep-address"):
        recorder("bthome_v2", SEALED_AT, BIND_KEY).receive(frame, 0.0)
    hand = recorder("bthome_v2", SEALED_AT, BIND_KEY, keep_address=True)
    hand.receive(frame, 0.0)
    assert (hand.lines[0]["address"], hand.lines[0]["key"]) == (SEALED_AT, BIND_KEY)


def test_keep_address_keeps_nothing_where_nothing_is_encrypted():
    hand = recorder("ruuvi_tag", "CB:B8:33:4C:88:4F", keep_address=True)
    hand.receive(FrameReceived("x", "manufacturer:0499", RUUVI), 0.0)
    assert hand.lines[0]["payload"] == RUUVI[:-6].hex() + "00" * 6
    assert "address" not in hand.lines[0]


def test_what_cannot_be_read_is_counted_and_not_written():
    hand = recorder("ruuvi_tag")
    hand.receive(FrameReceived("x", "manufacturer:0499", b"\x05\x01"), 0.0)
    assert (hand.lines, hand.refused) == ([], 1)
    assert "expected 2 bytes of temperature" in hand.why


def test_for_a_report_of_a_fault_unread_frames_are_kept_without_the_own_address():
    own = bytes.fromhex(BEACON_AT.replace(":", ""))
    hand = recorder("ruuvi_tag", BEACON_AT, keep_unread=True)
    hand.receive(FrameReceived("x", "manufacturer:0499", RUUVI, -60), 5.0)
    hand.receive(FrameReceived("x", "manufacturer:0499", b"\x05" + own, -61), 6.5)
    read, unread = hand.lines
    assert (read["t"], unread["t"], unread["rssi"]) == (0.0, 1.5, -61)
    assert unread["payload"] == "05" + 6 * "00"
    assert "expected 6 bytes of acceleration" in unread["unread"]


def test_a_frame_is_written_with_the_moment_of_its_arrival_not_of_its_turn():
    hand = recorder("ruuvi_tag", BEACON_AT)
    for arrived_s, taken_s in ((5.0, 5.1), (6.0, 9.0)):
        hand.receive(FrameReceived("x", "manufacturer:0499", RUUVI, arrival_s=arrived_s), taken_s)
    assert [line["t"] for line in hand.lines] == [0.0, 1.0]


async def test_a_beacons_frames_become_a_capture_that_the_check_of_profiles_accepts(tmp_path):
    sky = await Sky().start()
    await beacon(sky, RUUVI)
    hand = recorder("ruuvi_tag", BEACON_AT)
    lines = await record(Air(QuickClock(10), backend=sky.backend()), hand, 10)
    assert len(lines) >= 2
    arrivals = [line["t"] for line in lines]
    assert arrivals[0] == 0
    assert arrivals == sorted(arrivals)
    shutil.copytree(profiles_root() / "ruuvi_tag", tmp_path / "ruuvi_tag")
    file = tmp_path / "ruuvi_tag" / "captures" / "heard.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert list(check_profiles(tmp_path)) == []


@pytest.mark.parametrize(("payload", "says"), [(b"\x05ab", "could read none of"), (None, "nothing was heard")])
async def test_a_capture_of_nothing_is_a_failure(payload, says):
    sky = await Sky().start()
    if payload:
        await beacon(sky, payload)
    with pytest.raises(EdgeError, match=says):
        await record(Air(QuickClock(20), backend=sky.backend()), recorder("ruuvi_tag", BEACON_AT), 10)


def test_an_address_is_told_from_an_id():
    assert is_address("c0:00:00:00:00:0a")
    assert not is_address("patch")


def test_an_unknown_id_is_one_sentence(tmp_path):
    file = tmp_path / "feverhub.toml"
    file.write_text('[[person]]\nid = "mia"\n')
    with pytest.raises(EdgeError, match=r"no sensor 'patch' in the configuration \(known: none\)"):
        configured(checked.load(file, state_dir=tmp_path, environment={}), "patch")
