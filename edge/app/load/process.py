"""What every command that runs for a while needs: logs on stderr, and an end when it is told to end."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Coroutine
from typing import TextIO, TypeVar, cast

import structlog

from edge.errors import EdgeError

T = TypeVar("T")


async def until_stopped(work: Coroutine[object, object, T]) -> T | None:
    """Run `work` until it ends or a signal asks for the end; an error it raised on purpose comes out alone."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()

    def stop() -> None:
        stopped.set()
        task.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        return await task
    except asyncio.CancelledError:
        if not stopped.is_set():
            raise
        return None
    except BaseExceptionGroup as group:
        ours = group.subgroup(EdgeError)
        if ours is None:
            raise
        raise _first(ours) from None


def _first(group: BaseException) -> BaseException:
    while isinstance(group, BaseExceptionGroup):
        group = group.exceptions[0]
    return group


class _Stderr:
    """Standard error, whoever holds it now. A log that nobody can take any more must not end the watch."""

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.flush()


def set_up_logs(*, quiet: bool = False) -> None:
    """JSON lines for journald, coloured lines on a terminal; both on stderr. quiet: errors alone."""
    terminal = sys.stderr.isatty()
    shared = [structlog.contextvars.merge_contextvars, structlog.processors.add_log_level]
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=False)
    render = structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, stamp, structlog.processors.format_exc_info, render],
        wrapper_class=structlog.make_filtering_bound_logger(40 if quiet else 20),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", _Stderr())),
        cache_logger_on_first_use=True,
    )
