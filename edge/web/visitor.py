"""Who asks."""

from dataclasses import replace
from typing import NamedTuple

from edge.model.language import Locale
from edge.model.people import Role
from edge.web.reader import Reader
from edge.web.render import View


class Visitor(NamedTuple):
    """phone: id of the phone, for counting. local: whether it is surely in the house.

    reader, words: how the caregiver reads.
    """

    phone: str
    caregiver: str
    name: str
    role: Role
    local: bool
    reader: Reader
    words: Locale

    @property
    def view(self) -> View:
        """What this visitor is shown."""
        return View(
            self.caregiver,
            answers=self.role is not Role.VIEWER,
            local=self.local,
            reader=self.reader,
            owner=self.role is Role.OWNER,
        )

    @property
    def at_night(self) -> View:
        """The same at the bed."""
        return replace(self.view, night=True)
