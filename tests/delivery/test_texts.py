"""The words: every condition has them, they are short, and they never claim what the program cannot know."""

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import pytest

import edge
from edge.alarms import CATALOGUE
from edge.delivery import messages, private_texts, texts
from edge.delivery.escalation import plan
from edge.model.alarm import Alarm, AlarmKey, Audience, Condition, Kind, Presence, Priority, Reason
from edge.model.evidence import Movement
from edge.model.evidence_json import from_plain
from edge.model.language import Locale
from edge.model.people import Caregiver, CarePlan, Person

WALL_S = 1_800_000_000.0
HERE = Locale(zone=dt.timezone(dt.timedelta(hours=2)))
LONG = "Maximiliane-Charlotte Wolkenstein-Trostburg"
FORBIDDEN = r"\bnormal|\bhealthy|seizure detected|febrile|all clear|\bsafe\b"


def alarm(condition, presence=Presence.ON, *, hub=False, **more):
    over = presence in (Presence.OFF, Presence.LATCH)
    spec = CATALOGUE[condition]
    fields = {
        "id": "a-1",
        "key": AlarmKey(condition) if hub else AlarmKey(condition, "mia", "d" * 32),
        "kind": spec.kind,
        "priority": spec.priority,
        "presence": presence,
        "onset_s": WALL_S,
        "raised_s": WALL_S + 10.0,
        "sequence": 1,
        "reason": Reason.EVIDENCE,
        "cleared_s": WALL_S + 60.0 if over else None,
        "value": 39.14,
        "limit": 38.5,
        "unit": "Cel",
        "evidence": {"detail": "x" * 300},
    }
    fields |= more
    return Alarm(**{**fields, "evidence": from_plain(condition, fields["evidence"])})


@pytest.mark.parametrize("condition", Condition)
def test_every_condition_has_words_and_a_place_in_the_catalogue(condition):
    headline, guidance = texts.WORDS[condition]
    assert headline
    assert guidance.endswith(".")
    assert condition in CATALOGUE
    assert "{" not in texts.text(alarm(condition), "Mia", {}, HERE)


def test_a_movement_sensor_that_is_blind_says_what_would_not_be_seen():
    """Whole, also with the longest names and the longest reason."""
    why = "its clock does not run as time does...."
    blind = alarm(Condition.CANNOT_JUDGE, evidence={"why": why, "unseen": "convulsion"})
    said = messages.with_text(blind, Person("mia", LONG), (), HERE)
    assert f"{'d' * 32} would not show a convulsion: {why[:37]}" in said.text
    assert len(said.text) <= texts.MOST_CHARACTERS
    assert "battery" in said.guidance
    thermometer = messages.with_text(
        alarm(Condition.CANNOT_JUDGE, evidence={"why": why}), Person("mia", LONG), (), HERE
    )
    assert "convulsion" not in thermometer.text


@pytest.mark.parametrize("presence", Presence)
@pytest.mark.parametrize("condition", Condition)
@pytest.mark.parametrize("answered", ["", "coming", "with her"])
@pytest.mark.parametrize("reason", [Reason.EVIDENCE, Reason.RESTORED])
def test_every_text_is_short_and_claims_nothing(condition, presence, answered, reason):
    said = alarm(
        condition,
        presence,
        reason=reason,
        acknowledged_by="anna" if answered else "",
        attended_by="anna" if answered == "with her" else "",
        silent_until_s=WALL_S + 3600.0 if answered else None,
    )
    worded = messages.with_text(said, Person("mia", LONG, guidance="Plan: call Oma."), (Caregiver("anna", LONG),), HERE)
    assert 0 < len(worded.text) <= texts.MOST_CHARACTERS
    if reason is Reason.EVIDENCE:
        assert len(worded.text) < texts.MOST_CHARACTERS or not worded.text.endswith("…")  # nothing was cut
    for text in (worded.text, worded.guidance, *texts.push(worded, share_details=False)):
        assert not re.search(FORBIDDEN, text, re.IGNORECASE)


