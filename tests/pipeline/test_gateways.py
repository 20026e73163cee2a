"""Thermometers that somebody else's gateway hears: what a gateway remembers and sends again is no measurement."""

import datetime as dt
import json
from dataclasses import replace

import pytest

from edge import pipeline
from edge.model.effect import KeepReading
from edge.model.event import AvailabilityReceived, FrameReceived
from edge.model.limits import Limits
from edge.model.people import Device, MqttSource, Site
from tests.support.frames import WALL_S, Air

TOPIC, BRIDGE = "zigbee2mqtt/patch", "zigbee2mqtt/bridge/state"
DEADLINE_S = 180.0


class Gateway(Air):
    """`publish` gives a message as it came, `said` a word of its availability."""

    def __init__(self, **options: str) -> None:
        how = {"value": "/temperature", "unit": "celsius", **options}
        source = MqttSource(TOPIC, (BRIDGE,))
        device = Device("patch", "mqtt_thermometer", "mia", site=Site.PATCH, options=how, mqtt=source)
        super().__init__(device, {"device/patch": Limits(no_data_temperature_s=DEADLINE_S)}.items())

    def publish(self, celsius: object, **more: object) -> None:
        self.hear("mqtt", json.dumps({"temperature": celsius, **more}).encode())

    def said(self, there: bool, *, kept: bool = False) -> None:
        self._step(AvailabilityReceived("patch", BRIDGE, there, kept))

    def stamp(self, back_s: float = 0.0) -> str:
        return dt.datetime.fromtimestamp(WALL_S + self.now_s - back_s, dt.UTC).isoformat()


