"""Between the journal and the window."""

import asyncio
import contextlib
from collections.abc import Callable

from edge.mqtt.feeder import Feeder
from edge.mqtt.send_queue import Window
from tests.support.servers import until


async def test_rows_read_before_a_reconnect_do_not_hide_older_ones_after_it(journal) -> None:
    """The answer of a slow card comes back when everything has to be read again from the oldest row."""
    window = Window()
    slow: list[asyncio.Event] = []
    reads: list[int] = []

    async def run_blocking(function: Callable[..., object], *arguments: object) -> object:
        result = function(*arguments)
        if function == journal.pending:
            reads.append(int(str(arguments[1])))
            for event in slow:
                await event.wait()
        return result

    feeder = Feeder(
        window, journal, run_blocking, wall_s=lambda: 0.0, fed=lambda: None, on_problem=lambda _detail: None
    )
    feeder.reading = True
    task = asyncio.create_task(feeder.run())
    journal.add("event", b"1")
    feeder.wake()
    await until(lambda: window.cursor == 1)
    first = window.next()
    assert first is not None
    window.sent(1, first)
    journal.add("event", b"2")
    slow.append(asyncio.Event())
    feeder.wake()
    await until(lambda: reads == [0, 1])
    window.reset()
    slow.pop().set()
    await until(lambda: window.cursor == 2)
    items = [window.next(), window.next()]
    assert [item.message.payload for item in items if item is not None] == [b"1", b"2"]
    assert reads == [0, 1, 0]
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