def test_no_file_of_the_program_says_what_it_must_not():
    for path in Path(edge.__file__).parent.rglob("*.py"):
        for literal in re.findall(r'"([^"\n]*)"', path.read_text("utf-8")):
            assert not re.search(r"\bseizure detected\b|\bfebrile (seizure|convulsion)\b", literal), (path, literal)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (alarm(Condition.HIGH_FEVER), "Mia: high, 39.1 °C, limit 38.5 °C, since 10:00"),
        (alarm(Condition.FEVER, value=None), "Mia: no value, limit 38.5 °C, since 10:00"),
        (
            alarm(Condition.FEVER, acknowledged_by="anna", silent_until_s=WALL_S + 1800.0),
            "Mia: 39.1 °C, limit 38.5 °C, since 10:00. Anna is coming, quiet until 10:30",
        ),
        (
            alarm(Condition.FEVER, acknowledged_by="ben", attended_by="anna"),
            "Mia: 39.1 °C, limit 38.5 °C, since 10:00. Anna is with her, ben is coming",
        ),
        (
            alarm(
                Condition.FEVER,
                reason=Reason.SNOOZED,
                acknowledged_by="ben",
                answered_by="anna",
                silent_until_s=WALL_S + 1800.0,
            ),
            "Mia: 39.1 °C, limit 38.5 °C, since 10:00. ben is coming, quiet until 10:30 (Anna)",
        ),
        (alarm(Condition.FEVER, Presence.OFF, value=37.2), "Mia: 37.2 °C, below your limit again."),
        (
            alarm(Condition.SEIZURE_LIKE_MOVEMENT, Presence.LATCH),
            "Mia: the movement has stopped. Is she awake, breathing, responding?",
        ),
        (
            alarm(Condition.BROKER_DOWN, hub=True, evidence={}),
            "The hub cannot reach its message broker: no detail known, since 10:00",
        ),
        (
            alarm(Condition.FEVER, Presence.OFF, reason=Reason.RESTORED),
            "No longer watched, its sensor is not set up: Mia: 39.1 °C, limit 38.5 °C",
        ),
    ],
)
def test_texts(said, text):
    assert texts.text(said, "Mia", {"anna": "Anna"}, HERE) == text


FORECAST = {"forecast_s": [600, 1200, 2400]}
COURSE = {"duration_s": 3 * 3600 + 25 * 60, "peak_c": 39.64}


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (
            alarm(Condition.TEMPERATURE_RISING, value=37.0, limit=37.5, evidence=FORECAST),
            "Mia: temperature is rising, 37.0 °C; forecast: 37.5 °C at 10:10 to 10:40, since 10:00",
        ),
        (
            alarm(Condition.FEVER, Presence.OFF, value=37.1, evidence=COURSE),
            "Mia: 37.1 °C, below your limit again; above for 3 h 25 min, at most 39.6 °C.",
        ),
        (
            alarm(Condition.MEASUREMENT_DUE, evidence={"why": "the sensor reads low"}),
            "Mia: measure her temperature by hand: the sensor reads low, since 10:00",
        ),
    ],
)
def test_texts_of_a_fevers_course(said, text):
    assert texts.text(said, "Mia", {}, HERE) == text


@pytest.mark.parametrize(
    ("condition", "presence", "evidence"),
    [
        (Condition.TEMPERATURE_RISING, Presence.ON, FORECAST),
        (Condition.YOUNG_INFANT_FEVER, Presence.OFF, {**COURSE, "duration_s": 500 * 3600 - 60}),
        (Condition.MEASUREMENT_DUE, Presence.ON, {"why": "y" * 300}),
    ],
)
def test_the_longest_of_them_are_short_enough(condition, presence, evidence):
    said = alarm(
        condition, presence, evidence=evidence, acknowledged_by="a", attended_by="a", silent_until_s=WALL_S + 3600.0
    )
    text = texts.text(said, LONG, {"a": LONG}, HERE)
    assert len(text) < texts.MOST_CHARACTERS or not text.endswith("…")


