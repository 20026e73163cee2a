"""One simulated day through the real thermometer analysis, and what is counted of it. No assertions, no output."""

from dataclasses import dataclass, field

import numpy as np

from edge.analysis import temperature
from edge.analysis.temperature import FEVER_LIKELY, Rules, ThermometerState, core_probability
from edge.model.alarm import Condition
from edge.model.evidence import TemperatureEvidence
from edge.model.limits import Limits
from edge.model.people import Site
from edge.model.reading import Quantity, Reading, Unit, Validity
from edge.simulation import Label
from edge.simulation.days import Day, draw_day

RULES = Rules(Site.PATCH, Limits(), 14.0)
CORE_C = 38.0
EPISODE_S, APART_S, TOLERANCE_S = 1800.0, 3600.0, 1800.0
SAMPLE_S = 900.0
CONFIRM_S = 600.0
# Within the first ten minutes on the skin and while it sits badly or is off, nothing of the child may be raised. What
# became true just before, and is confirmed a few minutes into a slip that is not yet known, is counted all the same.
SETTLES_S = 600.0
OF_THE_CHILD = (
    Condition.FEVER,
    Condition.HIGH_FEVER,
    Condition.LOW_TEMPERATURE,
    Condition.TEMPERATURE_RISING,
    Condition.MEASUREMENT_DUE,
)


@dataclass
class Seen:
    """What one day gave. Times in s from putting on the patch.

    raised, ended: by condition. likely: spans in which a fever was likely below the limit. samples: (probability,
    whether the core was there), a quarter of an hour apart. forecasts: (raised_s, low_s, middle_s, high_s, reached_s or
    nan), reached as measured. site_s: when the armpit itself was first at its limit, patch in place.
    """

    fever: bool
    raised: dict[Condition, list[float]] = field(default_factory=lambda: {each: [] for each in OF_THE_CHILD})
    ended: dict[Condition, list[float]] = field(default_factory=lambda: {each: [] for each in OF_THE_CHILD})
    likely: list[tuple[float, float]] = field(default_factory=list)
    samples: list[tuple[float, bool]] = field(default_factory=list)
    forecasts: list[tuple[float, ...]] = field(default_factory=list)
    episodes: list[tuple[float, float]] = field(default_factory=list)
    site_s: float = np.nan
    untimely: dict[str, int] = field(default_factory=dict)
    watched_share: float = 0.0

    def spans(self, condition: Condition) -> list[tuple[float, float]]:
        """When it stood."""
        ends = [*self.ended[condition], np.inf]
        return [(at, min(end for end in ends if end > at)) for at in self.raised[condition]]


def played(seed: int, *, fever: bool) -> Seen:
    """The day of that seed. Fevers and quiet days of one seed have nothing in common."""
    day = draw_day(np.random.default_rng([seed, int(fever)]), fever=fever)
    seen = Seen(fever, episodes=_episodes(day), site_s=_site_reached(day))
    state, present = ThermometerState(), dict.fromkeys(OF_THE_CHILD, False)
    valid, next_s = 0, 0.0
    curve = _smooth(day)
    for index, (t_s, celsius) in enumerate(zip(day.track.t_s.tolist(), day.track.celsius.tolist(), strict=True)):
        state, assessed = temperature.advance(state, Reading(Quantity.TEMPERATURE, celsius, Unit.CELSIUS), t_s, RULES)
        valid += assessed.reading.validity is Validity.VALID
        for sign in assessed.signs:
            if sign.condition not in present:
                continue
            evidence = sign.evidence if isinstance(sign.evidence, TemperatureEvidence) else TemperatureEvidence()
            if evidence.why == FEVER_LIKELY:
                _follow(seen, t_s)
            if present[sign.condition] == sign.present:
                continue
            present[sign.condition] = sign.present
            (seen.raised if sign.present else seen.ended)[sign.condition].append(t_s)
            if sign.present:
                _timely(seen, day, sign.condition, t_s)
            forecast = evidence.forecast_s
            if sign.present and forecast is not None:
                later = np.flatnonzero(curve[index:] >= RULES.fever_c)
                reached_s = later[0] * 60.0 if len(later) else np.nan
                seen.forecasts.append((t_s, *forecast, reached_s))
        if assessed.level_c is not None:
            floor_c = state.trend.floor_c()
            if t_s >= next_s:
                probability = core_probability(assessed.level_c, RULES.measures, RULES.age_months, floor_c)
                seen.samples.append((probability, bool(day.track.core_celsius[index] >= CORE_C)))
                next_s = t_s + SAMPLE_S
    seen.watched_share = valid / len(day.track.t_s)
    return seen


def _follow(seen: Seen, t_s: float) -> None:
    if seen.likely and t_s - seen.likely[-1][1] <= CONFIRM_S:
        seen.likely[-1] = (seen.likely[-1][0], t_s)
    else:
        seen.likely.append((t_s, t_s))


def _smooth(day: Day) -> np.ndarray:
    """What the patch would read for the rest of the day if it stayed in place: site and warmth, noise taken out."""
    return day.site_c + day.patch._warmth(day.track.t_s)


def _episodes(day: Day) -> list[tuple[float, float]]:
    """Half hours and more of a core at 38.0 C, those less than an hour apart taken together."""
    hot = np.concatenate(([False], day.track.core_celsius >= CORE_C, [False]))
    edges = np.flatnonzero(np.diff(hot.astype(np.int8))).reshape(-1, 2)
    spans: list[tuple[float, float]] = []
    for first, last in edges:
        begin, end = float(day.track.t_s[first]), float(day.track.t_s[last - 1])
        if spans and begin - spans[-1][1] < APART_S:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((begin, end))
    return [(begin, end) for begin, end in spans if end - begin >= EPISODE_S]


def _site_reached(day: Day) -> float:
    out = np.zeros(len(day.track.t_s), dtype=bool)
    for row in day.track.truth:
        if row.label in (Label.SETTLING, Label.DETACHED, Label.SLIPPED):
            out |= (day.track.t_s >= row.start_s) & (day.track.t_s <= row.end_s)
    there = np.flatnonzero((_smooth(day) >= RULES.fever_c) & ~out)
    return float(day.track.t_s[there[0]]) if len(there) else np.nan


def _timely(seen: Seen, day: Day, condition: Condition, t_s: float) -> None:
    for row in day.track.truth:
        end_s = min(row.end_s, row.start_s + SETTLES_S) if row.label is Label.SETTLING else row.end_s
        if row.label in (Label.SETTLING, Label.DETACHED, Label.SLIPPED) and row.start_s <= t_s < end_s:
            name = f"{condition} while {row.label}"
            seen.untimely[name] = seen.untimely.get(name, 0) + 1
