"""The signal machine at work: for each episode, who is being told, who has answered, what is silent until when."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from edge.alarms.states import SIGNAL, SignalInput, SignalState, follow
from edge.model.alarm import ROOM, EscalationStep, Reason

# "I'm coming" quiets the room for this long; only "I'm with her" quiets it for the episode.
COMING_S = 60.0
# No answer silences for longer: an alarm that still holds then, such as a sensor that stays dead, is told anew.
ANSWER_LASTS_S = 4 * 3600.0
SNOOZE_MAX_S = 2 * 3600.0
# Who said "I'm coming" is reminded softly after this, if the value is still beyond the limit; unanswered for as long
# as between two tellings, it rings again as before.
REMIND_S = 900.0
REMINDED_S = 300.0
SOUNDING = (SignalState.ON, SignalState.ESCALATED)


@dataclass(frozen=True, slots=True)
class Signal:
    """until_s: when a silence ends by itself (infinite: with this episode). told: how often; last_s: when last.

    since_s: when it began to sound and nobody has answered since; infinite before that.
    """

    state: SignalState = SignalState.OFF
    until_s: float = math.inf
    told: int = 0
    last_s: float = -math.inf
    since_s: float = math.inf


@dataclass(frozen=True, slots=True)
class Notification:
    """The telling of one episode. started_s: monotonic. One signal for each turn's target.

    silent_until_s: when the answer or the snooze of the whole episode ends by itself; infinite if there is none.
    remind_s: when those who were told are softly reminded, once; infinite for never. inhibited: another alarm rings
    in its place.
    """

    started_s: float
    turns: tuple[EscalationStep, ...]
    signals: Mapping[str, Signal] = field(default_factory=dict)
    silent_until_s: float = math.inf
    remind_s: float = math.inf
    inhibited: bool = False

    def with_(self, target: str, signal: Signal) -> "Notification":
        return replace(self, signals={**self.signals, target: signal})

    def told(self) -> list[str]:
        """Caregivers who were told at least once."""
        return [target for target, signal in self.signals.items() if signal.told and target != ROOM]


@dataclass(frozen=True, slots=True)
class DueNotification:
    """Tell this target now; or, where the reason is `inhibited`, do not. stage: how often it was told before."""

    target: str
    stage: int
    reason: Reason


def begin(turns: tuple[EscalationStep, ...], now_s: float) -> Notification:
    """A new episode; nobody has been told yet."""
    return Notification(now_s, turns, {turn.target: Signal() for turn in turns})


def tick(notification: Notification, now_s: float) -> tuple[Notification, tuple[DueNotification, ...]]:
    """Whose turn has come, whose silence is over, who is to be told again."""
    tellings = []
    remind = now_s >= notification.remind_s
    if notification.inhibited:  # it is on its own again: from the start for whom it never reached
        notification = replace(notification, inhibited=False, started_s=now_s)
    for turn in notification.turns:
        signal = notification.signals[turn.target]
        given = _due(turn, signal, notification.started_s, now_s)
        if given is not None:
            state, reason = follow(SIGNAL, signal.state, given)
            since_s = min(signal.since_s, now_s) if signal.state in SOUNDING else now_s
            notification = notification.with_(turn.target, Signal(state, math.inf, signal.told + 1, now_s, since_s))
        elif remind and signal.state is SignalState.ACKNOWLEDGED and signal.told and turn.target != ROOM:
            _, reason = follow(SIGNAL, signal.state, SignalInput.REMIND)
        else:
            continue
        tellings.append(DueNotification(turn.target, signal.told, reason))
    return replace(notification, remind_s=math.inf) if remind else notification, tuple(tellings)


def inhibit(notification: Notification) -> tuple[Notification, tuple[DueNotification, ...]]:
    """Another alarm rings in its place; each caregiver who is not told for that is named once, with the reason."""
    if notification.inhibited:
        return notification, ()
    held = tuple(
        DueNotification(t.target, notification.signals[t.target].told, Reason.INHIBITED) for t in notification.turns
    )
    return replace(notification, inhibited=True), tuple(each for each in held if each.target != ROOM)


def _due(turn: EscalationStep, signal: Signal, started_s: float, now_s: float) -> SignalInput | None:
    if signal.state is SignalState.OFF and now_s - started_s >= turn.after_s:
        return SignalInput.DUE
    if signal.state in SOUNDING and now_s - signal.last_s >= turn.repeat_s:
        return SignalInput.REPEAT
    if signal.state in (SignalState.ACKNOWLEDGED, SignalState.SNOOZED) and now_s >= signal.until_s:
        return SignalInput.SILENCE_OVER
    return None


def acknowledge(
    notification: Notification, now_s: float, *, with_her: bool, lasts_s: float = ANSWER_LASTS_S, reminds: bool = False
) -> Notification:
    """Everyone falls silent for this episode, or at most `lasts_s`; the room for a minute, unless somebody is with her.

    What is told only once needs no end of its silence. reminds: who is coming is reminded, and soon rung again.
    """
    reminds = reminds and not with_her
    lasts_s = min(lasts_s, REMIND_S + REMINDED_S) if reminds else lasts_s
    ends = lasts_s < ANSWER_LASTS_S or any(math.isfinite(turn.repeat_s) for turn in notification.turns)
    until_s = now_s + lasts_s if ends else math.inf
    for target, signal in notification.signals.items():
        state, _ = follow(SIGNAL, signal.state, SignalInput.ACKNOWLEDGE)
        attended = signal.state is SignalState.ACKNOWLEDGED and signal.until_s > now_s + COMING_S
        coming = target == ROOM and not with_her and not attended
        notification = notification.with_(
            target, replace(signal, state=state, until_s=min(now_s + COMING_S, until_s) if coming else until_s)
        )
    remind_s = until_s - REMINDED_S if reminds and math.isfinite(until_s) else math.inf
    return replace(notification, silent_until_s=until_s, remind_s=remind_s)


def snooze(notification: Notification, until_s: float) -> Notification:
    """Everything about this episode is silent until then, and rings again by itself if it still holds."""
    for target, signal in notification.signals.items():
        state, _ = follow(SIGNAL, signal.state, SignalInput.SNOOZE)
        notification = notification.with_(target, replace(signal, state=state, until_s=until_s))
    return replace(notification, silent_until_s=until_s, remind_s=math.inf)


def overslept(notification: Notification, now_s: float) -> bool:
    """Whether the silence of the whole episode is over."""
    return now_s >= notification.silent_until_s


def worse(notification: Notification, turns: tuple[EscalationStep, ...]) -> Notification:
    """The level rose: every silence is broken, and everyone in the (new) turns is told at the next tick."""
    for turn in turns:
        signal = notification.signals.get(turn.target, Signal())
        state, _ = follow(SIGNAL, signal.state, SignalInput.WORSE)
        since_s = signal.since_s if signal.state in SOUNDING else math.inf
        notification = notification.with_(turn.target, Signal(state, told=signal.told, since_s=since_s))
    return replace(notification, turns=turns, silent_until_s=math.inf, remind_s=math.inf)


def replan(notification: Notification, turns: tuple[EscalationStep, ...]) -> Notification:
    """Another is on watch: the turns change, what each target was told or answered does not."""
    return replace(
        notification,
        turns=turns,
        signals={turn.target: notification.signals.get(turn.target, Signal()) for turn in turns},
    )


def room_now(notification: Notification) -> Notification:
    """Nobody could be told: the room's turn, if it has one, waits no longer."""
    return replace(
        notification, turns=tuple(replace(t, after_s=0.0) if t.target == ROOM else t for t in notification.turns)
    )


def unanswered_s(notification: Notification, now_s: float) -> float:
    """For how long it has sounded anywhere without an answer; 0 while nothing sounds."""
    since_s = [signal.since_s for signal in notification.signals.values() if signal.state in SOUNDING]
    return max(now_s - min(since_s, default=now_s), 0.0) if not notification.inhibited else 0.0


def sounds(notification: Notification) -> bool:
    """Whether the sounder in the room shall sound for this episode now."""
    return not notification.inhibited and ROOM in notification.signals and notification.signals[ROOM].state in SOUNDING