def test_a_long_fever_and_thermometers_that_differ_stand_in_what_to_do():
    days = alarm(Condition.FEVER, evidence={"days_of_fever": 6})
    assert texts.guidance(days, "").startswith("Fever for 6 days: see a doctor.")
    stood = alarm(Condition.FEVER, evidence={}, changed_s=WALL_S + 5.5 * 86400.0)
    assert texts.guidance(stood, "").startswith("Fever for 5 days: see a doctor.")
    differ = alarm(Condition.FEVER, evidence={"thermometers": "2 °C or more above ear"})
    assert "2 °C or more above ear" in texts.guidance(differ, "")


LONG_PLAN = CarePlan("m" * 60, "5 mg", "k" * 60, 3.0, 5.0, "112")


@pytest.mark.parametrize("age", [True, None])
@pytest.mark.parametrize("bout", [1, 3])
@pytest.mark.parametrize("movement", [None, *Movement])
@pytest.mark.parametrize("plan", [CarePlan(), LONG_PLAN])
@pytest.mark.parametrize("presence", Presence)
@pytest.mark.parametrize("condition", texts.MOVEMENT)
def test_every_text_of_movement_is_short_and_claims_nothing(condition, presence, plan, movement, bout, age):  # noqa: PLR0917
    for more in ({}, {"rescue_cue": True}, {"rescue_given_s": 300.0}, {"awake_by": "anna"}):
        evidence = {"movement": movement, "bout": bout, "outside_6_to_60_months": age, **more}
        ended = {"cleared_s": WALL_S + 200.0} if movement is Movement.STOPPED else {}
        said = alarm(condition, presence, evidence=evidence, changed_s=WALL_S + 3600.0, **ended)
        said = replace(said, acknowledged_by="anna", attended_by="anna", silent_until_s=WALL_S + 4000.0)
        worded = messages.with_text(said, Person("mia", LONG, care_plan=plan), (Caregiver("anna", LONG),), HERE)
        assert 0 < len(worded.text) <= texts.MOST_CHARACTERS
        assert not worded.text.endswith("…")
        for text in (worded.text, worded.guidance):
            assert not re.search(FORBIDDEN, text, re.IGNORECASE)
            assert "{" not in text


def test_rigor_with_a_rising_temperature_is_explained_as_such():
    rising = alarm(Condition.RIGOR, evidence={"temperature_rising": True})
    assert texts.guidance(rising, "").startswith("Her temperature is rising, and shivering often goes with that.")
    assert "Check that she responds" in texts.guidance(rising, "")
    assert texts.guidance(alarm(Condition.RIGOR), "") == texts.WORDS[Condition.RIGOR][1]


@pytest.mark.parametrize(
    ("condition", "evidence", "words"),
    [
        (
            Condition.SEIZURE_LIKE_MOVEMENT,
            {},
            "Your plan: at 3 min fetch midazolam (kitchen), at 5 min give midazolam, 5 mg.",
        ),
        (
            Condition.SEIZURE_LIKE_MOVEMENT,
            {"rescue_cue": True},
            "Your plan: now fetch midazolam (kitchen), at 5 min give midazolam, 5 mg.",
        ),
        (
            Condition.PROLONGED_MOVEMENT,
            {},
            "Your plan: midazolam, 5 mg (kitchen) if she still jerks or does not wake. Say here when it was given.",
        ),
        (Condition.PROLONGED_MOVEMENT, {"rescue_given_s": 320.0}, "Your plan: midazolam was given."),
    ],
)
def test_the_care_plan_is_read_aloud_at_its_moment(condition, evidence, words):
    plan = CarePlan("midazolam", "5 mg", "kitchen", 3.0, 5.0, "112")
    guidance = texts.guidance(alarm(condition, evidence=evidence), "", plan)
    assert guidance.startswith(words)
    assert "call an ambulance (112)" in guidance.lower()
    assert "Your plan" not in texts.guidance(alarm(condition, evidence=evidence), "")


