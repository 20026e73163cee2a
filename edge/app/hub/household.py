"""Who is there, while the hub watches: what an owner changes is written down, and holds at once, without a restart.

A sitter's access ends by itself. Whoever is gone has no phone, no push and no user of the broker any more.
"""

import asyncio
import datetime as dt
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import structlog

from edge.app.hub.assembly import Assembly
from edge.app.hub.event_queue import Republish
from edge.app.hub.phone_channels import PhoneChannels
from edge.app.load import caregivers, checked, settings_file
from edge.app.load.broker import house_users
from edge.app.load.checked import CheckedConfiguration
from edge.config import Config
from edge.delivery import people_texts as texts
from edge.errors import EdgeError
from edge.model.effect import ChangeCaregivers, Reply
from edge.model.event import CaregiversChanged, Verb
from edge.model.people import Role
from edge.mqtt.broker_users import HOUSE, BrokerUsers
from edge.pipeline import State
from edge.web.phones import FOLDER as PHONES
from edge.web.phones import Phones

LOOK_S = 15.0
"""How soon a sitter's access ends after its time."""
MOST_WAITING = 20
RELOAD, AGAIN_S = "reload-broker", 3.0
"""The file in the service's runtime folder that has mosquitto read its users again (deploy/systemd). It is asked twice:
systemd may miss what is written while it carries out the first.
"""

log = structlog.get_logger(__name__)


