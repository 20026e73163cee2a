"""What hides a convulsion from a movement sensor is said within ten minutes, with its reason; else it is told."""

from dataclasses import replace

import numpy as np
import pytest

from edge import pipeline
from edge.model.alarm import Condition, Presence, Priority
from edge.model.event import MotionReceived, Tick
from edge.model.people import Device, Limb
from edge.simulation import MOVEMENTS, SENSORS, Label, clip, clonic, infant_night
from tests.support.core import BAND, Core, warm
from tests.support.packets import MOVESENSE, OSD, OSD_MAGNITUDE, POLAR, RATE_HZ, play, rest

FAULT_S, CONVULSION_S, END_S = 110.0, 720.0, 800.0
NOT_WATCHED = frozenset({"cannot_judge", "not_worn", "no_data"})


def values(change):
    """A fault of the values: change(values, packet) -> values."""
    return lambda packet: replace(packet, values=change(packet.values.copy(), packet))


def clock(change):
    """A fault of the sensor's clock: change(seconds of the true one) -> its own."""
    return lambda packet: replace(packet, sensor_s=change(packet.end_s))


def lost(share):
    return lambda packet: None if packet.rng.random() < share else packet


def one_of(count):
    return lambda packet: packet if packet.number % count == 0 else None


def axes(*which, to):
    def change(rows, _):
        rows[:, which] = to
        return rows

    return values(change)


def repeated(*, clock_goes_on):
    first = []

    def fault(packet):
        first.append(packet)
        return replace(packet if clock_goes_on else first[0], values=first[0].values, arrival_s=packet.arrival_s)

    return fault


def noise(level_g):
    return values(lambda rows, packet: rows + packet.rng.normal(0.0, level_g, rows.shape))


def shaken(hz, level_g):
    """On a machine: all axes at one frequency, RMS."""

    def change(rows, packet):
        t_s = packet.end_s + np.arange(1 - len(rows), 1) / 52.0
        return rows + level_g * np.sqrt(2) * np.sin(2 * np.pi * hz * t_s)[:, None] * [0.62, 0.6, 0.51]

    return values(change)


def only_one_number(rows, _):
    rows[1:] = np.nan
    return rows


FAULTS = {
    "the same packet again and again": (POLAR, lambda: repeated(clock_goes_on=False), ""),
    "the same values, its clock goes on": (POLAR, lambda: repeated(clock_goes_on=True), "its values do not change"),
    "the same packet, without a clock": (OSD, lambda: repeated(clock_goes_on=True), "its values do not change"),
    "nothing but 0": (POLAR, lambda: axes(0, 1, 2, to=0.0), "its values do not change"),
    "one axis stands": (POLAR, lambda: axes(0, to=0.0), "axis x does not change"),
    "two axes stand": (POLAR, lambda: axes(0, 2, to=0.3), "axes x and z do not change"),
    "full scale": (POLAR, lambda: axes(0, 1, 2, to=8.0), "it is at full scale (8.0 g)"),
    "clock stands": (POLAR, lambda: clock(lambda _: 5180.0), "its clock does not run as time does"),
    "clock at half speed": (POLAR, lambda: clock(lambda t: 5090.0 + 0.5 * t), "its clock does not run as time does"),
    "half of the packets lost": (POLAR, lambda: lost(0.5), "% of its samples are lost"),
    "nine of ten packets lost": (POLAR, lambda: lost(0.9), "% of its samples are lost"),
    "every second packet": (POLAR, lambda: one_of(2), "about 50 % of its samples are lost"),
    "every second packet, without a clock": (OSD, lambda: one_of(2), "about 50 % of its samples are lost"),
    "one packet in 50 s": (OSD, lambda: one_of(400), "about 100 % of its samples are lost"),
    "noise of 0.3 g": (POLAR, lambda: noise(0.3), "noise of 0."),
    "washing machine": (POLAR, lambda: shaken(8.0, 0.2), "steady vibration of 0."),
    "one sample of each packet": (POLAR, lambda: values(lambda rows, _: rows[-1:]), "only 1 samples a second"),
    "every tenth sample": (POLAR, lambda: values(lambda rows, _: rows[5::10]), "about 90 % of its samples are lost"),
    "one packet of five, without a clock": (OSD, lambda: one_of(5), "only 5 samples a second"),
    "an axis of no numbers": (MOVESENSE, lambda: axes(2, to=np.nan), "axis z sends no numbers"),
    "hardly any number": (MOVESENSE, lambda: values(only_one_number), "its values are no numbers"),
}


def told(air, condition):
    return [at_s for at_s, name in air.began if name == condition]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_hides_a_convulsion_is_said_within_ten_minutes(fault):
    """The convulsion comes ten minutes later: it is told, or somebody was told before that it would not be."""
    device, begin, why = FAULTS[fault]
    air = play(device, rest(RATE_HZ[device.profile], END_S, CONVULSION_S), begin(), FAULT_S, NOT_WATCHED)
    said = [at_s for at_s, name in air.began if name in NOT_WATCHED]
    if not said:
        assert told(air, "seizure_like_movement")
        return
    assert FAULT_S < said[0] <= FAULT_S + 600
    assert air.why_not_watched
    if why and "cannot_judge" in air.standing:
        assert why in air.why_not_watched
        assert why in air.alarms["cannot_judge"].text


WELL = {
    "rest": (POLAR, lambda packet: packet),
    "rest, Movesense": (MOVESENSE, lambda packet: packet),
    "rest, watch of three axes": (OSD, lambda packet: packet),
    "rest, watch that sends a magnitude": (OSD_MAGNITUDE, lambda packet: packet),
    "one packet of ten lost": (POLAR, lost(0.1)),
    "a clock that starts anew": (POLAR, clock(lambda t: t - 300.0 if t > 300 else 5000.0 + t)),
    "20 mg of noise": (POLAR, noise(0.02)),
}


