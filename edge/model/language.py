"""Languages and units as values: `app.load` reads the catalogues, the core only looks up and formats. Pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from edge.model.moment import local

ABSOLUTE_F, F_PER_C = 32.0, 1.8


def N_(message: str) -> str:  # noqa: N802  gettext's own name for a text that is translated where it is used
    """Marks a text for the catalogues, and is the text itself."""
    return message


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

    def degrees(self, celsius: float) -> str:
        """A temperature in the reader's unit, without the unit."""
        fahrenheit = self.unit is TemperatureUnit.FAHRENHEIT
        return self.number(celsius * F_PER_C + ABSOLUTE_F if fahrenheit else celsius)

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
