"""Every pair of state and input: those listed go where the table says, the others raise and change nothing."""

from itertools import product
from pathlib import Path

import pytest

import edge.alarms
from edge.alarms import states
from edge.alarms.states import CONDITION, SIGNAL, ConditionInput, ConditionState, SignalInput, SignalState, follow
from edge.errors import TransitionError
from edge.model.alarm import Reason

# What the machines must do, written a second time and on purpose: `state input -> state`.
EXPECTED_CONDITION = """
absent  present -> pending     absent  ended -> absent      absent  ended_unanswered -> absent
pending present -> pending     pending delay_over -> active
pending ended -> absent        pending ended_unanswered -> absent
active  present -> active      active  new_onset -> pending active  answered -> active
active  ended -> cleared       active  ended_unanswered -> latched
latched present -> pending     latched ended -> latched     latched ended_unanswered -> latched
latched answered -> cleared
cleared present -> pending     cleared ended -> cleared     cleared ended_unanswered -> cleared
"""
EXPECTED_SIGNAL = """
off due -> on            off acknowledge -> acknowledged       off snooze -> snoozed
off worse -> on          off end -> off
on repeat -> escalated   on acknowledge -> acknowledged        on snooze -> snoozed
on worse -> on           on end -> off
escalated repeat -> escalated   escalated acknowledge -> acknowledged   escalated snooze -> snoozed
escalated worse -> on    escalated end -> off
acknowledged acknowledge -> acknowledged   acknowledged snooze -> snoozed   acknowledged silence_over -> on
acknowledged worse -> on acknowledged end -> off    acknowledged remind -> acknowledged
snoozed acknowledge -> acknowledged        snoozed snooze -> snoozed        snoozed silence_over -> on
snoozed worse -> on      snoozed end -> off
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
    assert f"```mermaid\n{states.diagram(table)}\n```" in readme
