"""Calls spread over processes of this computer; a process that dies is replaced, and its call made again.

Each process holds one call and one connection, so that whatever ends it (the kernel when memory is short, a fault in a
library) it is known which call that was. A process ends with the one that began it, whose end of the connection closes.
Nothing here imports numpy: how many threads it takes is settled before it is loaded.
"""

import contextlib
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

TRIES = 3
"""So often is a call made again whose process died in it; then it is the call."""
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
J = TypeVar("J")
R = TypeVar("R")


class Lost:
    """In place of a result: every process that made this call died."""


class _Worker:
    """A process that waits for a call, makes it, and waits for the next."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def end(self) -> None:
        """At once, whatever it does."""
        self.connection.close()
        self._process.kill()
        self._process.join()


def run(call: Callable[[J], R], jobs: Iterable[J], workers: int) -> Iterator[tuple[J, "R | Lost"]]:
    """Make the call for every job, `workers` at a time; results as they come. The call never raises."""
    ahead = ((job, 1) for job in jobs)
    again: deque[tuple[J, int]] = deque()
    idle = deque(_Worker() for _ in range(workers))
    busy: dict[Connection, tuple[_Worker, J, int]] = {}
    try:
        while True:
            while idle and (following := again.popleft() if again else next(ahead, None)) is not None:
                worker = idle.popleft()
                busy[worker.connection] = (worker, *following)
                with contextlib.suppress(OSError):  # it has just died, which is seen below
                    worker.connection.send((call, following[0]))
            if not busy:
                return
            for ready in wait(list(busy)):
                assert isinstance(ready, Connection)
                worker, job, tries = busy.pop(ready)
                try:
                    result = ready.recv()
                except (EOFError, OSError):
                    worker.end()
                    idle.append(_Worker())
                    if tries < TRIES:
                        again.append((job, tries + 1))
                    else:
                        yield job, Lost()
                    continue
                idle.append(worker)
                yield job, result
    finally:
        for worker in [*idle, *(each for each, *_ in busy.values())]:
            worker.end()


def _serve(connection: Any) -> None:
    for name in THREADS:
        os.environ[name] = "1"
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever began it ends it
    try:
        while True:
            call, job = connection.recv()
            connection.send(call(job))
    except (EOFError, OSError):
        return
