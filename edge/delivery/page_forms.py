"""The forms in which caregivers write something down: their questions as data, as the catalogues of texts have them.

What may stand in a field is for the hub to judge; a form only knows which question is a number. In °C is what the hub
is told; a question for a temperature is asked and answered in the reader's unit, which stands for {degree}.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from edge.delivery.care_texts import SITES, STAGES
from edge.model.event import Verb
from edge.model.language import N_
from edge.model.people import Site

Options = tuple[tuple[str, str], ...]
"""What can be chosen: what is said to the hub, and how it is called."""


class Asks(StrEnum):
    """How a question is answered."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    TEMPERATURE = "temperature"
    TIME = "time"
    DATE = "date"
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


TIME = Field("time", N_("When, if not now"), Asks.TIME)
# Where somebody holds a thermometer; a patch measures by itself.
BY_HAND = tuple((str(site), SITES[site]) for site in Site if site is not Site.PATCH)
FORMS: Mapping[str, Form] = {
    "dose": Form(
        N_("A medicine"),
        N_("Another medicine"),
        Verb.DOSE,
        (
            Field("drug", N_("Which medicine"), Asks.TEXT),
            Field("amount", N_("How much (empty: as in your plan)"), Asks.NUMBER),
            Field("unit", N_("Of what"), Asks.TEXT, _words("ml", "mg", N_("drops"), N_("suppository"))),
            TIME,
            Field("reason", N_("Why"), Asks.TEXT),
        ),
        {},
    ),
    "drink": Form(
        N_("A drink"),
        N_("Drink"),
        Verb.NOTE,
        (
            Field("ml", N_("How much, in ml"), Asks.NUMBER),
            Field("text", N_("What"), Asks.TEXT, _words(N_("water"), N_("milk"), N_("tea"), N_("breast"))),
            TIME,
        ),
        {"kind": "drink"},
    ),
    "temperature": Form(
        N_("A temperature taken by hand"),
        N_("Temperature"),
        Verb.NOTE,
        (
            Field("celsius", N_("What it showed, in {degree}"), Asks.TEMPERATURE),
            Field("site", N_("Where"), Asks.CHOICE, BY_HAND),
            Field("method", N_("With which thermometer"), Asks.TEXT),
            TIME,
        ),
        {"kind": "temperature"},
    ),
    "symptoms": Form(
        N_("What you saw"),
        N_("Symptom"),
        Verb.NOTE,
        (
            Field("stage", N_("When was it, seen from the episode"), Asks.CHOICE, tuple(STAGES.items())),
            Field("regular", N_("Did the jerks come evenly"), Asks.YES_NO),
            Field(
                "side",
                N_("Which side"),
                Asks.CHOICE,
                _words(N_("whole body"), N_("left side"), N_("right side"), N_("one side only")),
            ),
            Field(
                "parts",
                N_("Which parts took part"),
                Asks.SEVERAL,
                _words(N_("face"), N_("arms"), N_("hands"), N_("legs"), N_("trunk")),
            ),
            Field(
                "eyes",
                N_("Her eyes"),
                Asks.TEXT,
                _words(N_("open"), N_("closed"), N_("rolled up"), N_("to the left"), N_("to the right")),
            ),
            Field(
                "colour", N_("Her colour"), Asks.TEXT, _words(N_("as always"), N_("pale"), N_("red"), N_("blue lips"))
            ),
            Field("wetting", N_("Did she wet herself"), Asks.YES_NO),
            Field("crying", N_("Did she cry"), Asks.YES_NO),
            Field("absence", N_("Did she seem away"), Asks.YES_NO),
            Field("film", N_("Where a film lies (a link, or whose phone)"), Asks.TEXT),
            Field("text", N_("In your own words"), Asks.LONG_TEXT),
            TIME,
        ),
        {"kind": "symptoms"},
    ),
    "remark": Form(
        N_("A note"),
        N_("Note"),
        Verb.NOTE,
        (Field("text", N_("What is to be remembered"), Asks.LONG_TEXT), TIME),
        {"kind": "remark"},
    ),
    "illness": Form(
        N_("An illness"),
        N_("Illness"),
        Verb.ILLNESS,
        (Field("diagnosis", N_("What it is, in your words"), Asks.TEXT), Field("time", N_("Since"), Asks.DATE)),
        {},
    ),
    "vaccination": Form(
        N_("A vaccination"),
        N_("Vaccination"),
        Verb.NOTE,
        (Field("name", N_("Which"), Asks.TEXT), Field("time", N_("On"), Asks.DATE)),
        {"kind": "vaccination"},
    ),
}
"""By the name that stands in the page's address; in the order of its links."""
