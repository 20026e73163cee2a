"""What a stored row may hold: damage in a file is told from what the hub wrote, and never reaches the core."""

import math
import re

import msgspec

from edge.model.moment import LEAST_WALL_S, MOST_WALL_S

MOST_NUMBER = 2**53 - 1
"""The largest whole number that JSON carries exactly (RFC 8259, section 6), for sequence numbers and versions."""

MOST = 1e6
"""No measured value, limit or dose comes near this."""

# Characters that have a meaning in MQTT topics, or end a text, are in no id.
_ID = re.compile(r"[^/+#\x00]{0,64}")


class Damaged(msgspec.ValidationError):
    """A value in a row that no release wrote."""


def times(**values_s: float | None) -> None:
    """Raises Damaged for a wall time that is none."""
    for name, value in values_s.items():
        if value is not None and not LEAST_WALL_S <= value <= MOST_WALL_S:
            raise Damaged(f"{name} is {value:.4g}, which is no time")


def numbers(**values: float | None) -> None:
    """Raises Damaged for a figure that is none."""
    for name, value in values.items():
        if value is not None and not (math.isfinite(value) and abs(value) <= MOST):
            raise Damaged(f"{name} is {value:.4g}")


def count(**values: int) -> None:
    """Raises Damaged for what cannot be the number of a change or a version."""
    for name, value in values.items():
        if not 0 <= value <= MOST_NUMBER:
            raise Damaged(f"{name} is out of range")


def ids(**values: str) -> None:
    """Raises Damaged for what can be no id."""
    for name, value in values.items():
        if not _ID.fullmatch(value):
            raise Damaged(f"{name} is no id")
