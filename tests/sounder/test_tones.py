"""The shape of the sounds, measured on the rendered samples. Limits: IEC 60601-1-8, tables 3 and 4."""

import io
import wave

import numpy as np
import pytest

from edge.sounder.tones import PATTERNS, RATE_HZ, burst, wav

PULSES = {"technical": 2, "technical_grown": 10, "high": 10, "medium": 3, "low": 2, "test": 10}


def plateaus(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Start and end, in seconds, of each stretch at 90 % of the full level, found from the samples alone."""
    samples = np.abs(burst(PATTERNS[name]))
    width = int(RATE_HZ * 0.004)  # longer than a period of the lowest tone
    level = np.max(np.lib.stride_tricks.sliding_window_view(samples, width), axis=1)
    loud = np.concatenate([[False], level >= 0.9 * level.max(), [False]])
    edges = np.flatnonzero(np.diff(loud.astype(int))) / RATE_HZ
    return edges[::2], edges[1::2] + width / RATE_HZ


@pytest.mark.parametrize("name", PATTERNS)
def test_table_3_number_of_pulses(name):
    starts, _ = plateaus(name)
    assert len(starts) == PULSES[name]


@pytest.mark.parametrize("name", PATTERNS)
def test_table_4_pulse_duration(name):
    starts, ends = plateaus(name)
    low, high = (0.075, 0.2) if PULSES[name] == 10 else (0.125, 0.25)
    assert np.all((ends - starts >= low) & (ends - starts <= high))


@pytest.mark.parametrize("name", ["high", "technical_grown"])
def test_table_3_spacing_of_a_high_priority_burst(name):
    starts, ends = plateaus(name)
    gaps = starts[1:] - ends[:-1]
    x = gaps[[0, 1, 3, 5, 6, 8]]
    assert np.all((x >= 0.05) & (x <= 0.125))
    assert gaps[[2, 7]] == pytest.approx(2 * np.mean(x) + np.mean(ends - starts), abs=0.02)
    assert 0.35 <= gaps[4] <= 1.30


@pytest.mark.parametrize("name", ["medium", "low"])
def test_table_3_spacing_of_the_others(name):
    starts, ends = plateaus(name)
    gaps = starts[1:] - ends[:-1]
    assert np.all((gaps >= 0.125) & (gaps <= 0.25))


@pytest.mark.parametrize(
    ("name", "low_s", "high_s"),
    [("high", 2.5, 15), ("technical_grown", 2.5, 15), ("medium", 2.5, 30), ("low", 15.1, 120)],
)
def test_table_3_silence_between_bursts(name, low_s, high_s):
    assert low_s <= PATTERNS[name].repeat_s <= high_s


@pytest.mark.parametrize("name", PATTERNS)
def test_table_4_rise_and_fall(name):
    pattern = PATTERNS[name]
    assert 0.1 <= pattern.rise_s / pattern.pulse_s <= 0.4
    assert pattern.fall_s <= min(pattern.spacings_s) - pattern.rise_s


@pytest.mark.parametrize("name", PATTERNS)
def test_table_4_fundamental_and_harmonics(name):
    pattern = PATTERNS[name]
    start = int(next(pattern.starts_s()) * RATE_HZ)
    pulse = burst(pattern)[start : start + int(pattern.pulse_s * RATE_HZ)]
    spectrum = np.abs(np.fft.rfft(pulse * np.hanning(len(pulse)), 1 << 18))
    hz = np.fft.rfftfreq(1 << 18, 1 / RATE_HZ)
    fundamental_hz = hz[np.argmax(spectrum)]
    assert 150 <= fundamental_hz <= 1000
    assert fundamental_hz == pytest.approx(pattern.fundamental_hz, abs=2)
    inner = spectrum[1:-1]
    peaks = np.flatnonzero((inner > spectrum[:-2]) & (inner > spectrum[2:])) + 1
    strong = peaks[20 * np.log10(spectrum[peaks] / spectrum.max()) > -15]
    components = hz[strong][(hz[strong] >= 300) & (hz[strong] <= 4000)]
    assert len(components) >= 4
    assert components / fundamental_hz == pytest.approx(np.round(components / fundamental_hz), abs=0.02)


def test_the_file_is_what_it_says_and_never_clips():
    with wave.open(io.BytesIO(wav("high"))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE_HZ)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert len(samples) / RATE_HZ == pytest.approx(PATTERNS["high"].burst_s, abs=0.001)
    assert 28_000 < np.max(np.abs(samples)) < 30_000
    assert samples[0] == 0
    assert abs(int(samples[-1])) < 400  # no click


def test_a_softer_level_is_the_same_sound():
    full, half = (np.frombuffer(wav("medium", percent)[44:], "<i2").astype(float) for percent in (100, 50))
    assert np.max(np.abs(half - full / 2)) <= 1.0
