"""What every command that runs for a while needs: logs on stderr, and an end when it is told to end."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TextIO, TypeVar, cast

import structlog
from structlog.typing import EventDict

from edge.errors import EdgeError

T = TypeVar("T")
Render = Callable[[Any, str, EventDict], str | bytes]


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


LEVELS = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2, "exception": 3}
"""By structlog's names, as sd-daemon(3) numbers them."""


def _for_the_journal(environment: Mapping[str, str]) -> bool:
    """Whether stderr is the journal's own socket, as systemd.exec(5) has it tell (`JOURNAL_STREAM`)."""
    try:
        stderr = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):
        return False
    return environment.get("JOURNAL_STREAM") == f"{stderr.st_dev}:{stderr.st_ino}"


def _with_level(render: Render) -> Render:
    """Each line begins with its level, which journald takes off and keeps: `journalctl -p warning` means something."""

    def rendered(logger: Any, name: str, event: EventDict) -> str:
        line = render(logger, name, event)
        assert isinstance(line, str)
        return f"<{LEVELS.get(str(event.get('level')), 6)}>{line}"

    return rendered


def set_up_logs(*, quiet: bool = False) -> None:
    """JSON lines for journald, coloured lines on a terminal; both on stderr. quiet: errors alone."""
    terminal = sys.stderr.isatty()
    shared = [structlog.contextvars.merge_contextvars, structlog.processors.add_log_level]
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=False)
    render: Render = structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer()
    if _for_the_journal(os.environ):
        render = _with_level(render)
    structlog.configure(
        processors=[*shared, stamp, structlog.processors.format_exc_info, render],
        wrapper_class=structlog.make_filtering_bound_logger(40 if quiet else 20),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", _Stderr())),
        cache_logger_on_first_use=True,
    )
