"""What carries out effects: one executor for each type, called by the loop alone."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from edge.app.hub.event_queue import Request
from edge.model.alarm import Condition
from edge.model.effect import Effect
from edge.pipeline import State

Item = Effect | Request
Report = Callable[[Condition, bool, str, str], None]
"""report(condition, present, detail, part): raises or ends a technical condition of the hub."""
Failed = Callable[[str, Exception], None]
"""failed(part, error): that part of the hub raised; `hub_degraded` names it until it works again."""
Note = Callable[[str, str, str], None]
"""note(subject, detail, outcome): a line of history."""

T_contra = TypeVar("T_contra", contravariant=True)


class Executor(Protocol[T_contra]):
    """Carries out one type of effect."""

    def execute(self, effect: T_contra, state: State) -> None:
        """Begin it and return: no alarm may wait for it. state: of the core after the step that asked for it."""


class Recorder(Protocol):
    """Carries out what must be on disk before anything reports it."""

    async def record(self, effects: Sequence[Item]) -> Sequence[Item]:
        """Put those of its type on disk, or know that memory alone has them; gives what is left to be carried out."""
