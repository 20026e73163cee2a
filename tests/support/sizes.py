"""How much memory a state keeps."""

import numpy as np


def size_of(value: object) -> int:
    """Bytes of the arrays and numbers in a state."""
    if isinstance(value, np.ndarray):
        return int(value.nbytes)
    if isinstance(value, tuple):
        return sum(size_of(each) for each in value)
    slots = getattr(type(value), "__slots__", None)
    return sum(size_of(getattr(value, slot)) for slot in slots) if slots else 32
