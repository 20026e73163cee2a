"""The pages of the first run as HTML."""

from collections.abc import Mapping

from edge.delivery import restore_texts, sensor_texts
from edge.delivery import setup_texts as texts
from edge.web.drawing import drawn
from edge.web.languages import Languages
from edge.web.reader import Reader
from edge.web.render import Templates
from edge.web.setup_wire import STEPS, TITLES, Setup


class SetupPages:
    """Renders; every text that a person wrote is escaped."""

    def __init__(self, languages: Languages) -> None:
        self._templates = Templates(
            languages, t=texts, titles=TITLES, steps=STEPS, stranger=True, r=restore_texts, s=sensor_texts
        )

    def door(self, shown: Setup, code: str, why: str) -> str:
        """Where the code is said. code: one that is good, to be sent with a single button."""
        return self._page("door", shown.reader, shown=shown, code=code, why=why)

    def trouble(self, shown: Setup, why: str = "") -> str:
        """What is wrong with the configuration."""
        return self._page("trouble", shown.reader, shown=shown, why=why)

    def step(self, shown: Setup, step: str, fields: Mapping[str, str], why: str) -> str:
        """One step. fields: what was just sent and could not be taken. why: the sentence that says so."""
        known = {**_PLAIN, **shown.values, **fields}
        if step == "you" and "name" not in fields:
            known["name"] = shown.values.get("owner", "")
        if step == "child" and "name" not in fields:
            known["name"] = shown.values.get("child", "")
        return self._page(step, shown.reader, shown=shown, step=step, known=known, why=why, code=drawn(shown.link))

    def restore(self, shown: Setup, why: str) -> str:
        """Going on with a backup instead. why: it was not begun."""
        return self._page("restore", shown.reader, shown=shown, why=why)

    def starting(self, reader: Reader, back: str) -> str:
        """Until the hub's own page is there. back: where that stands."""
        return self._page("starting", reader, back=back)

    def refused(self, reader: Reader, why: str) -> str:
        """Why nothing else is shown."""
        return self._page("refused", reader, why=why)

    def _page(self, name: str, reader: Reader, **known: object) -> str:
        return self._templates(f"setup/{name}.html", reader, **known)


# What no answer is known of yet, by the names of the fields.
_PLAIN = {"name": "", "born": "", "fever_c": "", "watchfulness": "balanced", "way": "", "server": "ntfy.sh", "user": ""}
_PLAIN |= {"token": "", "url": "", "details": "", "place": "", "role": "caregiver"}
