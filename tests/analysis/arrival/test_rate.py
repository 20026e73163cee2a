"""The true rate of a sensor, whatever its profile says, and a clock that cannot be right."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from edge.analysis.arrival.rate import LEAST_HZ, trouble
from edge.analysis.arrival.sample_clock import ClockState, place
from edge.model.reading import Quantity, Samples


@dataclass(frozen=True)
class Link:
    """How samples come. n: a packet. sends: "time", "number" or "nothing" beside them. jitter_s: mean lateness.

    stalls: holds of up to 1.5 s, about one in 15 s, after which all comes at once. loss: share of packets lost.
    """

    n: int = 3
    sends: str = "nothing"
    jitter_s: float = 0.03
    stalls: bool = False
    loss: float = 0.0
    regular_loss: int = 0


def sent(link, true_hz, duration_s, rng, begin_s=100.0):
    """Per packet: number, moment of its last sample, arrival; s."""
    number = np.arange(int(duration_s * true_hz / link.n))
    ends = begin_s + ((number + 1) * link.n - 1) / true_hz
    arrivals = ends + rng.exponential(link.jitter_s, number.size)
    for at_s in np.arange(begin_s, begin_s + duration_s, 15.0) + rng.uniform(0, 10) if link.stalls else ():
        held = (arrivals > at_s) & (arrivals < at_s + rng.uniform(0.3, 1.5))
        arrivals[held] = arrivals[held].max(initial=0.0)
    keep = rng.random(number.size) >= link.loss
    if link.regular_loss:
        keep &= number % link.regular_loss == 0
    return number[keep], ends[keep], np.maximum.accumulate(arrivals)[keep]


class Played:
    """t_s, true_s: of all samples, as placed and as taken. state: at the end. hz: the rate in use, packet by packet."""

    def __init__(self, link, nominal_hz, packets, *, own=lambda end_s: end_s, state=None):
        self.state, t_s, true_s, self.hz = state or ClockState(), [], [], []
        self.arrivals = packets[2]
        rng = np.random.default_rng(9)
        for number, end_s, arrival_s in zip(*packets, strict=True):
            samples = Samples(
                Quantity.MAGNITUDE,
                rng.random(link.n),
                sensor_s=float(own(end_s)) if link.sends == "time" else None,
                counter=int(number % 256) if link.sends == "number" else None,
            )
            self.state, times = place(self.state, samples, float(arrival_s), nominal_hz)
            t_s.append(times)
            true_s.append(end_s - np.arange(link.n - 1, -1, -1.0))
            self.hz.append(self.state.hz or nominal_hz)
        self.t_s = np.concatenate(t_s)
        self.true_s = np.concatenate(true_s)

    def steps_after(self, s):
        """Time from sample to sample, once it has been heard for so long."""
        settled = self.t_s > self.arrivals[0] + s
        return np.diff(self.t_s[settled])


RATES = [12.5, 16.0, 20.0, 22.5, 23.8, 24.3, 26.1, 31.25, 50.0, 100.0, 208.0]
LINKS = {
    "no clock, three samples a packet": Link(),
    "no clock, through stalls": Link(n=5, stalls=True),
    "no clock, a sample a packet": Link(n=1, jitter_s=0.01),
    "packet numbers": Link(n=10, sends="number"),
    "packet numbers, a tenth lost": Link(n=10, sends="number", loss=0.1),
    "its own time": Link(n=8, sends="time"),
    "its own time, half lost": Link(n=8, sends="time", loss=0.5),
}


@pytest.mark.parametrize("name", LINKS)
@pytest.mark.parametrize("nominal_hz", [25.0, 52.0])
def test_any_rate_is_found_within_a_quarter_of_a_minute(name, nominal_hz):
    """Nominal rates wrong by a factor of 0.25 to 4."""
    link, rng = LINKS[name], np.random.default_rng(3)
    for true_hz in RATES:
        if not 0.24 <= nominal_hz / true_hz <= 4.2:
            continue
        played = Played(link, nominal_hz, sent(link, true_hz, 60.0, rng))
        known_s = played.arrivals[0] + (16.0 if link.loss < 0.5 else 24.0)
        late = [hz for hz, at_s in zip(played.hz, played.arrivals, strict=True) if at_s > known_s]
        assert late == pytest.approx([true_hz] * len(late), rel=0.035), true_hz
        middle = np.median(played.steps_after(25.0))
        assert middle == pytest.approx(1.0 / true_hz, rel=0.035), true_hz
        assert trouble(played.state.pace) == ""


@pytest.mark.parametrize("name", LINKS)
def test_the_rate_of_a_profile_that_is_right_is_left_alone(name):
    link, rng = LINKS[name], np.random.default_rng(4)
    for true_hz in (24.6, 25.0, 25.4):
        assert Played(link, 25.0, sent(link, true_hz, 120.0, rng)).state.hz is None, true_hz


@pytest.mark.parametrize("sends", ["nothing", "time", "number"])
def test_samples_at_another_rate_are_no_gaps(sends):
    """The fault: at 20 Hz on a nominal 25 Hz sensor every few seconds were a gap, and a convulsion was lost in them."""
    link = Link(n=5, sends=sends)
    played = Played(link, 25.0, sent(link, 20.0, 120.0, np.random.default_rng(5)))
    assert played.steps_after(20.0).max() < 0.12
    assert abs(played.t_s[-1] - played.arrivals[-1]) < 0.2


@pytest.mark.parametrize("sends", ["nothing", "time", "number"])
@pytest.mark.parametrize("pause_s", [0.5, 30.0])
def test_another_rate_after_a_reconnection_is_found_too(sends, pause_s):
    link, rng = Link(n=5, sends=sends), np.random.default_rng(6)
    first = sent(link, 50.0, 120.0, rng)
    second = sent(link, 26.0, 60.0, rng, begin_s=220.0 + pause_s)
    before = Played(link, 50.0, first)
    after = Played(link, 50.0, second, state=before.state)
    assert before.state.hz is None
    assert after.state.hz == pytest.approx(26.0, rel=0.03)
    assert after.t_s[0] > before.t_s[-1]
    assert np.median(after.steps_after(30.0)) == pytest.approx(1 / 26.0, rel=0.03)


@pytest.mark.parametrize("sends", ["nothing", "time", "number"])
@pytest.mark.parametrize("true_hz", [5.0, 8.0, 10.0, 11.2])
def test_a_rate_too_slow_to_judge_is_said(sends, true_hz):
    link = Link(n=3, sends=sends)
    played = Played(link, 25.0, sent(link, true_hz, 60.0, np.random.default_rng(7)))
    assert true_hz < LEAST_HZ
    assert trouble(played.state.pace) == f"only {true_hz:.0f} samples a second"


def test_half_of_the_packets_lost_without_a_number_has_no_rate():
    """By arrival alone half of the samples look like half of the rate, but no half minute is like the next."""
    link = Link(n=3, loss=0.5)
    played = Played(link, 25.0, sent(link, 25.0, 90.0, np.random.default_rng(8)))
    assert trouble(played.state.pace) == "its samples come unevenly"
    known = replace(link, sends="time")
    assert trouble(Played(known, 25.0, sent(known, 25.0, 90.0, np.random.default_rng(8))).state.pace) == ""


CLOCKS = {
    "stands": lambda _: 1000.0,
    "runs backwards": lambda end_s: 9000.0 - end_s,
    "at half speed": lambda end_s: 0.5 * end_s,
    "at double speed": lambda end_s: 2.0 * end_s,
    "anything": lambda end_s: float(hash(end_s) % 100_000),
    "stops after a while": lambda end_s: min(end_s, 160.0),
}


@pytest.mark.parametrize("name", CLOCKS)
def test_a_clock_that_cannot_be_right_is_not_used(name):
    link = Link(n=36, sends="time")
    played = Played(link, 52.0, sent(link, 52.0, 150.0, np.random.default_rng(2)), own=CLOCKS[name])
    assert not played.state.pace.trusted
    assert np.median(played.steps_after(90.0)) == pytest.approx(1 / 52.0, rel=0.03)
    assert played.steps_after(90.0).max() < 0.2
    assert abs(played.t_s[-1] - played.arrivals[-1]) < 0.3


@pytest.mark.parametrize("jump_s", [-500.0, 3600.0, 9.2e9])
def test_a_clock_that_jumps_once_is_still_a_clock(jump_s):
    link = Link(n=36, sends="time")
    packets = sent(link, 52.0, 150.0, np.random.default_rng(2))
    played = Played(link, 52.0, packets, own=lambda end_s: end_s + (jump_s if end_s > 170.0 else 0.0))
    assert played.state.pace.trusted
    assert played.steps_after(90.0).max() < 0.2


def test_a_clock_that_is_right_again_is_used_again():
    link, rng = Link(n=36, sends="time"), np.random.default_rng(2)
    bad = Played(link, 52.0, sent(link, 52.0, 60.0, rng), own=CLOCKS["at half speed"])
    good = Played(link, 52.0, sent(link, 52.0, 90.0, rng, begin_s=161.0), state=bad.state)
    assert not bad.state.pace.trusted
    assert good.state.pace.trusted


@pytest.mark.parametrize("sends", ["nothing", "time"])
@pytest.mark.parametrize("count", [2, 3, 5])
def test_one_packet_of_several_is_no_other_rate(sends, count):
    """What is left of a convulsion in every second packet is not to be taken for one of half the rate."""
    link, rng = Link(n=6, sends=sends), np.random.default_rng(3)
    whole = Played(link, 50.0, sent(link, 50.0, 60.0, rng))
    part = replace(link, regular_loss=count)
    after = Played(part, 50.0, sent(part, 50.0, 60.0, rng, begin_s=160.0), state=whole.state)
    assert after.state.hz is None
    assert after.steps_after(30.0).max() > 0.1
