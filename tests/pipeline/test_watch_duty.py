"""Pauses, hand-overs, proofs and the hours of the night on the whole road: what is told, withheld, shown and kept."""

import datetime as dt

import pytest

from edge import pipeline
from edge.config import Config, HubTable
from edge.decoding.profile import Link, Match, Profile
from edge.model.alarm import HOUSE, ROOM, Condition, Reason
from edge.model.effect import AlarmChanged, Note, Notify, Remember, Reply, Sound, Withheld
from edge.model.event import Command, FaultReported, NotDelivered, ReadingHeard, TargetProven, Tick, Verb
from edge.model.moment import Now
from edge.model.people import Caregiver, Device, Limb, Person, Role, Site
from edge.model.reading import Quantity, Reading, Unit

MIDNIGHT_S = dt.datetime(2027, 1, 15, tzinfo=dt.UTC).timestamp()
HOUR = 3600.0
PROFILES = {
    "thermometer": Profile(
        "thermometer",
        "",
        "",
        (Quantity.TEMPERATURE, Quantity.BATTERY),
        Link.GATT,
        Match(),
        {},
        expected_interval_s=60.0,
    ),
    "band": Profile(
        "band", "", "", (Quantity.ACCELERATION,), Link.GATT, Match(), {}, expected_interval_s=60.0, rhythm=True
    ),
}
CAREGIVERS = (
    Caregiver("anna", "Anna", share_details=True),
    Caregiver("ben", "Ben"),
    Caregiver("oma", "Oma", role=Role.VIEWER),
)
PATCH = Device("patch", "thermometer", "mia", site=Site.EAR)
BAND = Device("band", "band", "mia", limb=Limb.ANKLE)


class House:
    """A hub at some hour of the day, in UTC."""

    def __init__(self, *devices, hour=12.0, remembered="", standing=(), mono_s=1000.0, **hub):
        config = Config(
            hub=HubTable(**hub), persons=(Person("mia", "Mia"),), devices=devices or (PATCH,), caregivers=CAREGIVERS
        )
        self.mono_s, self.wall_off_s, self.out = mono_s, MIDNIGHT_S + hour * HOUR - mono_s, []
        setup = pipeline.Setup(config, PROFILES)
        self.state, self.out[:] = pipeline.begin(setup, self.now, standing, 0, remembered=remembered)

    @property
    def now(self):
        return Now(self.mono_s, self.mono_s + self.wall_off_s)

    def step(self, event):
        self.state, effects = pipeline.step(self.state, event, self.now)
        self.out += effects
        return effects

    def say(self, who, verb, alarm="", *, local=True, **arguments):
        effects = self.step(Command(verb, who, "r", alarm, local, arguments, "mqtt x"))
        (reply,) = [each for each in effects if isinstance(each, Reply)]
        return reply.reason if not reply.ok else "done"

    def go(self, seconds, celsius=None):
        """Tick by tick; celsius: what the patch measures meanwhile."""
        end_s = self.mono_s + seconds
        while self.mono_s < end_s:
            self.mono_s = min(self.mono_s + 10.0, end_s)
            if celsius is not None:
                self.step(ReadingHeard("patch", Reading(Quantity.TEMPERATURE, celsius, Unit.CELSIUS)))
            self.step(Tick())
        return self

    def of(self, kind):
        return [each for each in self.out if isinstance(each, kind)]

    def pushed(self, alarm_id):
        return [(each.caregiver, each.text) for each in self.of(Notify) if each.alarm_id == alarm_id]

    def kept(self):
        """What the journal holds: the memo, and the alarms that stand."""
        changed = {each.alarm.key: each.alarm for each in self.of(AlarmChanged)}
        standing = [alarm for alarm in changed.values() if alarm.presence != "off"]
        return {"remembered": self.of(Remember)[-1].text, "standing": standing}


# ------------------------------------------------------------------------------------------------ pause


