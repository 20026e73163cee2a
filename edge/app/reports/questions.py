"""What a pediatrician asks of one episode, each with its answer or with why nobody can tell. Pure but for the samples.

The questions are those that families are told to note (how often, how long, regular or not, which parts of the body,
what else happened, a film), and the temperature and the medicine at that time.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from edge.app.reports import words
from edge.app.reports.diary import EFFECT_S, Line
from edge.app.reports.trace import Trace
from edge.exports.summary import Answer
from edge.model.alarm import Condition

RECENT_S = 6 * 3600.0
"""A medicine given so long before may still work: the longest usual interval of antipyretics is 6 to 8 h."""
assert RECENT_S > EFFECT_S

SEEN = ("wetting", "crying", "absence")
_NOT_ASKED = "nobody wrote it down"
_ONE_SENSOR = "one sensor cannot say"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Bouts less than five minutes apart, by time, as the diary has them; prolonged: its alarm at five minutes."""

    bouts: tuple[Line, ...]
    prolonged: Line | None = None

    @property
    def onset_s(self) -> float:
        return at(self.bouts[0]["time"])

    @property
    def end_s(self) -> float | None:
        """None while it goes on, and where the clock was set back meanwhile."""
        lines = [*self.bouts, *([self.prolonged] if self.prolonged else [])]
        ends = [at(line["ended"]) for line in lines if line["ended"] and line["duration_s"] is not None]
        return max(ends) if len(ends) == len(lines) else None

    @property
    def false_alarm(self) -> bool:
        return any(bool(line["false_alarm"]) for line in self.bouts)


def at(stamp: object) -> float:
    """Wall seconds of an RFC 3339 stamp."""
    return dt.datetime.fromisoformat(str(stamp)).timestamp()


def clusters(lines: Sequence[Line]) -> list[Cluster]:
    """Episodes of seizure-like movement, by time. A bout numbered 1 begins one."""
    found: list[list[Line]] = []
    prolonged: list[Line] = []
    for line in lines:
        if line["line"] == "alarm" and line["condition"] == Condition.SEIZURE_LIKE_MOVEMENT:
            if not found or int(_evidence(line).get("bout") or 1) == 1:
                found.append([])
            found[-1].append(line)
        elif line["line"] == "alarm" and line["condition"] == Condition.PROLONGED_MOVEMENT:
            prolonged.append(line)
    return [Cluster(tuple(bouts), _of_cluster(bouts, prolonged)) for bouts in found]


def answers(
    cluster: Cluster, lines: Sequence[Line], traces: Mapping[str, Trace], earlier: int, zone: dt.tzinfo
) -> Iterator[Answer]:
    """lines: of the whole diary. traces: of the sensors around the episode. earlier: episodes of the 24 h before."""
    yield Answer("How often", f"{earlier} more in the 24 h before" if earlier else "none other in the 24 h before")
    yield _long(cluster)
    yield from _movement(cluster, traces)
    yield from _parts(cluster)
    yield _course(cluster)
    yield _temperature(cluster, zone)
    yield from _seen(cluster, lines)
    yield _medicine(cluster, lines, zone)
    yield _film(cluster, lines)


def _long(cluster: Cluster) -> Answer:
    if cluster.end_s is None:
        return Answer("How long", "not known: the movement was not over, or the clock was set meanwhile", known=False)
    length_s = cluster.end_s - cluster.onset_s
    count = len(cluster.bouts)
    parts = [] if count == 1 else [f"{count} bouts without a word that she was awake between them"]
    parts += [f"bout {i}: {seconds(line['duration_s'])}" for i, line in enumerate(cluster.bouts, 1) if count > 1]
    return Answer("How long", ", ".join([f"about {seconds(length_s)} from the estimated onset", *parts]))


def _movement(cluster: Cluster, traces: Mapping[str, Trace]) -> Iterator[Answer]:
    """Rate over the whole length and how even, each bout by the sensor that noticed it."""
    rates, evenness = [], []
    for line in cluster.bouts:
        evidence = _evidence(line)
        sensors = [str(each) for each in evidence.get("sensors") or ()]
        own = {"onset_s": at(line["time"]), "cleared_s": at(line["ended"]) if line["ended"] else None}
        rates += words.rhythm(own, evidence, [traces[each] for each in sensors if each in traces])
        evenness += words.regularity(evidence)
    if rates or evenness:
        text = "; ".join(filter(None, [_each(evenness), _each(rates)]))
        yield Answer("Regular or not", text)
    else:
        yield Answer("Regular or not", "not known: no rhythm was kept of it", known=False)


def _parts(cluster: Cluster) -> Iterator[Answer]:
    evidence = _evidence(cluster.bouts[-1])
    moving, still = (_places(evidence.get(name)) for name in ("limbs", "still_limbs"))
    moving = moving or _places(cluster.bouts[0]["places"])
    said = f"{moving} moved" if moving else "the place of the sensor is not set up"
    yield Answer(
        "Which parts", f"{said}{f', {still} did not' if still else ''}; of parts without a sensor nothing is known"
    )
    extent = str(evidence.get("extent") or "unknown").replace("_", " ")
    if extent == "unknown":
        yield Answer("Whole body or one side", f"cannot be known: {_ONE_SENSOR}", known=False)
    else:
        yield Answer("Whole body or one side", extent)


