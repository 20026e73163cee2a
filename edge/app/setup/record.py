"""What a first run knows so far and how it is kept: the configuration, and beside it only which steps are done."""

import asyncio
from collections.abc import Mapping
from typing import Any

from edge.app.load import checked, first_run, settings_file
from edge.app.load.checked import CheckedConfiguration
from edge.app.load.configuration import CREDENTIAL, CREDENTIALS
from edge.app.load.first_run import NOBODY, Files, Progress, Unfinished
from edge.config import WebTable
from edge.delivery import setup_texts as texts
from edge.errors import CommandRefused, ConfigError
from edge.host.credentials import Credentials
from edge.model.people import Caregiver, Person, Role
from edge.web.phones import FOLDER, Phones
from edge.web.setup_wire import STEPS

HUB_PASSWORD = "mqtt_password"  # noqa: S105  the name of the secret


class Record:
    """files: where everything lies. unfinished: why a first run is needed. web: where its page is."""

    def __init__(self, files: Files, unfinished: Unfinished, web: WebTable) -> None:
        self.files = files
        self.folder = files.folder
        self.phones = Phones(self.folder / FOLDER)
        self.complete = asyncio.Event()
        self.unfinished, self.web = unfinished, web
        self.progress = first_run.read(self.folder) or Progress(whole=bool(unfinished.trouble))
        self.loaded = self._load()

    # ---------------------------------------------------------------- what is known

    @property
    def step(self) -> str:
        """The first that is not done."""
        return next((each for each in STEPS if each not in self.progress.done), STEPS[-1])

    def need(self) -> CheckedConfiguration:
        """The configuration so far. Raises CommandRefused if there is none."""
        if self.loaded is None:
            raise CommandRefused(texts.NOT_YET)
        return self.loaded

    @property
    def caregivers(self) -> tuple[Caregiver, ...]:
        """Everybody so far."""
        return self.loaded.config.caregivers if self.loaded else ()

    @property
    def owner(self) -> Caregiver | None:
        """Who sets the hub up."""
        return next((each for each in self.caregivers if each.role is Role.OWNER), None)

    @property
    def child(self) -> Person | None:
        """Who is asked about; None for one who has no name yet."""
        everybody = self.loaded.config.persons if self.loaded else ()
        return next((each for each in everybody if self.progress.child in ("", each.id)), None)

    def ask_about(self, child: str, *steps: str) -> None:
        """Begin with another child, or with one who is known: these steps are asked (again)."""
        self.progress.child = child
        self.progress.done = [each for each in self.progress.done if each not in steps]
        self.write_progress()

    def address(self) -> str:
        """Where the owner's phone is rung so far."""
        owner, loaded = self.owner, self.loaded
        if owner is None or loaded is None or not owner.channels:
            return ""
        return loaded.credentials.get(owner.channels[0].removeprefix(CREDENTIAL)) or ""

    @property
    def language(self) -> str:
        """In which the hub speaks so far."""
        return self.loaded.config.hub.language if self.loaded else "en"

    def has_password(self) -> bool:
        """Whether there is a password for the hub at the broker."""
        known = self.loaded.credentials if self.loaded else Credentials(own=self.folder / CREDENTIALS)
        try:
            return known.get(HUB_PASSWORD) is not None
        except ConfigError:
            return False

    # ---------------------------------------------------------------- what is kept

    async def keep(self, *items: tuple[str, Mapping[str, Any]], step: str = "") -> None:
        """All of it into settings.toml, or nothing; then that step is done. Raises EdgeError."""
        await asyncio.to_thread(settings_file.change, self.files.path, self.folder, items)
        self.loaded = self._load()
        if step:
            self.done(step)

    def done(self, step: str) -> None:
        """That step was answered."""
        if step not in self.progress.done:
            self.progress.done.append(step)
        self.write_progress()

    def write_progress(self) -> None:
        """Raises StorageError."""
        self.progress.port = self.web.port
        first_run.write(self.folder, self.progress)

    def read_again(self) -> bool:
        """Read everything anew; whether it can be used, as far as it goes. What is whole ends the first run."""
        found = first_run.look(self.files)
        if isinstance(found, Unfinished):
            self.unfinished = found
            self.loaded = self._load()
            return not found.trouble
        self.loaded = found
        self.finish()
        return True

    def taken_over(self) -> None:
        """A backup lies in place of what was answered here."""
        self.progress = first_run.read(self.folder) or self.progress
        if set(STEPS) <= set(self.progress.done):
            first_run.finish(self.folder)
        self.read_again()

    def begin_anew(self) -> None:
        """Ask every question again, or go on where `first_run.json` says."""
        self.progress = first_run.read(self.folder) or Progress()
        self.write_progress()

    def finish(self) -> None:
        """The configuration is whole: the hub can be run."""
        self.give_phones()
        first_run.finish(self.folder)
        self.complete.set()

    def give_phones(self) -> None:
        """Whoever had the code of the terminal is the owner."""
        owner = self.owner
        for phone in self.phones.all():
            if owner is not None and phone.caregiver == NOBODY:
                self.phones.give(phone, owner.id)

    def _load(self) -> CheckedConfiguration | None:
        try:
            return checked.load(self.files.path, state_dir=self.files.state_dir)
        except ConfigError:
            return None
