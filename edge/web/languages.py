"""The languages of the page, and which one a phone is shown that belongs to nobody yet."""

from collections.abc import Mapping

from starlette.requests import Request

from edge.model.language import Language, Locale, TemperatureUnit
from edge.web.reader import Reader

COOKIE = "feverhub_words"
"""What a phone chose before anybody signed in on it: `de.celsius`."""
ENGLISH = "en"
NAMES: Mapping[str, str] = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "tr": "Türkçe"}
"""Each language in its own words, for who cannot read the others."""
IN_FAHRENHEIT = frozenset({"us", "bs", "bz", "ky", "lr", "pw", "fm", "mh"})
"""Regions whose families read °F (Unicode CLDR, unitPreferenceData, `temperature`, usage `weather`)."""
MOST_RANGES = 10


class Languages:
    """The catalogues. whole: the codes of those in which nothing is missing; English always is."""

    def __init__(self, languages: Mapping[str, Language], whole: tuple[str, ...] = ()) -> None:
        self._languages = languages
        self.whole = (ENGLISH, *(code for code in whole if code in languages))
        self._locales: dict[Reader, Locale] = {}

    def locale(self, reader: Reader) -> Locale:
        """The words of that reader; English for a language that is not known."""
        if reader not in self._locales:
            language = self._languages.get(reader.language, Language())
            if len(self._locales) > len(self._languages) * len(TemperatureUnit) + len(TemperatureUnit):
                self._locales.clear()
            self._locales[reader] = Locale(language, reader.unit)
        return self._locales[reader]

    def stranger(self, request: Request) -> Reader:
        """Of a phone of which nothing is known: as it chose, else as its browser asks for."""
        asked = _ranges(request.headers.get("accept-language", ""))
        language, _, unit = request.cookies.get(COOKIE, "").partition(".")
        if language not in self.whole:
            language = next((code for code, _ in asked if code in self.whole), ENGLISH)
        if unit not in list(TemperatureUnit):
            region = asked[0][1] if asked else ""
            unit = TemperatureUnit.FAHRENHEIT if region in IN_FAHRENHEIT else TemperatureUnit.CELSIUS
        return Reader(language, TemperatureUnit(unit))

    def chosen(self, request: Request) -> Reader:
        """What the link that was pressed chooses; what it does not name stays as it is."""
        now = self.stranger(request)
        language, unit = request.query_params.get("language", ""), request.query_params.get("unit", "")
        return Reader(
            language if language in self.whole else now.language,
            TemperatureUnit(unit) if unit in list(TemperatureUnit) else now.unit,
        )


def _ranges(header: str) -> list[tuple[str, str]]:
    """Language and region of what a browser accepts, the dearest first (RFC 9110, section 12.5.4)."""
    found = []
    for each in header.lower().split(",")[:MOST_RANGES]:
        tag, _, weight = each.partition(";")
        language, *parts = tag.strip().split("-")
        try:
            q = float(weight.strip().removeprefix("q=") or 1.0)
        except ValueError:
            q = 0.0
        if language and q > 0.0:
            found.append((q, language, next((part for part in parts if len(part) == 2), "")))
    found.sort(key=lambda each: -each[0])
    return [(language, region) for _, language, region in found]
