"""Which push goes out over which channel, and what follows from its result. Pure; `pipeline` drives it with events.

Every channel of every caregiver has a queue and at most one attempt under way, so a slow or dead one holds up nothing
else. The most urgent message that is due goes first, and of one alarm only the newest. A message that its last channel
did not take goes to the next one at once.

Nothing here reads a clock. A delay is asked for (`StartTimer`, real seconds) and comes back as `TimerExpired`: push
services answer in real time, also in a replay, whose own clock runs ahead, or stands still at the end of a recording.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import count

from edge.model.effect import Notify, PushNotSent, SendPush, StartTimer
from edge.model.event import Outcome, PushReported, TimerExpired

# Pauses grow 5, 10, 20, 30, 30 ... s, so that a service that is back has the message within a minute, of which the
# last attempt may take 20 s. Twelve tries last until the escalation repeats after five minutes.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 5.0, 30.0
TRIES = 12
# Failures in a row after which a channel counts as dead; a refusal counts at once.
DEAD_AFTER = 4
# Messages that wait in one channel.
QUEUE = 50
# Two seconds from the decision to the sounder, less what the sounder needs to start.
PUSH_DEADLINE_S = 1.5
# Alarms whose first notification is followed up at one time; of more, the oldest is forgotten.
FOLLOWED = 100

ChannelId = tuple[str, int]
"""A caregiver, and which of that caregiver's channels, in the order of the configuration."""


class Fate(StrEnum):
    """What becomes of a message after an attempt."""

    DONE = "done"
    TRY_AGAIN = "try again"
    SUPERSEDED = "superseded"
    GIVEN_UP = "given up"


# (what came of the attempt, a newer message of this alarm waits or it was answered, it was the last try) -> fate
FATES: Mapping[tuple[Outcome, bool, bool], Fate] = {
    (Outcome.DELIVERED, False, False): Fate.DONE,
    (Outcome.DELIVERED, False, True): Fate.DONE,
    (Outcome.DELIVERED, True, False): Fate.DONE,
    (Outcome.DELIVERED, True, True): Fate.DONE,
    (Outcome.RETRY, False, False): Fate.TRY_AGAIN,
    (Outcome.RETRY, False, True): Fate.GIVEN_UP,
    (Outcome.RETRY, True, False): Fate.SUPERSEDED,
    (Outcome.RETRY, True, True): Fate.SUPERSEDED,
    (Outcome.REFUSED, False, False): Fate.GIVEN_UP,
    (Outcome.REFUSED, False, True): Fate.GIVEN_UP,
    (Outcome.REFUSED, True, False): Fate.SUPERSEDED,
    (Outcome.REFUSED, True, True): Fate.SUPERSEDED,
}


