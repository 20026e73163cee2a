"""What the forms of the first run say, as rows of the configuration. Every refusal is one sentence. Pure."""

import datetime as dt
import re
import secrets
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

from edge.delivery import setup_texts as texts
from edge.errors import CommandRefused
from edge.model.language import Locale, read_number
from edge.model.limits import BOUNDS
from edge.model.people import Role, Watchfulness

LONGEST_NAME = 40
OLDEST_YEARS = 18
A_DAY = dt.timedelta(days=1)
"""A family may be a day ahead of this computer's zone."""
NTFY = "ntfy.sh"
EXAMPLE_C = 38.5
_KEY = re.compile(r"[A-Za-z0-9]{30}")
_SERVER = re.compile(r"[A-Za-z0-9.-]{1,200}(:[0-9]{1,5})?")
# As in `edge.config`: what stands at such a place in a topic is taken for something else.
_TAKEN = frozenset({"alarm", "cmd", "reply", "health", "status", "event", "temperature", "motion", "hub", "house"})

Fields = Mapping[str, str]
Row = dict[str, Any]


def name(fields: Fields, what: str) -> str:
    """A name as a person writes it, on one line. what: the sentence if it is none."""
    text = " ".join(fields.get("name", "").split())
    if not 0 < len(text) <= LONGEST_NAME or not text.isprintable():
        raise CommandRefused(what)
    return text


def ident(text: str, fallback: str, taken: Collection[str]) -> str:
    """An id that is made of a name, and free. fallback: for a name without a letter of a-z."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:24] or fallback
    used = {*taken, *_TAKEN}
    return next(each for number in range(1, 100) if (each := f"{base}-{number}" if number > 1 else base) not in used)


def born(fields: Fields, today: dt.date | None) -> dt.date:
    """A date of birth. today: None while this computer's clock may be years off."""
    text = fields.get("born", "").strip()
    if not text:
        raise CommandRefused(texts.BORN)
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        raise CommandRefused(texts.NO_DATE, text=_short(text)) from None
    if today is not None and date > today + A_DAY:
        raise CommandRefused(texts.FUTURE, date=str(date))
    if date < dt.date(2000, 1, 1) or (today is not None and date < today - dt.timedelta(days=366 * OLDEST_YEARS)):
        raise CommandRefused(texts.TOO_OLD, date=str(date))
    return date


def fever_c(fields: Fields, words: Locale) -> float | None:
    """The doctor's own limit, None if the one of the site shall hold. words: in whose unit it is written."""
    text = fields.get("fever_c", "").strip()
    if not text:
        return None
    try:
        value = words.celsius(read_number(text))
    except ValueError:
        raise CommandRefused(texts.NO_NUMBER, text=_short(text), example=words.degrees(EXAMPLE_C)) from None
    safe = BOUNDS["fever_c"]
    if not safe.low <= value <= safe.high:
        low, high = words.degrees(safe.low), words.degrees(safe.high)
        raise CommandRefused(texts.FAR, text=_short(text), low=low, high=high, degree=words.degree)
    return value


def watchfulness(fields: Fields) -> Watchfulness:
    """One of the three."""
    try:
        return Watchfulness(fields.get("watchfulness", Watchfulness.BALANCED))
    except ValueError:
        raise CommandRefused(texts.ELSEWHERE_NOW) from None


def role(fields: Fields) -> Role:
    """Of a further caregiver: an owner is made by the first run alone."""
    return Role.VIEWER if fields.get("role") == Role.VIEWER else Role.CAREGIVER


def address(fields: Fields, before: str) -> str:
    """Where the phone is rung, as Apprise writes it; empty: not at all. before: the address so far, kept if it fits."""
    way = fields.get("way", "")
    if way == "ntfy":
        server = fields.get("server", "").strip() or NTFY
        if not _SERVER.fullmatch(server):
            raise CommandRefused(texts.NO_SERVER, text=_short(server))
        scheme = "ntfy" if _in_the_house(server) else "ntfys"
        if before.startswith(f"{scheme}://{server}/"):
            return before
        return f"{scheme}://{server}/feverhub-{secrets.token_hex(12)}"
    if way == "pushover":
        user, token = fields.get("user", "").strip(), fields.get("token", "").strip()
        if not _KEY.fullmatch(user) or not _KEY.fullmatch(token):
            raise CommandRefused(texts.NO_KEYS)
        return f"pover://{user}@{token}"
    if way == "other":
        return fields.get("url", "").strip()
    return ""


def server(url: str) -> str:
    """The ntfy server of an address, the public one if it is none of ntfy."""
    return url.partition("://")[2].partition("/")[0] if way(url) == "ntfy" else NTFY


def _in_the_house(server: str) -> bool:
    """Whether it is a number of the home's network, where there is no certificate."""
    host = server.partition(":")[0]
    return bool(re.fullmatch(r"127\..*|10\..*|192\.168\..*|172\.(1[6-9]|2[0-9]|3[01])\..*", host))


def way(url: str) -> str:
    """Which way an address is: as in `texts.WAYS`."""
    scheme = url.partition("://")[0]
    return {"ntfy": "ntfy", "ntfys": "ntfy", "pover": "pushover", "": ""}.get(scheme, "other")


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME]}…"
