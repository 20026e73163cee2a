"""What an answer to a write says of the points in it. Pure.

- InfluxDB 2, 422, `{"message": "... partial write: points beyond retention policy dropped=3"}`: the others are in.
- InfluxDB 2, 400, `{"code": "invalid", "message": "unable to parse 'line': ..."}`: none is in.
- InfluxDB 3, 400, `{"error": "partial write of line protocol occurred", "data": [{"error_message"}, ...]}`: likewise.
- InfluxDB 3, 400, `{"error": "parsing failed ...", "data": {"error_message"}}`: none is in.
- VictoriaMetrics, 400, text: none is in. Single lines that it cannot read, or that are too old, it skips in silence.

Sources: InfluxDB's OpenAPI description of /api/v2/write (2.7) and of /api/v3/write_lp (3 Core), what VictoriaMetrics
1.79.5 answers. Some releases and proxies send 500 for points beyond retention, and then take none of the batch.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import msgspec

TAKEN = 204
OF_THE_DATA = frozenset({400, 413, 422})
LONGEST_REASON = 160
_DROPPED = re.compile(r"\bdropped=(\d{1,9})\b")
_BEYOND = re.compile(
    r"\b(beyond|outside|older than|exceeds?|violates?)( of| the| its| bucket| configured)* retention", re.IGNORECASE
)
"""Not just the word: a "retention policy not found" is about the bucket."""


class Fate(Enum):
    """What became of a batch.

    TAKEN: all or all but `refused` are in. UNCLEAR: none is in, for one or more of its points. BEYOND: none is in, for
    points that are older than the server keeps. ELSEWHERE: nothing is taken, whatever the points. LOST: it failed.
    """

    TAKEN = "taken"
    UNCLEAR = "unclear"
    BEYOND = "beyond"
    ELSEWHERE = "elsewhere"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Verdict:
    """refused: points that the server will never take, where it says how many. reason: its words, shortened."""

    fate: Fate
    refused: int = 0
    reason: str = ""


def judge(status: int, text: str, count: int) -> Verdict:
    """What an answer means for a batch of `count` lines."""
    if status == TAKEN:
        return Verdict(Fate.TAKEN)
    reason, refused = _read(text)
    beyond = _BEYOND.search(reason) is not None
    if status >= 500:
        return Verdict(Fate.BEYOND if beyond else Fate.LOST, reason=reason)
    if status not in OF_THE_DATA:
        return Verdict(Fate.ELSEWHERE, reason=reason)
    if refused is not None and (0 < refused < count or (refused >= count and beyond)):
        return Verdict(Fate.TAKEN, min(refused, count), reason)
    return Verdict(Fate.BEYOND if beyond else Fate.UNCLEAR, reason=reason)


def _read(text: str) -> tuple[str, int | None]:
    """The reason that a body gives, and how many points were left out of a batch that is in otherwise."""
    try:
        body = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return _short(text), None
    if not isinstance(body, Mapping):
        return _short(text), None
    message = _text(body.get("message"))
    if message:
        dropped = _DROPPED.search(message)
        return _short(message), int(dropped[1]) if dropped and "partial write" in message else None
    error, data = _text(body.get("error")), body.get("data")
    if isinstance(data, Mapping):
        return _short(f"{error}: {_text(data.get('error_message'))}"), None
    if isinstance(data, Sequence) and not isinstance(data, str) and data and "partial write" in error:
        first = data[0].get("error_message") if isinstance(data[0], Mapping) else ""
        return _short(f"{error}: {_text(first)}"), len(data)
    return _short(error or text), None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _short(text: str) -> str:
    """One line, without the tags of a page."""
    plain = " ".join(re.sub(r"<[^<>]{0,200}>", " ", text[:4000]).split())
    return "".join(c if c.isprintable() else "?" for c in plain)[:LONGEST_REASON] or "no reason given"
