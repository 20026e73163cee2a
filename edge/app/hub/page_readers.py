"""Which kinds of readers a family has, and the words of each: the page is told everything once for each kind."""

from edge.delivery import messages
from edge.model.alarm import Alarm
from edge.model.language import Locale
from edge.model.people import Caregiver
from edge.pipeline import Setup
from edge.web.reader import Reader


def of(setup: Setup, caregiver: Caregiver | None = None) -> Reader:
    """How that caregiver reads; None: as the house does."""
    words = setup.locale(caregiver)
    return Reader(words.language.code, words.unit)


def readers(setup: Setup) -> list[Reader]:
    """Each kind once; the house's own last, so that the page shows it wherever it knows no better."""
    own = of(setup)
    return [*{reader: None for each in setup.config.caregivers if (reader := of(setup, each)) != own}, own]


def words(setup: Setup, reader: Reader) -> Locale:
    """What is said to such a reader."""
    return setup.words(reader.language, reader.unit)


def worded(alarm: Alarm, setup: Setup, reader: Reader) -> Alarm:
    """An alarm with the texts that such a reader is told. The house's own are as they were published."""
    person = setup.person(alarm.key.person)
    gone = alarm.key.person and not person.name  # of a child who is not set up any more only the old text has the name
    if reader == of(setup) or gone:
        return alarm
    return messages.with_text(alarm, person, setup.config.caregivers, words(setup, reader))
