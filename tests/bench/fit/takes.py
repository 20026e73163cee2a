"""Takes: what a sensor recorded and what is known of it, drawn from a world, from the script, or laid over a person."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.simulation import MOVEMENTS, SENSORS, Label, Script, clonic, tonic_clonic
from edge.simulation.body import LYING, Movement
from edge.simulation.truth import ALL_LIMBS
from edge.simulation.worlds import CONVULSION, FINE_HZ, KINDS, WORLDS, averaged, draw_mount, plan, record, rotation
from tests.bench.fit.stretches import CORE_HZ, Core, backgrounds, cores

Array = NDArray[np.float64]
Fits = tuple[tuple[float, float], ...]
WORLD_S, SCRIPT_S, LAID_S = 1800.0, 1800.0, 1200.0
SEEDS = {"free": (77, 0), "muscle": (77, 1), "script": (78,), "composed": (79,), "magnitude": (80,), "laid": (81,)}
"""First numbers of each seed; a take's own number follows."""
MAGNITUDES = 0.12
"""Share of takes that are turned into magnitudes, as a sensor of one column gives them."""
_FREE_S = 60.0  # between two convulsions of a take
_LARGEST_G = 8.0
_OTHER_MOVEMENTS = tuple(
    label for label in MOVEMENTS if label not in {Label.CLONIC, Label.TONIC, Label.TONIC_CLONIC, Label.SLEEP_MYOCLONUS}
)
"""What a script shows beside convulsions: not those of which nobody could say from movement alone what they are."""
_SHOWN = (*_OTHER_MOVEMENTS, *2 * (Label.PATTED, Label.KICKING))
_OFTEN = dict.fromkeys(KINDS, 1.0) | {"patted": 3.0, "kicks": 2.0, "carried": 2.0}
"""What resembles a convulsion most comes more often than it does in a day, here and in scripts."""


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """t_s (n,) s; values (n, 3) g, or (n,) of a magnitude; fits: (start, end) in s of each convulsion.

    maker: the world that made its convulsions, if it did not make the rest. thirds: of the people who are in it.
    """

    t_s: Array
    values: Array
    fits: Fits
    maker: str = ""
    thirds: frozenset[int] = frozenset()


def take(family: str, number: int, data: Path) -> Take:
    """One take of a family; the same numbers give the same bits. Raises KeyError for an unknown family."""
    rng = np.random.default_rng([*SEEDS[family], number])
    if family in WORLDS:
        made = _of_world(family, rng)
    elif family == "script":
        made = _of_script(rng)
    elif family == "laid":
        made = _laid(rng, data)
    else:
        made = _composed(rng, data)
    if np.random.default_rng([*SEEDS["magnitude"], number]).random() < MAGNITUDES:
        return Take(made.t_s, np.linalg.norm(made.values, axis=1), made.fits, made.maker, made.thirds)
    return made


def _of_world(name: str, rng: np.random.Generator) -> Take:
    """Half an hour of one world, with up to four convulsions."""
    parts = plan(rng, WORLD_S, seizures=int(rng.integers(0, 5)), kinds=_OFTEN)
    scene = record(WORLDS[name], parts, rng, draw_mount(rng), WORLD_S)
    return Take(scene.t_s, scene.acc_g, scene.seizures)


def _of_script(rng: np.random.Generator) -> Take:
    """Half an hour of the parametric infant: one movement after another, each in a posture that it is made in."""
    script = Script(SCRIPT_S, int(rng.integers(2**62)))
    script.lie(0.0, LYING[int(rng.integers(4))])
    fits, at = [], 5.0
    limb = ALL_LIMBS[int(rng.integers(len(ALL_LIMBS)))]
    while at < SCRIPT_S - 250.0:
        if rng.random() < 0.18:
            convulsion, tonic_s = _drawn_convulsion(rng)
            fits.append((at + tonic_s, at + convulsion.duration_s))
            at = script.add(at, convulsion) + rng.uniform(0.0, 60.0)
            continue
        movement = MOVEMENTS[_SHOWN[int(rng.integers(len(_SHOWN)))]](rng)
        if at + movement.duration_s > SCRIPT_S:
            break
        postures = movement.posture or LYING
        script.lie(max(0.0, at - 3.0), postures[int(rng.integers(len(postures)))])
        at = script.add(at, movement) + rng.uniform(0.0, 20.0)
    names = list(SENSORS)
    track = script.record(SENSORS[names[int(rng.integers(len(names)))]].on(limb))
    return Take(track.t_s, track.acc_g, tuple(fits))


def _drawn_convulsion(rng: np.random.Generator) -> tuple[Movement, float]:
    """Clonic or tonic-clonic, and how long its tonic phase lasts, in which nothing jerks."""
    length_s = float(np.clip(rng.lognormal(np.log(60.0), 0.6), 15.0, 200.0))
    if rng.random() < 0.7:
        return clonic(rng, length_s, focus=None), 0.0
    movement = tonic_clonic(rng, max(length_s, 45.0))
    return movement, float(movement.truth[0].params.get("tonic_s", 0.0))


