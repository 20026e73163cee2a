"""Every pair of state and input: those listed go where the table says, the others raise and change nothing."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

import edge.alarms
from edge.alarms import conditions, restart, signals, standing
from edge.alarms.states import CONDITION, SIGNAL, ConditionInput, ConditionState, SignalInput, SignalState
from edge.errors import TransitionError
from edge.model.alarm import Condition, Presence, Reason
from edge.model.transitions import diagram, follow

# What the machines must do, written a second time and on purpose: `state input -> state`.
EXPECTED_CONDITION = """
absent  present -> pending     absent  ended -> absent
pending present -> pending     pending delay_over -> active
pending ended -> absent
active  present -> active      active  new_onset -> pending active  answered -> active
active  ended -> cleared       active  ended_unanswered -> latched
latched present -> pending     latched ended -> latched     latched ended_unanswered -> latched
latched answered -> cleared
cleared present -> pending     cleared ended -> cleared     cleared ended_unanswered -> cleared
"""
EXPECTED_SIGNAL = """
off due -> on            off acknowledge -> acknowledged       off snooze -> snoozed
off worse -> on
on repeat -> escalated   on acknowledge -> acknowledged        on snooze -> snoozed
on worse -> on
escalated repeat -> escalated   escalated acknowledge -> acknowledged   escalated snooze -> snoozed
escalated worse -> on
acknowledged acknowledge -> acknowledged   acknowledged snooze -> snoozed   acknowledged silence_over -> on
acknowledged worse -> on acknowledged remind -> acknowledged
snoozed acknowledge -> acknowledged        snoozed snooze -> snoozed        snoozed silence_over -> on
snoozed worse -> on
"""


def _parsed(text):
    words = text.split()
    return {(words[i], words[i + 1]): words[i + 3] for i in range(0, len(words), 4)}


@pytest.mark.parametrize(("state", "given"), list(product(ConditionState, ConditionInput)))
def test_condition(state, given):
    _check(CONDITION, _parsed(EXPECTED_CONDITION), state, given)


@pytest.mark.parametrize(("state", "given"), list(product(SignalState, SignalInput)))
def test_signal(state, given):
    _check(SIGNAL, _parsed(EXPECTED_SIGNAL), state, given)


def _check(table, expected, state, given):
    before = dict(table)
    if (state, given) in expected:
        after, reason = follow(table, state, given)
        assert after == expected[state, given]
        assert isinstance(reason, Reason)
    else:
        with pytest.raises(TransitionError, match=f"{state} knows no {given}"):
            follow(table, state, given)
    assert table == before


def test_every_state_can_be_reached_and_left():
    for table, start, kind in (
        (CONDITION, ConditionState.ABSENT, ConditionState),
        (SIGNAL, SignalState.OFF, SignalState),
    ):
        reached = {start}
        for _ in table:
            reached |= {after for (state, _), (after, _) in table.items() if state in reached}
        assert reached == set(kind)
        left = {state for (state, _), (after, _) in table.items() if after is not state}
        assert left == set(kind)


@pytest.mark.parametrize("table", [CONDITION, SIGNAL], ids=["condition", "signal"])
def test_the_readme_shows_the_tables(table):
    readme = Path(edge.alarms.__file__).with_name("README.md").read_text("utf-8")
    assert f"```mermaid\n{diagram({pair: after for pair, (after, _) in table.items()})}\n```" in readme


# Each night is a list of `seconds | what happens`, as caregivers and sensors make it.
SCENARIOS = {
    "a fever comes and goes, and comes again": """
           0 | patch - fever
           0 | patch + fever
        1000 | patch + fever
        1010 | patch - fever
        1020 | patch - fever
        1030 | patch + fever
    """,
    "off the body for less, and for more, than the delay": """
           0 | patch + not_worn
          60 | patch + not_worn
         100 | patch - not_worn
         200 | patch + not_worn
         700 | anna snooze 15 not_worn
         710 | ben acknowledge not_worn
         720 | anna acknowledge not_worn
         730 | anna snooze 30 not_worn
         740 | anna snooze 15 not_worn
        1800 | patch - not_worn
    """,
    "movement that nobody answers, and again": """
           0 | ankle + seizure
          10 | ankle - seizure
          20 | ankle - seizure
          30 | ankle + seizure
          40 | wrist + seizure
         200 | ankle + seizure @200
         210 | ankle - seizure
         215 | wrist - seizure
         220 | anna acknowledge
         230 | ankle - seizure
    """,
    "an alarm that stands at a restart without its sensor": """
           0 | ankle + seizure
          10 | restart
    """,
    "coming, reminded, and not there": """
           0 | patch + high_fever
          10 | anna acknowledge
        1300 | patch + high_fever
        1310 | patch - high_fever
    """,
    "not heard, and then after an event, whatever was answered": """
           0 | ankle + no_data
           5 | wrist + no_data
          10 | patch + no_data
         400 | anna acknowledge no_data
         400 | wrist + seizure
    """,
    "not heard during a snooze, and then urgent": """
           0 | ankle + no_data
          10 | anna snooze 60 no_data
          20 | patch + seizure
    """,
    "not heard, unanswered, and then urgent": """
           0 | ankle + no_data
         310 | patch + seizure
    """,
    "not heard since a moment, and then urgent": """
           0 | ankle + no_data
          10 | patch + seizure
    """,
}


def _played(a_night, monkeypatch, *, without=""):
    """The rows of both tables that fire in the scenarios, all but the one named."""
    fired = set()

    def recording(table, state, given):
        fired.add((state, given))
        return follow(table, state, given)

    for module in (conditions, restart, signals, standing):
        monkeypatch.setattr(module, "follow", recording)
    for name, scenario in SCENARIOS.items():
        if name != without:
            night = a_night()
            for line in filter(None, map(str.strip, scenario.splitlines())):
                at, what = line.split("|")
                night.go(float(at))
                night.do(what)
    # A fever that an older release had latched: nothing but an answer ends it.
    night = a_night()
    night.sign("patch", Condition.FEVER, present=True, since_s=0.0)
    night.restart([replace(night.standing("fever"), presence=Presence.LATCH)])
    night.sign("patch", Condition.FEVER, present=False)
    assert night.standing("fever").presence is Presence.LATCH
    return fired


def test_every_row_of_both_tables_fires_in_some_night(a_night, monkeypatch):
    assert _played(a_night, monkeypatch) == {*CONDITION, *SIGNAL}


def test_a_row_that_nothing_uses_would_be_found(a_night, monkeypatch):
    missing = {*CONDITION, *SIGNAL} - _played(a_night, monkeypatch, without="coming, reminded, and not there")
    assert (SignalState.ACKNOWLEDGED, SignalInput.REMIND) in missing
