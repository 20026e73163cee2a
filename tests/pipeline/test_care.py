"""What caregivers add, through the whole core: kept, judged by the family's plan, changed, withdrawn, refused."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge import pipeline
from edge.model.alarm import Condition, Presence
from edge.model.care import Dose, Drink, ManualReading, Remark, Stage, Symptoms
from edge.model.effect import AlarmChanged, KeepEntry, KeepReading, Note, Notify, Reply
from edge.model.event import Tick, Verb
from edge.model.people import Device, Medicine, Person, Site
from edge.model.reading import Validity
from tests.support.core import Core, warm

ZONE = dt.timezone(dt.timedelta(hours=1))
MIDNIGHT_S = dt.datetime(2026, 3, 14, tzinfo=ZONE).timestamp()
PLAN = (Medicine("Ibuprofen", 5.0, "ml", 6.0, 3), Medicine("Paracetamol", 125.0, "mg", 6.0, 4))
MIA = Person("mia", "Mia", medicines=PLAN)
PATCH = Device("patch", "thermometer", "mia", site=Site.AXILLA)
BOOT_S = 500.0


class Diary(Core):
    """Things are written down at hours of one day, on the family's clock; looked at is what came of the last step."""

    def __init__(self, *persons, **journal):
        super().__init__(
            PATCH,
            persons=persons or (MIA,),
            zone=ZONE,
            liveness=False,
            mono_s=BOOT_S,
            wall_off_s=MIDNIGHT_S - BOOT_S,
            **journal,
        )

    def step(self, event, at_s=None):
        self.forget()
        return super().step(event, at_s)

    def at(self, hour):
        self.mono_s = BOOT_S + hour * 3600.0
        return self

    def dose(self, hour, caregiver="anna", **arguments):
        return self.at(hour).say(caregiver, Verb.DOSE, **{"drug": "Ibuprofen", **arguments})

    def note(self, hour, caregiver="anna", **arguments):
        return self.at(hour).say(caregiver, Verb.NOTE, **arguments)

    @property
    def kept(self):
        [effect] = self.of(KeepEntry)
        return effect.entry


def test_a_dose_is_kept_with_who_and_when_and_the_next_time_is_said():
    diary = Diary()
    reply = diary.dose(22.0, request_id="r", reason="39.2 and whining")
    assert reply.ok
    assert reply.reason == "written down: 22:00 Ibuprofen 5 ml; next allowed by your plan: Sun 04:00"
    entry = diary.kept
    assert entry.what == Dose("Ibuprofen", 5.0, "ml", "39.2 and whining", medicine="Ibuprofen")
    assert (entry.person, entry.author, entry.caregiver, entry.version) == ("mia", "anna", "anna", 1)
    assert (entry.happened_s, entry.entered_s) == (MIDNIGHT_S + 22 * 3600.0,) * 2
    assert entry.reply == reply.reason
    assert diary.out.index(diary.of(KeepEntry)[0]) < diary.out.index(diary.of(Reply)[0]), "on disk before it is said"
    assert diary.of(Note)[0].subject == "command from anna"
    assert diary.of(Notify) == [], "what the plan allows wakes nobody"


def test_a_second_parents_dose_is_kept_said_plainly_and_sent_to_all():
    diary = Diary()
    diary.dose(20.0)
    reply = diary.dose(22.5, "ben", drug="ibuprofen syrup")
    assert reply.ok
    assert reply.reason == (
        "written down: 22:30 Ibuprofen 5 ml; counted as Ibuprofen of your plan; "
        "EARLIER than your plan: 2 h 30 min from the dose of 20:00 (Anna), your plan says 6 h; "
        "next allowed by your plan: Sun 04:30"
    )
    assert diary.kept.against_plan.startswith("EARLIER than your plan")
    told = {notify.caregiver: notify for notify in diary.of(Notify)}
    assert told.keys() == {"anna", "ben"}
    assert told["anna"].text.startswith("Mia: Ibuprofen 5 ml (Ben). EARLIER than your plan: 2 h 30 min from")
    assert len(told["anna"].text) <= 160
    assert "Mia" not in told["ben"].text, "his messages go through other people's servers"
    assert "Ibuprofen" not in told["ben"].text
    assert not told["anna"].urgent
    diary.dose(23.0, "ben", drug="Paracetamol")
    assert diary.of(Notify) == [], "another medicine has its own plan"


