"""From a caregiver's command to an entry of the journal: what may stand in it, one clear sentence where it may not."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from edge.errors import CommandRefused
from edge.model.care import (
    KINDS,
    Dose,
    Drink,
    Entry,
    Illness,
    ManualReading,
    Remark,
    Stage,
    Symptoms,
    Vaccination,
    What,
)
from edge.model.event import Command, Verb
from edge.model.language import N_
from edge.model.moment import Now, readings
from edge.model.people import Person, Site

# What happened longer ago belongs into a letter to the doctor; an earlier date is more likely a typing error.
OLDEST_S = 7 * 86_400.0
# What a family copies from its booklet may be as old as the child.
RECORD_S = 20 * 365 * 86_400.0
RECORDS = ("illness", "vaccination")
# A phone's clock may be ahead of the hub's by so much.
AHEAD_S = 120.0
YEARS = (2000, 2100)
# A thermometer held to a living child; above 45 it is Fahrenheit.
CELSIUS = (30.0, 44.0)
FAHRENHEIT = (86.0, 112.0)
# More at once is no dose of a liquid medicine, and no drink of a small child: a comma that was left out.
MOST_DOSE_ML, MOST_DRINK_ML = 100.0, 1000.0
COMMON = ("id", "person", "time", "minutes_ago", "withdraw")
NOBODY = N_("none, nobody is set up")
FUTURE = N_("that lies in the future: the hub's clock says {clock}")
FUTURE_UNSURE = N_(
    "that lies in the future: the hub's clock says {clock}, which nobody has set; say minutes_ago instead"
)
# Fields that no command sets as they stand.
DERIVED = ("medicine", "episode", "ended_s", "peak_c", "peak_s", "episodes")
_DATE = re.compile(r"(19|20)\d\d-\d\d-\d\d")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def kind_of(command: Command, old: Entry | None) -> str:
    """`dose`, `illness`, or what a note is about: its `kind`, else that of the entry it changes, else a remark."""
    kind: object = str(command.verb)
    if command.verb is Verb.NOTE:
        kind = command.arguments.get("kind") or (old.kind if old else "remark")
    if old is not None and old.kind != kind:
        raise CommandRefused(N_("{id} is a {old}, not a {new}"), id=old.id, old=old.kind, new=str(kind))
    return str(kind)


def person_of(command: Command, persons: Iterable[Person], old: Entry | None) -> Person:
    """Whom it is about. Raises CommandRefused where that is not clear."""
    known = {person.id: person for person in persons}
    wanted = command.arguments.get("person") or (old.person if old else None)
    if wanted is None and len(known) == 1:
        return next(iter(known.values()))
    if not isinstance(wanted, str) or wanted not in known:
        raise CommandRefused(N_("say whose it is: person must be one of {known}"), known=", ".join(known) or NOBODY)
    if old is not None and wanted != old.person:
        raise CommandRefused(
            N_("{id} belongs to {person}; withdraw it and write it anew"), id=old.id, person=old.person
        )
    return known[wanted]


def what_of(kind: str, command: Command, old: Entry | None, episode: str) -> What:
    """The entry's content, the fields of an earlier version standing where nothing new is said.

    episode: the one that symptoms belong to if nobody says. Raises CommandRefused with one sentence.
    """
    given = {key: value for key, value in command.arguments.items() if key not in (*COMMON, "kind", "over")}
    known = [f.name for f in fields(KINDS[kind]) if f.name not in DERIVED]
    unknown = next((key for key in given if key not in known), None)
    if unknown is not None:
        raise CommandRefused(
            N_("a {kind} has no {unknown}; it has {known}"),
            kind=kind,
            unknown=repr(unknown),
            known=", ".join([*known, *COMMON]),
        )
    said: dict[str, Any] = {**(asdict(old.what) if old else {}), **given}
    match kind:
        case "dose":
            return _dose(said)
        case "symptoms":
            return _symptoms(said, command.alarm or said.get("episode") or episode)
        case "temperature":
            return _manual(said)
        case "drink":
            return Drink(_ml(_number(said, "ml"), MOST_DRINK_ML), _text(said, "text"))
        case "illness":
            return Illness(**{**said, "diagnosis": _text(said, "diagnosis")})
        case "vaccination":
            return Vaccination(_needed(said, "name", N_("say which vaccination: name")))
        case _:
            return Remark(_needed(said, "text", N_("say what to write down")))


def _dose(said: Mapping[str, Any]) -> Dose:
    amount, unit = _number(said, "amount"), _text(said, "unit")
    if unit and amount is None:
        raise CommandRefused(N_("a unit needs an amount"))
    if unit.casefold() == "ml":
        _ml(amount, MOST_DOSE_ML)
    drug = _needed(said, "drug", N_("say which medicine was given: drug"))
    return Dose(drug, amount, unit, _text(said, "reason"), said.get("rescue") or False)


def _symptoms(said: Mapping[str, Any], episode: str) -> Symptoms:
    stages = [str(stage) for stage in Stage]
    if said.get("stage") is None:
        raise CommandRefused(N_("say when it was seen: stage must be one of {known}"), known=", ".join(stages))
    seen = Symptoms(
        Stage(said["stage"]),
        wetting=said.get("wetting"),
        crying=said.get("crying"),
        absence=said.get("absence"),
        regular=said.get("regular"),
        eyes=_text(said, "eyes"),
        colour=_text(said, "colour"),
        side=_text(said, "side"),
        parts=_text(said, "parts"),
        film=_text(said, "film"),
        text=_text(said, "text"),
        episode=episode,
    )
    if seen == Symptoms(seen.stage, episode=episode):
        raise CommandRefused(
            N_("say what was seen: wetting, crying, absence, eyes, colour, regular, side, parts, film or text")
        )
    return seen


def _ml(amount: float | None, most: float) -> float | None:
    if amount is not None and not 0 < amount <= most:
        raise CommandRefused(
            N_("{amount} ml cannot be right: say an amount of at most {most} ml"), amount=amount, most=most
        )
    return amount


def _manual(said: Mapping[str, Any]) -> ManualReading:
    celsius, sites = _number(said, "celsius"), [str(site) for site in Site]
    if celsius is None:
        raise CommandRefused(N_("say what the thermometer showed: celsius"))
    if FAHRENHEIT[0] <= celsius <= FAHRENHEIT[1]:
        raise CommandRefused(
            N_("{given} looks like Fahrenheit; in Celsius that is {celsius}"),
            given=celsius,
            celsius=f"{(celsius - 32) / 1.8:.1f}",
        )
    if not CELSIUS[0] <= celsius <= CELSIUS[1]:
        raise CommandRefused(
            N_("celsius must lie between {least} and {most}, not {celsius}"),
            least=CELSIUS[0],
            most=CELSIUS[1],
            celsius=celsius,
        )
    if said.get("site") is None:
        raise CommandRefused(N_("say where it was measured: site must be one of {known}"), known=", ".join(sites))
    return ManualReading(celsius, Site(said["site"]), _text(said, "method"))


def happened_s(command: Command, old: Entry | None, now: Now, zone: dt.tzinfo, *, oldest_s: float = OLDEST_S) -> float:
    """When it took place, wall seconds: `time` (RFC 3339, a date, or HH:MM that was last on the family's clock),
    `minutes_ago`, else as before, else now. Raises CommandRefused for a future moment, and for one longer ago than
    `oldest_s`.
    """
    said, ago = command.arguments.get("time"), _number(command.arguments, "minutes_ago")
    if said and ago is not None:
        raise CommandRefused(N_("give time or minutes_ago, not both"))
    if ago is not None:
        then_s = now.wall_s - 60.0 * ago
    elif said:
        then_s = _moment(str(said), now, zone)
    else:
        return old.happened_s if old else now.wall_s
    if then_s > now.wall_s + AHEAD_S:
        clock = dt.datetime.fromtimestamp(now.wall_s, zone)
        raise CommandRefused(FUTURE if now.synced else FUTURE_UNSURE, clock=f"{clock:%Y-%m-%d %H:%M}")
    if now.synced and then_s < now.wall_s - oldest_s:
        if oldest_s > OLDEST_S:
            raise CommandRefused(N_("that is too long ago; is the year right?"))
        raise CommandRefused(N_("that is more than 7 days ago: tell the doctor, it is too late for the journal"))
    return min(then_s, now.wall_s)


def _moment(said: str, now: Now, zone: dt.tzinfo) -> float:
    wrong = CommandRefused(N_('time must be like "22:10", "2026-03-14" or "2026-03-14T22:10:00+01:00"'))
    if found := _CLOCK.fullmatch(said.strip()):
        today = dt.datetime.fromtimestamp(now.wall_s, zone)
        said_today = today.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0, tzinfo=None)
        days = (said_today, said_today - dt.timedelta(days=1))
        meant_s = [then_s for day in days for then_s in readings(day, zone) if then_s <= now.wall_s + AHEAD_S]
        return max(meant_s)
    if _DATE.fullmatch(said.strip()):
        return _noon(said.strip(), now, zone, wrong)
    try:
        then = dt.datetime.fromisoformat(said.strip())
    except ValueError:
        raise wrong from None
    if then.tzinfo is None or not YEARS[0] <= then.year <= YEARS[1]:
        raise wrong
    return then.timestamp()


def _noon(said: str, now: Now, zone: dt.tzinfo, wrong: CommandRefused) -> float:
    """The middle of a day of which no hour was said; of today, now."""
    try:
        day = dt.date.fromisoformat(said)
    except ValueError:
        raise wrong from None
    if day == dt.datetime.fromtimestamp(now.wall_s, zone).date():
        return now.wall_s
    return dt.datetime.combine(day, dt.time(12), zone).timestamp()


def _number(said: Mapping[str, Any], key: str) -> float | None:
    value = said.get(key)
    return None if value is None else float(value)


def _text(said: Mapping[str, Any], key: str) -> str:
    return str(said.get(key) or "")


def _needed(said: Mapping[str, Any], key: str, otherwise: str) -> str:
    text = _text(said, key)
    if not text:
        raise CommandRefused(otherwise)
    return text


def withdrawn(command: Command, old: Entry | None) -> bool:
    """Whether this version takes the entry back; what was taken back stays so."""
    withdraw = command.arguments.get("withdraw") is True
    if withdraw and old is None:
        raise CommandRefused(N_("say which entry to withdraw: id"))
    if old is not None and old.withdrawn:
        raise CommandRefused(N_("{id} was withdrawn already; write it anew"), id=old.id)
    return withdraw


def version(old: Entry | None, new: Entry) -> Entry:
    """The new version of an entry: who made it first stays."""
    return new if old is None else replace(new, id=old.id, version=old.version + 1, author=old.author)
