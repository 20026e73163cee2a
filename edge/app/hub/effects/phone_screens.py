"""What somebody has answered leaves the screens of the phones that show it over ntfy, beside the alarms themselves."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from functools import partial

from edge.app.hub.effects.executor import Note
from edge.app.hub.workers import Workers
from edge.model.effect import ClearPushes
from edge.pipeline import State
from edge.ports import Notifier, Sent
from edge.push.ntfy import NtfyPhone

Keep = Callable[[str, Callable[[], Awaitable[None]]], Coroutine[None, None, None]]
"""keep(name, work): runs a part of that name and starts it again when it fails (`Supervisor.keep`)."""


class PhoneScreens:
    """note: writes what became of each message into the history."""

    def __init__(
        self,
        notifiers: Mapping[str, Sequence[Notifier]],
        note: Note,
        keep: Keep,
    ) -> None:
        self._note = note
        self._keep = keep
        self._workers = Workers()
        self.renew(notifiers)

    def renew(self, notifiers: Mapping[str, Sequence[Notifier]]) -> None:
        """From now on these."""
        self._phones = [(who, it) for who, each in notifiers.items() for it in each if isinstance(it, NtfyPhone)]
        self._workers.set(
            {
                id(phone): partial(self._work, f"phone screen {number} ({who})", who, phone)
                for number, (who, phone) in enumerate(self._phones, 1)
            }
        )

    def execute(self, effect: ClearPushes, _state: State) -> None:
        """Only marks what is to be cleared; `run` does it."""
        for who, phone in self._phones:
            if who == effect.caregiver and phone.screen is not None:
                phone.screen.outdate(effect.alarm_id)

    async def run(self) -> None:
        """Clear, until cancelled. Each phone fails for itself."""
        await self._workers.run()

    async def _work(self, part: str, who: str, phone: NtfyPhone) -> None:
        await self._keep(part, partial(phone.run_clears, partial(self._cleared, who)))

    def _cleared(self, who: str, alarm_id: str, sent: Sent) -> None:
        self._note(f"{alarm_id} to {who}", "taken off the screen", f"{sent.outcome}: {sent.detail}")
