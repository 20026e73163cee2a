"""What must ring, what must not, and what it is called: simulated infants, a few fixed seeds. Simulated figures."""

from itertools import pairwise

import numpy as np
import pytest

from edge.analysis import mimics
from edge.analysis.mimics import labels
from edge.model.alarm import Condition
from edge.model.people import Limb
from edge.simulation import MOVEMENTS, SENSORS, Label, asleep, clip, infant_night
from edge.simulation.body import Posture, movement
from edge.simulation.jerks import Jerks, shaken
from edge.simulation.script import Script
from tests.bench.mimics import look, of

RATES = ("polar", "watch", "slow_12", "fast")
LIMBS = (Limb.ANKLE, Limb.LEFT_WRIST, Limb.CHEST)
CALM = 60.0


def twitching(limb, every_s, count, seed=1):
    """One limb that twitches `count` times, and the moments."""
    rng = np.random.default_rng(seed)
    at_s = np.cumsum(every_s * np.clip(rng.normal(1.0, 0.1, count), 0.3, 2.0))
    train = Jerks.at(at_s, rng.uniform(0.05, 0.095, count), 0.4 * np.clip(rng.normal(1, 0.2, count), 0.5, 1.5))
    script = Script(CALM + float(at_s[-1]) + 400.0, seed)
    script.lie(0.0, Posture.SUPINE)

    def effort(t_s, where):
        return shaken(train, t_s, where, seed, 1.0 if where is limb else 0.1)

    script.add(CALM, movement(Label.TWITCH, float(at_s[-1]) + 1.0, effort, limbs=(limb,)))
    return script, CALM + at_s


@pytest.mark.parametrize("name", RATES)
@pytest.mark.parametrize("every_s", [3.0, 8.0, 25.0])
@pytest.mark.parametrize("limb", [Limb.ANKLE, Limb.LEFT_WRIST])
def test_twitches_that_return_at_regular_intervals_are_notified_once(name, every_s, limb):
    script, at_s = twitching(limb, every_s, max(16, round(200 / every_s)))
    track = script.record(SENSORS[name].on(limb))
    _, steps = mimics.advance(mimics.start(3, limb), track.t_s, track.acc_g)
    signs = [sign for step in steps for sign in step.signs if sign.condition is Condition.RECURRING_TWITCHES]
    first = next(sign for sign in signs if sign.present)
    assert at_s[0] - 1 <= first.onset_s <= at_s[0] + 4 * every_s
    assert first.t_s - first.onset_s >= 110, "a longer time, in the pediatrician's words"
    assert first.evidence.pattern == "regular"
    assert first.evidence.interval_s == pytest.approx(every_s, rel=0.15)
    assert first.evidence.limb == str(limb)
    assert first.evidence.count == pytest.approx(sum((at_s >= first.onset_s - 1) & (at_s < first.t_s)), abs=3)
    assert sum(a.present != b.present for a, b in pairwise(signs)) == 2, "raised once, ended once"


@pytest.mark.parametrize("seed", range(4))
def test_twitches_at_random_are_dream_sleep(seed):
    rng = np.random.default_rng(seed)
    script = Script(1800.0, seed)
    script.lie(0.0, Posture.SUPINE)
    at_s = np.cumsum(rng.exponential(25.0, 60))
    for when in at_s[at_s < 1780.0]:
        script.add(float(when), MOVEMENTS[Label.TWITCH](rng))
    track = script.record(SENSORS["polar"].on(Limb.ANKLE))
    assert look(track.t_s, track.acc_g, Limb.ANKLE)[1] == []


@pytest.mark.parametrize("limb", LIMBS)
@pytest.mark.parametrize("name", RATES)
def test_infantile_spasms_are_notified_within_three_minutes_at_any_rate(name, limb):
    track = clip(of(Label.INFANTILE_SPASMS, 5, 300.0), SENSORS[name].on(limb), 5)
    _, steps = mimics.advance(mimics.start(3, limb), track.t_s, track.acc_g)
    first = next(sign for step in steps for sign in step.signs if sign.present)
    assert first.condition is Condition.RECURRING_TWITCHES
    assert first.evidence.pattern == "spasm_cluster"
    assert 29 <= first.onset_s <= 70
    assert first.t_s <= 30 + 180


@pytest.mark.parametrize("limb", LIMBS)
@pytest.mark.parametrize("name", ["polar", "fast", "slow_20", "slow_12"])
def test_rigor_is_notified_where_the_rate_shows_it(name, limb):
    track = clip(of(Label.RIGOR, 7, 300.0), SENSORS[name].on(limb), 7)
    state, raised, _ = look(track.t_s, track.acc_g, limb)
    if not state.fast:
        assert raised == []
        return
    [(condition, at_s, onset_s)] = raised
    assert condition is Condition.RIGOR
    assert 25 <= onset_s <= 55
    assert at_s <= 30 + 120


