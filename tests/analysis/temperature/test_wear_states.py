"""How a thermometer sits: the table, each row of it in a course that a family could live, and its diagram."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest

import edge.analysis
from edge.analysis.temperature import wearing
from edge.analysis.temperature.wear_states import ON, WEAR, WearInput, WearState
from edge.analysis.temperature.wearing import Wear, judge
from edge.errors import TransitionError
from edge.model.reading import Quantity, Reading, Unit
from edge.model.transitions import diagram, follow

# What the machine must do, written a second time and on purpose: `state input -> state`.
EXPECTED = """
off away -> off              off climbs -> warming          off put_on -> settling
warming away -> off          warming climbs -> warming      warming put_on -> settling
settling away -> off         settling put_on -> settling    settling settled -> worn
resettling away -> off       resettling put_on -> settling  resettling settled -> worn
worn away -> off             worn put_on -> settling        worn jumped -> resettling
worn slips -> slipped
slipped away -> off          slipped put_on -> settling     slipped back -> worn
"""
WORDS = EXPECTED.split()
ROWS = {(WORDS[i], WORDS[i + 1]): WORDS[i + 3] for i in range(0, len(WORDS), 4)}


@pytest.mark.parametrize(("state", "given"), list(product(WearState, WearInput)))
def test_every_pair_goes_where_the_table_says_or_raises(state, given):
    if (state, given) in ROWS:
        assert follow(WEAR, state, given) == ROWS[state, given]
    else:
        with pytest.raises(TransitionError, match=f"{state} knows no {given}"):
            follow(WEAR, state, given)


# Segments: (minutes, from, to) in C; (minutes,): silence. With the states that follow each other.
COURSES = {
    "lies on the table, is put on and warms up": (
        [(5, 22, 22), (3, 23, 30), (3, 31, 34.4), (30, 36.5, 36.5)],
        "warming off warming settling worn",
    ),
    "is warmed in a hand and put down again": ([(2, 22, 24), (2, 24, 22), (2, 22, 26)], "warming off warming"),
    "lies in the bed, as warm as a child, and then is warm at once": (
        [(5, 22, 22), (1, 36, 36), (3, 24, 24)],
        "warming off settling off",
    ),
    "comes off while it settles": ([(5, 35.5, 36.3), (5, 25, 25)], "settling off"),
    "is off the child for ten minutes in which it is not heard, while it settles": (
        [(5, 36.0, 36.4), (10,), (15, 34.8, 35.0), (20, 35.2, 36.3)],
        "settling settling worn",
    ),
    "comes off the child that wore it": ([(30, 36.5, 36.5), (5, 25, 25)], "settling worn off"),
    "is not heard, and comes back colder": ([(30, 36.5, 36.5), (10,), (40, 35.2, 35.2)], "settling worn settling worn"),
    "is bathed": ([(40, 36.5, 36.5), (30, 38.5, 38.5)], "settling worn resettling worn"),
    "is bathed and falls off": ([(40, 36.5, 36.5), (5, 38.5, 38.5), (5, 28, 28)], "settling worn resettling off"),
    "is bathed, and its bath is followed by a silence": (
        [(40, 36.5, 36.5), (5, 38.5, 38.5), (10,), (30, 36.0, 36.0)],
        "settling worn resettling settling worn",
    ),
    "slips and is pressed on": (
        [(60, 38.4, 38.4), (4, 38.4, 37.2), (20, 37.0, 37.0), (4, 37.0, 38.4), (10, 38.4, 38.4)],
        "settling worn slipped worn",
    ),
    "slips and falls off": (
        [(60, 38.4, 38.4), (4, 38.4, 37.2), (10, 37.0, 37.0), (5, 28, 28)],
        "settling worn slipped off",
    ),
    "slips and is not heard": (
        [(60, 38.4, 38.4), (4, 38.4, 37.2), (10, 37.0, 37.0), (10,), (30, 35.5, 35.5)],
        "settling worn slipped settling worn",
    ),
}


def played(segments, step_s=30.0):
    """The states that follow each other, as one string; a state that is entered anew stands again."""
    wear, t_s, states = Wear(), 0.0, []
    for minutes, *ends in segments:
        for celsius in np.linspace(*ends, round(minutes * 60 / step_s)) if ends else ():
            before = wear
            wear, _ = judge(
                wear, Reading(Quantity.TEMPERATURE, float(celsius), Unit.CELSIUS), t_s, settles=True, spot=False
            )
            anew = wear.state in ON and wear.put_on_s != before.put_on_s
            if wear.state is not before.state or anew:
                states.append(str(wear.state))
            t_s += step_s
        t_s += 0.0 if ends else minutes * 60
    return " ".join(states)


@pytest.mark.parametrize("name", COURSES)
def test_how_it_sits_follows_its_readings(name):
    segments, states = COURSES[name]
    assert played(segments) == states


def test_every_row_fires_in_a_course(monkeypatch):
    fired = set()

    def noted(table, state, given):
        fired.add((str(state), str(given)))
        return follow(table, state, given)

    monkeypatch.setattr(wearing, "follow", noted)
    for segments, _ in COURSES.values():
        played(segments)
    assert ROWS.keys() - fired == set()


def test_the_readme_shows_the_table():
    readme = Path(edge.analysis.__file__).with_name("README.md").read_text("utf-8")
    assert f"```mermaid\n{diagram(WEAR)}\n```" in readme