def test_more_doses_than_the_plan_has_in_a_day():
    diary = Diary()
    for hour in (0.0, 6.0, 12.0):
        assert "MORE" not in diary.dose(hour).reason
    assert diary.of(Reply)[0].reason.endswith("next allowed by your plan: Sun 00:00")
    assert "MORE than your plan: dose 4 in 24 h, your plan says 3 at most" in diary.dose(18.0).reason
    assert len(diary.of(Notify)) == 2


def test_the_same_request_twice_is_one_dose():
    diary = Diary()
    first = diary.dose(20.0, request_id="r1")
    again = diary.dose(20.01, request_id="r1")
    assert (again.reason, again.ok) == (first.reason, True)
    assert diary.of(KeepEntry) == []
    assert "EARLIER" in diary.dose(20.02, "ben", request_id="r1").reason, "his own request"


def test_after_a_restart_the_plan_still_counts_and_what_was_written_can_be_changed():
    diary = Diary()
    diary.dose(20.0)
    entry = diary.kept
    diary = Diary(entries=[entry])
    assert "EARLIER than your plan: 1 h 00 min" in diary.dose(21.0, "ben").reason
    assert diary.kept.id != entry.id
    assert diary.dose(21.1, id=entry.id, amount=2.5).ok
    assert (diary.kept.id, diary.kept.version, diary.kept.what.amount) == (entry.id, 2, 2.5)


def test_an_edit_is_a_new_version_and_says_who_made_it():
    diary = Diary()
    diary.dose(20.0, reason="fever")
    first = diary.kept
    reply = diary.at(20.5).say("ben", Verb.DOSE, id=first.id, time="19:30")
    assert reply.reason == "changed: 19:30 Ibuprofen 5 ml; next allowed by your plan: Sun 01:30"
    entry = diary.kept
    assert (entry.id, entry.version, entry.author, entry.caregiver) == (first.id, 2, "anna", "ben")
    assert entry.what == first.what, "what nobody changes stands"
    assert entry.happened_s == MIDNIGHT_S + 19.5 * 3600.0
    assert "EARLIER" not in reply.reason, "it is not held against its own earlier version"


def test_a_dose_that_was_right_stays_right_when_another_came_too_soon():
    diary = Diary()
    diary.dose(20.0)
    first = diary.kept
    diary.dose(21.0, "ben")
    reply = diary.dose(21.1, id=first.id, amount=4)
    assert reply.reason == "changed: 20:00 Ibuprofen 4 ml; next allowed by your plan: Sun 03:00"
    assert diary.of(Notify) == []
    assert "EARLIER" in diary.dose(21.2, id=first.id, time="20:10").reason, "when its time changes it is judged anew"


def test_what_was_withdrawn_counts_no_more_and_cannot_be_changed():
    diary = Diary()
    diary.dose(20.0)
    mistake = diary.kept
    diary.dose(21.0, "ben")
    wrong = diary.kept
    reply = diary.at(21.1).say("ben", Verb.DOSE, id=wrong.id, withdraw=True)
    assert reply.reason == "withdrawn: 21:00 Ibuprofen 5 ml; next allowed by your plan: Sun 02:00"
    assert (diary.kept.withdrawn, diary.kept.against_plan) == (True, "")
    assert len(diary.of(Notify)) == 2, "who was told of it is told that it is not so"
    assert "was withdrawn already" in diary.at(21.2).say("anna", Verb.DOSE, id=wrong.id, amount=1).reason
    assert (
        diary.at(21.3).say("anna", Verb.DOSE, id=mistake.id, withdraw=True).reason == "withdrawn: 20:00 Ibuprofen 5 ml"
    )
    assert "EARLIER" not in diary.dose(22.0).reason


