"""A configuration that cannot be used: what is wrong with it, and what can be said until somebody has mended it."""

import math
import time

from edge.app.load.configuration import SETTINGS_FILE
from edge.app.load.first_run import FILE
from edge.app.setup.record import Record
from edge.delivery import setup_texts as texts
from edge.errors import CommandRefused
from edge.model.language import Locale
from edge.web.reader import Reader
from edge.web.setup_wire import Setup

QUIET_S = 1800.0


class Mending:
    """quiet_until_s: the room is not told before that; monotonic."""

    def __init__(self, record: Record) -> None:
        self.quiet_until_s = 0.0
        self._record = record

    def shown(self, reader: Reader, words: Locale) -> Setup:
        """What is wrong, and what can be done about it here."""
        left_s = self.quiet_until_s - time.monotonic()
        quiet = words.say(texts.QUIET, minutes=math.ceil(left_s / 60)) if left_s > 0 else ""
        trouble = list(self._record.unfinished.trouble)
        return Setup(reader=reader, trouble=trouble, aside=self._own_file_is_wrong(), quiet=quiet)

    async def again(self) -> None:
        """Read it now."""
        if not self._record.read_again():
            raise CommandRefused(texts.READ_AGAIN)

    async def aside(self) -> None:
        """What the hub itself wrote and nobody can read: kept under another name, and asked anew."""
        if not self._own_file_is_wrong():
            raise CommandRefused(texts.ELSEWHERE_NOW)
        file = self._record.folder / SETTINGS_FILE
        file.rename(file.with_name(f"{file.name}.damaged-{int(time.time())}"))
        if self._record.read_again() and not self._record.complete.is_set():
            (self._record.folder / FILE).unlink(missing_ok=True)
            self._record.begin_anew()

    def be_quiet(self) -> None:
        """No sound in the room for half an hour; it ends by itself."""
        self.quiet_until_s = time.monotonic() + QUIET_S

    def _own_file_is_wrong(self) -> bool:
        where = str(self._record.folder / SETTINGS_FILE)
        return any(where in sentence for sentence in self._record.unfinished.trouble)