def test_the_end_of_movement_is_a_question_never_an_all_clear():
    for condition in (Condition.SEIZURE_LIKE_MOVEMENT, Condition.PROLONGED_MOVEMENT):
        assert texts.ENDED[condition].endswith("Is she awake, breathing, responding?")


def test_first_aid():
    for word in ("side", "nothing in the mouth", "do not hold", "Note the time", "film"):
        assert word in texts.FIRST_AID
    for reason in ("First time ever", "5 minutes or more", "again without waking", "trouble breathing"):
        assert reason in texts.FIRST_AID.rpartition(": call {ambulance}.")[0]


def test_the_familys_own_plan_stands_first_where_it_moves():
    assert texts.guidance(alarm(Condition.SEIZURE_LIKE_MOVEMENT), "Plan.").startswith("Plan. Go to her")
    assert texts.guidance(alarm(Condition.FEVER), "Plan.") == texts.WORDS[Condition.FEVER][1]


@pytest.mark.parametrize("presence", Presence)
@pytest.mark.parametrize("condition", Condition)
def test_without_leave_no_name_and_no_value_leaves_the_house(condition, presence):
    worded = messages.with_text(alarm(condition, presence), Person("mia", "Mia"), (), HERE)
    title, text = texts.push(worded, share_details=False)
    assert not re.search(r"mia|\d|ddd|xxx", title + text, re.IGNORECASE)
    _, shared = texts.push(worded, share_details=True)
    assert worded.text in shared


PUSHES = [
    # condition, evidence, the kind of thing, what to do
    (Condition.SEIZURE_LIKE_MOVEMENT, {}, "looks like a seizure", "now: on the side, nothing in the mouth"),
    (Condition.PROLONGED_MOVEMENT, {"movement": "goes on"}, "seizure-like movement that goes on", "call an ambulance"),
    (Condition.PROLONGED_MOVEMENT, {"movement": "has stopped"}, "has stopped, nobody has said", "Go there now"),
    (Condition.PROLONGED_MOVEMENT, {"movement": str(Movement.UNKNOWN)}, "then no signal", "Go there now"),
    (Condition.RECURRING_TWITCHES, {"pattern": "spasm_cluster"}, "sudden starts", "see a doctor today"),
    (Condition.FEVER, {}, "fever", "Look at your child"),
    (Condition.YOUNG_INFANT_FEVER, {}, "fever in a very young baby", "call a doctor now"),
    (Condition.NO_DATA, {}, "not watching, a sensor is not heard", "check the sensor"),
    (Condition.CANNOT_JUDGE, {"unseen": "convulsion"}, "a convulsion would not be noticed", "sensor sits"),
    (Condition.ADAPTER_DOWN, {}, "not watching, the hub's Bluetooth is down", "check the hub"),
    (Condition.BATTERY_LOW, {}, "battery", "Charge it"),
]


@pytest.mark.parametrize(("condition", "evidence", "kind", "to_do"), PUSHES)
def test_without_leave_a_push_still_says_what_kind_of_thing_it_is_and_what_to_do(condition, evidence, kind, to_do):
    worded = messages.with_text(alarm(condition, evidence=evidence), Person("mia", "Mia"), (), HERE)
    _, text = texts.push(worded, share_details=False)
    assert kind in text
    assert to_do in text
    assert len(text) <= texts.MOST_CHARACTERS


@pytest.mark.parametrize("condition", Condition)
def test_no_two_conditions_push_the_same_words_and_each_names_something_to_do(condition):
    told = {texts.push(alarm(each), share_details=False)[1] for each in Condition}
    assert len(told) == len(Condition)
    assert private_texts.WORDS[condition][1].endswith((".", "?"))


