"""A second sounder, as in the parents' room: plays what the hub's topic says, and says when the hub is gone."""

import asyncio
import contextlib
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import structlog

from edge.app.load import configuration, process
from edge.app.load.broker import broker_settings
from edge.app.load.configuration import Configuration
from edge.errors import ConfigError, Unreachable
from edge.host.notify import Systemd, Watchdog
from edge.mqtt.inbound import Incoming
from edge.mqtt.subscriber import Subscriber
from edge.mqtt.topics import Topics
from edge.ports import Sent, Sounder
from edge.sounder.sounders import sounders
from edge.sounder.tones import PATTERNS

# A hub that restarts is back sooner. One that is gone must be noticed, since silence would look like safety.
GONE_S = 60.0
# The hub speaks every 30 s.
STOPPED_S = 90.0
AGAIN_S = 2.0
LOOK_S = 1.0
# One vain attempt at a broker takes 30 s at most; WatchdogSec= of the unit is a minute.
STALE_S = 50.0
STATUS_S = 10.0
TROUBLE, TEST = "technical", "test"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class HubState:
    """What is known of the hub. well_s: when it was last there for sure; word_s: when it last spoke of itself."""

    well_s: float
    word_s: float
    online: bool = False
    pattern: str = ""
    level_percent: int = 100

    def take(self, topics: Topics, message: Incoming, now_s: float) -> "HubState":
        """With one more message; what makes no sense changes nothing."""
        if message.topic == topics.status:
            online = message.payload == b"online"
            return replace(self, online=online, word_s=now_s if online else self.word_s)
        if message.topic == topics.health and not message.retained:
            return replace(self, word_s=now_s)
        if message.topic != topics.sounder:
            return self
        with contextlib.suppress(msgspec.DecodeError, AttributeError, TypeError, ValueError):
            fields = msgspec.json.decode(message.payload)
            pattern, level = fields.get("pattern"), int(fields.get("level_percent", 100))
            if pattern == "" or (pattern in PATTERNS and not (pattern == TEST and message.retained)):
                return replace(self, pattern=pattern, level_percent=min(max(level, 20), 100))
        return self

    def there(self, now_s: float) -> "HubState":
        """The same, a moment later."""
        fresh = self.online and now_s - self.word_s <= STOPPED_S
        return replace(self, well_s=now_s) if fresh else self

    def wanted(self, now_s: float) -> tuple[str, int]:
        """What shall sound now. An alarm goes on sounding until the hub itself says that it is over."""
        if self.pattern and self.pattern != TEST:
            return self.pattern, self.level_percent
        if now_s - self.well_s > GONE_S:
            return TROUBLE, 100
        return self.pattern, self.level_percent


def run(path: Path) -> None:
    """Play on this computer, until SIGTERM or SIGINT. Raises ConfigError."""
    known = configuration.read(path)
    player = sounders(known.config)
    if player is None:
        raise ConfigError(f'{path}: [hub] sounder is empty: name the sound card of this computer, such as "default"')
    process.set_up_logs()

    def trouble(sent: Sent) -> None:
        log.error("sounder.not_ready", why=sent.detail)

    async def work() -> None:
        systemd = Systemd()
        pulse = Pulse(systemd, asyncio.get_running_loop().time)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(player.run(trouble), name="sounder child")
            tasks.create_task(listen(known, player, pulse.beat), name="listener")
            tasks.create_task(pulse.run(), name="watchdog")

    asyncio.run(process.until_stopped(work()))


class Pulse:
    """Feeds systemd's watchdog while the listener goes round: a broker that is away is no reason for a restart."""

    def __init__(self, systemd: Systemd, now_s: Callable[[], float]) -> None:
        self._systemd = systemd
        self._now_s = now_s
        self._watchdog = Watchdog(systemd)
        self._watchdog.register("listener", STALE_S, now_s())

    def beat(self, words: str) -> None:
        """The listener went round once. words: what it knows of the hub, for `systemctl status`."""
        self._watchdog.beat("listener", self._now_s())
        self._systemd.status(words)

    async def run(self) -> None:
        """Until cancelled. It is ready at once: without a broker, too, it has something to say."""
        self._systemd.ready()
        while True:
            stale = self._watchdog.feed(self._now_s())
            if stale is not None:
                log.error("watchdog.not_fed", stage=stale)
            await asyncio.sleep(min(STATUS_S, self._systemd.watchdog_s or STATUS_S))


async def listen(known: Configuration, sounder: Sounder, beat: Callable[[str], None] = lambda _words: None) -> None:
    """Play until cancelled; without a broker try again every 2 s. beat: told at each round what is known."""
    settings = broker_settings(known)
    topics = Topics(settings.hub)
    now_s = asyncio.get_running_loop().time
    player = _Player(sounder)
    hub = HubState(now_s(), -math.inf)
    while True:
        try:
            async with Subscriber(settings, topics.status, topics.sounder, topics.health) as client:
                log.info("sounder.connected", broker=f"{settings.host}:{settings.port}")
                while True:
                    with contextlib.suppress(TimeoutError):
                        hub = hub.take(topics, await client.next(LOOK_S), now_s())
                    hub = hub.there(now_s())
                    beat("the hub is there" if hub.online else "the broker is there, the hub is not")
                    await player.play(*hub.wanted(now_s()))
        except Unreachable as error:
            log.warning("sounder.not_connected", why=str(error))
        hub = replace(hub, online=False)
        beat("no broker")
        await player.play(*hub.wanted(now_s()))
        await asyncio.sleep(AGAIN_S)


class _Player:
    """Asks the sounder only for changes; a test ends by itself."""

    def __init__(self, sounder: Sounder) -> None:
        self._sounder = sounder
        self._playing = ("", 100)

    async def play(self, pattern: str, level_percent: int) -> None:
        wanted = (pattern, level_percent if pattern else 100)
        if wanted == self._playing:
            return
        after_test = self._playing[0] == TEST and not pattern
        self._playing = wanted
        if not after_test:
            sent = await self._sounder.play(*wanted)
            log.info("sounder.plays", pattern=pattern or "silence", outcome=sent.outcome, detail=sent.detail)
