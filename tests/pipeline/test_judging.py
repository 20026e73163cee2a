"""A movement sensor at another rate than its profile says, with a wrong clock, or off the child, frame by frame."""

import struct

import numpy as np
import pytest

from edge.model.people import Device, Limb
from edge.simulation import Sensor, clip, clonic
from tests.support.frames import Air

OSD = ("osd_watch", "characteristic:000085e9-0001-1000-8000-00805f9b34fb", 3)
H10 = ("polar_h10", "characteristic:fb005c82-02e7-f387-1cad-8acd2d8df0c8", 36)
VERITY = ("polar_verity_sense", "characteristic:fb005c82-02e7-f387-1cad-8acd2d8df0c8", 36)
LEAD_S, BOUT_S = 60.0, 60.0


def mg(values):
    return np.clip(np.round(1000 * values), -32768, 32767).astype("<i2").tobytes()


def payload(kind, values, own_s):
    if kind[0] == "osd_watch":
        return mg(values)
    return bytes([2]) + struct.pack("<Q", int(max(own_s, 0.0) * 1e9) % (1 << 64)) + bytes([1]) + mg(values)


def device(kind):
    options = {"format": "3"} if kind[0] == "osd_watch" else {}
    return Device("band", kind[0], "mia", address="AA:BB:CC:00:00:02", limb=Limb.LEFT_ANKLE, options=options)


def play(kind, t_s, values, *, own=lambda end_s: 5000.0 + end_s, thin=1, air=None):
    """Packets as they are sent, late by 30 ms on average. own: the sensor's clock."""
    rng = np.random.default_rng(1)
    air = air or Air(device(kind))
    n, arrival_s = kind[2], air.now_s
    for begin in range(0, len(t_s) - n, n):
        end_s = t_s[begin + n - 1]
        arrival_s = max(arrival_s, end_s + rng.exponential(0.03))
        air.at(arrival_s)
        air.hear(kind[1], payload(kind, values[begin : begin + n : thin], own(end_s)))
    return air


def bout(rate_hz, seed=0, **sensor):
    worn = Sensor(rate_hz=rate_hz, noise_g=0.003, resolution_g=0.001, **sensor)
    return clip(clonic(seed, BOUT_S, peak_g=0.8), worn, seed, before_s=LEAD_S, after_s=20.0)


def rang_after(air):
    return [at_s - LEAD_S for at_s, name in air.began if name == "seizure_like_movement"]


@pytest.mark.parametrize("seed", [1, 5])
@pytest.mark.parametrize(
    ("kind", "rate_hz"),
    [
        *((OSD, rate) for rate in (12.5, 16.0, 20.0, 22.5, 23.8, 26.1, 31.25, 50.0, 100.0)),
        *((H10, rate) for rate in (25.0, 45.0, 60.0, 200.0)),
        *((VERITY, rate) for rate in (26.0, 52.0, 104.0)),
    ],
)
def test_a_convulsion_rings_whatever_the_true_rate(kind, rate_hz, seed):
    """At 20, 16 and 12.5 Hz on a nominal 25 Hz sensor none of six rang; a 50 Hz strap at 25 Hz likewise."""
    track = bout(rate_hz, seed)
    air = play(kind, track.t_s, track.acc_g)
    assert [5 < after_s < 16 for after_s in rang_after(air)] == [True]
    assert air.why_not_watched == ""


CLOCKS = {
    "stands": lambda _: 5000.0,
    "runs backwards": lambda end_s: 50_000.0 - end_s,
    "at half speed": lambda end_s: 5000.0 + 0.5 * end_s,
    "at double speed": lambda end_s: 5000.0 + 2.0 * end_s,
    "jumps far ahead": lambda end_s: 5000.0 + end_s + (9.2e9 if end_s > 30.0 else 0.0),
    "is as it should": lambda end_s: 5000.0 + end_s,
}


@pytest.mark.parametrize("name", CLOCKS)
def test_a_convulsion_rings_whatever_the_sensors_clock_says(name):
    track = bout(52.0)
    air = play(VERITY, track.t_s, track.acc_g, own=CLOCKS[name])
    assert [5 < after_s < 20 for after_s in rang_after(air)] == [True]
    said = [detail for _, subject, detail in air.notes if subject == "clock of band"]
    assert said == (
        [] if name in ("is as it should", "jumps far ahead") else ["its times cannot be right, arrival is used"]
    )


