"""Caregivers come, change and go while the hub watches, also in the middle of an alarm."""

from dataclasses import replace

import pytest

from edge import pipeline
from edge.delivery import Proof
from edge.model.alarm import HOUSE, ROOM, Condition
from edge.model.effect import ChangeCaregivers, Note, Notify, PushNotSent, SendPush
from edge.model.event import CaregiversChanged, Command, FaultReported, Outcome, PushReported, Verb
from edge.model.people import Caregiver, Role
from tests.support.core import ANNA, CAREGIVERS, Core

OWNER = replace(ANNA, role=Role.OWNER)
BEN, OMA = CAREGIVERS[1:]
TOM = Caregiver("tom", "Tom")
CHANNELS = {"anna": 1, "ben": 2}


def family(*caregivers: Caregiver, by_hand: dict[str, str] | None = None) -> Core:
    core = Core(caregivers=caregivers or (OWNER, BEN, OMA))
    core.setup = replace(core.setup, channels=CHANNELS, by_hand=by_hand or {})
    core.begin()
    core.forget()
    return core


def asks(core: Core, verb: Verb, who: str = "anna", *, local: bool = True, **said: object):
    """What the shell is asked for, else why not."""
    effects = core.step(Command(verb, who, "r1", "", local, said, "page"))
    found = [each for each in effects if isinstance(each, ChangeCaregivers)]
    return found[0] if found else next(each.reason for each in effects if hasattr(each, "reason") and each.reason)


def silent(core: Core) -> None:
    """An alarm of the hub that stands."""
    core.step(FaultReported(Condition.ANALYSIS_ERROR, True, "it failed", "*core"))
    core.go(2.0)


# ---------------------------------------------------------------------------------------------- who may


def test_an_owner_asks_and_the_shell_is_told_what():
    found = asks(family(), Verb.CAREGIVER, name="Tom", role="viewer")
    assert (found.verb, found.by, found.request_id) == (Verb.CAREGIVER, "anna", "r1")
    assert found.arguments == {"name": "Tom", "role": "viewer"}


@pytest.mark.parametrize("verb", [Verb.CAREGIVER, Verb.CAREGIVER_REMOVE, Verb.BROKER_USER])
@pytest.mark.parametrize(
    ("who", "local", "why"),
    [
        ("ben", True, "Only an owner may change who is there."),
        ("oma", True, "oma may look, not command"),
        ("anna", False, "Who is there can be changed from the house alone."),
        ("nobody", True, "nobody called 'nobody' is set up on this hub"),
    ],
)
def test_nobody_else_may_and_not_from_elsewhere(verb, who, local, why):
    assert asks(family(), verb, who, local=local, id="ben") == why


def test_the_command_line_of_the_hub_may():
    assert asks(family(), Verb.CAREGIVER_REMOVE, HOUSE, id="ben").arguments == {"id": "ben"}


REFUSED = [
    (Verb.CAREGIVER, {"name": ""}, "Say a name"),
    (Verb.CAREGIVER, {}, "Say a name"),
    (Verb.CAREGIVER, {"name": "x" * 41}, "name must be a text of at most 40 characters"),
    (Verb.CAREGIVER, {"id": "ben", "name": " "}, "Say a name"),
    (Verb.CAREGIVER, {"id": "zoe", "name": "Zoe"}, "There is no caregiver zoe on this hub."),
    (Verb.CAREGIVER_REMOVE, {"id": "zoe"}, "There is no caregiver zoe on this hub."),
    (Verb.CAREGIVER_REMOVE, {}, "There is no caregiver  on this hub."),
    (Verb.BROKER_USER, {"id": "zoe"}, "There is no caregiver zoe on this hub."),
    (Verb.CAREGIVER, {"name": "Zoe", "role": "admin"}, "role must be one of owner, caregiver, viewer"),
    (
        Verb.CAREGIVER,
        {"name": "Zoe", "role": "owner", "until": "2027-01-01"},
        "An owner's access does not end by itself",
    ),
    (Verb.CAREGIVER, {"id": "anna", "role": "caregiver"}, "Anna is the last owner: make somebody else an owner first."),
    (Verb.CAREGIVER_REMOVE, {"id": "anna"}, "Anna is the last owner: make somebody else an owner first."),
    (Verb.CAREGIVER, {"id": "ben", "seen": "old"}, "Ben was changed by somebody else meanwhile. Look again."),
    (Verb.CAREGIVER_REMOVE, {"id": "ben", "seen": "old"}, "Ben was changed by somebody else meanwhile. Look again."),
    (Verb.CAREGIVER, {"name": "Zoe", "salary": 5}, "salary"),
]