def test_values_ring_as_those_of_any_thermometer_and_silence_after_its_own_deadline():
    gateway = Gateway()
    for at_s in range(0, 2400, 30):
        gateway.at(at_s)
        gateway.publish(round(36.8 + min(max(at_s - 900, 0) / 600, 1.8), 2), linkquality=at_s // 30 % 5)
    assert gateway.standing == {"fever"}
    gateway.at(2370 + DEADLINE_S - 4)
    assert "no_data" not in gateway.standing
    gateway.at(2370 + DEADLINE_S + 4)
    assert gateway.standing == {"fever", "no_data"}


def test_its_last_value_again_with_the_same_time_is_no_arrival():
    gateway = Gateway(time="/last_seen")
    gateway.publish(36.8, last_seen=gateway.stamp())
    last = gateway.stamp()
    for at_s in range(10, 400, 10):  # the sensor's battery is dead, other values of it make the gateway publish
        gateway.at(at_s)
        gateway.publish(36.8, last_seen=last, linkquality=at_s)
    assert "no_data" in gateway.standing
    assert gateway.why_not_watched.startswith("nothing usable heard: its gateway sends the last value again")
    assert len(gateway.celsius) == 1
    assert len(gateway.dropped) == 39
    gateway.publish(36.9, last_seen=gateway.stamp())
    gateway.at(gateway.now_s + 2)
    assert "no_data" not in gateway.standing
    assert gateway.celsius == [36.8, 36.9]


@pytest.mark.parametrize("field", ["last_seen", "packet"])
def test_a_number_that_goes_on_or_begins_anew_is_an_arrival(field):
    gateway = Gateway(**({"time": "/last_seen"} if field == "last_seen" else {"sequence": "/packet"}))
    for at_s, number in enumerate([253, 254, 255, 0, 1, 1, 2]):
        gateway.at(at_s * 30.0)
        gateway.publish(36.8, **{field: number})
    assert len(gateway.celsius) == 6


def test_a_cache_of_yesterday_that_is_heard_for_the_first_time_is_no_measurement():
    """Koenkk/zigbee2mqtt #1720: after a restart of the bridge all sensors are published again, dead ones too."""
    gateway = Gateway(time="/last_seen")
    gateway.publish(36.8, last_seen=gateway.stamp(back_s=86_400))
    gateway.at(DEADLINE_S + 4)
    assert gateway.celsius == []
    assert "no_data" in gateway.standing
    gateway.publish(36.8, last_seen=gateway.stamp(back_s=20))
    gateway.at(gateway.now_s + 2)
    assert gateway.celsius == [36.8]
    assert "no_data" not in gateway.standing


def test_without_a_time_what_comes_just_after_the_gateway_is_not_believed():
    """Koenkk/zigbee2mqtt #1720, #4225: the cache is sent at its start, and 30 s after Home Assistant's."""
    gateway = Gateway()
    gateway.publish(36.8)
    gateway.at(60)
    gateway.said(there=False)
    gateway.publish(36.8)
    for at_s in (62, 92):
        gateway.at(at_s)
        gateway.said(there=True)
        gateway.publish(36.8)
    assert len(gateway.celsius) == 1
    assert set(gateway.dropped) == {
        "its gateway says that it is offline",
        "its gateway has just come back and sends what it remembers",
    }
    gateway.at(160)
    gateway.publish(36.8)
    assert len(gateway.celsius) == 2


def test_what_the_broker_kept_of_its_availability_is_no_birth():
    gateway = Gateway()
    gateway.said(there=True, kept=True)
    gateway.publish(36.8)
    assert gateway.celsius == [36.8]


def test_a_gateway_that_is_offline_is_the_reason_of_the_silence():
    gateway = Gateway()
    gateway.publish(36.8)
    gateway.at(10)
    gateway.said(there=False)
    gateway.at(DEADLINE_S + 14)
    assert gateway.alarms["no_data"].evidence.refused == "its gateway says that it is offline"
    gateway.said(there=True)
    gateway.at(DEADLINE_S + 100)
    assert "no_data" in gateway.standing
    assert gateway.why_not_watched == "nothing heard"


def test_a_text_that_never_changes_keeps_nobody_alive_for_longer_than_half_an_hour():
    gateway = Gateway()
    for at_s in range(0, 2400, 30):
        gateway.at(at_s)
        gateway.publish(36.8)
    assert "no_data" in gateway.standing
    assert gateway.dropped[0].startswith("its gateway has sent the same text for half an hour")
    assert len(gateway.celsius) == 60
    gateway.publish(36.9)
    gateway.at(gateway.now_s + 2)
    assert "no_data" not in gateway.standing


def test_a_value_that_stays_beside_another_that_changes_is_one():
    gateway = Gateway()
    for at_s in range(0, 2400, 30):
        gateway.at(at_s)
        gateway.publish(36.8, rssi=-60 - at_s // 30 % 5)
    assert (gateway.standing, gateway.dropped) == (set(), [])


@pytest.mark.parametrize("celsius", ["unavailable", None, [36.8], {"v": 36.8}, True])
def test_no_value_is_counted_and_named_and_keeps_nobody_alive(celsius):
    gateway = Gateway()
    gateway.publish(36.8)
    for at_s in range(30, 300, 30):
        gateway.at(at_s)
        gateway.publish(celsius, n=at_s)
    assert "no_data" in gateway.standing
    assert len(gateway.dropped) == 9
    assert gateway.why_not_watched.startswith("nothing usable heard: expected a number at /temperature, got ")


def test_a_time_that_is_not_there_is_named():
    gateway = Gateway(time="/last_seen")
    gateway.publish(36.8)
    assert gateway.celsius == []
    assert gateway.why_not_watched == "nothing usable heard: expected something at /last_seen, and there is nothing"


@pytest.mark.parametrize(("synced", "kept"), [(False, 1), (True, 0)])
def test_while_the_hubs_clock_is_not_set_no_time_is_too_old(synced, kept):
    gateway = Gateway(time="/last_seen")
    payload = json.dumps({"temperature": 36.8, "last_seen": gateway.stamp(back_s=86_400)}).encode()
    now = replace(gateway.now, synced=synced)
    _, effects = pipeline.step(gateway.state, FrameReceived("patch", "mqtt", payload), now)
    assert sum(isinstance(effect, KeepReading) for effect in effects) == kept
