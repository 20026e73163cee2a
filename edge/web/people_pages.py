"""The pages of who is there, as HTML."""

import datetime as dt
import secrets
from collections.abc import Mapping

from edge.delivery import people_texts as texts
from edge.model.language import TemperatureUnit
from edge.model.people import Role
from edge.web import wire
from edge.web.languages import Languages
from edge.web.reader import Reader
from edge.web.render import Templates

LANGUAGES = {"": texts.HUBS, "en": "English", "de": "Deutsch", "es": "Español", "fr": "Français", "tr": "Türkçe"}
UNITS = {TemperatureUnit.CELSIUS: "°C", TemperatureUnit.FAHRENHEIT: "°F"}
WAYS = {"ntfy": texts.NTFY, "pushover": texts.PUSHOVER, "other": texts.OTHER, "none": texts.NONE}


class PeoplePages:
    """Renders; every text that a person wrote is escaped."""

    def __init__(self, languages: Languages) -> None:
        words = {"p": texts, "roles": texts.ROLES, "tongues": LANGUAGES, "units": UNITS}
        self._templates = Templates(languages, **words, when=_when)

    def all(self, reader: Reader, shown: wire.Snapshot, why: str) -> str:
        """Everybody. why: what was just refused."""
        return self._page("list", reader, shown=shown, why=why)

    def form(self, reader: Reader, shown: wire.Snapshot, whose: str, fields: Mapping[str, str], why: str) -> str:
        """Of one, or of somebody new. fields: what was just sent and could not be taken, and why."""
        who = shown.caregivers.get(whose)
        plain = {"name": "", "role": Role.CAREGIVER, "until": "", "language": "", "unit": TemperatureUnit.CELSIUS}
        plain |= {
            "way": "keep" if who else "ntfy",
            "server": "ntfy.sh",
            "user": "",
            "token": "",
            "url": "",
            "details": "",
        }
        if who is not None:
            plain |= {"name": who.name, "role": who.role, "language": who.language, "unit": who.unit}
            plain |= {"until": _when(who.until_s) if who.until_s else ""}
        ways = {"keep": texts.KEEP, **WAYS} if who else WAYS
        known = {**plain, **fields}
        seen = fields.get("seen", who.version if who else "")
        return self._page(
            "form", reader, whose=whose, who=who, known=known, ways=ways, seen=seen, why=why, fresh=_fresh()
        )

    def sure(self, reader: Reader, shown: wire.Snapshot, whose: str) -> str:
        """The question before somebody's access ends."""
        return self._page("end", reader, whose=whose, who=shown.caregivers[whose], fresh=_fresh())

    def password(self, reader: Reader, shown: wire.Snapshot, whose: str, said: str) -> str:
        """A user of the broker, with the password that is shown once."""
        who = shown.caregivers.get(whose)
        return self._page("password", reader, who=who, said=said)

    def _page(self, name: str, reader: Reader, **known: object) -> str:
        return self._templates(f"people/{name}.html", reader, **known)


def _when(wall_s: float) -> str:
    """On the clock of this computer, as the form takes it."""
    return f"{dt.datetime.fromtimestamp(wall_s).astimezone():%Y-%m-%d %H:%M}"


def _fresh() -> str:
    return secrets.token_hex(8)
