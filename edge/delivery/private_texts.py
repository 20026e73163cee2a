"""What a push says without the family's leave: which kind of thing it is and what to do, without a name and a value.

It goes through other people's servers, so it says nothing that tells one child from another: no name, no figure, no
medicine, no sensor. Whoever reads it at three in the morning must still know whether to run or to look at a battery.
"""

from collections.abc import Mapping

from edge.model.alarm import Alarm, Condition, Presence, Reason
from edge.model.evidence import Movement, ProlongedEvidence, TwitchEvidence, UnjudgedEvidence
from edge.model.language import IN_ENGLISH, N_, Locale

# Condition: (what it is, what to do).
WORDS: Mapping[Condition, tuple[str, str]] = {
    Condition.SEIZURE_LIKE_MOVEMENT: (
        N_("movement that looks like a seizure"),
        N_("Go to your child now: on the side, nothing in the mouth, note the time."),
    ),
    Condition.PROLONGED_MOVEMENT: (
        N_("seizure-like movement that goes on"),
        N_("Go to your child now, call an ambulance, do as your doctor's plan says."),
    ),
    Condition.POSSIBLE_MOVEMENT: (
        N_("short or doubtful rhythmic movement"),
        N_("Look at your child. If it jerks or does not respond, lay it on its side."),
    ),
    Condition.RECURRING_TWITCHES: (N_("twitches that keep coming back"), N_("Film them and show your doctor.")),
    Condition.RIGOR: (N_("movement like shivering"), N_("Look whether your child responds, measure the temperature.")),
    Condition.FEVER: (N_("fever"), N_("Look at your child, give fluids.")),
    Condition.HIGH_FEVER: (N_("high fever"), N_("Look at your child now, follow your doctor's plan.")),
    Condition.YOUNG_INFANT_FEVER: (N_("fever in a very young baby"), N_("Look at your child and call a doctor now.")),
    Condition.TEMPERATURE_RISING: (N_("the temperature is rising"), N_("Look at your child when you can.")),
    Condition.LOW_TEMPERATURE: (N_("low temperature"), N_("Look at your child, warm and measure by hand.")),
    Condition.MEASUREMENT_DUE: (N_("a measurement is due"), N_("Measure the temperature by hand.")),
    Condition.NO_DATA: (N_("not watching, a sensor is not heard"), N_("Look at your child, then check the sensor.")),
    Condition.NOT_WORN: (N_("not watching, a sensor seems to be off"), N_("Look at your child, then put it back on.")),
    Condition.CANNOT_JUDGE: (
        N_("not watching, a fever would not be noticed"),
        N_("Look at your child, refit the sensor, measure by hand."),
    ),
    Condition.SETTLING: (N_("a thermometer is warming up"), N_("Its values count in a few minutes.")),
    Condition.BATTERY_LOW: (N_("the battery of a sensor is low"), N_("Charge it or change the battery.")),
    Condition.ADAPTER_DOWN: (N_("not watching, the hub's Bluetooth is down"), N_("Look at your child, check the hub.")),
    Condition.ANALYSIS_ERROR: (
        N_("not watching, the hub cannot judge a sensor"),
        N_("Look at your child, restart the hub."),
    ),
    Condition.STORAGE_ERROR: (N_("the hub cannot store"), N_("Alarms still work. Check the hub's card.")),
    Condition.BROKER_DOWN: (
        N_("the hub cannot reach its message broker"),
        N_("Phones may stay silent: stay near your child."),
    ),
    Condition.NOBODY_REACHABLE: (
        N_("no phone can be reached"),
        N_("Only the hub's sounder works: stay near your child."),
    ),
    Condition.CLOCK_UNSYNCHRONISED: (N_("the hub's clock is not set"), N_("Alarms still work, times may be wrong.")),
    Condition.HUB_DEGRADED: (N_("the hub is in trouble"), N_("Look at your child, restart the hub.")),
}
NO_CONVULSION_SEEN = (
    N_("not watching, a convulsion would not be noticed"),
    N_("Look at your child, then check how the sensor sits and its battery."),
)
# `hub_degraded` of this part: phones still ring, and a restart mends no loudspeaker.
SOUNDER_PART = "*sounder"
SOUNDER = (
    N_("the hub's sounder does not sound"),
    N_("Phones still ring. See that the loudspeaker is on and plugged in."),
)
SPASMS = (N_("sudden starts, again and again"), N_("Film them and see a doctor today."))
# `prolonged_movement` where the movement does not go on.
NOT_MOVING: Mapping[Movement, tuple[str, str]] = {
    Movement.STOPPED: (
        N_("seizure-like movement has stopped, nobody has said that your child is awake"),
        N_("Go there now. Not waking up or breathing badly: call an ambulance."),
    ),
    Movement.UNKNOWN: (
        N_("seizure-like movement, then no signal; nobody has said: awake"),
        N_("Go there now. Jerking, not waking up or breathing badly: call an ambulance."),
    ),
}
STOPPED = N_("Go and see: awake, breathing, responding?")
CUE = N_("nobody has said that your child is awake. Fetch the rescue medicine of your plan.")
GIVEN = N_("somebody gave the rescue medicine.")


OVER = N_("over: {what}")
AWAKE = N_("somebody says that your child is awake, so this is over: {what}")
FALSE_ALARM = N_("somebody says it was a false alarm: {what}")
ATTENDED = N_("somebody is with your child: {what}")
COMING = N_("somebody is coming: {what}")
QUIET = N_("somebody made it quiet for a while: {what}")
HAS_STOPPED = N_("it has stopped: {what}. {to_do}")
CALLS = N_("{what}. {to_do}")


def push(alarm: Alarm, words: Locale = IN_ENGLISH) -> str:
    """The text of a push about this alarm."""
    return f"feverhub: {text(alarm, words)}"


def text(alarm: Alarm, words: Locale = IN_ENGLISH) -> str:
    """What it is and what to do, or what became of it."""
    what, to_do = map(words.say, _words(alarm))
    if alarm.reason is Reason.FALSE_ALARM:
        return words.say(FALSE_ALARM, what=what)
    if alarm.presence is Presence.OFF:
        return words.say(AWAKE if alarm.evidence.awake_by else OVER, what=what)
    if alarm.attended_by:
        return words.say(ATTENDED, what=what)
    if alarm.acknowledged_by:
        return words.say(COMING, what=what)
    if alarm.reason is Reason.SNOOZED:
        return words.say(QUIET, what=what)
    if alarm.presence is Presence.LATCH and alarm.key.condition is Condition.SEIZURE_LIKE_MOVEMENT:
        return words.say(HAS_STOPPED, what=what, to_do=words.say(STOPPED))
    return words.say(CALLS, what=what, to_do=to_do)


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
