"""The outward heartbeat: sent only while every stage of the road progresses, as systemd's watchdog is fed."""

import asyncio
import datetime as dt
import ssl
from collections.abc import Callable, Mapping

import structlog

from edge.app.hub.counters import Counters
from edge.mqtt.payloads import rfc3339
from edge.push.heartbeat import beat

log = structlog.get_logger(__name__)


class Heartbeat:
    """A side task. url: the address, which may be a secret. wall_s: wall clock, seconds. context: of TLS, for tests."""

    def __init__(
        self,
        url: str,
        every_s: float,
        counters: Counters,
        zone: dt.tzinfo,
        *,
        wall_s: Callable[[], float],
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._url = url
        self._every_s = every_s
        self._counters = counters
        self._zone = zone
        self._wall_s = wall_s
        self._context = context
        self._last_s: float | None = None
        self._why = "not sent yet"

    def facts(self) -> Mapping[str, object]:
        """For the health topic: when it last got through, and why it does not."""
        return {"last": None if self._last_s is None else rfc3339(self._last_s, self._zone), "why": self._why}

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            before = self._why
            stalled = self._counters.stalled
            self._why = f"held back: {stalled}" if stalled else await beat(self._url, self._context)
            if not self._why:
                self._last_s = self._wall_s()
            elif self._why != before:
                log.warning("heartbeat", why=self._why)
            await asyncio.sleep(self._every_s)
