"""The accelerometer: sample times, orientation, noise, clipping, quantisation, radio loss."""

from dataclasses import dataclass, replace

import numpy as np

from edge.model.people import Limb
from edge.model.reading import Array
from edge.simulation.body import rotated


@dataclass(frozen=True, slots=True)
class Sensor:
    """One accelerometer as worn.

    rate_hz: nominal; the true rate is off by rate_error_ppm. noise_g: RMS per axis and sample. range_g: clips at plus
    and minus this. resolution_g: step of the values, 0 for none. bias_g, gain: calibration errors. jitter_s: RMS
    error of the time stamps. gap_rate_per_h, gap_s: how often the radio loses samples, and for how long on average
    (exponential). orientation: rotation vector in rad from the limb's frame to the sensor's.
    """

    limb: Limb = Limb.ANKLE
    rate_hz: float = 50.0
    noise_g: float = 0.002
    range_g: float = 8.0
    resolution_g: float = 0.001
    jitter_s: float = 0.0
    gap_rate_per_h: float = 0.0
    gap_s: float = 0.0
    rate_error_ppm: float = 0.0
    bias_g: tuple[float, float, float] = (0.0, 0.0, 0.0)
    gain: float = 1.0
    orientation: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def on(self, limb: Limb) -> "Sensor":
        return replace(self, limb=limb)

    @property
    def oversampling(self) -> int:
        """Movements are made this much faster and averaged, as a sensor's filter does: no jerk falls between."""
        return max(1, int(np.ceil(100.0 / self.rate_hz)))

    def times(self, duration_s: float) -> Array:
        """(n,) s: when samples are really taken."""
        true_hz = self.rate_hz * (1.0 + self.rate_error_ppm * 1e-6)
        return np.arange(int(duration_s * true_hz), dtype=np.float64) / true_hz

    def read(self, t_s: Array, acc_g: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        """Time stamps (m,) and values (m, 3) as they arrive, m <= n. `acc_g` is consumed."""
        if any(self.orientation):
            acc_g = rotated(acc_g, np.broadcast_to(np.asarray(self.orientation), acc_g.shape))
        acc_g *= self.gain
        acc_g += np.asarray(self.bias_g)
        acc_g += rng.standard_normal(acc_g.shape, dtype=np.float32) * np.float32(self.noise_g)
        if self.resolution_g:
            acc_g /= self.resolution_g
            np.round(acc_g, out=acc_g)
            acc_g *= self.resolution_g
        np.clip(acc_g, -self.range_g, self.range_g, out=acc_g)
        if self.jitter_s:
            limit = 0.45 / self.rate_hz
            t_s = t_s + np.clip(rng.normal(0.0, self.jitter_s, t_s.size), -limit, limit)
        keep = self._heard(t_s, rng)
        return (t_s, acc_g) if keep is None else (t_s[keep], acc_g[keep])

    def _heard(self, t_s: Array, rng: np.random.Generator) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]] | None:
        if not self.gap_rate_per_h or not t_s.size:
            return None
        count = int(rng.poisson(self.gap_rate_per_h * t_s[-1] / 3600.0))
        keep = np.ones(t_s.size, dtype=np.bool_)
        for start, length in zip(rng.uniform(0.0, t_s[-1], count), rng.exponential(self.gap_s, count), strict=True):
            i, j = np.searchsorted(t_s, [start, start + length])
            keep[i:j] = False
        return keep


POLAR = Sensor(rate_hz=52.0, noise_g=0.002, range_g=8.0, resolution_g=0.000244, rate_error_ppm=2500.0)
"""Polar Verity Sense: 52 Hz, 8 g, 16 bit. Rate error as MEMS clocks have it (a few tenths of a percent)."""

WATCH = Sensor(
    rate_hz=25.0, noise_g=0.004, resolution_g=0.004, bias_g=(0.02, -0.03, 0.04), gain=1.03, rate_error_ppm=-6000.0
)
"""An uncalibrated watch with OpenSeizureDetector's 25 Hz (Bangle.js)."""

SLOW_12 = Sensor(rate_hz=12.5, noise_g=0.003, range_g=2.0, resolution_g=0.016)
SLOW_16 = Sensor(rate_hz=16.0, noise_g=0.003, range_g=4.0, resolution_g=0.008)
SLOW_20 = Sensor(rate_hz=20.0, noise_g=0.003, range_g=4.0, resolution_g=0.004)
FAST = Sensor(rate_hz=200.0, noise_g=0.004, range_g=16.0, resolution_g=0.0005)
"""Rates at the edges of what the recordings contract allows (12-210 Hz), with coarse 8-10 bit ranges below 20 Hz."""

LOSSY = replace(POLAR, jitter_s=0.004, gap_rate_per_h=6.0, gap_s=8.0)
"""The first, through a wall: stamps that jitter and gaps of seconds."""

SENSORS = {
    "polar": POLAR,
    "watch": WATCH,
    "slow_12": SLOW_12,
    "slow_16": SLOW_16,
    "slow_20": SLOW_20,
    "fast": FAST,
    "lossy": LOSSY,
}
