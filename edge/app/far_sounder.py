"""A second sounder, as in the parents' room: plays what the hub's topic says, and says when the hub is gone."""

import asyncio
import contextlib
import math
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import structlog

from edge.app import build, daemon
from edge.app.build import Loaded
from edge.app.session import broker_settings
from edge.errors import Unreachable
from edge.mqtt.mailbox import Incoming
from edge.mqtt.subscriber import Subscriber
from edge.mqtt.topics import Topics
from edge.ports import Sounder
from edge.push.sounder import AplaySounder
from edge.push.tones import PATTERNS

# A hub that restarts is back sooner. One that is gone must be heard of, since silence would look like safety.
GONE_S = 60.0
# The hub speaks every 30 s.
STOPPED_S = 90.0
AGAIN_S = 2.0
LOOK_S = 1.0
TROUBLE, TEST = "technical", "test"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard of the hub. well_s: when it was last there for sure; word_s: when it last spoke of itself."""

    well_s: float
    word_s: float
    online: bool = False
    pattern: str = ""
    level_percent: int = 100

    def take(self, topics: Topics, message: Incoming, now_s: float) -> "Heard":
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

    def there(self, now_s: float) -> "Heard":
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
    loaded = build.load(path)
    daemon.set_up_logs()
    device = loaded.config.hub.sounder
    player = AplaySounder(None if device == "default" else device)

    async def work() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(player.run(), name="sounder child")
            tasks.create_task(listen(loaded, player), name="listener")

    asyncio.run(daemon.until_told(work()))


async def listen(loaded: Loaded, sounder: Sounder) -> None:
    """Play until cancelled; without a broker try again every 2 s."""
    settings = broker_settings(loaded)
    topics = Topics(settings.hub)
    now_s = asyncio.get_running_loop().time
    player = _Player(sounder)
    heard = Heard(now_s(), -math.inf)
    while True:
        try:
            async with Subscriber(settings, topics.status, topics.sounder, topics.health) as client:
                log.info("sounder.connected", broker=f"{settings.host}:{settings.port}")
                while True:
                    with contextlib.suppress(TimeoutError):
                        heard = heard.take(topics, await client.next(LOOK_S), now_s())
                    heard = heard.there(now_s())
                    await player.play(*heard.wanted(now_s()))
        except Unreachable as error:
            log.warning("sounder.not_connected", why=str(error))
        heard = replace(heard, online=False)
        await player.play(*heard.wanted(now_s()))
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
