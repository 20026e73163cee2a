"""Which buttons an alarm has on a phone, as a table."""

from dataclasses import replace

import pytest

from edge.alarms import by_phone
from edge.commands import RULES
from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.event import Verb

KEY = AlarmKey(Condition.FEVER, "mia")
FEVER = Alarm(
    "a1",
    AlarmKey(Condition.FEVER, "mia"),
    Kind.PHYSIOLOGICAL,
    Priority.MEDIUM,
    Presence.ON,
    0.0,
    0.0,
    1,
    Reason.EVIDENCE,
)
BOTH = (Verb.ACKNOWLEDGE, Verb.SNOOZE)


@pytest.mark.parametrize(
    ("changes", "verbs"),
    [
        ({}, BOTH),
        ({"presence": Presence.LATCH}, BOTH),
        ({"presence": Presence.OFF}, ()),
        ({"presence": Presence.ACK, "acknowledged_by": "tom"}, ()),
        ({"acknowledged_by": "tom"}, ()),
        ({"priority": Priority.NONE}, ()),
        ({"kind": Kind.TECHNICAL, "key": AlarmKey(Condition.NO_DATA, "mia", "patch")}, BOTH),
        ({"key": AlarmKey(Condition.PROLONGED_MOVEMENT, "mia")}, (Verb.ACKNOWLEDGE,)),
    ],
)
def test_buttons(changes, verbs):
    assert by_phone(replace(FEVER, **changes)) == verbs


@pytest.mark.parametrize("condition", Condition)
def test_no_button_says_what_only_who_sees_her_can_say(condition):
    buttons = by_phone(replace(FEVER, key=AlarmKey(condition, "mia")))
    assert buttons
    assert not any(RULES[verb].in_the_house for verb in buttons)