def test_a_dose_of_another_medicine_after_all():
    diary = Diary()
    diary.dose(20.0)
    diary.dose(20.5, "ben", drug="Paracetamol")
    wrong = diary.kept.id
    assert "EARLIER" in diary.dose(20.6, "ben", id=wrong, drug="Ibuprofen").reason
    assert diary.kept.what.medicine == "Ibuprofen"
    assert len(diary.of(Notify)) == 2
    assert "not in your plan" in diary.dose(20.7, "ben", id=wrong, drug="Vitamin D").reason
    assert (diary.kept.what.medicine, diary.kept.next_s) == ("", None)
    assert len(diary.of(Notify)) == 2, "who was told that it departs is told that it does not"


def test_a_drug_that_no_plan_has_is_kept_with_the_one_before():
    diary = Diary()
    diary.dose(20.0, drug="Zäpfchen", rescue=True)
    assert diary.kept.what == Dose("Zäpfchen", rescue=True)
    reply = diary.dose(21.0, drug="zäpfchen", amount=1, unit="piece")
    assert reply.reason == (
        "written down: 21:00 zäpfchen 1 piece; zäpfchen is not in your plan, so no next time is known; "
        "the one before was at 20:00"
    )


@pytest.mark.parametrize(
    ("arguments", "hour"),
    [
        ({}, 9.0),
        ({"time": "08:30"}, 8.5),
        ({"time": "9:01"}, 9.0),  # a phone that is a minute ahead
        ({"time": "22:00"}, -2.0),  # last night
        ({"time": "2026-03-14T03:00:00+01:00"}, 3.0),
        ({"time": "2026-03-14T02:00:00Z"}, 3.0),
        ({"minutes_ago": 90}, 7.5),
        ({"minutes_ago": 0}, 9.0),
    ],
)
def test_when_it_was(arguments, hour):
    diary = Diary()
    assert diary.dose(9.0, **arguments).ok
    assert diary.kept.happened_s == MIDNIGHT_S + hour * 3600.0
    assert diary.kept.entered_s == MIDNIGHT_S + 9 * 3600.0


