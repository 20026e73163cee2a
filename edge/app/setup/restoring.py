"""Going on with a backup instead of the questions: found on a drive, or sent by the phone.

Whatever is wrong with it is one sentence, and nothing has changed. What has to be different on this hub, as the phone
that is let in, is made ready before anything is put in place.
"""

import asyncio
import os
import shutil
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from traceback import format_exc
from typing import Any, Literal

import structlog
from msgspec.structs import replace

from edge.app.load import checked, first_run, settings_file
from edge.app.load.answers import Fields, Row
from edge.app.load.checked import CheckedConfiguration
from edge.app.load.configuration import CREDENTIAL, CREDENTIALS, SETTINGS_FILE, owners_text
from edge.app.load.first_run import Progress
from edge.app.reports import backup as backups
from edge.app.reports.backup import Candidate
from edge.app.setup.record import Record
from edge.config import ARRAYS
from edge.delivery import restore_texts as texts
from edge.errors import CommandRefused, ConfigError, EdgeError, StorageError
from edge.host.credentials import Credentials
from edge.model.language import Locale
from edge.model.people import Caregiver, Role
from edge.storage import backup, backup_archive
from edge.web.phones import FOLDER, Phones
from edge.web.setup_wire import STEPS, UPLOAD, UPLOADED, Backup, Restore

UNPACKED = "unpacked"
OF_THE_COMPUTER = frozenset({"state_dir", "credentials_dir", "adapters", "sounder", "buzzer_pin"})
"""Of `[hub]`: what another computer had and this one need not."""
BY_ID = frozenset(ARRAYS) - {"mqtt"}
"""Tables whose rows are merged one by one; of brokers a hub has its own or all of the backup's."""

Tables = dict[str, Any]

log = structlog.get_logger(__name__)