@dataclass(frozen=True, slots=True)
class Job:
    """A message on one channel. attempts: made so far. number: of the attempt under way, or of the timer it waits for;
    0 while it may be sent. outdated: somebody has answered meanwhile, so it is not tried again.
    """

    message: Notify
    attempts: int = 0
    number: int = 0
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """sending: under way. waiting: in the order they came. vain: failed attempts in a row.

    works: whether the last message arrived; False only once it counts as dead, None before anything is known.
    """

    sending: Job | None = None
    waiting: tuple[Job, ...] = ()
    vain: int = 0
    works: bool | None = None

    def newest(self, alarm_id: str) -> Job | None:
        """What waits of this alarm; there is one at most."""
        return next((job for job in self.waiting if job.message.alarm_id == alarm_id), None)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The first notification of an alarm that nobody has yet.

    timer: number of the deadline. pending: channels that have not answered. asked: whether there was a channel at all.
    """

    timer: int
    pending: frozenset[ChannelId] = frozenset()
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Everything about pushes that is remembered. follow_ups: by alarm id, oldest first. last: number given last.

    broker: whether the broker is connected, and so has the alarm. nobody: whether no channel works, None: unknown.
    """

    channels: Mapping[ChannelId, Channel] = field(default_factory=dict)
    follow_ups: Mapping[str, FollowUp] = field(default_factory=dict)
    broker: bool = False
    nobody: bool | None = None
    last: int = 0

    @property
    def idle(self) -> bool:
        """Nothing is under way and nothing waits."""
        return not any(channel.sending or channel.waiting for channel in self.channels.values())


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows. unreached: alarms that nobody took. nobody: whether no channel works, if that has changed."""

    dispatch: Dispatch
    effects: tuple[SendPush | StartTimer | PushNotSent, ...] = ()
    unreached: tuple[str, ...] = ()
    nobody: bool | None = None


def start(channels: Mapping[str, int]) -> Dispatch:
    """channels: how many push channels each caregiver has."""
    return Dispatch({(who, index): Channel() for who, number in channels.items() for index in range(number)})


def notify(dispatch: Dispatch, message: Notify) -> Decision:
    """Queue a message for the channels that its `reach` names; without any channel it is said to go nowhere."""
    work = _Work(dispatch)
    own = [way for way in dispatch.channels if way[0] == message.caregiver]
    ways = own[: message.reach or None]
    if not own:
        work.effects.append(PushNotSent(message, "no_channel"))
    if message.stage == 0:
        work.follow(message.alarm_id, ways)
    for way in ways:
        work.queue(way, message)
    for way in ways:
        work.send_next(way)
    return work.decision()


def outdate(dispatch: Dispatch, caregiver: str, alarm_id: str) -> Decision:
    """Somebody has answered this episode, or it is over: what still waits of it for this caregiver goes out no more."""
    work = _Work(dispatch)
    work.follow_ups.pop(alarm_id, None)
    for way in dispatch.channels:
        if way[0] == caregiver:
            work.outdate(way, alarm_id)
    return work.decision()


def reported(dispatch: Dispatch, report: PushReported) -> Decision:
    """An attempt has ended. number 0: a test beside the queue, which only tells whether the channel works."""
    way = (report.caregiver, report.channel)
    work = _Work(dispatch)
    channel = dispatch.channels.get(way)
    if channel is None:
        return work.decision()
    job = channel.sending
    if report.number and (job is None or job.number != report.number):
        return work.decision()
    work.learn(way, report.outcome)
    if report.number and job is not None:
        work.settle(way, replace(job, attempts=job.attempts + 1), report.outcome)
        work.send_next(way)
    return work.decision()


def expired(dispatch: Dispatch, timer: TimerExpired) -> Decision:
    """A pause is over, or nobody has answered in time. A timer whose message is gone means nothing any more."""
    work = _Work(dispatch)
    for way, channel in dispatch.channels.items():
        if any(job.number == timer.number for job in channel.waiting):
            due = tuple(replace(job, number=0) if job.number == timer.number else job for job in channel.waiting)
            work.channels[way] = replace(channel, waiting=due)
            work.send_next(way)
    late = [alarm for alarm, each in dispatch.follow_ups.items() if each.timer == timer.number]
    for alarm in late:
        if not dispatch.broker:
            work.give_up_on(alarm)
        elif not dispatch.follow_ups[alarm].asked:
            del work.follow_ups[alarm]
    return work.decision()


def linked(dispatch: Dispatch, *, connected: bool) -> Dispatch:
    """The connection to the broker came or went."""
    return replace(dispatch, broker=connected)


def renewed(dispatch: Dispatch, channels: Mapping[str, int], anew: Collection[str]) -> Decision:
    """Other channels than before. What waits for somebody's channel that is another now goes out over that one.

    anew: caregivers whose channels are others, though there may be as many.
    """
    ways = [(who, index) for who, number in channels.items() for index in range(number)]
    work = _Work(dispatch)
    for way in dispatch.channels:
        if way not in ways:
            work.drop(way)
    for way in ways:
        channel = work.channels.get(way, Channel())
        if way[0] in anew and channel.sending is not None:
            job = replace(channel.sending, number=0, attempts=0)
            channel = Channel(waiting=channel.waiting if job.outdated else (job, *channel.waiting))
        work.channels[way] = channel if way[0] not in anew else Channel(waiting=channel.waiting)
    for way in ways:
        work.send_next(way)
    return work.decision()


class _Work:
    """A copy of the state that one call works on."""

    def __init__(self, dispatch: Dispatch) -> None:
        self._before = dispatch
        self._numbers = count(dispatch.last + 1)
        self._last = dispatch.last
        self.channels = dict(dispatch.channels)
        self.follow_ups = dict(dispatch.follow_ups)
        self.effects: list[SendPush | StartTimer | PushNotSent] = []
        self._unreached: list[str] = []

    def decision(self) -> Decision:
        known = [channel.works for channel in self.channels.values()]
        nobody = self._before.nobody
        if known and all(works is False for works in known):
            nobody = True
        elif True in known:
            nobody = False
        after = replace(
            self._before, channels=self.channels, follow_ups=self.follow_ups, nobody=nobody, last=self._last
        )
        news = nobody if nobody != self._before.nobody else None
        return Decision(after, tuple(self.effects), tuple(self._unreached), news)

    def follow(self, alarm_id: str, ways: list[ChannelId]) -> None:
        """Somebody must have this alarm before the deadline."""
        known = self.follow_ups.get(alarm_id)
        if known is None:
            known = FollowUp(self._timer(PUSH_DEADLINE_S))
            if len(self.follow_ups) >= FOLLOWED:
                del self.follow_ups[next(iter(self.follow_ups))]
        self.follow_ups[alarm_id] = replace(known, pending=known.pending.union(ways), asked=known.asked or bool(ways))

    def queue(self, way: ChannelId, message: Notify) -> None:
        """It takes the place of what waits of the same alarm; of too many, the oldest of the least urgent goes."""
        waiting = self.channels[way].waiting
        old = [job for job in waiting if job.message.alarm_id == message.alarm_id]
        self.effects += [PushNotSent(job.message, str(Fate.SUPERSEDED)) for job in old]
        waiting = (*(job for job in waiting if job not in old), Job(message))
        if len(waiting) > QUEUE:
            least = min(waiting, key=lambda job: job.message.urgent)
            waiting = tuple(job for job in waiting if job is not least)
            self.effects.append(PushNotSent(least.message, "dropped: too many wait"))
            self._answered(way, least.message.alarm_id, delivered=False)
        self.channels[way] = replace(self.channels[way], waiting=waiting)

    def outdate(self, way: ChannelId, alarm_id: str) -> None:
        """Drop what waits of an alarm, and mark what is under way."""
        channel = self.channels[way]
        old = [job for job in channel.waiting if job.message.alarm_id == alarm_id]
        self.effects += [PushNotSent(job.message, str(Fate.SUPERSEDED)) for job in old]
        sending = channel.sending
        if sending is not None and sending.message.alarm_id == alarm_id:
            sending = replace(sending, outdated=True)
        waiting = tuple(job for job in channel.waiting if job not in old)
        self.channels[way] = replace(channel, sending=sending, waiting=waiting)

    def drop(self, way: ChannelId) -> None:
        """That channel is gone, with what waited for it; who waits for its answer to an alarm waits no more."""
        channel = self.channels.pop(way)
        sending = () if channel.sending is None else (channel.sending,)
        for job in (*sending, *channel.waiting):
            self.effects.append(PushNotSent(job.message, "the channel is gone"))
            self._answered(way, job.message.alarm_id, delivered=False)

    def send_next(self, way: ChannelId) -> None:
        """Begin the next attempt, if the channel is free and something is due."""
        channel = self.channels[way]
        due = [job for job in channel.waiting if not job.number]
        if channel.sending is not None or not due:
            return
        job = max(due, key=lambda job: job.message.urgent)
        waiting = tuple(each for each in channel.waiting if each is not job)
        self._last = next(self._numbers)
        self.channels[way] = replace(channel, sending=replace(job, number=self._last), waiting=waiting)
        self.effects.append(SendPush(*way, self._last, job.message))

    def learn(self, way: ChannelId, outcome: Outcome) -> None:
        """Whether the channel works."""
        channel = self.channels[way]
        if outcome is Outcome.DELIVERED:
            self.channels[way] = replace(channel, vain=0, works=True)
            return
        dead = outcome is Outcome.REFUSED or channel.vain + 1 >= DEAD_AFTER
        self.channels[way] = replace(channel, vain=channel.vain + 1, works=False if dead else channel.works)

    def settle(self, way: ChannelId, job: Job, outcome: Outcome) -> None:
        """What becomes of the message that was under way, and of its alarm."""
        channel = replace(self.channels[way], sending=None)
        newer = channel.newest(job.message.alarm_id)
        fate = FATES[outcome, newer is not None or job.outdated, job.attempts >= TRIES]
        if fate is Fate.TRY_AGAIN:
            pause_s = min(FIRST_PAUSE_S * 2.0 ** (job.attempts - 1), LONGEST_PAUSE_S)
            channel = replace(channel, waiting=(*channel.waiting, replace(job, number=self._timer(pause_s))))
        elif fate is Fate.SUPERSEDED:
            self.effects.append(PushNotSent(job.message, str(fate)))
        self.channels[way] = channel
        delivered = outcome is Outcome.DELIVERED
        if not delivered and job.attempts == 1 and (newer or not job.outdated):
            self._pass_on(way, newer or job)
        self._answered(way, job.message.alarm_id, delivered=delivered)

    def _pass_on(self, way: ChannelId, job: Job) -> None:
        """To the next channel, which would have got it only with a later repeat; the newest that is known goes on."""
        (who, index), message = way, job.message
        after = (who, index + 1)
        if message.reach != index + 1 or after not in self.channels:
            return
        further = replace(message, reach=message.reach + 1)
        channel = self.channels[way]
        waiting = tuple(replace(each, message=further) if each.message is message else each for each in channel.waiting)
        self.channels[way] = replace(channel, waiting=waiting)
        known = self.follow_ups.get(message.alarm_id)
        if known is not None:
            self.follow_ups[message.alarm_id] = replace(known, pending=known.pending | {after})
        self.queue(after, further)
        self.send_next(after)

    def _answered(self, way: ChannelId, alarm_id: str, *, delivered: bool) -> None:
        """This channel has delivered, or failed for now. Nobody has the alarm once every channel has failed."""
        known = self.follow_ups.get(alarm_id)
        if known is None:
            return
        left = known.pending - {way}
        if delivered:
            del self.follow_ups[alarm_id]
        elif left:
            self.follow_ups[alarm_id] = replace(known, pending=left)
        elif known.pending:
            self.give_up_on(alarm_id)

    def give_up_on(self, alarm_id: str) -> None:
        """Nobody took it."""
        del self.follow_ups[alarm_id]
        self._unreached.append(alarm_id)

    def _timer(self, after_s: float) -> int:
        self._last = next(self._numbers)
        self.effects.append(StartTimer(self._last, after_s))
        return self._last
