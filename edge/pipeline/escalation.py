"""What the passing of time makes of all alarms: whose turn it is, what ends by itself, what the sounder plays."""

from dataclasses import replace

from edge import alarms
from edge.model.alarm import Reason
from edge.model.effect import Note, Sound
from edge.model.event import NotDelivered
from edge.model.moment import Now
from edge.pipeline import watch_duty
from edge.pipeline.notification import Stepped, due, night_left_s, plan_for
from edge.pipeline.state import State

# Day and night are for what is not urgent: a high alarm, or one that grew, is played as loud as the loudspeaker goes.
FULL_PERCENT = 100


def ring(state: State, now: Now) -> Stepped:
    """Tell whoever's turn it is, end what ends by itself, and say what the sounder shall play."""
    before = state
    outcome, turns = alarms.tick(state.alarms, plan_for(state, now), now)
    state, effects = due(state, outcome, turns, now)
    state, more = watch_duty.ends(before, state, now)
    effects += more
    pattern, hub = alarms.pattern(state.alarms, now), state.setup.config.hub
    level = hub.sounder_night_percent if night_left_s(state, now) else hub.sounder_day_percent
    level = FULL_PERCENT if alarms.loud(state.alarms, now) else level
    if pattern != state.pattern or (pattern and level != state.level_percent):
        state = replace(state, pattern=pattern, level_percent=level)
        effects += (Sound(pattern, Reason.EVIDENCE if pattern else Reason.ACKNOWLEDGED, level),)
    return state, effects


def not_taken(state: State, event: NotDelivered) -> Stepped:
    """No channel took the telling of an episode: the room does not wait for anybody."""
    if event.alarm_id not in state.alarms.notifications:
        return state, ()
    said = Note(f"{event.alarm_id} to everyone", "no channel took it: the room does not wait")
    return replace(state, alarms=alarms.not_taken(state.alarms, event.alarm_id)), (said,)
