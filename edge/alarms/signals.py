"""The signal state machine: for each episode, who is notified, who has answered, what is silent until when."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from edge.alarms.states import SIGNAL, SignalInput, SignalState
from edge.model.alarm import ROOM, Alarm, EscalationStep, Reason
from edge.model.transitions import follow

# "I'm coming" silences the room for this long; only "I'm with her" silences it for the episode.
COMING_S = 60.0
# The longest silence by an answer: an alarm that still holds then, such as a dead sensor's, is notified again.
ANSWER_LASTS_S = 4 * 3600.0
SNOOZE_MAX_S = 2 * 3600.0
# Who said "I'm coming" is reminded quietly after this, if the value is still beyond the limit; without an answer for
# another repeat interval, notification resumes.
REMIND_S = 900.0
REMINDED_S = 300.0
SOUNDING = (SignalState.ON, SignalState.ESCALATED)


@dataclass(frozen=True, slots=True)
class Signal:
    """Notification of one target (a caregiver or the room).

    until_s: when a silence ends by itself; infinite: with this episode. notified: how often; last_s: when last.
    since_s: when the sounding that nobody has answered began; infinite before that.
    """

    state: SignalState = SignalState.OFF
    until_s: float = math.inf
    notified: int = 0
    last_s: float = -math.inf
    since_s: float = math.inf


@dataclass(frozen=True, slots=True)
class Notification:
    """Notification of one episode: a signal for the target of each escalation step. started_s: monotonic.

    silent_until_s: when the answer or the snooze of the whole episode ends by itself; infinite if there is none.
    remind_s: when those who were notified are reminded quietly, once; infinite for never. inhibited: another alarm is
    signalled in its place. coming_until_s: the end of the one quiet minute that "I'm coming" gives the room in this
    episode; None before that was said.
    """

    started_s: float
    steps: tuple[EscalationStep, ...]
    signals: Mapping[str, Signal] = field(default_factory=dict)
    silent_until_s: float = math.inf
    remind_s: float = math.inf
    inhibited: bool = False
    coming_until_s: float | None = None

    def with_(self, target: str, signal: Signal) -> "Notification":
        return replace(self, signals={**self.signals, target: signal})

    def notified(self) -> tuple[str, ...]:
        """Caregivers who were notified at least once."""
        return tuple(target for target, signal in self.signals.items() if signal.notified and target != ROOM)


@dataclass(frozen=True, slots=True)
class DueNotification:
    """Notify this target of this alarm now; or not, where the reason is `inhibited`. stage: how often it was before."""

    alarm: Alarm
    target: str
    stage: int
    reason: Reason


def begin(steps: tuple[EscalationStep, ...], now_s: float) -> Notification:
    """A new episode; nobody has been notified yet."""
    return Notification(now_s, steps, {step.target: Signal() for step in steps})


def tick(notification: Notification, alarm: Alarm, now_s: float) -> tuple[Notification, tuple[DueNotification, ...]]:
    """What is due now of an episode: escalation steps, repeats, reminders, ends of silences. alarm: its state."""
    due = []
    remind = now_s >= notification.remind_s
    if notification.inhibited:  # no longer: from the start for whom it never reached
        notification = replace(notification, inhibited=False, started_s=now_s)
    for step in notification.steps:
        signal = notification.signals[step.target]
        given = _input(step, signal, notification.started_s, now_s)
        if given is not None:
            state, reason = follow(SIGNAL, signal.state, given)
            since_s = min(signal.since_s, now_s) if signal.state in SOUNDING else now_s
            notification = notification.with_(step.target, Signal(state, math.inf, signal.notified + 1, now_s, since_s))
        elif remind and signal.state is SignalState.ACKNOWLEDGED and signal.notified and step.target != ROOM:
            _, reason = follow(SIGNAL, signal.state, SignalInput.REMIND)
        else:
            continue
        due.append(DueNotification(alarm, step.target, signal.notified, reason))
    return replace(notification, remind_s=math.inf) if remind else notification, tuple(due)


def inhibit(notification: Notification, alarm: Alarm) -> tuple[Notification, tuple[DueNotification, ...]]:
    """Another alarm is signalled in its place; each caregiver who is not notified for that is named once."""
    if notification.inhibited:
        return notification, ()
    withheld = tuple(
        DueNotification(alarm, step.target, notification.signals[step.target].notified, Reason.INHIBITED)
        for step in notification.steps
        if step.target != ROOM
    )
    return replace(notification, inhibited=True), withheld


def _input(step: EscalationStep, signal: Signal, started_s: float, now_s: float) -> SignalInput | None:
    if signal.state is SignalState.OFF and now_s - started_s >= step.after_s:
        return SignalInput.DUE
    if signal.state in SOUNDING and now_s - signal.last_s >= step.repeat_s:
        return SignalInput.REPEAT
    if signal.state in (SignalState.ACKNOWLEDGED, SignalState.SNOOZED) and now_s >= signal.until_s:
        return SignalInput.SILENCE_OVER
    return None


def acknowledge(
    notification: Notification, now_s: float, *, with_her: bool, lasts_s: float = ANSWER_LASTS_S, reminds: bool = False
) -> Notification:
    """Silence everyone for this episode, or at most `lasts_s`; the room for a minute, unless somebody is with her.

    The minute is given once an episode: a caregiver who says "I'm coming" every minute is not with her.
    The silence of an alarm that is notified only once has no end. reminds: the caregiver who is coming is reminded, and
    notified again soon.
    """
    reminds = reminds and not with_her
    lasts_s = min(lasts_s, REMIND_S + REMINDED_S) if reminds else lasts_s
    ends = lasts_s < ANSWER_LASTS_S or any(math.isfinite(step.repeat_s) for step in notification.steps)
    until_s = now_s + lasts_s if ends else math.inf
    coming_until_s = notification.coming_until_s
    if not with_her and coming_until_s is None:
        coming_until_s = now_s + COMING_S
    notification = replace(notification, coming_until_s=coming_until_s)
    for target, signal in notification.signals.items():
        state, _ = follow(SIGNAL, signal.state, SignalInput.ACKNOWLEDGE)
        attended = signal.state is SignalState.ACKNOWLEDGED and signal.until_s > now_s + COMING_S
        ends_s = until_s
        if target == ROOM and coming_until_s is not None and not with_her and not attended:
            if coming_until_s <= now_s:
                continue  # it sounds again, or will in its turn
            ends_s = min(coming_until_s, until_s)
        notification = notification.with_(target, replace(signal, state=state, until_s=ends_s))
    remind_s = until_s - REMINDED_S if reminds and math.isfinite(until_s) else math.inf
    return replace(notification, silent_until_s=until_s, remind_s=remind_s)


def snooze(notification: Notification, until_s: float) -> Notification:
    """Silence everyone until then; notification resumes by itself if the alarm still stands."""
    for target, signal in notification.signals.items():
        state, _ = follow(SIGNAL, signal.state, SignalInput.SNOOZE)
        notification = notification.with_(target, replace(signal, state=state, until_s=until_s))
    return replace(notification, silent_until_s=until_s, remind_s=math.inf)


def silence_over(notification: Notification, now_s: float) -> bool:
    """Whether the silence of the whole episode has ended by itself."""
    return now_s >= notification.silent_until_s


def worse(notification: Notification, steps: tuple[EscalationStep, ...]) -> Notification:
    """The priority rose: every silence ends, and the targets of all (new) steps are notified at the next tick."""
    for step in steps:
        signal = notification.signals.get(step.target, Signal())
        state, _ = follow(SIGNAL, signal.state, SignalInput.WORSE)
        since_s = signal.since_s if signal.state in SOUNDING else math.inf
        notification = notification.with_(step.target, Signal(state, notified=signal.notified, since_s=since_s))
    return replace(notification, steps=steps, silent_until_s=math.inf, remind_s=math.inf)


def replan(notification: Notification, steps: tuple[EscalationStep, ...]) -> Notification:
    """Another is on watch: the escalation steps change, the signals of their targets do not."""
    signals = {step.target: notification.signals.get(step.target, Signal()) for step in steps}
    return replace(notification, steps=steps, signals=signals)


def room_now(notification: Notification) -> Notification:
    """Nobody could be notified: the step of the room, if there is one, is due at once."""
    steps = tuple(replace(step, after_s=0.0) if step.target == ROOM else step for step in notification.steps)
    return replace(notification, steps=steps)


def unanswered_s(notification: Notification, now_s: float) -> float:
    """For how long it has sounded anywhere without an answer; 0 while nothing sounds."""
    since_s = [signal.since_s for signal in notification.signals.values() if signal.state in SOUNDING]
    return max(now_s - min(since_s, default=now_s), 0.0) if not notification.inhibited else 0.0


def sounds(notification: Notification) -> bool:
    """Whether the sounder in the room shall sound for this episode now."""
    return not notification.inhibited and ROOM in notification.signals and notification.signals[ROOM].state in SOUNDING