class Household:
    """A side task, and the executor of `ChangeCaregivers`. loaded: with which the hub has begun."""

    def __init__(
        self, loaded: CheckedConfiguration, channels: PhoneChannels, environment: Mapping[str, str] = os.environ
    ) -> None:
        self._loaded = loaded
        self._channels = channels
        self._runtime = environment.get("RUNTIME_DIRECTORY", "").partition(":")[0]
        self._users = BrokerUsers(loaded.state_dir)
        self._phones = Phones(loaded.state_dir / PHONES)
        self._asked: asyncio.Queue[ChangeCaregivers] = asyncio.Queue(MOST_WAITING)
        self._parts: Assembly | None = None
        self._do: Mapping[Verb, Callable[[ChangeCaregivers], Awaitable[str]]] = {
            Verb.CAREGIVER: self._keep,
            Verb.CAREGIVER_REMOVE: self._end,
            Verb.BROKER_USER: self._broker_user,
        }

    def serve(self, parts: Assembly) -> None:
        """The hub whose household it is."""
        self._parts = parts

    def execute(self, effect: ChangeCaregivers, _state: State) -> None:
        """Hands it on; the answer comes once it holds."""
        try:
            self._asked.put_nowait(effect)
        except asyncio.QueueFull:
            self._answer(effect, texts.BUSY, ok=False)

    async def run(self) -> None:
        """Until cancelled."""
        await self._tidy()
        while True:
            await self._end_sitters()
            try:
                async with asyncio.timeout(LOOK_S):
                    effect = await self._asked.get()
            except TimeoutError:
                continue
            try:
                said = await self._do[effect.verb](effect)
            except EdgeError as error:
                self._answer(effect, str(error).splitlines()[0], ok=False)
            else:
                self._answer(effect, said, ok=True)

    def _answer(self, effect: ChangeCaregivers, reason: str, *, ok: bool) -> None:
        assert self._parts is not None
        self._parts.outputs.replies.answer(Reply(effect.by, effect.request_id, ok=ok, reason=reason))

    # ---------------------------------------------------------------- what is asked

    async def _keep(self, effect: ChangeCaregivers) -> str:
        now = dt.datetime.now(self._zone)
        folder, config = self._loaded.state_dir, self._loaded.config
        name = await asyncio.to_thread(caregivers.keep, self._loaded.path, folder, config, effect.arguments, now)
        await self._apply()
        return (texts.CHANGED if effect.arguments.get("id") else texts.SET_UP).format(name=name)

    async def _end(self, effect: ChangeCaregivers) -> str:
        whose = str(effect.arguments["id"])
        name = next((each.name for each in self._loaded.config.caregivers if each.id == whose), whose)
        await asyncio.to_thread(caregivers.end, self._loaded.path, self._loaded.state_dir, [whose])
        await self._apply()
        return texts.REMOVED.format(name=name)

    async def _broker_user(self, effect: ChangeCaregivers) -> str:
        whose = str(effect.arguments["id"])
        who = next((each for each in self._loaded.config.caregivers if each.id == whose), None)
        if who is None and HOUSE not in self._loaded.config.mqtt.house_users:
            row = {"house_users": [*self._loaded.config.mqtt.house_users, HOUSE]}
            await asyncio.to_thread(settings_file.change, self._loaded.path, self._loaded.state_dir, [("mqtt", row)])
            await self._apply()
        user = who.mqtt_user if who else HOUSE
        role = HOUSE if who is None else "viewer" if who.role is Role.VIEWER else "caregiver"
        password = await asyncio.to_thread(self._users.make, user, role)
        self._ask_for_reload()
        return texts.BROKER_USER.format(user=user, password=password)

    # ---------------------------------------------------------------- what follows

    @property
    def _zone(self) -> dt.tzinfo:
        assert self._parts is not None
        return self._parts.setup.zone

    async def _end_sitters(self) -> None:
        now_s = time.time()
        everybody = self._loaded.config.caregivers
        over = [each.id for each in everybody if each.until_s is not None and each.until_s <= now_s]
        if not over:
            return
        written = [each for each in over if each not in caregivers.by_hand(self._loaded.config)]
        try:
            await asyncio.to_thread(caregivers.end, self._loaded.path, self._loaded.state_dir, written)
            await self._apply()
        except EdgeError as error:  # written down or not: the access is over
            log.error("sitter", why=str(error))
            await self._hold(caregivers.present(self._loaded, now_s))

    async def _apply(self) -> None:
        """Read what was written down. Raises ConfigError."""
        loaded = await asyncio.to_thread(checked.load, self._loaded.path, state_dir=self._loaded.state_dir)
        await self._hold(caregivers.present(loaded, time.time()))

    async def _hold(self, loaded: CheckedConfiguration) -> None:
        """These are there now. The rest of the configuration holds with the next start."""
        assert self._parts is not None
        parts, now = self._parts, loaded.config
        notifiers, anew = self._channels.renew(loaded)
        self._loaded = loaded
        parts.intake.renew(now.caregivers, house_users(now))
        parts.outputs.replies.renew(now.caregivers)
        parts.outputs.notifications.renew(notifiers)
        parts.outputs.phone_screens.renew(notifiers)
        parts.phone_buttons.renew(notifiers)
        counts = {who: len(each) for who, each in notifiers.items()}
        await parts.queue.put(CaregiversChanged(now.caregivers, counts, caregivers.by_hand(now), anew))
        parts.queue.post(Republish())
        await self._tidy()

    async def _tidy(self) -> None:
        """No phone and no user of the broker of who is not there."""
        ids = {each.id for each in self._loaded.config.caregivers}
        for phone in self._phones.all():
            if phone.caregiver not in ids:
                self._phones.end(phone.id)
        try:
            changed = await asyncio.to_thread(self._users.keep_only, _broker_roles(self._loaded.config))
        except EdgeError as error:
            log.error("broker_users", why=str(error))
            return
        if changed:
            self._ask_for_reload()

    def _ask_for_reload(self) -> None:
        if not self._runtime:
            return
        for pause_s in (0.0, AGAIN_S):
            asyncio.get_running_loop().call_later(pause_s, self._request_reload)

    def _request_reload(self) -> None:
        try:
            (Path(self._runtime) / RELOAD).write_text("users\n", encoding="utf-8")
        except OSError as error:
            log.error("broker_users", why=f"mosquitto cannot be asked to read them: {error.strerror}")


def _broker_roles(config: Config) -> Mapping[str, str]:
    roles = {each.mqtt_user: "viewer" if each.role is Role.VIEWER else "caregiver" for each in config.caregivers}
    return {**roles, **({HOUSE: HOUSE} if HOUSE in config.mqtt.house_users else {})}
