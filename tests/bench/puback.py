"""When the broker confirmed what: PUBACKs as the hub's own publisher learns of them."""

import contextlib
from collections.abc import Callable, Iterator

from edge.mqtt.send_queue import SendQueue
from edge.ports import OutgoingMessage


@contextlib.contextmanager
def pubacks(confirmed: Callable[[OutgoingMessage], None]) -> Iterator[None]:
    """Every message that any publisher of this process learns to be with its broker is handed over."""
    real = SendQueue.confirmed

    def heard(queue: SendQueue, packet: int) -> None:
        item = queue._in_flight.get(packet)
        real(queue, packet)
        if item is not None:
            confirmed(item.message)

    SendQueue.confirmed = heard  # type: ignore[method-assign]
    try:
        yield
    finally:
        SendQueue.confirmed = real  # type: ignore[method-assign]