def test_a_sounder_that_fails_says_what_to_do_and_other_trouble_keeps_its_words():
    told = {"detail": "the sounder does not sound: no such device", "sensors": ["*sounder"]}
    said = alarm(Condition.HUB_DEGRADED, hub=True, evidence=told)
    assert texts.headline(said, "Mia") == "The hub: the sounder does not sound: no such device"
    assert "loudspeaker is on and plugged in" in texts.guidance(said, "")
    assert "loudspeaker is on and plugged in" in texts.push(said, share_details=False)[1]
    other = alarm(Condition.HUB_DEGRADED, hub=True, evidence={**told, "sensors": ["*sounder", "*jobs"]})
    assert texts.guidance(other, "") == texts.WORDS[Condition.HUB_DEGRADED][1]


def test_without_leave_an_end_and_an_answer_say_of_what():
    def pushed(**more):
        return texts.push(alarm(Condition.HIGH_FEVER, **more), share_details=False)[1]

    assert pushed(presence=Presence.OFF) == "feverhub: over: high fever"
    assert pushed(acknowledged_by="anna") == "feverhub: somebody is coming: high fever"
    assert pushed(attended_by="anna") == "feverhub: somebody is with your child: high fever"
    assert pushed(reason=Reason.SNOOZED) == "feverhub: somebody made it quiet for a while: high fever"
    assert pushed(reason=Reason.FALSE_ALARM) == "feverhub: somebody says it was a false alarm: high fever"
    _, stopped = texts.push(alarm(Condition.SEIZURE_LIKE_MOVEMENT, Presence.LATCH), share_details=False)
    assert stopped.endswith("Go and see: awake, breathing, responding?")


def test_no_text_sends_anybody_to_a_page_that_is_not_there():
    for path in Path(edge.__file__).parent.rglob("*.py"):
        assert "feverhub page" not in path.read_text("utf-8"), path


def test_who_is_not_notified_any_more_is_kept_with_the_reason():
    people = (Caregiver("anna", "Anna"), Caregiver("ben", "Ben"))
    said = replace(alarm(Condition.FEVER), reason=Reason.SNOOZED)
    turns = plan(said, people, "anna", Audience.BY_STEPS)
    assert [(w.caregiver, w.reason) for w in messages.withheld(said, turns, people, new=False)] == [
        ("anna", "snoozed"),
        ("ben", "snoozed"),
    ]
    began_quiet = messages.withheld(said, turns, people, new=True)
    assert [(w.caregiver, w.reason) for w in began_quiet] == [("anna", "snoozed"), ("ben", "snoozed")]
    rings = messages.withheld(replace(said, reason=Reason.DELAY_OVER), turns, people, new=True)
    assert [(w.caregiver, w.reason) for w in rings] == [("ben", "not_on_watch_yet")]
    assert messages.withheld(replace(said, reason=Reason.EVIDENCE), turns, people, new=False) == []


def test_kind_and_priority_as_agreed():
    high = {c for c, spec in CATALOGUE.items() if spec.priority is Priority.HIGH}
    assert high == {
        Condition.SEIZURE_LIKE_MOVEMENT,
        Condition.PROLONGED_MOVEMENT,
        Condition.HIGH_FEVER,
        Condition.YOUNG_INFANT_FEVER,
        Condition.ANALYSIS_ERROR,
        Condition.NOBODY_REACHABLE,
    }
    latching = {c for c, spec in CATALOGUE.items() if spec.latching}
    assert latching == {Condition.SEIZURE_LIKE_MOVEMENT, Condition.PROLONGED_MOVEMENT}
    physiological = [c for c in Condition if CATALOGUE[c].kind is Kind.PHYSIOLOGICAL]
    assert len(physiological) == 11
