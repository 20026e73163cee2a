"""The five-minute clock through the whole pipeline: jerks in, alarms out. The movement is simulated."""

import re

import pytest

from edge.model.alarm import Condition, Priority
from edge.model.event import FilmBegun, Verb
from edge.model.people import CarePlan

PROLONGED, SEIZURE = Condition.PROLONGED_MOVEMENT, Condition.SEIZURE_LIKE_MOVEMENT


def test_movement_of_six_minutes_rings_once_at_five(home):
    home.play("""
         60 | ankle jerks    |
         80 |                | seizure:on
        354 |                |
        366 |                | prolonged:on
        420 | ankle still    |
        460 |                | seizure:latch
        900 |                |
    """)
    [alarm], [at_s] = home.raised(PROLONGED), home.raised_at(PROLONGED)
    assert abs(at_s - 360.0) <= 5.0
    assert alarm.raised_s - alarm.onset_s == pytest.approx(300.0, abs=1.0)
    assert alarm.priority is Priority.HIGH
    assert re.fullmatch("Mia: seizure-like movement for 5 minutes, since 08:0[01]", alarm.text)  # jerks from 08:01:00
    assert alarm.guidance.startswith("Sing to her. Your plan: midazolam, 5 mg (kitchen)")
    assert "Call an ambulance (112) now." in alarm.guidance
    assert {who for _, who, _ in home.pushes(at_s)} == {"anna", "ben", "sitter"}
    ended = home.alarms(PROLONGED)[-1]
    assert ended.text.startswith("Mia: seizure-like movement 6 min ago has stopped; nobody has said she is awake")
    assert abs(ended.cleared_s - ended.onset_s - 360.0) < 30.0


def test_pauses_without_a_word_are_one_emergency(home):
    home.play("""
         60 | ankle jerks    |
        110 | ankle still    | seizure:on
        150 |                | seizure:latch
        230 | ankle jerks    |
        250 |                | seizure:off seizure:on
        290 | ankle still    |
        320 |                | seizure:latch
        354 |                |
        366 |                | prolonged:on
        420 | ankle jerks    |
        440 |                | seizure:off seizure:on
        500 | ankle still    |
    """)
    [alarm] = home.raised(PROLONGED)
    assert alarm.evidence.bouts == 2
    assert len({each.id for each in home.alarms(PROLONGED)}) == 1
    second = home.raised(SEIZURE)[1]
    assert (
        second.guidance.count("It began again and nobody has said that she woke up: call an ambulance (112) now.") == 1
    )


@pytest.mark.parametrize("what", ["silent", "torn off"])
def test_a_sensor_lost_in_the_middle_does_not_stop_it(home, what):
    home.play(f"""
         60 | ankle jerks    |
        110 | ankle {what}   | seizure:on
        200 |                | no_data:on
        354 |                |
        366 |                | prolonged:on
        900 |                |
    """)
    [alarm] = home.raised(PROLONGED)
    assert alarm.text.startswith("Mia: seizure-like movement 5 min ago, no signal; nobody has said she is awake")
    assert home.raised(Condition.NO_DATA)[0].priority is Priority.HIGH


def test_a_false_alarm_press_alone_does_not_stop_it_and_says_so(home):
    home.play("""
         60 | ankle jerks       |
         80 | ankle still       | seizure:on
        110 |                   | seizure:latch
    """)
    reply = home.say("ben", Verb.FALSE_ALARM)
    assert (reply.ok, reply.reason) == (
        True,
        "done; the five-minute clock runs until somebody with her says that she is awake",
    )
    home.play("""
        120 |                   | seizure:off
        354 |                   |
        366 |                   | prolonged:on
        400 | anna with_her     | prolonged:ack
        450 | anna awake        | prolonged:off
        900 |                   |
    """)
    [alarm] = home.raised(PROLONGED)
    assert alarm.text.startswith("Mia: seizure-like movement 5 min ago has stopped; nobody has said she is awake")
    assert "Call an ambulance now." not in alarm.guidance
    assert home.alarms(PROLONGED)[-1].text == "Mia: Anna says that she is awake. Stay with her, note how long it was."


@pytest.mark.parametrize("words", [("false_alarm", "awake"), ("awake", "false_alarm"), ("awake",)])
def test_a_false_alarm_that_is_said_to_be_one_rings_no_more(home, words):
    home.play("60 | ankle jerks | \n 85 | ankle still | seizure:on")
    for verb in words:
        home.say("anna", Verb(verb))
    home.until(700.0)
    assert home.raised(PROLONGED) == []
    assert len(home.raised(SEIZURE)) == 1


def test_who_is_not_in_the_house_cannot_say_that_she_is_awake(home):
    home.play("60 | ankle jerks |\n 90 | ankle still | seizure:on")
    assert not home.say("anna~", Verb.AWAKE).ok
    home.until(400.0)
    assert len(home.raised(PROLONGED)) == 1


