"""How a thermometer sits on the child, as a table and nothing else. What is not listed here raises."""

from collections.abc import Mapping
from enum import StrEnum


class WearState(StrEnum):
    """How it sits, as far as its readings say.

    off: not on the child, also before the first reading. warming: not yet warm enough to be on her, but climbing.
    settling: on her, and still taking on the warmth of the skin. resettling: the same after a jump that no body makes.
    worn: its readings are hers. slipped: on her, but it sits badly.
    """

    OFF = "off"
    WARMING = "warming"
    SETTLING = "settling"
    RESETTLING = "resettling"
    WORN = "worn"
    SLIPPED = "slipped"


class WearInput(StrEnum):
    """What a reading says.

    away: as no child is. climbs: the same, and on its way up. put_on: as a child, after it was not, or after a silence
    in which it cooled. settled: it has had its time. jumped: a rise that no body makes. slips: a fall that no body
    makes, to a level that a child may have. back: that is over.
    """

    AWAY = "away"
    CLIMBS = "climbs"
    PUT_ON = "put_on"
    SETTLED = "settled"
    JUMPED = "jumped"
    SLIPS = "slips"
    BACK = "back"


_S, _I = WearState, WearInput

ON = frozenset({_S.SETTLING, _S.RESETTLING, _S.WORN, _S.SLIPPED})
"""The states in which it is on the child."""

WEAR: Mapping[tuple[WearState, WearInput], WearState] = {
    (_S.OFF, _I.AWAY): _S.OFF,
    (_S.OFF, _I.CLIMBS): _S.WARMING,
    (_S.OFF, _I.PUT_ON): _S.SETTLING,
    (_S.WARMING, _I.AWAY): _S.OFF,
    (_S.WARMING, _I.CLIMBS): _S.WARMING,
    (_S.WARMING, _I.PUT_ON): _S.SETTLING,
    (_S.SETTLING, _I.AWAY): _S.OFF,
    (_S.SETTLING, _I.PUT_ON): _S.SETTLING,
    (_S.SETTLING, _I.SETTLED): _S.WORN,
    (_S.RESETTLING, _I.AWAY): _S.OFF,
    (_S.RESETTLING, _I.PUT_ON): _S.SETTLING,
    (_S.RESETTLING, _I.SETTLED): _S.WORN,
    (_S.WORN, _I.AWAY): _S.OFF,
    (_S.WORN, _I.PUT_ON): _S.SETTLING,
    (_S.WORN, _I.JUMPED): _S.RESETTLING,
    (_S.WORN, _I.SLIPS): _S.SLIPPED,
    (_S.SLIPPED, _I.AWAY): _S.OFF,
    (_S.SLIPPED, _I.PUT_ON): _S.SETTLING,
    (_S.SLIPPED, _I.BACK): _S.WORN,
}
