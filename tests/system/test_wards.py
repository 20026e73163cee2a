"""A hub with a second broker, real both: each gets every alarm, and what befalls the ward's touches no family."""

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.host.client_id import client_id
from edge.mqtt.subscriber import Subscriber
from edge.mqtt.ward_topics import WardTopics, address, instance_of
from tests.support import homes
from tests.support.family import caregiver
from tests.support.homes import Home
from tests.support.nats import nats
from tests.support.servers import Mosquitto, mosquitto, until

pytestmark = pytest.mark.system

WATCH, STATION = homes.WATCH, caregiver("Station")
ADAPTER = "feverhub/cot/alarm/adapter_down"


@contextlib.contextmanager
def ward_broker(folder: Path) -> Iterator[Mosquitto]:
    """A ward's mosquitto with its hub and its station."""
    folder.mkdir()
    users = {"hub": "ward-secret", "station": "station-secret"}
    acl = "user hub\ntopic readwrite feverhub-ward/#\nuser station\ntopic readwrite feverhub-ward/#"
    with mosquitto(folder, password_users=users, extra_acl=acl) as server:
        yield server


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Mosquitto]:
    with ward_broker(tmp_path / "ward") as server:
        yield server


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    (tmp_path / "home").mkdir()
    with homes.home(tmp_path / "home", WATCH + STATION) as made:
        yield made


def join(home: Home, port: int, *, username: str = "hub") -> WardTopics:
    """This family's hub has a second broker from now on; its topics there."""
    text = home.config.read_text().replace("[mqtt]", "[[mqtt]]")
    user = f'username = "{username}"\n' if username else ""
    home.config.write_text(
        f'{text}\n[[mqtt]]\nid = "ward"\nhost = "127.0.0.1"\nport = {port}\nkeepalive_s = 5\nbed = "3 by the window"\n'
        f'answers = "station"\n{user}'
    )
    home.secret("ward_mqtt_password", "ward-secret")
    return WardTopics("cot", instance_of(client_id(home.state)))


def station(ward: Mosquitto, *filters: str) -> Subscriber:
    return Subscriber(ward.settings("station"), *filters)


async def first(client: Subscriber, rest: str, timeout_s: float = 40.0) -> bytes:
    """The next message on that topic of the hub."""
    async with asyncio.timeout(timeout_s):
        while True:
            message = await client.next(timeout_s)
            found = address(message.topic)
            if found is not None and found.rest == rest:
                return message.payload


async def test_both_brokers_get_every_alarm_and_an_answer_of_the_ward_reaches_the_hub(home, ward):
    topics = join(home, ward.port)
    async with station(ward, "feverhub-ward/#") as desk, home.phone("feverhub/#") as phone:
        with home.running():
            seen = {}
            while f"{topics.root}/cot/alarm/adapter_down" not in seen:
                message = await desk.next(40.0)
                seen[message.topic] = message.payload
            assert json.loads(seen[topics.about])["bed"] == "3 by the window"
            assert seen[f"{topics.root}/cot/status"] == b"online"
            there = seen[f"{topics.root}/cot/alarm/adapter_down"]
            while (at_home := await phone.next(40.0)).topic != ADAPTER:
                pass
            assert json.loads(at_home.payload) == json.loads(there), "the same alarm, word for word"

            alarm = json.loads(there)["id"]
            body = json.dumps({"schema": 1, "request_id": "r1", "alarm": alarm}).encode()
            desk.publish(f"{topics.root}/cot/cmd/anna/acknowledge", body)
            desk.publish(f"{topics.root}/cot/cmd/station/with_her", body)
            refused = json.loads(await first(desk, "reply/station"))
            assert (refused["ok"], "in the house" in refused["reason"]) == (False, True)
            second = body.replace(b"r1", b"r2")
            desk.publish(f"{topics.root}/cot/cmd/station/acknowledge", second)
            assert json.loads(await first(desk, "reply/station"))["ok"] is True
            assert json.loads(await first(desk, "alarm/adapter_down"))["acknowledged_by"] == "station"
            while (at_home := await phone.next(40.0)).topic != ADAPTER:
                pass
            assert json.loads(at_home.payload)["acknowledged_by"] == "station", "and not anna, who said nothing"
        assert await first(desk, "status") == b"offline"
    kept = [message async for message in _kept(ward)]
    shown = {address(topic).rest for topic in kept}
    assert {"about", "status", "health", "alarm/adapter_down", "pauses"} <= shown
    assert not {"caregivers", "on_watch", "sounder", "mia/illness"} & shown


async def _kept(ward):
    async with station(ward, "feverhub-ward/#") as desk:
        async for message in desk.until_marked("feverhub-ward/mark", 20.0):
            yield message.topic


async def test_a_ward_that_is_away_from_the_start_delays_no_alarm_and_gets_everything_when_it_comes(home, ward):
    topics = join(home, ward.port)
    ward.kill()
    with home.running():
        async with home.phone(ADAPTER, "feverhub/cot/health") as phone:
            alarm = b""
            health = {}
            while not (alarm and health):
                message = await phone.next(30.0)
                if message.topic == ADAPTER:
                    alarm = message.payload
                elif "wards" in (found := json.loads(message.payload)):
                    health = found
            assert health["wards"]["ward"]["connected"] is False
            assert "connection refused" in health["wards"]["ward"]["why"]
            assert health["broker_connected"] is True
        ward.start()
        async with station(ward, f"{topics.root}/#") as desk:
            assert json.loads(await first(desk, "alarm/adapter_down", 90.0))["id"] == json.loads(alarm)["id"]
        await until(lambda: _everything_is_there(home), 60.0)


def _everything_is_there(home: Home) -> bool:
    """Whether the ward's broker has confirmed all that the outbox held, events too."""
    with contextlib.closing(sqlite3.connect(home.state / "journal.sqlite")) as db:
        (last,) = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").fetchone()
        (cursor,) = db.execute("SELECT position FROM cursor WHERE name = 'mqtt/ward'").fetchone()
        return last > 0 and cursor == last + 1


async def test_a_ward_that_takes_and_confirms_nothing_delays_no_answer_at_home(home, ward):
    join(home, ward.port)
    with home.running():
        async with station(ward, "feverhub-ward/#") as desk:
            await first(desk, "alarm/adapter_down")
        ward.freeze()
        try:
            async with home.phone(ADAPTER) as phone:
                for number in range(3):
                    begun_s = asyncio.get_running_loop().time()
                    verb = ("acknowledge", "--with-her") if number % 2 == 0 else ("test-alarm",)
                    done = await asyncio.to_thread(home.feverhub, *verb, "--config", str(home.config))
                    assert "did not answer" not in done.stderr
                    assert asyncio.get_running_loop().time() - begun_s < 60.0
                assert (await phone.next(10.0)).payload
        finally:
            ward.thaw()


async def test_nats_is_a_broker_of_wards_too(home, tmp_path):
    with nats(tmp_path / "nats") as server:
        topics = join(home, server.port, username="")
        with home.running():
            await home.online()
            async with Subscriber(server.settings(), f"{topics.root}/#") as desk:
                assert json.loads(await first(desk, "alarm/adapter_down"))["presence"] == "on"
        async with Subscriber(server.settings(), f"{topics.root}/#") as desk:
            assert await first(desk, "status") == b"offline", "kept for who comes later"
