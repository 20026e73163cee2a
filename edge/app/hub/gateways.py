"""Sensors that somebody else's gateway hears, over a connection to the broker of its own.

What a gateway floods, or a message of a size that nobody expects, holds up no alarm and no command: these have the
publisher's connection.
"""

import asyncio
import random
from collections.abc import Iterator, Mapping, Sequence

import msgspec
import structlog

from edge.config import Config
from edge.decoding import MQTT
from edge.errors import Unreachable
from edge.model.event import AvailabilityReceived, FrameReceived
from edge.model.people import Device
from edge.mqtt.inbound import Incoming
from edge.mqtt.link import BrokerSettings
from edge.mqtt.reconnect import Reconnects
from edge.mqtt.subscriber import Subscriber
from edge.ports import Clock, Emit

_LONGEST_AVAILABILITY = 200
_THERE = {"online": True, "offline": False}
"""What gateways say, in capitals or not: bare (Theengs, OpenMQTTGateway, ESPHome, Home Assistant), or as
{"state": "online"} (Zigbee2MQTT)."""

log = structlog.get_logger(__name__)


class _State(msgspec.Struct):
    state: str


def heard_by_gateways(config: Config) -> tuple[Device, ...]:
    return tuple(device for device in config.devices if device.mqtt is not None)


def heard_by_radio(config: Config) -> tuple[Device, ...]:
    return tuple(device for device in config.devices if device.mqtt is None)


class GatewaySource:
    """Implements FrameSource. devices: those with an `mqtt` source. settings: of the broker that has their topics."""

    def __init__(self, devices: Sequence[Device], settings: BrokerSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        # By topic, the devices whose values come there, and those whose availability does.
        self._values: dict[str, list[str]] = {}
        self._said: dict[str, list[str]] = {}
        for device in devices:
            assert device.mqtt is not None
            self._values.setdefault(device.mqtt.topic, []).append(device.id)
            for topic in device.mqtt.availability:
                self._said.setdefault(topic, []).append(device.id)
        self._connected = False
        self._why = ""
        # Copies that the broker kept, and messages for which there was no room.
        self._kept = self._lost = 0

    @property
    def topics(self) -> tuple[str, ...]:
        """All that is listened to."""
        return tuple(dict.fromkeys((*self._values, *self._said)))

    @property
    def listens(self) -> bool:
        """Whether the broker has taken its subscriptions."""
        return self._connected

    def facts(self) -> Mapping[str, object]:
        """For the health topic."""
        return {"connected": self._connected, "why": self._why, "kept_ignored": self._kept, "lost": self._lost}

    async def run(self, emit: Emit) -> None:
        """Listen until cancelled, connecting again with a growing pause."""
        reconnects = Reconnects(random.Random())  # noqa: S311 - jitter, not a secret
        loop = asyncio.get_running_loop()
        while True:
            try:
                async with Subscriber(self._settings, *self.topics) as heard:
                    self._connected, self._why = True, ""
                    reconnects.connected(loop.time())
                    await self._hear(heard, emit)
            except Unreachable as lost:
                if self._connected or not self._why:
                    log.warning("gateways.not_heard", why=str(lost))
                self._connected, self._why = False, str(lost)
            reconnects.ended(loop.time(), self._why)
            await asyncio.sleep(reconnects.pause_s()[0])

    async def _hear(self, heard: Subscriber, emit: Emit) -> None:
        lost = self._lost
        while True:
            message = await heard.next(None)
            self._lost = lost + heard.dropped
            for event in self._events(message):
                await emit(event)

    def _events(self, message: Incoming) -> Iterator[FrameReceived | AvailabilityReceived]:
        now_s = self._clock.now().mono_s
        for device in self._values.get(message.topic, ()):
            if message.retained:
                self._kept += 1  # the broker's copy of an older message is no arrival
            else:
                yield FrameReceived(device, MQTT, message.payload, arrival_s=now_s)
        if message.topic in self._said and (there := _there(message.payload)) is not None:
            for device in self._said[message.topic]:
                yield AvailabilityReceived(device, message.topic, there, kept=message.retained, arrival_s=now_s)


def _there(payload: bytes) -> bool | None:
    """None for a word that says nothing of it."""
    text = payload[:_LONGEST_AVAILABILITY]
    try:
        word = msgspec.json.decode(text, type=_State).state
    except (msgspec.MsgspecError, UnicodeDecodeError):
        word = text.decode("utf-8", "replace")
    return _THERE.get(word.strip().lower())