def test_awake_counts_while_the_clock_runs_though_no_alarm_stands_and_everybody_sees_it(home):
    home.play("""
         60 | ankle jerks       |
         80 | anna with_her     | seizure:on seizure:ack
         90 | ankle still       |
        120 |                   | seizure:off
    """)
    assert (
        home.alarms(SEIZURE)[-1].text
        == "Mia: the movement has stopped. Is she awake, breathing, responding? Anna is with her"
    )
    assert home.say("anna", Verb.AWAKE).reason == "done"
    assert home.alarms(SEIZURE)[-1].evidence.awake_by == "anna"
    assert not home.say("anna", Verb.AWAKE).ok
    home.until(500.0)
    assert home.raised(PROLONGED) == []


def test_awake_on_an_older_notification_of_her_movement_is_understood(home):
    home.play("60 | ankle jerks |\n 100 | ankle still | seizure:on\n 420 | | seizure:latch prolonged:on")
    seizure = home.raised(SEIZURE)[0]
    home.say("anna", Verb.AWAKE, alarm=seizure.id)
    assert home.happened() == ["seizure:off", "prolonged:off"]


def test_a_new_bout_after_awake_is_an_episode_of_its_own(home):
    home.play("""
         60 | ankle jerks    |
        100 | ankle still    | seizure:on
        130 | anna awake     | seizure:latch seizure:off
        150 | ankle jerks    |
        165 |                | seizure:on
        440 |                |
        456 |                | prolonged:on
    """)
    second = home.raised(SEIZURE)[1]
    assert (second.evidence.bout, second.evidence.earlier_24_h) == (1, 1)


def test_it_cannot_be_snoozed(home):
    home.play("60 | ankle jerks |\n 380 | | seizure:on prolonged:on")
    alarm = home.raised(PROLONGED)[0]
    reply = home.say("anna", Verb.SNOOZE, alarm=alarm.id)
    assert (reply.ok, reply.reason) == (False, "this alarm cannot be made quiet for a while; go to her")


def test_two_sensors_are_one_episode_with_one_clock(a_home):
    home = a_home(wears=("ankle", "wrist"))
    home.play("""
         60 | ankle jerks    |
         62 | wrist jerks    |
         80 |                | seizure:on
        120 | ankle still    |
        366 |                | prolonged:on
        400 | wrist still    |
        440 |                | seizure:latch
    """)
    assert len(home.raised(PROLONGED)) == 1


def test_awake_is_said_of_one_child(a_home):
    home = a_home(wears=("ankle", "other"))
    home.play("60 | ankle jerks | \n 62 | other jerks | \n 80 | | seizure:on seizure:on")
    reply = home.say("anna", Verb.AWAKE)
    assert (reply.ok, reply.reason) == (False, "say with `alarm` for which child: the clock of more than one runs")
    mine = next(alarm for alarm in home.raised(SEIZURE) if alarm.key.person == "mia")
    assert home.say("anna", Verb.AWAKE, alarm=mine.id).ok
    home.until(400.0)
    assert [alarm.key.person for alarm in home.raised(PROLONGED)] == ["max"]


# ------------------------------------------------------------------------------------------------ restart


def test_a_restart_in_the_middle_goes_on_counting(a_home):
    home = a_home().play("60 | ankle jerks |\n 130 | ankle still | seizure:on\n 170 | | seizure:latch")
    again = a_home()
    again.restart(home.written(), 200.0)
    # the cue of the care plan, at three minutes, changes the alarm of the bout
    again.play("354 | | seizure:latch\n 366 | | prolonged:on")
    assert again.raised(PROLONGED)[0].onset_s == pytest.approx(home.raised(SEIZURE)[0].onset_s, abs=1.0)


def test_a_restart_after_an_answered_bout_goes_on_counting(a_home):
    home = a_home().play(
        "60 | ankle jerks |\n 90 | anna with_her | seizure:on seizure:ack\n 91 | ankle still |\n 130 | | seizure:off"
    )
    again = a_home()
    again.restart(home.written(), 150.0)
    again.play("354 | | seizure:off\n 366 | | prolonged:on")


def test_a_restart_counts_the_episodes_of_the_last_day(a_home):
    home = a_home()
    for _ in range(2):  # one episode of two bouts, then another
        at_s = home.now_s
        for after_s, what in ((40, "ankle jerks"), (70, "ankle still"), (110, "ankle jerks"), (140, "ankle still")):
            home.until(at_s + after_s)
            home.do(what)
        home.until(at_s + 170)
        home.do("anna awake")
    again = a_home()
    again.restart(home.written(), home.now_s + 20.0)
    again.do("ankle jerks")
    again.until(again.now_s + 20.0)
    assert again.raised(SEIZURE)[-1].evidence.earlier_24_h == 2


def test_a_restart_after_awake_counts_no_more(a_home):
    home = a_home().play(
        "60 | ankle jerks |\n 90 | anna awake | seizure:on seizure:ack\n 91 | ankle still |\n 130 | | seizure:off"
    )
    again = a_home()
    again.restart(home.written(), 150.0)
    again.until(500.0)
    assert again.raised(PROLONGED) == []