@pytest.mark.parametrize(("verb", "said", "why"), REFUSED)
def test_nonsense_is_one_sentence(verb, said, why):
    found = asks(family(), verb, **said)
    assert isinstance(found, str)
    assert why in found
    assert "\n" not in found


def test_of_two_owners_one_may_go_and_a_version_that_was_seen_may_be_changed():
    core = family(OWNER, replace(BEN, role=Role.OWNER), OMA)
    assert isinstance(asks(core, Verb.CAREGIVER_REMOVE, id="anna"), ChangeCaregivers)
    seen = pipeline.version(core.setup.config.caregivers[1])
    assert isinstance(asks(core, Verb.CAREGIVER, id="ben", name="Benno", seen=seen), ChangeCaregivers)


def test_of_two_owners_who_change_the_same_the_second_is_told():
    """The first form holds; the second was filled in before it did."""
    core = family()
    seen = pipeline.version(BEN)
    assert isinstance(asks(core, Verb.CAREGIVER, id="ben", name="Benno", seen=seen), ChangeCaregivers)
    core.step(CaregiversChanged((OWNER, replace(BEN, name="Benno"), OMA), CHANNELS))
    assert "was changed by somebody else meanwhile" in asks(core, Verb.CAREGIVER_REMOVE, id="ben", seen=seen)


def test_who_was_written_by_hand_is_changed_there():
    core = family(by_hand={"ben": "/etc/feverhub/feverhub.toml:12"})
    for verb, said in ((Verb.CAREGIVER, {"name": "Benno"}), (Verb.CAREGIVER_REMOVE, {})):
        found = asks(core, verb, id="ben", **said)
        assert found.startswith("Ben stands in /etc/feverhub/feverhub.toml:12, written by hand, which wins")


def test_keys_and_addresses_are_in_no_journal():
    core = family()
    asks(core, Verb.CAREGIVER, name="Tom", way="pushover", user="u" * 30, token="t" * 30, url="tgram://secret")
    notes = " ".join(each.detail for each in core.of(Note))
    assert "Tom" in notes
    for secret in ("u" * 30, "t" * 30, "tgram://secret"):
        assert secret not in notes


# ---------------------------------------------------------------------------------------------- what follows


def test_who_is_new_is_told_of_an_alarm_that_stands_already():
    core = family()
    silent(core)
    core.forget()
    core.step(CaregiversChanged((OWNER, BEN, OMA, TOM), {**CHANNELS, "tom": 1}))
    core.go(200.0)
    assert "tom" in {each.caregiver for each in core.of(Notify)}
    assert "tom" in {each.caregiver for each in core.of(SendPush)}


def test_who_is_gone_is_told_of_nothing_any_more_also_of_what_waited():
    core = family()
    silent(core)
    assert "ben" in {each.caregiver for each in core.of(SendPush)}
    core.forget()
    core.step(CaregiversChanged((OWNER, OMA), {"anna": 1}))
    assert {each.reason for each in core.of(PushNotSent)} == {"the channel is gone"}
    core.go(3600.0)
    assert "ben" not in {each.caregiver for each in (*core.of(Notify), *core.of(SendPush))}
    assert "anna" in {each.caregiver for each in core.of(Notify)}
    assert core.say("ben", Verb.ACKNOWLEDGE).reason == "nobody called 'ben' is set up on this hub"


