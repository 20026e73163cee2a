"""A kind of input that comes from outside: how it is tried, and where it begins."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

Check = Callable[[bytes], str]
"""Tries one input. Gives the sentence in which it was refused, empty if it was taken; whatever it raises is a fault."""


@dataclass(frozen=True, slots=True)
class Kind:
    """name: of the module. begin: makes the check; the folder is its own. seeds: inputs of the product's own making.

    words: pieces that belong into such inputs. longest: bytes of an input. end: lets go of what the check holds.
    """

    name: str
    begin: Callable[[Path], Check]
    seeds: Callable[[], Sequence[bytes]]
    words: tuple[bytes, ...] = ()
    longest: int = 4096
    end: Callable[[Check], None] = lambda _check: None


def sentence(error: Exception) -> str:
    """What was said of a refused input, held against the rule of `edge.errors`: one line that a person can read."""
    said = str(error)
    assert said.strip(), f"{type(error).__name__} says nothing"
    assert "\n" not in said, said
    assert "Traceback" not in said, said
    return said