def test_a_pause_is_told_shown_withheld_with_a_reason_and_ends_with_a_reminder():
    house = House().go(60.0, 37.0)
    assert house.say("anna", Verb.PAUSE, minutes=10, confirm=True) == "done"
    assert house.pushed("pause") == [("ben", "feverhub: the watch is paused until 12:11")]
    assert pipeline.watches(house.state, house.now) == [("mia", "patch", "paused until 12:11")]
    house.go(590.0)
    (alarm,) = [each.alarm for each in house.of(AlarmChanged) if each.alarm.key.condition is Condition.NO_DATA]
    assert alarm.reason is Reason.PAUSED
    assert "quiet until 12:11" in alarm.text
    kept = [(each.caregiver, each.reason) for each in house.of(Withheld) if each.alarm_id == alarm.id]
    assert kept == [("anna", Reason.PAUSED), ("ben", Reason.PAUSED)]
    assert house.pushed(alarm.id) == []
    house.go(20.0)
    assert ("anna", "The pause is over, and patch is not watched yet: put it back on.") in house.pushed("pause")
    assert {who for who, _ in house.pushed(alarm.id)} == {"anna", "ben"}
    assert house.of(Sound)[-1].pattern == "technical"


def test_a_pause_whose_sensor_is_back_ends_with_a_quiet_word():
    house = House().go(60.0, 37.0)
    house.say("anna", Verb.PAUSE, minutes=10, confirm=True)
    house.go(610.0, 37.0)
    assert house.pushed("pause")[-2:] == [
        ("anna", "The pause is over: watching Mia again."),
        ("ben", "feverhub: the pause is over"),
    ]
    assert not any(each.urgent for each in house.of(Notify))
    assert house.state.alarms.pauses == ()


def test_a_fever_in_a_pause_rings():
    house = House().go(300.0, 37.0)
    house.say("anna", Verb.PAUSE, minutes=30, confirm=True)
    house.go(1500.0, 39.0)
    assert [each.caregiver for each in house.of(Notify) if each.urgent][:2] == ["anna", "ben"]


@pytest.mark.parametrize(
    ("away_s", "jump_s", "left_s"),
    [(60.0, 0.0, 1040.0), (60.0, -50_000.0, 1200.0), (60.0, 1e7, 0.0), (3000.0, 0.0, 0.0)],
    ids=["restart", "clock set back", "clock set forward", "long away"],
)
def test_a_pause_survives_a_restart_and_gets_no_longer(away_s, jump_s, left_s):
    house = House().go(60.0, 37.0)
    house.say("anna", Verb.PAUSE, minutes=20, confirm=True)
    house.go(100.0)
    again = House(mono_s=50.0, hour=(house.now.wall_s + away_s + jump_s - MIDNIGHT_S) / HOUR, **house.kept())
    (pause,) = again.state.alarms.pauses
    assert pause.until_s - again.mono_s == pytest.approx(left_s)
    again.go(left_s + 200.0)
    assert again.state.alarms.pauses == ()


def test_what_cannot_be_read_silences_nothing():
    for text in ("", "{", '{"pauses": 5}', "[]", '{"pauses": [{"person": "mia"}]}'):
        assert House(remembered=text).state.alarms.pauses == ()


def test_a_pause_that_is_not_confirmed_is_refused_and_noted():
    house = House()
    assert "confirm it" in house.say("anna", Verb.PAUSE, minutes=10)
    assert house.of(Remember) == []
    assert any("pause" in note.detail and "mqtt x" in note.detail for note in house.of(Note))


# ------------------------------------------------------------------------------------------------ on watch


def test_a_hand_over_is_asked_confirmed_told_and_kept():
    house = House()
    house.say("anna", Verb.ON_WATCH)
    assert house.state.roster.on_watch == "anna"
    house.say("anna", Verb.ON_WATCH, to="ben")
    assert house.state.roster.on_watch == "anna", "nobody is put on watch by another"
    assert house.pushed("on_watch")[-1] == ("ben", "feverhub: somebody asks you to take the watch")
    house.say("ben", Verb.ON_WATCH)
    assert house.state.roster.on_watch == "ben"
    assert house.pushed("on_watch")[-1] == ("anna", "Ben is on watch now.")
    again = House(**house.kept())
    assert again.state.roster.on_watch == "ben"
    assert again.state.roster.since_s == house.state.roster.since_s


