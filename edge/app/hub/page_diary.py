"""From the journal to the page's timeline and to why an alarm rang; and from the core's state to why it is quiet."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from edge import alarms, pipeline
from edge.app.hub import page_readers
from edge.delivery import care_texts, illness_texts, texts
from edge.delivery import page_why_texts as words
from edge.model.alarm import Alarm, Presence, Priority, Reason
from edge.model.care import Entry, Symptoms
from edge.model.effect import Notify, Withheld
from edge.model.language import Locale
from edge.model.moment import Now, local
from edge.pipeline import State
from edge.storage.journal import HistoryLine
from edge.storage.journal_reader import JournalReader
from edge.web import lookup
from edge.web.reader import IN_ENGLISH, Reader

_Kind = Literal["high", "medium", "low", "answer", "over", "dose", "note", "watch"]
_KINDS: Mapping[Priority, _Kind] = {Priority.HIGH: "high", Priority.MEDIUM: "medium", Priority.LOW: "low"}
MOST_ITEMS = 400
"""Of one day: what a phone can show."""
MOST_CHARACTERS = 300
"""Of one item: together they pass through the pipe in one line, whatever was typed."""
_ENDED_S = 3600.0
"""So long after the end of an episode its messages still come."""
_COMMAND = re.compile(r"command from (.+)")
_WATCH = re.compile(r"on_watch(?: \{'to': '([^']*)'\})?")
_PAUSE = re.compile(r"pause .*'minutes': (\d+)")


def day(
    file: Path, asked: lookup.DayAsked, state: State, now: Now, reader: Reader = IN_ENGLISH
) -> lookup.Day | lookup.Nothing:
    """A day of the family's calendar, which may have 23 or 25 hours. Raises StorageError."""
    zone = state.setup.zone
    try:
        date = dt.date.fromisoformat(asked.day) if asked.day else local(now.wall_s, zone).date()
        begins = dt.datetime.combine(date, dt.time(), zone)
        ends = dt.datetime.combine(date + dt.timedelta(days=1), dt.time(), zone)
        before = date - dt.timedelta(days=1)
    except (ValueError, OverflowError):
        return lookup.Nothing(words.NO_SUCH_DAY)
    start_s, end_s = begins.timestamp(), ends.timestamp()
    names, locale = _names(state), page_readers.words(state.setup, reader)
    journal = JournalReader(file)
    try:
        found = [
            *_alarms(
                [page_readers.worded(each, state.setup, reader) for each in journal.changes(start_s, end_s)],
                names,
                locale,
            ),
            *_entries(journal.entries(start_s), names, start_s, end_s, locale),
            *_watch(journal.lines(start_s, end_s, "command from "), names, locale),
            *(
                (line.wall_s, "watch", locale.say(words.PAUSE_OVER), "")
                for line in journal.lines(start_s, end_s, "pause of ")
            ),
        ]
    finally:
        journal.close()
    found.sort(key=lambda item: -item[0])
    return lookup.Day(
        title=words.date(date, locale),
        before=before.isoformat(),
        after=(date + dt.timedelta(days=1)).isoformat() if end_s <= now.wall_s else "",
        items=[
            lookup.Item(at=f"{local(at_s, zone):%H:%M}", kind=kind, text=_short(text), alarm=alarm)
            for at_s, kind, text, alarm in found[:MOST_ITEMS]
        ],
        left_out=max(0, len(found) - MOST_ITEMS),
    )


