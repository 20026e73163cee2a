"""The door of every command, whichever surface it comes from: what may be said, by whom, and how often.

A surface knows who speaks (`Speaker`) and has a body of bytes; `parse` makes a `Command` of them, `Gate` counts them,
`checked` holds a command against the table `RULES` before the pipeline carries it out.
"""

from edge.commands.gate import BURST, FLOOD, REPLAYED, Gate, Request
from edge.commands.parsing import MOST_ID_CHARACTERS, Speaker, command, fields, parse, request_id, speaker
from edge.commands.rules import RULES, SECRET, Argument, Flag, Number, OneOf, Text, checked

__all__ = [
    "BURST",
    "FLOOD",
    "MOST_ID_CHARACTERS",
    "REPLAYED",
    "RULES",
    "SECRET",
    "Argument",
    "Flag",
    "Gate",
    "Number",
    "OneOf",
    "Request",
    "Speaker",
    "Text",
    "checked",
    "command",
    "fields",
    "parse",
    "request_id",
    "speaker",
]