def test_a_result_of_a_channel_that_is_gone_changes_nothing():
    core = family()
    silent(core)
    order = next(each for each in core.of(SendPush) if each.caregiver == "ben")
    core.step(CaregiversChanged((OWNER, OMA), {"anna": 1}))
    before = core.state
    core.step(PushReported("ben", order.channel, order.number, Outcome.DELIVERED))
    assert core.state.pushes == before.pushes


def test_an_alarm_on_its_way_goes_out_over_the_new_address():
    """Ben gets another phone while it rings: the message does not stay with the old one."""
    core = family()
    silent(core)
    sent = [each for each in core.of(SendPush) if each.caregiver == "ben" and each.channel == 0]
    core.forget()
    core.step(CaregiversChanged((OWNER, BEN, OMA), CHANNELS, rung_anew=frozenset({"ben"})))
    again = [each for each in core.of(SendPush) if each.caregiver == "ben" and each.channel == 0]
    assert [each.message.alarm_id for each in again] == [each.message.alarm_id for each in sent[-1:]]
    assert again[0].number != sent[-1].number
    core.step(PushReported("ben", 0, sent[-1].number, Outcome.RETRY))  # of the old phone: nothing follows
    core.step(PushReported("ben", 0, again[0].number, Outcome.DELIVERED))
    assert core.state.pushes.channels["ben", 0].works is True


def test_a_change_of_somebody_else_touches_no_push_that_is_under_way():
    core = family()
    silent(core)
    before = core.state.pushes.channels["ben", 0]
    assert before.sending is not None
    core.forget()
    core.step(CaregiversChanged((replace(OWNER, name="Anne"), BEN, OMA), CHANNELS))
    assert core.state.pushes.channels["ben", 0] == before
    assert core.of(SendPush) == []


def test_whoever_was_on_watch_and_is_gone_leaves_it_to_everyone():
    core = family()
    assert core.say("ben", Verb.ON_WATCH).ok
    assert core.say("ben", Verb.ON_WATCH, to="anna").ok
    core.step(CaregiversChanged((OWNER, OMA), {"anna": 1}))
    assert (core.state.roster.on_watch, core.state.roster.offer) == ("", None)
    silent(core)
    assert "anna" in {each.caregiver for each in core.of(Notify)}


def test_a_phone_that_is_rung_elsewhere_is_unproven_and_the_others_stay_proven():
    core = family()
    proofs = {"anna": Proof(1.8e9, 1.0), "ben": Proof(1.8e9, 1.0), ROOM: Proof(1.8e9, 1.0)}
    core.state = replace(core.state, roster=replace(core.state.roster, proofs=proofs))
    core.step(CaregiversChanged((OWNER, BEN, OMA), CHANNELS, rung_anew=frozenset({"ben"})))
    assert set(core.state.roster.proofs) == {"anna", ROOM}
    restarted = Core(caregivers=(OWNER, BEN, OMA), **core.written())
    assert set(restarted.state.roster.proofs) == {"anna", ROOM}, "also after a restart"


def test_who_may_only_look_from_now_on_is_rung_no_more():
    core = family()
    core.step(CaregiversChanged((OWNER, replace(BEN, role=Role.VIEWER), OMA), {"anna": 1}))
    silent(core)
    core.go(600.0)
    assert {each.caregiver for each in core.of(Notify)} == {"anna"}
    assert core.say("ben", Verb.ACKNOWLEDGE).reason == "ben may look, not command"


def test_every_change_is_in_the_journal():
    core = family()
    core.step(CaregiversChanged((replace(OWNER, name="Anne"), OMA, TOM), {"anna": 1}))
    lines = {(each.subject, each.detail) for each in core.of(Note)}
    assert lines == {("caregiver tom", "set up"), ("caregiver ben", "ended"), ("caregiver anna", "changed")}
