"""`feverhub report`: one page about one child, from what the hub kept."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from edge import __version__
from edge.app.load.checked import CheckedConfiguration
from edge.app.reports import diary, kept, questions, temperatures
from edge.app.reports.diary import Line
from edge.app.reports.questions import Cluster, at
from edge.app.reports.temperatures import LEVELS_C, Worn
from edge.app.reports.trace import Trace, traces
from edge.delivery import illness_texts, texts
from edge.errors import EdgeError, RecordingError
from edge.exports import summary
from edge.model.alarm import Condition, Kind
from edge.model.care import Illness
from edge.model.language import Locale
from edge.model.people import Device, Person, Site
from edge.model.reading import TEMPERATURES
from edge.storage.curves import Readings, Wanted
from edge.storage.journal_reader import JournalReader
from edge.storage.sqlite import SqliteReadingStore

BEFORE_S, AFTER_S = 60.0, 120.0
"""Drawn around an episode."""
MOST_DRAWN_S = 1800.0
PIECES = 300
"""Of a curve; of each the lowest reading is drawn, the highest, the first and the last."""
MOVEMENT_GAP_S = 60.0
"""A movement sensor that is silent for so long is reported as such (`no_data`)."""
TWITCHES = (Condition.RECURRING_TWITCHES,)
EPISODES = (Condition.SEIZURE_LIKE_MOVEMENT, Condition.PROLONGED_MOVEMENT)

UNKNOWN = (
    "Whether a movement was a seizure: nobody here had an EEG.",
    "A tonic or an atonic seizure, an absence, spasms of the trunk: a sensor at a limb shows little or nothing.",
    "Consciousness, breathing, colour, eyes, and every part of the body without a sensor: only who was there can tell.",
    "The core temperature: skin and armpit read below it, by 0.9 °C on average in infants (Craig 2000, BMJ).",
    "Anything while a sensor was off, silent or not worn.",
)
DISCLAIMER = "feverhub is no medical device and makes no diagnosis. Look at the child first."


def report(
    loaded: CheckedConfiguration, person: Person, *, span: tuple[float, float], zone: dt.tzinfo
) -> summary.Summary:
    """What is known of that span (wall seconds). Raises StorageError; EdgeError where nothing was kept."""
    folder, devices = loaded.state_dir, [each for each in loaded.config.devices if each.person == person.id]
    known = diary.read(folder, span[0], zone, person=person.id, devices=loaded.config.devices)
    names = {each.id: each.name or each.id for each in loaded.config.caregivers}
    lines = [
        {**line, "by": names.get(str(line["by"]), line["by"])} if "by" in line else line
        for line in known.lines
        if at(line["time"]) < span[1]
    ]
    store = kept.open_store(folder)
    try:
        counting = Readings(TEMPERATURES, temperatures.COUNTING, *span)
        worn = temperatures.worn(store.tracks(person.id, counting))
        begin_s, watched = _watched(store, person.id, span, worn)
        if begin_s is None and not lines:
            raise EdgeError(f"nothing was kept of {person.id} in that time")
        start_s = max(span[0], min(filter(None, (begin_s, at(lines[0]["time"]) if lines else None))))
        span = (start_s, span[1])
        episodes = tuple(_episodes(store, person.id, lines, zone))
        curves = tuple(_curves(store, person.id, counting, worn))
    finally:
        store.close()
    age = _age(person, span[1])
    limits = loaded.config.limits
    return summary.Summary(
        title=", ".join(filter(None, [person.name or person.id, age])),
        period=f"{_day(span[0], zone)} to {_day(span[1], zone)}",
        made=f"{_day(span[1], zone)}, feverhub {__version__}",
        sensors=tuple(_sensors(loaded, devices)),
        figures=tuple(_figures(worn, watched, episodes, span, zone)),
        limits_c=(38.0, *([limits.fever_c] if limits.fever_c else [])),
        start_s=span[0],
        end_s=span[1],
        days=tuple(_midnights(span, zone)),
        curves=curves,
        doses=tuple(_dose(line, zone) for line in lines if line["line"] == "dose" and not line["withdrawn"]),
        episodes=episodes,
        notes=tuple(_notes(lines, zone)),
        twitches=tuple(_twitches(lines, zone)),
        unknown=UNKNOWN,
        method=tuple(_method(worn)),
        missing=known.missing,
        records=tuple(_records(folder, person.id, span, zone)),
    )


def _curves(
    store: SqliteReadingStore, person: str, counting: Readings, worn: Sequence[Worn]
) -> Iterator[summary.Curve]:
    """Of each thermometer, and of each site where it was worn; what was measured by hand is drawn whole."""
    piece_s = (counting.end_s - counting.start_s) / PIECES
    found = store.curves(person, Wanted(counting, piece_s, {each.device: each.gap_s for each in worn}))
    for each in worn:
        if each.by_hand:
            yield summary.Curve(f"{each.site}, by hand", each.t_s, each.celsius, by_hand=True)
            continue
        for curve in found:
            if (curve.device, curve.quantity) == (each.device, each.quantity) and curve.place in set(Site):
                t_s, celsius = np.array(curve.points).T
                yield summary.Curve(f"{Site(curve.place)} ({curve.device})", t_s, celsius)


def _watched(
    store: SqliteReadingStore, person: str, span: tuple[float, float], worn: Sequence[Worn]
) -> tuple[float | None, list[tuple[str, list[tuple[float, float]]]]]:
    """When the first sensor was there, and of temperature and movement each the gaps of the best sensor since then."""
    gaps = {
        "Temperature watched": [each.gaps(*span) for each in worn if not each.by_hand],
        "Movement watched": list(store.motion_gaps(person, *span, MOVEMENT_GAP_S).values()),
    }
    begins = [_begins(each, span) for sensors in gaps.values() for each in sensors]
    if not begins:
        return None, []
    begin_s = min(begins)
    return begin_s, [(what, min(_since(sensors, begin_s), key=_length)) for what, sensors in gaps.items() if sensors]


def _begins(gaps: Sequence[tuple[float, float]], span: tuple[float, float]) -> float:
    """When the sensor was there first: at the end of the gap that the span begins with, if it does."""
    return gaps[0][1] if gaps and gaps[0][0] <= span[0] else span[0]


def _since(sensors: Sequence[list[tuple[float, float]]], begin_s: float) -> list[list[tuple[float, float]]]:
    return [[(max(begin, begin_s), end) for begin, end in gaps if end > begin_s] for gaps in sensors]


def _length(gaps: Sequence[tuple[float, float]]) -> float:
    return sum(end - begin for begin, end in gaps)


def _figures(
    worn: Sequence[Worn],
    watched: Sequence[tuple[str, list[tuple[float, float]]]],
    episodes: Sequence[summary.Episode],
    span: tuple[float, float],
    zone: dt.tzinfo,
) -> Iterator[tuple[str, str, str]]:
    real = [each for each in episodes if not each.false_alarm]
    false = len(episodes) - len(real)
    yield "Episodes of rhythmic movement", str(len(real)), f"and {false} called a false alarm" if false else ""
    lengths = [each.length_s for each in real if each.length_s is not None]
    if lengths:
        yield "Longest of them", f"about {questions.seconds(max(lengths))}", ""
    if worn:
        best = max(worn, key=lambda each: float(each.celsius.max()))
        top = int(best.celsius.argmax())
        yield "Highest temperature", f"{best.celsius[top]:.1f} °C", f"{_day(float(best.t_s[top]), zone)}, {best.site}"
    continuous = [each for each in worn if not each.by_hand]
    if continuous:
        main = continuous[0]
        hours = ", ".join(f"{main.hours_from(level):.1f} h from {level:.1f}" for level in LEVELS_C)
        yield "Time at or above, °C", hours, f"{main.site}, without its gaps"
        above = main.t_s[main.celsius >= LEVELS_C[0]]
        last = texts.span(span[1] - float(above[-1])) if len(above) else "never"
        yield f"Since it was last {LEVELS_C[0]:.1f} °C", last, f"as of {_day(span[1], zone)}"
    for what, gaps in watched:
        whole_s = span[1] - span[0]
        longest = max(gaps, key=lambda gap: gap[1] - gap[0], default=None)
        remark = (
            "no gap"
            if longest is None
            else f"longest gap {texts.span(longest[1] - longest[0])} from {_day(longest[0], zone)}"
        )
        yield what, f"{100 * (1 - min(_length(gaps) / whole_s, 1.0)):.0f} %", remark


def _episodes(
    store: SqliteReadingStore, person: str, lines: Sequence[Line], zone: dt.tzinfo
) -> Iterator[summary.Episode]:
    found = questions.clusters(lines)
    for number, cluster in enumerate(found, 1):
        earlier = sum(0 < cluster.onset_s - each.onset_s < 86_400.0 for each in found if not each.false_alarm)
        tracks, judged = _around(store, person, cluster)
        length_s = None if cluster.end_s is None else cluster.end_s - cluster.onset_s
        yield summary.Episode(
            number,
            _day(cluster.onset_s, zone),
            cluster.onset_s,
            length_s,
            cluster.false_alarm,
            tuple(questions.answers(cluster, lines, judged, earlier, zone)),
            tracks,
        )


def _around(
    store: SqliteReadingStore, person: str, cluster: Cluster
) -> tuple[tuple[summary.Movement, ...], dict[str, Trace]]:
    """The samples of each sensor around an episode, and what the detector made of them."""
    end_s = cluster.end_s if cluster.end_s is not None else cluster.onset_s + AFTER_S
    begin_s, end_s = cluster.onset_s - BEFORE_S, min(end_s + AFTER_S, cluster.onset_s + MOST_DRAWN_S)
    tracks: list[summary.Movement] = []
    judged: dict[str, Trace] = {}
    for device in store.devices(person):
        try:
            for recording in kept.movement(store, person, device, begin_s, end_s):
                values = recording.values
                magnitude = np.abs(values) if values.ndim == 1 else np.linalg.norm(values, axis=1)
                place = str(recording.limb or device).replace("_", " ")
                tracks.append(summary.Movement(place, recording.t_s - cluster.onset_s, magnitude))
                judged |= {each.name: each for each in traces([recording])}
        except RecordingError:  # a sensor too slow for the detector
            continue
    return tuple(tracks), judged


def _sensors(loaded: CheckedConfiguration, devices: Sequence[Device]) -> Iterator[str]:
    for device in devices:
        profile = loaded.profiles[device.profile]
        place = str(device.site or device.limb or "").replace("_", " ")
        ranges = [each for quantity, each in profile.ranges.items() if quantity in TEMPERATURES]
        trusted = f", right from {ranges[0].valid[0]:g} to {ranges[0].valid[1]:g} °C" if ranges else ""
        yield f"{profile.name}, {place} ({device.id}){trusted}"


def _dose(line: Line, zone: dt.tzinfo) -> summary.Dose:
    before, lowest = (
        questions.measured(value, zone) if isinstance(value := line[name], dict) else "not measured"
        for name in ("temperature_then", "lowest_in_4_h")
    )
    note = "; ".join(
        filter(None, [str(line.get("against_plan") or ""), "changed later" if line.get("versions") else ""])
    )
    return summary.Dose(
        at(line["time"]), _moment(line, zone), str(line["summary"]), str(line["by"]), before, lowest, note
    )


def _notes(lines: Sequence[Line], zone: dt.tzinfo) -> Iterator[summary.Note]:
    """What is not told elsewhere: remarks, symptoms, temperatures by hand, alarms of the child of another kind."""
    for line in lines:
        when = _moment(line, zone)
        if line["line"] in ("remark", "symptoms", "temperature") and not line["withdrawn"]:
            yield summary.Note(when, str(line["summary"]), str(line["by"]))
        elif line["line"] == "alarm" and line["kind"] == Kind.PHYSIOLOGICAL and line["condition"] not in EPISODES:
            length = line["duration_s"]
            for_s = f", {texts.span(float(str(length)))}" if length is not None else ", not over"
            highest = line.get("highest")
            top = f", highest {questions.measured(highest, zone)}" if isinstance(highest, dict) else ""
            yield summary.Note(when, f"{Condition(str(line['condition'])).plain}{for_s}{top}", "feverhub")


def _records(folder: Path, person: str, span: tuple[float, float], zone: dt.tzinfo) -> list[tuple[str, str]]:
    """Illnesses that lie in the span, also in part, and every vaccination; the newest first. Raises StorageError."""
    journal = JournalReader(folder / "journal.sqlite")
    try:
        known = [each for each in journal.records() if each.person == person and each.happened_s < span[1]]
    finally:
        journal.close()
    chosen = [each for each in known if not isinstance(each.what, Illness) or (each.what.ended_s or span[1]) >= span[0]]
    return illness_texts.records(chosen, Locale(zone=zone))


def _twitches(lines: Sequence[Line], zone: dt.tzinfo) -> list[tuple[str, int]]:
    days = Counter(
        f"{dt.datetime.fromtimestamp(at(line['time']), zone):%d %b}"
        for line in lines
        if line["line"] == "alarm" and line["condition"] in TWITCHES
    )
    return list(days.items())


def _method(worn: Sequence[Worn]) -> Iterator[str]:
    yield "Temperatures are as measured at their site: not converted, not smoothed. A gap is drawn as a gap."
    if any(each.by_hand for each in worn):
        yield "Dots are temperatures that a caregiver measured and wrote down."
    yield (
        "Onset and length of an episode are estimates of the program from the movement of the sensors named; its rate "
        "and evenness are those of the rhythm over its whole length."
    )
    yield DISCLAIMER


def _age(person: Person, wall_s: float) -> str:
    months = person.age_months(wall_s)
    if months is None or months < 0:
        return ""
    whole = int(months)
    return f"{whole} months" if whole < 24 else f"{whole // 12} years {whole % 12} months"


def _midnights(span: tuple[float, float], zone: dt.tzinfo) -> Iterator[tuple[float, str]]:
    day = dt.datetime.fromtimestamp(span[0], zone).date()
    while True:
        day += dt.timedelta(days=1)
        midnight = dt.datetime.combine(day, dt.time(), zone)
        if midnight.timestamp() >= span[1]:
            return
        yield midnight.timestamp(), f"{midnight:%d %b}"


def _moment(line: Line, zone: dt.tzinfo) -> str:
    """Of a table, below which the year stands."""
    return f"{dt.datetime.fromtimestamp(at(line['time']), zone):%a %d %b %H:%M}"


def _day(wall_s: float, zone: dt.tzinfo) -> str:
    return f"{dt.datetime.fromtimestamp(wall_s, zone):%a %d %b %Y %H:%M}"
