"""Caregivers in `settings.toml`: added, changed and ended, each checked with the whole configuration first."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from edge.app.load import answers, settings_file
from edge.app.load.configuration import CREDENTIAL, CREDENTIALS, SETTINGS_FILE, Configuration
from edge.app.load.secret_file import keep_secret
from edge.config import Config
from edge.delivery import people_texts as texts
from edge.delivery import setup_texts
from edge.errors import CommandRefused
from edge.model.people import Role
from edge.push.service import problem

TABLE = "caregiver"
C = TypeVar("C", bound=Configuration)


def by_hand(config: Config) -> Mapping[str, str]:
    """File and line of each caregiver of whom anything was written by hand."""
    found = {}
    for each in config.caregivers:
        places = config.places.get(f"{TABLE}/{each.id}", {}).values()
        own = [place for place in places if Path(place.rpartition(":")[0]).name != SETTINGS_FILE]
        if own:
            found[each.id] = own[0]
    return found


def present(loaded: C, wall_s: float) -> C:
    """Without those whose access has ended by itself."""
    here = tuple(each for each in loaded.config.caregivers if each.until_s is None or wall_s < each.until_s)
    return replace(loaded, config=replace(loaded.config, caregivers=here))


def keep(owner: Path, folder: Path, config: Config, said: Mapping[str, Any], now: dt.datetime) -> str:
    """Write down what was said of one caregiver, who is new without an id; the name.

    owner: the owner's own file. config: as it is now. now: with the family's zone. Raises EdgeError with one sentence;
    then nothing has changed.
    """
    whose = str(said.get("id", ""))
    known = next((each for each in config.caregivers if each.id == whose), None)
    name = str(said.get("name") or (known.name if known else ""))
    ident = known.id if known else answers.ident(name, TABLE, [each.id for each in config.caregivers])
    row: dict[str, Any] = {"id": ident, "name": name}
    for key in ("role", "language", "unit"):
        if key in said:
            row[key] = str(said[key]) or None
    if "until" in said:
        row["until"] = _until(str(said["until"]), now)
    if "details" in said:
        row["share_details"] = said["details"]
    role = said.get("role") or (known.role if known else Role.CAREGIVER)
    way = str(said.get("way") or ("keep" if known else "none" if role == Role.VIEWER else "ntfy"))
    if way != "keep":
        url = answers.address({key: str(value) for key, value in {**said, "way": way}.items()}, "")
        if url and (why := problem(url)):
            raise CommandRefused(setup_texts.CANNOT_RING, why=why)
        row["channels"] = [f"{CREDENTIAL}{_secret(ident)}"] if url else []
        row.setdefault("share_details", bool(known and known.share_details))
        if url:
            settings_file.trial(owner, folder, [(TABLE, row)])  # no secret of a caregiver who is refused
            keep_secret(folder / CREDENTIALS, _secret(ident), url)
    settings_file.change(owner, folder, [(TABLE, row)])
    return name


def end(owner: Path, folder: Path, gone: Iterable[str]) -> None:
    """These are not there any more. Raises EdgeError; then nothing has changed."""
    ids = list(gone)
    settings_file.remove(owner, folder, TABLE, ids)
    for each in ids:
        (folder / CREDENTIALS / _secret(each)).unlink(missing_ok=True)


def _secret(ident: str) -> str:
    return f"phone_{ident}"


def _until(text: str, now: dt.datetime) -> dt.datetime | None:
    """None for an empty text. Raises CommandRefused."""
    if not text:
        return None
    try:
        found = dt.datetime.fromisoformat(text.replace(" ", "T"))
    except ValueError:
        raise CommandRefused(texts.NO_TIME, text=text) from None
    found = found if found.tzinfo else found.replace(tzinfo=now.tzinfo)
    if found <= now:
        raise CommandRefused(texts.PAST, text=text)
    return found
