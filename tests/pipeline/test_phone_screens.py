"""When what was pushed about an episode leaves the screens: at the answer and at the end, before the word about it."""

import pytest

from edge.delivery import roster
from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.effect import ClearPushes, Notify
from edge.model.event import Command, Verb
from tests.support.core import PATCH, WALL_S, Core


def feverish(minutes: float = 15.0) -> Core:
    """Anna and Ben were both notified of a fever, by their limit and by the escalation."""
    core = Core(PATCH).heat(minutes, 38.7)
    assert {who for who, _ in core.notifications(fever(core))} == {"anna", "ben"}
    core.forget()
    return core


def fever(core: Core) -> str:
    return core.raised(Condition.FEVER)[0].id if core.raised(Condition.FEVER) else standing(core).id


def standing(core: Core):
    [alarm] = [each for each in core.state.alarms.conditions.standing() if each.key.condition is Condition.FEVER]
    return alarm


def order(core: Core) -> list[tuple[str, str]]:
    kinds = {ClearPushes: "clear", Notify: "push"}
    return [(kinds[type(each)], each.caregiver) for each in core.out if type(each) in kinds]


@pytest.mark.parametrize(
    ("verb", "more"), [(Verb.ACKNOWLEDGE, {}), (Verb.WITH_HER, {}), (Verb.SNOOZE, {"minutes": 30})]
)
def test_an_answer_clears_every_phone_that_had_it_and_the_word_about_it_comes_after(verb, more):
    core = feverish()
    assert core.say("anna", verb, **more).ok
    assert set(order(core)[:2]) == {("clear", "anna"), ("clear", "ben")}
    assert order(core)[2:] == [("push", "ben")]


def test_the_end_clears_it_before_it_is_said():
    core = feverish()
    core.heat(40, 36.9)
    assert order(core)[-4:] == [("clear", "anna"), ("clear", "ben"), ("push", "anna"), ("push", "ben")]


def test_who_was_never_notified_has_nothing_to_clear():
    core = Core(PATCH)
    core.say("anna", Verb.ON_WATCH)
    core.forget()
    while not core.raised(Condition.FEVER):
        core.heat(0.5, 38.7)
    core.say("anna", Verb.ACKNOWLEDGE)
    assert [each.caregiver for each in core.of(ClearPushes)] == ["anna"]


def test_what_changes_without_an_answer_clears_nothing():
    core = feverish()
    core.heat(20, 39.1)
    assert core.of(Notify), "the positive control: it is repeated"
    assert core.of(ClearPushes) == []


def test_a_cause_that_has_ended_and_waits_for_an_answer_stays_on_the_screen():
    key = AlarmKey(Condition.SEIZURE_LIKE_MOVEMENT, "mia")
    latched = Alarm(
        *("mia-seizure_like_movement-1-7", key, Kind.PHYSIOLOGICAL, Priority.HIGH, Presence.LATCH),
        *(WALL_S + 900.0, WALL_S + 910.0, 1, Reason.EVIDENCE_ENDED, WALL_S + 960.0),
    )
    core = Core(PATCH, standing=[latched], sequence=1, liveness=False).go(70)
    assert {who for who, _ in core.notifications(latched.id)} == {"anna", "ben"}
    assert core.of(ClearPushes) == []
    assert core.say("anna", Verb.AWAKE).ok
    assert [(each.caregiver, each.alarm_id) for each in core.of(ClearPushes)] == [
        ("anna", latched.id),
        ("ben", latched.id),
    ]


def test_a_test_is_cleared_on_the_phone_of_who_heard_it():
    core = Core(PATCH)
    core.step(Command(Verb.TEST, "anna", "1"))
    assert core.say("ben", Verb.ACKNOWLEDGE, roster.TEST).ok
    assert core.of(ClearPushes) == [ClearPushes("ben", roster.TEST)]
