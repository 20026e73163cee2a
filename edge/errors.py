"""Every error this program raises on purpose. Each message is one sentence that a person can act on."""

import difflib
from collections.abc import Sequence


class EdgeError(Exception):
    """Base of all; caught at the command line, printed as one line."""

    exit_code = 1


class ConfigError(EdgeError):
    """The configuration is not usable; names file, line, key and the allowed range."""

    exit_code = 3


class ProfileError(ConfigError):
    """A device profile file is wrong (our fault, fatal at start); names file, line and key."""


class FrameMalformed(EdgeError):
    """Bytes from a sensor do not fit their layout (the sender's fault: counted and dropped)."""


class KeyNeeded(FrameMalformed):
    """The frame is encrypted, and there is no key for it."""


class RecordingError(EdgeError):
    """A recording cannot be read or makes no sense; names the file and what was expected."""


class PlotError(EdgeError):
    """A picture cannot be made."""


class TransitionError(EdgeError):
    """A state machine was given an input its table does not list; nothing was changed."""


class CommandRefused(EdgeError):
    """A caregiver's command cannot be carried out; the message is the reason they are given.

    message: as the catalogues of texts have it; fields: what stands in its braces. `str()` is the English sentence,
    `Locale.refusal` that of a reader.
    """

    def __init__(self, message: str, **fields: str | float) -> None:
        english = {name: value if isinstance(value, str) else f"{value:g}" for name, value in fields.items()}
        super().__init__(message.format(**english) if fields else message)
        self.message = message
        self.fields = fields


class StorageError(EdgeError):
    """The store or the journal could not be read or written (full card, corrupt file)."""


class Unstorable(StorageError):
    """A value that no file can hold, whatever the disk: text that is no Unicode, a number out of range."""


class Unreachable(EdgeError):
    """Hardware or a service that is needed cannot be reached."""

    exit_code = 4


class NotConfirmed(EdgeError):
    """An alarm was sent and nobody confirmed it in time."""

    exit_code = 5


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """The end of a sentence about a name that is not known: `, did you mean 'x'?`, or nothing if none is near."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f", did you mean {str(close[0])!r}?" if close else ""


_LONGEST_SHOWN = 80


def shown(value: object) -> str:
    """A wrong value in an error: as it was written, cut where it is long."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a number of more than 4300 digits, a table in a table in a table ...
        return f"a {type(value).__name__} that is too large to be shown"
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."


def named(name: str) -> str:
    """A name that somebody gave a key or a table, in an error: bare where it is short and all of it can be printed."""
    return name if name.isprintable() and len(name) <= _LONGEST_SHOWN else shown(name)
