"""Is this thermometer on the child, and has it warmed up? Pure: `judge(wear, reading, t_s, ...)`.

Everything that came is looked at, also values that are not to be trusted: a sensor that fell off says so by them.
"""

import math
from dataclasses import dataclass, replace
from statistics import median

from edge.analysis.temperature.wear_states import ON, WEAR, WearInput, WearState
from edge.model.language import N_
from edge.model.reading import Reading, Validity
from edge.model.transitions import follow

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
# Two readings so close have to agree before one that was worn is off or jumped: a single one is an outlier.
TOGETHER_S = 120.0
# A core cannot cool by more than 0.1 C a minute even undressed; the skin under a patch that has slipped does. Such a
# level is not believed until it is back, or an hour has passed; after a quarter of an hour somebody should refit it.
SLIP_C_PER_S = 0.12 / 60
SLIP_MIN_C = 0.5
SLIP_NOW_S = 90.0
SLIP_BEFORE_S = 240.0
SLIP_BACK_C = 0.3
SLIP_REFIT_S = 900.0
SLIP_MAX_S = 3600.0
# Skin never stands still to a fiftieth of a degree for half an hour; that, and cool, is a thing and not a child.
STILL_C = 0.02
STILL_S = 1800.0
STILL_BELOW_C = 35.0
# One that was just put on climbs faster than this, and is not yet said to be off.
WARMING_C_PER_S = 0.2 / 60
# After so long a silence a value colder by so much says that it may have been off meanwhile.
SILENCE_S = 300.0
COLDER_C = 1.0
# Outside these no living child was measured. What a child in Fahrenheit would be, is named.
PLAUSIBLE_C = (10.0, 43.5)
FAHRENHEIT = (90.0, 112.0)
TRAIL_S = 400.0
TRAIL_STEP_S = 5.0
NOT_WORN = N_("not worn")
FAR_FROM_OTHERS = N_("far from those before it")


@dataclass(frozen=True, slots=True)
class Wear:
    """What is known of how one thermometer sits.

    state: see `wear_states`. put_on_s: since when it has been on the child, None while it is not. last_s, last_c: the
    latest plausible reading. odd: the last reading, alone, was as if it were off or elsewhere; the next has to agree.
    trail: (t_s, celsius) since it was put on, oldest first, at most `TRAIL_S` long, one in `TRAIL_STEP_S`.
    slipped_s: since when it sits badly, from the level slip_c. still_s, still_c: since when it has not changed.
    """

    state: WearState = WearState.OFF
    put_on_s: float | None = None
    last_s: float | None = None
    last_c: float = math.nan
    odd: bool = False
    trail: tuple[tuple[float, float], ...] = ()
    slipped_s: float | None = None
    slip_c: float = math.nan
    still_s: float = 0.0
    still_c: float = math.nan

    @property
    def on(self) -> bool:
        """Whether it is on the child, as far as is known."""
        return self.state in ON

    @property
    def settled(self) -> bool:
        """Whether it is on the child and has warmed up."""
        return self.state in (WearState.WORN, WearState.SLIPPED)

    def off(self, t_s: float) -> bool:
        """Whether somebody should look at the sensor: it is off, or has sat badly for a while."""
        return not self.on or (self.slipped_s is not None and t_s - self.slipped_s >= SLIP_REFIT_S)


def judge(wear: Wear, reading: Reading, t_s: float, *, settles: bool, spot: bool) -> tuple[Wear, Reading]:
    """Mark one reading. settles: it needs time to warm up. spot: held to the child for a moment, so it cannot fall off.

    Readings out of order are refused, as is what no thermometer on a child measures.
    """
    celsius = reading.value
    if FAHRENHEIT[0] <= celsius <= FAHRENHEIT[1]:
        return wear, _marked(reading, Validity.INVALID, f"{_implausible(celsius)}: {N_('is it Fahrenheit?')}")
    if reading.validity is Validity.INVALID or not math.isfinite(celsius):
        return wear, _marked(reading, Validity.INVALID, reading.reason or N_("no value"))
    if not PLAUSIBLE_C[0] <= celsius <= PLAUSIBLE_C[1]:
        return wear, _marked(reading, Validity.INVALID, _implausible(celsius))
    if wear.last_s is not None and t_s < wear.last_s:
        return wear, _marked(reading, Validity.INVALID, N_("older than the reading before it"))
    if not reading.final:
        return wear, _marked(reading, Validity.QUESTIONABLE, reading.reason or N_("still measuring"))
    if not spot and _alone(wear, celsius, t_s, settles=settles):
        return replace(wear, last_s=t_s, odd=True), _marked(reading, Validity.QUESTIONABLE, FAR_FROM_OTHERS)
    still = abs(celsius - wear.still_c) <= STILL_C
    still_s, still_c = (wear.still_s, wear.still_c) if still else (t_s, celsius)
    after = replace(wear, last_s=t_s, last_c=celsius, odd=False, still_s=still_s, still_c=still_c)
    if celsius < WORN_MIN_C or (not spot and (_fallen(wear, celsius, t_s) or _thing(after, t_s))):
        climbs = not wear.on and _climbs(wear, celsius, t_s)
        away = _given(after, WearInput.CLIMBS if climbs else WearInput.AWAY)
        return replace(away, put_on_s=None, trail=(), slipped_s=None), _marked(reading, Validity.INVALID, NOT_WORN)
    given = _placed(wear, celsius, t_s, settles=settles)
    if given is not None:
        after = replace(_given(after, given), put_on_s=t_s, trail=(), slipped_s=None)
    after = replace(after, trail=_longer(after.trail, t_s, celsius))
    if settles:
        return _settle(after, reading, t_s)
    return after if after.settled else _given(after, WearInput.SETTLED), reading