def why(file: Path, alarm_id: str, state: State, now: Now, reader: Reader = IN_ENGLISH) -> lookup.Why | lookup.Nothing:
    """Why an alarm rang, and what became of each of its messages. Raises StorageError."""
    names, locale = _names(state), page_readers.words(state.setup, reader)
    journal = JournalReader(file)
    try:
        states = journal.of_alarm(alarm_id)
        if not states:
            return lookup.Nothing(words.NO_SUCH_ALARM)
        states = [page_readers.worded(each, state.setup, reader) for each in states]
        first, last = states[0], states[-1]
        end_s = now.wall_s + 1.0 if last.presence is not Presence.OFF else last.changed_s + _ENDED_S
        lines = journal.lines(first.raised_s - 60.0, end_s, f"{alarm_id} to ")
        rung = journal.lines(first.raised_s - 5.0, end_s, "sounder")
        published = journal.published(alarm_id)
        written = [each for each in journal.entries(first.onset_s - _ENDED_S) if _about(each, alarm_id)]
    finally:
        journal.close()

    def at(wall_s: float) -> str:
        return care_texts.when(wall_s, now.wall_s, locale)

    messages = [
        *((line.wall_s, *_fate(line, alarm_id, names, locale)) for line in lines),
        *(
            (line.wall_s, locale.say(words.ROOM_NAME), locale.reason(line.detail), words.fate(line.outcome, locale))
            for line in rung
        ),
        *(
            (made_s, words.BROKER, topic, words.confirmed(then_s, now.wall_s, locale))
            for made_s, topic, then_s in published
        ),
    ]
    newest = {each.id: each for each in written}
    return lookup.Why(
        title=last.text or words.condition(last.key.condition, locale),
        evidence=[*words.evidence(_strongest(states), locale), *filter(None, [words.raised_after(first, locale)])],
        steps=[
            lookup.Item(at=at(each.changed_s), kind=_kind(each), text=words.transition(each, names, locale))
            for each in states[:MOST_ITEMS]
        ],
        messages=[
            lookup.Fate(at=at(at_s), to=to, text=_short(text), fate=_short(fate))
            for at_s, to, text, fate in sorted(messages, key=lambda each: each[0])[:MOST_ITEMS]
        ],
        written=[
            lookup.Item(at=at(each.happened_s), kind="note", text=_short(_entry_text(each, names, locale)))
            for each in list(newest.values())[:MOST_ITEMS]
        ],
        asks=first.key.condition in alarms.MOVEMENT,
        person=first.key.person,
    )


def quiet(published: Iterable[Alarm], state: State, now: Now, reader: Reader = IN_ENGLISH) -> lookup.Quiet:
    """What was seen and does not ring, what is silenced, and which sensors watch."""
    names, locale = _names(state), page_readers.words(state.setup, reader)
    with_texts = {alarm.id: page_readers.worded(alarm, state.setup, reader).text for alarm in published}
    below: list[str] = []
    for key, each in state.alarms.conditions.tracked.items():
        name = " ".join(filter(None, [words.condition(key.condition, locale), key.device]))
        if each.state is alarms.ConditionState.PENDING:
            delay_s = alarms.CATALOGUE[key.condition].delay_s
            seen_s = now.mono_s - each.since_s
            below.append(
                locale.say(
                    words.PENDING, condition=name, length=texts.span(seen_s, locale), delay=texts.span(delay_s, locale)
                )
            )
        elif each.state is alarms.ConditionState.ACTIVE and each.alarm and each.alarm.priority is Priority.NONE:
            below.append(locale.say(words.SLIGHT, condition=name))
    standing = {alarm.id: alarm for alarm in state.alarms.conditions.standing()}
    below += [
        locale.say(words.INHIBITED, text=with_texts.get(id_) or words.condition(standing[id_].key.condition, locale))
        for id_, each in state.alarms.notifications.items()
        if each.inhibited and id_ in standing
    ]
    silenced = [
        with_texts.get(alarm.id) or words.condition(alarm.key.condition, locale)
        for alarm in standing.values()
        if alarm.presence is Presence.ACK or alarm.silent_until_s is not None
    ]
    silenced += [
        locale.say(
            words.SNOOZE,
            condition=words.condition(each.key.condition, locale),
            until=care_texts.when(now.wall_at(each.until_s), now.wall_s, locale),
            who=names.get(each.caregiver, each.caregiver),
        )
        for each in state.alarms.snoozes
        if each.until_s > now.mono_s
    ]
    sensors = [
        locale.say(words.SENSOR_DOES_NOT, device=device, why=locale.reason(why_not))
        if why_not
        else locale.say(words.SENSOR_WATCHES, device=device)
        for _, device, why_not in pipeline.watches(state, now)
    ]
    return lookup.Quiet(sensors=sensors, below=below, silenced=silenced)


def records(file: Path, state: State, reader: Reader = IN_ENGLISH) -> lookup.Records:
    """Illnesses and vaccinations of each child. Raises StorageError."""
    journal = JournalReader(file)
    try:
        known = journal.records()
    finally:
        journal.close()
    children = []
    for person in state.setup.config.persons:
        own = [each for each in known if each.person == person.id]
        found = illness_texts.records(own, page_readers.words(state.setup, reader))
        items = [(when, _short(what)) for when, what in found[:MOST_ITEMS]]
        children.append(lookup.RecordsOf(person.name or person.id, items))
    return lookup.Records(children)


Found = tuple[float, _Kind, str, str]
"""Wall seconds, kind, text, alarm."""


def _short(text: str) -> str:
    return texts.clip(text, MOST_CHARACTERS)


