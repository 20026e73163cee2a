"""Every bed from what the broker says: the worst first, the lanes apart, nobody looks watched who is not."""

import time

from edge.app.ward.beds import SILENT_S, Beds
from edge.model.alarm import Condition, Kind, Presence, Priority
from edge.mqtt.inbound import Incoming
from edge.ports import OutgoingMessage
from tests.support.wards import WardHub

WALL_S = time.time()


def put(beds: Beds, *messages: OutgoingMessage, now_s: float = 1.0, retained: bool = False) -> Beds:
    for message in messages:
        beds.take(Incoming(message.topic, message.payload, retained=retained), now_s, WALL_S)
    return beds


def live(beds: Beds, number: int, bed: str, now_s: float = 1.0) -> WardHub:
    hub = WardHub(number)
    put(beds, hub.about(bed), hub.status(), hub.health(1, WALL_S), now_s=now_s)
    return hub


def ward() -> Beds:
    beds = Beds()
    beds.begin(0.0)
    return beds


def test_the_worst_bed_is_first_and_a_technical_alarm_never_hides_a_physiological_one():
    beds = ward()
    quiet, technical, fever, seizure = (live(beds, number, name) for number, name in enumerate("abcd"))
    put(
        beds,
        technical.alarm(1, WALL_S, condition=Condition.NO_DATA, kind=Kind.TECHNICAL, priority=Priority.HIGH)[0],
        fever.alarm(1, WALL_S)[0],
        seizure.alarm(1, WALL_S, condition=Condition.SEIZURE_LIKE_MOVEMENT, priority=Priority.HIGH)[0],
        seizure.alarm(2, WALL_S, condition=Condition.NO_DATA, kind=Kind.TECHNICAL, priority=Priority.HIGH)[0],
    )
    shown = beds.shown(1.0)
    assert [bed.name for bed in shown] == ["d", "c", "b", "a"]
    assert [len(lane) for lane in (shown[0].child, shown[0].watch)] == [1, 1]
    assert (shown[3].alarms, shown[3].seen) == ((), "live")
    assert quiet.base == shown[3].key


def test_an_answered_alarm_ranks_behind_one_that_waits_and_an_alarm_that_is_over_is_gone():
    beds = ward()
    answered, waits = live(beds, 1, "answered"), live(beds, 2, "waits")
    high = {"condition": Condition.SEIZURE_LIKE_MOVEMENT, "priority": Priority.HIGH}
    put(beds, answered.alarm(1, WALL_S, presence=Presence.ACK, **high)[0], waits.alarm(1, WALL_S)[0])
    assert [bed.name for bed in beds.shown(1.0)] == ["waits", "answered"]
    put(beds, waits.alarm(2, WALL_S, presence=Presence.OFF)[0])
    assert [(bed.name, len(bed.alarms)) for bed in beds.shown(1.0)] == [("answered", 1), ("waits", 0)]


def test_a_hub_whose_will_comes_or_that_falls_silent_is_lost_within_a_minute_and_keeps_its_alarm():
    beds = ward()
    hub, other = live(beds, 1, "one"), live(beds, 2, "two")
    put(beds, hub.alarm(1, WALL_S)[0])
    put(beds, hub.status(b"offline"), now_s=2.0)
    assert [(bed.name, bed.seen, len(bed.alarms)) for bed in beds.shown(2.0)] == [
        ("one", "lost", 1),
        ("two", "live", 0),
    ]
    put(beds, hub.status(), now_s=3.0)
    assert {bed.seen for bed in beds.shown(3.0)} == {"live"}
    put(beds, hub.health(2, WALL_S), now_s=40.0)
    assert SILENT_S <= 60.0
    assert [(bed.name, bed.seen) for bed in beds.shown(1.0 + SILENT_S + 0.1)] == [("two", "lost"), ("one", "live")]
    assert other.base == beds.shown(60.0)[0].key


def test_what_the_broker_kept_is_no_sign_of_life():
    """A broker that was killed has lost the will: `online` stands there for ever."""
    beds = ward()
    hub = WardHub(1)
    put(beds, hub.about("one"), hub.status(), hub.health(1, WALL_S), hub.alarm(1, WALL_S)[0], retained=True)
    (bed,) = beds.shown(1.0)
    assert (bed.seen, len(bed.alarms)) == ("waiting", 1)
    (bed,) = beds.shown(SILENT_S + 1.0)
    assert bed.seen == "lost"


def test_a_new_connection_knows_of_nobody_whether_they_are_still_there():
    beds = ward()
    live(beds, 1, "one")
    beds.begin(100.0)
    (bed,) = beds.shown(100.0)
    assert bed.seen == "waiting"


def test_two_hubs_of_one_name_are_told_apart_and_both_say_so():
    beds = ward()
    live(beds, 1, "3"), live(beds, 2, "3"), live(beds, 3, "4")
    shown = beds.shown(1.0)
    assert len({bed.name for bed in shown}) == 3
    assert [bed.same_name for bed in sorted(shown, key=lambda bed: bed.name)] == [True, True, False]


def test_a_clock_a_year_off_is_named_and_moves_no_bed():
    beds = ward()
    hub = live(beds, 1, "one")
    live(beds, 2, "two")
    put(beds, hub.health(2, WALL_S + 365 * 86_400.0))
    one, two = sorted(beds.shown(1.0), key=lambda bed: bed.name)
    assert one.clock_off_s is not None
    assert round(one.clock_off_s / 86_400.0) == 365
    assert (two.clock_off_s, one.seen) == (None, "live")


def test_nonsense_of_one_hub_changes_no_bed():
    beds = ward()
    hub, _ = live(beds, 1, "one"), live(beds, 2, "two")
    before = beds.shown(1.0)
    for payload in (b"", b"{", b"[]", b"\xff" * 99, b"null", b'{"presence": 1}', b"{" * 9_999):
        for rest in ("health", "about", "mia/alarm/fever", "mia/temperature/patch", "mia/event", "nothing"):
            put(beds, OutgoingMessage(f"{hub.base}/{rest}", payload, retain=True))
    assert beds.shown(1.0) == before


def test_the_version_grows_with_what_is_to_be_seen_and_not_with_every_message():
    beds = ward()
    hub = live(beds, 1, "one")
    version = beds.version
    put(beds, hub.health(2, WALL_S), hub.motion(WALL_S), now_s=2.0)
    assert beds.version == version
    put(beds, hub.alarm(1, WALL_S)[0], now_s=2.0)
    assert beds.version > version


def test_a_page_that_starts_anew_shows_the_same_from_what_the_broker_keeps():
    beds = ward()
    hub = live(beds, 1, "one")
    kept = [
        hub.about("one"),
        hub.status(),
        hub.health(1, WALL_S),
        hub.alarm(1, WALL_S)[0],
        hub.temperature(38.3, WALL_S),
    ]
    put(beds, *kept)
    again = put(ward(), *kept, retained=True)
    put(again, hub.health(2, WALL_S))
    assert again.shown(1.0) == beds.shown(1.0)
