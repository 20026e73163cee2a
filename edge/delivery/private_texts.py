"""What a push says without the family's leave: which kind of thing it is and what to do, without a name and a value.

It goes through other people's servers, so it says nothing that tells one child from another: no name, no figure, no
medicine, no sensor. Whoever reads it at three in the morning must still know whether to run or to look at a battery.
"""

from collections.abc import Mapping

from edge.model.alarm import Alarm, Condition, Presence, Reason
from edge.model.evidence import Movement, ProlongedEvidence, TwitchEvidence, UnjudgedEvidence

# Condition: (what it is, what to do).
WORDS: Mapping[Condition, tuple[str, str]] = {
    Condition.SEIZURE_LIKE_MOVEMENT: (
        "movement that looks like a seizure",
        "Go to your child now: on the side, nothing in the mouth, note the time.",
    ),
    Condition.PROLONGED_MOVEMENT: (
        "seizure-like movement that goes on",
        "Go to your child now, call an ambulance, do as your doctor's plan says.",
    ),
    Condition.POSSIBLE_MOVEMENT: (
        "short or doubtful rhythmic movement",
        "Look at your child. If it jerks or does not respond, lay it on its side.",
    ),
    Condition.RECURRING_TWITCHES: ("twitches that keep coming back", "Film them and show your doctor."),
    Condition.RIGOR: ("movement like shivering", "Look whether your child responds, measure the temperature."),
    Condition.FEVER: ("fever", "Look at your child, give fluids."),
    Condition.HIGH_FEVER: ("high fever", "Look at your child now, follow your doctor's plan."),
    Condition.YOUNG_INFANT_FEVER: ("fever in a very young baby", "Look at your child and call a doctor now."),
    Condition.TEMPERATURE_RISING: ("the temperature is rising", "Look at your child when you can."),
    Condition.LOW_TEMPERATURE: ("low temperature", "Look at your child, warm and measure by hand."),
    Condition.MEASUREMENT_DUE: ("a measurement is due", "Measure the temperature by hand."),
    Condition.NO_DATA: ("not watching, a sensor is not heard", "Look at your child, then check the sensor."),
    Condition.NOT_WORN: ("not watching, a sensor seems to be off", "Look at your child, then put it back on."),
    Condition.CANNOT_JUDGE: (
        "not watching, a fever would not be noticed",
        "Look at your child, refit the sensor, measure by hand.",
    ),
    Condition.SETTLING: ("a thermometer is warming up", "Its values count in a few minutes."),
    Condition.BATTERY_LOW: ("the battery of a sensor is low", "Charge it or change the battery."),
    Condition.ADAPTER_DOWN: ("not watching, the hub's Bluetooth is down", "Look at your child, check the hub."),
    Condition.ANALYSIS_ERROR: ("not watching, the hub cannot judge a sensor", "Look at your child, restart the hub."),
    Condition.STORAGE_ERROR: ("the hub cannot store", "Alarms still work. Check the hub's card."),
    Condition.BROKER_DOWN: ("the hub cannot reach its message broker", "Phones may stay silent: stay near your child."),
    Condition.NOBODY_REACHABLE: ("no phone can be reached", "Only the hub's sounder works: stay near your child."),
    Condition.CLOCK_UNSYNCHRONISED: ("the hub's clock is not set", "Alarms still work, times may be wrong."),
    Condition.HUB_DEGRADED: ("the hub is in trouble", "Look at your child, restart the hub."),
}
NO_CONVULSION_SEEN = (
    "not watching, a convulsion would not be noticed",
    "Look at your child, then check how the sensor sits and its battery.",
)
# `hub_degraded` of this part: phones still ring, and a restart mends no loudspeaker.
SOUNDER_PART = "*sounder"
SOUNDER = (
    "the hub's sounder does not sound",
    "Phones still ring. See that the loudspeaker is on and plugged in.",
)
SPASMS = ("sudden starts, again and again", "Film them and see a doctor today.")
# `prolonged_movement` where the movement does not go on.
NOT_MOVING: Mapping[Movement, tuple[str, str]] = {
    Movement.STOPPED: (
        "seizure-like movement has stopped, nobody has said that your child is awake",
        "Go there now. Not waking up or breathing badly: call an ambulance.",
    ),
    Movement.UNKNOWN: (
        "seizure-like movement, then no signal; nobody has said: awake",
        "Go there now. Jerking, not waking up or breathing badly: call an ambulance.",
    ),
}
STOPPED = "Go and see: awake, breathing, responding?"
CUE = "nobody has said that your child is awake. Fetch the rescue medicine of your plan."
GIVEN = "somebody gave the rescue medicine."


def push(alarm: Alarm) -> str:
    """The text of a push about this alarm."""
    return f"feverhub: {_said(alarm)}"


def _said(alarm: Alarm) -> str:
    what, to_do = _words(alarm)
    if alarm.reason is Reason.FALSE_ALARM:
        return f"somebody says it was a false alarm: {what}"
    if alarm.presence is Presence.OFF:
        if alarm.evidence.awake_by:
            return f"somebody says that your child is awake, so this is over: {what}"
        return f"over: {what}"
    if alarm.attended_by:
        return f"somebody is with your child: {what}"
    if alarm.acknowledged_by:
        return f"somebody is coming: {what}"
    if alarm.reason is Reason.SNOOZED:
        return f"somebody made it quiet for a while: {what}"
    if alarm.presence is Presence.LATCH and alarm.key.condition is Condition.SEIZURE_LIKE_MOVEMENT:
        return f"it has stopped: {what}. {STOPPED}"
    return f"{what}. {to_do}"


def _words(alarm: Alarm) -> tuple[str, str]:
    if alarm.key.condition is Condition.HUB_DEGRADED and alarm.evidence.sensors == (SOUNDER_PART,):
        return SOUNDER
    match alarm.evidence:
        case ProlongedEvidence(movement=Movement() as movement) if movement in NOT_MOVING:
            return NOT_MOVING[movement]
        case TwitchEvidence(pattern="spasm_cluster"):
            return SPASMS
        case UnjudgedEvidence(unseen="convulsion"):
            return NO_CONVULSION_SEEN
        case _:
            return WORDS[alarm.key.condition]
