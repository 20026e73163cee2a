"""The fever of one child now, from all her thermometers: which decides, and what it says. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from edge.analysis.temperature.core_temperature import core_probability, spread
from edge.analysis.temperature.rules import Rules
from edge.analysis.temperature.thermometer import ThermometerState
from edge.model.alarm import Condition

# A level is of now for so long after its last reading; one measured by hand says something for two hours.
FRESH_S = 900.0
SPOT_FRESH_S = 2 * 3600.0
# No two places of one child differ by more at one time, whatever their sites; half a degree less and they agree again.
DISAGREE_C, AGREE_C = 2.0, 1.5

Thermometer = tuple[ThermometerState, Rules]


@dataclass(frozen=True, slots=True)
class FeverState:
    """What is known of the fever of one person now; the default is: nothing.

    known: a valid level of now is there. settled: it comes from a sensor that is worn and warmed up.
    core_probability: P(core >= 38.0 C), 0..1. level_c: as measured, at the site of the deciding thermometer.
    above_since_s: since when the level has been above the limit (monotonic; None: it is not, or is not confirmed).
    peak_c: highest level since then. rising: it climbs towards the limit.
    """

    known: bool = False
    settled: bool = False
    core_probability: float | None = None
    level_c: float | None = None
    above_since_s: float | None = None
    peak_c: float | None = None
    rising: bool = False


UNKNOWN_FEVER = FeverState()


def fever_state(thermometers: Iterable[Thermometer], now_s: float) -> FeverState:
    """The state by the thermometer that decides: worn and settled before others, then the freshest; of those that
    contradict each other the highest, since what sits badly reads low.

    thermometers: analysis state and rules of each of this child's. now_s: monotonic.
    """
    usable = [(state, rules) for state, rules in thermometers if _fresh(state, rules, now_s)]
    if not usable:
        return UNKNOWN_FEVER
    cores_c = [core_c for each in usable if (core_c := _now_core_c(each, now_s)) is not None]
    if cores_c and max(cores_c) - min(cores_c) >= AGREE_C:
        state, rules = max(usable, key=lambda item: _now_core_c(item, now_s) or 0.0)
    else:
        state, rules = max(usable, key=lambda item: (_settled(*item), item[0].latest_s or 0.0))
    level_c = state.latest_c
    assert level_c is not None
    fever = state.watch(Condition.FEVER)
    return FeverState(
        known=True,
        settled=_settled(state, rules),
        core_probability=core_probability(level_c, rules.measures, rules.age_months, state.trend.floor_c()),
        level_c=level_c,
        above_since_s=fever.onset_s if fever.raised else None,
        peak_c=fever.peak_c if fever.raised else None,
        rising=state.watch(Condition.TEMPERATURE_RISING).raised,
    )


def _fresh(state: ThermometerState, rules: Rules, now_s: float) -> bool:
    return state.latest_s is not None and now_s - state.latest_s <= (SPOT_FRESH_S if rules.spot else FRESH_S)


def _settled(state: ThermometerState, rules: Rules) -> bool:
    return rules.spot or state.wear.settled


def against(
    mine: Thermometer, others: Mapping[str, Thermometer], now_s: float, *, disputed: bool
) -> tuple[str, float] | None:
    """The other thermometer that contradicts this one most: its id, and how far this one is above it (C at the core).

    None while all agree within 2 C: otherwise one of the two does not measure her. disputed: they did not so far.
    """
    level_c = _now_core_c(mine, now_s)
    if level_c is None:
        return None
    found = [
        (name, level_c - other_c)
        for name, other in others.items()
        if (other_c := _now_core_c(other, now_s)) is not None
        and abs(level_c - other_c) >= (AGREE_C if disputed else DISAGREE_C)
    ]
    return max(found, key=lambda item: abs(item[1]), default=None)


def _now_core_c(thermometer: Thermometer, now_s: float) -> float | None:
    """Its level with the mean difference of its site, to compare with; never shown."""
    state, rules = thermometer
    if state.latest_c is None or state.latest_s is None or now_s - state.latest_s > FRESH_S:
        return None
    return state.latest_c + spread(rules.measures, rules.age_months).offset_c if _settled(state, rules) else None
