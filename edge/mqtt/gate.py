"""Which commands are let in: not too many of one user, and none twice. Pure; the time is handed in."""

from collections import OrderedDict
from dataclasses import dataclass

# More than a person can press, and far less than would hold up an alarm.
BURST = 20
PER_S = 2.0
REFUSALS_PER_S = 1.0
USERS = 200
REQUESTS = 2000

FLOOD = "too many commands at once; wait a moment"
REPLAYED = "this request was taken already; send a new request_id"


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


class Gate:
    """Bounded: of more than 200 users or 2000 requests, the oldest are forgotten."""

    def __init__(self) -> None:
        self._commands: OrderedDict[str, _Bucket] = OrderedDict()
        self._refusals: OrderedDict[str, _Bucket] = OrderedDict()
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()

    def floods(self, user: str, now_s: float) -> bool:
        """Whether this is one command too many of that user."""
        return not _bucket(self._commands, user, BURST, PER_S, now_s).take(now_s)

    def replayed(self, user: str, request_id: str) -> bool:
        """Whether that user has sent this request before; remembers it. Without an id nobody can tell."""
        if not request_id:
            return False
        known = (user, request_id) in self._seen
        self._seen[user, request_id] = None
        if len(self._seen) > REQUESTS:
            self._seen.popitem(last=False)
        return known

    def answers(self, user: str, now_s: float) -> bool:
        """Whether a refusal is worth an answer: a flood of commands must not become a flood of answers."""
        return _bucket(self._refusals, user, 5.0, REFUSALS_PER_S, now_s).take(now_s)


def _bucket(buckets: OrderedDict[str, _Bucket], user: str, size: float, per_s: float, now_s: float) -> _Bucket:
    found = buckets.setdefault(user, _Bucket(size, per_s, size, now_s))
    buckets.move_to_end(user)
    if len(buckets) > USERS:
        buckets.popitem(last=False)
    return found
