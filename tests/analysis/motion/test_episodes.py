"""When an alarm begins and ends, and what never is one. Signals made here, seeds fixed."""

from dataclasses import dataclass

import numpy as np
import pytest

from edge.analysis.motion import Stage, Step, advance, start
from edge.model.alarm import Condition
from edge.model.reading import Array

AXES = np.array([0.2, -0.4, 0.89])
ALONG = np.array([0.6, 0.0, 0.8])


@dataclass(frozen=True)
class Jerking:
    """Jerks of 70 ms between two moments, from one rate to another, with uneven intervals (SD as share)."""

    start_s: float
    end_s: float
    first_hz: float = 2.4
    last_hz: float = 1.5
    uneven: float = 0.05
    peak_g: float = 0.9

    def times(self, rng: np.random.Generator) -> Array:
        at, t_s = [], self.start_s
        while t_s < self.end_s:
            at.append(t_s)
            done = (t_s - self.start_s) / (self.end_s - self.start_s)
            t_s += (1 + self.uneven * rng.normal()) / (self.first_hz * (self.last_hz / self.first_hz) ** done)
        return np.array(at)


def lying(seconds: float, *bouts: Jerking, rate_hz: float = 50.0, seed: int = 0) -> tuple[Array, Array]:
    """A child that breathes and jerks: (n,) s, (n, 3) g."""
    rng = np.random.default_rng(seed)
    fine = np.arange(0.0, seconds, 0.0025)
    moved = 0.004 * np.sin(2 * np.pi * 0.7 * fine)
    for bout in bouts:
        for at in bout.times(rng):
            near = slice(*np.searchsorted(fine, [at - 0.12, at + 0.12]))
            x = (fine[near] - at) / 0.025
            moved[near] -= bout.peak_g * 1.6 * x * np.exp(-(x**2))
    t_s = np.arange(0.0, seconds - 0.1, 1 / rate_hz)
    k = max(1, round(400 / rate_hz))
    moved = np.convolve(moved, np.ones(k) / k, "same")[np.round(t_s / 0.0025).astype(int)]
    return t_s, AXES + moved[:, None] * ALONG + rng.normal(0, 0.004, (t_s.size, 3))


def watch(t_s: Array, values: Array) -> tuple[Step, ...]:
    return advance(start(3 if values.ndim == 2 else 1), t_s, values)[1]


def episodes(steps: tuple[Step, ...]) -> list[tuple[float, float | None]]:
    """(raised, ended) in s of each alarm."""
    found: list[tuple[float, float | None]] = []
    standing = False
    for step in steps:
        now = step.stage is Stage.ALARM
        if now and not standing:
            found.append((step.t_s, None))
        elif standing and not now:
            found[-1] = (found[-1][0], step.t_s)
        standing = now
    return found


@pytest.mark.parametrize("rate_hz", [25, 52, 104, 208])
@pytest.mark.parametrize("first_hz", [1.5, 2.2, 3.0])
def test_jerks_are_found_once_soon_and_end(rate_hz: float, first_hz: float) -> None:
    bout = Jerking(40, 80, first_hz, max(1.0, 0.6 * first_hz))
    ((raised_s, ended_s),) = episodes(watch(*lying(140, bout, rate_hz=rate_hz)))
    assert 44 < raised_s <= 60
    assert ended_s is not None
    assert 82 < ended_s <= 110


def test_the_magnitude_alone_is_enough_even_of_a_watch_that_rests_at_one_and_a_half() -> None:
    t_s, values = lying(110, Jerking(40, 80))
    ((raised_s, _),) = episodes(watch(t_s, np.linalg.norm(values, axis=1) * 1.5))
    assert 44 < raised_s <= 60


def test_a_pause_of_seconds_does_not_split_an_episode() -> None:
    t_s, values = lying(160, Jerking(40, 70), Jerking(75, 110))
    assert len(episodes(watch(t_s, values))) == 1


def test_bouts_eighty_seconds_apart_are_two_episodes() -> None:
    t_s, values = lying(220, Jerking(40, 70), Jerking(150, 180))
    assert len(episodes(watch(t_s, values))) == 2


def test_the_onset_is_dated_back_and_stays() -> None:
    steps = watch(*lying(110, Jerking(40, 80)))
    onsets = {sign.onset_s for step in steps for sign in step.signs if sign.present}
    assert len(onsets) == 1
    assert onsets.pop() == pytest.approx(40, abs=4)


