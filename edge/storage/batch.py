"""A batch of points and a server that may refuse some: which are in, which it never takes, and when it is at fault.

A server that takes nothing of a batch is at fault itself: the wrong port, a proxy, a bucket of another kind. That some
of the points are is believed only after it has taken others. The search for them is bounded in requests and time;
what it has not reached is sent with the next call.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Protocol

from edge.storage.influx_server import Answer, ServerLost, ServerRefused
from edge.storage.refusals import Fate, Verdict, judge

MOST_REQUESTS = 40
"""In search of refused points, for one batch: two among a thousand are found with 2 log2(1000) each."""
PROBES = 4
FEW_ROWS = 8
"""Of fewer rows than this all may be bad, if the server takes again what it has taken before."""
AGAIN_S = 300.0
"""After it was at fault a server is searched again so much later; until then the batch is tried as a whole."""
SHORTEST_RETENTION_S = 3600.0
"""InfluxDB's shortest retention: what is younger is never beyond it, whatever an answer says."""
TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table as points in line protocol; none: there is nothing to send of it."""

    number: int
    lines: tuple[str, ...]

    @property
    def time_s(self) -> float:
        """Wall seconds of its oldest point, which may be beyond what a server keeps; -inf without any."""
        return min((int(line.rpartition(" ")[2]) / 1e6 for line in self.lines), default=-math.inf)


@dataclass(frozen=True, slots=True)
class Done:
    """count: rows from the beginning of the batch that are dealt with. refused: their numbers among those.

    refused_points: points that the server will never take, also those it left out of a batch that is in otherwise.
    """

    count: int
    refused: frozenset[int] = frozenset()
    refused_points: int = 0


class Server(Protocol):
    url: str

    def write(self, lines: Sequence[str]) -> Answer: ...


class _Search:
    """What is known of the rows of one batch so far."""

    def __init__(self, end_s: float) -> None:
        self.end_s = end_s
        self.requests = 0
        self.taken: set[int] = set()
        self.refused: set[int] = set()
        self.left_out = 0

    def done(self, rows: Sequence[Row]) -> Done:
        known = self.taken | self.refused
        first = list(takewhile(lambda row: row.number in known or not row.lines, rows))
        refused = frozenset(row.number for row in first if row.number in self.refused)
        points = sum(len(row.lines) for row in first if row.number in refused)
        return Done(len(first), refused, points + self.left_out)


class Batches:
    """Delivers batches. reason: why the last refused point was refused."""

    def __init__(self, server: Server, monotonic: Callable[[], float], wall_s: Callable[[], float]) -> None:
        self._server = server
        self._monotonic = monotonic
        self._wall_s = wall_s
        self._control: str | None = None
        self._search_s = -math.inf
        self._kept_since_s = -math.inf
        self.reason = ""

    def deliver(self, rows: Sequence[Row], end_s: float) -> Done:
        """Write a batch, oldest row first. Raises ServerLost, and ServerRefused if the server takes nothing."""
        search = _Search(end_s)
        rest = self._within_retention(rows, search)
        if any(row.lines for row in rest):
            verdict = self._write(rest, search)
            if verdict.fate is Fate.BEYOND:
                rest = self._find_retention(rest, verdict, search)
            elif verdict.fate is Fate.UNCLEAR:
                self._find_refused(rest, verdict, search)
        return search.done(rows)

    def _write(self, rows: Sequence[Row], search: _Search) -> Verdict:
        lines = [line for row in rows for line in row.lines]
        answer = self._server.write(lines)
        search.requests += 1
        verdict = judge(answer.status, answer.text, len(lines))
        url, words = self._server.url, f"answered {answer.status} ({verdict.reason})"
        if verdict.fate is Fate.LOST:
            raise ServerLost(f"{url} {words}")
        if verdict.fate is Fate.ELSEWHERE:
            raise ServerRefused(f"{url} {words}", at_fault=answer.status != TOO_MANY)
        if verdict.fate is Fate.TAKEN:
            search.taken.update(row.number for row in rows)
            search.left_out += verdict.refused
            self.reason = verdict.reason or self.reason
            if not verdict.refused:
                self._control = lines[-1]
        return verdict

    # ---------------------------------------------------------------- points that it never takes

    def _find_refused(self, rows: Sequence[Row], verdict: Verdict, search: _Search) -> None:
        if self._monotonic() < self._search_s or not self._takes_others(rows, search):
            self._search_s = max(self._search_s, self._monotonic() + AGAIN_S)
            raise ServerRefused(f"{self._server.url} takes none of {len(rows)} rows ({verdict.reason})", at_fault=True)
        self._search_s = -math.inf
        pieces = _halves(rows)
        while pieces and search.requests < MOST_REQUESTS and self._monotonic() < search.end_s:
            piece = pieces.pop()
            if not any(row.lines for row in piece):
                continue
            found = self._write(piece, search)
            if found.fate is Fate.TAKEN:
                continue
            if len(piece) > 1:
                pieces += _halves(piece)
            else:
                search.refused.add(piece[0].number)
                self.reason = found.reason

    def _takes_others(self, rows: Sequence[Row], search: _Search) -> bool:
        """Whether it takes some row of the batch, or of a short one at least what it has taken before."""
        full = [row for row in rows if row.lines]
        if len(full) >= FEW_ROWS:
            chosen = {round(i * (len(full) - 1) / (PROBES - 1)) for i in range(PROBES)}
            return any(self._write([full[i]], search).fate is Fate.TAKEN for i in sorted(chosen, reverse=True))
        if self._control is not None:
            return judge(*self._asked(self._control), 1).fate is Fate.TAKEN
        return len(full) > 1 and any(self._write([row], search).fate is Fate.TAKEN for row in full)

    def _asked(self, line: str) -> tuple[int, str]:
        answer = self._server.write([line])
        return answer.status, answer.text

    # ---------------------------------------------------------------- points older than it keeps

    def _within_retention(self, rows: Sequence[Row], search: _Search) -> list[Row]:
        """The rows that are not older than what it was found to refuse for their age; that limit only moves on."""
        if self._kept_since_s == -math.inf:
            return list(rows)
        old = {row.number for row in rows if row.lines and row.time_s <= self._kept_since_s}
        search.refused |= old
        return [row for row in rows if row.number not in old]

    def _find_retention(self, rows: Sequence[Row], verdict: Verdict, search: _Search) -> list[Row]:
        """Nothing of the batch is in since some of it is too old: find from when on the server keeps points."""
        by_time = sorted((row for row in rows if row.lines), key=lambda row: row.time_s)
        first, last = 0, len(by_time)
        while first < last:
            middle = (first + last) // 2
            found = self._write([by_time[middle]], search)
            if found.fate is Fate.BEYOND:
                first = middle + 1
            else:
                last = middle
        old, young = by_time[:first], by_time[first:]
        if old and self._wall_s() - old[-1].time_s < SHORTEST_RETENTION_S:
            raise ServerRefused(
                f"{self._server.url} calls points of the last hour too old ({verdict.reason})", at_fault=True
            )
        if old:
            self._kept_since_s = max(self._kept_since_s, old[-1].time_s)
            search.refused.update(row.number for row in old)
            self.reason = f"older than the server keeps: {verdict.reason}"
        if young and self._write(young, search).fate is not Fate.TAKEN:
            self._find_refused(young, verdict, search)
        return young


def _halves(rows: Sequence[Row]) -> list[Sequence[Row]]:
    """The second half and the first, which `pop` gives first."""
    if len(rows) < 2:
        return [rows]
    middle = len(rows) // 2
    return [rows[middle:], rows[:middle]]
