"""One thermometer: is it worn and settled, how high is the level, is that a fever.

Pure and functional: `advance(state, reading, t_s, rules) -> (state, Assessed)`. Only readings that are valid
after these checks raise or end anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from edge.analysis.temperature import level as levels
from edge.analysis.temperature import trend as trends
from edge.analysis.temperature import wearing
from edge.analysis.temperature.core_temperature import core_probability
from edge.analysis.temperature.level import Level, Recent, Watch
from edge.analysis.temperature.rules import Rules
from edge.analysis.temperature.trend import Trend
from edge.analysis.temperature.wear_states import WearState
from edge.analysis.temperature.wearing import Wear
from edge.model.alarm import Condition
from edge.model.evidence import TemperatureEvidence
from edge.model.language import N_
from edge.model.reading import Quantity, Reading, Unit, Validity
from edge.model.sign import Sign

# An armpit of a well child may read below 35.5 C all night (Craig 2000: up to 2 C below the core). So a low level is
# believed if hardly any such difference explains it, or if it is a fall against her own usual levels; until those are
# known somebody is asked to measure by hand.
LOW_SURELY_C, LOW_KNOWN_SURELY_C = 0.5, 1.0
LOW_FALL_C = 0.7
READS_LOW = N_("the sensor reads low")
# The other way round a fever may hide below the limit of the site.
# Half an hour long, since most that are likely pass the limit soon, and one notice is better than two.
LIKELY, LOOK_BELOW_C, LIKELY_FOR_S = 0.5, 1.2, 1800.0
FEVER_LIKELY = N_("a fever is likely for her")
# 35 of 67 repeated convulsions of a clinical series came within two hours of the onset of the fever.
# A day without fever ends an illness.
DAY_S = 86400.0
# What a thermometer decides; everything else that is physiological comes from movement.
CONDITIONS = frozenset(
    {
        Condition.FEVER,
        Condition.HIGH_FEVER,
        Condition.YOUNG_INFANT_FEVER,
        Condition.LOW_TEMPERATURE,
        Condition.TEMPERATURE_RISING,
        Condition.MEASUREMENT_DUE,
    }
)
# A sensor that sends several of these is judged by the first that it has.
PREFERRED = (Quantity.CORE_TEMPERATURE, Quantity.TEMPERATURE, Quantity.SKIN_TEMPERATURE)


@dataclass(frozen=True, slots=True)
class ThermometerState:
    """wear: whether it is worn. recent: (t_s, celsius) of valid readings that the level needs, oldest first.

    watches: each limit that is watched, and what is known of it. low: a level that may be a matter of the site.
    likely: P(core >= 38) is at least one half. trend: where it goes. ill: first and last moment of fever in this
    illness. latest_s, latest_c: the last robust level, and when.
    """

    wear: Wear = field(default_factory=Wear)
    recent: Recent = ()
    watches: tuple[tuple[Condition, Watch], ...] = ()
    low: Watch = field(default_factory=Watch)
    likely: Watch = field(default_factory=Watch)
    trend: Trend = field(default_factory=Trend)
    ill: tuple[float, float] | None = None
    latest_s: float | None = None
    latest_c: float | None = None

    def watch(self, condition: Condition) -> Watch:
        """The limit of this condition, as it has been watched so far."""
        return dict(self.watches).get(condition, Watch())

    def watching(self, condition: Condition, watch: Watch) -> "ThermometerState":
        """The same with one limit as it is watched now."""
        return replace(self, watches=tuple({**dict(self.watches), condition: watch}.items()))

    def without(self, condition: Condition) -> "ThermometerState":
        """The same with one limit no longer watched."""
        return replace(self, watches=tuple(each for each in self.watches if each[0] is not condition))


@dataclass(frozen=True, slots=True)
class Assessed:
    """What became of one reading. level_c: the robust short-term level, None unless valid readings give one."""

    reading: Reading
    level_c: float | None
    signs: tuple[Sign, ...]

    @property
    def measured(self) -> bool:
        """Whether the sensor measured anything, if only that it is not worn; otherwise it does not watch."""
        return self.reading.validity is not Validity.INVALID or self.reading.reason == wearing.NOT_WORN


def judged(quantity: Quantity, sent: Sequence[Quantity]) -> bool:
    """Whether this temperature decides about a fever; core and skin of one sensor are never mixed into one level.

    sent: what the sensor's profile says that it sends.
    """
    first = next((each for each in PREFERRED if each in sent), quantity)
    return quantity is first or quantity not in sent


def advance(state: ThermometerState, reading: Reading, t_s: float, rules: Rules) -> tuple[ThermometerState, Assessed]:
    """Take one reading that arrived at `t_s` (monotonic seconds); readings out of order are refused as invalid."""
    wear, reading = wearing.judge(state.wear, reading, t_s, settles=rules.settles, spot=rules.spot)
    if wear.put_on_s != state.wear.put_on_s:
        anew = tuple((condition, levels.worn_anew(watch)) for condition, watch in state.watches)
        state = replace(state, recent=() if rules.settles else state.recent, watches=anew)
    state = replace(state, wear=wear)
    signs = _worn_signs(wear, reading, t_s, rules)
    if reading.validity is Validity.QUESTIONABLE and reading.final and wear.on:
        state, more = _doubtful(state, reading, t_s, rules)
        return state, Assessed(reading, None, signs + more)
    if reading.validity is not Validity.VALID:
        return state, Assessed(reading, None, signs)
    state = replace(state, recent=levels.remember(state.recent, t_s, reading.value))
    level = levels.level(state.recent, t_s, spot=rules.spot)
    if level is None:
        return state, Assessed(reading, None, signs)
    trend = state.trend if level.sparse else trends.remember(state.trend, t_s, level.rises)
    state = replace(state, trend=trend, latest_s=t_s, latest_c=level.rises)
    look = _Look(level, t_s, rules, trend.floor_c())
    for judge in (_fevers, _rising, _low, _by_hand):
        state, more = judge(state, look)
        signs += more
    return state, Assessed(reading, level.rises, signs)


@dataclass(frozen=True, slots=True)
class _Look:
    """One valid level and what every sign of it says."""

    level: Level
    t_s: float
    rules: Rules
    floor_c: float | None

    def sign(self, condition: Condition, watch: Watch, limit_c: float, more: TemperatureEvidence) -> Sign:
        onset_s = watch.onset_s if watch.raised else None
        value = round(self.level.rises, 2)
        evidence = self._with_level(more) if watch.raised else more
        return Sign(condition, "", watch.raised, self.t_s, onset_s, value, limit_c, Unit.CELSIUS, evidence)

    def _with_level(self, evidence: TemperatureEvidence) -> TemperatureEvidence:
        site = "core" if self.rules.core else str(self.rules.site)
        share = round(self.probability(), 3)
        return replace(evidence, level_c=round(self.level.rises, 2), site=site, p_core_38=share)

    def probability(self) -> float:
        """P(core >= 38.0 C)."""
        return core_probability(self.level.rises, self.rules.measures, self.rules.age_months, self.floor_c)


Looked = tuple[ThermometerState, tuple[Sign, ...]]


def _fevers(state: ThermometerState, look: _Look) -> Looked:
    level, t_s, rules = look.level, look.t_s, look.rules
    passed: list[tuple[Condition, Watch, float]] = []
    for condition, limit_c in rules.fevers():
        before = state.watch(condition)
        watch = levels.watch(before, level, limit_c, t_s, above=True)
        if condition is Condition.YOUNG_INFANT_FEVER and watch.raised and not before.raised and not rules.young:
            watch = before
        over = before.raised and not watch.raised
        state = state.watching(condition, replace(watch, onset_s=None, peak_c=None) if over else watch)
        if watch.raised or watch.below:
            passed.append((condition, watch, limit_c))
    if state.watch(Condition.FEVER).raised:
        first_s, last_s = state.ill or (t_s, t_s)
        state = replace(state, ill=(first_s if t_s - last_s <= DAY_S else t_s, t_s))
    return state, tuple(
        look.sign(condition, watch, limit_c, _course(watch, state, t_s)) for condition, watch, limit_c in passed
    )


def _course(watch: Watch, state: ThermometerState, t_s: float) -> TemperatureEvidence:
    """How long it has been (or was), how high, and for how many days she has been ill."""
    if watch.onset_s is None or watch.peak_c is None:
        return TemperatureEvidence()
    ended_s = t_s if watch.raised or watch.back_since_s is None else watch.back_since_s
    lasted_s = ended_s - watch.onset_s
    days = 0 if state.ill is None else int((state.ill[1] - state.ill[0]) / DAY_S)
    return TemperatureEvidence(duration_s=round(lasted_s), peak_c=round(watch.peak_c, 2), days_of_fever=days)


def _rising(state: ThermometerState, look: _Look) -> Looked:
    """An early notice, for one that is worn, until the limit is passed; it never announces a seizure."""
    level, t_s, rules = look.level, look.t_s, look.rules
    before = state.watch(Condition.TEMPERATURE_RISING)
    if rules.spot or level.sparse or state.watch(Condition.FEVER).raised:
        signs = (Sign(Condition.TEMPERATURE_RISING, "", False, t_s),) if before.raised else ()
        return state.without(Condition.TEMPERATURE_RISING), signs
    watch, rate = trends.rising(before, state.trend, level.rises, rules.fever_c, t_s)
    state = state.watching(Condition.TEMPERATURE_RISING, watch)
    if not watch.raised and not watch.below:
        return state, ()
    more = TemperatureEvidence()
    if rate is not None and watch.raised:
        more = replace(more, slope_c_per_30min=round(rate * 1800.0, 2))
        expected = trends.forecast(level.rises, rate, rules.fever_c)
        if expected is not None:
            spans_s = (round(expected.low_s), round(expected.middle_s), round(expected.high_s))
            more = replace(more, forecast_s=spans_s, forecast_share=0.8)
    return state, (look.sign(Condition.TEMPERATURE_RISING, watch, rules.fever_c, more),)


def _low(state: ThermometerState, look: _Look) -> Looked:
    """Too cold, unless the site alone explains it."""
    before = state.watch(Condition.LOW_TEMPERATURE)
    watch = levels.watch(before, look.level, look.rules.low_c, look.t_s, above=False)
    if watch.raised and not before.raised and not _surely_low(state.trend, look):
        watch = before
    state = state.watching(Condition.LOW_TEMPERATURE, watch)
    if not watch.raised and not watch.below:
        return state, ()
    return state, (look.sign(Condition.LOW_TEMPERATURE, watch, look.rules.low_c, TemperatureEvidence()),)


def _surely_low(trend: Trend, look: _Look) -> bool:
    level_c, rules = look.level.rises, look.rules
    if not rules.settles:
        return True
    usual_c, known = trend.usual_c(look.t_s, rules.fever_c)
    surely_c = rules.low_c - (LOW_KNOWN_SURELY_C if known else LOW_SURELY_C)
    return level_c <= surely_c or (usual_c is not None and level_c <= usual_c - LOW_FALL_C)


def _by_hand(state: ThermometerState, look: _Look) -> Looked:
    """Asks to measure by hand where a valid level lies on the quiet side of its limit only because of the site."""
    level, t_s, rules = look.level, look.t_s, look.rules
    # A valid level takes the place of a doubtful one.
    doubted = any(condition is Condition.MEASUREMENT_DUE for condition, _ in state.watches)
    state = state.without(Condition.MEASUREMENT_DUE)
    if not rules.settles:
        return state, (Sign(Condition.MEASUREMENT_DUE, "", False, t_s),) if doubted else ()
    low = levels.watch(state.low, level, rules.low_c, t_s, above=False)
    if low.raised and not state.low.raised and look.floor_c is not None:
        low = state.low
    near = state.likely.raised or level.rises >= rules.fever_c - LOOK_BELOW_C
    share = look.probability() if near else 0.0
    likely = levels.watch(state.likely, Level(share, share, share), LIKELY, t_s, above=True)
    asked = doubted or state.low.raised or state.likely.raised
    if low is not state.low or likely is not state.likely:
        state = replace(state, low=low, likely=likely)
    if low.raised and not state.watch(Condition.LOW_TEMPERATURE).raised:
        return state, (look.sign(Condition.MEASUREMENT_DUE, low, rules.low_c, TemperatureEvidence(why=READS_LOW)),)
    if _hides(likely, state, t_s):
        return state, (
            look.sign(Condition.MEASUREMENT_DUE, likely, rules.fever_c, TemperatureEvidence(why=FEVER_LIKELY)),
        )
    return state, (Sign(Condition.MEASUREMENT_DUE, "", False, t_s),) if asked else ()


def _hides(likely: Watch, state: ThermometerState, t_s: float) -> bool:
    """Whether a fever has been likely for a while without the limit being passed."""
    long = likely.raised and likely.onset_s is not None and t_s - likely.onset_s >= LIKELY_FOR_S
    return long and (state.ill is None or t_s - state.ill[1] >= LIKELY_FOR_S)


def _doubtful(state: ThermometerState, reading: Reading, t_s: float, rules: Rules) -> Looked:
    """Beyond where the sensor is proven it neither raises nor ends a fever; if it stays high, measure by hand."""
    value = Level(reading.value, reading.value, reading.value, sparse=rules.spot)
    watch = levels.watch(state.watch(Condition.MEASUREMENT_DUE), value, rules.fever_c, t_s, above=True)
    why = TemperatureEvidence(why=reading.reason)
    signs = (
        (_Look(value, t_s, rules, state.trend.floor_c()).sign(Condition.MEASUREMENT_DUE, watch, rules.fever_c, why),)
        if watch.raised
        else ()
    )
    return state.watching(Condition.MEASUREMENT_DUE, watch), signs


def _worn_signs(wear: Wear, reading: Reading, t_s: float, rules: Rules) -> tuple[Sign, ...]:
    """`not_worn` and `settling`, for a sensor that is meant to stay on."""
    if rules.spot or not reading.final or (reading.validity is Validity.INVALID and reading.reason != wearing.NOT_WORN):
        return ()
    value, off = round(reading.value, 2), wear.off(t_s)
    signs = []
    if wear.state is not WearState.WARMING:
        onset = t_s if off else None
        signs.append(Sign(Condition.NOT_WORN, "", off, t_s, onset_s=onset, value=value, unit=Unit.CELSIUS))
    if rules.settles:
        # One that is off is not settling either; the valid signs of being worn are what ends `not_worn`.
        settling = not off and reading.validity is Validity.SETTLING
        onset = wear.put_on_s if settling else None
        signs.append(Sign(Condition.SETTLING, "", settling, t_s, onset_s=onset, value=value, unit=Unit.CELSIUS))
    return tuple(signs)