def _given(wear: Wear, given: WearInput) -> Wear:
    return replace(wear, state=follow(WEAR, wear.state, given))


def _placed(wear: Wear, celsius: float, t_s: float, *, settles: bool) -> WearInput | None:
    """What a reading that is warm enough says of where it sits; None: where it sat."""
    if settles and _jumped(wear, celsius, t_s):
        return WearInput.JUMPED
    return WearInput.PUT_ON if not wear.on or (settles and _was_off(wear, celsius, t_s)) else None


def _settle(wear: Wear, reading: Reading, t_s: float) -> tuple[Wear, Reading]:
    """What a sensor that needs warm skin makes of a reading while it is worn."""
    if not wear.settled:
        if _settling(wear, t_s):
            jumped = wear.state is WearState.RESETTLING
            why = N_("changed faster than a body: settling again") if jumped else N_("still warming up on the skin")
            return wear, _marked(reading, Validity.SETTLING, why)
        wear = _given(wear, WearInput.SETTLED)
    wear = _slipping(wear, t_s)
    if wear.state is WearState.SLIPPED:
        return wear, _marked(reading, Validity.QUESTIONABLE, N_("fell faster than a body: it seems to sit badly"))
    return wear, reading


def _implausible(celsius: float) -> str:
    return N_("{a} °C is not plausible").format(a=f"{celsius:.1f}")


def _marked(reading: Reading, validity: Validity, reason: str) -> Reading:
    return replace(reading, validity=validity, reason=reason)


def _longer(trail: tuple[tuple[float, float], ...], t_s: float, celsius: float) -> tuple[tuple[float, float], ...]:
    if trail and t_s - trail[-1][0] < TRAIL_STEP_S:
        return trail
    old = next((i for i, (at, _) in enumerate(trail) if t_s - at <= TRAIL_S), len(trail))
    return (*trail[old:], (t_s, celsius))


def _alone(wear: Wear, celsius: float, t_s: float, *, settles: bool) -> bool:
    """The first of those that say that it is off or elsewhere; the next has to agree, where it comes soon."""
    if not wear.on or wear.odd or wear.last_s is None or t_s - wear.last_s > TOGETHER_S:
        return False
    return celsius < WORN_MIN_C or _fallen(wear, celsius, t_s) or (settles and _jumped(wear, celsius, t_s))


def _fallen(wear: Wear, celsius: float, t_s: float) -> bool:
    """A fall that a body cannot do, or on its way to the room's temperature after one."""
    return _faster(wear, celsius, t_s, -1.0) if wear.on else celsius < wear.last_c - FALL_MIN_C


def _jumped(wear: Wear, celsius: float, t_s: float) -> bool:
    """A rise that a body cannot do: bath water, a hand, a radiator. One that slipped may come back to where it was."""
    return wear.state is WearState.WORN and _faster(wear, celsius, t_s, 1.0)


def _faster(wear: Wear, celsius: float, t_s: float, sign: float) -> bool:
    """Against most readings of the last two minutes: one outlier among them is not enough."""
    lately = [(t_s - at, before) for at, before in wear.trail if 0 < t_s - at <= FALL_LOOKBACK_S]
    beyond = sum(sign * (celsius - before) > max(FALL_MIN_C, DETACHED_FALL_C_PER_S * age_s) for age_s, before in lately)
    return 2 * beyond > len(lately)


def _slipping(wear: Wear, t_s: float) -> Wear:
    """Whether its level sank faster than a body can, and whether it is back."""
    now = [celsius for at, celsius in wear.trail if t_s - at <= SLIP_NOW_S]
    if wear.slipped_s is not None:
        back = bool(now) and median(now) >= wear.slip_c - SLIP_BACK_C
        over = back or t_s - wear.slipped_s >= SLIP_MAX_S
        return replace(_given(wear, WearInput.BACK), slipped_s=None, trail=wear.trail[-1:]) if over else wear
    before = [(at, celsius) for at, celsius in wear.trail if t_s - at >= SLIP_BEFORE_S]
    if not now or not before:
        return wear
    was_c = median(celsius for _, celsius in before)
    fall_c, took_s = was_c - median(now), t_s - before[len(before) // 2][0] - SLIP_NOW_S / 2
    if fall_c < max(SLIP_MIN_C, SLIP_C_PER_S * took_s):
        return wear
    return replace(_given(wear, WearInput.SLIPS), slipped_s=t_s, slip_c=was_c)


def _thing(wear: Wear, t_s: float) -> bool:
    return wear.still_c < STILL_BELOW_C and t_s - wear.still_s >= STILL_S


def _climbs(wear: Wear, celsius: float, t_s: float) -> bool:
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
