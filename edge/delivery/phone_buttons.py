"""The words on and about the buttons under a push. They hold no name and no value: they go through others' servers."""

from collections.abc import Mapping

from edge.delivery import roster
from edge.model.effect import Notify
from edge.model.event import Verb

LABELS: Mapping[Verb, str] = {Verb.ACKNOWLEDGE: "I'm coming", Verb.SNOOZE: "Quiet for 30 min"}
TEST_RANG = "It rang"
# What a button says beside its verb.
ARGUMENTS: Mapping[Verb, Mapping[str, object]] = {Verb.SNOOZE: {"minutes": 30}}


def label(verb: Verb, alarm_id: str) -> str:
    """What stands on a button under the push of that alarm."""
    return TEST_RANG if alarm_id == roster.TEST else LABELS[verb]


def accepted(caregiver: str, said: str) -> Notify:
    """To who tapped: the hub has it. said: the label."""
    return Notify(caregiver, "button", "Taken", f'feverhub: "{said}" was taken', urgent=False, reach=1)


def rejected(caregiver: str, why: str) -> Notify:
    """To who tapped: the hub has not done it, and why."""
    return Notify(caregiver, "button", "Not taken", f"feverhub: {why}", urgent=False, reach=1)
