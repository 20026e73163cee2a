"""What of the movement decided: how much evidence the last seconds would lose without each group of figures.

Of the network by occlusion (Zeiler & Fergus 2014, ECCV): a group of inputs is held at its middle while it sees the same
seconds again. Of the sum for shaking by what the curves of a group add. It says what the detector rests on, not what a
convulsion is.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from edge.analysis.motion import network, shaking
from edge.analysis.motion.network import Memory
from edge.model.language import N_
from edge.model.reading import Array

SPAN_S = 10
"""So many seconds are seen again: what a succession of jerks rests on."""
LEAST_SHARE = 0.2
"""A group that loses less of what all of them lose together is not named."""
GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        N_("strength"): ("level", "sd_level", "least_level", "level_20_s", "level_120_s"),
        N_("frequency"): (
            "sway",
            "slow",
            "middle",
            "brisk",
            "peak_hz",
            "centre_hz",
            "spread_hz",
            "mean_brisk",
            "sd_centre_hz",
        ),
        N_("rhythm"): (
            *("peak", "repeat", "beat", "beat_s", "bursts_hz", "run_s", "odd", "slowing", "jerk_hz", "even_s"),
            *("mean_repeat", "mean_beat", "mean_peak", "mean_even_s", "mean_odd"),
        ),
        N_("sharpness"): ("tails", "jerk_tails", "rest", "uneven", "heights"),
        N_("direction"): ("drift", "loop", "mean_loop"),
    }
)
"""Every input but the kind of sensor, once."""
_KEPT = {group: np.array([float(name not in names) for name in network.INPUTS]) for group, names in GROUPS.items()}


def decisive(seconds: Sequence[tuple[Memory, Array]], columns: int) -> tuple[str, ...]:
    """Groups without which these seconds would hold clearly less evidence, the weightiest first.

    seconds: what the network held before each, and the figures of each, oldest first; at least one.
    """
    whole = _evidence(seconds, columns, None)
    lost = {group: max(0.0, whole - _evidence(seconds, columns, kept)) for group, kept in _KEPT.items()}
    return _named(lost)


def decisive_for_shaking(seconds: Sequence[tuple[Memory, Array]], columns: int) -> tuple[str, ...]:
    """Groups whose curves speak for shaking in these seconds, the weightiest first; as `decisive`."""
    added = shaking.added(np.array([figures for _, figures in seconds]), columns)
    return _named({group: max(0.0, sum(added.get(name, 0.0) for name in names)) for group, names in GROUPS.items()})


def _named(weights: Mapping[str, float]) -> tuple[str, ...]:
    total = sum(weights.values())
    named = [group for group, weight in weights.items() if weight > 0 and weight >= LEAST_SHARE * total]
    return tuple(sorted(named, key=lambda group: -weights[group]))


def _evidence(seconds: Sequence[tuple[Memory, Array]], columns: int, kept: Array | None) -> float:
    """Sum of the log-odds over these seconds."""
    _, log_odds = network.advance(seconds[0][0], np.array([figures for _, figures in seconds]), columns, kept)
    return functools.reduce(operator.add, log_odds)
