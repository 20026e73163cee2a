"""How somebody reads, as the hub and its page tell each other."""

import msgspec

from edge.model.language import TemperatureUnit


class Reader(msgspec.Struct, frozen=True):
    """How somebody reads: the code of a language, and the unit of temperatures."""

    language: str = "en"
    unit: TemperatureUnit = TemperatureUnit.CELSIUS


IN_ENGLISH = Reader()
