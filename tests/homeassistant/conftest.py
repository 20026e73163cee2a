"""A house with a hub, whose sensors a gateway brings, and Home Assistant at the same broker."""

import contextlib
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from edge.mqtt.subscriber import Subscriber
from tests.homeassistant.instance import HomeAssistant
from tests.support import homes
from tests.support.family import ANNA, PERSON, caregiver
from tests.support.homes import Home
from tests.support.servers import USERS

PASSWORDS = {**USERS, "homeassistant": "homeassistant-secret", "gateway": "gateway-secret"}
ACL = "user gateway\ntopic readwrite home/#\n\nuser hub\ntopic read home/#\n"
EAR, PATCH, ANKLE = "home/cot/ear", "home/cot/patch", "home/cot/ankle"
SPOT = """
[[device]]
id = "ear"
profile = "beurer_ft95"
person = "mia"
site = "forehead"
mqtt_source = "home/cot/ear"
mqtt_value = "/celsius"
mqtt_unit = "celsius"
mqtt_sequence = "/number"
"""
HEARD = f"""{SPOT}
[[device]]
id = "patch"
profile = "mqtt_thermometer"
person = "mia"
site = "ear"
mqtt_source = "home/cot/patch"
mqtt_value = "/celsius"
mqtt_unit = "celsius"
mqtt_sequence = "/number"
"""
MOVING = """
[[device]]
id = "ankle"
profile = "mqtt_motion"
person = "mia"
limb = "left_ankle"
mqtt_source = "home/cot/ankle"
mqtt_value = "/acc"
mqtt_unit = "g"
mqtt_sequence = "/number"
mqtt_rate_hz = 25
mqtt_deadline_s = 10
"""
COMMANDING = caregiver("Assistant", 'mqtt_user = "homeassistant"')
HOUSE = f'house_users = ["homeassistant"]\n{PERSON}{HEARD}{ANNA}{COMMANDING}'
OTHER_CHILD = """
[[person]]
id = "ben"
name = "Ben"
born = 2024-05-01

[[device]]
id = "band"
profile = "mqtt_motion"
person = "ben"
limb = "right_ankle"
mqtt_source = "home/cot/band"
mqtt_value = "/acc"
mqtt_unit = "g"
mqtt_sequence = "/number"
mqtt_rate_hz = 25
"""


@dataclass
class House:
    """home: broker and hub. gateway: publishes what sensors measure. expected: a pattern of what it may warn of."""

    home: Home
    assistant: HomeAssistant
    gateway: Subscriber
    expected: str = r"(?!)"
    number: int = field(default_factory=lambda: int(time.time()))

    def heard(self, topic: str, **values: Any) -> None:
        """One message of the gateway."""
        self.number += 1
        self.gateway.publish(topic, json.dumps({"number": self.number, **values}).encode())

    def warm(self, celsius: float, topic: str = PATCH) -> None:
        self.heard(topic, celsius=celsius)

    def lying_still(self) -> None:
        """A second of the ankle's samples."""
        self.heard(ANKLE, acc=[[0.01 * (n % 3), -0.02, 1.0] for n in range(25)])

    async def listens(self) -> None:
        """Until the hub hears what the gateway publishes."""
        async with self.home.phone("feverhub/cot/health") as phone:
            while not json.loads((await phone.next(30.0)).payload)["gateways"]["connected"]:
                pass

    async def alarm(self, condition: str, presence: str, timeout_s: float = 30.0) -> dict[str, Any]:
        """The retained state of one of Mia's alarms, once its presence is that."""
        async with self.home.phone(f"feverhub/cot/mia/alarm/{condition}") as phone:
            while True:
                state = json.loads((await phone.next(timeout_s)).payload)
                if state["presence"] == presence:
                    return dict(state)


def folder(within: Path, name: str) -> Path:
    made = within / name
    made.mkdir()
    return made


@pytest.fixture
async def open_house(tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """`await open_house(text)`: the broker runs, Home Assistant is connected to it, the hub is not started.

    At the end Home Assistant has warned of nothing but what the test says.
    """
    async with contextlib.AsyncExitStack() as stack:
        opened: list[House] = []

        async def made(text: str = HOUSE, **options: Any) -> House:
            home = stack.enter_context(homes.home(tmp_path, text, password_users=PASSWORDS, extra_acl=ACL))
            assistant = HomeAssistant(folder(tmp_path, "homeassistant"), home.broker, **options)
            stack.callback(assistant.stop)
            await assistant.start()
            gateway = await stack.enter_async_context(Subscriber(home.broker.settings("gateway")))
            opened.append(House(home, assistant, gateway))
            return opened[-1]

        yield made
        for house in opened:
            assert [each for each in house.assistant.complaints() if not re.search(house.expected, each)] == []


@pytest.fixture
async def house(open_house: Callable[..., Any]) -> AsyncIterator[House]:
    """The hub runs, too."""
    opened = await open_house()
    with opened.home.running():
        await opened.listens()
        yield opened
