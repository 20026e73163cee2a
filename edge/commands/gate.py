"""Which commands are let in: not too many of one user, and none twice. Pure; the time is handed in."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from edge.model.language import N_

# More than a person can press, and far less than would hold up an alarm.
BURST = 20
PER_S = 2.0
REFUSALS_PER_S = 1.0
USERS = 200
REQUESTS = 2000
# What is sent again is sent within hours, by a phone that was away; a script may use the same id every day.
REMEMBERED_S = 20 * 3600.0

FLOOD = N_("too many commands at once; wait a moment")
REPLAYED = N_("this request was taken already; send a new request_id")


@dataclass(slots=True)
class _Bucket:
    """A token bucket: `left` of `size`, filled up at `per_s`."""

    size: float
    per_s: float
    left: float
    at_s: float

    def take(self, now_s: float) -> bool:
        self.left = min(self.size, self.left + self.per_s * max(now_s - self.at_s, 0.0))
        self.at_s = now_s
        if self.left < 1.0:
            return False
        self.left -= 1.0
        return True


Request = tuple[str, str, float]
"""User, request id, and when it was taken, wall seconds."""


class Gate:
    """Bounded: of more than 200 users or 2000 requests, the oldest are forgotten."""

    def __init__(self) -> None:
        self._commands: OrderedDict[str, _Bucket] = OrderedDict()
        self._refusals: OrderedDict[str, _Bucket] = OrderedDict()
        self._seen: OrderedDict[tuple[str, str], float] = OrderedDict()

    def floods(self, user: str, now_s: float) -> bool:
        """Whether this is one command too many of that user."""
        return not _bucket(self._commands, user, BURST, PER_S, now_s).take(now_s)

    def replayed(self, user: str, request_id: str, wall_s: float) -> bool:
        """Whether that user has sent this request in the last 20 hours; remembers it. Without an id nobody can tell."""
        if not request_id:
            return False
        taken_s = self._seen.get((user, request_id))
        if taken_s is not None and abs(wall_s - taken_s) < REMEMBERED_S:  # a clock that was set back opens nothing
            return True
        self.recall([(user, request_id, wall_s)])
        return False

    def requests(self, most: int) -> list[Request]:
        """The newest requests, oldest first."""
        return [(user, request_id, wall_s) for (user, request_id), wall_s in self._seen.items()][-most:]

    def recall(self, requests: Iterable[Request]) -> None:
        """These were taken, too."""
        for user, request_id, wall_s in requests:
            self._seen[user, request_id] = wall_s
            self._seen.move_to_end((user, request_id))
            if len(self._seen) > REQUESTS:
                self._seen.popitem(last=False)

    def answers(self, user: str, now_s: float) -> bool:
        """Whether a refusal is worth an answer: a flood of commands must not become a flood of answers."""
        return _bucket(self._refusals, user, 5.0, REFUSALS_PER_S, now_s).take(now_s)


def _bucket(buckets: OrderedDict[str, _Bucket], user: str, size: float, per_s: float, now_s: float) -> _Bucket:
    found = buckets.setdefault(user, _Bucket(size, per_s, size, now_s))
    buckets.move_to_end(user)
    if len(buckets) > USERS:
        buckets.popitem(last=False)
    return found
