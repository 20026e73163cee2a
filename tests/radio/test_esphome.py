"""A Bluetooth proxy of the house as a second ear: the client against a native API over simulated air.

Public reports tried here: esphome/esphome #12185 and home-assistant/core #175664 (the API goes on, no advertisement
comes any more), Bluetooth-Devices/bleak-esphome #394 (a stale subscriber makes the proxy turn the new one down without
a word), bleak-esphome #430 and esphome #18879 (a connection of the last life is kept and a new one refused),
esphome #3652 (the proxy restarts in the middle).
"""

import asyncio
import dataclasses

import pytest
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason
from bumble.core import AdvertisingData

from edge.errors import ConfigError
from edge.model.alarm import Condition
from edge.model.event import FaultReported
from edge.radio.bleak_source import BleakSource
from edge.radio.bluez import Change
from edge.radio.link import State
from edge.radio.proxy import check_key
from tests.support.air.bumble_backend import Air
from tests.support.air.esphome import KEY, OTHER_KEY, FakeProxy, proxy_on
from tests.support.air.rig import MEASUREMENT, PMD_DATA, PROFILES, START, QuickClock, device, listening
from tests.support.air.sensors import BEACON_AT, FEVER, STRAP_AT, THERMOMETER_AT, beacon, strap, thermometer

DOWN, DEGRADED = Condition.ADAPTER_DOWN, Condition.HUB_DEGRADED
OFF = BleakBluetoothNotAvailableError("off", BleakBluetoothNotAvailableReason.POWERED_OFF)
pytestmark = pytest.mark.system


@pytest.fixture
async def house() -> Air:
    """The hub's own adapter, and a proxy that hears everyone 20 dB louder."""
    air = await Air().start("hci0", "proxy")
    air.rssi_dbm = {"hci0": -80, "proxy": -60}
    return air


def hub(air: Air, *devices, proxy: FakeProxy, speed=1.0, own=True, **changed) -> BleakSource:
    backend = dataclasses.replace(air.backend(), adapters=("hci0",))
    return BleakSource(
        devices,
        PROFILES,
        QuickClock(speed),
        backend=backend,
        chance=lambda: 0.0,
        proxies=[proxy.proxy(**changed)],
        own=own,
    )


def over(radio, ident="s"):
    return radio._links[ident].adapter if radio.states[ident] is State.STREAMING else None


def standing(heard, condition):
    fault = next((each for each in reversed(heard.faults) if each.condition is condition), None)
    return fault.detail if fault and fault.present else ""


@pytest.mark.parametrize("key", [KEY, None], ids=["encrypted", "plain"])
async def test_advertisements_arrive_over_the_proxy_alone_with_its_level(house, key):
    await beacon(house)
    async with proxy_on(house, key=key) as proxy:
        radio = hub(house, device("b", "beacon", BEACON_AT), proxy=proxy, own=False)
        async with listening(radio) as heard:
            await heard.until(lambda: heard.frames("b", "service_data:fcd2"))
            assert heard.frames("b", "manufacturer:0499")[0].payload == b"\x05ab"
            assert heard.frames("b", "manufacturer:0499")[0].rssi_dbm == -60
            assert [each["adapter"] for each in radio.health()["adapters"]] == ["proxy nursery"]
            assert radio.health()["sensors"][0]["adapter"] == "proxy nursery"
            assert heard.faults == [FaultReported(DOWN, False)]


async def test_a_strap_streams_over_the_proxy_is_started_and_stopped_and_its_slot_is_given_back(house):
    sensor = await strap(house)
    async with proxy_on(house) as proxy:
        radio = hub(house, device("s", "strap", STRAP_AT), proxy=proxy)
        async with listening(radio) as heard:
            await heard.until(lambda: over(radio) == "proxy nursery")
            assert [payload for _, payload in sensor.writes] == [START]
            for count in range(40):
                await sensor.send(PMD_DATA, count.to_bytes(2, "little") * 10)
                await asyncio.sleep(0.02)
            await heard.until(lambda: len(heard.frames("s")) == 40)
            assert [frame.payload[0] for frame in heard.frames("s")] == list(range(40))
        assert len(sensor.writes) == 2
        assert not sensor.connected


