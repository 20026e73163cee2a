"""Attention after an event: until the illness is over, which is when the fever has been gone for a day."""

import pytest

from edge.alarms import condition_store
from edge.model.alarm import Presence

DAY_S = 86400.0


def events(night):
    night.play("""
          0 | ankle + seizure  | seizure:on !anna !ben room
         10 | anna awake       | seizure:ack
         30 | ankle - seizure  | seizure:off over>anna over>ben
    """)


def hours(night, until_h):
    while night.now_s < until_h * 3600.0:
        night.now_s += 1800.0
        night.tick()
    night.happened = []


def lost(night):
    """How urgent it is not to hear her now."""
    night.sign("ankle", "no_data", True, night.now_s)
    priority = str(night.changed[-1].priority)
    night.sign("ankle", "no_data", False)
    night.happened = []
    return priority


def fever(night, from_h, until_h):
    hours(night, from_h)
    night.sign("patch", "fever", True, night.now_s, value=39.0, unit="Cel")
    hours(night, until_h)
    night.sign("patch", "fever", False, value=37.0, unit="Cel")
    night.happened = []


def test_a_day_without_fever(night):
    events(night)
    hours(night, 23)
    assert lost(night) == "high"
    hours(night, 25)
    assert lost(night) == "medium"


@pytest.mark.parametrize("restarts", [False, True])
def test_until_the_fever_has_been_gone_for_a_day(night, restarts):
    events(night)
    fever(night, 2, 50)
    fever(night, 70, 72)  # again within a day: the same illness
    hours(night, 95)
    if restarts:
        night.restart(past=True)
    assert lost(night) == "high"
    hours(night, 97)
    if restarts:
        night.restart(past=True)
    assert lost(night) == "medium"


def test_a_fever_of_another_week_is_another_illness(night):
    events(night)
    fever(night, 60, 62)
    assert lost(night) == "medium"
    assert (
        condition_store.attention([a for a in night.changed if a.presence is Presence.OFF], night.now)["mia"]
        < night.now.mono_s - DAY_S
    )


def test_a_fever_before_the_event_is_not_an_event(night):
    fever(night, 0, 10)
    assert lost(night) == "medium"
