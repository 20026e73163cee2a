"""What sounds in this room: the loudspeaker, the buzzer, or both at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from edge.config import Config
from edge.ports import Outcome, Sent
from edge.sounder.buzzer import GpioBuzzer
from edge.sounder.loudspeaker import AplaySounder


class Part(Protocol):
    async def play(self, pattern: str, level_percent: int = 100) -> Sent: ...
    async def run(self) -> None: ...


class Sounders:
    """Implements `ports.Sounder`. Each that was set up must sound: the worst outcome is that of all.

    ready: what shall be tried at the start, so that a broken one is known before it is needed.
    """

    def __init__(self, parts: Sequence[Part], ready: Sequence[Callable[[], Awaitable[Sent]]] = ()) -> None:
        self._parts = tuple(parts)
        self._ready = tuple(ready)

    async def play(self, pattern: str, level_percent: int = 100) -> Sent:
        """Play on all at once; detail names what each said."""
        return _worst([*await asyncio.gather(*(part.play(pattern, level_percent) for part in self._parts))])

    async def run(self, report: Callable[[Sent], None] = lambda _: None) -> None:
        """Until cancelled. report: called with what could not even be made ready."""
        async with asyncio.TaskGroup() as tasks:
            for part in self._parts:
                tasks.create_task(part.run(), name="sounder part")
            for sent in await asyncio.gather(*(ready() for ready in self._ready)):
                if sent.outcome is not Outcome.DELIVERED:
                    report(sent)


def sounders(config: Config) -> Sounders | None:
    """Those of the configuration; None if there is none on purpose."""
    parts: list[Part] = []
    hub = config.hub
    if hub.sounder:
        parts.append(AplaySounder(None if hub.sounder == "default" else hub.sounder))
    buzzer = None if hub.buzzer_pin is None else GpioBuzzer(hub.buzzer_pin)
    if buzzer is not None:
        parts.append(buzzer)
    return Sounders(parts, [buzzer.ready] if buzzer is not None else ()) if parts else None


def _worst(said: Sequence[Sent]) -> Sent:
    outcome = max((sent.outcome for sent in said), key=list(Outcome).index)
    bad = [sent.detail for sent in said if sent.outcome is not Outcome.DELIVERED]
    return Sent(outcome, "; ".join(bad or [sent.detail for sent in said]))
