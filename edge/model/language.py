"""Languages and units as values: `app.load` reads the catalogues, the core only looks up and formats. Pure."""

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from edge.errors import CommandRefused
from edge.model.moment import local

ABSOLUTE_F, F_PER_C = 32.0, 1.8
# What a reason holds beside its words: times, shares and measures, the names of axes. A temperature has °C, or Cel as
# UCUM writes it, behind it; the difference of two has "about" before it.
_NUMBER = re.compile(r"(about )?(\d+(?:[.:]\d+)*|\b[xyz]\b)( °C| Cel|(?= to [\d.]+ Cel))?")
_LAST_WORD = re.compile(r"\S+$")
_JOINTS = ("; ", ": ", ", ")
_PLACES = "abcdef"


def N_(message: str) -> str:  # noqa: N802  gettext's own name for a text that is translated where it is used
    """Marks a text for the catalogues, and is the text itself."""
    return message


def read_number(text: str) -> float:
    """A number as families write it, `5`, `38.4` and `38,4`. Raises ValueError for all else, NaN and infinity too."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"no number: {text[:40]!r}")
    return value


class TemperatureUnit(StrEnum):
    """What a caregiver reads; everything that is kept or published is in °C."""

    CELSIUS = "celsius"
    FAHRENHEIT = "fahrenheit"


@dataclass(frozen=True, slots=True)
class Language:
    """texts: of this language, by the English text. decimal: what stands before the tenths."""

    code: str = "en"
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    decimal: str = "."


@dataclass(frozen=True, slots=True)
class Locale:
    """How somebody reads: language, unit of temperatures, and the family's clock."""

    language: Language = Language()
    unit: TemperatureUnit = TemperatureUnit.CELSIUS
    zone: dt.tzinfo = dt.UTC

    def say(self, message: str, **fields: str | int) -> str:
        """The text in this language, in English where it has none, with its fields filled in.

        message: as it stands in the program, marked with `N_`. What holds braces must get its fields.
        """
        text = self.language.texts.get(message, message)
        return text.format(**fields) if fields else text

    def number(self, value: float, digits: int = 1) -> str:
        """With that many digits behind the language's decimal sign."""
        return f"{value:.{digits}f}".replace(".", self.language.decimal)

    def short(self, value: float) -> str:
        """With as many digits as it needs: `3`, `2.5`."""
        return f"{value:g}".replace(".", self.language.decimal)

    def refusal(self, refused: CommandRefused) -> str:
        """Why a command was not carried out."""
        fields = {
            name: self.say(value) if isinstance(value, str) else self.short(value)
            for name, value in refused.fields.items()
        }
        return self.say(refused.message, **fields)

    def reason(self, text: str) -> str:
        """A reason that the core gave in English, such as `not worn: it has not moved for 10 min`.

        It is made of messages of the catalogue, joined by `: `, `; ` and `, `, or in brackets. What was filled into one
        are numbers, and at its end a name: so the message is found again by putting {a}, {b} ... in their place.
        """
        if text in self.language.texts:
            return self.say(text)
        numbers = [self._measure(found) for found in _NUMBER.finditer(text)]
        if len(numbers) < len(_PLACES):
            places = iter(_PLACES)
            message = _NUMBER.sub(lambda found: f"{found[1] or ''}{{{next(places)}}}{found[3] or ''}", text)
            name = _LAST_WORD.findall(text)
            for each in (message, _LAST_WORD.sub(f"{{{next(places)}}}", message)):
                if numbers and each in self.language.texts:
                    fields = dict(zip(_PLACES, [*numbers, *name], strict=False))
                    return self._with_degree(self.say(each, **fields))
        outside, opened, inside = text.partition(" (")
        if opened and inside.endswith(")"):
            return f"{self.reason(outside)} ({self.reason(inside[:-1])})"
        joined = [(first, joint, rest) for joint in _JOINTS for first, found, rest in [text.partition(joint)] if found]
        known = [each for each in joined if {each[0], each[2]} & self.language.texts.keys()]
        for first, joint, rest in (known or joined)[:1]:
            return f"{self.reason(first)}{joint}{self.reason(rest)}"
        said = _NUMBER.sub(lambda found: f"{found[1] or ''}{self._measure(found)}{found[3] or ''}", text)
        return self._with_degree(said) if numbers else said

    def _with_degree(self, text: str) -> str:
        return text.replace("°C", self.degree).replace(" Cel", f" {self.degree}")

    def _measure(self, found: re.Match[str]) -> str:
        """A number of a reason; a temperature, or the difference of two, in the reader's unit."""
        if found[3] is None or self.unit is TemperatureUnit.CELSIUS:
            return found[2].replace(".", self.language.decimal) if found[2].count(".") == 1 else found[2]
        return self.difference(float(found[2])) if found[1] else self.degrees(float(found[2]))

    def degrees(self, celsius: float) -> str:
        """A temperature in the reader's unit, without the unit."""
        fahrenheit = self.unit is TemperatureUnit.FAHRENHEIT
        return self.number(celsius * F_PER_C + ABSOLUTE_F if fahrenheit else celsius)

    def difference(self, celsius: float) -> str:
        """The difference of two temperatures in the reader's unit, without the unit: 1 °C more is 1.8 °F more."""
        return self.number(celsius * F_PER_C if self.unit is TemperatureUnit.FAHRENHEIT else celsius)

    def celsius(self, degrees: float) -> float:
        """What somebody wrote in the reader's unit, in °C to a hundredth: shown again, it is what was written."""
        fahrenheit = self.unit is TemperatureUnit.FAHRENHEIT
        return round((degrees - ABSOLUTE_F) / F_PER_C, 2) if fahrenheit else degrees

    @property
    def degree(self) -> str:
        """The sign of the unit."""
        return "°F" if self.unit is TemperatureUnit.FAHRENHEIT else "°C"

    def temperature(self, celsius: float) -> str:
        """A temperature with its unit: `39.1 °C`."""
        return f"{self.degrees(celsius)} {self.degree}"

    def clock(self, wall_s: float) -> str:
        """The time on the family's clock."""
        return f"{local(wall_s, self.zone):%H:%M}"


IN_ENGLISH = Locale()
