"""Time passes for all alarms: escalation, silences that end by themselves, and what the sounder plays."""

from dataclasses import replace

from edge import alarms
from edge.model.alarm import Reason
from edge.model.effect import Note, Sound
from edge.model.moment import Now
from edge.pipeline import watch_duty
from edge.pipeline.notification import Stepped, night_left_s, notify_due, plan_for
from edge.pipeline.state import State

# Day and night are for what is not urgent: a high alarm, or one that grew, is played as loud as the loudspeaker goes.
FULL_PERCENT = 100


def escalate(state: State, now: Now) -> Stepped:
    """Send what is due, end silences, pauses and offers that are over, and set the sounder's pattern."""
    before = state
    outcome, due = alarms.tick(state.alarms, plan_for(state, now), now)
    state, effects = notify_due(state, outcome, due, now)
    state, more = watch_duty.ends(before, state, now)
    effects += more
    pattern, hub = alarms.pattern(state.alarms, now), state.setup.config.hub
    level = hub.sounder_night_percent if night_left_s(state, now) else hub.sounder_day_percent
    level = FULL_PERCENT if alarms.loud(state.alarms, now) else level
    if pattern != state.pattern or (pattern and level != state.level_percent):
        state = replace(state, pattern=pattern, level_percent=level)
        effects += (Sound(pattern, Reason.EVIDENCE if pattern else Reason.ACKNOWLEDGED, level),)
    return state, effects


def unreached(state: State, alarm_id: str) -> Stepped:
    """No channel took the first notification of an alarm: the sounder plays at once."""
    if alarm_id not in state.alarms.notifications:
        return state, ()
    note = Note(f"{alarm_id} to everyone", "no channel took it: the room does not wait")
    return replace(state, alarms=alarms.unreached(state.alarms, alarm_id)), (note,)