def test_every_watched_second_after_the_first_window_has_its_sign() -> None:
    steps = watch(*lying(110, Jerking(40, 80)))
    assert all(step.signs == () for step in steps if step.t_s < 5)
    for step in steps[6:]:
        seizure, possible = step.signs
        assert seizure.condition is Condition.SEIZURE_LIKE_MOVEMENT
        assert possible.condition is Condition.POSSIBLE_MOVEMENT
        assert seizure.present == (step.stage is Stage.ALARM)
        assert possible.present == (step.stage is Stage.WARNING)
        for sign in step.signs:
            assert (sign.onset_s is None) != sign.present
            assert sign.t_s == step.t_s


def test_the_evidence_says_how_fast_and_how_even() -> None:
    steps = watch(*lying(110, Jerking(40, 80, 2.4, 1.5)))
    last = next(sign for step in reversed(steps) for sign in step.signs if sign.present and step.t_s < 80)
    rates_hz = last.evidence.rate_hz
    assert "jerks" in str(last.evidence.pattern)
    assert isinstance(rates_hz, tuple)
    assert np.median(rates_hz[3:10]) > np.median(rates_hz[-8:]) > 1.2


def test_an_alarm_begins_where_the_log_odds_pass_nought() -> None:
    steps = watch(*lying(110, Jerking(40, 80)))
    first = next(i for i, step in enumerate(steps) if step.stage is Stage.ALARM)
    assert steps[first].log_odds >= 0
    assert all(step.log_odds < 0 for step in steps[:first])


def test_shaking_of_a_wrist_at_four_hertz_is_found_from_the_magnitude() -> None:
    rng = np.random.default_rng(4)
    t_s = np.arange(0, 110, 0.04)
    phase = 2 * np.pi * np.cumsum(np.where(t_s < 60, 4.4, 3.4) + 0.4 * rng.normal(size=t_s.size)) * 0.04
    swell = np.interp(t_s, [0, 40, 46, 78, 80], [0.0, 0.0, 1.0, 1.0, 0.0])
    uneven = 1 + 0.5 * np.convolve(rng.normal(size=t_s.size), np.ones(12) / 12, "same")
    magnitude = 1.5 + 0.5 * swell * uneven * np.sin(phase) + 0.01 * rng.normal(size=t_s.size)
    ((raised_s, _),) = episodes(watch(t_s, magnitude))
    assert 44 < raised_s <= 62


def wave(kind: str, t_s: Array, rng: np.random.Generator) -> Array:
    sway = np.convolve(rng.normal(size=t_s.size), np.ones(200) / 200, "same")
    phase = 2 * np.pi * np.cumsum(1 + 0.05 * sway) * 0.02
    if kind == "rocked":
        return 0.08 * np.sin(0.8 * phase)
    if kind == "carried":
        return 0.2 * np.sin(1.9 * phase) + 0.06 * np.sin(3.8 * phase + 0.9)
    if kind == "shivering":
        return 0.06 * np.sin(9 * phase) * (0.5 + 0.5 * np.sin(0.11 * phase))
    if kind == "sucking":
        return 0.03 * np.sin(2.1 * phase) * ((t_s % 8) < 4.7)
    if kind == "squirming":
        return 0.6 * sway + 0.1 * np.convolve(rng.normal(size=t_s.size), np.ones(15) / 15, "same")
    return np.zeros(t_s.size)


@pytest.mark.parametrize("kind", ["still", "rocked", "carried", "shivering", "sucking", "squirming"])
@pytest.mark.parametrize("columns", [1, 3])
def test_what_is_no_seizure_does_not_ring(kind: str, columns: int) -> None:
    rng = np.random.default_rng(5)
    t_s = np.arange(0, 300, 0.02)
    axes = AXES + wave(kind, t_s, rng)[:, None] * ALONG + rng.normal(0, 0.004, (t_s.size, 3))
    assert episodes(watch(t_s, axes if columns == 3 else np.linalg.norm(axes, axis=1))) == []


def test_a_few_single_jerks_do_not_ring() -> None:
    t_s, values = lying(200, *(Jerking(at, at + 0.3) for at in (20, 41, 47, 90, 120, 128, 150)))
    assert episodes(watch(t_s, values)) == []
