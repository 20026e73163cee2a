"""The last minute of one sensor's samples as they came, kept for the control of the watch (`control`). Pure.

Values, the times that the sample clock gave them, and the arrival of each: enough to play that minute again with
whatever was wrong in it.
"""

from dataclasses import dataclass, replace
from statistics import mode

import numpy as np
from numpy.typing import NDArray

from edge.model.reading import Array

KEEP_S = 70.0
MOST_ROWS = 14_700
"""70 s at 210 Hz, the fastest sensor that the grid takes: 294 kB of float32 with three axes."""
SMALL = 32
"""Packets that are kept each on its own before they are joined."""
AWAY_S = 10.0
"""A sensor that was silent for so long may have reconnected, and may be another than before."""
GONE_S = 60.0
"""After so long a silence a new presence begins (`arrival.liveness`: it was `no_data` by then)."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Samples of one or of some packets.

    arrival_s, t_s: of its first sample, monotonic seconds. end_s: arrival of its last. rows: (n, c + 2) float32,
    arrival and time in seconds since those, then g.
    """

    arrival_s: float
    t_s: float
    end_s: float
    rows: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Samples in the order in which they came: arrival and time (n,) s, values (n, c) g."""

    arrival_s: Array
    t_s: Array
    values: Array


@dataclass(frozen=True, slots=True, eq=False)
class Recent:
    """What is kept of one sensor, about 300 kB at most. Times are arrivals, monotonic seconds.

    columns: 3 axes or 1 magnitude.
    blocks: oldest first.
    first_s: first arrival ever.
    since_s: first arrival after the last silence of `GONE_S`.
    end_s: last arrival.
    changed_s: when it last came back, or its packets became longer or shorter for good.
    packet: (n, c) g, values of the last packet.
    sizes: lengths of the last packets, and of those before they changed.
    moved_s: when each axis last differed from the packet before.
    step_g: the smallest change between two samples that was ever seen; infinite before the first.
    """

    columns: int
    blocks: tuple[Block, ...] = ()
    first_s: float = 0.0
    since_s: float = 0.0
    end_s: float = 0.0
    changed_s: float = 0.0
    packet: "Array | None" = None
    sizes: tuple[int, ...] = ()
    moved_s: tuple[float, ...] = ()
    step_g: float = float("inf")

    def window(self, from_s: float) -> Window:
        """What arrived since then."""
        blocks = [block for block in self.blocks if block.end_s >= from_s]
        if not blocks:
            return Window(np.empty(0), np.empty(0), np.empty((0, self.columns)))
        arrival_s = np.concatenate([block.arrival_s + block.rows[:, 0].astype(np.float64) for block in blocks])
        t_s = np.concatenate([block.t_s + block.rows[:, 1].astype(np.float64) for block in blocks])
        values = np.concatenate([block.rows[:, 2:] for block in blocks]).astype(np.float64)
        kept = arrival_s >= from_s - 1e-3  # float32 keeps arrivals of 70 s to some microseconds
        return Window(arrival_s[kept], t_s[kept], values[kept])


def take(recent: Recent | None, t_s: Array, values: Array, arrival_s: Array) -> Recent:
    """With one packet more, (n,) s, (n, c) or (n,) g, (n,) s, n > 0; what is older than `KEEP_S` goes."""
    values = values[:, None] if values.ndim == 1 else values
    t_s, values, arrival_s = t_s[-MOST_ROWS:], values[-MOST_ROWS:], arrival_s[-MOST_ROWS:]
    begin_s, end_s = float(arrival_s[0]), float(arrival_s[-1])
    if recent is None or recent.columns != values.shape[1]:
        moved_s = (begin_s,) * values.shape[1]
        recent = Recent(
            values.shape[1], first_s=begin_s, since_s=begin_s, changed_s=begin_s, end_s=begin_s, moved_s=moved_s
        )
    away_s = begin_s - recent.end_s
    sizes = (*recent.sizes, len(values))[-2 * _SIZES :]
    back, other = away_s > AWAY_S, _other_size(sizes)
    return replace(
        recent,
        blocks=_kept(recent.blocks, _block(t_s, values, arrival_s), end_s),
        since_s=begin_s if away_s > GONE_S else recent.since_s,
        changed_s=begin_s if back or other else recent.changed_s,
        moved_s=_moved(recent, values, end_s),
        step_g=min(recent.step_g, _step_g(recent.packet, values)),
        packet=values.copy(),
        sizes=sizes[-_SIZES:] if other else sizes,
        end_s=end_s,
    )


_SIZES = 8  # packets of one length that make a pattern


def _other_size(sizes: tuple[int, ...]) -> bool:
    """Whether the last packets are all of one length, and those before were mostly of another."""
    before, after = sizes[:-_SIZES], sizes[-_SIZES:]
    return len(before) == _SIZES and len(set(after)) == 1 and mode(before) != after[0]


def _block(t_s: Array, values: Array, arrival_s: Array) -> Block:
    rows = np.empty((len(t_s), values.shape[1] + 2), dtype=np.float32)
    rows[:, 0], rows[:, 1], rows[:, 2:] = arrival_s - arrival_s[0], t_s - t_s[0], values
    return Block(float(arrival_s[0]), float(t_s[0]), float(arrival_s[-1]), rows)


def _kept(blocks: tuple[Block, ...], new: Block, now_s: float) -> tuple[Block, ...]:
    kept = [block for block in blocks if block.end_s >= now_s - KEEP_S]
    kept.append(new)
    if len(kept) > SMALL and all(len(block.rows) < _JOINED for block in kept[-SMALL:]):
        kept[-SMALL:] = [_joined(kept[-SMALL:])]
    while sum(len(block.rows) for block in kept) > MOST_ROWS:
        del kept[0]
    return tuple(kept)


_JOINED = 512  # a block of so many rows is joined with no other


def _joined(blocks: list[Block]) -> Block:
    first = blocks[0]
    rows = np.concatenate([block.rows for block in blocks])
    starts = np.cumsum([0] + [len(block.rows) for block in blocks])
    for block, begin, end in zip(blocks, starts, starts[1:], strict=False):
        rows[begin:end, 0] += block.arrival_s - first.arrival_s
        rows[begin:end, 1] += block.t_s - first.t_s
    return Block(first.arrival_s, first.t_s, blocks[-1].end_s, rows)


def _moved(recent: Recent, values: Array, at_s: float) -> tuple[float, ...]:
    """When each axis last differed: a constant one never does, nor one that sends the same packet again and again."""
    if recent.packet is None:
        return recent.moved_s
    n = min(len(values), len(recent.packet))
    same = np.array_equal if n == len(values) == len(recent.packet) else _constant
    return tuple(
        before_s if same(recent.packet[-n:, axis], values[-n:, axis], equal_nan=True) else at_s
        for axis, before_s in enumerate(recent.moved_s)
    )


def _constant(one: Array, other: Array, *, equal_nan: bool) -> bool:
    """Of packets of different lengths: whether all their values are one."""
    both = np.concatenate([one, other])
    return bool(np.array_equal(both, np.full_like(both, both[0]), equal_nan=equal_nan))


def _step_g(before: "Array | None", values: Array) -> float:
    changes = np.abs(np.diff(values if before is None else np.concatenate([before[-1:], values]), axis=0))
    changes = changes[changes > 0]
    return float(changes.min()) if changes.size else float("inf")
