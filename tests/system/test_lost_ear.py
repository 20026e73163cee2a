"""An ear is lost while a convulsion is on: a whole hub with its own adapter and a proxy, over simulated air.

The band is a Polar Verity Sense, connected over the proxy, which is louder. The clock runs five times as fast as a real
one.
"""

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from edge.app.hub import session
from edge.app.hub.assembly import Assembly
from edge.app.load import checked
from edge.mqtt.subscriber import Subscriber
from edge.radio import esphome, esphome_client
from edge.radio.bleak_source import BleakSource
from edge.radio.link import State
from tests.support.air.bumble_backend import Air, Peripheral
from tests.support.air.esphome import FakeProxy, proxy_on
from tests.support.air.rig import PMD_DATA, QuickClock
from tests.support.air.sensors import STRAP_AT, strap
from tests.support.family import ANKLE, ANNA, PERSON
from tests.support.packets import POLAR, packets, payload, play, rest
from tests.support.servers import until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket, pytest.mark.real_time]

SPEED = 5.0
SEIZURE = "seizure_like_movement"
REST_S, CONVULSION_S = 45.0, 60.0
TRACK = rest(52.0, REST_S + CONVULSION_S + 60.0, REST_S)
BAND = ANKLE.format(profile="polar_verity_sense") + f'address = "{STRAP_AT}"\n'
[(KEPT_S, _)] = play(POLAR, TRACK).began
"""When the alarm is raised with the ear kept, on the track."""
MINUTE_S, PINGS_S = 65.0, 55.0
"""After which the loss of a movement sensor, and that of the adapter, is reported, with a few seconds of this machine;
how soon pings find a proxy without power."""


class House:
    """air: the radio. proxy: the louder ear. band: the sensor. clock: the hub's. parts: of the hub."""

    def __init__(self, air: Air, proxy: FakeProxy, band: Peripheral, clock: QuickClock, source: BleakSource) -> None:
        self.air, self.proxy, self.band, self.clock, self.source = air, proxy, band, clock, source
        self.began_s = 0.0
        self.wearing: asyncio.Task[None] | None = None
        self.events: list[dict[str, Any]] = []
        self.health: dict[str, Any] = {}

    @property
    def over(self) -> str | None:
        """The ear that the band is connected over."""
        link = self.source._links.get("ankle")
        return link.adapter if link is not None and link.state is State.STREAMING else None

    def wear(self) -> None:
        """From now on the band sends the track to whoever is connected; it says nothing twice."""
        self.began_s = self.clock.now().mono_s
        self.wearing = asyncio.create_task(self._send())

    async def _send(self) -> None:
        for packet in packets(POLAR, TRACK):
            await self.at(packet.end_s)
            if self.band.connected:
                await self.band.send(PMD_DATA, payload(POLAR, packet))

    async def at(self, second: float) -> None:
        """Of the track."""
        await self.clock.sleep(max(0.0, self.began_s + second - self.clock.now().mono_s))

    def raised_s(self, condition: str) -> float | None:
        """When it was, on the track; None: it was not."""
        each = next((e for e in self.events if (e["condition"], e["presence"]) == (condition, "on")), None)
        return None if each is None else each["heard_s"]

    def text(self, condition: str) -> str:
        """The first that was said of it."""
        return next(e["text"] for e in self.events if e["condition"] == condition)

    @property
    def faults(self) -> dict[str, str]:
        """Of each ear, as the health topic has it."""
        return {each["adapter"]: each["fault"] for each in self.health.get("radio", {}).get("adapters", [])}

    async def listen(self, phone: Subscriber) -> None:
        while True:
            message = await phone.next(60.0)
            if message.topic.endswith("/health"):
                self.health = json.loads(message.payload)
            else:
                heard_s = self.clock.now().mono_s - self.began_s
                self.events.append({**json.loads(message.payload), "heard_s": heard_s})


@pytest.fixture
def at_home(home, monkeypatch):
    """`async with at_home() as house`: the hub runs. own: with its own adapter too."""

    # What goes by the real clock.
    monkeypatch.setattr(esphome, "KEEPALIVE_S", esphome.KEEPALIVE_S / SPEED)
    monkeypatch.setattr(esphome_client, "LEAVE_S", esphome_client.LEAVE_S / SPEED)

    @asynccontextmanager
    async def run(*, own: bool = True) -> AsyncIterator[House]:
        head = home.config.read_text().split("[[person]]")[0]
        home.config.write_text(head + PERSON + BAND + ANNA)
        loaded = checked.load(home.config, state_dir=home.state)
        air = await Air().start("hci0", "proxy")
        air.rssi_dbm = {"hci0": -80, "proxy": -60}
        band, clock = await strap(air, name="Polar Sense 1"), QuickClock(SPEED)
        async with proxy_on(air) as proxy:
            source = BleakSource(
                loaded.config.devices,
                loaded.profiles,
                clock,
                backend=dataclasses.replace(air.backend(), adapters=("hci0",)),
                proxies=[proxy.proxy()],
                own=own,
            )
            house = House(air, proxy, band, clock, source)
            ended = asyncio.Event()

            async def meanwhile(_: Assembly) -> None:
                await ended.wait()

            options = session.Options(
                lambda _: source, radio=source.health, ear=source, meanwhile=meanwhile, silent=True
            )
            async with asyncio.TaskGroup() as group:
                group.create_task(session.run(loaded, clock, options))
                async with home.phone("feverhub/cot/mia/event", "feverhub/cot/event", "feverhub/cot/health") as phone:
                    listening = group.create_task(house.listen(phone))
                    await until(lambda: house.over == "proxy nursery")
                    yield house
                    listening.cancel()
                if house.wearing:
                    house.wearing.cancel()
                ended.set()

    return run


@pytest.mark.parametrize(
    ("dies", "lost_s", "later_s"),
    [(FakeProxy.stop, 4.0, 15.0), (FakeProxy.lose_power, 4.0, 25.0), (FakeProxy.lose_power, 12.0, 3.0)],
    ids=["its process before the alarm", "its power before the alarm", "its power after the alarm"],
)
async def test_the_alarm_comes_over_the_ear_that_is_left_and_the_lost_one_is_named(at_home, dies, lost_s, later_s):
    """lost_s: into the convulsion. later_s: how much later the alarm may be than with the ear kept."""
    async with at_home() as house:
        house.wear()
        await house.at(REST_S + lost_s)
        await dies(house.proxy)
        await until(lambda: house.raised_s(SEIZURE), 30.0)
        assert KEPT_S - 1.0 < house.raised_s(SEIZURE) < KEPT_S + later_s
        await until(lambda: house.over == "hci0", 30.0)
        await until(lambda: house.faults.get("proxy nursery"), 30.0)
        assert not house.faults["hci0"]
        await until(lambda: house.raised_s("hub_degraded"), 30.0)
        assert "one of its Bluetooth proxies is lost" in house.text("hub_degraded")
        assert [e["presence"] for e in house.events if e["condition"] == SEIZURE].count("on") == 1


async def test_without_another_ear_it_is_said_that_nothing_is_watched(at_home):
    async with at_home(own=False) as house:
        house.wear()
        await house.at(REST_S + 4.0)
        await house.proxy.lose_power()
        await until(lambda: house.raised_s("no_data") and house.raised_s("adapter_down"), 30.0)
        assert house.raised_s("no_data") < REST_S + 4.0 + MINUTE_S
        assert house.raised_s("adapter_down") < REST_S + 4.0 + PINGS_S + MINUTE_S
        assert house.raised_s(SEIZURE) is None