async def test_a_thermometer_is_heard_over_the_ear_that_is_left_when_the_proxy_loses_its_power(house):
    sensor = await thermometer(house)
    async with proxy_on(house) as proxy:
        radio = hub(house, device("t", "thermometer", THERMOMETER_AT), proxy=proxy, speed=5)
        async with listening(radio) as heard:
            await heard.until(lambda: over(radio, "t") == "proxy nursery")
            await proxy.stop()
            await heard.until(lambda: over(radio, "t") == "hci0")
            await sensor.send(MEASUREMENT, FEVER)
            await heard.until(lambda: FEVER in [frame.payload for frame in heard.frames("t")])
            await heard.until(lambda: standing(heard, DEGRADED))
            assert standing(heard, DEGRADED).startswith("one of its Bluetooth proxies is lost (proxy nursery: ")
            assert standing(heard, DEGRADED).endswith("it goes on with hci0")
            assert not standing(heard, DOWN)
            await proxy.start()
            await heard.until(lambda: not standing(heard, DEGRADED))


async def test_a_sensor_moves_to_the_proxy_when_the_own_adapter_is_pulled_out(house):
    sensor = await strap(house)
    house.rssi_dbm = {"hci0": -50, "proxy": -70}
    async with proxy_on(house) as proxy:
        radio = hub(house, device("s", "strap", STRAP_AT), proxy=proxy, speed=5)
        async with listening(radio) as heard:
            await heard.until(lambda: over(radio) == "hci0")
            house.off["hci0"] = OFF
            radio._adapters.bluez_changed(Change.NO_ADAPTER, "hci0")
            await sensor.drop()
            await heard.until(lambda: over(radio) == "proxy nursery")
            await sensor.send(PMD_DATA, b"\x07")
            await heard.until(lambda: heard.frames("s"))
            assert standing(heard, DEGRADED).startswith("one of its Bluetooth adapters is lost (hci0: ")
            assert standing(heard, DEGRADED).endswith("it goes on with proxy nursery")


async def test_when_bluetoothd_dies_what_goes_over_the_proxy_goes_on(house):
    sensor = await strap(house)
    async with proxy_on(house) as proxy:
        radio = hub(house, device("s", "strap", STRAP_AT), proxy=proxy, speed=5)
        async with listening(radio) as heard:
            await heard.until(lambda: over(radio) == "proxy nursery")
            house.off["hci0"] = OFF
            radio._adapters.bluez_changed(Change.GONE, "")
            await heard.until(lambda: standing(heard, DEGRADED))
            assert over(radio) == "proxy nursery"
            await sensor.send(PMD_DATA, b"\x08")
            await heard.until(lambda: heard.frames("s"))
            assert proxy.connects == [STRAP_AT]


async def test_a_proxy_whose_api_goes_on_and_that_sends_nothing_is_named_and_asked_anew(house):
    await beacon(house)
    async with proxy_on(house) as proxy:
        radio = hub(house, device("b", "beacon", BEACON_AT), proxy=proxy, speed=200)
        async with listening(radio) as heard:
            await heard.until(lambda: proxy.subscriber)
            await heard.until(lambda: heard.frames("b"))
            before, proxy.mute = proxy.subscriptions, True
            await heard.until(lambda: standing(heard, DEGRADED))
            assert "proxy nursery: nothing at all was heard over the air for 90 s" in standing(heard, DEGRADED)
            assert proxy.subscriptions > before
            proxy.mute = False
            await heard.until(lambda: not standing(heard, DEGRADED))


async def test_a_proxy_that_keeps_its_last_subscriber_is_asked_until_it_lets_go(house):
    await beacon(house)
    async with proxy_on(house, first_wins=True) as proxy:
        stale = FakeProxy(house, "proxy")
        proxy.subscriber = stale  # a connection that nobody holds any more, until the proxy's own keepalive ends it
        radio = hub(house, device("b", "beacon", BEACON_AT), proxy=proxy, own=False, speed=50)
        stale.send = lambda _: None
        async with listening(radio) as heard:
            await heard.until(lambda: proxy.subscriptions >= 1)
            assert not heard.frames("b")
            proxy.subscriber = None
            await heard.until(lambda: heard.frames("b"))


async def test_a_connection_that_the_proxy_kept_from_the_hubs_last_life_is_let_go_of(house):
    await strap(house)
    async with proxy_on(house, held={STRAP_AT}) as proxy:
        radio = hub(house, device("s", "strap", STRAP_AT), proxy=proxy, own=False)
        async with listening(radio) as heard:
            await heard.until(lambda: over(radio) == "proxy nursery")
            assert not proxy.held
            assert proxy.connects == [STRAP_AT]


