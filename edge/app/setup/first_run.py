"""The first run: what is asked by phone before a hub can watch, step by step, written at once into settings.toml.

What was answered stands in the configuration; beside it only which steps are done, so that a power cut costs nothing.
"""

import asyncio
import datetime as dt
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from traceback import format_exc
from typing import Any

import msgspec
import structlog

from edge.app.load import checked, first_run
from edge.app.load.checked import CheckedConfiguration
from edge.app.load.configuration import CREDENTIAL, CREDENTIALS, SETTINGS_FILE
from edge.app.load.first_run import NOBODY, Files, Progress, Unfinished
from edge.app.load.languages import WHOLE, load_languages
from edge.app.sensors import pair, settings_file
from edge.app.setup import answers, sentences
from edge.app.setup.answers import Fields, Row
from edge.app.setup.finder import Finder
from edge.app.setup.secret_file import keep_secret
from edge.config import WebTable
from edge.delivery import setup_texts as texts
from edge.errors import CommandRefused, ConfigError, EdgeError
from edge.host.credentials import Credentials
from edge.model.language import Language, Locale, TemperatureUnit
from edge.model.people import Caregiver, Device, Limb, Person, Role, Site
from edge.ports import Clock
from edge.push.service import problem
from edge.web.phones import FOLDER, Phones
from edge.web.reader import IN_ENGLISH, Reader
from edge.web.setup_wire import SENSORS, STEPS, Setup
from edge.web.wire import Say

IDS = {"thermometer": "thermometer", "sensor": "movement"}
QUIET_S = 1800.0
ENGLISH = IN_ENGLISH.language
MENDS = frozenset({"again", "aside", "quiet"})
"""What can be said while the configuration cannot be used."""
HUB_PASSWORD = "mqtt_password"  # noqa: S105  the name of the secret
HUB_USER = "hub"
"""What deploy/install.sh calls the hub at the broker."""

log = structlog.get_logger(__name__)


