"""A running hub, reached over its broker: commands to it, and what it keeps there for everybody to read.

Both go under the hub's own name at the broker, which only this computer knows: so a command is from inside the house.
"""

import secrets
from collections.abc import Mapping

import msgspec

from edge.app.load.broker import broker_settings, hub_user
from edge.app.load.configuration import Configuration
from edge.errors import ConfigError, Unreachable
from edge.model.event import Verb
from edge.model.people import Caregiver, Role
from edge.mqtt.subscriber import Subscriber
from edge.mqtt.topics import Topics


def caregiver(known: Configuration, wanted: str) -> Caregiver:
    """The caregiver of that id, or the first who may command. Raises ConfigError if there is none."""
    able = [each for each in known.config.caregivers if each.role is not Role.VIEWER]
    found = next((each for each in able if wanted in ("", each.id)), None)
    if found is None:
        names = ", ".join(each.id for each in able) or "none"
        raise ConfigError(
            f"there is no caregiver {wanted!r} who may command (known: {names})"
            if wanted
            else "there is no [[caregiver]] in the configuration, so nobody may command"
        )
    return found


def anybody(known: Configuration, wanted: str) -> Caregiver:
    """The caregiver of that id, also one who may only look. Raises ConfigError if there is none."""
    found = next((each for each in known.config.caregivers if each.id == wanted), None)
    if found is None:
        names = ", ".join(each.id for each in known.config.caregivers) or "none"
        raise ConfigError(f"there is no caregiver {wanted!r} (known: {names})")
    return found


async def send(
    known: Configuration, who: Caregiver, verb: Verb, fields: Mapping[str, object], wait_s: float
) -> dict[str, object]:
    """Send and wait for the hub's answer: {"ok", "reason", ...}. Raises Unreachable without broker or answer, at once
    where the broker keeps that the hub is offline: what is sent then would be lost.
    """
    settings, user = broker_settings(known), hub_user(known.config)
    topics = Topics(settings.hub)
    request_id = secrets.token_hex(8)
    body = msgspec.json.encode({"schema": 1, "request_id": request_id, "caregiver": who.id, **fields})
    mark = f"{topics.reply(user)}/{secrets.token_hex(8)}"
    async with Subscriber(settings, f"{topics.reply(user)}/#", topics.status) as client:
        try:
            async for message in client.until_marked(mark, wait_s):
                if message.topic == topics.status and message.payload == b"offline":
                    raise Unreachable(
                        f"the hub {settings.hub!r} is not running, so nothing was sent: start it with `sudo systemctl "
                        "start feverhub`"
                    )
            client.publish(f"{topics.base}/cmd/{user}/{verb}", body)
            while True:
                message = await client.next(wait_s)
                if message.topic != topics.reply(user):
                    continue
                answer = msgspec.json.decode(message.payload)
                if isinstance(answer, dict) and answer.get("request_id") == request_id:
                    return answer
        except TimeoutError:
            raise Unreachable(f"the hub {settings.hub!r} did not answer within {wait_s:g} s; is it running?") from None


async def kept(known: Configuration, wait_s: float = 10.0) -> dict[str, bytes]:
    """Every retained topic of this hub. Raises Unreachable without a broker."""
    settings, user = broker_settings(known), hub_user(known.config)
    topics = Topics(settings.hub)
    mark = f"{topics.reply(user)}/{secrets.token_hex(8)}"
    found: dict[str, bytes] = {}
    async with Subscriber(settings, f"{topics.base}/#") as client:
        try:
            async for message in client.until_marked(mark, wait_s):
                if message.retained:
                    found[message.topic] = message.payload
        except TimeoutError:
            raise Unreachable(f"the broker did not answer within {wait_s:g} s") from None
    return found
