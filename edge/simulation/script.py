"""A script of what happens, and its recording by a sensor on a limb."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from edge.model.people import Limb
from edge.model.reading import Array
from edge.simulation.asleep import BREATH_HZ, breathing
from edge.simulation.body import LYING, Movement, Posture, acceleration, draw_seed, limb_rng, up_vector
from edge.simulation.sensor import Sensor
from edge.simulation.truth import MotionTrack, Truth
from edge.simulation.waves import as_rng


@dataclass(slots=True)
class Script:
    """Movements and postures on one time axis, filled in order, then recorded any number of times.

    Everything that is random in the body hangs on `seed`, so two sensors record the same night.
    """

    duration_s: float
    seed: int
    parts: list[tuple[float, Movement]] = field(default_factory=list)
    postures: list[tuple[float, float, Posture]] = field(default_factory=list)

    def add(self, start_s: float, movement: Movement) -> float:
        """Put a movement at a moment; returns when it ends."""
        self.parts.append((start_s, movement))
        return start_s + movement.duration_s

    def lie(self, start_s: float, posture: Posture, over_s: float = 2.0) -> None:
        """From `start_s` the child takes a posture, within `over_s`."""
        self.postures.append((start_s, over_s, posture))

    @property
    def truth(self) -> tuple[Truth, ...]:
        rows = [row.shifted(start) for start, movement in self.parts for row in movement.truth]
        return tuple(sorted(rows, key=lambda row: (row.start_s, row.end_s)))

    def record(self, sensor: Sensor) -> MotionTrack:
        """What a sensor on its limb would send. The same script and sensor give the same bytes."""
        t_s = sensor.times(self.duration_s)
        up = self._up(t_s, sensor.limb)
        acc = up.copy()
        for start, movement in self.parts:
            i, j = np.searchsorted(t_s, [start, start + movement.duration_s])
            if j > i:
                k = sensor.oversampling
                shift = (np.arange(k) - (k - 1) / 2) / (k * sensor.rate_hz)
                fine = ((t_s[i:j] - start)[:, None] + shift).ravel()
                effort = movement.effort(fine, sensor.limb).averaged(k)
                acc[i:j] += acceleration(up[i:j], effort) - up[i:j]
        rate = BREATH_HZ.draw(np.random.default_rng([self.seed, 1]))
        acc += breathing(self.seed, t_s, sensor.limb, rate)
        noise = np.random.default_rng([self.seed, 2, list(Limb).index(sensor.limb)])
        stamps, values = sensor.read(t_s, acc, noise)
        return MotionTrack(stamps, values, self.truth, sensor.limb, sensor.rate_hz)

    def _up(self, t_s: Array, limb: Limb) -> Array:
        """(n, 3) unit vectors: up as the limb sees it; each change of posture lays the limb anew."""
        rng = limb_rng(self.seed, limb)
        changes = sorted(self.postures, key=lambda change: change[0]) or [(0.0, 0.0, Posture.SUPINE)]
        now = up_vector(changes[0][2], limb, rng)
        up = np.empty((t_s.size, 3))
        begins = [*np.searchsorted(t_s, [start for start, _, _ in changes[1:]]).tolist(), t_s.size]
        up[: begins[0]] = now
        for (start, over_s, posture), i, following in zip(changes[1:], begins[:-1], begins[1:], strict=True):
            target = up_vector(posture, limb, rng)
            j = int(np.searchsorted(t_s, start + over_s))
            share = np.sin(np.pi / 2 * np.clip((t_s[i:j] - start) / max(over_s, 1e-3), 0.0, 1.0)) ** 2
            # straight through where the two are not opposite; a small detour keeps the length from vanishing
            detour = np.cross(now, target) + 0.02
            path = now * (1 - share)[:, None] + target * share[:, None] + detour * (share * (1 - share))[:, None]
            up[i:j] = path / np.maximum(np.linalg.norm(path, axis=1, keepdims=True), 1e-6)
            up[j:following] = target
            now = target
        return up


def clip(
    movement: Movement,
    sensor: Sensor,
    seed: int | np.random.Generator,
    *,
    before_s: float = 30.0,
    after_s: float = 30.0,
    posture: Posture | None = None,
) -> MotionTrack:
    """One movement alone between rests, in a posture that it needs (lying if it needs none)."""
    rng = as_rng(seed)
    choices: Sequence[Posture] = (posture,) if posture else movement.posture or LYING
    script = Script(before_s + movement.duration_s + after_s, draw_seed(rng))
    script.lie(0.0, choices[int(rng.integers(len(choices)))])
    script.add(before_s, movement)
    return script.record(sensor)
