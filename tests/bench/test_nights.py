"""What of a night counts as one that woke somebody: by the escalation that families get, played by the alarm system."""

import pytest

from edge.simulation import Night as Simulated
from edge.simulation import infant_night
from tests.alarms.conftest import Night
from tests.bench import nights

QUIET: Simulated = infant_night(1, hours=1.0, fever=False, bouts=0, limbs=())


def counted(table):
    """(condition, how) of each alarm of a night that was played unanswered, and whether the room sounded in it."""
    night, rooms = Night(), []
    for line in table.strip().splitlines():
        at_s, what = (part.strip() for part in line.split("|"))
        night.go(float(at_s))
        night.do(what)
        rooms += [each for each in night.happened if each == "room"]
        night.happened = []
    last = {alarm.id: alarm for alarm in night.changed}
    return [(each.condition, str(each.how)) for each in nights.told(list(last.values()), QUIET)], bool(rooms)


@pytest.mark.parametrize(
    ("back_s", "how"), [(10, "softly"), (55, "softly"), (65, "rang"), (600, "rang"), (None, "rang")]
)
def test_a_silence_is_soft_exactly_where_the_room_did_not_sound(back_s, how):
    end = f"\n{60 + back_s} | ankle - no_data" if back_s else ""
    told, room = counted(f"60 | ankle + no_data{end}\n 700 | ")
    assert told == [("no_data", how)]
    assert room is (how == "rang")


def test_a_silence_during_a_fever_rings_however_short():
    told, _ = counted("0 | patch + fever\n 60 | ankle + no_data\n 70 | ankle - no_data\n 80 | ")
    assert ("no_data", "rang") in told


def test_prolonged_movement_after_an_unanswered_false_alarm_is_counted_once_with_it():
    told, _ = counted("0 | ankle + seizure\n 30 | ankle - seizure\n 300 | ankle + prolonged @0\n 320 | ")
    assert told == [("seizure_like_movement", "rang"), ("prolonged_movement", "with_another")]


def test_prolonged_movement_of_a_cluster_that_has_not_rung_counts_for_itself():
    """As after a restart: the alarm before it is of another cluster, an hour ago."""
    told, _ = counted("0 | ankle + seizure\n 30 | ankle - seizure\n 3900 | ankle + prolonged @3600\n 3910 | ")
    assert told == [("seizure_like_movement", "rang"), ("prolonged_movement", "rang")]


def test_a_doubt_that_becomes_an_alarm_is_counted_once_with_it_and_another_one_for_itself():
    told, _ = counted("0 | ankle + possible @0\n 6 | \n 8 | ankle - possible\n 8 | ankle + seizure @0\n 30 | ")
    assert told == [("possible_movement", "with_another"), ("seizure_like_movement", "rang")]
    told, _ = counted("0 | ankle + possible @0\n 6 | \n 8 | ankle - possible\n 90 | ankle + seizure @80\n 99 | ")
    assert told == [("possible_movement", "rang"), ("seizure_like_movement", "rang")]


def test_what_a_limb_says_of_the_child_is_never_soft():
    told, _ = counted("0 | ankle + rigor\n 10 | ankle - rigor\n 20 | ")
    assert told == [("rigor", "rang")]
