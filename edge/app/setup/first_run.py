"""The first run: what is asked by phone before a hub can watch, step by step, written at once into settings.toml.

What was answered stands in the configuration; beside it only which steps are done, so that a power cut costs nothing.
"""

import asyncio
import datetime as dt
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from traceback import format_exc

import msgspec
import structlog

from edge.app.load import answers
from edge.app.load.answers import Fields, Row
from edge.app.load.checked import CheckedConfiguration
from edge.app.load.configuration import CREDENTIAL, CREDENTIALS
from edge.app.load.first_run import ANOTHER, NOBODY, Files, Unfinished
from edge.app.load.languages import WHOLE, load_languages
from edge.app.load.secret_file import keep_secret
from edge.app.sensors import pair
from edge.app.setup import sentences
from edge.app.setup.finder import Finder
from edge.app.setup.mending import Mending
from edge.app.setup.record import Record
from edge.app.setup.restoring import Restoring
from edge.config import Config, WebTable
from edge.delivery import sensor_texts
from edge.delivery import setup_texts as texts
from edge.errors import CommandRefused, EdgeError
from edge.model.language import Language, Locale, TemperatureUnit
from edge.model.people import Device, Limb, Person, Role, Site
from edge.ports import Clock
from edge.push.service import problem
from edge.web.reader import IN_ENGLISH, Reader
from edge.web.setup_wire import SENSORS, STEPS, Setup
from edge.web.wire import Say

IDS = {"thermometer": "thermometer", "sensor": "movement"}
ENGLISH = IN_ENGLISH.language
MENDS = frozenset({"again", "aside", "quiet"})
"""What can be said while the configuration cannot be used."""
ABOUT_A_CHILD = ("child", "thermometer", "sensor", "limits")
LONGEST_CHILD = 20
"""Of a child's id within that of her sensor, which has 32 letters."""
HUB_USER = "hub"
"""What deploy/install.sh calls the hub at the broker."""

log = structlog.get_logger(__name__)


