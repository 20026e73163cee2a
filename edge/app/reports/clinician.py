"""`feverhub report`: one page about one child, from what the hub kept."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from edge import __version__
from edge.app.load.checked import CheckedConfiguration
from edge.app.reports import diary, kept, questions, temperatures, wording
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


def report(
    loaded: CheckedConfiguration,
    person: Person,
    *,
    span: tuple[float, float],
    words: Locale,
    reached: Callable[[float], None] = lambda _: None,
) -> summary.Summary:
    """What is known of that span (wall seconds), in these words and on the clock that they name.

    reached: is told how much of it is done, 0 to 1. Raises StorageError; EdgeError where nothing was kept.
    """
    folder, devices = loaded.state_dir, [each for each in loaded.config.devices if each.person == person.id]
    known = diary.read(folder, span[0], words.zone, person=person.id, devices=loaded.config.devices, words=words)
    names = {each.id: each.name or each.id for each in loaded.config.caregivers}
    lines = [
        {**line, "by": names.get(str(line["by"]), line["by"])} if "by" in line else line
        for line in known.lines
        if at(line["time"]) < span[1]
    ]
    reached(0.1)
    store = kept.open_store(folder)
    try:
        counting = Readings(TEMPERATURES, temperatures.COUNTING, *span)
        worn = temperatures.worn(store.tracks(person.id, counting))
        begin_s, watched = _watched(store, person.id, span, worn)
        if begin_s is None and not lines:
            raise EdgeError(f"nothing was kept of {person.id} in that time")
        start_s = max(span[0], min(filter(None, (begin_s, at(lines[0]["time"]) if lines else None))))
        span = (start_s, span[1])
        reached(0.4)
        episodes = tuple(_episodes(store, person.id, lines, words, lambda share: reached(0.4 + 0.4 * share)))
        curves = tuple(_curves(store, person.id, counting, worn, words))
        came_from = store.imported(person.id)
    finally:
        store.close()
    age = _age(person, span[1], words)
    limits = loaded.config.limits
    made = f"{wording.day(span[1], words)}, feverhub {__version__}"
    return summary.Summary(
        language=words.language.code,
        decimal=words.language.decimal,
        labels=wording.labels(words, made),
        title=", ".join(filter(None, [person.name or person.id, age])),
        period=words.say(wording.PERIOD, first=wording.day(span[0], words), last=wording.day(span[1], words)),
        sensors=tuple(_sensors(loaded, devices, words)),
        figures=tuple(_figures(worn, watched, episodes, span, words)),
        limits_c=(38.0, *([limits.fever_c] if limits.fever_c else [])),
        start_s=span[0],
        end_s=span[1],
        days=tuple(_midnights(span, words)),
        curves=curves,
        doses=tuple(_dose(line, words) for line in lines if line["line"] == "dose" and not line["withdrawn"]),
        episodes=episodes,
        notes=tuple(_notes(lines, words)),
        twitches=tuple(_twitches(lines, words)),
        unknown=tuple(words.say(each) for each in wording.UNKNOWN),
        method=tuple(_method(worn, came_from, words)),
        missing=known.missing,
        records=tuple(_records(folder, person.id, span, words)),
    )


def _curves(
    store: SqliteReadingStore, person: str, counting: Readings, worn: Sequence[Worn], words: Locale
) -> Iterator[summary.Curve]:
    """Of each thermometer, and of each site where it was worn; what was measured by hand is drawn whole."""
    piece_s = (counting.end_s - counting.start_s) / PIECES
    found = store.curves(person, Wanted(counting, piece_s, {each.device: each.gap_s for each in worn}))
    for each in worn:
        if each.by_hand:
            place = words.say(wording.BY_HAND, place=wording.place(each.site, words))
            yield summary.Curve(place, each.t_s, each.celsius, by_hand=True)
            continue
        for curve in found:
            if (curve.device, curve.quantity) == (each.device, each.quantity) and curve.place in set(Site):
                t_s, celsius = np.array(curve.points).T
                yield summary.Curve(f"{wording.place(curve.place, words)} ({curve.device})", t_s, celsius)


def _watched(
    store: SqliteReadingStore, person: str, span: tuple[float, float], worn: Sequence[Worn]
) -> tuple[float | None, list[tuple[str, list[tuple[float, float]]]]]:
    """When the first sensor was there, and of temperature and movement each the gaps of the best sensor since then."""
    gaps = {
        wording.TEMPERATURE_WATCHED: [each.gaps(*span) for each in worn if not each.by_hand],
        wording.MOVEMENT_WATCHED: list(store.motion_gaps(person, *span, MOVEMENT_GAP_S).values()),
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
    words: Locale,
) -> Iterator[tuple[str, str, str]]:
    real = [each for each in episodes if not each.false_alarm]
    false = len(episodes) - len(real)
    yield words.say(wording.EPISODES), str(len(real)), words.say(wording.AND_FALSE, count=false) if false else ""
    lengths = [each.length_s for each in real if each.length_s is not None]
    if lengths:
        longest = wording.length(max(lengths), words)
        yield words.say(wording.LONGEST), words.say(wording.ABOUT, length=longest), ""
    if worn:
        best = max(worn, key=lambda each: float(each.celsius.max()))
        top = int(best.celsius.argmax())
        when = wording.day(float(best.t_s[top]), words)
        highest = words.temperature(float(best.celsius[top]))
        yield words.say(wording.HIGHEST), highest, f"{when}, {wording.place(best.site, words)}"
    continuous = [each for each in worn if not each.by_hand]
    if continuous:
        yield from _above(continuous[0], span[1], words)
    for what, gaps in watched:
        whole_s = span[1] - span[0]
        longest_gap = max(gaps, key=lambda gap: gap[1] - gap[0], default=None)
        remark = words.say(wording.NO_GAP)
        if longest_gap is not None:
            length = texts.span(longest_gap[1] - longest_gap[0], words)
            remark = words.say(wording.LONGEST_GAP, length=length, when=wording.day(longest_gap[0], words))
        yield words.say(what), f"{100 * (1 - min(_length(gaps) / whole_s, 1.0)):.0f} %", remark


def _above(main: Worn, end_s: float, words: Locale) -> Iterator[tuple[str, str, str]]:
    """How long it was above each level, and since when it is not."""
    hours = "; ".join(
        words.say(wording.HOURS_FROM, hours=words.number(main.hours_from(level)), limit=words.number(level))
        for level in LEVELS_C
    )
    place = wording.place(main.site, words)
    yield words.say(wording.AT_OR_ABOVE), hours, words.say(wording.WITHOUT_GAPS, place=place)
    above = main.t_s[main.celsius >= LEVELS_C[0]]
    last = texts.span(end_s - float(above[-1]), words) if len(above) else words.say(wording.NEVER)
    since = words.say(wording.SINCE_LAST, limit=words.number(LEVELS_C[0]))
    yield since, last, words.say(wording.AS_OF, when=wording.day(end_s, words))


def _episodes(
    store: SqliteReadingStore,
    person: str,
    lines: Sequence[Line],
    words: Locale,
    reached: Callable[[float], None],
) -> Iterator[summary.Episode]:
    found = questions.clusters(lines)
    for number, cluster in enumerate(found, 1):
        reached(number / len(found))
        earlier = sum(0 < cluster.onset_s - each.onset_s < 86_400.0 for each in found if not each.false_alarm)
        tracks, judged = _around(store, person, cluster, words)
        length_s = None if cluster.end_s is None else cluster.end_s - cluster.onset_s
        yield summary.Episode(
            number,
            wording.day(cluster.onset_s, words),
            cluster.onset_s,
            length_s,
            cluster.false_alarm,
            tuple(questions.answers(cluster, lines, judged, earlier, words)),
            tracks,
        )


def _around(
    store: SqliteReadingStore, person: str, cluster: Cluster, words: Locale
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
                place = wording.place(recording.limb, words) or device
                label, title = (words.say(text, place=place) for text in (wording.TRACE, wording.TRACE_TITLE))
                tracks.append(summary.Movement(label, title, recording.t_s - cluster.onset_s, magnitude))
                judged |= {each.name: each for each in traces([recording])}
        except RecordingError:  # a sensor too slow for the detector
            continue
    return tuple(tracks), judged


def _sensors(loaded: CheckedConfiguration, devices: Sequence[Device], words: Locale) -> Iterator[str]:
    for device in devices:
        profile = loaded.profiles[device.profile]
        ranges = [each for quantity, each in profile.ranges.items() if quantity in TEMPERATURES]
        low, high = (words.short(each) for each in ranges[0].valid) if ranges else ("", "")
        trusted = words.say(wording.TRUSTED, low=low, high=high) if ranges else ""
        place = wording.place(device.site or device.limb, words)
        yield ", ".join(filter(None, [profile.name, f"{place} ({device.id})".strip(), trusted]))


def _dose(line: Line, words: Locale) -> summary.Dose:
    before, lowest = (
        questions.measured(value, words) if isinstance(value := line[name], dict) else words.say(wording.NOT_MEASURED)
        for name in ("temperature_then", "lowest_in_4_h")
    )
    changed = words.say(wording.CHANGED_LATER) if line.get("versions") else ""
    note = "; ".join(filter(None, [str(line.get("against_plan") or ""), changed]))
    at_s = at(line["time"])
    when = wording.moment(at_s, words)
    return summary.Dose(at_s, when, str(line["summary"]), str(line["by"]), before, lowest, note)


def _notes(lines: Sequence[Line], words: Locale) -> Iterator[summary.Note]:
    """What is not told elsewhere: remarks, symptoms, temperatures by hand, alarms of the child of another kind."""
    for line in lines:
        when = wording.moment(at(line["time"]), words)
        if line["line"] in ("remark", "symptoms", "temperature", "drink") and not line["withdrawn"]:
            yield summary.Note(when, str(line["summary"]), str(line["by"]))
        elif line["line"] == "alarm" and line["kind"] == Kind.PHYSIOLOGICAL and line["condition"] not in EPISODES:
            condition = words.say(wording.CONDITIONS[Condition(str(line["condition"]))])
            length_s = line["duration_s"]
            if length_s is None:
                text = words.say(wording.NOT_OVER, condition=condition)
            else:
                length = texts.span(float(str(length_s)), words)
                text = words.say(wording.LASTED, condition=condition, length=length)
            highest = line.get("highest")
            if isinstance(highest, dict):
                text = words.say(wording.WITH_HIGHEST, text=text, measured=questions.measured(highest, words))
            yield summary.Note(when, text, "feverhub")


def _records(folder: Path, person: str, span: tuple[float, float], words: Locale) -> list[tuple[str, str]]:
    """Illnesses that lie in the span, also in part, and every vaccination; the newest first. Raises StorageError."""
    journal = JournalReader(folder / "journal.sqlite")
    try:
        known = [each for each in journal.records() if each.person == person and each.happened_s < span[1]]
    finally:
        journal.close()
    chosen = [each for each in known if not isinstance(each.what, Illness) or (each.what.ended_s or span[1]) >= span[0]]
    return illness_texts.records(chosen, words)


def _twitches(lines: Sequence[Line], words: Locale) -> list[str]:
    days = Counter(
        wording.date(at(line["time"]), words)
        for line in lines
        if line["line"] == "alarm" and line["condition"] in TWITCHES
    )
    return [words.say(wording.SERIES, day=day, count=count) for day, count in days.items()]


def _method(worn: Sequence[Worn], came_from: Mapping[str, Sequence[str]], words: Locale) -> Iterator[str]:
    yield words.say(wording.AS_MEASURED)
    if any(each.by_hand for each in worn):
        yield words.say(wording.DOTS)
    yield words.say(wording.ESTIMATES)
    for device, sources in came_from.items():
        yield words.say(wording.IMPORTED, device=device, sources=", ".join(sources))
    yield words.say(wording.DISCLAIMER)


def _age(person: Person, wall_s: float, words: Locale) -> str:
    months = person.age_months(wall_s)
    if months is None or months < 0:
        return ""
    whole = int(months)
    if whole < 24:
        return words.say(wording.MONTHS_OLD, months=whole)
    return words.say(wording.YEARS_OLD, years=whole // 12, months=whole % 12)


def _midnights(span: tuple[float, float], words: Locale) -> Iterator[tuple[float, str]]:
    day = dt.datetime.fromtimestamp(span[0], words.zone).date()
    while True:
        day += dt.timedelta(days=1)
        midnight_s = dt.datetime.combine(day, dt.time(), words.zone).timestamp()
        if midnight_s >= span[1]:
            return
        yield midnight_s, wording.date(midnight_s, words)
