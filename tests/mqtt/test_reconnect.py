"""How soon the hub tries again, and what it says of a link that does not stay."""

import random

import pytest

from edge.mqtt.reconnect import STABLE_S, URGENT_FLAPPING_S, Reconnects, backoff_s

CUT = "the connection to the broker was cut"


def reconnects():
    return Reconnects(random.Random(5))


def live(link, now_s, up_s, cause=CUT, *, taken_over=False):
    """One connection of so many seconds, then the pause before the next; the moment after it."""
    link.connected(now_s)
    link.ended(now_s + up_s, cause, taken_over=taken_over)
    pause_s, _ = link.pause_s()
    return now_s + up_s + pause_s


def test_attempts_come_after_one_second_at_first_and_at_most_after_a_minute():
    chance = random.Random(5)
    for attempt, longest_s in ((0, 2.0), (1, 4.0), (2, 8.0), (5, 60.0), (10_000, 60.0)):
        delays = [backoff_s(attempt, chance) for _ in range(200)]
        assert longest_s / 2 <= min(delays) < longest_s * 0.55
        assert longest_s * 0.95 < max(delays) <= longest_s


def test_short_connections_do_not_make_the_next_attempt_the_first_again():
    link, now_s, pauses_s = reconnects(), 0.0, []
    for _ in range(8):
        before_s = now_s
        now_s = live(link, now_s, 0.5)
        pauses_s.append(now_s - before_s - 0.5)
    assert pauses_s[:2] == sorted(pauses_s[:2])
    assert pauses_s[-1] >= 30.0
    assert now_s / 8 > 15.0, "on the long run a few attempts a minute"
    now_s = live(link, now_s, STABLE_S)
    link.connected(now_s)
    link.ended(now_s, CUT)
    assert link.pause_s()[0] <= 4.0


def test_several_drops_in_a_minute_are_a_problem_with_its_cause_until_a_connection_stays():
    link, now_s = reconnects(), 0.0
    for _ in range(2):
        now_s = live(link, now_s, 1.0)
    assert link.problem(now_s) == ""
    now_s = live(link, now_s, 1.0)
    assert link.problem(now_s).startswith(f"the link to the broker flaps, 3 times lost within a minute ({CUT})")
    for _ in range(20):  # rarer, since the pauses grow, and no better for that
        now_s = live(link, now_s, 1.0)
        assert "flaps" in link.problem(now_s)
    link.connected(now_s)
    assert "flaps" in link.problem(now_s + STABLE_S - 1.0)
    assert link.problem(now_s + STABLE_S) == ""


@pytest.mark.parametrize("apart_s", [40.0, 3600.0])
def test_single_drops_are_everyday(apart_s):
    link = reconnects()
    for number in range(10):
        link.connected(number * apart_s)
        link.ended(number * apart_s + 1.0, CUT)
        assert link.problem(number * apart_s + 2.0) == ""


def test_attempts_that_never_got_in_are_no_drops():
    link = reconnects()
    for number in range(10):
        link.ended(float(number), "connection refused")
    assert link.problem(10.0) == ""


def test_a_client_that_takes_over_is_named_at_once():
    link = reconnects()
    now_s = live(link, 0.0, 30.0, "another client took over this hub's client id", taken_over=True)
    assert link.problem(now_s) == "another client took over this hub's client id"


def test_an_alarm_cuts_a_pause_short_but_not_so_far_on_a_link_that_flaps():
    link = reconnects()
    assert link.pause_s()[1] == 1.0
    for number in range(3):
        live(link, number * 5.0, 1.0)
    assert [link.pause_s()[1] for _ in range(3)] == [URGENT_FLAPPING_S] * 3
