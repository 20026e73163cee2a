"""The phones that may see the caregivers' page: invited, listed and ended from the hub's own terminal."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from edge.app.client import remote
from edge.app.load import first_run
from edge.app.load.addresses import addresses, plain
from edge.app.load.configuration import Configuration
from edge.config import WebTable
from edge.errors import ConfigError, EdgeError
from edge.web.phones import FOLDER, Phone, Phones

LOOK_S = 0.5


@dataclass(frozen=True, slots=True)
class Invitation:
    """url: with the code that lets one phone in. local: the same by the hub's name, empty where that is of no use.

    code: to be typed, empty where it is too long for that. certificate: where a phone takes the hub's certificate from
    first, empty without encryption.
    """

    url: str
    local: str
    code: str = ""
    certificate: str = ""


def phones(known: Configuration) -> Phones:
    """Those of this hub. Raises ConfigError if there is no page."""
    _table(known)
    return Phones(known.state_dir / FOLDER)


def invite(known: Configuration, caregiver: str, now_s: float, ends_s: float | None) -> Invitation:
    """Let one phone of that caregiver in. Raises ConfigError for a caregiver who is not set up; EdgeError."""
    table = _table(known)
    who = remote.anybody(known, caregiver)
    code = phones(known).invite(who.id, now_s, ends_s)
    url, *others = [f"{each}/enter?code={code}" for each in addresses(table)]
    certificate = f"{plain(table)[0]}/certificate" if table.tls else ""
    return Invitation(url, next(iter(others), ""), certificate=certificate)


def first_code(files: first_run.Files, environment: Mapping[str, str], now_s: float, wait_s: float) -> Invitation:
    """A code for the first run, which must be under way within so many seconds. Raises EdgeError."""
    until_s = time.monotonic() + wait_s
    while first_run.read(files.folder) is None:
        set_up = not isinstance(first_run.look(files), first_run.Unfinished)
        if set_up or time.monotonic() >= until_s:
            raise EdgeError(
                "no first run is under way; `feverhub web token CAREGIVER` lets a phone in to a hub that is set up"
            )
        time.sleep(LOOK_S)
    code = Phones(files.folder / FOLDER).invite(first_run.NOBODY, now_s, typed=True)
    urls = [f"{each}/setup?code={code}" for each in addresses(first_run.where(files, environment))]
    return Invitation(urls[0], next(iter(urls[1:]), ""), code)


def named(known: Configuration, phone: Phone) -> str:
    """Whose phone it is, by name."""
    return next(
        (each.name or each.id for each in known.config.caregivers if each.id == phone.caregiver), "nobody any more"
    )


def _table(known: Configuration) -> WebTable:
    if known.config.web is None:
        raise ConfigError(
            'there is no page: write [web] and a line host = "0.0.0.0" into the configuration, and restart'
        )
    return known.config.web
