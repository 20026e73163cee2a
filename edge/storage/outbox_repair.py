"""Damage in the messages that wait in the journal, put right at the start of a hub.

A message that looks newer than it is stands in the way of one that is newer, and an event whose freshness never ends
rings as new weeks later: what has no time counts as made now, and as no longer fresh.
"""

from dataclasses import dataclass
from sqlite3 import Connection

from edge.model.moment import LEAST_WALL_S, MOST_WALL_S

_NO_TIME = "confirmed_s IS NULL AND {0} IS NOT NULL AND NOT {0} BETWEEN ?2 AND ?3"
# Wildcards and NUL are in no topic (MQTT 5.0, section 4.7).
_NO_TOPIC = """confirmed_s IS NULL AND (topic = '' OR instr(topic, '+') OR instr(topic, '#')
               OR instr(CAST(topic AS BLOB), x'00'))"""


@dataclass(frozen=True, slots=True)
class Mended:
    """times: how many were put right. unsendable: row and topic of what no broker takes, which waits no longer."""

    times: int = 0
    unsendable: tuple[tuple[int, str], ...] = ()


def mend(db: Connection, now_s: float) -> Mended:
    """Put right what waits; writes nothing where nothing is wrong. now_s: wall seconds."""
    times = 0
    for column, value_s in (("created_s", now_s), ("expires_s", 0.0)):
        update = f"UPDATE outbox SET {column} = ?1 WHERE {_NO_TIME.format(column)}"  # noqa: S608 (fixed names)
        times += db.execute(update, (value_s, LEAST_WALL_S, MOST_WALL_S)).rowcount
    unsendable = tuple(db.execute(f"SELECT id, topic FROM outbox WHERE {_NO_TOPIC}"))  # noqa: S608 (fixed text)
    if unsendable:
        db.execute(f"UPDATE outbox SET confirmed_s = ?1 WHERE {_NO_TOPIC}", (now_s,))  # noqa: S608 (fixed text)
    return Mended(times, unsendable)