REFUSED = [
    (Verb.DOSE, {}, "say which medicine was given: drug"),
    (Verb.DOSE, {"drug": " "}, "say which medicine was given: drug"),
    (Verb.DOSE, {"drug": "x" * 61}, "drug must be a text of at most 60 characters"),
    (Verb.DOSE, {"drug": "x\x00"}, "drug must be a text of at most 60 characters"),
    (Verb.DOSE, {"drug": 5}, "drug must be a text of at most 60 characters"),
    (Verb.DOSE, {"drug": "x", "amount": "5"}, "amount must be a number"),
    (Verb.DOSE, {"drug": "x", "amount": True}, "amount must be a number"),
    (Verb.DOSE, {"drug": "x", "amount": float("nan")}, "amount must be a number"),
    (Verb.DOSE, {"drug": "x", "amount": -1}, "amount must be above 0 and at most 10000, not -1"),
    (Verb.DOSE, {"drug": "x", "unit": "ml"}, "a unit needs an amount"),
    (Verb.DOSE, {"drug": "x", "rescue": "yes"}, "rescue must be true or false"),
    (
        Verb.DOSE,
        {"drug": "x", "amuont": 5},
        "dose has no argument 'amuont'; it has drug, amount, unit, reason",
    ),
    (Verb.DOSE, {"drug": "x", "id": "nonsense"}, "there is no entry with this id, or it is too old to be changed"),
    (Verb.DOSE, {"drug": "x", "withdraw": True}, "say which entry to withdraw: id"),
    (Verb.DOSE, {"drug": "x", "person": "max"}, "say whose it is: person must be one of mia"),
    (Verb.DOSE, {"drug": "x", "time": "9 o'clock"}, 'time must be like "22:10", "2026-03-14" or '),
    (Verb.DOSE, {"drug": "x", "time": "2026-03-14T02:00:00"}, "time must be like"),
    (Verb.DOSE, {"drug": "x", "time": "0001-01-01T02:00:00Z"}, "time must be like"),
    (Verb.DOSE, {"drug": "x", "time": 22}, "time must be a text of at most 60 characters"),
    (
        Verb.DOSE,
        {"drug": "x", "time": "2026-03-15T02:00:00Z"},
        "that lies in the future: the hub's clock says 2026-03-14 09",
    ),
    (Verb.DOSE, {"drug": "x", "time": "2026-03-01T02:00:00Z"}, "that is more than 7 days ago"),
    (Verb.DOSE, {"drug": "x", "minutes_ago": -5}, "minutes_ago must lie between 0 and 10080, not -5"),
    (Verb.DOSE, {"drug": "x", "minutes_ago": 1e9}, "minutes_ago must lie between 0 and 10080, not 1e+09"),
    (Verb.DOSE, {"drug": "x", "minutes_ago": 10**400}, "minutes_ago must be a number"),
    (Verb.DOSE, {"drug": "x", "id": ["x"]}, "id must be a text"),
    (Verb.DOSE, {"drug": "x", "person": ["x"]}, "person must be a text"),
    (Verb.DOSE, {"drug": "x", "minutes_ago": 5, "time": "08:00"}, "give time or minutes_ago, not both"),
    (Verb.NOTE, {}, "say what to write down"),
    (Verb.NOTE, {"kind": "dose", "drug": "x"}, "kind must be one of remark, symptoms, temperature, dri"),
    (Verb.NOTE, {"kind": "poem", "text": "x"}, "kind must be one of"),
    (Verb.NOTE, {"kind": ["x"], "text": "x"}, "kind must be one of"),
    (Verb.NOTE, {"text": "hot", "celsius": 39.0}, "a remark has no 'celsius'; it has text, id, person"),
    (Verb.NOTE, {"text": "x" * 1001}, "text must be a text of at most 1000 characters"),
    (
        Verb.NOTE,
        {"kind": "symptoms", "wetting": True},
        "say when it was seen: stage must be one of before, during, aft",
    ),
    (Verb.NOTE, {"kind": "symptoms", "stage": "after"}, "say what was seen: wetting, crying, absence, eyes, colour"),
    (Verb.NOTE, {"kind": "symptoms", "stage": "after", "wetting": 1}, "wetting must be true or false"),
    (Verb.NOTE, {"kind": "symptoms", "stage": "after", "eyes": "x" * 101}, "eyes must be a text of at most 100"),
    (Verb.NOTE, {"kind": "drink", "ml": 5000}, "5000 ml cannot be right: say an amount of at most 1000 ml"),
    (Verb.NOTE, {"kind": "drink", "ml": 0}, "0 ml cannot be right"),
    (
        Verb.DOSE,
        {"drug": "x", "amount": 5000, "unit": "mL"},
        "5000 ml cannot be right: say an amount of at most 100 ml",
    ),
    (Verb.NOTE, {"kind": "temperature"}, "say what the thermometer showed: celsius"),
    (Verb.NOTE, {"kind": "temperature", "celsius": 101.5}, "101.5 looks like Fahrenheit; in Celsius that is 38.6"),
    (Verb.NOTE, {"kind": "temperature", "celsius": 383}, "celsius must lie between 30 and 44, not 383"),
    (
        Verb.NOTE,
        {"kind": "temperature", "celsius": 38.3},
        "say where it was measured: site must be one",
    ),
    (
        Verb.NOTE,
        {"kind": "temperature", "celsius": 38.3, "site": "nose"},
        "site must be one of axilla, patch, oral, ear, forehead, rectal",
    ),
]


