"""Is this thermometer on the child, and has it warmed up? Pure: `judge(wear, reading, t_s, ...)`.

Everything that came is looked at, also values that are not to be trusted: a sensor that fell off says so by them.
"""

import math
from dataclasses import dataclass, replace

from edge.model.reading import Reading, Validity

# A patch under the arm needs 10 to 15 minutes to reach the skin's temperature (makers' instructions, Verily and
# TempTraq studies): settling for 10 minutes, and up to 15 while it still climbs.
SETTLING_S = 600.0
SETTLING_MAX_S = 900.0
SETTLED_SLOPE_C_PER_S = 0.05 / 60
SLOPE_OVER_S = 180.0
# Below 34 C no thermometer is on a child's skin; a fall of more than 0.5 C a minute is one that came off.
WORN_MIN_C = 34.0
DETACHED_FALL_C_PER_S = 0.5 / 60
FALL_MIN_C = 0.5
FALL_LOOKBACK_S = 120.0
# One that was just put on climbs faster than this, and is not yet said to be off.
WARMING_C_PER_S = 0.2 / 60
# After so long a silence a value colder by so much says that it may have been off meanwhile.
SILENCE_S = 300.0
COLDER_C = 1.0
# Outside these no living child was measured.
PLAUSIBLE_C = (10.0, 43.5)
TRAIL_S = 400.0
TRAIL_STEP_S = 5.0
NOT_WORN = "not worn"


@dataclass(frozen=True, slots=True)
class Wear:
    """on: worn, as far as is known. put_on_s: since when. last_s, last_c: the latest plausible reading.

    warming: not warm enough to be worn, but on its way; so is the very first reading, which has none before it.
    trail: (t_s, celsius) since it was put on, oldest first, at most `TRAIL_S` long, one in `TRAIL_STEP_S`.
    """

    on: bool = False
    put_on_s: float | None = None
    last_s: float | None = None
    last_c: float = math.nan
    warming: bool = False
    settled: bool = False
    trail: tuple[tuple[float, float], ...] = ()


def judge(wear: Wear, reading: Reading, t_s: float, *, settles: bool, spot: bool) -> tuple[Wear, Reading]:
    """Mark one reading. settles: it needs time to warm up. spot: held to the child for a moment, so it cannot fall off.

    Readings out of order are refused, as is what no thermometer on a child measures.
    """
    celsius = reading.value
    if reading.validity is Validity.INVALID or not math.isfinite(celsius):
        return wear, _marked(reading, Validity.INVALID, reading.reason or "no value")
    if not PLAUSIBLE_C[0] <= celsius <= PLAUSIBLE_C[1]:
        return wear, _marked(reading, Validity.INVALID, f"{celsius:.1f} °C is not plausible")
    if wear.last_s is not None and t_s < wear.last_s:
        return wear, _marked(reading, Validity.INVALID, "older than the reading before it")
    if not reading.final:
        return wear, _marked(reading, Validity.QUESTIONABLE, reading.reason or "still measuring")
    heard = replace(wear, last_s=t_s, last_c=celsius, warming=False)
    if celsius < WORN_MIN_C or (not spot and (_falling(wear, celsius, t_s) or _cooling(wear, celsius))):
        off = replace(
            heard,
            on=False,
            put_on_s=None,
            settled=False,
            trail=(),
            warming=not wear.on and _warming(wear, celsius, t_s),
        )
        return off, _marked(reading, Validity.INVALID, NOT_WORN)
    if not wear.on or (settles and _was_off(wear, celsius, t_s)):
        heard = replace(heard, on=True, put_on_s=t_s, settled=False, trail=())
    heard = replace(heard, trail=_longer(heard.trail, t_s, celsius))
    if settles and not heard.settled and _settling(heard, t_s):
        return heard, _marked(reading, Validity.SETTLING, "still warming up on the skin")
    return replace(heard, settled=True), reading


def _marked(reading: Reading, validity: Validity, reason: str) -> Reading:
    return replace(reading, validity=validity, reason=reason)


def _longer(trail: tuple[tuple[float, float], ...], t_s: float, celsius: float) -> tuple[tuple[float, float], ...]:
    if trail and t_s - trail[-1][0] < TRAIL_STEP_S:
        return trail
    old = next((i for i, (at, _) in enumerate(trail) if t_s - at <= TRAIL_S), len(trail))
    return (*trail[old:], (t_s, celsius))


def _falling(wear: Wear, celsius: float, t_s: float) -> bool:
    """A fall that a body cannot do, against most readings of the last two minutes: one outlier is not enough."""
    lately = [(t_s - at, before) for at, before in wear.trail if 0 < t_s - at <= FALL_LOOKBACK_S]
    fallen = sum(before - celsius > max(FALL_MIN_C, DETACHED_FALL_C_PER_S * age_s) for age_s, before in lately)
    return 2 * fallen > len(lately)


def _cooling(wear: Wear, celsius: float) -> bool:
    """It came off, and is still on its way to the room's temperature."""
    return not wear.on and celsius < wear.last_c - FALL_MIN_C


def _warming(wear: Wear, celsius: float, t_s: float) -> bool:
    return wear.last_s is None or celsius - wear.last_c > WARMING_C_PER_S * (t_s - wear.last_s)


def _was_off(wear: Wear, celsius: float, t_s: float) -> bool:
    return wear.last_s is not None and t_s - wear.last_s > SILENCE_S and celsius < wear.last_c - COLDER_C


def _settling(wear: Wear, t_s: float) -> bool:
    assert wear.put_on_s is not None
    worn_s = t_s - wear.put_on_s
    if worn_s < SETTLING_S:
        return True
    earlier = [item for item in wear.trail if t_s - item[0] >= SLOPE_OVER_S]
    if worn_s >= SETTLING_MAX_S or not earlier:
        return False
    at, before = earlier[-1]
    return (wear.trail[-1][1] - before) / (t_s - at) > SETTLED_SLOPE_C_PER_S
