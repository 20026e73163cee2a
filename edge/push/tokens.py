"""What a button under a push may say: one random word for each button, that counts once and not for ever. Pure but
for the chance that makes the words.
"""

import secrets
from collections import OrderedDict
from dataclasses import dataclass

from edge.errors import CommandRefused
from edge.model.event import Verb
from edge.model.language import N_

# A night: an alarm that still stands is notified again with fresh ones long before.
LIFE_S = 12 * 3600.0
# 128 bits from the system's generator cannot be guessed in that time.
TOKEN_BYTES = 16
MOST = 500

# A tap that lay at the server for longer was meant for how things were then.
LATE_S = 300.0

USED = N_("this button was used already")
LATE = N_("this came too late, since the hub was cut off; use the newest message")
OLD = N_("this button is too old; use the newest message")
UNKNOWN = N_("this button is not known here, perhaps from before a restart; use the newest message")


@dataclass(frozen=True, slots=True)
class Button:
    alarm: str
    verb: Verb


class Tokens:
    """Those of one phone; what was given to another is unknown here. Of more than 500, the oldest is forgotten."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, tuple[Button, float]] = OrderedDict()
        self._used: OrderedDict[str, None] = OrderedDict()

    def __repr__(self) -> str:
        return f"Tokens({len(self._open)} open)"

    def give(self, button: Button, now_s: float) -> str:
        """The word of this button: the same until it is used, so that each message of an alarm can be answered."""
        given = (word for word, (known, until_s) in self._open.items() if known == button and now_s < until_s)
        word = next(given, "") or secrets.token_urlsafe(TOKEN_BYTES)
        self._open[word] = (button, now_s + LIFE_S)
        self._open.move_to_end(word)
        if len(self._open) > MOST:
            self._open.popitem(last=False)
        return word

    def take(self, word: str, now_s: float, lay_s: float = 0.0) -> Button:
        """Use it up. Raises CommandRefused with the reason for what is not known, used or too old.

        lay_s: for how long it lay at the server. What came too late is not used up: the newest message may have it too.
        """
        if word in self._used:
            raise CommandRefused(USED)
        if lay_s > LATE_S and word in self._open:
            raise CommandRefused(LATE)
        button, until_s = self._open.pop(word, (None, 0.0))
        if button is None:
            raise CommandRefused(UNKNOWN)
        self._used[word] = None
        if len(self._used) > MOST:
            self._used.popitem(last=False)
        if now_s >= until_s:
            raise CommandRefused(OLD)
        return button
