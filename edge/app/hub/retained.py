"""Clears, after each connect, the hub's retained topics that belong to nobody any more.

Retained topics outlive what they describe: a person, a sensor or an id that left the configuration, a state folder that
was lost, a replay, an alarm that was published from memory while no disk took it. Left alone they would show alarms
that nobody can answer and values that nobody measures. Only topics under this hub's own prefix, and device discovery
that names its status topic, are touched; a round is bounded in time and in topics.
"""

import asyncio
import re
import secrets
from collections.abc import Callable, Iterable

import msgspec
import structlog

from edge import alarms
from edge.app.hub.assembly import Assembly
from edge.app.hub.event_queue import Republish
from edge.errors import Unreachable
from edge.model.alarm import AlarmKey
from edge.mqtt import discovery
from edge.mqtt.inbound import Incoming
from edge.mqtt.link import BrokerSettings
from edge.mqtt.subscriber import Subscriber
from edge.mqtt.topics import Topics
from edge.pipeline import State, of_the_house

SETTLE_S = 1.0
"""A connection that lasts so long is worth a round: what the hub shows has been sent."""
PAUSE_S = 30.0
"""Between two rounds at least, for a link that flaps."""
LOOK_S = 0.5
ROUND_S = 10.0
MOST = 1000
"""Topics cleared in a round; a family has some dozens. What is left waits for the next connect."""

log = structlog.get_logger(__name__)


Documents = Callable[[frozenset[str]], list[tuple[str, bytes]]]
"""What Home Assistant is to be told before these topics are emptied: topics and payloads to be retained."""


def removing(state: State, ghosts: Iterable[str]) -> list[tuple[str, bytes]]:
    """Documents that remove the sensors whose latest values these show; none of a child who is not known."""
    config = state.setup.config
    here = Topics(config.hub.name)
    gone: dict[str, set[str]] = {}
    for topic in ghosts:
        if (found := here.of_latest(topic)) and found[1] not in {device.id for device in config.devices}:
            gone.setdefault(found[0], set()).add(found[1])
    sensors = list(state.sensors.values())
    as_they_are = discovery.messages(config, sensors)
    return [each for each in discovery.messages(config, sensors, gone) if each not in as_they_are]


def known(state: State, keys: Iterable[AlarmKey]) -> frozenset[str]:
    """Every topic that this hub may keep retained. keys: of all alarms that it knows, over or not."""
    config = state.setup.config
    here = Topics(config.hub.name)
    found = {
        here.status,
        here.health,
        here.on_watch,
        here.pauses,
        here.caregivers,
        here.sounder,
        here.drill,
        here.bedtime,
    }
    found |= {here.illness(person.id) for person in config.persons}
    for sensor in state.sensors.values():
        device = sensor.device
        found |= {here.latest(device.person, quantity, device.id) for quantity in sensor.profile.quantities}
    found |= {here.alarm(key, alarms.kind(key.condition)) for key in keys if of_the_house(state, key)}
    return frozenset(found | {topic for topic, _ in discovery.messages(config, state.sensors.values())})


async def keep_clear(parts: Assembly, settings: BrokerSettings, user: str) -> None:
    """A round after each connect, until cancelled. user: under whose name answers come back."""
    publisher, done = parts.publisher, 0

    def topics() -> frozenset[str]:
        return known(parts.hub.state, (alarm.key for alarm in parts.recording.alarms.latest))

    while True:
        await asyncio.sleep(LOOK_S)
        before = publisher.connections
        if not publisher.connected or before == done:
            continue
        await asyncio.sleep(SETTLE_S)
        if not publisher.connected or publisher.connections != before:
            continue
        done = before
        cleared = await clear(settings, user, topics, lambda ghosts: removing(parts.hub.state, ghosts))
        if cleared:
            log.info("retained.cleared", count=len(cleared), topics=sorted(cleared)[:20])
        if cleared & topics():  # raised while it was cleared
            parts.queue.post(Republish())
        await asyncio.sleep(PAUSE_S)


async def clear(
    settings: BrokerSettings,
    user: str,
    topics: Callable[[], frozenset[str]],
    documents: Documents = lambda _ghosts: [],
) -> frozenset[str]:
    """One round; the topics that were cleared. Where the broker lets this hub not look, nothing is.

    topics: what is not to be cleared.
    """
    here = Topics(settings.hub)
    cleared: frozenset[str] = frozenset()
    # Discovery first: Home Assistant reads an emptied topic of a device that it still has as an error.
    for kept, own in (("homeassistant/device/+/config", _discovered(here)), (f"{here.base}/#", _under(here))):
        try:
            async with asyncio.timeout(ROUND_S):
                mark = f"{here.reply(user)}/{secrets.token_hex(8)}"
                cleared |= await _clear(settings, kept, mark, own, topics=topics, documents=documents)
        except (Unreachable, TimeoutError) as error:
            log.info("retained.not_cleared", filter=kept, why=str(error) or "the broker did not answer in time")
    return cleared


async def _clear(
    settings: BrokerSettings,
    kept: str,
    mark: str,
    own: Callable[[Incoming], bool],
    *,
    topics: Callable[[], frozenset[str]],
    documents: Documents,
) -> frozenset[str]:
    """kept: the filter of what is looked at. mark: a topic that comes back to us. own: what is ours to clear."""
    filters = {kept, mark} if kept.startswith("homeassistant") else {kept}
    async with Subscriber(settings, *filters) as client:
        left = {message.topic async for message in client.until_marked(mark, ROUND_S) if own(message)}
        ghosts = sorted(left - topics())[:MOST]
        told = documents(frozenset(ghosts))
        for topic, payload in told:
            client.publish(topic, payload, retain=True)
        await asyncio.sleep(SETTLE_S if told else 0.0)
        for topic in ghosts:
            client.publish(topic, b"", retain=True)
        async for _ in client.until_marked(mark, ROUND_S):
            pass  # the clearing, as everybody hears it: it was done when the mark comes
    return frozenset(ghosts)


def _under(here: Topics) -> Callable[[Incoming], bool]:
    """Retained, and the hub's to clear: what others send to it is theirs."""
    return lambda message: (
        message.retained and bool(message.payload) and not message.topic.startswith(f"{here.base}/cmd/")
    )


def _discovered(here: Topics) -> Callable[[Incoming], bool]:
    """Retained, and a device of this hub: by its topic, and by the status topic that makes it available."""
    ours = re.compile(rf"homeassistant/device/{re.escape(here.hub[:23])}[a-z0-9_-]*/config")

    def own(message: Incoming) -> bool:
        if not (message.retained and message.payload and ours.fullmatch(message.topic)):
            return False
        try:
            device = msgspec.json.decode(message.payload)
            named, there = device["o"]["name"], device["availability"][0]["topic"]
        except (msgspec.DecodeError, RecursionError, LookupError, TypeError):
            return False
        return (named, there) == ("feverhub", here.status)

    return own
