"""Who is notified when: `alarm | on watch | turns (who@after/again)`."""

import math

import pytest

from edge.delivery import escalation, latest
from edge.model.alarm import ROOM, Alarm, AlarmKey, Audience, Condition, Kind, Presence, Priority, Reason
from edge.model.effect import ShowLatest
from edge.model.people import Caregiver, Role
from edge.model.reading import Quantity, Unit, Validity

ANNA, BEN, OMA = Caregiver("anna", "Anna"), Caregiver("ben", "Ben"), Caregiver("oma", "Oma", role=Role.VIEWER)
ALL = (ANNA, BEN, OMA)


def alarm(priority, kind=Kind.PHYSIOLOGICAL, presence=Presence.ON):
    key = AlarmKey(Condition.FEVER, "mia")
    return Alarm("a", key, kind, priority, presence, 0.0, 0.0, 1, Reason.EVIDENCE)


def words(turns):
    names = {ROOM: "room"}
    return " ".join(
        f"{names.get(t.target, t.target)}@{t.after_s:g}/{'once' if math.isinf(t.repeat_s) else f'{t.repeat_s:g}'}"
        for t in turns
    )


@pytest.mark.parametrize(
    ("priority", "audience", "who", "on_watch", "turns"),
    [
        ("high", Audience.EVERYONE, ALL, "anna", "room@0/60 anna@0/60 ben@0/60"),
        ("high", Audience.BY_STEPS, ALL, "anna", "anna@0/300 room@60/300 ben@120/300"),
        ("medium", Audience.BY_STEPS, ALL, "anna", "anna@0/300 room@60/300 ben@120/300"),
        ("medium", Audience.BY_STEPS, ALL, "", "anna@0/300 ben@0/300 room@60/300"),
        ("medium", Audience.BY_STEPS, ALL, "oma", "anna@0/300 ben@0/300 room@60/300"),
        ("medium", Audience.BY_STEPS, ALL, "gone", "anna@0/300 ben@0/300 room@60/300"),
        ("medium", Audience.BY_STEPS, (OMA,), "", "room@0/300"),
        ("high", Audience.EVERYONE, (), "", "room@0/60"),
        ("low", Audience.BY_STEPS, ALL, "anna", "anna@0/once"),
        ("low", Audience.BY_STEPS, ALL, "", "anna@0/once ben@0/once"),
        ("medium", Audience.ON_WATCH_ONLY, ALL, "anna", "anna@0/once"),
        ("medium", Audience.ON_WATCH_ONLY, ALL, "", "anna@0/once ben@0/once"),
        ("none", Audience.BY_STEPS, ALL, "anna", ""),
    ],
)
def test_turns(priority, audience, who, on_watch, turns):
    assert words(escalation.plan(alarm(Priority(priority)), who, on_watch, audience)) == turns


def test_who_is_not_notified_at_once_is_kept_with_the_reason():
    medium = alarm(Priority.MEDIUM)
    turns = escalation.plan(medium, ALL, "anna", Audience.BY_STEPS)
    assert escalation.not_yet(turns, medium, ALL) == [("ben", Reason.NOT_ON_WATCH_YET), ("oma", Reason.NOT_ON_WATCH)]
    none = alarm(Priority.NONE)
    assert escalation.not_yet((), none, ALL) == [(c.id, Reason.PRIORITY_NONE) for c in ALL]


@pytest.mark.parametrize(
    ("priority", "kind", "presence", "urgent"),
    [
        ("high", "physiological", "on", True),
        ("high", "technical", "on", True),
        ("medium", "physiological", "latch", True),
        ("medium", "technical", "on", False),
        ("low", "physiological", "on", False),
        ("high", "physiological", "off", False),
    ],
)
def test_what_breaks_through_a_phones_silence(priority, kind, presence, urgent):
    assert escalation.urgent(alarm(Priority(priority), Kind(kind), Presence(presence))) is urgent


@pytest.mark.parametrize(
    ("kind", "presence", "quiet"),
    [
        ("technical", "off", True),
        ("technical", "on", False),
        ("technical", "ack", False),
        ("physiological", "off", False),
        ("physiological", "on", False),
    ],
)
@pytest.mark.parametrize("priority", ["low", "medium", "high"])
def test_only_the_end_of_trouble_with_a_sensor_or_the_hub_makes_no_sound(priority, kind, presence, quiet):
    assert escalation.quiet(alarm(Priority(priority), Kind(kind), Presence(presence))) is quiet


def shown(value=37.0, wall_s=1000.0, validity=Validity.VALID, quantity=Quantity.TEMPERATURE, **more):
    return ShowLatest("mia", "patch", "axilla", quantity, value, Unit.CELSIUS, validity, wall_s, **more)


@pytest.mark.parametrize(
    ("before", "after", "news"),
    [
        (None, shown(), True),
        (shown(), shown(wall_s=1059.0), False),
        (shown(), shown(wall_s=1060.0), True),
        (shown(), shown(37.2, wall_s=1001.0), True),
        (shown(), shown(validity=Validity.SETTLING, wall_s=1001.0), True),
        (shown(), shown(wall_s=900.0), True),
        (shown(None, validity=Validity.INVALID), shown(None, 1001.0, Validity.INVALID), False),
        (shown(quantity=Quantity.ACCELERATION), shown(9.0, 1009.0, quantity=Quantity.ACCELERATION), False),
        (shown(quantity=Quantity.ACCELERATION), shown(9.0, 1010.0, quantity=Quantity.ACCELERATION), True),
        (shown(state="quiet"), shown(state="alarm", wall_s=1001.0), True),
    ],
)
def test_news_of_a_value(before, after, news):
    assert latest.news(before, after) is news


def test_a_value_that_grew_old_is_taken_back_once():
    old = latest.stale(shown(), 2000.0)
    assert (old.value, old.validity, old.reason, old.wall_s) == (None, Validity.INVALID, "nothing heard", 2000.0)
    assert latest.stale(old, 3000.0) is None
    assert latest.stale(None, 3000.0) is None