def test_an_offer_that_nobody_takes_lapses_and_is_said():
    house = House()
    house.say("anna", Verb.ON_WATCH)
    house.say("anna", Verb.ON_WATCH, to="ben")
    house.go(890.0)
    assert house.state.roster.offer is not None
    house.go(20.0)
    assert house.state.roster.offer is None
    assert house.pushed("on_watch")[-1] == ("anna", "Ben has not taken the watch; Anna still has it.")


@pytest.mark.parametrize(("who", "to"), [("anna", "oma"), ("anna", "nobody"), (HOUSE, "")])
def test_only_who_can_be_rung_can_be_on_watch(who, to):
    assert "say who is on watch: anna, ben, everyone" in House().say(who, Verb.ON_WATCH, to=to)


def test_everyone_may_be_on_watch():
    house = House()
    house.say("anna", Verb.ON_WATCH)
    house.say("anna", Verb.ON_WATCH, to="everyone")
    assert house.state.roster.on_watch == ""


# ------------------------------------------------------------------------------------------------ proofs


def test_a_test_that_is_answered_is_a_proof_and_survives_a_restart():
    house = House()
    house.step(Command(Verb.TEST, "anna", "t"))
    house.mono_s += 2.5
    assert house.say("ben", Verb.ACKNOWLEDGE, "test", local=False) == "done"
    house.step(TargetProven(ROOM, 0.4))
    assert {who: proof.seconds for who, proof in house.state.roster.proofs.items()} == {"ben": 2.5, ROOM: 0.4}
    again = House(**house.kept())
    assert again.state.roster.proofs == house.state.roster.proofs
    assert "no test waits" in house.say("ben", Verb.ACKNOWLEDGE, "test")


def test_a_test_answered_much_later_proves_nothing():
    house = House()
    house.step(Command(Verb.TEST, "anna", "t"))
    house.mono_s += 901.0
    assert "no test waits" in house.say("anna", Verb.ACKNOWLEDGE, "test")


# ------------------------------------------------------------------------------------------------ loudness, night


def battery(percent):
    return ReadingHeard("patch", Reading(Quantity.BATTERY, percent, Unit.PERCENT))


def test_an_empty_battery_at_night_is_told_in_the_morning_and_why_is_kept():
    house = House(hour=5.0).go(10.0, 37.0)
    house.step(battery(5.0))
    (alarm,) = [each.alarm for each in house.of(AlarmChanged) if each.alarm.key.condition is Condition.BATTERY_LOW]
    assert [each.reason for each in house.of(Withheld) if each.caregiver == "anna"] == [Reason.NIGHT]
    house.go(2 * HOUR - 60.0, 37.0)
    assert house.pushed(alarm.id) == []
    house.go(120.0, 37.0)
    assert [who for who, _ in house.pushed(alarm.id)] == ["anna", "ben"]


def test_by_day_it_is_told_at_once():
    house = House(hour=12.0)
    house.step(battery(5.0))
    assert len(house.of(Notify)) == 2


@pytest.mark.parametrize(("hour", "level"), [(12.0, 90), (23.5, 40), (6.9, 40), (7.1, 90)])
def test_the_sounder_is_softer_at_night(hour, level):
    house = House(hour=hour, sounder_day_percent=90, sounder_night_percent=40)
    house.step(FaultReported(Condition.STORAGE_ERROR, True, "full"))
    house.go(70.0, 37.0)
    assert (house.of(Sound)[-1].pattern, house.of(Sound)[-1].level_percent) == ("technical", level)


def test_trouble_that_nobody_answers_grows_at_night_too_and_breaks_through_the_silence_of_phones():
    house = House(hour=2.0, sounder_night_percent=40)
    house.step(FaultReported(Condition.STORAGE_ERROR, True, "full"))
    house.go(590.0, 37.0)
    assert (house.of(Sound)[-1].pattern, house.of(Sound)[-1].level_percent) == ("technical", 40)
    assert not any(each.urgent for each in house.of(Notify))
    house.out.clear()
    house.go(30.0, 37.0)
    assert (house.of(Sound)[-1].pattern, house.of(Sound)[-1].level_percent) == ("technical_grown", 100)
    assert {each.caregiver: each.urgent for each in house.of(Notify)} == {"anna": True, "ben": True}
    house.say("anna", Verb.ACKNOWLEDGE, local=False)
    assert house.of(Sound)[-1].pattern == ""