def _names(state: State) -> Mapping[str, str]:
    return {each.id: each.name or each.id for each in state.setup.config.caregivers}


def _kind(alarm: Alarm) -> _Kind:
    if alarm.presence is Presence.OFF:
        return "over"
    return _KINDS.get(alarm.priority, "low")


def _strongest(states: Sequence[Alarm]) -> Alarm:
    """The state that says most: the last one that rang."""
    ringing = [each for each in states if each.presence is Presence.ON]
    return ringing[-1] if ringing else states[0]


def _alarms(states: Sequence[Alarm], names: Mapping[str, str], locale: Locale) -> Iterator[Found]:
    """When each began to ring, who answered, when it was over; of changes of its text alone nothing."""
    known: dict[str, Alarm] = {}
    for each in states:
        before = known.get(each.id)
        known[each.id] = each
        if each.priority is Priority.NONE:
            continue
        if each.reason in words.ANSWERS and each.changed_s > each.raised_s:
            yield each.changed_s, "answer", words.answered(each, names, locale), each.id
        elif each.presence is Presence.OFF:
            yield (
                each.changed_s,
                "over",
                each.text or locale.say(words.OVER, what=words.condition(each.key.condition, locale)),
                each.id,
            )
        elif before is None and each.changed_s - each.raised_s < 1.0:
            yield each.raised_s, _kind(each), each.text or words.condition(each.key.condition, locale), each.id
        elif each.reason in (Reason.WORSE, Reason.SILENCE_OVER, Reason.NEW_ONSET):
            yield each.changed_s, _kind(each), each.text or words.condition(each.key.condition, locale), each.id


def _entries(
    versions: Sequence[Entry], names: Mapping[str, str], start_s: float, end_s: float, locale: Locale
) -> Iterator[Found]:
    for entry in {each.id: each for each in versions}.values():
        if start_s <= entry.happened_s < end_s:
            yield entry.happened_s, "dose" if entry.kind == "dose" else "note", _entry_text(entry, names, locale), ""


def _entry_text(entry: Entry, names: Mapping[str, str], locale: Locale) -> str:
    text = locale.say(words.BY, what=care_texts.in_words(entry, locale), who=names.get(entry.author, entry.author))
    return locale.say(words.WITHDRAWN, what=text) if entry.withdrawn else text


def _watch(lines: Iterable[HistoryLine], names: Mapping[str, str], locale: Locale) -> Iterator[Found]:
    """Hand-overs and pauses, as the history has them."""
    for line in lines:
        who = _COMMAND.fullmatch(line.subject)
        if who is None or "refused:" in line.detail or line.outcome:
            continue
        name = names.get(who[1], who[1])
        if taken := _WATCH.match(line.detail):
            to = taken[1] or ""
            if to == "everyone":
                text = locale.say(words.EVERYONE, who=name)
            elif to and to != who[1]:
                text = locale.say(words.OFFERS, who=name, to=names.get(to, to))
            else:
                text = locale.say(words.TAKES, who=name)
            yield line.wall_s, "watch", text, ""
        elif paused := _PAUSE.match(line.detail):
            minutes = int(paused[1])
            text = (
                locale.say(words.PAUSES, who=name, minutes=minutes)
                if minutes
                else locale.say(words.PAUSE_ENDS, who=name)
            )
            yield line.wall_s, "watch", text, ""


def _about(entry: Entry, alarm_id: str) -> bool:
    return isinstance(entry.what, Symptoms) and entry.what.episode == alarm_id


def _fate(line: HistoryLine, alarm_id: str, names: Mapping[str, str], locale: Locale) -> tuple[str, str, str]:
    """To whom, what, and what became of it."""
    to = words.to(line.subject.removeprefix(f"{alarm_id} to "), names, locale)
    readers: Mapping[str, Callable[[], tuple[str, str]]] = {
        "notify": lambda: _push(msgspec.json.decode(line.detail, type=Notify), line.outcome, locale),
        "withheld": lambda: ("", words.withheld(msgspec.json.decode(line.detail, type=Withheld).reason, locale)),
    }
    try:
        text, fate = readers[line.kind]()
    except (KeyError, msgspec.MsgspecError):  # a line of text, or of a newer release
        text, fate = locale.reason(line.detail), locale.reason(line.outcome)
    return to, text, fate


def _push(message: Notify, outcome: str, locale: Locale) -> tuple[str, str]:
    """A push as it was sent, in the words of who got it, and its fate."""
    return f"{message.title}: {message.text}", words.fate(outcome, locale)
