"""New, the same again, or played back: by the numbers of frames, as sensors and attackers send them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.analysis.arrival import replay
from edge.analysis.arrival.replay import FrameLine, Verdict, judge_frame
from edge.model.reading import Serial

NEW, REPEATED, OLD = Verdict.NEW, Verdict.REPEATED, Verdict.OLD


class Ear:
    """Hears numbers; the bytes of a frame are its number unless told."""

    def __init__(self, bits=32):
        self.line, self.bits = FrameLine(), bits

    def hear(self, number, at_s, frame=None):
        wrapped = number % (1 << self.bits) if self.bits else number
        digest = wrapped if frame is None else hash(frame)
        self.line, verdict = judge_frame(self.line, Serial(wrapped, self.bits), digest, at_s)
        return verdict

    def live(self, first, count, from_s, every_s=30.0, step=1):
        return [self.hear(first + step * i, from_s + every_s * i) for i in range(count)]


@pytest.mark.parametrize("bits", [8, 16, 32])
@pytest.mark.parametrize("step", [1, 30])
def test_a_sensor_that_counts_is_always_new_also_around_the_end_of_its_counter(bits, step):
    ear = Ear(bits)
    first = (1 << bits) - 20 if step == 1 else (1 << bits) - 100
    assert ear.live(first, 60, 0.0, step=step) == [NEW] * 60


def test_the_same_again_is_no_measurement():
    ear = Ear()
    assert [ear.hear(7, at_s) for at_s in (0.0, 2.0, 4.0)] == [NEW, REPEATED, REPEATED]
    assert ear.hear(8, 30.0) is NEW


@pytest.mark.parametrize("old", [5, 99, 500, 970])
def test_an_old_frame_passes_never_while_the_sensor_is_heard(old):
    ear, heard = Ear(), set()
    for second in range(7200):
        if second % 30 == 0:
            assert ear.hear(1000 + second, second) is NEW
        if second % 5 == 1:
            heard.add(ear.hear(old, second, "recorded last week"))
    assert heard == {OLD}


@pytest.mark.parametrize("step", [1, 4])
def test_an_old_frame_passes_never_when_an_eight_bit_counter_comes_by_it(step):
    ear, heard = Ear(8), set()
    for second in range(6 * 3600):
        if second % 30 == 0:
            assert ear.hear(step * second // 30, second, f"now {second}") is NEW
        if second % 5 == 1 and second > 30:
            heard.add(ear.hear(200, second, "recorded last week"))
    assert heard == {OLD}


def test_a_recorded_sequence_passes_never_while_the_sensor_is_heard():
    ear, heard = Ear(), set()
    for second in range(7200):
        if second % 30 == 0:
            assert ear.hear(100_000 + second, second) is NEW
        if second % 5 == 1:
            heard.add(ear.hear(second // 5 % 40, second, f"recorded {second // 5 % 40}"))
    assert heard == {OLD}


@pytest.mark.parametrize(("bits", "step"), [(32, 30), (32, 1), (8, 1), (16, 1)])
def test_a_sensor_with_a_new_battery_is_believed_from_its_second_frame(bits, step):
    ear = Ear(bits)
    ear.live(90_000, 40, 0.0, step=step)
    ear_s = 39 * 30.0
    said = [ear.hear(step * i, ear_s + 120.0 + 30.0 * i, f"new {i}") for i in range(20)]
    assert said[2:] == [NEW] * 18
    assert said.count(OLD) <= 1


def test_one_frame_alone_is_no_new_battery():
    ear = Ear()
    ear.live(90_000, 40, 0.0)
    assert {ear.hear(3, 1200.0 + 5 * i, "recorded") for i in range(5000)} == {OLD}


def test_what_was_received_here_is_no_new_battery_however_often_it_is_played():
    """Its first minutes were recorded; the sensor is out of reach, and they are played again and again."""
    ear = Ear()
    ear.live(0, 40, 0.0)
    said = [ear.hear(i % 40, 1200.0 + 3600.0 + 30.0 * i) for i in range(400)]
    assert NEW not in said


def test_a_recording_of_another_day_passes_once_at_most():
    ear = Ear()
    ear.live(90_000, 40, 0.0)
    said = [ear.hear(i % 40, 4800.0 + 30.0 * i, f"last week {i % 40}") for i in range(400)]
    assert said[:40].count(NEW) == 39
    assert NEW not in said[40:]


def test_the_sensor_itself_is_taken_up_again_after_a_recording_was_believed():
    ear = Ear()
    ear.live(1000, 40, 0.0, step=30)
    assert NEW in [ear.hear(i, 1300.0 + 5.0 * i, f"recorded {i}") for i in range(40)]
    back = [ear.hear(1000 + 30 * 40 + 300 + 30 * i, 1500.0 + 30.0 * i) for i in range(10)]
    assert back[3:] == [NEW] * 7
    assert ear.hear(41, 1800.0, "recorded 41") is OLD


def test_a_sensor_that_was_out_of_reach_for_hours():
    for bits in (8, 16, 32):
        ear = Ear(bits)
        ear.live(50, 40, 0.0)
        assert ear.hear(50 + 39 + 480, 39 * 30.0 + 4 * 3600.0) is NEW


def test_a_measurement_in_two_adverts_under_one_number():
    ear = Ear(8)
    for number in range(20):
        at_s = 60.0 * number
        assert ear.hear(number, at_s, f"temperature {number}") is NEW
        assert ear.hear(number, at_s + 2, f"voltage {number}") is NEW
        assert ear.hear(number, at_s + 4, f"temperature {number}") is REPEATED


def test_a_number_that_never_counts_says_nothing():
    ear = Ear(8)
    said = [ear.hear(0, 30.0 * i, f"36.{i % 5}") for i in range(50)]
    assert said[10:] == [NEW] * 40


def test_a_nonce_is_old_when_it_comes_again_after_another():
    ear = Ear(0)
    assert [ear.hear(number, 0.0) for number in (2**63, 5, 5, 9, 5, 2**63, 1)] == [
        NEW,
        NEW,
        REPEATED,
        NEW,
        OLD,
        OLD,
        NEW,
    ]
    assert ear.hear(9, 1.0, "the same nonce, with another byte behind the seal") is OLD


@given(st.lists(st.tuples(st.integers(0, 300), st.floats(0.0, 600.0)), max_size=60), st.sampled_from([0, 8, 16, 32]))
def test_whatever_comes_is_judged_and_memory_stays_small(frames, bits):
    ear, at_s = Ear(bits), 0.0
    for number, gap_s in frames:
        at_s += gap_s
        ear.hear(number, at_s)
    assert len(ear.line.accepted) <= replay.MOST_ACCEPTED
    assert len(ear.line.refused) <= replay.MOST_REFUSED
    assert len(ear.line.parts) <= replay.MOST_PARTS
