"""Buttons under the pushes on their way to the core: whose they are, not too many, none twice; and the word back."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from functools import partial

from edge.app.hub.command_intake import CommandIntake
from edge.app.hub.effects.notifications import Notifications
from edge.app.hub.effects.phone_screens import Keep
from edge.app.hub.workers import Workers
from edge.commands import FLOOD
from edge.delivery import phone_buttons
from edge.model.effect import Reply
from edge.model.event import Command
from edge.model.language import Locale
from edge.ports import Notifier
from edge.push.ntfy import NtfyPhone
from edge.push.tokens import USED, Button

# The same refusal is sent to a phone this often at most: a flood must not become a flood of pushes.
NOTICE_S = 60.0
MOST_NOTICES = 100
SURFACE = "phone button"


class PhoneButtons:
    """The core judges a tap as it judges every command: by the caregiver's role, and as said from anywhere."""

    def __init__(
        self,
        intake: CommandIntake,
        notifications: Notifications,
        notifiers: Mapping[str, Sequence[Notifier]],
        keep: Keep,
    ) -> None:
        self._intake = intake
        self._notifications = notifications
        self._keep = keep
        self._noticed_s: dict[tuple[str, str], float] = {}
        self._workers = Workers()
        self.renew(notifiers)

    def renew(self, notifiers: Mapping[str, Sequence[Notifier]]) -> None:
        """From now on these phones."""
        phones = [(who, it) for who, each in notifiers.items() for it in each if isinstance(it, NtfyPhone)]
        self._phones = [(who, phone) for who, phone in phones if phone.buttons]
        self._workers.set(
            {
                id(phone): partial(self._listen, f"phone buttons {number} ({who})", who, phone)
                for number, (who, phone) in enumerate(self._phones, 1)
            }
        )

    def facts(self) -> Mapping[str, object]:
        """By caregiver, for the health topic: whether what is tapped on each phone arrives, and what was refused."""
        return {
            who: [
                {"answers": it.words, "refused": it.refused + it.malformed} for name, it in self._phones if name == who
            ]
            for who in dict.fromkeys(name for name, _ in self._phones)
        }

    async def run(self) -> None:
        """Listen to every phone until cancelled. Each fails for itself: the others go on being heard."""
        await self._workers.run()

    async def _listen(self, part: str, who: str, phone: NtfyPhone) -> None:
        await self._keep(part, partial(phone.run, partial(self._tapped, who, phone)))

    async def _tapped(self, who: str, phone: NtfyPhone, text: str, lay_s: float) -> None:
        """One text on the answer topic of that phone. Raises nothing for what somebody sent."""
        meant: list[Button] = []

        def read() -> Command:
            button = phone.tokens.take(text, asyncio.get_running_loop().time(), lay_s)
            meant.append(button)
            arguments = phone_buttons.ARGUMENTS.get(button.verb, {})
            request = f"tap-{secrets.token_hex(8)}"
            return Command(button.verb, who, request, button.alarm, local=False, arguments=arguments, surface=SURFACE)

        def answer(reply: Reply) -> None:
            """A quiet push. A second tap was taken the first time."""
            if reply.ok and meant:
                label = phone_buttons.label(meant[0].verb, meant[0].alarm, phone.words_of)
                self._notifications.put(phone_buttons.accepted(who, label, phone.words_of))
            elif reply.reason not in (USED, FLOOD):
                self._refuse(who, reply.reason, phone.words_of)

        if not await self._intake.take(who, read, answer, SURFACE):
            phone.refused += 1

    def _refuse(self, who: str, why: str, words: Locale) -> None:
        now_s = asyncio.get_running_loop().time()
        if now_s - self._noticed_s.get((who, why), -NOTICE_S) < NOTICE_S:
            return
        if len(self._noticed_s) >= MOST_NOTICES:
            self._noticed_s.clear()
        self._noticed_s[who, why] = now_s
        self._notifications.put(phone_buttons.rejected(who, why, words))
