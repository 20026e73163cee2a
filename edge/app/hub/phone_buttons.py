"""Buttons under the pushes on their way to the core: whose they are, not too many, none twice; and the word back."""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import partial

from edge.app.hub.effects.journal_writer import JournalWriter
from edge.app.hub.effects.notifications import Notifications
from edge.app.hub.event_queue import EventQueue
from edge.app.hub.health import Counters
from edge.commands.gate import FLOOD, Gate
from edge.delivery import phone_buttons
from edge.errors import CommandRefused
from edge.model.effect import Notify, Reply
from edge.model.event import Command
from edge.ports import Notifier
from edge.push.ntfy import NtfyPhone
from edge.push.tokens import USED, Button

# Taps whose answer is still to come; the oldest is forgotten, and then answered over MQTT alone.
WAITING = 100
# What makes no sense is told to the phone this often at most: a flood must not become a flood of pushes.
NOTICE_S = 60.0
SURFACE = "phone button"


class PhoneButtons:
    """The core judges a tap as it judges every command: by the caregiver's role, and as said from anywhere."""

    def __init__(
        self,
        queue: EventQueue,
        journal_writer: JournalWriter,
        notifications: Notifications,
        counters: Counters,
        notifiers: Mapping[str, Sequence[Notifier]],
    ) -> None:
        self._queue = queue
        self._journal_writer = journal_writer
        self._notifications = notifications
        self._counters = counters
        self._phones = [(who, it) for who, each in notifiers.items() for it in each if isinstance(it, NtfyPhone)]
        self._gate = Gate()
        self._asked: OrderedDict[str, tuple[str, Button]] = OrderedDict()
        self._noticed_s: dict[str, float] = {}

    def facts(self) -> Mapping[str, object]:
        """By caregiver, for the health topic: whether the buttons on each phone are heard, and what was refused."""
        return {
            who: [
                {"answers": it.words, "refused": it.refused + it.malformed} for name, it in self._phones if name == who
            ]
            for who in dict.fromkeys(name for name, _ in self._phones)
        }

    async def run(self) -> None:
        """Listen to every phone, each for itself, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for who, phone in self._phones:
                tasks.create_task(phone.run(partial(self._tapped, who, phone)), name=f"answers of {who}")

    def answered(self, reply: Reply) -> bool:
        """The core's answer to a tap goes back to the phone, as a quiet push; False if it was no tap."""
        asked = self._asked.pop(reply.request_id, None)
        if asked is None:
            return False
        who, button = asked
        said = phone_buttons.label(button.verb, button.alarm)
        self._notifications.put(
            phone_buttons.taken(who, said) if reply.ok else phone_buttons.not_taken(who, reply.reason)
        )
        return True

    async def _tapped(self, who: str, phone: NtfyPhone, text: str, lay_s: float) -> None:
        """One text on the answer topic of that phone. Raises nothing for what somebody sent."""
        now_s = asyncio.get_running_loop().time()
        try:
            if self._gate.floods(who, now_s):
                raise CommandRefused(FLOOD)
            button = phone.tokens.take(text, now_s, lay_s)
        except CommandRefused as refused:
            phone.refused += 1
            self._counters.commands_refused += 1
            if self._gate.answers(who, now_s):
                self._journal_writer.note(f"{SURFACE} of {who}", "", f"refused: {refused}")
            if str(refused) not in (USED, FLOOD):  # a second tap was taken the first time
                self._notice(phone_buttons.not_taken(who, str(refused)), now_s)
            return
        request = f"tap-{secrets.token_hex(8)}"
        self._asked[request] = (who, button)
        if len(self._asked) > WAITING:
            self._asked.popitem(last=False)
        arguments = phone_buttons.ARGUMENTS.get(button.verb, {})
        await self._queue.put(
            Command(button.verb, who, request, button.alarm, local=False, arguments=arguments, surface=SURFACE)
        )

    def _notice(self, message: Notify, now_s: float) -> None:
        if now_s - self._noticed_s.get(message.caregiver, -NOTICE_S) >= NOTICE_S:
            self._noticed_s[message.caregiver] = now_s
            self._notifications.put(message)
