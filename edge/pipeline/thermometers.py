"""The thermometers of one child beside each other: which decides, and what to make of two that contradict."""

import datetime as dt
from dataclasses import replace

from edge.analysis import temperature
from edge.analysis.temperature import Assessed, FeverState, Rules
from edge.model.alarm import Condition
from edge.model.evidence import TemperatureEvidence, UnjudgedEvidence
from edge.model.language import N_
from edge.model.moment import Now, local
from edge.model.people import Site
from edge.model.reading import Quantity, Reading, Validity
from edge.model.sign import Sign
from edge.pipeline.state import Sensor, State

# A sensor's own clock may be in another time zone; further off it is not set, or the reading is of another day.
OWN_CLOCK_S = 36 * 3600.0
FEVERS = (Condition.FEVER, Condition.HIGH_FEVER, Condition.YOUNG_INFANT_FEVER)
ABOVE, BELOW = N_("about {a} °C or more above {b}"), N_("about {a} °C or more below {b}")


def rules(state: State, sensor: Sensor, now: Now, *, core: bool) -> Rules:
    """What holds for this thermometer now. core: it sends an estimate of the core temperature."""
    age_months = state.setup.person(sensor.device.person).age_months(now.wall_s)
    return Rules(sensor.device.site or Site.AXILLA, sensor.limits, age_months, sensor.profile.spot, core)


def fever_of(state: State, person: str, now: Now) -> FeverState:
    """The fever of one child now, by the thermometer that decides."""
    return temperature.fever_state(_of(state, person, now).values(), now.mono_s)


def judgeable(sensor: Sensor, assessed: Assessed, now: Now) -> Sensor:
    """After one reading, before her other thermometers are looked at: those that differ say so themselves."""
    if sensor.profile.spot:
        return sensor
    worn = [sign.present for sign in assessed.signs if sign.condition is Condition.NOT_WORN]
    off = bool(worn) and worn[-1]
    return replace(
        sensor, judgeable=temperature.judgeable_after(sensor.judgeable, assessed.reading, now.mono_s, off=off)
    )


def doubted(sensor: Sensor, now: Now) -> tuple[Sign, ...]:
    """`cannot_judge` of a thermometer whose frames arrive; nothing of other sensors."""
    if sensor.judgeable.from_s is None:
        return ()
    why = sensor.judgeable.doubt(now.mono_s)
    onset_s = now.mono_s if why else None
    return (
        Sign(Condition.CANNOT_JUDGE, "", bool(why), now.mono_s, onset_s, evidence=UnjudgedEvidence(why=why or None)),
    )


def own_clock(reading: Reading, now: Now) -> Reading:
    """A reading whose sensor's clock is days off counts by its arrival, and says so."""
    stamp_s = reading.device_wall_s
    if stamp_s is None or not now.synced or abs(stamp_s - now.wall_s) <= OWN_CLOCK_S:
        return reading
    day = local(stamp_s, dt.UTC).date()
    return replace(reading, device_wall_s=None, reason=reading.reason or f"its own clock says {day}: not used")


def beside(state: State, sensor: Sensor, assessed: Assessed, now: Now, *, core: bool) -> tuple[Sensor, Assessed]:
    """The same, in view of her other thermometers.

    What sits badly reads low: so of two that contradict, the lower ends no fever and tells of no cold, and the higher
    decides. Both say so, and somebody is asked to measure by hand.
    """
    if assessed.level_c is None:
        return sensor, assessed
    others = _of(state, sensor.device.person, now, but=sensor.device.id)
    mine = (sensor.level, rules(state, sensor, now, core=core))
    found = temperature.against(mine, others, now.mono_s, disputed=sensor.disputed)
    due = [sign for sign in assessed.signs if sign.condition is Condition.MEASUREMENT_DUE]
    if found is None:
        signs = assessed.signs
        if sensor.disputed and not due:
            signs += (Sign(Condition.MEASUREMENT_DUE, "", False, now.mono_s),)
        return replace(sensor, disputed=False), replace(assessed, signs=signs)
    other, above_c = found
    said = (ABOVE if above_c > 0 else BELOW).format(a=f"{temperature.DISAGREE_C:.0f}", b=other)
    doubt = TemperatureEvidence(thermometers=said)
    kept = tuple(_doubted(sign, doubt) for sign in assessed.signs if sign not in due and not _withheld(sign, above_c))
    by_hand = replace(doubt, why=N_("two thermometers differ"))
    asked = Sign(Condition.MEASUREMENT_DUE, "", True, now.mono_s, now.mono_s, evidence=by_hand)
    validity = assessed.reading.validity if above_c > 0 else Validity.QUESTIONABLE
    reading = replace(assessed.reading, validity=validity, reason=said)
    return replace(sensor, disputed=True), Assessed(reading, assessed.level_c, (*kept, asked))


def _of(state: State, person: str, now: Now, but: str = "") -> dict[str, temperature.Thermometer]:
    found = {}
    for name, sensor in state.sensors.items():
        if sensor.device.person == person and name != but and not sensor.moves:
            core = Quantity.CORE_TEMPERATURE in sensor.profile.quantities
            found[name] = (sensor.level, rules(state, sensor, now, core=core))
    return found


def _withheld(sign: Sign, above_c: float) -> bool:
    if above_c > 0:
        return False
    return (
        sign.present if sign.condition is Condition.LOW_TEMPERATURE else sign.condition in FEVERS and not sign.present
    )


def _doubted(sign: Sign, doubt: TemperatureEvidence) -> Sign:
    return replace(sign, evidence=sign.evidence.updated(doubt)) if sign.present else sign
