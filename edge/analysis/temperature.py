"""One thermometer: is it worn and settled, how high is the level, is that a fever.

Pure and functional: `advance(state, reading, t_s, rules) -> (state, Assessed)`. Only readings that are valid
after these checks raise or end anything.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from edge.analysis import level as levels
from edge.analysis import wearing
from edge.analysis.level import Level, Recent, Watch
from edge.analysis.wearing import Wear
from edge.model.alarm import Condition
from edge.model.limits import FEVER_C, HIGH_FEVER_ABOVE_C, LOW_TEMPERATURE_C, Limits
from edge.model.people import Site
from edge.model.reading import Quantity, Reading, Unit, Validity
from edge.model.sign import Sign

# Axilla to rectal difference and spread, electronic thermometers: Craig et al., BMJ 2000 (20 studies, 3,201 children):
# older infants 0.92 (95 % limits -0.15 to 1.98), neonates 0.17 (-0.15 to 0.50). Other sites: limits differ by the
# same convention that sets FEVER_C; sigma 0.5 C as the spread of any one reading.
CORE_LIMIT_C = 38.0
AXILLA_OFFSET_C, AXILLA_SIGMA_C = 0.92, 0.54
NEONATE_OFFSET_C, NEONATE_SIGMA_C = 0.17, 0.17
OTHER_SIGMA_C = 0.5
NEONATE_MONTHS = 1.0
YOUNG_INFANT_MONTHS = 3.0
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
class Rules:
    """What holds for this thermometer on this child. spot: it sleeps between measurements and needs no settling.

    core: it sends an estimate of the core temperature, so the limits of the core hold (those of the rectum), wherever
    it is worn.
    """

    site: Site
    limits: Limits
    age_months: float | None = None
    spot: bool = False
    core: bool = False

    @property
    def measures(self) -> Site:
        """The site whose limits hold."""
        return Site.RECTAL if self.core else self.site

    @property
    def fever_c(self) -> float:
        """The limit in force, C as measured."""
        return FEVER_C[self.measures] if self.limits.fever_c is None else self.limits.fever_c

    @property
    def settles(self) -> bool:
        """Whether a sensor at this site needs time to warm up."""
        return not self.spot and self.site in (Site.AXILLA, Site.PATCH)


@dataclass(frozen=True, slots=True)
class State:
    """wear: whether it is worn. recent: (t_s, celsius) of valid readings that the level needs, oldest first.

    latest_s, latest_c: the last robust level, and when.
    """

    wear: Wear = field(default_factory=Wear)
    recent: Recent = ()
    watches: tuple[tuple[Condition, Watch], ...] = ()
    latest_s: float | None = None
    latest_c: float | None = None


@dataclass(frozen=True, slots=True)
class Assessed:
    """What became of one reading. level_c: the robust short-term level, None unless valid readings give one."""

    reading: Reading
    level_c: float | None
    signs: tuple[Sign, ...]

    @property
    def measured(self) -> bool:
        """Whether the sensor measured anything, be it that it is not worn: only then does it still watch."""
        return self.reading.validity is not Validity.INVALID or self.reading.reason == wearing.NOT_WORN


def judged(quantity: Quantity, sent: Sequence[Quantity]) -> bool:
    """Whether this temperature decides about a fever; core and skin of one sensor are never mixed into one level.

    sent: what the sensor's profile says that it sends.
    """
    first = next((each for each in PREFERRED if each in sent), quantity)
    return quantity is first or quantity not in sent


def core_probability(celsius: float, site: Site, age_months: float | None) -> float:
    """P(core temperature >= 38.0 C) given a settled value at a site. 0..1."""
    if site in (Site.AXILLA, Site.PATCH):
        neonate = age_months is not None and age_months < NEONATE_MONTHS
        offset, sigma = (NEONATE_OFFSET_C, NEONATE_SIGMA_C) if neonate else (AXILLA_OFFSET_C, AXILLA_SIGMA_C)
    else:
        offset, sigma = CORE_LIMIT_C - FEVER_C[site], OTHER_SIGMA_C
    return 0.5 * (1 + math.erf((celsius + offset - CORE_LIMIT_C) / (sigma * math.sqrt(2))))


def advance(state: State, reading: Reading, t_s: float, rules: Rules) -> tuple[State, Assessed]:
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
    state, more = _against_limits(replace(state, latest_s=t_s, latest_c=level.rises), level, t_s, rules)
    return state, Assessed(reading, level.rises, signs + more)


def _against_limits(state: State, level: Level, t_s: float, rules: Rules) -> tuple[State, tuple[Sign, ...]]:
    watches = dict(state.watches)
    signs = []
    for condition, limit_c, above in _limits(rules):
        before = watches.get(condition, Watch())
        watch = levels.watch(before, level, limit_c, t_s, above=above)
        if condition is Condition.YOUNG_INFANT_FEVER and watch.raised and not before.raised and not _young(rules):
            watch = before
        watches[condition] = watch
        if watch.raised or watch.below:
            signs.append(_sign(condition, watch, (level.rises, limit_c), t_s, rules))
    if watches.pop(Condition.MEASUREMENT_DUE, None) is not None:
        # A valid level takes the place of the doubtful one.
        signs.append(Sign(Condition.MEASUREMENT_DUE, "", False, t_s))
    return replace(state, watches=tuple(watches.items())), tuple(signs)


def _doubtful(state: State, reading: Reading, t_s: float, rules: Rules) -> tuple[State, tuple[Sign, ...]]:
    """Beyond where the sensor is proven it neither raises nor ends a fever; if it stays high, measure by hand."""
    watches = dict(state.watches)
    value = Level(reading.value, reading.value, reading.value, sparse=rules.spot)
    watch = levels.watch(watches.get(Condition.MEASUREMENT_DUE, Watch()), value, rules.fever_c, t_s, above=True)
    watches[Condition.MEASUREMENT_DUE] = watch
    signs = (_sign(Condition.MEASUREMENT_DUE, watch, (value.rises, rules.fever_c), t_s, rules),) if watch.raised else ()
    return replace(state, watches=tuple(watches.items())), signs


def _young(rules: Rules) -> bool:
    return rules.age_months is not None and rules.age_months < YOUNG_INFANT_MONTHS


def _limits(rules: Rules) -> Iterator[tuple[Condition, float, bool]]:
    """Conditions that this thermometer decides: name, limit in C, whether above it is bad."""
    limits = rules.limits
    yield Condition.FEVER, rules.fever_c, True
    high_c = rules.fever_c + HIGH_FEVER_ABOVE_C if limits.high_fever_c is None else limits.high_fever_c
    yield Condition.HIGH_FEVER, high_c, True
    # At any age, so that it can end after the day on which she turned three months.
    yield Condition.YOUNG_INFANT_FEVER, min(rules.fever_c, FEVER_C[rules.measures]), True
    low_c = LOW_TEMPERATURE_C[rules.measures] if limits.low_temperature_c is None else limits.low_temperature_c
    yield Condition.LOW_TEMPERATURE, low_c, False


def _sign(condition: Condition, watch: Watch, against: tuple[float, float], t_s: float, rules: Rules) -> Sign:
    level, limit_c = against
    probability = core_probability(level, rules.measures, rules.age_months)
    site = "core" if rules.core else str(rules.site)
    evidence = {"level_c": round(level, 2), "site": site, "p_core_38": round(probability, 3)}
    return Sign(
        condition,
        "",
        watch.raised,
        t_s,
        onset_s=watch.onset_s,
        value=round(level, 2),
        limit=limit_c,
        unit=Unit.CELSIUS,
        evidence=evidence,
    )


def _worn_signs(wear: Wear, reading: Reading, t_s: float, rules: Rules) -> tuple[Sign, ...]:
    """`not_worn` and `settling`, for a sensor that is meant to stay on."""
    if rules.spot or not reading.final or (reading.validity is Validity.INVALID and reading.reason != wearing.NOT_WORN):
        return ()
    value, off = round(reading.value, 2), not wear.on
    signs = []
    if not wear.warming:
        onset = t_s if off else None
        signs.append(Sign(Condition.NOT_WORN, "", off, t_s, onset_s=onset, value=value, unit=Unit.CELSIUS))
    if rules.settles:
        # One that is off is not settling either; the valid signs of being worn are what ends `not_worn`.
        settling = not off and reading.validity is Validity.SETTLING
        onset = wear.put_on_s if settling else None
        signs.append(Sign(Condition.SETTLING, "", settling, t_s, onset_s=onset, value=value, unit=Unit.CELSIUS))
    return tuple(signs)
