"""What caregivers say during a replay, written and read."""

from dataclasses import replace

import pytest

from edge.app.hub.timed_commands import read_events
from edge.errors import RecordingError
from edge.model.event import Command, Verb
from edge.model.people import Caregiver
from edge.simulation import illness
from tests.support.kept import write_events

PEOPLE = (Caregiver("anna", "Anna", mqtt_user="mother"), Caregiver("tom", "Tom", mqtt_user="tom"))


def at_home(said):
    """As they come out of a file: said in the house."""
    return [(t_s, replace(command, local=True, surface="replay")) for t_s, command in said]


def test_what_was_written_is_read_in_the_order_of_time(tmp_path):
    said = [
        (20.5, Command(Verb.DOSE, "anna", "r1", "", arguments={"drug": "Ibuprofen", "amount": 5.0})),
        (3.0, Command(Verb.WITH_HER, "tom", "", "a-1")),
    ]
    write_events(tmp_path / "said.jsonl", said)
    assert read_events(tmp_path / "said.jsonl", PEOPLE) == at_home([said[1], said[0]])


def test_the_simulated_illness_can_be_written_and_read(tmp_path):
    said = illness(3).commands
    write_events(tmp_path / "said.jsonl", said)
    assert read_events(tmp_path / "said.jsonl", PEOPLE) == at_home(sorted(said, key=lambda each: each[0]))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"t": 1, "as": "anna"}', "unknown verb"),
        ('{"t": 1, "as": "nobody", "verb": "note"}', "there is no caregiver 'nobody' .known: anna, tom"),
        ('{"t": 1, "as": ["anna"], "verb": "note"}', "as must be a text"),
        ('{"t": true, "as": "anna", "verb": "note"}', "t must be a number of seconds"),
        ('{"t": 1e999, "as": "anna", "verb": "note"}', "a number that is none"),
        ('{"t": 1, "t": 2, "as": "anna", "verb": "note"}', "t stands twice"),
        ('{"t": 1, "as": "anna", "verb": "snooze", "minuts": 30}', "snooze has no argument 'minuts'"),
        ("[" * 3000, "nested too deep"),
        ('{"t": 1, "text": "' + "x" * 5000 + '"}', "longer than 4096 bytes"),
    ],
)
def test_a_line_that_makes_no_sense_is_named(tmp_path, line, why):
    path = tmp_path / "said.jsonl"
    path.write_text(f'{{"t": 0, "as": "anna", "verb": "note", "text": "x"}}\n{line}\n', "utf-8")
    with pytest.raises(RecordingError, match=f"said.jsonl:2: .*{why}"):
        read_events(path, PEOPLE)
