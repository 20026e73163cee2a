"""What a pediatrician asks of one episode, each with its answer or with why nobody can tell. Pure but for the samples.

The questions are those that families are told to note (how often, how long, regular or not, which parts of the body,
what else happened, a film), and the temperature and the medicine at that time.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from edge.app.reports import wording
from edge.app.reports.diary import EFFECT_S, Line
from edge.app.reports.rhythm import evenness, rhythm
from edge.app.reports.trace import Trace
from edge.exports.summary import Answer
from edge.model.alarm import Condition
from edge.model.language import N_, Locale

RECENT_S = 6 * 3600.0
"""A medicine given so long before may still work: the longest usual interval of antipyretics is 6 to 8 h."""
assert RECENT_S > EFFECT_S

SEEN: Mapping[str, str] = {"wetting": N_("wetting"), "crying": N_("crying"), "absence": N_("absence")}
SEEN_TITLE = N_("Wetting, crying, absence")
NOT_ASKED = N_("nobody wrote it down")
HOW_OFTEN, NONE_BEFORE = N_("How often"), N_("none other in the 24 h before")
MORE_BEFORE = N_("{count} more in the 24 h before")
HOW_LONG = N_("How long")
NO_LENGTH = N_("not known: the movement was not over, or the clock was set meanwhile")
FROM_ONSET = N_("about {length} from the estimated onset")
BOUTS = N_("{count} bouts without a word that she was awake between them")
BOUT = N_("bout {number}: {length}")
REGULAR = N_("Regular or not")
NO_RHYTHM = N_("not known: no rhythm was kept of it")
PARTS = N_("Which parts")
MOVED = N_("{places} moved")
NO_PLACE = N_("the place of the sensor is not set up")
STILL = N_("{moved}, {places} did not")
NO_OTHERS = N_("{said}; of parts without a sensor nothing is known")
EXTENT = N_("Whole body or one side")
ONE_SENSOR = N_("cannot be known: one sensor cannot say")
COURSE = N_("Simple or complex (AAP 2011)")
NO_COURSE = N_("not known: it was not over when it was last seen")
THEN = N_("Temperature then")
NO_TEMPERATURE = N_("not known: nothing valid in the half hour before")
ELSE_SEEN = N_("What else was seen")
YES, NO, YES_AND_NO = N_("yes"), N_("no"), N_("yes and no")
MEDICINE = N_("Medicine from 6 h before")
GIVEN = N_("{what} at {time}")
NONE_WRITTEN = N_("none written down")
FILM = N_("Film")
EACH_BOUT = N_("{before}, then {after}")
MEASURED = N_("{temperature} ({place}, {time})")


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
    cluster: Cluster, lines: Sequence[Line], traces: Mapping[str, Trace], earlier: int, words: Locale
) -> Iterator[Answer]:
    """lines: of the whole diary. traces: of the sensors around the episode. earlier: episodes of the 24 h before."""
    often = words.say(MORE_BEFORE, count=earlier) if earlier else words.say(NONE_BEFORE)
    yield Answer(words.say(HOW_OFTEN), often)
    yield _long(cluster, words)
    yield _movement(cluster, traces, words)
    yield from _parts(cluster, words)
    yield _course(cluster, words)
    yield _temperature(cluster, words)
    yield from _seen(cluster, lines, words)
    yield _medicine(cluster, lines, words)
    yield _film(cluster, lines, words)


def _long(cluster: Cluster, words: Locale) -> Answer:
    if cluster.end_s is None:
        return Answer(words.say(HOW_LONG), words.say(NO_LENGTH), known=False)
    count = len(cluster.bouts)
    whole = words.say(FROM_ONSET, length=wording.length(cluster.end_s - cluster.onset_s, words))
    parts = [] if count == 1 else [words.say(BOUTS, count=count)]
    parts += [
        words.say(BOUT, number=i, length=wording.length(float(str(line["duration_s"])), words))
        for i, line in enumerate(cluster.bouts, 1)
        if count > 1
    ]
    return Answer(words.say(HOW_LONG), ", ".join([whole, *parts]))


def _movement(cluster: Cluster, traces: Mapping[str, Trace], words: Locale) -> Answer:
    """Rate over the whole length and how even, each bout by the sensor that noticed it."""
    rates, even = [], []
    for line in cluster.bouts:
        evidence = _evidence(line)
        own = [traces[str(each)] for each in evidence.get("sensors") or () if str(each) in traces]
        found = rhythm(at(line["time"]), at(line["ended"]) if line["ended"] else None, evidence, own)
        rates += [wording.rhythm(found, words)] if found else []
        even += [words.say(wording.EVEN[how])] if (how := evenness(evidence)) else []
    if rates or even:
        text = "; ".join(filter(None, [_each(even, words), _each(rates, words)]))
        return Answer(words.say(REGULAR), text)
    return Answer(words.say(REGULAR), words.say(NO_RHYTHM), known=False)


def _parts(cluster: Cluster, words: Locale) -> Iterator[Answer]:
    evidence = _evidence(cluster.bouts[-1])
    moving, still = (_places(evidence.get(name), words) for name in ("limbs", "still_limbs"))
    moving = moving or _places(cluster.bouts[0]["places"], words)
    said = words.say(MOVED, places=moving) if moving else words.say(NO_PLACE)
    said = words.say(STILL, moved=said, places=still) if still else said
    yield Answer(words.say(PARTS), words.say(NO_OTHERS, said=said))
    extent = wording.EXTENTS.get(str(evidence.get("extent")))
    if extent is None:
        yield Answer(words.say(EXTENT), words.say(ONE_SENSOR), known=False)
    else:
        yield Answer(words.say(EXTENT), words.say(extent))


def _course(cluster: Cluster, words: Locale) -> Answer:
    courses = [str(course) for line in cluster.bouts if (course := _evidence(line).get("course"))]
    if not courses:
        return Answer(words.say(COURSE), words.say(NO_COURSE), known=False)
    return Answer(words.say(COURSE), wording.course(courses[-1], words))


def _temperature(cluster: Cluster, words: Locale) -> Answer:
    then = cluster.bouts[0].get("temperature_then")
    if not isinstance(then, Mapping):
        return Answer(words.say(THEN), words.say(NO_TEMPERATURE), known=False)
    return Answer(words.say(THEN), measured(then, words))


def _seen(cluster: Cluster, lines: Sequence[Line], words: Locale) -> Iterator[Answer]:
    """What caregivers saw: of this episode, or within its time."""
    seen = [line for line in lines if line["line"] == "symptoms" and not line["withdrawn"] and _belongs(line, cluster)]
    texts = [f"{line['summary']} ({line['by']})" for line in seen]
    yield Answer(words.say(ELSE_SEEN), "; ".join(texts) or words.say(NOT_ASKED), known=bool(texts))
    asked = {name: {v for line in seen if (v := _content(line).get(name)) is not None} for name in SEEN}
    said = [f"{words.say(SEEN[name])}: {_yes_or_no(found, words)}" for name, found in asked.items()]
    text = "; ".join(said) if any(asked.values()) else words.say(NOT_ASKED)
    yield Answer(words.say(SEEN_TITLE), text, known=all(asked.values()))


def _yes_or_no(said: set[bool], words: Locale) -> str:
    """What was seen; both where caregivers told of different stages."""
    if len(said) > 1:
        return words.say(YES_AND_NO)
    return words.say(NOT_ASKED if not said else YES if True in said else NO)


def _medicine(cluster: Cluster, lines: Sequence[Line], words: Locale) -> Answer:
    """Doses of the hours before, and what was given during it."""
    until_s = cluster.end_s if cluster.end_s is not None else cluster.onset_s + RECENT_S
    given = [
        words.say(GIVEN, what=str(line["summary"]), time=words.clock(at(line["time"])))
        for line in lines
        if line["line"] == "dose"
        and not line["withdrawn"]
        and cluster.onset_s - RECENT_S <= at(line["time"]) <= until_s
    ]
    return Answer(words.say(MEDICINE), "; ".join(given) or words.say(NONE_WRITTEN), known=bool(given))


def _film(cluster: Cluster, lines: Sequence[Line], words: Locale) -> Answer:
    films = [str(film) for line in cluster.bouts if (film := _evidence(line).get("film"))]
    films += [
        str(film)
        for line in lines
        if line["line"] == "symptoms" and not line["withdrawn"] and _belongs(line, cluster)
        if (film := _content(line).get("film"))
    ]
    return Answer(words.say(FILM), "; ".join(dict.fromkeys(films)) or words.say(NONE_WRITTEN), known=bool(films))


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


def _places(value: Any, words: Locale) -> str:
    return wording.joined([said for each in value or () if (said := wording.place(each, words))], words)


def _each(parts: Sequence[str], words: Locale) -> str:
    """Said once where every bout is alike."""
    if len(set(parts)) <= 1:
        return "".join(parts[:1])
    said = parts[0]
    for part in parts[1:]:
        said = words.say(EACH_BOUT, before=said, after=part)
    return said


def measured(then: Mapping[str, object], words: Locale) -> str:
    """A measurement of the diary as one says it."""
    celsius = words.temperature(float(str(then["celsius"])))
    return words.say(
        MEASURED, temperature=celsius, place=wording.place(then["site"], words), time=words.clock(at(then["time"]))
    )
