"""The monthly drill, through the whole core: played by day, answered or not, never taken for an alarm."""

import datetime as dt

from edge import pipeline
from edge.delivery import drill, roster
from edge.model.alarm import ROOM
from edge.model.effect import AlarmChanged, ClearPushes, Notify, SendTestAlarm, Sound
from edge.model.event import Command, TargetProven, TestTaken, Tick, Verb
from tests.support.core import Core, warm

AFTERNOON_S = dt.datetime(2026, 3, 14, 17, 30, tzinfo=dt.UTC).timestamp()
DAY_S = 86_400.0


class Home(Core):
    """Anna and Ben, half past five in the afternoon."""

    def __init__(self, **more):
        super().__init__(wall_off_s=AFTERNOON_S - 1000.0, liveness=False, **more)

    def drill(self, who="anna", **arguments):
        effects = self.step(_command(who, **arguments))
        return [each for each in effects if isinstance(each, SendTestAlarm)]

    def answers(self, who):
        return self.say(who, Verb.ACKNOWLEDGE, alarm=roster.TEST)

    def told(self, who="anna"):
        return [each.text for each in self.of(Notify) if each.alarm_id == "drill" and each.caregiver == who]

    @property
    def lines(self):
        names = {each.id: each.name for each in self.setup.config.caregivers}
        return drill.lines(self.state.drill, names, self.now.wall_s, self.setup.locale(), room=True)


def _command(who, **arguments):
    return Command(Verb.DRILL, who, "r", "", True, arguments, "mqtt x")


def test_everybody_who_can_be_woken_gets_it_marked_as_a_drill_over_the_way_of_a_test():
    home = Home()
    [sent] = home.drill()
    assert [each.caregiver for each in sent.messages] == ["anna", "ben"]
    for each in sent.messages:
        assert each.alarm_id == roster.TEST
        assert each.urgent, "it rings as an alarm would"
        assert "DRILL" in each.title
        assert "NO alarm" in each.text
    assert home.of(AlarmChanged) == []
    assert home.of(Sound) == []


def test_each_result_is_kept_with_its_seconds_and_proves_the_phone_also_over_a_restart():
    home = Home()
    home.drill()
    home.step(TestTaken("anna", 4.0))
    home.step(TestTaken("ben", 3.0))
    home.step(TargetProven(ROOM, 2.0))
    home.go(20.0)
    assert home.answers("anna").ok
    home.go(11.0)
    assert home.answers("ben").ok
    home.step(Tick())
    assert home.state.drill.over, "nobody is waited for any more"
    assert home.lines[1:] == [
        "Anna: rang after 4 s, answered after 20 s",
        "Ben: rang after 3 s, answered after 31 s",
        "the sounder played after 2 s",
    ]
    assert "everybody answered" in home.told()[0]
    assert roster.proven_lately(home.state.roster, "ben", home.now.wall_s)
    again = Home(mono_s=home.mono_s, **home.written())
    assert again.lines == home.lines


def test_an_unanswered_one_says_so_to_everybody_and_stays_readable():
    home = Home()
    home.drill()
    home.step(TestTaken("ben", 3.0))
    home.answers("anna")
    home.go(drill.OPEN_S - 5.0)
    assert home.told() == []
    home.go(10.0)
    assert "NOT answered by: Ben" in home.told()[0]
    assert "Ben: rang after 3 s, NOT answered" in home.lines
    assert not home.answers("ben").ok, "too late"
    assert not roster.proven_lately(home.state.roster, "ben", home.now.wall_s)


def test_whose_phone_nothing_reached_is_told_apart_from_who_did_not_answer():
    home = Home()
    home.drill()
    home.go(drill.OPEN_S + 5.0)
    assert "Ben: nothing took it, NOT answered" in home.lines
    assert "the sounder did not play" in home.lines


def test_never_at_night():
    home = Home()
    home.go(5 * 3600.0, tick_s=600.0)  # half past ten
    reply = home.say("anna", Verb.DRILL)
    assert not reply.ok
    assert "by day" in reply.reason
    assert home.state.drill is None


def test_never_beside_a_real_alarm_and_one_that_comes_breaks_it_off():
    home = Home()
    home.drill()
    home.forget()
    home.heat(20, 39.0)
    assert home.raised(), "the alarm rings as ever"
    assert home.state.drill.broken
    assert "REAL alarm" in home.told()[0]
    assert {each.caregiver for each in home.of(ClearPushes) if each.alarm_id == roster.TEST} == {"anna", "ben"}
    assert not home.answers("anna").ok, "what is tapped now answers no drill"
    reply = home.say("anna", Verb.DRILL)
    assert not reply.ok
    assert "real alarm" in reply.reason
    home.step(warm(36.5))
    assert drill.due_s(home.state.roster, home.state.drill, 0.0, home.setup.config.caregivers) <= home.now.wall_s


def test_a_second_beside_the_first_is_refused():
    home = Home()
    home.drill()
    assert not home.say("ben", Verb.DRILL).ok


def test_it_is_put_off_by_a_tap_and_that_ends_by_itself():
    home = Home()
    assert pipeline.drill_due(home.state, home.now)
    reply = home.say("anna", Verb.DRILL, later=True)
    assert reply.ok
    assert "put off until Sat" in reply.reason
    assert not pipeline.drill_due(home.state, home.now)
    again = Home(mono_s=home.mono_s, **home.written())
    assert not pipeline.drill_due(again.state, again.now), "also over a restart"
    home.mono_s += 7.1 * DAY_S
    assert pipeline.drill_due(home.state, home.now)


def test_a_month_after_the_last_it_is_due_again():
    home = Home()
    home.drill()
    home.answers("anna")
    home.answers("ben")
    home.go(5.0)
    assert not pipeline.drill_due(home.state, home.now)
    home.mono_s += 31 * DAY_S
    assert pipeline.drill_due(home.state, home.now)


def test_the_reminder_comes_on_the_day_and_each_week_after_not_each_day():
    days = [day for day in range(40) if drill.reminded(30 * DAY_S, day * DAY_S + 3600.0)]
    assert days == [30, 37]


def test_a_caregiver_who_only_looks_begins_none():
    home = Home()
    assert not home.say("oma", Verb.DRILL).ok