def test_an_alarm_that_rang_before_the_restart_does_not_ring_as_a_new_one(a_home):
    home = a_home().play("60 | ankle jerks |\n 380 | | seizure:on prolonged:on")
    again = a_home()
    again.worn = []
    again.forget()
    again.restart(home.written(), 400.0)
    again.until(700.0)
    assert {a.id for a in again.alarms(PROLONGED)} <= {a.id for a in home.alarms(PROLONGED)}
    assert again.pushes()


def test_while_the_hub_was_off_time_went_on_also_for_a_clock_that_stood_still(a_home):
    home = a_home().play("60 | ankle jerks |\n 130 | | seizure:on")
    again = a_home()
    again.worn = []
    # off for 100 s; a Pi without a battery for its clock starts where it stopped, and learns the time 40 s later
    again.restart(home.written(), 230.0, synced=False, wall_late_s=100.0)
    again.until(270.0)
    again.set_clock(270.0, synced=True)
    again.play("354 | | seizure:on no_data:on\n 366 | | prolonged:on")


# ------------------------------------------------------------------------------------------------ the care plan


def test_the_cue_comes_once_at_three_minutes_to_everyone(home):
    home.play("60 | ankle jerks |\n 235 | | seizure:on")
    assert not [text for _, _, text in home.pushes() if "Fetch" in text]
    home.until(330.0)
    cues = [(at_s, who, text) for at_s, who, text in home.pushes() if "Fetch" in text]
    assert {who for _, who, _ in cues} == {"anna", "ben", "sitter"}
    assert abs(cues[0][0] - 240.0) <= 5.0
    assert cues[0][2] == "Mia: 3 min, nobody has said that she is awake. Fetch midazolam (kitchen)."
    to_sitter = [text for at_s, who, text in home.pushes() if who == "sitter" and at_s == cues[0][0]]
    assert to_sitter == ["feverhub: nobody has said that your child is awake. Fetch the rescue medicine of your plan."]
    assert "now fetch midazolam" in home.alarms(SEIZURE)[-1].guidance


@pytest.mark.parametrize("still_s", [0.0, 60.0])
def test_the_link_of_a_film_stays_with_its_episode_also_when_that_is_over_and_rings_for_nobody(home, still_s):
    home.play("60 | ankle jerks |\n 100 | ankle still | seizure:on")
    home.until(100.0 + still_s)
    ident = home.alarms(SEIZURE)[-1].id
    pushed = len(home.pushes())
    home.step(FilmBegun(ident, "http://cam/clip.mp4"))
    assert home.alarms(SEIZURE)[-1].evidence.film == "http://cam/clip.mp4"
    assert home.alarms(SEIZURE)[-1].evidence.pattern, "what was known before stays"
    assert len(home.pushes()) == pushed
    before = len(home.alarms(SEIZURE))
    home.step(FilmBegun("another", "http://cam/x.mp4"))
    assert len(home.alarms(SEIZURE)) == before


@pytest.mark.parametrize("what", ["awake", "dose rescue=true"])
def test_no_cue_when_it_is_not_needed_any_more(home, what):
    home.play("60 | ankle jerks |\n 90 | ankle still | seizure:on")
    home.do(f"anna {what}")
    home.until(400.0)
    assert not [text for _, _, text in home.pushes() if "Fetch" in text]


def test_no_plan_no_cue(a_home):
    home = a_home(plan=CarePlan()).play("60 | ankle jerks |\n 400 | | seizure:on prolonged:on")
    assert not [text for _, _, text in home.pushes() if "Fetch" in text]
    assert "Your plan" not in home.alarms(PROLONGED)[-1].guidance


def test_given_is_sent_to_all_others_and_stays_with_the_alarm(home):
    home.play("60 | ankle jerks |\n 380 | | seizure:on prolonged:on")
    reply = home.say("anna", Verb.DOSE, rescue=True)
    assert reply.ok
    told = [(who, text) for _, who, text in home.pushes(380.0) if "gave" in text]
    assert told == [
        ("ben", "Mia: Anna gave midazolam at 08:06."),
        ("sitter", "feverhub: somebody gave the rescue medicine."),
    ]
    alarm = home.alarms(PROLONGED)[-1]
    assert "midazolam was given" in alarm.guidance
    assert alarm.evidence.rescue_given_by == "anna"
    assert alarm.evidence.rescue_given_s == pytest.approx(320.0, abs=5.0)


def test_a_repeat_counts_up(home):
    home.play("60 | ankle jerks |\n 300 | | seizure:on")
    texts = [text for _, who, text in home.pushes() if who == "anna" and "rhythmic" in text]
    assert [f"({minutes} min)" in text for minutes, text in enumerate(texts)][1:] == [True] * (len(texts) - 1)
    assert len(texts) >= 3