async def test_a_proxy_without_a_free_connection_is_no_end_the_own_adapter_connects(house):
    await strap(house)
    async with proxy_on(house) as proxy:
        radio = hub(house, device("s", "strap", STRAP_AT), proxy=proxy, speed=5)
        proxy.slots = 0
        async with listening(radio) as heard:
            await heard.until(lambda: over(radio) == "hci0")
            assert not proxy.connects


@pytest.mark.parametrize(
    ("theirs", "ours", "said"),
    [
        (KEY, {"key": OTHER_KEY}, "it has another key than the one in the file nursery_key"),
        (KEY, {"encrypted": False}, "it asks for its key"),
        (None, {"encrypted": True, "key": KEY}, "it has no key; give it one"),
        (KEY, {"key": ""}, "there is no key for it; put it into the file nursery_key"),
        (KEY, {"host": "nobody.invalid"}, "nobody in the network knows nobody.invalid"),
        (KEY, {"port": 1}, "127.0.0.1 cannot be reached"),
    ],
)
async def test_what_keeps_it_from_being_used_is_said_and_the_watch_goes_on(house, theirs, ours, said):
    await beacon(house)
    async with proxy_on(house, key=theirs) as proxy:
        radio = hub(house, device("b", "beacon", BEACON_AT), proxy=proxy, speed=5, **ours)
        async with listening(radio) as heard:
            await heard.until(lambda: standing(heard, DEGRADED))
            assert said in standing(heard, DEGRADED)
            assert KEY not in standing(heard, DEGRADED)
            await heard.until(lambda: heard.frames("b"))


async def test_a_computer_of_esphome_that_is_no_proxy_is_named(house):
    async with proxy_on(house, features=0) as proxy:
        radio = hub(house, device("b", "beacon", BEACON_AT), proxy=proxy, own=False)
        async with listening(radio) as heard:
            await heard.until(lambda: standing(heard, DOWN))
            assert standing(heard, DOWN) == "nursery is no Bluetooth proxy, or older than ESPHome 2023.6"


async def test_a_frozen_proxy_is_found_out_by_its_pings(house, monkeypatch):
    monkeypatch.setattr("edge.radio.esphome.KEEPALIVE_S", 0.2)
    await beacon(house)
    async with proxy_on(house) as proxy:
        radio = hub(house, device("b", "beacon", BEACON_AT), proxy=proxy)
        async with listening(radio) as heard:
            await heard.until(lambda: proxy.subscriber)
            proxy.frozen = True
            await heard.until(lambda: standing(heard, DEGRADED))
            assert "proxy nursery: the connection to 127.0.0.1 was lost" in standing(heard, DEGRADED)


@pytest.mark.parametrize("after_s", [0.0, 0.01, 0.05, 0.2, 0.5, 1.0])
async def test_told_to_end_it_ends_wherever_it_is(house, after_s):
    """aioesphomeapi makes an error of its own of a cancellation; the hub would go on for ever."""
    await strap(house)
    async with proxy_on(house) as proxy:
        mute = await asyncio.start_server(_never_answers, "127.0.0.1", 0)
        for changed in ({}, {"port": 1}, {"port": mute.sockets[0].getsockname()[1]}):
            radio = hub(house, device("s", "strap", STRAP_AT), proxy=proxy, **changed)
            running = asyncio.create_task(radio.run(nothing))
            await asyncio.sleep(after_s)
            running.cancel()
            await asyncio.wait_for(asyncio.gather(running, return_exceptions=True), 10)
            assert running.cancelled()
        mute.close()


async def _never_answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


async def nothing(_: object) -> None:
    pass


async def test_an_advertisement_of_nonsense_costs_the_others_nothing(house):
    await house.peripheral(
        "Bad", "C0:00:00:00:00:EE", connectable=False, advertised=[(AdvertisingData.Type(0x16), b"\x01")]
    )
    await beacon(house)
    async with proxy_on(house) as proxy:
        radio = hub(house, device("b", "beacon", BEACON_AT), proxy=proxy, own=False)
        async with listening(radio) as heard:
            await heard.until(lambda: heard.frames("b"))


@pytest.mark.parametrize("key", ["", "abc", "A" * 44, KEY[:-4], KEY + "AAAA", "ü" * 44])
def test_what_can_be_no_key_is_refused(key):
    with pytest.raises(ConfigError, match="44 characters"):
        check_key(key)
    check_key(KEY)
