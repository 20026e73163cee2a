"""The forms in which caregivers write something down: their questions as data, in words.

What may stand in a field is for the hub to judge; a form only knows which question is a number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from edge.delivery.page_texts import SITES
from edge.model.care import Stage
from edge.model.event import Verb
from edge.model.people import Site

Options = tuple[tuple[str, str], ...]
"""What can be chosen: what is said to the hub, and how it is called."""


class Asks(StrEnum):
    """How a question is answered."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    TIME = "time"
    CHOICE = "choice"
    SEVERAL = "several"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True)
class Field:
    """A question. name: of the argument that the answer becomes. options: of a choice, or proposals for a text."""

    name: str
    label: str
    asks: Asks
    options: Options = ()


@dataclass(frozen=True, slots=True)
class Form:
    """title: of the page. link: what leads to it. says: what goes along with every answer."""

    title: str
    link: str
    verb: Verb
    fields: tuple[Field, ...]
    says: Mapping[str, str]


def _words(*texts: str) -> Options:
    return tuple((text, text) for text in texts)


TIME = Field("time", "When, if not now", Asks.TIME)
# Where somebody holds a thermometer; a patch measures by itself.
BY_HAND = tuple((str(site), SITES[site]) for site in Site if site is not Site.PATCH)
STAGES: Options = (
    (Stage.BEFORE, "before"),
    (Stage.DURING, "during"),
    (Stage.AFTER, "after"),
)
FORMS: Mapping[str, Form] = {
    "dose": Form(
        "A medicine",
        "Another medicine",
        Verb.DOSE,
        (
            Field("drug", "Which medicine", Asks.TEXT),
            Field("amount", "How much (empty: as in your plan)", Asks.NUMBER),
            Field("unit", "Of what", Asks.TEXT, _words("ml", "mg", "drops", "suppository")),
            TIME,
            Field("reason", "Why", Asks.TEXT),
        ),
        {},
    ),
    "drink": Form(
        "A drink",
        "Drink",
        Verb.NOTE,
        (
            Field("ml", "How much, in ml", Asks.NUMBER),
            Field("text", "What", Asks.TEXT, _words("water", "milk", "tea", "breast")),
            TIME,
        ),
        {"kind": "drink"},
    ),
    "temperature": Form(
        "A temperature taken by hand",
        "Temperature",
        Verb.NOTE,
        (
            Field("celsius", "What it showed, in °C", Asks.NUMBER),
            Field("site", "Where", Asks.CHOICE, BY_HAND),
            Field("method", "With which thermometer", Asks.TEXT),
            TIME,
        ),
        {"kind": "temperature"},
    ),
    "symptoms": Form(
        "What you saw",
        "Symptom",
        Verb.NOTE,
        (
            Field("stage", "When was it, seen from the episode", Asks.CHOICE, STAGES),
            Field("regular", "Did the jerks come evenly", Asks.YES_NO),
            Field("side", "Which side", Asks.CHOICE, _words("whole body", "left side", "right side", "one side only")),
            Field("parts", "Which parts took part", Asks.SEVERAL, _words("face", "arms", "hands", "legs", "trunk")),
            Field("eyes", "Her eyes", Asks.TEXT, _words("open", "closed", "rolled up", "to the left", "to the right")),
            Field("colour", "Her colour", Asks.TEXT, _words("as always", "pale", "red", "blue lips")),
            Field("wetting", "Did she wet herself", Asks.YES_NO),
            Field("crying", "Did she cry", Asks.YES_NO),
            Field("absence", "Did she seem away", Asks.YES_NO),
            Field("film", "Where a film lies (a link, or whose phone)", Asks.TEXT),
            Field("text", "In your own words", Asks.LONG_TEXT),
            TIME,
        ),
        {"kind": "symptoms"},
    ),
    "remark": Form(
        "A note",
        "Note",
        Verb.NOTE,
        (Field("text", "What is to be remembered", Asks.LONG_TEXT), TIME),
        {"kind": "remark"},
    ),
}
"""By the name that stands in the page's address; in the order of its links."""
