"""A command to a running hub, over its broker, as a caregiver's phone would send it."""

import secrets
from collections.abc import Mapping

import msgspec

from edge.app.build import Loaded
from edge.app.session import broker_settings
from edge.errors import ConfigError, Unreachable
from edge.model.event import Verb
from edge.model.people import Caregiver, Role
from edge.mqtt.subscriber import Subscriber
from edge.mqtt.topics import Topics


def caregiver(loaded: Loaded, wanted: str) -> Caregiver:
    """The caregiver of that id, or the first who may command. Raises ConfigError if there is none."""
    able = [each for each in loaded.config.caregivers if each.role is not Role.VIEWER]
    found = next((each for each in able if wanted in ("", each.id)), None)
    if found is None:
        known = ", ".join(each.id for each in able) or "none"
        raise ConfigError(
            f"there is no caregiver {wanted!r} who may command (known: {known})"
            if wanted
            else "there is no [[caregiver]] in the configuration, so nobody may command"
        )
    return found


async def send(
    loaded: Loaded, who: Caregiver, verb: Verb, fields: Mapping[str, object], wait_s: float
) -> dict[str, object]:
    """Send and wait for the hub's answer: {"ok", "reason", ...}. Raises Unreachable without broker or answer."""
    settings = broker_settings(loaded)
    topics = Topics(settings.hub)
    request_id = secrets.token_hex(8)
    body = msgspec.json.encode({"schema": 1, "request_id": request_id, **fields})
    async with Subscriber(settings, topics.reply(who.mqtt_user)) as client:
        client.publish(f"{topics.base}/cmd/{who.mqtt_user}/{verb}", body)
        try:
            while True:
                message = await client.next(wait_s)
                answer = msgspec.json.decode(message.payload)
                if isinstance(answer, dict) and answer.get("request_id") == request_id:
                    return answer
        except TimeoutError:
            raise Unreachable(f"the hub {settings.hub!r} did not answer within {wait_s:g} s; is it running?") from None
