"""Messages of other people's gateways: one after the other, a second apart, each with its topic and a zero byte.

Between two messages stand two zero bytes. A topic is one of a thermometer, a movement sensor and their availability,
or any other.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from edge import pipeline
from edge.app.hub.gateways import GatewaySource
from edge.app.load.profiles import load_profiles, profiles_root
from edge.config import Config
from edge.model.effect import Dropped
from edge.model.event import Tick
from edge.model.people import Device, Limb, MqttSource, Person, Site
from edge.mqtt.inbound import Incoming
from edge.mqtt.link import BrokerSettings
from tests.fuzz import sensors
from tests.fuzz.kind import Check, Kind
from tests.fuzz.outcome import Books, no_error
from tests.support.fakes.clock import ManualClock

AVAILABLE = ("home/lwt",)
DEVICES = (
    Device(
        "patch",
        "mqtt_thermometer",
        "mia",
        site=Site.PATCH,
        options={"value": "/tempc", "unit": "celsius", "time": "/time"},
        mqtt=MqttSource("t", AVAILABLE),
    ),
    Device(
        "fahrenheit",
        "health_thermometer",
        "mia",
        site=Site.EAR,
        options={"value": "", "unit": "fahrenheit"},
        mqtt=MqttSource("f", ()),
    ),
    Device(
        "ankle",
        "mqtt_motion",
        "mia",
        limb=Limb.ANKLE,
        options={"value": "/acc", "unit": "g", "sequence": "/seq", "time": "/t"},
        mqtt=MqttSource("m", ()),
    ),
)
MOST_MESSAGES = 12


def begin(_folder: Path) -> Check:
    clock, books = ManualClock(mono_s=1000.0, wall_s=1_800_000_000.0), Books()
    start = clock.now()
    source = GatewaySource(DEVICES, BrokerSettings("cot", "127.0.0.1", 1), clock)
    config = Config(persons=(Person("mia", "Mia"),), devices=DEVICES)
    setup = pipeline.Setup(config, load_profiles(profiles_root()))
    first, _ = pipeline.begin(setup, start)

    def check(data: bytes) -> str:
        state, refused = first, ""
        clock.mono_s, clock.wall_s = start.mono_s, start.wall_s
        for message in data.split(b"\0\0")[:MOST_MESSAGES]:
            topic, _, payload = message.partition(b"\0")
            incoming = Incoming(topic.decode("utf-8", "replace"), payload, retained=topic.startswith(b"!"))
            for event in source._events(replace(incoming, topic=incoming.topic.lstrip("!"))):
                state, effects = pipeline.step(state, event, clock.now())
                books.check(effects)
                refused = next((each.reason for each in effects if isinstance(each, Dropped)), refused)
            clock.mono_s, clock.wall_s = clock.mono_s + 1.0, clock.wall_s + 1.0
            state, effects = pipeline.step(state, Tick(), clock.now())
            books.check(effects)
        no_error(state)
        return refused

    return check


def seeds() -> Sequence[bytes]:
    topics = {"mqtt_thermometer": b"t", "mqtt_motion": b"m"}
    found = [
        topics[each.way.profile.id] + b"\0" + each.payload for each in sensors.captures() if each.way.kind == "mqtt"
    ]
    twice = b"\0\0".join(b't\0{"tempc": 38.%d, "time": "2027-01-15T08:00:0%dZ"}' % (n, n) for n in range(6))
    moved = b"\0\0".join(
        b'm\0{"seq": %d, "t": %d, "acc": [[0.01, -0.02, 1.0], [0.02, 0.0, 0.98]]}' % (n, n) for n in range(6)
    )
    said = b'home/lwt\0offline\0\0!home/lwt\0{"state": "online"}\0\0f\x0098.6\0\0f\0"99.1"'
    return [*found, twice, moved, said]


WORDS = (
    *(b"\0\0t\0", b"\0\0m\0", b"\0\0f\0", b"\0\0home/lwt\0", b'"tempc":', b'"time":', b'"acc":', b'"seq":', b'"t":'),
    *(b"unavailable", b"online", b"offline", b"2027-01-15T08:00:00+25:00", b"0001-01-01T00:00:00+14:00", b"\\ud800"),
    *(b"[[", b"]]", b"{", b"}", b"[" * 500, b'{"a":' * 300, b"9999-12-31T23:59:59-14:00"),
)
KIND = Kind("gateways", begin, seeds, WORDS, longest=17_000)