def _composed(rng: np.random.Generator, data: Path) -> Take:
    """Real movement scaled to a child; real convulsions re-timed to 1-3 Hz laid over it, or in its place."""
    rate_hz, values, _, third = _background(rng, data)
    pool, thirds = cores(data), {third}
    duration_s = len(values) / rate_hz
    fits: list[tuple[float, float]] = []
    for _ in range(int(rng.integers(0, 4))):
        core = pool[int(rng.integers(len(pool)))]
        slower = rng.uniform(1.0, 2.6)
        length_s = min(len(core.movement_g) / CORE_HZ * slower, rng.uniform(20.0, 120.0))
        at_s = _free(rng, fits, length_s, duration_s)
        if at_s is None:
            continue
        first, count = int(at_s * rate_hz), int(length_s * rate_hz)
        along, beside = _retimed(rng, core, np.arange(count) / rate_hz / slower)
        if rng.random() < 0.5:  # in place of most of what the limb did by itself
            still = np.median(values[max(0, first - int(5 * rate_hz)) : first + 1], axis=0)
            own = values[first : first + count] - values[first : first + count].mean(axis=0)
            values[first : first + count] = still + rng.uniform(0.0, 0.3) * own
        values[first : first + count] += along + beside
        fits.append((at_s, at_s + length_s))
        thirds.add(core.third)
    speed = rng.uniform(0.8, 1.3)
    values = values @ rotation(rng) + rng.normal(0.0, 0.002, values.shape)
    return Take(
        np.arange(len(values)) / rate_hz / speed,
        np.clip(values, -_LARGEST_G, _LARGEST_G),
        tuple((start / speed, end / speed) for start, end in fits),
        thirds=frozenset(thirds),
    )


def _retimed(rng: np.random.Generator, core: Core, at_s: Array) -> tuple[Array, Array]:
    """A real convulsion at these moments of it, scaled to 0.25-1 g: (n, 3) g along a direction, and what is beside."""
    felt = np.interp(at_s, np.arange(len(core.movement_g)) / CORE_HZ, core.movement_g)
    felt *= rng.uniform(0.25, 1.0) / (np.percentile(np.abs(felt), 97) + 1e-9)
    along = rng.normal(size=3)
    along /= np.linalg.norm(along)
    shaky = np.convolve(rng.normal(size=len(felt)), np.ones(5) / 5, "same")
    beside = shaky[:, None] * rng.normal(size=3) * 0.15 * np.abs(felt)[:, None]
    return felt[:, None] * along, beside


def _laid(rng: np.random.Generator, data: Path) -> Take:
    """Real movement as it came, scaled to a child, and convulsions of a world's limb added at random moments."""
    rate_hz, values, up, third = _background(rng, data)
    maker = ("muscle", "free")[int(rng.integers(2))]
    duration_s = len(values) / rate_hz
    fits: list[tuple[float, float]] = []
    for _ in range(int(rng.integers(1, 5))):
        length_s = float(np.clip(rng.lognormal(np.log(45.0), 0.5), 15.0, 150.0))
        at_s = _free(rng, fits, length_s, duration_s)
        if at_s is None:
            continue
        made = WORLDS[maker].render(CONVULSION, rng, np.arange(int(length_s * FINE_HZ)) / FINE_HZ)
        turn = rotation(rng)
        moved = (made.push_g + np.cross(made.tilt_rad, up @ turn.T)) @ turn
        first = int(at_s * rate_hz)
        count = min(int((length_s - 0.2) * rate_hz), len(values) - first)
        values[first : first + count] += averaged(moved, np.arange(count) / rate_hz, rate_hz)
        fits.append((at_s, at_s + count / rate_hz))
    values = np.clip(values @ rotation(rng), -_LARGEST_G, _LARGEST_G)
    return Take(np.arange(len(values)) / rate_hz, values, tuple(fits), maker, frozenset({third}))


def _background(rng: np.random.Generator, data: Path) -> tuple[float, Array, Array, int]:
    """Up to twenty minutes of a person: rate in Hz, values (n, 3) g, where up is, which third of the people.

    Movement is made 0.4-1 times as large, as a child's limb is shorter.
    """
    stretch = backgrounds(data).draw(rng)
    count = min(len(stretch.milli_g), int(LAID_S * stretch.rate_hz))
    first = int(rng.integers(0, max(1, len(stretch.milli_g) - count)))
    values = stretch.values_g(first, count)
    up = np.median(values, axis=0)
    up /= np.linalg.norm(up) + 1e-9
    return stretch.rate_hz, up + (values - up) * rng.uniform(0.4, 1.0), up, stretch.third


def _free(
    rng: np.random.Generator, fits: list[tuple[float, float]], length_s: float, duration_s: float
) -> float | None:
    """A moment at which a convulsion may begin, or None if the take is too short or another one is near."""
    if duration_s < length_s + 40.0:
        return None
    at_s = float(rng.uniform(15.0, duration_s - length_s - 10.0))
    near = any(at_s < end + _FREE_S and at_s + length_s > start - _FREE_S for start, end in fits)
    return None if near else at_s
