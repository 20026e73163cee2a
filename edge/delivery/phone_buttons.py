"""The words on and about the buttons under a push. They hold no name and no value: they go through others' servers."""

from collections.abc import Mapping

from edge.delivery import roster
from edge.model.effect import Notify
from edge.model.event import Verb
from edge.model.language import IN_ENGLISH, N_, Locale

LABELS: Mapping[Verb, str] = {Verb.ACKNOWLEDGE: N_("I'm coming"), Verb.SNOOZE: N_("Quiet for 30 min")}
TEST_RANG = N_("It rang")
TAKEN, NOT_TAKEN = N_("Taken"), N_("Not taken")
WAS_TAKEN = N_('"{said}" was taken')
# What a button says beside its verb.
ARGUMENTS: Mapping[Verb, Mapping[str, object]] = {Verb.SNOOZE: {"minutes": 30}}


def label(verb: Verb, alarm_id: str, words: Locale = IN_ENGLISH) -> str:
    """What stands on a button under the push of that alarm."""
    return words.say(TEST_RANG if alarm_id == roster.TEST else LABELS[verb])


def accepted(caregiver: str, said: str, words: Locale = IN_ENGLISH) -> Notify:
    """To who tapped: the hub has it. said: the label."""
    text = f"feverhub: {words.say(WAS_TAKEN, said=said)}"
    return Notify(caregiver, "button", words.say(TAKEN), text, urgent=False, reach=1)


def rejected(caregiver: str, why: str, words: Locale = IN_ENGLISH) -> Notify:
    """To who tapped: the hub has not done it, and why."""
    return Notify(caregiver, "button", words.say(NOT_TAKEN), f"feverhub: {words.say(why)}", urgent=False, reach=1)
