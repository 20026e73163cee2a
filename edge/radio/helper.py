"""The way to a helper that may restart bluetoothd, which the hub itself may not.

systemd watches a file in the service's runtime folder (deploy/systemd/feverhub-bluetooth.path) and starts the helper
when it was written. Nothing that stands in it is read by a program.
"""

import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

REQUEST = "restart-bluetooth"


def in_service(environment: Mapping[str, str] = os.environ) -> Callable[[str], Awaitable[None]] | None:
    """How to ask it, given a sentence why; None outside a service with a runtime folder. Asking raises OSError."""
    folder = environment.get("RUNTIME_DIRECTORY", "")
    if not folder:
        return None

    async def ask(why: str) -> None:
        (Path(folder) / REQUEST).write_text(f"{why}\n", encoding="utf-8")

    return ask
