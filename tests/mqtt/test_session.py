"""Between the journal and a connection."""

import asyncio
import contextlib
from collections.abc import Callable

from edge.mqtt.inbound import Accepted, Answered
from edge.mqtt.send_queue import Item, Lane
from edge.mqtt.session import Session, Status
from edge.ports import OutgoingMessage
from tests.support.servers import until

ROOMY = Accepted(receive_maximum=10, max_packet_bytes=100_000)


def online() -> Item:
    return Item(OutgoingMessage("status", b"online", retain=True), Lane.STATUS)


class Wire:
    """Stands where the connection does, and numbers what it is given."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def publish(self, _topic: str, payload: bytes, **_options: object) -> int:
        self.sent.append(payload)
        return len(self.sent)


async def test_rows_read_before_a_reconnect_do_not_hide_older_ones_after_it(journal) -> None:
    """The answer of a slow card comes back when everything has to be read again from the oldest row."""
    slow: list[asyncio.Event] = []
    reads: list[int] = []

    async def run_blocking(function: Callable[..., object], *arguments: object) -> object:
        result = function(*arguments)
        if function == journal.pending:
            reads.append(int(str(arguments[1])))
            for event in slow:
                await event.wait()
        return result

    status = Status(lambda _connected, _why: None, lambda _detail: None)
    session = Session(journal, run_blocking, status, wall_s=lambda: 0.0, on_change=lambda: None)
    task = asyncio.create_task(session.run())
    journal.add("event", b"1")
    session.begin(ROOMY, online())
    first = Wire()

    def sent(wire: Wire) -> list[bytes]:
        session.fill(wire)  # type: ignore[arg-type]
        return wire.sent

    await until(lambda: sent(first) == [b"online", b"1"])
    journal.add("event", b"2")
    slow.append(asyncio.Event())
    session.wake()
    await until(lambda: reads == [0, 1])
    session.end()
    session.begin(ROOMY, online())
    slow.pop().set()
    second = Wire()
    await until(lambda: sent(second) == [b"online", b"1", b"2"])
    assert reads == [0, 1, 0]
    for packet in (1, 2, 3):
        session.settle(Answered(packet, 0, "success"))
    assert session.in_flight == 0
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
