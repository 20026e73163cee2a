"""From what a gateway publishes to alarms on the broker: a real mosquitto, a whole hub, its clock 60 times as fast."""

import asyncio
import datetime as dt
import json
import time
from collections.abc import Awaitable, Callable

import pytest

from edge.app.hub import session
from edge.app.hub.assembly import Assembly
from edge.app.load import checked
from edge.model.moment import Now
from edge.mqtt.subscriber import Subscriber
from edge.ports import Emit
from tests.support.family import ANNA, PERSON
from tests.support.servers import USERS, mosquitto, until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]

SPEED = 60.0
ACL = "user gateway\ntopic readwrite home/#\n\nuser hub\ntopic read home/#\n"
TOPIC, LWT = "home/TheengsGateway/BTtoMQTT/AABBCC000001", "home/TheengsGateway/LWT"
PATCH = f"""
[[device]]
id = "patch"
profile = "mqtt_thermometer"
person = "mia"
site = "patch"
mqtt_source = "{TOPIC}"
mqtt_value = "/tempc"
mqtt_unit = "celsius"
mqtt_time = "/time"
mqtt_deadline_s = 120
mqtt_availability = ["{LWT}"]
"""
ANKLE = """
[[device]]
id = "ankle"
profile = "mqtt_motion"
person = "mia"
limb = "left_ankle"
mqtt_source = "home/cot/ankle"
mqtt_value = "/acc"
mqtt_unit = "g"
mqtt_sequence = "/seq"
mqtt_deadline_s = 60
"""


class FastClock:
    """ports.Clock, SPEED times as fast as the real one."""

    def __init__(self) -> None:
        self._begun_s, self._wall_s = time.monotonic(), time.time()

    def now(self) -> Now:
        gone_s = (time.monotonic() - self._begun_s) * SPEED
        return Now(gone_s, self._wall_s + gone_s, True)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / SPEED)

    async def until(self, mono_s: float) -> None:
        await self.sleep(mono_s - self.now().mono_s)


class Nothing:
    async def run(self, _emit: Emit) -> None:
        await asyncio.Event().wait()


class House:
    """clock: the hub's. gateway: a client that publishes. phone: hears the hub. broker: as it runs."""

    def __init__(self, broker, clock: FastClock, gateway: Subscriber, phone: Subscriber, parts: Assembly) -> None:
        self.broker, self.clock, self.gateway, self.phone, self.parts = broker, clock, gateway, phone, parts
        self.events: list[tuple[str, str]] = []

    def theengs(self, celsius: float, at: Now | None = None, *, retain: bool = False) -> None:
        """A message as Theengs Gateway sends them (docs/use/use.md), with a time."""
        wall_s = (at or self.clock.now()).wall_s
        when = dt.datetime.fromtimestamp(wall_s, dt.UTC).isoformat()
        body = {"id": "AA:BB:CC:00:00:01", "rssi": -60, "model_id": "BM_V23", "tempc": celsius, "time": when}
        self.gateway.publish(TOPIC, json.dumps(body).encode(), retain=retain)

    async def alarm(
        self, condition: str, presence: str, device: str = "", timeout_s: float = 30.0
    ) -> dict[str, object]:
        """The next such event."""
        async with asyncio.timeout(timeout_s):
            while True:
                event = json.loads((await self.phone.next(timeout_s)).payload)
                self.events.append((event["condition"], event["presence"]))
                if (event["condition"], event["presence"]) == (condition, presence):
                    assert not device or event["device"] == device
                    return event

    async def gateways(self, **wanted: object) -> None:
        """Until the health topic says so of the connection on which gateways are heard."""
        async with Subscriber(self.broker.settings("mother"), "feverhub/cot/health") as health, asyncio.timeout(30.0):
            while not json.loads((await health.next(30.0)).payload).get("gateways", {}).items() >= wanted.items():
                pass

    @property
    def last_seen_s(self) -> dict[str, float | None]:
        return {name: sensor.last_seen_s for name, sensor in self.parts.hub.state.sensors.items()}

    @property
    def why(self) -> dict[str, str]:
        return {name: sensor.refused for name, sensor in self.parts.hub.state.sensors.items()}


