"""Once a week, by day: whether an alarm would get out, without waking anybody.

Over the real journal, outbox and broker to a topic that the hub alone reads and hears itself; and over each push
channel as far as its service allows that silently: by ntfy a message without sound, taken off the screen at once.
"""

import asyncio
import json
import secrets
from collections.abc import Mapping
from typing import Final

import structlog

from edge.app.hub.assembly import Assembly
from edge.errors import Unreachable
from edge.model.effect import Notify
from edge.model.language import N_
from edge.model.moment import Now
from edge.model.people import Role
from edge.mqtt.link import BrokerSettings
from edge.mqtt.payloads import rfc3339
from edge.mqtt.subscriber import Subscriber
from edge.mqtt.topics import Topics
from edge.ports import OutgoingMessage

EVERY_S: Final = 6.5 * 86_400.0
"""A week, less what a daily job may be early."""
HEARD_S: Final = 20.0
MEMO: Final = "way of alarms"
TITLE = N_("feverhub: a test without a sound")
TEXT = N_("The hub looks whether its messages arrive. This one goes away by itself.")
OF_BROKER: Final = "broker"

log = structlog.get_logger(__name__)


class WayTest:
    """settings: how the hub gets in at its broker. user: as whom."""

    def __init__(self, parts: Assembly, settings: BrokerSettings, user: str) -> None:
        self._parts = parts
        self._settings = settings
        # Nobody but the hub's own user may read the answers to it.
        self._topic = f"{Topics(settings.hub).reply(user)}/way"
        # The last one: when, wall seconds, and by each way why not; empty: it worked, None: it was not tried.
        self._last_s: float | None = None
        self._ways: dict[str, str | None] = {}

    def facts(self) -> Mapping[str, object]:
        """For the health topic: when it was last tried, and by each way why not; empty: it worked, None: not tried."""
        if self._last_s is None:
            return {}
        return {"last": rfc3339(self._last_s, self._parts.setup.zone), "ways": dict(self._ways)}

    async def recall(self) -> None:
        """What came of the last one before a restart; nothing if that cannot be read."""
        text = await self._parts.recording.journal_writer.recall(MEMO)
        try:
            kept = json.loads(text) if text else {}
            self._last_s = float(kept["last_s"])
            self._ways = {str(way): why and str(why) for way, why in kept["ways"].items()}
        except (ValueError, KeyError, TypeError, AttributeError):
            self._last_s, self._ways = None, {}

    async def weekly(self) -> None:
        """Try it, if the last time was a week ago."""
        now = self._parts.clock.now()
        if self._last_s is None or not 0 <= now.wall_s - self._last_s < EVERY_S:
            await self.try_out()

    async def try_out(self) -> None:
        """Now, whatever alarms stand: none of it passes the core."""
        now = self._parts.clock.now()
        ways: dict[str, str | None] = {OF_BROKER: await self._broker(now)}
        state = self._parts.hub.state
        for who in state.setup.config.caregivers:
            if who.role is not Role.VIEWER and state.setup.channels.get(who.id):
                words = state.setup.locale(who)
                quiet = Notify(who.id, f"way-{int(now.wall_s)}", words.say(TITLE), words.say(TEXT), False, quiet=True)
                ways |= await self._parts.outputs.notifications.try_quietly(quiet)
        self._last_s, self._ways = now.wall_s, ways
        self._parts.recording.journal_writer.remember(MEMO, json.dumps({"last_s": now.wall_s, "ways": ways}))
        log.info("way of alarms", ways=ways)

    async def _broker(self, now: Now) -> str:
        """Why a message in the outbox is not heard back; empty: it was."""
        word = secrets.token_hex(8).encode()
        try:
            async with Subscriber(self._settings, self._topic) as ear, asyncio.timeout(HEARD_S):
                message = OutgoingMessage(self._topic, word, retain=False, expires_s=now.wall_s + HEARD_S)
                await self._parts.recording.journal_writer.record((), [message])
                self._parts.publisher.wake()
                while (await ear.next(HEARD_S)).payload != word:
                    pass
        except Unreachable as error:
            return str(error)
        except TimeoutError:
            return N_("what the hub sends does not come back from the broker")
        return ""
