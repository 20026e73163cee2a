"""Which sensor is worn, and what it reads of the acceleration of its case."""

from dataclasses import dataclass

import numpy as np

from edge.model.reading import Array
from edge.simulation.worlds.motion import FINE_HZ

RATES_HZ = (12.5, 16.0, 20.0, 25.0, 25.0, 26.0, 32.0, 50.0, 52.0, 52.0, 64.0, 104.0, 200.0)
"""Rates that sensors of the device profiles and of the recordings have; the commonest stand twice."""
_RANGES_G = (2.0, 4.0, 8.0, 16.0)
_RESOLUTIONS_G = (0.000244, 0.001, 0.004, 0.016)  # 14 bits of +-2 g, milli-g, 10 bits of +-2 g, 8 bits of +-2 g
_RESOLUTION_SHARES = (0.3, 0.3, 0.3, 0.1)
_LOST = (0.0, 0.0, 0.01, 0.1)
_END_S = 0.1  # not read: a sample must have its whole width behind it


@dataclass(frozen=True, slots=True)
class Mount:
    """A sensor as worn.

    rate_hz: as its profile says. clock: true over nominal rate. gain: read over true acceleration. range_g: read values
    end there. lost: share of packets that the radio loses, of packet_s each.
    """

    rate_hz: float
    range_g: float
    resolution_g: float
    clock: float = 1.0
    gain: float = 1.0
    lost: float = 0.0
    packet_s: float = 0.7


def draw_mount(rng: np.random.Generator) -> Mount:
    """Domain randomisation of the sensor: rate, range, resolution, clock error, gain, loss of packets.

    The clock's spread of 0.4 % and the gain's of 3 % are assumptions: crystals do better, RC oscillators do not.
    """
    rate = float(rng.choice(RATES_HZ))
    return Mount(
        rate_hz=rate,
        range_g=float(rng.choice(_RANGES_G)),
        resolution_g=float(rng.choice(_RESOLUTIONS_G, p=_RESOLUTION_SHARES)),
        clock=1.0 + rng.normal(0.0, 0.004),
        gain=1.0 + rng.normal(0.0, 0.03),
        lost=float(rng.choice(_LOST)),
    )


def rotation(rng: np.random.Generator) -> Array:
    """(3, 3), any orientation alike (QR of a normal matrix: Mezzadri 2007, Notices AMS 54:592)."""
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    q *= np.sign(np.diag(r))
    if np.linalg.det(q) < 0:
        q[:, 0] *= -1
    return np.asarray(q, dtype=np.float64)


def averaged(acc_g: Array, at_s: Array, rate_hz: float) -> Array:
    """(k, 3) at the (k,) moments at_s: the mean of (n, 3) at FINE_HZ over one sample, as a sensor's filter does."""
    width = max(1, round(FINE_HZ / rate_hz))
    summed = np.cumsum(np.concatenate([np.zeros((1, 3)), acc_g]), axis=0)
    smooth = (summed[width:] - summed[:-width]) / width
    return np.asarray(smooth[np.minimum((at_s * FINE_HZ).astype(np.intp), len(smooth) - 1)])


def sampled(acc_g: Array, mount: Mount, rng: np.random.Generator) -> tuple[Array, Array]:
    """Moments (k,) s and values (k, 3) g of (n, 3) g at FINE_HZ, in the frame of a sensor that is put on anyhow."""
    true_hz = mount.rate_hz * mount.clock
    t_s = np.arange(int((len(acc_g) / FINE_HZ - _END_S) * true_hz)) / true_hz
    return t_s, averaged(acc_g, t_s, true_hz) @ rotation(rng) * mount.gain


def delivered(t_s: Array, values_g: Array, mount: Mount, rng: np.random.Generator) -> tuple[Array, Array]:
    """What arrives of samples: rounded, clipped, without the packets that the radio lost."""
    values_g = np.clip(np.round(values_g / mount.resolution_g) * mount.resolution_g, -mount.range_g, mount.range_g)
    if not mount.lost:
        return t_s, values_g
    packet = (t_s / mount.packet_s).astype(np.intp)
    keep = (rng.random(packet[-1] + 1) >= mount.lost)[packet]
    return t_s[keep], values_g[keep]
