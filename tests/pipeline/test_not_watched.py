"""Not watched for more than half an hour is an alarm, whatever its reason: each reason, frame by frame."""

import random

import numpy as np
import pytest

from edge.model.people import Device, Limb, Site
from tests.support.frames import Air

HALF_HOUR_S = 30 * 60.0
SLACK_S = 90.0
LOST = {"no_data", "not_worn", "cannot_judge", "analysis_error"}
FINAL, INTERIM = "characteristic:2a1c", "characteristic:2a1e"
SAMPLES = "characteristic:000085e9-0001-1000-8000-00805f9b34fb"
FEVER_C, RATE_HZ = 38.9, 25.0


def measured(celsius, kind=FINAL):
    return kind, b"\x00" + round(celsius * 100).to_bytes(3, "little") + b"\xfe"


def jitter(minute):
    return 0.01 * random.Random(minute).randrange(-4, 5)


# What a patch sends on a child with a fever, by the minute since it was switched on; None: nothing.
THERMOMETER = {
    "it warms up again and again": lambda m: measured(25.0 if m % 12 < 1 else FEVER_C + jitter(m)),
    "interim values without end": lambda m: measured(FEVER_C + jitter(m), INTERIM),
    "beyond where it is proven": lambda m: measured(43.3 + jitter(m)),
    "a bad contact every five minutes": lambda m: measured(33.0 if m % 5 < 1 else FEVER_C + jitter(m)),
    "a good and a bad contact in turn": lambda m: measured(FEVER_C + jitter(m) - (0.0 if m % 16 < 8 else 2.3)),
    "it slips down without end": lambda m: measured(max(34.5, FEVER_C + jitter(m) - 0.15 * m)),
    "it swings faster than a body": lambda m: measured(FEVER_C + jitter(m) + (1.5 if m % 6 < 3 else 0.0)),
    "ten spoofed values to a real one": lambda m: measured(FEVER_C if round(2 * m) % 11 == 7 else 36.6 + jitter(m)),
    "not worn": lambda m: measured(26.0 + jitter(m)),
    "no number": lambda _: (FINAL, b"\x00\xff\xff\x7f\x00"),
    "in Fahrenheit": lambda m: measured(102.0 + jitter(m)),
    "bytes that fit nothing": lambda m: (FINAL, random.Random(m).randbytes(3)),
    "one reading in nine minutes": lambda m: measured(FEVER_C) if m % 9 == 0 else None,
    "silent from the first minute": lambda _: None,
}


def watched(frame, minutes=33):
    """A patch, a frame every 30 s, until the first alarm that the watch is lost.

    Gives also for how long at most it was not watched, and no alarm stood, seconds.
    """
    air = Air(Device("patch", "health_thermometer", "mia", site=Site.PATCH))
    unsaid_s = longest_s = 0.0
    for half in range(2 * minutes):
        air.at(30.0 * half)
        sent = frame(half / 2)
        if sent is not None:
            air.hear(*sent)
        unsaid_s = unsaid_s + 30.0 if air.why_not_watched and not air.standing & LOST else 0.0
        longest_s = max(longest_s, unsaid_s)
        if lost_after(air):
            break
    return air, longest_s


def lost_after(air):
    return [at_s for at_s, name in air.began if name in LOST]


@pytest.mark.parametrize("reason", THERMOMETER)
def test_a_fever_that_no_thermometer_would_show_is_an_alarm_within_half_an_hour(reason):
    air, unsaid_s = watched(THERMOMETER[reason])
    assert "fever" not in air.standing, "else she is watched"
    assert lost_after(air)[0] <= HALF_HOUR_S + SLACK_S
    assert unsaid_s <= HALF_HOUR_S


def test_the_same_fever_on_a_patch_that_measures_rings_and_nothing_else_does():
    air, unsaid_s = watched(lambda minute: measured(FEVER_C + jitter(minute)))
    assert [name for _, name in air.began if name not in ("settling", "fever")] == []
    assert "fever" in air.standing
    assert not air.why_not_watched
    assert unsaid_s <= 15 * 60.0, "it warms up"


# What becomes of each packet of three samples of an ankle (g), by the second since it was switched on.
MOVEMENT = {
    "silent from the first minute": lambda _s, _v: None,
    "silent for most of each minute": lambda s, v: None if s % 60 < 50 else v,
    "two packets of three are lost": lambda s, v: None if round(s / 0.12) % 3 else v,
    "silent for most of every five minutes": lambda s, v: None if s % 300 < 200 else v,
    "its values do not change": lambda _s, v: np.tile([[0.1, 0.2, 0.97]], (len(v), 1)),
    "a quarter of its range": lambda _s, v: v / 4,
    "bytes that fit nothing": lambda s, _v: random.Random(s).randbytes(7),
}


def on_an_ankle(change, minutes=33):
    """A child that sleeps and turns over every seven minutes; ends with the first alarm that the watch is lost."""
    air = Air(Device("band", "osd_watch", "mia", limb=Limb.LEFT_ANKLE, options={"format": "3"}))
    rng = np.random.default_rng(2)
    for number in range(round(minutes * 60 * RATE_HZ / 3)):
        t_s = (3 * number + np.arange(3)) / RATE_HZ
        turns = 0.2 if 0 < t_s[0] % 420 < 3 else 0.0
        breath = 0.001 * np.sin(2 * np.pi * 0.7 * t_s)[:, None] * [0.6, 0.8, 0.0]
        values = breath + rng.normal([0.05, -0.3, 0.94], 0.003 + turns, (3, 3))
        air.at(float(t_s[-1]))
        sent = change(float(t_s[-1]), values)
        if sent is not None:
            mg = sent if isinstance(sent, bytes) else np.round(1000 * sent).astype("<i2").tobytes()
            air.hear(SAMPLES, mg)
        if lost_after(air):
            break
    return air


@pytest.mark.parametrize("reason", MOVEMENT)
def test_a_convulsion_that_no_sensor_would_show_is_an_alarm_within_half_an_hour(reason):
    air = on_an_ankle(MOVEMENT[reason])
    assert lost_after(air)[0] <= HALF_HOUR_S + SLACK_S
    assert air.why_not_watched


def test_the_same_ankle_whose_samples_come_is_watched_and_rings_nobody():
    air = on_an_ankle(lambda _s, values: values, minutes=8)
    assert air.began == []
    assert not air.why_not_watched
