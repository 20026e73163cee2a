"""`feverhub station`: the page of all beds. What it knows is the broker's; started anew it shows the same."""

import asyncio
import contextlib
import secrets
import time
from pathlib import Path

import msgspec
import structlog

from edge.app.load import configuration, process
from edge.app.load.broker import broker_settings, hub_user
from edge.app.load.configuration import Configuration
from edge.app.load.languages import WHOLE, load_languages
from edge.app.ward.beds import Beds
from edge.config import WebTable
from edge.errors import Unreachable
from edge.host.notify import Systemd
from edge.mqtt.subscriber import Subscriber
from edge.mqtt.ward_topics import WARD_ROOT, Address, address
from edge.web.languages import Languages
from edge.web.station import make_app, serve
from edge.web.station_wire import WardAnswer, WardShown

TOKEN = "station_token"  # noqa: S105 - the name of the credential, not what is in it
AGAIN_S = 1.0
ANSWER_S = 5.0

log = structlog.get_logger(__name__)


def run(path: Path) -> None:
    """Serve the page until SIGTERM or SIGINT. Raises ConfigError."""
    known = configuration.read(path)
    token = known.credentials.require(TOKEN)
    process.set_up_logs()
    web = known.config.web or WebTable()
    station = Station(known)

    async def work() -> None:
        app = make_app(station, token, Languages(load_languages(), WHOLE))
        Systemd().ready()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(station.run(), name="broker")
            tasks.create_task(serve(app, web.host, web.port), name="page")

    asyncio.run(process.until_stopped(work()))


class Station:
    """Implements `web.station.Source`. Its user at the broker is who answers: `[mqtt] username`."""

    def __init__(self, known: Configuration) -> None:
        self._settings = broker_settings(known)
        self._user = hub_user(known.config)
        self._beds = Beds()
        self._client: Subscriber | None = None
        self._why = "not connected yet"
        self._changed = asyncio.Condition()
        self._version = 1
        self._asked: dict[str, asyncio.Future[WardAnswer]] = {}

    async def run(self) -> None:
        """Follow the broker until cancelled."""
        while True:
            try:
                async with Subscriber(self._settings, f"{WARD_ROOT}/#", bulk=True) as client:
                    self._beds.begin(_now_s())
                    self._client, self._why = client, ""
                    log.info("station.connected", broker=f"{self._settings.host}:{self._settings.port}")
                    await self._tell()
                    await self._follow(client)
            except Unreachable as error:
                self._why = str(error)
                log.warning("station.not_connected", why=self._why)
            finally:
                self._client = None
            await self._tell()
            await asyncio.sleep(AGAIN_S)

    async def _follow(self, client: Subscriber) -> None:
        while True:
            before = self._beds.version
            for message in await client.some(None):
                self._beds.take(message, _now_s(), time.time())
                where = address(message.topic)
                if where is not None and where.rest == f"reply/{self._user}":
                    self._answered(message.payload)
            if self._beds.version != before:
                await self._tell()

    def shown(self) -> WardShown:
        """All beds at this moment."""
        return WardShown(self._client is not None, self._why, self._beds.shown(_now_s()))

    async def news(self, version: int) -> int:
        """Waits for the next change."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._version > version)
        return self._version

    async def answer(self, key: str, alarm: str) -> WardAnswer:
        """Tell that bed's hub that somebody comes, and wait for what it says."""
        where: Address | None = address(f"{key}/status")
        if where is None or where.base != key or not self._beds.find(key, alarm):
            return WardAnswer(False, "this alarm is over")
        if self._client is None:
            return WardAnswer(False, "", heard=False)
        request = secrets.token_hex(8)
        self._asked[request] = asyncio.get_running_loop().create_future()
        body = msgspec.json.encode({"schema": 1, "request_id": request, "alarm": alarm})
        try:
            self._client.publish(f"{key}/cmd/{self._user}/acknowledge", body)
            async with asyncio.timeout(ANSWER_S):
                return await self._asked[request]
        except TimeoutError:
            return WardAnswer(False, "", heard=False)
        finally:
            del self._asked[request]

    def _answered(self, payload: bytes) -> None:
        with contextlib.suppress(msgspec.MsgspecError, AttributeError):
            said = msgspec.json.decode(payload)
            waits = self._asked.get(str(said.get("request_id")))
            if waits is not None and not waits.done():
                waits.set_result(WardAnswer(said.get("ok") is True, str(said.get("reason", ""))[:200]))

    async def _tell(self) -> None:
        self._version += 1
        async with self._changed:
            self._changed.notify_all()


def _now_s() -> float:
    return time.monotonic()
