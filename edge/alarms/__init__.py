"""Alarms, pure: signs and answers go in; changed alarms, and who is to be notified, come out."""

from edge.alarms.acknowledgements import by_phone, command, pause
from edge.alarms.catalogue import CATALOGUE, HUB_WIDE
from edge.alarms.condition_store import EVENTS as MOVEMENT
from edge.alarms.episodes import AlarmSystem, Outcome, named
from edge.alarms.pauses import PAUSE_MAX_S, Pause, Snooze, requested_pause
from edge.alarms.signals import SNOOZE_MAX_S, DueNotification
from edge.alarms.states import ConditionState
from edge.alarms.system import (
    attentive,
    audience,
    feverish,
    filmed,
    grown,
    holds,
    hub_wide,
    kind,
    learn,
    loud,
    movement,
    next_due_s,
    not_awake,
    pattern,
    replan,
    restore,
    sign,
    sounding,
    tick,
    unreached,
    with_ill,
    withdrawn,
)

__all__ = [
    "CATALOGUE",
    "HUB_WIDE",
    "MOVEMENT",
    "PAUSE_MAX_S",
    "SNOOZE_MAX_S",
    "AlarmSystem",
    "ConditionState",
    "DueNotification",
    "Outcome",
    "Pause",
    "Snooze",
    "attentive",
    "audience",
    "by_phone",
    "command",
    "feverish",
    "filmed",
    "grown",
    "holds",
    "hub_wide",
    "kind",
    "learn",
    "loud",
    "movement",
    "named",
    "next_due_s",
    "not_awake",
    "pattern",
    "pause",
    "replan",
    "requested_pause",
    "restore",
    "sign",
    "sounding",
    "tick",
    "unreached",
    "with_ill",
    "withdrawn",
]