@pytest.mark.parametrize(("verb", "arguments", "sentence"), REFUSED, ids=[row[2][:50] for row in REFUSED])
def test_what_makes_no_sense_is_refused_in_one_sentence_and_changes_nothing(verb, arguments, sentence):
    diary = Diary()
    reply = diary.at(9.0).say("anna", verb, **arguments)
    assert not reply.ok
    assert reply.reason.startswith(sentence)
    assert (diary.of(KeepEntry), dict(diary.state.entries)) == ([], {})


def test_with_two_children_it_is_said_whose_it_is():
    diary = Diary(MIA, Person("max", "Max"))
    assert diary.dose(9.0).reason == "say whose it is: person must be one of mia, max"
    assert diary.dose(9.0, person="mia").ok
    mine = diary.kept
    assert "not in your plan" in diary.dose(9.0, person="max").reason, "each child has its own plan"
    assert "belongs to mia" in diary.dose(9.1, person="max", id=mine.id).reason
    assert diary.dose(9.1, id=mine.id, amount=4).ok, "the entry says whose it is"


def test_symptoms_belong_to_the_episode_that_stands(seizure):
    diary = Diary(standing=[seizure], sequence=1)
    reply = diary.note(
        9.0, kind="symptoms", stage="during", wetting=True, crying=False, eyes="to the left", film="Anna's phone"
    )
    assert reply.reason == "written down: 09:00 during: wetting, no crying, eyes: to the left, film: Anna's phone"
    expected = Symptoms(
        Stage.DURING, True, False, None, "to the left", film="Anna's phone", episode="mia-seizure_like_movement-1-7"
    )
    assert diary.kept.what == expected
    diary.note(9.1, kind="symptoms", stage="after", text="sleepy", alarm="the-one-before")
    assert diary.kept.what.episode == "the-one-before"
    diary.note(9.2, id=diary.kept.id, colour="pale")
    assert diary.kept.what == Symptoms(Stage.AFTER, colour="pale", text="sleepy", episode="the-one-before")


def test_what_a_parent_is_asked_of_an_episode_and_what_she_drank(seizure):
    diary = Diary(standing=[seizure], sequence=1)
    seen = {"regular": False, "side": "whole body", "parts": "both arms, face"}
    reply = diary.note(9.0, kind="symptoms", stage="during", **seen)
    assert reply.reason == "written down: 09:00 during: not regular, side: whole body, parts: both arms, face"
    assert diary.note(9.1, kind="drink", ml=60, text="tea").reason == "written down: 09:06 drank 60 ml, tea"
    assert diary.kept.what == Drink(60.0, "tea")
    assert diary.dose(9.2, drug="syrup", amount=100, unit="ml").ok, "the most that a syrup may be"


@pytest.fixture
def seizure():
    from edge.model.alarm import Alarm, AlarmKey, Kind, Priority, Reason

    key = AlarmKey(Condition.SEIZURE_LIKE_MOVEMENT, "mia")
    return Alarm(
        *("mia-seizure_like_movement-1-7", key, Kind.PHYSIOLOGICAL, Priority.HIGH, Presence.LATCH),
        *(MIDNIGHT_S, MIDNIGHT_S, 1, Reason.EVIDENCE_ENDED, MIDNIGHT_S + 60),
    )


def test_a_remark():
    diary = Diary()
    assert diary.note(9.0, text="  She drank\n well. ").reason == "written down: 09:00 She drank well."
    assert diary.kept.what == Remark("She drank well.")
    mine = diary.kept.id
    assert "is a remark, not a symptoms" in diary.note(9.0, id=mine, kind="symptoms", stage="after").reason
    assert "is a remark, not a dose" in diary.dose(9.0, id=mine).reason


