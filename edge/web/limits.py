"""How much one phone, or one address without one, may ask: more than a family does, and far less than keeps the page
from the others."""

from collections import OrderedDict
from dataclasses import dataclass

BURST, PER_S = 60.0, 10.0
"""Requests of an address whose phone is not let in. Opening the page takes five."""
PHONE_BURST, PHONE_PER_S = 300.0, 20.0
"""Requests of a phone that is let in, wherever it asks from: behind a reverse proxy, Home Assistant or a guest network
all have one address, and after a restart of the hub they all ask at once."""
WRONG_BURST, WRONG_PER_S = 10.0, 0.2
"""Wrong codes and tokens; none can be guessed, and a stuck script shall not fill a log."""
MOST = 500


@dataclass(slots=True)
class _Bucket:
    left: float
    at_s: float


class Limit:
    """A token bucket each. Of more than 500 who ask, the one that was silent longest is forgotten."""

    def __init__(self, burst: float, per_s: float) -> None:
        self._burst, self._per_s = burst, per_s
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, who: str, now_s: float) -> bool:
        """Whether one more may be asked; takes it."""
        bucket = self._bucket(who, now_s)
        if bucket.left < 1.0:
            return False
        bucket.left -= 1.0
        return True

    def _bucket(self, who: str, now_s: float) -> _Bucket:
        bucket = self._buckets.setdefault(who, _Bucket(self._burst, now_s))
        self._buckets.move_to_end(who)
        if len(self._buckets) > MOST:
            self._buckets.popitem(last=False)
        bucket.left = min(self._burst, bucket.left + self._per_s * max(now_s - bucket.at_s, 0.0))
        bucket.at_s = now_s
        return bucket