@pytest.mark.parametrize("limb", LIMBS)
@pytest.mark.parametrize(
    "label",
    [
        Label.STARTLE,
        Label.MORO,
        Label.TWITCH,
        Label.HICCUPS,
        Label.SUCKING,
        Label.RESTLESS,
        Label.TURNING,
        Label.PATTED,
        Label.ROCKED,
        Label.CARRIED,
        Label.BODY_ROCKING,
        Label.HEAD_BANGING,
        Label.SLEEP_MYOCLONUS,
        Label.JITTERINESS,
        Label.TONIC,
        Label.CLONIC,
        Label.CAR,
        Label.CRYING,
    ],
)
def test_what_is_neither_does_not_ring(label, limb):
    track = clip(of(label, 3, 20.0 if label is Label.TONIC else 240.0), SENSORS["polar"].on(limb), 3)
    assert look(track.t_s, track.acc_g, limb)[1] == []


def test_hiccups_for_minutes_are_named_and_for_a_quarter_of_an_hour_notified():
    def at(seconds):
        track = clip(of(Label.HICCUPS, 1, seconds), SENSORS["polar"].on(Limb.CHEST), 1)
        return mimics.advance(mimics.start(3, Limb.CHEST), track.t_s, track.acc_g)

    state, steps = at(420.0)
    assert state.tally_s[labels.Label.HICCUPS] >= 60
    assert not [sign for step in steps for sign in step.signs if sign.present]
    _, steps = at(1500.0)
    first = next(sign for step in steps for sign in step.signs if sign.present)
    assert first.evidence.resembles == "hiccups"


@pytest.mark.parametrize(
    ("label", "name"),
    [
        (Label.CARRIED, "carried"),
        (Label.ROCKED, "rocked"),
        (Label.PATTED, "patted_or_jerking"),
        (Label.BODY_ROCKING, "body_rocking"),
        (Label.HEAD_BANGING, "head_banging"),
        (Label.RESTLESS, "restless"),
        (Label.CRYING, "restless"),
    ],
)
def test_what_it_resembles_is_named_most_of_the_time(label, name):
    found = 0
    for seed in (1, 2, 3):
        track = clip(of(label, seed, 120.0), SENSORS["polar"].on(Limb.ANKLE), seed)
        end_s = max(row.end_s for row in track.truth)
        _, steps = mimics.advance(mimics.start(3, Limb.ANKLE), track.t_s, track.acc_g)
        looks = [str(step.label) for step in steps if 45 <= step.t_s <= max(46.0, end_s)]
        found += looks.count(name) > len(looks) / 2
    assert found >= 2


def test_sucking_is_named_at_the_chest_by_its_bursts():
    track = clip(asleep.sucking(1, 240.0, age_months=4.0), SENSORS["polar"].on(Limb.CHEST), 1)
    state, _, looks = look(track.t_s, track.acc_g, Limb.CHEST)
    assert state.tally_s["sucking"] >= 90
    assert looks["sucking"] + looks["still"] >= 0.9 * looks.total()


def test_a_steady_beat_of_the_same_rate_is_no_sucking():
    """The heart of an infant beats at about 2 Hz, without pauses."""
    rng = np.random.default_rng(1)
    t_s = np.arange(0, 240.0, 0.02)
    acc_g = np.array([0.0, 0.0, 1.0]) + rng.normal(0, 0.002, (t_s.size, 3))
    acc_g[:, 2] += 0.008 * np.sin(2 * np.pi * 2.1 * t_s)
    assert "sucking" not in look(t_s, acc_g, Limb.CHEST)[0].tally_s


def test_a_magnitude_names_nothing_that_needs_gravity():
    track = clip(of(Label.CARRIED, 1, 120.0), SENSORS["polar"].on(Limb.ANKLE), 1)
    state, _, _ = look(track.t_s, track.magnitude_g, Limb.ANKLE)
    assert "carried" not in state.tally_s
    assert state.tally_s["rhythmic"] > 40
    assert state.posture.side == "unknown"


def test_a_change_of_side_is_counted():
    script = Script(120.0, 4)
    script.lie(0.0, Posture.SUPINE)
    script.lie(40.0, Posture.LEFT_SIDE)
    script.lie(80.0, Posture.UPRIGHT)
    track = script.record(SENSORS["polar"].on(Limb.CHEST))
    state, _, _ = look(track.t_s, track.acc_g, Limb.CHEST)
    assert state.posture.changes == 2
    assert state.posture.upright


def test_the_moro_reflex_is_named_in_the_first_four_months_only():
    assert "moro" in mimics.startle_name(3.0)
    assert "moro" not in mimics.startle_name(5.0)
    assert "moro" not in mimics.startle_name(None)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_night_without_any_of_it_is_quiet(seed):
    night = infant_night(seed, hours=3.0, fever=False, shivers=False, age_months=8.0)
    track = night.motion[Limb.ANKLE]
    assert look(track.t_s, track.acc_g, Limb.ANKLE)[1] == []
