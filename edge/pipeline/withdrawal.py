"""A reading by hand that was a mistake: what it alone raised is over, as if nobody had measured it. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from edge import alarms
from edge.analysis import temperature
from edge.model.alarm import Condition
from edge.model.care import Entry, ManualReading, hand_device
from edge.model.effect import ShowLatest
from edge.model.moment import Now
from edge.model.reading import Quantity, Reading, Unit, Validity
from edge.model.sign import Sign
from edge.pipeline import thermometers
from edge.pipeline.notification import Effects, Stepped, notify_changes, plan_for
from edge.pipeline.state import State, key_of

# Earlier readings of the same thermometer that still say something of a level (as `analysis.temperature.level`).
MEMORY_S = 4 * 3600.0
WITHDRAWN = "the reading was withdrawn"


def undone(state: State, mistake: Entry, now: Now, *, fresh_s: float) -> Stepped:
    """Take back what this version of an entry raised; the other readings that stand are judged anew without it.

    mistake: the version that no longer holds; the state holds the one that took its place. fresh_s: a reading that was
    older than this when it was written down was never judged.
    """
    assert isinstance(mistake.what, ManualReading)
    device = hand_device(mistake.person, str(mistake.what.site))
    if device not in state.sensors:
        return state, ()
    sensor = replace(state.sensors[device], level=temperature.ThermometerState())
    signs: Mapping[Condition, Sign] = {}
    rules, newest = thermometers.rules(state, sensor, now, core=False), None
    for entry in _others(state, mistake, device, now, fresh_s):
        assert isinstance(entry.what, ManualReading)
        reading = Reading(Quantity.TEMPERATURE, entry.what.celsius, Unit.CELSIUS, site=str(entry.what.site))
        level, assessed = temperature.advance(
            sensor.level, reading, now.mono_s - (now.wall_s - entry.happened_s), rules
        )
        sensor, newest = replace(sensor, level=level), entry
        signs = {**signs, **{sign.condition: replace(sign, device=device) for sign in assessed.signs}}
    shown = ShowLatest(
        *(mistake.person, device, sensor.place, Quantity.TEMPERATURE),
        newest.what.celsius if newest is not None and isinstance(newest.what, ManualReading) else None,
        Unit.CELSIUS,
        Validity.INVALID if newest is None else Validity.VALID,
        now.wall_s if newest is None else newest.happened_s,
        WITHDRAWN if newest is None else "",
    )
    sensor = replace(sensor, shown=shown)
    state = state.with_sensor(sensor)
    effects: Effects = (shown,)
    for condition in sorted(temperature.CONDITIONS):
        key, sign, plan = key_of(sensor.device, condition), signs.get(condition), plan_for(state, now)
        if sign is not None and sign.present:
            outcome = alarms.sign(state.alarms, key, sign, plan, now)
        else:
            outcome = alarms.withdrawn(state.alarms, key, device, plan, now)
        state, some = notify_changes(state, outcome, now)
        effects += some
    return state, effects


def _others(state: State, mistake: Entry, device: str, now: Now, fresh_s: float) -> list[Entry]:
    """The readings of the same thermometer that were judged when they came and still stand, oldest first."""
    found = [
        entry
        for entry in state.entries.values()
        if isinstance(entry.what, ManualReading)
        and entry.id != mistake.id
        and not entry.withdrawn
        and hand_device(entry.person, str(entry.what.site)) == device
        and entry.entered_s - entry.happened_s <= fresh_s
        and 0.0 <= now.wall_s - entry.happened_s <= MEMORY_S
    ]
    return sorted(found, key=lambda entry: entry.happened_s)