@pytest.fixture
def at_home(tmp_path):
    """`await at_home(devices, what_happens)` runs a hub with these sensors beside that."""

    async def run(devices: str, scenario: Callable[[House], Awaitable[None]]) -> None:
        (tmp_path / "credentials").mkdir()
        (tmp_path / "broker").mkdir()
        secret = tmp_path / "credentials" / "mqtt_password"
        secret.touch(mode=0o600)
        secret.write_text(USERS["hub"])
        users = {**USERS, "gateway": "gateway-secret"}
        with mosquitto(tmp_path / "broker", password_users=users, extra_acl=ACL) as broker:
            file = tmp_path / "feverhub.toml"
            file.write_text(
                f'[hub]\nname = "cot"\ncredentials_dir = "{tmp_path / "credentials"}"\nsounder = ""\n'
                f'[mqtt]\nhost = "127.0.0.1"\nusername = "hub"\nport = {broker.port}\n{PERSON}{devices}{ANNA}'
            )
            clock = FastClock()

            async def meanwhile(parts: Assembly) -> None:
                phone = Subscriber(broker.settings("mother"), "feverhub/cot/mia/event")
                async with phone, Subscriber(broker.settings("gateway")) as gateway:
                    house = House(broker, clock, gateway, phone, parts)
                    await house.gateways(connected=True)
                    await scenario(house)

            options = session.Options(source=lambda _queue: Nothing(), meanwhile=meanwhile, silent=True)
            await session.run(checked.load(file, state_dir=tmp_path / "state"), clock, options)

    return run


async def test_a_fever_rings_and_a_dead_sensor_is_named_while_its_gateway_goes_on(at_home):
    async def scenario(house: House) -> None:
        house.gateway.publish(LWT, b"online", retain=True)
        for step in range(68):
            await house.clock.until(30.0 * step)
            house.theengs(round(36.8 + min(max(step - 30, 0) * 0.05, 1.8), 2))
        burning = asyncio.ensure_future(house.alarm("fever", "on"))
        while not burning.done():  # a busy machine may have left a gap in the rise
            house.theengs(38.6)
            await house.clock.sleep(30.0)
        fever = burning.result()
        assert (fever["kind"], fever["person"], fever["limit"]) == ("physiological", "mia", 37.5)
        last, begun_s = house.clock.now(), house.clock.now().mono_s
        house.theengs(38.6, last)
        ringing = asyncio.ensure_future(house.alarm("no_data", "on", "patch"))
        while not ringing.done():  # the battery is dead, and the gateway repeats what it knows
            house.theengs(38.6, last)
            await house.clock.sleep(10.0)
        assert "sends the last value again" in ringing.result()["text"] + house.why["patch"]
        assert 118.0 <= house.clock.now().mono_s - begun_s <= 160.0
        house.theengs(38.6)
        await house.alarm("no_data", "off")
        assert ("fever", "off") not in house.events

    await at_home(PATCH, scenario)


async def test_what_the_broker_kept_and_what_comes_after_a_restart_of_the_broker(at_home):
    async def scenario(house: House) -> None:
        house.theengs(36.8, retain=True)
        await until(lambda: house.last_seen_s["patch"] is not None)
        before_s = house.last_seen_s["patch"]
        house.broker.save()
        house.broker.stop()
        house.broker.start()
        await house.gateways(connected=True, kept_ignored=1)
        assert house.last_seen_s["patch"] == before_s
        async with Subscriber(house.broker.settings("gateway")) as house.gateway:
            house.theengs(36.9)
            await until(lambda: house.last_seen_s["patch"] != before_s)

    await at_home(PATCH, scenario)


async def test_nonsense_of_any_size_stops_nothing(at_home):
    async def scenario(house: House) -> None:
        nonsense = [b"unavailable", b"null", b"NaN", b"", b"[" * 15_000, b'{"tempc": 1, "tempc": 2}', b"\xff" * 99]
        for payload in [*nonsense, b" " * 30_000, b" " * 200_000]:
            house.gateway.publish(TOPIC, payload)
        house.theengs(36.8)
        await until(lambda: house.last_seen_s["patch"] is not None)
        dropped = house.parts.counters.frames_dropped["patch"]
        # mosquitto keeps from the hub what is larger than it asked for (MQTT 5.0, section 3.1.2.11.4).
        assert dropped == len(nonsense) + 1

    await at_home(PATCH, scenario)


async def test_a_stream_of_samples_is_watched_and_missed(at_home):
    async def scenario(house: House) -> None:
        async def stream(number: int) -> None:
            samples = [[0.01 * (n % 3), -0.02, 1.0] for n in range(50)]
            house.gateway.publish("home/cot/ankle", json.dumps({"seq": number, "acc": samples}).encode())
            await house.clock.sleep(2.0)

        for number in range(30):
            await stream(number)
        last_s = house.last_seen_s["ankle"]
        assert last_s is not None
        assert house.parts.hub.state.sensors["ankle"].movement is not None
        ringing = asyncio.ensure_future(house.alarm("no_data", "on", "ankle"))
        again = 0
        while not ringing.done():
            await stream(29)  # the gateway sends the last packet again
            again += 1
        assert again > 1
        assert house.last_seen_s["ankle"] == last_s
        assert house.parts.counters.frames_dropped["ankle"] >= again - 1

    await at_home(ANKLE, scenario)