def test_readings_by_hand_go_the_way_of_a_spot_thermometer():
    diary = Diary()
    taken = {"kind": "temperature", "celsius": 39.1, "site": "ear", "method": "Braun, left ear"}
    raised = []
    for hour in (9.0, 9.1, 9.2):
        assert (
            diary.note(hour, **taken).reason
            == f"written down: 09:{round(60 * (hour - 9)):02} 39.1 °C, ear, Braun, left ear"
        )
        [reading] = diary.of(KeepReading)
        assert (reading.person, reading.device, reading.place, reading.reading.value) == (
            "mia",
            "hand_mia_ear",
            "ear",
            39.1,
        )
        assert reading.reading.validity is Validity.VALID
        raised += [str(effect.alarm.key.condition) for effect in diary.of(AlarmChanged)]
    assert diary.kept.what == ManualReading(39.1, Site.EAR, "Braun, left ear")
    assert raised == ["fever"], "once, as of any spot thermometer"
    assert diary.state.sensors["hand_mia_ear"].shown.value == 39.1
    assert [device for _, device, _ in pipeline.watches(diary.state, diary.at(9.3).now)] == ["patch"]

    entries, standing = list(diary.state.entries.values()), list(diary.state.alarms.conditions.standing())
    diary = Diary(entries=entries, standing=standing, sequence=9)
    assert diary.of(AlarmChanged) == [], "a restart does not end the fever"
    diary.at(9.4).say("anna", Verb.NOTE, kind="temperature", celsius=39.0, site="ear")
    assert [alarm.key.condition for alarm in diary.state.alarms.conditions.standing()] == [Condition.FEVER]


def test_a_reading_by_hand_of_minutes_ago_is_judged_and_kept_at_its_time():
    diary = Diary()
    diary.note(9.0, kind="temperature", celsius=39.1, site="ear", minutes_ago=6)
    [reading] = diary.of(KeepReading)
    assert reading.wall_s == MIDNIGHT_S + 8.9 * 3600.0
    assert diary.of(AlarmChanged)


def test_a_reading_by_hand_does_not_hold_a_fever_for_ever():
    """The patch measures a fever that comes and goes; by ear it was measured once, while it was high."""
    diary = Diary()
    told = []
    for minute in range(300):
        diary.at(minute / 60).step(warm(38.5 if minute < 120 else 36.8))
        told += [(minute, str(each.alarm.key.condition), each.alarm.presence) for each in diary.of(AlarmChanged)]
        if minute == 100:
            diary.note(minute / 60, kind="temperature", celsius=39.2, site="ear")
    ended = [minute for minute, condition, presence in told if (condition, presence) == ("fever", Presence.OFF)]
    assert ended
    assert 130 <= ended[0] <= 150, "as soon as the patch says so"


def test_a_reading_by_hand_of_hours_ago_is_kept_at_its_time_and_not_judged():
    diary = Diary()
    for _ in range(3):
        diary.note(9.0, kind="temperature", celsius=39.9, site="rectal", time="06:00")
        [reading] = diary.of(KeepReading)
        assert reading.wall_s == MIDNIGHT_S + 6 * 3600.0
    assert diary.of(AlarmChanged) == []


def test_with_a_clock_that_is_not_set_a_dose_is_still_kept():
    diary = Diary()
    diary.synced = False
    reply = diary.dose(9.0, time="2019-03-14T02:00:00Z")
    assert reply.ok
    assert reply.reason.endswith("the hub's clock is not set, so its times may be wrong")
    refused = diary.dose(9.0, time="2031-03-14T02:00:00Z")
    assert not refused.ok
    assert refused.reason.startswith(
        "that lies in the future: the hub's clock says 2026-03-14 09:00, which nobody has set"
    )