@pytest.mark.parametrize("how", WELL)
def test_a_sensor_that_is_well_stays_watched_and_finds_the_convulsion(how):
    device, sent = WELL[how]
    air = play(device, rest(RATE_HZ[device.profile], 500.0, 420.0), sent, FAULT_S)
    [at_s] = told(air, "seizure_like_movement")
    assert at_s - 420.0 <= 35
    assert not air.why_not_watched
    assert not NOT_WATCHED & {name for _, name in air.began}
    assert pipeline.listened(air.state, air.now) == {"ankle": pytest.approx(1.0, abs=0.15)}


def test_it_ends_with_a_check_that_succeeds():
    until_s = FAULT_S + 440.0
    half = one_of(2)
    air = play(POLAR, rest(52, 800.0), lambda packet: half(packet) if packet.end_s < until_s else packet, FAULT_S)
    assert told(air, "cannot_judge")
    alarm = air.alarms["cannot_judge"]
    assert alarm.presence is Presence.OFF
    assert alarm.text == "ankle of Mia can be judged again."
    assert not air.why_not_watched
    assert 0.3 < pipeline.listened(air.state, air.now)["ankle"] < 0.8


def test_health_says_so_after_the_first_check_and_the_alarm_comes_with_the_second():
    air = play(POLAR, rest(52, FAULT_S + 430.0), one_of(3), FAULT_S)
    notes = [(at_s, detail) for at_s, subject, detail in air.notes if subject == "control of ankle"]
    assert notes[0][1].startswith("a convulsion would ring after")
    assert "samples are lost" in notes[1][1]
    [alarm_s] = told(air, "cannot_judge")
    assert alarm_s - notes[1][0] == pytest.approx(120, abs=5)


def test_a_sensor_that_came_back_is_checked_within_two_minutes():
    away = lambda packet: None if packet.end_s < FAULT_S + 30 else one_of(3)(packet)  # noqa: E731  a fault, as above
    air = play(POLAR, rest(52, FAULT_S + 160.0), away, FAULT_S)
    assert "samples are lost" in air.why_not_watched


# ------------------------------------------------------------------------------------------------ movement of her own


def worn(track, core, *, from_s=0.0):
    """The track as `band` hears it, a second at a time; returns the moments and reasons of checks that failed."""
    rate, begin_s = round(track.rate_hz), core.mono_s
    failed, checked_s = [], None
    for first in range(0, len(track.t_s) - rate, rate):
        rows = slice(first, first + rate)
        core.step(
            MotionReceived("band", begin_s + track.t_s[rows], track.acc_g[rows]), begin_s + track.t_s[first + rate]
        )
        core.step(Tick())
        control = core.state.sensors["band"].control
        if control.checked_s != checked_s:
            checked_s = control.checked_s
            failed += [(round(checked_s - begin_s), control.why)] if control.why else []
    return failed


def test_a_night_of_a_sleeping_infant_is_listened_to():
    """Turning, sucking, startles, hiccups of a night: no alarm, few checks that fail while she stirs."""
    [track] = infant_night(2, hours=1.0, rate_hz=25.0, fever=False, bouts=0).motion.values()
    core = Core(BAND)
    failed = worn(track, core)
    assert not core.raised(Condition.CANNOT_JUDGE)
    assert len(failed) <= 6
    assert pipeline.listened(core.state, core.now)["band"] > 0.8


@pytest.mark.parametrize("label", [Label.KICKING, Label.CARRIED])
def test_an_awake_child_is_watched_or_it_is_said_that_she_is_too_lively(label):
    """A convulsion after minutes of kicking: told, or said before that it would not be."""
    core = Core(BAND)
    sensor = SENSORS["polar"].on(Limb.ANKLE)
    worn(clip(MOVEMENTS[label](3, 400.0), sensor, 3, before_s=5.0, after_s=0.0), core)
    [(_, _, why)] = pipeline.watches(core.state, core.now)
    worn(clip(clonic(3, 60.0, peak_g=0.8), sensor, 3, before_s=0.0, after_s=0.0), core)
    assert core.raised(Condition.SEIZURE_LIKE_MOVEMENT) or "too much movement" in why


# ------------------------------------------------------------------------------------------------ the condition


def test_after_an_event_being_blind_is_urgent():
    track = rest(52, 760.0, 10.0)
    core = Core(BAND)
    for at in range(0, 52 * 750, 52):
        if at < 52 * 120 or at // 52 % 2:
            core.step(MotionReceived("band", 1000.0 + track.t_s[at : at + 52], track.acc_g[at : at + 52]))
        core.step(Tick(), 1001.0 + at / 52)
    assert core.raised(Condition.SEIZURE_LIKE_MOVEMENT)
    [alarm] = core.raised(Condition.CANNOT_JUDGE)
    assert alarm.priority is Priority.HIGH


def test_a_sensor_without_rhythm_alone_is_no_watch_and_beside_another_no_alarm():
    counter = Device("watch", "room", "mia", limb=Limb.LEFT_WRIST)
    alone = Core(counter).go(5.0, warm(20.0, "watch"), every_s=1.0)
    [alarm] = alone.raised(Condition.CANNOT_JUDGE)
    assert "it measures too seldom to show jerks" in alarm.text
    [(_, _, why)] = pipeline.watches(alone.state, alone.now)
    assert "too seldom" in why
    beside = Core(counter, BAND).go(5.0, warm(20.0, "watch"), every_s=1.0)
    assert not beside.raised(Condition.CANNOT_JUDGE)
