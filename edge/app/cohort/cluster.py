"""The same calls on a cluster of Dask, whose scheduler makes those again that a dead worker had."""

from collections.abc import Iterator, Sequence
from typing import Any

from edge.app.cohort.judge import Job, Result, judge_all
from edge.app.cohort.processes import Lost
from edge.errors import EdgeError, Unreachable

BATCH_BYTES = 8_000_000
"""Nights of one task: a whole night of 5 MB takes seconds, which makes the scheduler's 1.6 ms a task nothing."""
CONNECT_S = 20.0
_INSTALL = 'the package distributed is needed for Dask: pip install "feverhub[cohort]"'


def run(jobs: Sequence[Job], address: str) -> Iterator[tuple[Job, Result | Lost | None]]:
    """Judge every night on the workers of that scheduler; results as they come.

    Raises EdgeError without the package, Unreachable where no scheduler answers.
    """
    distributed = _distributed()
    try:
        client = distributed.Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise Unreachable(f"{address}: no Dask scheduler answers ({error})") from error
    with client:
        sent = {client.submit(judge_all, batch, pure=False): batch for batch in batches(jobs)}
        done = distributed.as_completed(list(sent), loop=client.loop)
        for future in done:
            batch = sent.pop(future)
            if future.status == "finished":
                yield from zip(batch, future.result(), strict=True)
            elif len(batch) > 1:  # one of them ends its worker: which one is seen when each is alone
                alone = {client.submit(judge_all, [job], pure=False): [job] for job in batch}
                sent |= alone
                done.update(list(alone))
            else:
                yield batch[0], _lost(future)


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise EdgeError(_INSTALL) from error
    return distributed


def _lost(future: Any) -> Result | Lost:
    error = future.exception()
    if isinstance(error, _distributed().KilledWorker):
        return Lost()
    raise EdgeError(f"Dask's workers cannot judge: {type(error).__name__}: {error}; is feverhub installed there?")


def batches(jobs: Sequence[Job]) -> list[list[Job]]:
    """Nights in their order, as many together as make work of seconds."""
    found: list[list[Job]] = []
    size = BATCH_BYTES
    for job in jobs:
        if size >= BATCH_BYTES:
            found.append([])
            size = 0
        found[-1].append(job)
        size += job.night.size
    return found
