"""State machines as tables: a pair that is not listed raises and changes nothing; diagrams are made from them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from edge.errors import TransitionError

S = TypeVar("S", bound=StrEnum)
I = TypeVar("I", bound=StrEnum)  # noqa: E741  the field's name for an input
V = TypeVar("V")


def follow(table: Mapping[tuple[S, I], V], state: S, given: I) -> V:
    """What the table lists for this pair. Raises TransitionError for a pair that it does not list."""
    try:
        return table[state, given]
    except KeyError:
        raise TransitionError(f"{type(state).__name__}: {state} knows no {given}") from None


def diagram(table: Mapping[tuple[S, I], S]) -> str:
    """The table as a Mermaid state diagram; the documentation holds exactly this."""
    lines = ["stateDiagram-v2"]
    for (state, given), after in table.items():
        if state != after:
            lines.append(f"    {state} --> {after}: {given}")
    return "\n".join(lines)
