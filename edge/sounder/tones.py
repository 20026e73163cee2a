"""The sounds of the room's sounder, shaped after IEC 60601-1-8:2006+A1+A2, clause 6.3.3.1, tables 3 and 4.

No conformity is claimed: the loudspeaker is the family's own.
"""

import io
import math
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE_HZ: Final = 48_000

# Odd harmonics, as of a square wave: that wakes sleepers best (NFPA 72, 18.4.6.3: 520 Hz low-frequency signal).
# Table 4 wants four components between 300 and 4000 Hz, none more than 15 dB from the fundamental: 0.2 is -14 dB.
HARMONICS: Final = {1: 1.0, 3: 0.33, 5: 0.25, 7: 0.2}

_PEAK = 0.9  # of full scale; headroom for the resampling of cheap sound cards


@dataclass(frozen=True, slots=True)
class Pattern:
    """One burst and how often it comes.

    fundamental_hz: pulse frequency, 150 to 1000 Hz. pulse_s: effective duration t_d of a pulse, at full level.
    spacings_s: from the full level of one pulse to that of the next, so they hold the fall and the next rise.
    rise_s, fall_s: t_r is 10 to 40 % of t_d, t_f at most the shortest spacing less t_r.
    repeat_s: silence between two bursts; None: the burst comes once.
    """

    fundamental_hz: float
    pulse_s: float
    spacings_s: tuple[float, ...]
    rise_s: float
    fall_s: float
    repeat_s: float | None

    @property
    def pulses(self) -> int:
        return len(self.spacings_s) + 1

    def starts_s(self) -> Iterator[float]:
        """When each pulse reaches its full level, seconds from the start of the burst."""
        at_s = self.rise_s
        yield at_s
        for spacing_s in self.spacings_s:
            at_s += self.pulse_s + spacing_s
            yield at_s

    @property
    def burst_s(self) -> float:
        return self.rise_s + self.pulses * self.pulse_s + sum(self.spacings_s) + self.fall_s


# Table 3, high priority: ten pulses in two groups of five; x is 50 to 125 ms, the gap after the third pulse 2x + t_d,
# the gap between the groups 0.35 to 1.30 s, the next burst after 2.5 to 15 s. Pulses of 75 to 200 ms.
_X_S, _HIGH_PULSE_S = 0.1, 0.15
_FIVE_S = (_X_S, _X_S, 2 * _X_S + _HIGH_PULSE_S, _X_S)
_HIGH_S = (*_FIVE_S, 0.7, *_FIVE_S)

# Medium: three pulses, y 125 to 250 ms, again after 2.5 to 30 s. Low: one or two, again after more than 15 s.
# Pulses of 125 to 250 ms. The rarer end is taken: a sounder that nags is unplugged.
_Y_S, _CALM_PULSE_S = 0.2, 0.2

PATTERNS: Final = {
    "high": Pattern(520.0, _HIGH_PULSE_S, _HIGH_S, rise_s=0.03, fall_s=0.04, repeat_s=5.0),
    "medium": Pattern(392.0, _CALM_PULSE_S, (_Y_S, _Y_S), rise_s=0.04, fall_s=0.06, repeat_s=25.0),
    # A sensor's or the hub's own trouble: two slow pulses, deeper, so that nobody takes it for the child.
    "technical": Pattern(330.0, _CALM_PULSE_S, (0.24,), rise_s=0.04, fall_s=0.06, repeat_s=25.0),
    # The same trouble when nobody has answered for ten minutes: as many pulses as high has, on its own deep pitch.
    "technical_grown": Pattern(330.0, _HIGH_PULSE_S, _HIGH_S, rise_s=0.03, fall_s=0.04, repeat_s=10.0),
    "low": Pattern(330.0, _CALM_PULSE_S, (_Y_S,), rise_s=0.04, fall_s=0.06, repeat_s=60.0),
    "test": Pattern(520.0, _HIGH_PULSE_S, _HIGH_S, rise_s=0.03, fall_s=0.04, repeat_s=None),
}


def burst(pattern: Pattern) -> NDArray[np.float64]:
    """One burst: (n,) float64 at RATE_HZ, between -0.9 and 0.9."""
    t_s = np.arange(math.ceil(pattern.burst_s * RATE_HZ)) / RATE_HZ
    level = np.zeros_like(t_s)
    for start_s in pattern.starts_s():
        end_s = start_s + pattern.pulse_s
        corners_s = (start_s - pattern.rise_s, start_s, end_s, end_s + pattern.fall_s)
        level = np.maximum(level, np.interp(t_s, corners_s, (0.0, 1.0, 1.0, 0.0)))
    phase = 2 * np.pi * pattern.fundamental_hz * t_s
    tone = sum((share * np.sin(order * phase) for order, share in HARMONICS.items()), np.zeros_like(t_s))
    return np.asarray(_PEAK * level * tone / np.max(np.abs(tone)), dtype=np.float64)


@cache
def wav(name: str, level_percent: int = 100) -> bytes:
    """One burst of a pattern of PATTERNS as a WAV file: mono, 16 bit, RATE_HZ. level_percent: of full scale."""
    samples = np.round(burst(PATTERNS[name]) * (32767 * level_percent / 100)).astype("<i2")
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.tobytes())
    return out.getvalue()