def test_a_high_alarm_is_never_softened():
    house = House(hour=2.0, sounder_night_percent=20)
    house.step(FaultReported(Condition.NOBODY_REACHABLE, True, "x"))
    house.go(70.0, 37.0)
    assert (house.of(Sound)[-1].pattern, house.of(Sound)[-1].level_percent) == ("high", 100)


def test_an_hour_that_nobody_knows_is_day():
    house = House(hour=2.0)
    now = Now(house.mono_s, house.now.wall_s, synced=False)
    _, effects = pipeline.step(house.state, battery(5.0), now)
    assert [each.caregiver for each in effects if isinstance(each, Notify)] == ["anna", "ben"]


# ------------------------------------------------------------------------------------------------ telling


def test_who_is_not_rung_for_the_fever_inside_a_high_fever_is_kept_with_the_reason():
    house = House().go(300.0, 37.0).go(1500.0, 40.5)
    ids = {each.alarm.key.condition: each.alarm.id for each in house.of(AlarmChanged)}
    inside = {(each.caregiver, each.reason) for each in house.of(Withheld) if each.alarm_id == ids[Condition.FEVER]}
    assert inside >= {("anna", Reason.INHIBITED), ("ben", Reason.INHIBITED)}
    assert house.pushed(ids[Condition.HIGH_FEVER]) != []


def test_a_false_alarm_says_so_to_whoever_was_told():
    house = House().go(300.0, 37.0).go(1500.0, 38.6)
    fever = next(each.alarm.id for each in house.of(AlarmChanged) if each.alarm.key.condition is Condition.FEVER)
    assert "only who is in the house" in house.say("ben", Verb.FALSE_ALARM, fever, local=False)
    house.out.clear()
    assert house.say("ben", Verb.FALSE_ALARM, fever) == "done"
    assert house.pushed(fever) == [("anna", "Ben says it was a false alarm: Mia: 38.6 °C, limit 38.0 °C")]
    assert not any(each.urgent for each in house.of(Notify))
    assert house.of(Sound)[-1].pattern == ""


def test_the_others_hear_who_is_coming_and_are_not_sent_to_her():
    house = House().go(300.0, 37.0).go(1500.0, 38.6)
    house.out.clear()
    house.say("anna", Verb.ACKNOWLEDGE, local=False)
    ((who, text),) = [(each.caregiver, each.text) for each in house.of(Notify)]
    assert (who, text) == ("ben", "feverhub: somebody has answered the alarm")


def test_the_reminder_is_quiet():
    house = House().go(300.0, 37.0).go(900.0, 38.6)
    house.say("anna", Verb.ACKNOWLEDGE)
    house.out.clear()
    house.go(905.0, 38.6)
    soft = [each for each in house.of(Notify) if each.title.startswith("Still: ")]
    assert {each.caregiver for each in soft} == {"anna", "ben"}
    assert not any(each.urgent for each in soft)


def test_when_nobody_took_it_the_room_sounds_in_the_same_step():
    house = House()
    house.say("anna", Verb.ON_WATCH)
    house.step(FaultReported(Condition.NOBODY_REACHABLE, True, "x"))
    alarm = house.of(AlarmChanged)[-1].alarm
    effects = house.step(NotDelivered(alarm.id))
    assert [each.pattern for each in effects if isinstance(each, Sound)] == ["high"]
    assert any(isinstance(each, Note) and "no channel took it" in each.detail for each in effects)
    assert house.step(NotDelivered("gone")) == ()


def test_channels_are_used_step_by_step_for_a_fever_and_all_at_once_for_movement():
    house = House()
    house.step(FaultReported(Condition.STORAGE_ERROR, True, "full"))
    house.go(620.0, 37.0)
    assert [each.reach for each in house.of(Notify) if each.caregiver == "anna"] == [1, 2, 3]
