"""What the core decided about pushes, on its way to the channels; a guard names a channel that fails inside."""

import structlog

from edge.app.hub.effects.executor import Report
from edge.app.hub.effects.notifications import Notifications
from edge.app.hub.supervisor import in_words
from edge.model.alarm import Condition
from edge.model.effect import Notify, PushNotSent, SendPush
from edge.pipeline import State
from edge.ports import Notifier, Outcome, Sent

log = structlog.get_logger(__name__)


class DecidedNotification:
    """A caregiver is to be notified: the core has decided on the pushes already, which follow as their own effects."""

    def execute(self, effect: Notify, _state: State) -> None:
        """Nothing is left to be done."""


class PushAttempt:
    """Hands an attempt to its channel."""

    def __init__(self, notifications: Notifications) -> None:
        self._notifications = notifications

    def execute(self, effect: SendPush, _state: State) -> None:
        """Never waits: the core hands a channel nothing more before it has reported."""
        self._notifications.send(effect)


class UnsentHistory:
    """Keeps what goes out no more."""

    def __init__(self, notifications: Notifications) -> None:
        self._notifications = notifications

    def execute(self, effect: PushNotSent, _state: State) -> None:
        """One line, with the reason."""
        self._notifications.not_sent(effect)


class GuardedNotifier:
    """A push channel that keeps the promise of `ports.Notifier` never to raise, whatever the one inside does.

    part: the name of the channel in `hub_degraded`, such as `push to anna`. An error counts as a failed attempt, which
    is made again; the condition ends with the next attempt that does not raise.
    """

    def __init__(self, notifier: Notifier, part: str, report: Report) -> None:
        self._notifier = notifier
        self._part = part
        self._report = report
        self._failing = False

    async def send(self, message: Notify) -> Sent:
        """Send once."""
        try:
            sent = await self._notifier.send(message)
        except Exception as error:  # noqa: BLE001  whatever a channel does, the others and the alarms go on
            log.error("part.failed", part=self._part, why=in_words(error))  # its text may hold the address, a secret
            self._failing = True
            self._report(Condition.HUB_DEGRADED, True, f"{self._part}: {in_words(error)}", self._part)
            return Sent(Outcome.RETRY, f"the channel {in_words(error)}")
        if self._failing:
            self._failing = False
            self._report(Condition.HUB_DEGRADED, False, "", self._part)
        return sent
