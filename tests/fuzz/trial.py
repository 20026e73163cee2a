"""One input after the other, each within bounds of time and memory."""

import contextlib
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from tests.fuzz.kind import Check, Kind
from tests.fuzz.mutate import Mutator

MEMORY = Path("/dev/shm")
CORPUS = Path(__file__).parent / "corpus"
MOST_S = 3.0
"""Of processor time for one input. The slowest that a family's own files need is a tenth of that."""
MOST_MIB = 400.0
"""That one input may add to the most that the process ever had."""


@contextlib.contextmanager
def in_memory() -> Iterator[Path]:
    """A folder that wears no card and waits for no fsync, where there is such a place."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        yield Path(name)


def corpus(name: str) -> list[bytes]:
    """What once brought up a fault, of that kind."""
    return [file.read_bytes() for file in sorted((CORPUS / name).glob("*")) if file.is_file()]


def tried(check: Check, data: bytes) -> str:
    """What the check says. Raises AssertionError for an input that took too long or too much."""
    began_s, had_mib = time.process_time(), _most_mib()
    said = check(data)
    took_s, more_mib = time.process_time() - began_s, _most_mib() - had_mib
    assert took_s <= MOST_S, f"{took_s:.1f} s for an input of {len(data)} bytes"
    assert more_mib <= MOST_MIB, f"{more_mib:.0f} MiB for an input of {len(data)} bytes"
    return said


def _most_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Trial:
    """A kind bent by the seeded engine. data: the last input. taken: how many were."""

    def __init__(self, kind: Kind, folder: Path, seed: int) -> None:
        self._first = [*kind.seeds(), *corpus(kind.name)]
        self._mutator = Mutator(self._first, kind.words, kind.longest, seed)
        self._kind, self._check = kind, kind.begin(folder)
        self._said: set[str] = set()
        self.data = b""
        self.taken = 0
        self.slowest_s = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._kind.end(self._check)

    @property
    def sentences(self) -> int:
        return len(self._said - {""})

    def replay(self) -> None:
        """The seeds and the corpus, as they are."""
        for data in self._first:
            self._try(data)

    def again(self) -> None:
        """One more input."""
        data = self._mutator.next()
        self._mutator.learn(data, self._try(data))

    def _try(self, data: bytes) -> str:
        self.data = data
        began_s = time.process_time()
        said = tried(self._check, data)
        self.slowest_s = max(self.slowest_s, time.process_time() - began_s)
        self.taken += not said
        if len(self._said) < 10_000:
            self._said.add(said)
        return said
