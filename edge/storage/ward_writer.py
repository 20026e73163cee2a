"""Messages of a ward's hubs into a database of time series: which give points, and when those are safe.

`write` returns only once the server has confirmed, so that who reads the broker may acknowledge. What a hub should not
have sent (another schema, a clock a year off, a flood) is counted under its name and set aside, and costs no other hub
anything. Alarms of a wrong clock are kept all the same, at the time at which they came.
"""

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from edge.errors import StorageError
from edge.storage import ward_points
from edge.storage.batch import Batches, Row, Server
from edge.storage.ward_points import Unfit

BURST, PER_S = 600.0, 5.0
"""Values and health of one hub, by the hub's own times: forty sensors of a busy child need one each second at most."""
EVENTS_BURST, EVENTS_PER_S = 600.0, 1.0
"""Changes of alarms: a worst day has a few hundred."""
MOST_HUBS = 50_000
SAID_S = 60.0
BUDGET_S = 20.0
RETRY_S = (1.0, 2.0, 5.0, 10.0, 30.0)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """One message. hub: its tag. rest: the topic below its name."""

    hub: str
    rest: str
    payload: bytes

    @property
    def event(self) -> bool:
        return self.rest == "event" or self.rest.endswith("/event")


@dataclass(slots=True)
class _Allowance:
    """A token bucket over the hub's own time."""

    left: float
    at_s: float

    def take(self, now_s: float, most: float, per_s: float) -> bool:
        self.left = min(most, self.left + per_s * max(0.0, now_s - self.at_s))
        self.at_s = max(self.at_s, now_s)
        if self.left < 1.0:
            return False
        self.left -= 1.0
        return True


class WardWriter:
    """Used by one thread; `stop` may be called by any. points, messages: how many were written, since the start."""

    def __init__(
        self,
        server: Server,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        wall_s: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._batches = Batches(server, monotonic, wall_s)
        self._monotonic = monotonic
        self._wall_s = wall_s
        self._sleep = sleep
        self._allowances: OrderedDict[tuple[str, bool], _Allowance] = OrderedDict()
        self._stopped = False
        self._said_s: dict[tuple[str, str], float] = {}
        self.faults: Counter[tuple[str, str]] = Counter()
        self.points = self.messages = 0
        self.failing = ""

    def write(self, messages: Sequence[Told]) -> bool:
        """Until the server has all of it; False: stopped before. Never raises for a message or a server that fails."""
        rows = [Row(number, self._lines(told)) for number, told in enumerate(messages)]
        rows = [row for row in rows if row.lines]
        attempt = 0
        while rows and not self._stopped:
            try:
                done = self._batches.deliver(rows, self._monotonic() + BUDGET_S)
            except StorageError as error:
                if self.failing != str(error):
                    log.warning("record.waits", why=str(error))
                self.failing = str(error)
                self._sleep(RETRY_S[min(attempt, len(RETRY_S) - 1)])
                attempt += 1
                continue
            self.points += sum(len(row.lines) for row in rows[: done.count])
            if done.refused_points:
                log.warning("record.refused", points=done.refused_points, why=self._batches.reason)
            rows = rows[done.count :]
            self.failing = ""
        self.messages += len(messages)
        return not rows

    def stop(self) -> None:
        """Have a `write` that waits for its server return within its pause; final. Safe in any thread."""
        self._stopped = True

    def _lines(self, told: Told) -> tuple[str, ...]:
        now_s = self._wall_s()
        if not self._allowed(told, now_s):
            return self._set_aside(told, "flood", "it sends too much", now_s)
        try:
            return tuple(ward_points.lines(told.hub, told.rest, told.payload, now_s))
        except Unfit as unfit:
            aside = self._set_aside(told, unfit.fault, str(unfit), now_s)
            return (*aside, *self._at_arrival(told, now_s)) if unfit.fault == "clock" and told.event else aside

    def _at_arrival(self, told: Told, now_s: float) -> tuple[str, ...]:
        """An alarm of a hub whose clock is wrong: kept at the moment in which it came, without its episode."""
        sent_s = ward_points.sent_s(told.payload)
        if sent_s is None:
            return ()
        alarm, *_ = ward_points.lines(told.hub, told.rest, told.payload, sent_s)
        return (f"{alarm.rpartition(' ')[0]} {round(now_s * 1e6)}",)

    def _allowed(self, told: Told, now_s: float) -> bool:
        most, per_s = (EVENTS_BURST, EVENTS_PER_S) if told.event else (BURST, PER_S)
        sent_s = ward_points.sent_s(told.payload)
        at_s = now_s if sent_s is None else min(sent_s, now_s)
        allowance = self._allowances.setdefault((told.hub, told.event), _Allowance(most, at_s))
        self._allowances.move_to_end((told.hub, told.event))
        if len(self._allowances) > MOST_HUBS:
            self._allowances.popitem(last=False)
        return allowance.take(at_s, most, per_s)

    def _set_aside(self, told: Told, fault: str, why: str, now_s: float) -> tuple[str, ...]:
        """Counted; said, and written down, once a minute."""
        key = (told.hub, fault)
        if len(self.faults) < MOST_HUBS or key in self.faults:
            self.faults[key] += 1
        if now_s - self._said_s.get(key, 0.0) < SAID_S:
            return ()
        if len(self._said_s) > MOST_HUBS:
            self._said_s.clear()
        self._said_s[key] = now_s
        log.warning("record.set_aside", hub=told.hub, fault=fault, topic=told.rest[:80], why=why)
        return (ward_points.fault_line(told.hub, fault, self.faults[key], now_s),)