class FirstRun:
    """unfinished: why it is needed. web: where the page is. `complete` is set when the hub can be run."""

    def __init__(self, files: Files, unfinished: Unfinished, web: WebTable, finder: Finder, clock: Clock) -> None:
        self.record = Record(files, unfinished, web)
        self.mending = Mending(self.record)
        self.restoring = Restoring(self.record)
        self.languages = load_languages()
        self._finder, self._clock = finder, clock
        self._order = asyncio.Lock()
        self._steps: Mapping[str, Callable[[Fields, Locale], Awaitable[None]]] = {
            "you": self._you,
            "child": self._child,
            "another": self._another,
            "no_other": self._no_other,
            "look": self._look,
            "key": self._key,
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
            "find": self._find,
            "restore": self._restore,
        }

    # ---------------------------------------------------------------- what is shown

    @property
    def complete(self) -> asyncio.Event:
        """Set when the hub can be run."""
        return self.record.complete

    def shown(self, reader: Reader = IN_ENGLISH) -> Setup:
        """All that the page shows to such a reader."""
        record, words = self.record, self._words(reader)
        if record.unfinished.trouble:
            return self.mending.shown(reader, words)
        known = Setup(
            reader=reader,
            step=record.step,
            done=record.progress.done,
            scan=self._finder.shown(words),
            restore=self.restoring.shown(words),
            owners=(NOBODY, *(each.id for each in record.caregivers if each.role is Role.OWNER)),
        )
        loaded = record.loaded
        if loaded is None:
            return known
        config, owner, child, url = loaded.config, record.owner, record.child, record.address()
        address, link = texts.links(url)
        paired = "thermometer" in record.progress.done
        return msgspec.structs.replace(
            known,
            hub=config.hub.name,
            values={
                "owner": owner.name if owner else "",
                "child": child.name if child else "",
                "born": str(child.born) if child and child.born else "",
                "watchfulness": child.watchfulness if child else "",
                "fever_c": _fever(config, child, words),
                "way": answers.way(url),
                "details": "yes" if owner and owner.share_details else "",
            },
            paired=dict(self._paired(loaded, words)),
            children=[each.name for each in config.persons],
            limits=sentences.limits(loaded, child, time.time(), words) if paired else [],
            levels=sentences.levels(words),
            others=[
                f"{each.name}, {words.say(texts.ROLES[each.role])}"
                for each in config.caregivers
                if owner is not None and each.id != owner.id
            ],
            address=address,
            link=link,
        )

    def readers(self) -> list[Reader]:
        """Every kind that a phone may choose, English and °C last."""
        chosen = [Reader(code, unit) for code in (*WHOLE, ENGLISH) for unit in TemperatureUnit]
        return sorted(chosen, key=IN_ENGLISH.__eq__)

    def _words(self, reader: Reader) -> Locale:
        return Locale(self.languages.get(reader.language, Language()), reader.unit)

    @property
    def step(self) -> str:
        """The first that is not done."""
        return self.record.step

    def _paired(self, loaded: CheckedConfiguration, words: Locale) -> list[tuple[str, str]]:
        return [
            (step, f"{loaded.profiles[device.profile].name}, {texts.short_place(_place(device), words)}")
            for step in SENSORS
            for device in loaded.config.devices
            if device.id == self._id_of(step)
        ]

    def _id_of(self, step: str) -> str:
        """Of the sensor of that step; of a further child it begins with her id."""
        child, word = self.record.child, IDS[step]
        loaded = self.record.loaded
        first = loaded is None or child is None or loaded.config.persons[0].id == child.id
        return word if first or child is None else f"{child.id[:LONGEST_CHILD]}-{word}"

    # ---------------------------------------------------------------- what is answered

    async def take(self, said: Say) -> tuple[bool, str]:
        """One form: whether it was taken, and why not. Two at once come one after the other."""
        words = self._words(said.reader)
        async with self._order:
            try:
                fields = msgspec.json.decode(said.body, type=dict[str, str])
                step = self._steps.get(said.verb)
                if step is None or bool(self.record.unfinished.trouble) != (said.verb in MENDS):
                    raise CommandRefused(texts.ELSEWHERE_NOW)
                self.restoring.check_quiet()
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
        self.record.write_progress()
        self.restoring.clean_up()
        if not self.record.unfinished.trouble:
            await self._look_if_asked()

    async def stop(self) -> None:
        """End what is going on."""
        await self._finder.stop()
        await self.restoring.stop()

    def mended(self) -> bool:
        """Read everything anew; whether what was wrong is right."""
        return self.record.read_again()

    async def _you(self, fields: Fields, words: Locale) -> None:
        record = self.record
        name, owner = answers.name(fields, texts.WHO), record.owner
        ident = owner.id if owner else answers.ident(name, "owner", [each.id for each in record.caregivers])
        reads = {"language": words.language.code, "unit": str(words.unit)}
        rows: list[tuple[str, Row]] = [("caregiver", {"id": ident, "name": name, "role": "owner", **reads})]
        if "hub" not in record.unfinished.owners and words.language.code != record.language:
            rows.append(("hub", {"language": words.language.code}))
        if "web" not in record.unfinished.owners:
            rows.append(("web", {"host": record.web.host, "port": record.web.port}))
        if "mqtt" not in record.unfinished.owners and record.has_password():
            rows.append(("mqtt", {"host": "127.0.0.1", "username": HUB_USER}))
        await record.keep(*rows, step="you")
        record.give_phones()

    async def _child(self, fields: Fields, _words: Locale) -> None:
        now, record = self._clock.now(), self.record
        today = dt.datetime.fromtimestamp(now.wall_s).astimezone().date() if now.synced else None
        name, born, child = answers.name(fields, texts.CHILD), answers.born(fields, today), record.child
        taken = [each.id for each in record.loaded.config.persons] if record.loaded else []
        ident = child.id if child else answers.ident(name, "child", taken)
        if record.progress.child:
            record.progress.child = ident
        await record.keep(("person", {"id": ident, "name": name, "born": born}), step="child")
        await self._look_if_asked()

    async def _another(self, _fields: Fields, _words: Locale) -> None:
        """One more child, with sensors of her own."""
        if self.record.child is None or "limits" not in self.record.progress.done:
            raise CommandRefused(texts.NOT_YET)
        self.record.ask_about(ANOTHER, *ABOUT_A_CHILD)

    async def _no_other(self, _fields: Fields, _words: Locale) -> None:
        """Not one more after all."""
        if self.record.progress.child == ANOTHER:
            self.record.ask_about("")
            self.record.progress.done += [each for each in ABOUT_A_CHILD if each not in self.record.progress.done]
            self.record.write_progress()

    async def _key(self, fields: Fields, _words: Locale) -> None:
        """The key of the sensor that was chosen."""
        if self._finder.scan.what == fields["step"]:
            await self._finder.unlock(fields.get("key", ""))

    async def _look(self, fields: Fields, _words: Locale) -> None:
        if fields["step"] in SENSORS and self.record.child is not None:
            await self._finder.look(fields["step"])

    async def _look_if_asked(self) -> None:
        if self.step in SENSORS and self.record.child is not None:
            await self._finder.look(self.step)

    async def _choose(self, fields: Fields, _words: Locale) -> None:
        child = self.record.child
        if child is None or fields["step"] not in SENSORS:
            raise CommandRefused(texts.NOT_YET)
        if self._finder.scan.what == fields["step"]:
            await self._finder.choose(fields.get("key", ""), self._id_of(fields["step"]), child.id)

    async def _sensor(self, fields: Fields, words: Locale) -> None:
        step, record = fields["step"], self.record
        if self._finder.scan.what != step and step in dict(self._paired(record.need(), words)):
            record.done(step)  # sent twice: it was taken already
            return
        place = fields.get("place", "")
        if place not in (texts.PLACES if step == "thermometer" else texts.LIMBS):
            raise CommandRefused(texts.ELSEWHERE_NOW)
        chosen = await self._finder.take()
        device, _ = pair.known_by(chosen.device, chosen.first, private=chosen.private)
        site, limb = (Site(place), None) if step == "thermometer" else (None, Limb(place))
        device = replace(device, site=site, limb=limb)
        self._check_free(record.need(), device)
        if device.key:
            keep_secret(record.folder / CREDENTIALS, f"{device.id}_key", device.key)
        await record.keep(("device", pair.row(device)), step=step)
        await self._look_if_asked()

    @staticmethod
    def _check_free(loaded: CheckedConfiguration, device: Device) -> None:
        """Raises CommandRefused for a sensor that a child wears already."""
        for other in loaded.config.devices:
            if other.address and other.address == device.address.upper() and other.id != device.id:
                raise CommandRefused(sensor_texts.WORN, name=loaded.config.person(other.person).name)

    async def _skip(self, fields: Fields, _words: Locale) -> None:
        if fields["step"] != "sensor":
            raise CommandRefused(texts.NOT_YET)
        await self._finder.stop()
        self.record.done("sensor")

    async def _limits(self, fields: Fields, words: Locale) -> None:
        child, level, fever_c = self.record.child, answers.watchfulness(fields), answers.fever_c(fields, words)
        assert child is not None
        if self.record.progress.child:  # of a further child: hers alone
            own: Row = {"id": child.id, "watchfulness": str(level), "limits": fever_c and {"fever_c": fever_c}}
            await self.record.keep(("person", own), step="limits")
            return
        row: Row = {"id": child.id, "watchfulness": str(level)}
        await self.record.keep(("limits", {"fever_c": fever_c}), ("person", row), step="limits")

    async def _add(self, fields: Fields, words: Locale) -> None:
        name, known = answers.name(fields, texts.WHO), self.record.caregivers
        if any(each.name == name for each in known):
            return  # sent twice
        ident = answers.ident(name, "caregiver", [each.id for each in known])
        row: Row = {"id": ident, "name": name, "role": str(answers.role(fields)), "unit": str(words.unit)}
        await self.record.keep(("caregiver", row))

    async def _others(self, _fields: Fields, _words: Locale) -> None:
        self.record.done("others")

    async def _phone(self, fields: Fields, _words: Locale) -> None:
        owner, record = self.record.owner, self.record
        assert owner is not None
        url = answers.address(fields, record.address())
        if url and (why := await asyncio.to_thread(problem, url)):
            raise CommandRefused(texts.CANNOT_RING, why=why)
        secret = f"phone_{owner.id}"
        if url:
            keep_secret(record.folder / CREDENTIALS, secret, url)
        row: Row = {
            "id": owner.id,
            "channels": [f"{CREDENTIAL}{secret}"] if url else [],
            "share_details": fields.get("details") == "yes",
        }
        await record.keep(("caregiver", row), step="phone")

    async def _app(self, _fields: Fields, _words: Locale) -> None:
        await self._ring_others()
        self.record.done("app")
        await self._finder.stop()
        self.record.finish()

    async def _ring_others(self) -> None:
        """An ntfy address for everyone else who answers alarms, to be put on their phones with the page's code."""
        record, owner, rows = self.record, self.record.owner, []
        server = answers.server(record.address())
        for each in record.caregivers:
            if each is not owner and each.role is not Role.VIEWER and not each.channels:
                secret = f"phone_{each.id}"
                url = answers.address({"way": "ntfy", "server": server}, "")
                keep_secret(record.folder / CREDENTIALS, secret, url)
                details = owner is not None and owner.share_details
                row: Row = {"id": each.id, "channels": [f"{CREDENTIAL}{secret}"], "share_details": details}
                rows.append(("caregiver", row))
        if rows:
            await record.keep(*rows)

    # ---------------------------------------------------------------- instead of the questions

    async def _again(self, _fields: Fields, _words: Locale) -> None:
        await self.mending.again()

    async def _aside(self, _fields: Fields, _words: Locale) -> None:
        await self.mending.aside()
        await self._look_if_asked()

    async def _quiet(self, _fields: Fields, _words: Locale) -> None:
        self.mending.be_quiet()

    async def _find(self, _fields: Fields, _words: Locale) -> None:
        await self.restoring.find()

    async def _restore(self, fields: Fields, _words: Locale) -> None:
        await self._finder.stop()
        await self.restoring.restore(fields)


def _fever(config: Config, child: Person | None, words: Locale) -> str:
    """The limit that a doctor gave, as it is typed; a further child's own, else the family's."""
    own = config.limits_of.get(f"person/{child.id}") if child else None
    value = own.fever_c if own is not None and own.fever_c is not None else config.limits.fever_c
    return "" if value is None else words.degrees(value)


def _place(device: Device) -> str:
    return texts.PLACES[device.site] if device.site else texts.LIMBS[device.limb or Limb.LEFT_ANKLE]
