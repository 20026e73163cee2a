"""How a Bluetooth address is written: sensors' labels, phones and shells each have their own way."""

import re

_PAIRS = re.compile(r"[0-9A-F]{2}([:\-_. ]?)[0-9A-F]{2}(?:\1[0-9A-F]{2}){4}")
_QUADS = re.compile(r"[0-9A-F]{4}\.[0-9A-F]{4}\.[0-9A-F]{4}")
# What a label or a tool shows where it has none.
_NOBODY = frozenset({"0" * 12, "F" * 12})


_CANONICAL = re.compile(r"[0-9A-F]{2}(?::[0-9A-F]{2}){5}")


def is_canonical(text: str) -> bool:
    """Whether it is an address as BlueZ writes it."""
    return _CANONICAL.fullmatch(text) is not None


def canonical(text: str) -> str | None:
    """`AA:BB:CC:DD:EE:FF`, as BlueZ writes it, of any usual spelling; None of what is no address."""
    upper = text.strip().upper()
    digits = re.sub(r"[:\-_. ]", "", upper)
    if not (_PAIRS.fullmatch(upper) or _QUADS.fullmatch(upper)) or digits in _NOBODY:
        return None
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))