class Restoring:
    """One at a time. places: where to look, beside `[backup] folder`."""

    def __init__(self, record: Record, places: Sequence[Path] = backups.PLACES) -> None:
        self._record, self._places = record, places
        self._restore = Restore()
        self._near: dict[str, Candidate] = {}
        self._task: asyncio.Task[None] | None = None
        self._stopped = False
        self._ended: CommandRefused | None = None
        self._read, self._size = 0, 0

    def shown(self, words: Locale) -> Restore:
        """With how far it has come, in these words."""
        going = self._restore
        unusable = [words.reason(each) for each in going.unusable]
        if self._ended is not None:
            return replace(going, words=words.refusal(self._ended), unusable=unusable)
        if going.state != "working":
            return replace(going, unusable=unusable)
        percent = min(100, 100 * self._read // self._size) if self._size else 0
        said = words.say(texts.PUTTING) if percent == 100 else words.say(texts.READING, percent=percent)
        return replace(going, words=said, unusable=unusable)

    def check_quiet(self) -> None:
        """Raises CommandRefused while a backup is being restored."""
        if self._restore.state == "working":
            raise CommandRefused(texts.UNDER_WAY)

    def clean_up(self) -> None:
        """What a phone sent before is of no use any more."""
        shutil.rmtree(self._record.folder / UPLOAD, ignore_errors=True)

    async def find(self) -> None:
        """Look in the usual places."""
        usual = first_run.backup_folder(self._record.files, os.environ)
        found = await asyncio.to_thread(backups.candidates, usual, self._places)
        self._near = {str(each.folder): each for each in found if each.contents}
        self._ended = None
        self._restore = Restore(
            found=[_row(key, each.contents) for key, each in self._near.items() if each.contents],
            unusable=[each.why for each in found if not each.contents],
        )

    async def restore(self, fields: Fields) -> None:
        """Begin with that one. Raises CommandRefused if it is not there."""
        key, sent = fields.get("key", ""), self._record.folder / UPLOAD / UPLOADED
        if not (sent.is_file() if key == UPLOADED else key in self._near):
            raise CommandRefused(texts.GONE)
        self._restore = replace(self._restore, state="working", words="")
        self._read = self._size = 0
        self._ended = None
        self._task = asyncio.create_task(self._run(sent if key == UPLOADED else self._near[key].folder))

    async def stop(self) -> None:
        """As soon as the next piece is read; what is being put in place is put there whole."""
        self._stopped = True
        if self._task is not None:
            await asyncio.wait({self._task})

    async def _run(self, source: Path) -> None:
        state: Literal["done", "failed"] = "failed"
        try:
            made = await asyncio.to_thread(self._put_back, source)
            state, self._ended = "done", CommandRefused(texts.DONE, made=made)
        except CommandRefused as refused:
            self._ended = refused
        except (EdgeError, OSError) as error:
            self._ended = CommandRefused(texts.REFUSED, why=str(error))
        except Exception as error:  # noqa: BLE001  whatever failed, the questions can still be answered
            log.error("restore", why=type(error).__name__, trace=format_exc())
            self._ended = CommandRefused(texts.REFUSED, why=type(error).__name__)
        finally:
            self.clean_up()
        self._restore = replace(self._restore, state=state)
        if state == "done":
            self._record.taken_over()

    def _put_back(self, source: Path) -> str:
        """In a thread; when the backup was made. Raises EdgeError with the sentence that is shown."""
        folder = source
        try:
            if source.is_file():
                folder = source.with_name(UNPACKED)
                backup_archive.unpack(source, folder, self._heard)
                source.unlink()
            contents = backup.listed(folder)
            self._size = sum(each.size for each in contents.files.values()) + self._read
            ours = self._hub_name(contents)
            backups.put_back(
                folder,
                self._record.folder,
                hub=contents.hub,
                prepare=lambda incoming: self._prepare(folder, incoming, ours),
                read=self._heard,
            )
        except StorageError as error:
            why = str(error)
            for sent in (str(folder), source.name) if source != folder else ():
                why = why.replace(f"{sent}: ", f"{texts.THE_FILE}: ")
            raise CommandRefused(texts.REFUSED, why=why) from error
        return contents.made

    def _heard(self, size: int) -> None:
        self._read += size
        if self._stopped:
            raise StorageError(texts.STOPPED)

    # ---------------------------------------------------------------- as it has to be on this hub

    def _hub_name(self, contents: backup.Contents) -> str:
        """The name to be set, empty if it is set already. Raises CommandRefused for a backup of another hub."""
        loaded, owners = self._record.loaded, self._record.unfinished.owners
        ours = loaded.config.hub.name if loaded else ""
        named = isinstance(owners.get("hub"), dict) and "name" in owners["hub"]
        if ours == contents.hub:
            return ""
        if named:
            raise CommandRefused(texts.OTHER_HUB, theirs=contents.hub, ours=ours)
        return contents.hub

    def _prepare(self, folder: Path, incoming: Path, name: str) -> None:
        """Settings, phones and progress, in the folder that will be put in place. Raises CommandRefused."""
        record = self._record
        settings = merged(
            _tables(record.files.path), _tables(folder / "feverhub.toml"), _tables(incoming / SETTINGS_FILE)
        )
        if name:
            settings.setdefault("hub", {})["name"] = name
        self._check_family(settings)
        known = self._written(settings, incoming)
        lost = list(self._without_secret(known, settings))
        for each in lost:
            each["channels"] = []
        if lost:
            known = self._written(settings, incoming)
        first_run.write(incoming, Progress(done=list(_done(known, lost=bool(lost))), port=record.web.port))
        let_in = Phones(incoming / FOLDER)
        whose = next(_in_charge(known.config.caregivers), None)
        ids = {each.id for each in known.config.caregivers}
        for phone in record.phones.all():
            let_in.give(phone, phone.caregiver if phone.caregiver in ids else whose.id if whose else first_run.NOBODY)

    def _check_family(self, settings: Tables) -> None:
        theirs = [*_rows(settings, "person"), *_rows(self._record.unfinished.owners, "person")]
        if not theirs:
            raise CommandRefused(texts.NOBODY)
        known = {str(row.get(key)) for row in theirs for key in ("id", "name")}
        ours = self._record.loaded.config.persons if self._record.loaded else ()
        if ours and not any(each.id in known or each.name in known for each in ours):
            raise CommandRefused(texts.OTHER_FAMILY, name=ours[0].name)

    def _written(self, settings: Tables, incoming: Path) -> CheckedConfiguration:
        """The settings in their place there, as a hub would load them. Raises CommandRefused."""
        file = incoming / SETTINGS_FILE
        try:
            file.write_text(settings_file.HEAD + settings_file.as_toml(settings), "utf-8")
            file.chmod(0o600)
            return checked.load(self._record.files.path, state_dir=incoming)
        except ConfigError as error:
            why = "; ".join(str(error).replace(str(incoming), str(self._record.folder)).splitlines())
            raise CommandRefused(texts.UNUSABLE, why=why) from error

    def _without_secret(self, known: CheckedConfiguration, settings: Tables) -> Iterator[Row]:
        """Caregivers of the settings whose phone was rung at an address that this hub does not have."""
        hub = known.config.hub
        secrets = Credentials(
            Path(hub.credentials_dir) if hub.credentials_dir else None, own=self._record.folder / CREDENTIALS
        )
        for row in _rows(settings, "caregiver"):
            try:
                there = [secrets.get(str(each).removeprefix(CREDENTIAL)) for each in row.get("channels", ())]
            except ConfigError:
                there = [None]
            if None in there:
                yield row


def merged(now: Mapping[str, Any], then: Mapping[str, Any], settings: Mapping[str, Any]) -> Tables:
    """The settings of the backup, over what its owner's file had and the one of this hub has not.

    now, then: the owner's file of this hub and of the backup.
    """
    data: Tables = {}
    for name, content in then.items():
        if name in BY_ID:
            known = {row.get("id") for row in _rows(now, name)}
            if rows := [dict(row) for row in _rows(then, name) if row.get("id") not in known]:
                data[name] = rows
        elif name == "hub" and isinstance(content, dict):
            ours = {*OF_THE_COMPUTER, *now.get("hub", {})}
            if kept := {key: value for key, value in content.items() if key not in ours}:
                data["hub"] = kept
        elif name not in now and isinstance(content, dict | list):
            data[name] = content.copy()
    for name in settings:
        for row in _rows(settings, name) or [{}]:
            settings_file.lay(data, Path(SETTINGS_FILE), name, row if name in BY_ID else settings[name])
    return data


def _done(known: CheckedConfiguration, *, lost: bool) -> Iterable[str]:
    """Which steps are not to be asked. lost: whether somebody's phone has no address any more."""
    config = known.config
    answered = {
        "you": any(_in_charge(config.caregivers)),
        "child": bool(config.persons),
        "thermometer": bool(config.devices),
        "sensor": bool(config.devices),
        "phone": not lost,
        "app": not lost and bool(config.devices) and any(_in_charge(config.caregivers)),
    }
    return (step for step in STEPS if answered.get(step, True))


def _in_charge(caregivers: Iterable[Caregiver]) -> Iterator[Caregiver]:
    """Who gets the phone that restores: an owner, else somebody who answers alarms."""
    able = [each for each in caregivers if each.role is not Role.VIEWER]
    yield from sorted(able, key=lambda each: each.role is not Role.OWNER)


def _row(key: str, contents: backup.Contents) -> Backup:
    size = sum(each.size for each in contents.files.values()) / 1e6
    made = contents.made.partition("T")
    label = f"{made[0]} {made[2][:5]}, {contents.hub}"
    return Backup(key=key, label=label, about=f"{Path(key).parent}, {size:.1f} MB")


def _tables(file: Path) -> Tables:
    """Nothing for a file that is not there. Raises CommandRefused for one that cannot be read."""
    try:
        return tomllib.loads(owners_text(file))
    except (ValueError, RecursionError) as error:
        raise CommandRefused(texts.UNUSABLE, why=f"{file.name}: not TOML: {error}") from error


def _rows(tables: Mapping[str, Any], name: str) -> list[Row]:
    found = tables.get(name, [])
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
