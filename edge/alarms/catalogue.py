"""The catalogue of conditions: kind, priority, delay, latching."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from edge.model.alarm import Audience, Condition, Kind, Priority


@dataclass(frozen=True, slots=True)
class Spec:
    """The properties of one condition.

    kind: about the child (physiological) or about the hub and its sensors (technical).
    priority: urgency of its alarms; `condition_store.priority` may raise it.
    delay_s: the evidence must hold this long before an alarm is raised.
    latching: the alarm stays (latched) after its cause has ended, until a caregiver in the house answers.
    audience: who is notified, at a priority of medium or above: of a low one the caregiver on watch alone, of `none`
        nobody.
    film: the camera records, since the doctor will ask to see it.
    apart_s: an onset this long after the last sign of the episode is a new episode; infinite where episodes do not come
        in bouts.
    until_awake: no sensor can end it, only a caregiver in the house who says that she is awake.
    retexted: the text follows the evidence (`Evidence.text_basis`), so that a change of that is an update of the alarm.
    """

    kind: Kind
    priority: Priority
    delay_s: float = 0.0
    latching: bool = False
    audience: Audience = Audience.BY_STEPS
    film: bool = False
    apart_s: float = math.inf
    until_awake: bool = False
    retexted: bool = False


# A sensor that was silent for a minute cannot know whether the movement went on; bouts less than five minutes apart are
# one cluster for the clock of the emergency (ILAE 2015, t1).
BOUT_APART_S = 60.0
CLUSTER_APART_S = 300.0

# What becomes an alarm mostly does so within these seconds: then one signal is enough.
POSSIBLE_DELAY_S = 5.0

_P, _T = Kind.PHYSIOLOGICAL, Kind.TECHNICAL

CATALOGUE: Mapping[Condition, Spec] = {
    Condition.SEIZURE_LIKE_MOVEMENT: Spec(
        _P, Priority.HIGH, latching=True, audience=Audience.EVERYONE, film=True, apart_s=BOUT_APART_S
    ),
    Condition.POSSIBLE_MOVEMENT: Spec(
        _P, Priority.MEDIUM, delay_s=POSSIBLE_DELAY_S, audience=Audience.ON_WATCH_ONLY, apart_s=CLUSTER_APART_S
    ),
    Condition.PROLONGED_MOVEMENT: Spec(
        _P,
        Priority.HIGH,
        latching=True,
        audience=Audience.EVERYONE,
        apart_s=CLUSTER_APART_S,
        until_awake=True,
        retexted=True,
    ),
    Condition.RECURRING_TWITCHES: Spec(_P, Priority.LOW, film=True, apart_s=CLUSTER_APART_S),
    Condition.RIGOR: Spec(_P, Priority.MEDIUM, apart_s=CLUSTER_APART_S),
    Condition.FEVER: Spec(_P, Priority.MEDIUM),
    Condition.HIGH_FEVER: Spec(_P, Priority.HIGH),
    Condition.YOUNG_INFANT_FEVER: Spec(_P, Priority.HIGH),
    Condition.TEMPERATURE_RISING: Spec(_P, Priority.LOW),
    Condition.LOW_TEMPERATURE: Spec(_P, Priority.MEDIUM),
    Condition.MEASUREMENT_DUE: Spec(_P, Priority.LOW),
    Condition.NO_DATA: Spec(_T, Priority.MEDIUM, retexted=True),
    Condition.NOT_WORN: Spec(_T, Priority.MEDIUM, delay_s=120.0),
    Condition.CANNOT_JUDGE: Spec(_T, Priority.MEDIUM, retexted=True),
    Condition.SETTLING: Spec(_T, Priority.NONE),
    Condition.BATTERY_LOW: Spec(_T, Priority.LOW),
    Condition.ADAPTER_DOWN: Spec(_T, Priority.MEDIUM, delay_s=10.0),
    Condition.ANALYSIS_ERROR: Spec(_T, Priority.HIGH),
    Condition.STORAGE_ERROR: Spec(_T, Priority.MEDIUM),
    Condition.BROKER_DOWN: Spec(_T, Priority.MEDIUM, retexted=True),
    Condition.NOBODY_REACHABLE: Spec(_T, Priority.HIGH),
    Condition.CLOCK_UNSYNCHRONISED: Spec(_T, Priority.LOW, delay_s=120.0),
    Condition.HUB_DEGRADED: Spec(_T, Priority.MEDIUM, delay_s=30.0),
}

# Of the hub as a whole, whichever part of it speaks.
HUB_WIDE = frozenset(
    {
        Condition.ADAPTER_DOWN,
        Condition.STORAGE_ERROR,
        Condition.BROKER_DOWN,
        Condition.NOBODY_REACHABLE,
        Condition.CLOCK_UNSYNCHRONISED,
        Condition.HUB_DEGRADED,
    }
)

# The lesser alarm is shown, but nobody is notified of it, while one of these stands: one signal for one cause. Both
# are of one kind, so that no sensor's trouble ever silences an alarm about the child.
INHIBITED_BY: Mapping[Condition, tuple[Condition, ...]] = {
    Condition.FEVER: (Condition.HIGH_FEVER, Condition.YOUNG_INFANT_FEVER),
    Condition.POSSIBLE_MOVEMENT: (Condition.SEIZURE_LIKE_MOVEMENT, Condition.PROLONGED_MOVEMENT),
}

# Levels: who answered "I'm coming" is reminded once, quietly, if the value is still beyond the limit.
REMINDED = frozenset(
    {
        Condition.FEVER,
        Condition.HIGH_FEVER,
        Condition.YOUNG_INFANT_FEVER,
        Condition.LOW_TEMPERATURE,
    }
)
