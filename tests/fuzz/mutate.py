"""Inputs bent from others, always the same for a seed; what was refused in a new sentence is bent further.

The engine of the tests, which needs no package. `make fuzz` takes atheris, which follows the lines that ran, where
there is a wheel of it.
"""

import random
import re
from collections.abc import Callable, Sequence

MOST_KEPT = 2000
EDGES = (0, 1, 0x7F, 0x80, 0xFE, 0xFF)
NUMBERS = (
    *(b"0", b"-1", b"1e999", b"-1e999", b"NaN", b"Infinity", b"1e308", b"4294967296", b"9223372036854775808"),
    *(
        b"9" * 400,
        b"9" * 5000,
        b"0x7fffffff",
        b"1_000",
        b"38.5",
        b"1e-320",
        b"-0",
        b"null",
        b"true",
        b"[]",
        b"{}",
        b'""',
    ),
)
_DIGITS = re.compile(rb"-?[0-9]+(?:\.[0-9]+)?")
_OWN = re.compile(r"0x[0-9a-f]+|'[^']*'|\"[^\"]*\"|[0-9a-f]{6,}|[0-9]+")


class Mutator:
    """seeds: at least one. words: as in `Kind`. longest: bytes."""

    def __init__(self, seeds: Sequence[bytes], words: Sequence[bytes], longest: int, seed: int) -> None:
        self._kept = list(seeds)
        self._words = (*words, *NUMBERS)
        self._longest = longest
        self._rng = random.Random(seed)
        self._known: set[str] = set()
        self._bends: tuple[Callable[[bytearray], None], ...] = (
            *(self._bit, self._bit, self._byte, self._byte, self._some, self._add, self._cut, self._twice),
            *(self._word, self._word, self._number, self._number, self._splice, self._end, self._swap),
        )

    def next(self) -> bytes:
        rng = self._rng
        bent = bytearray(rng.choice(self._kept))
        for _ in range(1 << rng.randrange(4)):
            rng.choice(self._bends)(bent)
        return bytes(bent[: self._longest])

    def learn(self, data: bytes, said: str) -> None:
        """said: what came of it. Kept where nothing like it came before; numbers and names do not count."""
        alike = _OWN.sub("#", said)
        if alike not in self._known and len(self._kept) < MOST_KEPT:
            self._known.add(alike)
            self._kept.append(data)

    def _at(self, bent: bytearray) -> int:
        return self._rng.randrange(len(bent)) if bent else 0

    def _span(self, bent: bytearray) -> slice:
        at = self._at(bent)
        return slice(at, at + self._rng.choice((1, 2, 4, 8, 16, 64)))

    def _bit(self, bent: bytearray) -> None:
        if bent:
            bent[self._at(bent)] ^= 1 << self._rng.randrange(8)

    def _byte(self, bent: bytearray) -> None:
        if bent:
            bent[self._at(bent)] = self._rng.choice((*EDGES, self._rng.randrange(256)))

    def _some(self, bent: bytearray) -> None:
        if bent:
            at = self._at(bent)
            bent[at] = (bent[at] + self._rng.randrange(-16, 17)) % 256

    def _add(self, bent: bytearray) -> None:
        at = self._at(bent)
        bent[at:at] = self._rng.randbytes(self._rng.choice((1, 1, 2, 4, 16)))

    def _cut(self, bent: bytearray) -> None:
        del bent[self._span(bent)]

    def _twice(self, bent: bytearray) -> None:
        span, at = self._span(bent), self._at(bent)
        bent[at:at] = bent[span] * self._rng.choice((1, 1, 2, 20))

    def _word(self, bent: bytearray) -> None:
        at, word = self._at(bent), self._rng.choice(self._words)
        bent[at : at + self._rng.choice((0, len(word)))] = word

    def _number(self, bent: bytearray) -> None:
        """A number that stands there in digits becomes another one."""
        found = list(_DIGITS.finditer(bent))
        if found:
            first, last = self._rng.choice(found).span()
            bent[first:last] = self._rng.choice(NUMBERS)

    def _splice(self, bent: bytearray) -> None:
        """The begin of this one, the end of another."""
        other = self._rng.choice(self._kept)
        bent[self._at(bent) :] = other[self._rng.randrange(len(other) + 1) :]

    def _end(self, bent: bytearray) -> None:
        del bent[self._at(bent) :]

    def _swap(self, bent: bytearray) -> None:
        one, other = self._span(bent), self._span(bent)
        if one.stop <= other.start:
            bent[one], bent[other] = bent[other], bent[one]
