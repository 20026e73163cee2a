"""A reading by hand that was a mistake: what it raised is over, what others raised stands."""

import pytest

from edge.model.alarm import Condition, Presence, Priority, Reason
from edge.model.effect import AlarmChanged, KeepEntry, Notify, ShowLatest
from edge.model.event import Verb
from edge.model.people import Caregiver
from edge.pipeline.withdrawal import WITHDRAWN
from tests.support.core import PATCH, Core

CAREGIVERS = (Caregiver("anna", "Anna", share_details=True), Caregiver("ben", "Ben", share_details=True))


class Home(Core):
    """Caregivers tell what they measured; looked at is what came of the last step."""

    def __init__(self):
        super().__init__(PATCH, caregivers=CAREGIVERS)

    def step(self, event, at_s=None):
        self.forget()
        return super().step(event, at_s)

    def note(self, caregiver="anna", **said):
        reply = self.say(caregiver, Verb.NOTE, **{"person": "mia", **said})
        assert reply.ok, reply.reason
        return self.of(KeepEntry)[0].entry.id

    def measured(self, celsius, site="ear", **said):
        return self.note(kind="temperature", celsius=celsius, site=site, **said)

    def standing(self):
        return {str(alarm.key.condition): alarm for alarm in self.state.alarms.conditions.standing()}

    def fevers(self):
        return set(self.standing()) & {"fever", "high_fever", "young_infant_fever"}

    def restart(self):
        conditions, entries = self.state.alarms.conditions, list(self.state.entries.values())
        self.begin(standing=conditions.standing(), sequence=conditions.sequence, entries=entries)


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize(("celsius", "raised"), [(38.4, {"fever"}), (40.1, {"fever", "high_fever"})])
def test_a_withdrawn_reading_ends_the_fever_that_it_alone_raised(celsius, raised, restarted):
    home = Home()
    mistake = home.measured(celsius)
    assert home.fevers() == raised, "one reading by hand is believed at once"
    home.go(30)
    if restarted:
        home.restart()
    home.note(id=mistake, withdraw=True)
    assert home.fevers() == set()
    over = [effect.alarm for effect in home.of(AlarmChanged)]
    assert {(alarm.presence, alarm.reason) for alarm in over} == {(Presence.OFF, Reason.WITHDRAWN)}
    assert all("A reading was withdrawn" in alarm.text for alarm in over)
    [shown] = home.of(ShowLatest)
    assert (shown.device, shown.value, shown.reason) == ("hand_mia_ear", None, WITHDRAWN)
    if not restarted:
        assert {each.caregiver for each in home.of(Notify)} == {"anna", "ben"}, "who was told hears of it"
        assert not any(each.urgent for each in home.of(Notify))


@pytest.mark.parametrize(
    ("correction", "left"),
    [
        ({"celsius": 36.9}, set()),
        ({"celsius": 38.4}, {"fever"}),
        ({"celsius": 40.4}, {"fever", "high_fever"}),
        ({"minutes_ago": 120}, set()),
        ({"site": "axilla", "celsius": 36.6}, set()),
        ({"site": "axilla"}, {"fever", "high_fever"}),
        ({"method": "the new one"}, {"fever", "high_fever"}),
    ],
)
def test_a_corrected_reading_says_what_it_says_now(correction, left):
    home = Home()
    mistake = home.measured(40.1)
    home.go(20)
    home.note("ben", id=mistake, **correction)
    assert home.fevers() == left
    held = {device for c in left for device in home.standing()[c].evidence.sensors}
    assert held <= {"hand_mia_ear", "hand_mia_axilla"}


def test_what_another_reading_still_says_stands_with_its_own_value():
    home = Home()
    home.measured(38.4)
    home.go(60)
    mistake = home.measured(40.1)
    assert home.fevers() == {"fever", "high_fever"}
    home.go(10)
    home.note(id=mistake, withdraw=True)
    assert home.fevers() == {"fever"}
    assert home.standing()["fever"].value == 38.4
    [shown] = home.of(ShowLatest)
    assert shown.value == 38.4


def test_a_fever_that_the_patch_sees_too_stands():
    home = Home().heat(25, 38.6)
    assert home.fevers() == {"fever"}
    mistake = home.measured(38.9)
    home.note(id=mistake, withdraw=True)
    assert home.fevers() == {"fever"}
    home.heat(1, 38.6)
    assert home.standing()["fever"].evidence.sensors == ("patch",)


def test_a_reading_that_was_never_judged_ends_nothing():
    home = Home()
    old = home.measured(40.1, minutes_ago=180)
    home.measured(38.4)
    home.note(id=old, withdraw=True)
    assert home.fevers() == {"fever"}


def test_no_data_is_no_longer_urgent_once_the_fever_was_a_mistake():
    home = Home().heat(1, 37.0)
    mistake = home.measured(39.6)
    home.go(300)
    assert home.standing()["no_data"].priority is Priority.HIGH
    home.note(id=mistake, withdraw=True)
    lost = home.standing()["no_data"]
    assert (lost.priority, lost.reason, lost.presence) == (Priority.MEDIUM, Reason.WITHDRAWN, Presence.ON)
    home.go(300)
    assert home.standing()["no_data"].priority is Priority.MEDIUM
    assert Condition.NO_DATA in {alarm.key.condition for alarm in home.state.alarms.conditions.standing()}


def test_no_data_stays_urgent_while_another_says_that_she_is_feverish():
    home = Home().heat(25, 38.6)
    mistake = home.measured(39.6)
    home.go(300)
    home.note(id=mistake, withdraw=True)
    assert home.standing()["no_data"].priority is Priority.HIGH
