"""When the broker confirmed what: PUBACKs as the hub's own publisher learns of them."""

import contextlib
from collections.abc import Callable, Iterator

from edge.mqtt.send_queue import Window
from edge.ports import OutgoingMessage


@contextlib.contextmanager
def pubacks(confirmed: Callable[[OutgoingMessage], None]) -> Iterator[None]:
    """Every message that any publisher of this process learns to be with its broker is handed over."""
    real = Window.confirmed

    def heard(window: Window, packet: int) -> None:
        item = window._in_flight.get(packet)
        real(window, packet)
        if item is not None:
            confirmed(item.message)

    Window.confirmed = heard  # type: ignore[method-assign]
    try:
        yield
    finally:
        Window.confirmed = real  # type: ignore[method-assign]