@pytest.mark.parametrize(
    ("thin", "rate_hz"), [(36, 1), (10, 6)], ids=["one sample a packet is left", "one of ten samples is left"]
)
def test_too_few_samples_are_said_within_a_minute(thin, rate_hz):
    track = bout(52.0)
    air = play(VERITY, track.t_s, track.acc_g, thin=thin)
    assert [at_s < 60.0 for at_s, name in air.began if name == "cannot_judge"] == [True]
    assert air.why_not_watched == f"a convulsion would not be noticed: only {rate_hz} samples a second"


def test_one_that_can_be_judged_again_is_watched():
    slow, right = bout(8.0), bout(25.0)
    air = play(OSD, slow.t_s, slow.acc_g)
    assert air.standing == {"cannot_judge"}
    play(OSD, right.t_s + air.now_s + 20.0, right.acc_g, air=air)
    assert "cannot_judge" not in air.standing
    assert air.why_not_watched == ""


def at_rest(seconds, value=None, noise_g=0.002, rate_hz=52.0):
    rng, count = np.random.default_rng(3), round(seconds * rate_hz)
    values = np.tile([0.05, -0.3, 0.94], (count, 1)) + rng.normal(0.0, noise_g, (count, 3))
    return np.arange(count) / rate_hz, values if value is None else np.tile(value, (count, 1))


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ((0.012, -0.04, 0.995), "not worn: its values do not change at all"),
        ((0.0, 0.0, 0.0), "not worn: its values do not change at all"),
        ((8.0, 8.0, 8.0), "not worn: its values do not change at all"),
    ],
)
def test_a_sensor_that_shows_one_value_is_not_watched(value, why):
    air = play(VERITY, *at_rest(180, value))
    assert [(name, at_s <= 150) for at_s, name in air.began] == [("not_worn", True)]
    assert air.why_not_watched == why


def test_a_sensor_whose_range_is_wrong_is_not_watched():
    t_s, values = at_rest(180)
    air = play(VERITY, t_s, values / 8)
    assert [name for _, name in air.began] == ["not_worn"]
    assert "gravity" in air.why_not_watched


def test_a_sensor_on_a_table_is_not_watched_after_half_an_hour_and_one_on_a_child_is():
    air = play(VERITY, *at_rest(2100))
    assert [(name, 1800 <= at_s <= 1950) for at_s, name in air.began] == [("not_worn", True)]
    assert air.why_not_watched == "not worn: stiller than breathing for 30 min, likely"
    t_s, values = at_rest(2100)
    breath = 0.0005 * np.sin(2 * np.pi * 0.7 * t_s)
    worn = play(VERITY, t_s, values + breath[:, None] * [0.6, 0.8, 0.0])
    assert (worn.began, worn.why_not_watched) == ([], "")


CONTROL = "characteristic:fb005c81-02e7-f387-1cad-8acd2d8df0c8"
MOVESENSE = ("movesense_sensor", "characteristic:34800002-7185-4d5d-b431-630e7050e8f0")


@pytest.mark.parametrize(
    ("kind", "answering", "answer", "why"),
    [
        (H10, CONTROL, "f0 02 02 08 00", "invalid sample rate"),
        (H10, CONTROL, "f0 02 02 0d", "in the charger"),
        (VERITY, CONTROL, "f0 02 02 03", "not supported"),
        (VERITY, CONTROL, "f0 02 02 63", "status 99"),
        (MOVESENSE, MOVESENSE[1], "01 63 94 01", "status 404"),
        (MOVESENSE, MOVESENSE[1], "01 63 f4 01", "status 500"),
    ],
)
def test_a_start_command_that_is_refused_is_the_reason_for_the_silence(kind, answering, answer, why):
    """The state of the battery that is read after it takes nothing of that back."""
    air = Air(device(kind))
    air.at(2.0)
    air.hear(answering, bytes.fromhex(answer))
    air.hear("characteristic:2a19", bytes([80]))
    air.at(70.0)
    assert [name for _, name in air.began] == ["no_data"]
    assert air.alarms["no_data"].evidence.refused == f"expected its start command to be accepted, got {why}"
    assert air.why_not_watched == f"nothing usable heard: expected its start command to be accepted, got {why}"


@pytest.mark.parametrize("answer", ["f0 02 02 00 00 01", "f0 02 02 06"])
def test_a_start_command_that_is_obeyed_says_nothing(answer):
    air = Air(device(VERITY))
    air.hear(CONTROL, bytes.fromhex(answer))
    t_s, values = at_rest(30)
    play(VERITY, t_s, values, air=air)
    assert (air.dropped, air.began, air.why_not_watched) == ([], [], "")