class FirstRun:
    """unfinished: why it is needed. web: where the page is. `complete` is set when the hub can be run.

    quiet_until_s: the room is not told of a configuration that cannot be used before that; monotonic.
    """

    def __init__(self, files: Files, unfinished: Unfinished, web: WebTable, finder: Finder, clock: Clock) -> None:
        self.complete = asyncio.Event()
        self.quiet_until_s = 0.0
        self.folder = files.folder
        self.phones = Phones(self.folder / FOLDER)
        self.languages = load_languages()
        self._files = files
        self._unfinished, self._web, self._finder, self._clock = unfinished, web, finder, clock
        self._progress = first_run.read(self.folder) or Progress(whole=bool(unfinished.trouble))
        self._loaded = self._load()
        self._order = asyncio.Lock()
        self._steps: Mapping[str, Callable[[Fields, Locale], Awaitable[None]]] = {
            "you": self._you,
            "child": self._child,
            "look": self._look,
            "choose": self._choose,
            "thermometer": self._sensor,
            "sensor": self._sensor,
            "skip": self._skip,
            "limits": self._limits,
            "others": self._others,
            "add": self._add,
            "phone": self._phone,
            "app": self._app,
            "again": self._again,
            "aside": self._aside,
            "quiet": self._quiet,
        }

    # ---------------------------------------------------------------- what is shown

    def shown(self, reader: Reader = IN_ENGLISH) -> Setup:
        """All that the page shows to such a reader."""
        trouble, words = list(self._unfinished.trouble), self._words(reader)
        if trouble:
            left_s = self.quiet_until_s - time.monotonic()
            quiet = words.say(texts.QUIET, minutes=math.ceil(left_s / 60)) if left_s > 0 else ""
            return Setup(reader=reader, trouble=trouble, aside=self._own_file_is_wrong(), quiet=quiet)
        loaded, scan = self._loaded, self._finder.shown(words)
        if loaded is None:
            return Setup(reader=reader, step=self.step, done=self._progress.done, scan=scan)
        config, owner, child = loaded.config, self._owner(), self._person()
        url = self._address()
        address, link = texts.links(url)
        return Setup(
            reader=reader,
            hub=config.hub.name,
            step=self.step,
            done=self._progress.done,
            values={
                "owner": owner.name if owner else "",
                "child": child.name if child else "",
                "born": str(child.born) if child and child.born else "",
                "watchfulness": child.watchfulness if child else "",
                "fever_c": "" if config.limits.fever_c is None else words.degrees(config.limits.fever_c),
                "way": answers.way(url),
                "details": "yes" if owner and owner.share_details else "",
            },
            paired=dict(self._paired(loaded, words)),
            scan=scan,
            limits=sentences.limits(loaded, time.time(), words) if "thermometer" in self._progress.done else [],
            levels=sentences.levels(words),
            others=[
                f"{each.name}, {words.say(texts.ROLES[each.role])}"
                for each in config.caregivers
                if owner is not None and each.id != owner.id
            ],
            address=address,
            link=link,
            owners=(NOBODY, *(each.id for each in config.caregivers if each.role is Role.OWNER)),
        )

    @property
    def step(self) -> str:
        """The first that is not done."""
        return next((each for each in STEPS if each not in self._progress.done), STEPS[-1])

    def readers(self) -> list[Reader]:
        """Every kind that a phone may choose, English and °C last."""
        chosen = [Reader(code, unit) for code in (*WHOLE, ENGLISH) for unit in TemperatureUnit]
        return sorted(chosen, key=IN_ENGLISH.__eq__)

    def _words(self, reader: Reader) -> Locale:
        return Locale(self.languages.get(reader.language, Language()), reader.unit)

    def _paired(self, loaded: CheckedConfiguration, words: Locale) -> list[tuple[str, str]]:
        return [
            (
                step,
                f"{loaded.profiles[device.profile].name}, {texts.short_place(_place(device), words)}",
            )
            for step, ident in IDS.items()
            for device in loaded.config.devices
            if device.id == ident
        ]

    # ---------------------------------------------------------------- what is answered

    async def take(self, said: Say) -> tuple[bool, str]:
        """One form: whether it was taken, and why not. Two at once come one after the other."""
        words = self._words(said.reader)
        async with self._order:
            try:
                fields = msgspec.json.decode(said.body, type=dict[str, str])
                step = self._steps.get(said.verb)
                if step is None or bool(self._unfinished.trouble) != (said.verb in MENDS):
                    raise CommandRefused(texts.ELSEWHERE_NOW)
                if said.verb in STEPS and STEPS.index(said.verb) > STEPS.index(self.step):
                    raise CommandRefused(texts.NOT_YET)
                await step({**fields, "step": fields.get("step", said.verb)}, words)
            except CommandRefused as refused:
                return False, words.refusal(refused)
            except EdgeError as error:
                return False, words.reason(str(error))
            except msgspec.MsgspecError:
                return False, words.say(texts.ELSEWHERE_NOW)
            except Exception as error:  # noqa: BLE001  whatever failed, the other questions can still be answered
                log.error("first_run", step=said.verb, why=type(error).__name__, trace=format_exc())
                return False, words.say(texts.FAILED)
            return True, ""

    async def begin(self) -> None:
        """Go on where it was, also after a restart. Raises StorageError if nothing can be kept."""
        self._write_progress()
        if not self._unfinished.trouble:
            await self._look_if_asked()

    async def _you(self, fields: Fields, words: Locale) -> None:
        name, owner = answers.name(fields, texts.WHO), self._owner()
        ident = owner.id if owner else answers.ident(name, "owner", [each.id for each in self._caregivers()])
        row: Row = {
            "id": ident,
            "name": name,
            "role": "owner",
            "language": words.language.code,
            "unit": str(words.unit),
        }
        rows: list[tuple[str, Row]] = [("caregiver", row)]
        if "hub" not in self._unfinished.owners and words.language.code != self._language():
            rows.append(("hub", {"language": words.language.code}))
        if "web" not in self._unfinished.owners:
            rows.append(("web", {"host": self._web.host, "port": self._web.port}))
        if "mqtt" not in self._unfinished.owners and self._has_password():
            rows.append(("mqtt", {"host": "127.0.0.1", "username": HUB_USER}))
        await self._keep(*rows, step="you")
        self._give_phones()

    async def _child(self, fields: Fields, _words: Locale) -> None:
        now = self._clock.now()
        today = dt.datetime.fromtimestamp(now.wall_s).astimezone().date() if now.synced else None
        name, born, child = answers.name(fields, texts.CHILD), answers.born(fields, today), self._person()
        taken = [each.id for each in self._loaded.config.persons] if self._loaded else []
        ident = child.id if child else answers.ident(name, "child", taken)
        await self._keep(("person", {"id": ident, "name": name, "born": born}), step="child")
        await self._look_if_asked()

    async def _look(self, fields: Fields, _words: Locale) -> None:
        if fields["step"] in SENSORS and self._person() is not None:
            await self._finder.look(fields["step"])

    async def _choose(self, fields: Fields, _words: Locale) -> None:
        child = self._person()
        if child is None or fields["step"] not in SENSORS:
            raise CommandRefused(texts.NOT_YET)
        if self._finder.scan.what == fields["step"]:
            await self._finder.choose(fields.get("key", ""), IDS[fields["step"]], child.id)

    async def _sensor(self, fields: Fields, words: Locale) -> None:
        step = fields["step"]
        if self._finder.scan.what != step and step in dict(self._paired(self._need(), words)):
            self._done(step)  # sent twice: it was taken already
            return
        place = fields.get("place", "")
        if place not in (texts.PLACES if step == "thermometer" else texts.LIMBS):
            raise CommandRefused(texts.ELSEWHERE_NOW)
        chosen = await self._finder.take()
        device, _ = pair.known_by(chosen.device, chosen.first, private=chosen.private)
        site, limb = (Site(place), None) if step == "thermometer" else (None, Limb(place))
        device = replace(device, site=site, limb=limb)
        pair.check_free(self._need(), device)
        await self._keep(("device", pair.row(device)), step=step)
        await self._look_if_asked()

    async def _skip(self, fields: Fields, _words: Locale) -> None:
        if fields["step"] != "sensor":
            raise CommandRefused(texts.NOT_YET)
        await self._finder.stop()
        self._done("sensor")

    async def _limits(self, fields: Fields, words: Locale) -> None:
        child, level = self._person(), answers.watchfulness(fields)
        assert child is not None
        await self._keep(
            ("limits", {"fever_c": answers.fever_c(fields, words)}),
            ("person", {"id": child.id, "watchfulness": str(level)}),
            step="limits",
        )

    async def _add(self, fields: Fields, words: Locale) -> None:
        name = answers.name(fields, texts.WHO)
        if any(each.name == name for each in self._caregivers()):
            return  # sent twice
        ident = answers.ident(name, "caregiver", [each.id for each in self._caregivers()])
        await self._keep(
            ("caregiver", {"id": ident, "name": name, "role": str(answers.role(fields)), "unit": str(words.unit)})
        )

    async def _others(self, _fields: Fields, _words: Locale) -> None:
        self._done("others")

    async def _phone(self, fields: Fields, _words: Locale) -> None:
        owner = self._owner()
        assert owner is not None
        url = answers.address(fields, self._address())
        if url and (why := await asyncio.to_thread(problem, url)):
            raise CommandRefused(texts.CANNOT_RING, why=why)
        secret = f"phone_{owner.id}"
        if url:
            keep_secret(self.folder / CREDENTIALS, secret, url)
        row: Row = {
            "id": owner.id,
            "channels": [f"{CREDENTIAL}{secret}"] if url else [],
            "share_details": fields.get("details") == "yes",
        }
        await self._keep(("caregiver", row), step="phone")

    async def _app(self, _fields: Fields, _words: Locale) -> None:
        await self._ring_others()
        self._done("app")
        await self._finder.stop()
        self._give_phones()
        first_run.finish(self.folder)
        self.complete.set()

    async def _ring_others(self) -> None:
        """An ntfy address for everyone else who answers alarms, to be put on their phones with the page's code."""
        owner, rows = self._owner(), []
        server = answers.server(self._address())
        for each in self._caregivers():
            if each.role is Role.CAREGIVER and not each.channels:
                secret = f"phone_{each.id}"
                keep_secret(self.folder / CREDENTIALS, secret, answers.address({"way": "ntfy", "server": server}, ""))
                details = owner is not None and owner.share_details
                row: Row = {"id": each.id, "channels": [f"{CREDENTIAL}{secret}"], "share_details": details}
                rows.append(("caregiver", row))
        if rows:
            await self._keep(*rows)

    # ---------------------------------------------------------------- a configuration that cannot be used

    async def _again(self, _fields: Fields, _words: Locale) -> None:
        if not self.mended():
            raise CommandRefused(texts.READ_AGAIN)

    def mended(self) -> bool:
        """Read everything anew; whether what was wrong is right."""
        found = first_run.look(self._files)
        if isinstance(found, Unfinished):
            self._unfinished = found
            self._loaded = self._load()
            return not found.trouble
        self._loaded = found
        self._give_phones()
        first_run.finish(self.folder)
        self.complete.set()
        return True

    async def _aside(self, _fields: Fields, _words: Locale) -> None:
        """What the hub itself wrote and nobody can read: kept under another name, and asked anew."""
        if not self._own_file_is_wrong():
            raise CommandRefused(texts.ELSEWHERE_NOW)
        file = self.folder / SETTINGS_FILE
        file.rename(file.with_name(f"{file.name}.damaged-{int(time.time())}"))
        if self.mended() and not self.complete.is_set():
            self._progress = Progress()
            await self.begin()

    async def _quiet(self, _fields: Fields, _words: Locale) -> None:
        """No sound in the room for half an hour; it ends by itself."""
        self.quiet_until_s = time.monotonic() + QUIET_S

    def _own_file_is_wrong(self) -> bool:
        return any(str(self.folder / SETTINGS_FILE) in sentence for sentence in self._unfinished.trouble)

    # ---------------------------------------------------------------- what is known

    def _load(self) -> CheckedConfiguration | None:
        try:
            return checked.load(self._files.path, state_dir=self._files.state_dir)
        except ConfigError:
            return None

    def _need(self) -> CheckedConfiguration:
        if self._loaded is None:
            raise CommandRefused(texts.NOT_YET)
        return self._loaded

    def _caregivers(self) -> tuple[Caregiver, ...]:
        return self._loaded.config.caregivers if self._loaded else ()

    def _owner(self) -> Caregiver | None:
        return next((each for each in self._caregivers() if each.role is Role.OWNER), None)

    def _person(self) -> Person | None:
        return next(iter(self._loaded.config.persons), None) if self._loaded else None

    def _address(self) -> str:
        """Where the owner's phone is rung so far."""
        owner, loaded = self._owner(), self._loaded
        if owner is None or loaded is None or not owner.channels:
            return ""
        return loaded.credentials.get(owner.channels[0].removeprefix(CREDENTIAL)) or ""

    def _language(self) -> str:
        """In which the hub speaks so far."""
        return self._loaded.config.hub.language if self._loaded else ENGLISH

    def _has_password(self) -> bool:
        """Whether there is a password for the hub at the broker."""
        known = self._loaded.credentials if self._loaded else Credentials(own=self.folder / CREDENTIALS)
        try:
            return known.get(HUB_PASSWORD) is not None
        except ConfigError:
            return False

    # ---------------------------------------------------------------- what is kept

    async def _keep(self, *items: tuple[str, Mapping[str, Any]], step: str = "") -> None:
        """All of it into settings.toml, or nothing; then that step is done. Raises EdgeError."""
        await asyncio.to_thread(settings_file.change, self._files.path, self.folder, items)
        self._loaded = self._load()
        if step:
            self._done(step)

    def _done(self, step: str) -> None:
        if step not in self._progress.done:
            self._progress.done.append(step)
        self._write_progress()

    def _write_progress(self) -> None:
        self._progress.port = self._web.port
        first_run.write(self.folder, self._progress)

    async def _look_if_asked(self) -> None:
        if self.step in SENSORS and self._person() is not None:
            await self._finder.look(self.step)

    def _give_phones(self) -> None:
        """Whoever had the code of the terminal is the owner."""
        owner = self._owner()
        for phone in self.phones.all():
            if owner is not None and phone.caregiver == NOBODY:
                self.phones.give(phone, owner.id)


def _place(device: Device) -> str:
    return texts.PLACES[device.site] if device.site else texts.LIMBS[device.limb or Limb.LEFT_ANKLE]