def _course(cluster: Cluster) -> Answer:
    courses = [str(course) for line in cluster.bouts if (course := _evidence(line).get("course"))]
    if not courses:
        return Answer("Simple or complex (AAP 2011)", "not known: it was not over when it was last seen", known=False)
    return Answer("Simple or complex (AAP 2011)", courses[-1])


def _temperature(cluster: Cluster, zone: dt.tzinfo) -> Answer:
    then = cluster.bouts[0].get("temperature_then")
    if not isinstance(then, Mapping):
        return Answer("Temperature then", "not known: nothing valid in the half hour before", known=False)
    return Answer("Temperature then", measured(then, zone))


def _seen(cluster: Cluster, lines: Sequence[Line]) -> Iterator[Answer]:
    """What caregivers saw: of this episode, or within its time."""
    seen = [line for line in lines if line["line"] == "symptoms" and not line["withdrawn"] and _belongs(line, cluster)]
    texts = [f"{line['summary']} ({line['by']})" for line in seen]
    yield Answer("What else was seen", "; ".join(texts) or _NOT_ASKED, known=bool(texts))
    asked = {name: {v for line in seen if (v := _content(line).get(name)) is not None} for name in SEEN}
    texts = [f"{name}: {_yes_or_no(said)}" for name, said in asked.items()] if any(asked.values()) else [_NOT_ASKED]
    yield Answer(", ".join(SEEN).capitalize(), "; ".join(texts), known=all(asked.values()))


def _yes_or_no(said: set[bool]) -> str:
    """What was seen, in the order of before and after; both where caregivers told of different stages."""
    return " and ".join("yes" if value else "no" for value in sorted(said, reverse=True)) or _NOT_ASKED


def _medicine(cluster: Cluster, lines: Sequence[Line], zone: dt.tzinfo) -> Answer:
    """Doses of the hours before, and what was given during it."""
    until_s = cluster.end_s if cluster.end_s is not None else cluster.onset_s + RECENT_S
    given = [
        f"{line['summary']} at {clock(at(line['time']), zone)}"
        for line in lines
        if line["line"] == "dose"
        and not line["withdrawn"]
        and cluster.onset_s - RECENT_S <= at(line["time"]) <= until_s
    ]
    return Answer("Medicine from 6 h before", "; ".join(given) or "none written down", known=bool(given))


def _film(cluster: Cluster, lines: Sequence[Line]) -> Answer:
    films = [str(film) for line in cluster.bouts if (film := _evidence(line).get("film"))]
    films += [
        str(film)
        for line in lines
        if line["line"] == "symptoms" and not line["withdrawn"] and _belongs(line, cluster)
        if (film := _content(line).get("film"))
    ]
    return Answer("Film", "; ".join(dict.fromkeys(films)) or "none", known=bool(films))


def _belongs(line: Line, cluster: Cluster) -> bool:
    """As the diary says of each bout, by the words that it gave."""
    summaries = [bout["symptoms"] for bout in cluster.bouts]
    return any(isinstance(each, list) and line["summary"] in each for each in summaries)


def _of_cluster(bouts: Sequence[Line], prolonged: Sequence[Line]) -> Line | None:
    """The alarm at five minutes has the onset of its first bout."""
    first_s = at(bouts[0]["time"])
    return next((line for line in prolonged if abs(at(line["time"]) - first_s) < 30.0), None)


def _evidence(line: Line) -> Mapping[str, Any]:
    known = line["evidence"]
    assert isinstance(known, Mapping)
    return known


def _content(line: Line) -> Mapping[str, Any]:
    known = line["content"]
    assert isinstance(known, Mapping)
    return known


def _places(value: Any) -> str:
    named = [str(each).replace("_", " ") for each in value or () if each not in ("", "unknown")]
    return " and ".join(named)


def _each(parts: Sequence[str]) -> str:
    """Said once where every bout is alike."""
    return parts[0] if len(set(parts)) == 1 else ", then ".join(parts)


def seconds(value: object) -> str:
    """A length as one would say it of a seizure."""
    assert isinstance(value, float | int)
    whole = round(value)
    return f"{whole} s" if whole < 120 else f"{whole // 60} min {whole % 60:02} s"


def clock(wall_s: float, zone: dt.tzinfo) -> str:
    return f"{dt.datetime.fromtimestamp(wall_s, zone):%H:%M}"


def measured(then: Mapping[str, object], zone: dt.tzinfo) -> str:
    """A measurement of the diary as one says it."""
    when = dt.datetime.fromisoformat(str(then["time"])).astimezone(zone)
    return f"{float(str(then['celsius'])):.1f} °C ({then['site']}, {when:%H:%M})"
