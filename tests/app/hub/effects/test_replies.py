"""A button in the house that is pressed twice, and one whom nobody knows: answered in order, and no end of the hub."""

from functools import partial

from edge.app.hub.effects.replies import Replies
from edge.model.alarm import HOUSE
from edge.model.effect import Reply
from edge.model.event import Command, Verb
from edge.mqtt.inbound import Incoming


def replies(parts):
    made = parts.made
    return Replies(made.setup, parts.clock, made.recording.journal_writer, parts.broker)


def test_two_presses_before_the_first_answer_are_both_answered(make_hub):
    parts = make_hub()
    answers = replies(parts)
    press = Command(Verb.ACKNOWLEDGE, HOUSE)
    for _ in range(2):
        answers.expect(press, partial(answers.to_user, "button", Incoming("", b"")))
    for _ in range(2):
        answers.answer(Reply(HOUSE, "", ok=True, reason="done"))
    assert [user for user, *_ in parts.broker.answers] == ["button"] * 2


def test_an_answer_for_nobody_who_can_read_it_is_noted(make_hub):
    parts = make_hub()
    answers = replies(parts)
    answers.answer(Reply(HOUSE, "", ok=True, reason="done"))
    assert parts.broker.answers == []
    assert parts.made.recording.journal_writer._notes[-1][1] == f"answer to {HOUSE}"