# Now in the night in which the clocks change, what was said, and how many minutes ago that is meant to be.
CHANGES = [
    ("Europe/Berlin", (2026, 10, 25, 2, 10), 1, "02:30", 40),
    ("Europe/Berlin", (2026, 10, 25, 2, 50), 1, "02:30", 20),
    ("Europe/Berlin", (2026, 10, 25, 2, 50), 0, "02:30", 20),
    ("Europe/Berlin", (2026, 10, 25, 2, 10), 0, "02:30", 24 * 60 - 20),
    ("Europe/Berlin", (2026, 10, 25, 2, 29), 1, "02:30", 0),  # a phone that is a minute ahead
    ("Europe/Berlin", (2026, 10, 25, 3, 10), 0, "02:30", 40),
    ("Europe/Berlin", (2026, 10, 25, 5, 0), 0, "02:59", 121),
    ("Europe/Berlin", (2026, 10, 25, 4, 0), 0, "01:30", 210),
    ("Europe/Berlin", (2026, 10, 26, 2, 10), 0, "02:30", 24 * 60 - 20),
    ("Europe/Berlin", (2026, 3, 29, 3, 10), 0, "02:05", 5),  # a clock on the wall that nobody has set yet
    ("Europe/Berlin", (2026, 3, 29, 3, 40), 0, "02:30", 10),
    ("Europe/Berlin", (2026, 3, 29, 3, 10), 0, "02:30", 40),
    ("Europe/Berlin", (2026, 3, 29, 4, 0), 0, "01:30", 90),
    ("America/New_York", (2026, 11, 1, 1, 20), 1, "01:50", 30),
    ("Australia/Lord_Howe", (2026, 4, 5, 1, 35), 1, "01:50", 15),
    ("Australia/Lord_Howe", (2026, 4, 5, 1, 40), 0, "01:50", 24 * 60 - 10),
    ("Australia/Lord_Howe", (2026, 4, 5, 2, 10), 0, "01:50", 20),
    ("Australia/Lord_Howe", (2026, 10, 4, 2, 40), 0, "02:10", 0),
    ("Asia/Kathmandu", (2026, 10, 25, 2, 10), 0, "02:00", 10),
]


@pytest.mark.parametrize(("zone", "now", "fold", "said", "minutes"), CHANGES)
def test_a_time_on_the_clock_is_the_latest_past_moment_that_reads_so(zone, now, fold, said, minutes):
    now_s = dt.datetime(*now, tzinfo=ZoneInfo(zone), fold=fold).timestamp()
    family = Core(PATCH, persons=(MIA,), zone=ZoneInfo(zone), liveness=False, mono_s=BOOT_S, wall_off_s=now_s - BOOT_S)
    assert family.say("anna", Verb.DOSE, drug="Ibuprofen", time=said).ok
    [entry] = [each.entry for each in family.of(KeepEntry)]
    assert (now_s - entry.happened_s) / 60.0 == minutes
    if minutes < 6 * 60:
        reply = family.say("ben", Verb.DOSE, drug="Ibuprofen")
        assert "EARLIER than your plan" in reply.reason, "the second parent's dose does not pass unsaid"


def test_who_may_only_look_writes_nothing():
    diary = Diary()
    assert not diary.dose(9.0, "oma").ok
    assert not diary.state.entries


def test_what_is_at_hand_is_bounded():
    from edge.pipeline.care import MOST_ENTRIES

    diary = Diary()
    ids = set()
    for number in range(MOST_ENTRIES + 20):
        diary.note(9.0, text=f"{number}")
        ids.add(diary.kept.id)
    assert len(diary.state.entries) == MOST_ENTRIES
    assert len(ids) == MOST_ENTRIES + 20
    assert "too old" in diary.note(9.1, id=min(ids, key=lambda each: int(each.split("-")[2])), text="x").reason


VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=40), st.just("22:10"))
KEYS = ["drug", "amount", "unit", "time", "minutes_ago", "id", "person", "kind", "stage", "celsius", "site", "text"]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([Verb.DOSE, Verb.NOTE]), st.dictionaries(st.sampled_from(KEYS), VALUES), st.booleans())
def test_any_command_is_taken_or_refused_in_words(verb, arguments, synced):
    diary = Diary()
    diary.synced = synced
    reply = diary.at(9.0).say("anna", verb, **arguments)
    assert reply.ok == bool(diary.of(KeepEntry))
    assert reply.reason
    diary.at(9.1).step(Tick())
