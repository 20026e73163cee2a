"""A button in the house that is pressed twice, and one whom nobody knows: answered in order, and no end of the hub."""

from edge.app.hub.effects.replies import Replies
from edge.model.alarm import HOUSE
from edge.model.effect import Reply
from edge.model.event import Command, Verb
from edge.mqtt.topics import Topics


class Publisher:
    """Refuses what the real one refuses."""

    def __init__(self):
        self.sent = []

    def reply(self, user, _payload, _topic="", _correlation=b""):
        self.sent.append(Topics("cot").reply(user))


def test_two_presses_before_the_first_answer_are_both_answered(make_hub):
    parts, publisher = make_hub(), Publisher()
    answers = Replies(parts.hub.setup, parts.clock, parts.hub.book, lambda: publisher)
    press = Command(Verb.ACKNOWLEDGE, HOUSE)
    for _ in range(2):
        answers.expect(press, "button", "", b"")
    for _ in range(2):
        answers.answer(Reply(HOUSE, "", ok=True, reason="done"))
    assert publisher.sent == ["feverhub/cot/reply/button"] * 2


def test_an_answer_for_nobody_who_can_read_it_is_noted(make_hub):
    parts, publisher = make_hub(), Publisher()
    answers = Replies(parts.hub.setup, parts.clock, parts.hub.book, lambda: publisher)
    answers.answer(Reply(HOUSE, "", ok=True, reason="done"))
    assert publisher.sent == []
    assert parts.hub.book._notes[-1][1] == f"answer to {HOUSE}"
