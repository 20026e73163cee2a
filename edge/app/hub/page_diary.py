"""From the journal to the page's timeline and to why an alarm rang; and from the core's state to why it is quiet."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from edge import alarms, pipeline
from edge.delivery import care_texts, texts
from edge.delivery import page_why_texts as words
from edge.model.alarm import Alarm, Presence, Priority, Reason
from edge.model.care import Entry, Symptoms
from edge.model.effect import Notify, Withheld
from edge.model.moment import Now, local
from edge.pipeline import State
from edge.storage.journal import HistoryLine
from edge.storage.journal_reader import JournalReader
from edge.web import lookup

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


def day(file: Path, asked: lookup.DayAsked, state: State, now: Now) -> lookup.Day | lookup.Nothing:
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
    names = _names(state)
    journal = JournalReader(file)
    try:
        found = [
            *_alarms(journal.changes(start_s, end_s), names),
            *_entries(journal.entries(start_s), names, start_s, end_s),
            *_watch(journal.lines(start_s, end_s, "command from "), names),
            *((line.wall_s, "watch", words.PAUSE_OVER, "") for line in journal.lines(start_s, end_s, "pause of ")),
        ]
    finally:
        journal.close()
    found.sort(key=lambda item: -item[0])
    return lookup.Day(
        title=f"{date:%A, %d %B %Y}",
        before=before.isoformat(),
        after=(date + dt.timedelta(days=1)).isoformat() if end_s <= now.wall_s else "",
        items=[
            lookup.Item(at=f"{local(at_s, zone):%H:%M}", kind=kind, text=_short(text), alarm=alarm)
            for at_s, kind, text, alarm in found[:MOST_ITEMS]
        ],
        left_out=max(0, len(found) - MOST_ITEMS),
    )


def why(file: Path, alarm_id: str, state: State, now: Now) -> lookup.Why | lookup.Nothing:
    """Why an alarm rang, and what became of each of its messages. Raises StorageError."""
    zone, names = state.setup.zone, _names(state)
    journal = JournalReader(file)
    try:
        states = journal.of_alarm(alarm_id)
        if not states:
            return lookup.Nothing(words.NO_SUCH_ALARM)
        first, last = states[0], states[-1]
        end_s = now.wall_s + 1.0 if last.presence is not Presence.OFF else last.changed_s + _ENDED_S
        lines = journal.lines(first.raised_s - 60.0, end_s, f"{alarm_id} to ")
        rung = journal.lines(first.raised_s - 5.0, end_s, "sounder")
        published = journal.published(alarm_id)
        written = [each for each in journal.entries(first.onset_s - _ENDED_S) if _about(each, alarm_id)]
    finally:
        journal.close()

    def at(wall_s: float) -> str:
        return care_texts.clock(wall_s, now.wall_s, zone)

    messages = [
        *((line.wall_s, *_fate(line, alarm_id, names)) for line in lines),
        *((line.wall_s, words.ROOM_NAME, line.detail, line.outcome.strip(" :") or words.SENT) for line in rung),
        *(
            (made_s, words.BROKER, topic, words.confirmed(then_s, now.wall_s, zone))
            for made_s, topic, then_s in published
        ),
    ]
    newest = {each.id: each for each in written}
    return lookup.Why(
        title=last.text or last.key.condition.plain,
        evidence=[*words.evidence(_strongest(states)), *filter(None, [words.raised_after(first)])],
        steps=[
            lookup.Item(at=at(each.changed_s), kind=_kind(each), text=words.transition(each, names))
            for each in states[:MOST_ITEMS]
        ],
        messages=[
            lookup.Fate(at=at(at_s), to=to, text=_short(text), fate=_short(fate))
            for at_s, to, text, fate in sorted(messages, key=lambda each: each[0])[:MOST_ITEMS]
        ],
        written=[
            lookup.Item(at=at(each.happened_s), kind="note", text=_short(_entry_text(each, names)))
            for each in list(newest.values())[:MOST_ITEMS]
        ],
        asks=first.key.condition in alarms.MOVEMENT,
        person=first.key.person,
    )


def quiet(published: Iterable[Alarm], state: State, now: Now) -> lookup.Quiet:
    """What was seen and does not ring, what is silenced, and which sensors watch."""
    zone, names = state.setup.zone, _names(state)
    with_texts = {alarm.id: alarm.text for alarm in published}
    below: list[str] = []
    for key, each in state.alarms.conditions.tracked.items():
        name = " ".join(filter(None, [key.condition.plain, key.device]))
        if each.state is alarms.ConditionState.PENDING:
            delay_s = alarms.CATALOGUE[key.condition].delay_s
            seen_s = now.mono_s - each.since_s
            below.append(words.PENDING.format(condition=name, length=texts.span(seen_s), delay=texts.span(delay_s)))
        elif each.state is alarms.ConditionState.ACTIVE and each.alarm and each.alarm.priority is Priority.NONE:
            below.append(words.SLIGHT.format(condition=name))
    standing = {alarm.id: alarm for alarm in state.alarms.conditions.standing()}
    below += [
        words.INHIBITED.format(text=with_texts.get(id_) or standing[id_].key.condition.plain)
        for id_, each in state.alarms.notifications.items()
        if each.inhibited and id_ in standing
    ]
    silenced = [
        with_texts.get(alarm.id) or alarm.key.condition.plain
        for alarm in standing.values()
        if alarm.presence is Presence.ACK or alarm.silent_until_s is not None
    ]
    silenced += [
        words.SNOOZE.format(
            condition=each.key.condition.plain,
            until=care_texts.clock(now.wall_at(each.until_s), now.wall_s, zone),
            who=names.get(each.caregiver, each.caregiver),
        )
        for each in state.alarms.snoozes
        if each.until_s > now.mono_s
    ]
    sensors = [
        words.SENSOR_DOES_NOT.format(device=device, why=why_not)
        if why_not
        else words.SENSOR_WATCHES.format(device=device)
        for _, device, why_not in pipeline.watches(state, now)
    ]
    return lookup.Quiet(sensors=sensors, below=below, silenced=silenced)


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


def _alarms(states: Sequence[Alarm], names: Mapping[str, str]) -> Iterator[Found]:
    """When each began to ring, who answered, when it was over; of changes of its text alone nothing."""
    known: dict[str, Alarm] = {}
    for each in states:
        before = known.get(each.id)
        known[each.id] = each
        if each.priority is Priority.NONE:
            continue
        if each.reason in words.ANSWERS and each.changed_s > each.raised_s:
            yield each.changed_s, "answer", words.answered(each, names), each.id
        elif each.presence is Presence.OFF:
            yield each.changed_s, "over", each.text or words.OVER.format(what=each.key.condition.plain), each.id
        elif before is None and each.changed_s - each.raised_s < 1.0:
            yield each.raised_s, _kind(each), each.text or each.key.condition.plain, each.id
        elif each.reason in (Reason.WORSE, Reason.SILENCE_OVER, Reason.NEW_ONSET):
            yield each.changed_s, _kind(each), each.text or each.key.condition.plain, each.id


def _entries(versions: Sequence[Entry], names: Mapping[str, str], start_s: float, end_s: float) -> Iterator[Found]:
    for entry in {each.id: each for each in versions}.values():
        if start_s <= entry.happened_s < end_s:
            yield entry.happened_s, "dose" if entry.kind == "dose" else "note", _entry_text(entry, names), ""


def _entry_text(entry: Entry, names: Mapping[str, str]) -> str:
    text = words.BY.format(what=care_texts.in_words(entry), who=names.get(entry.author, entry.author))
    return words.WITHDRAWN.format(what=text) if entry.withdrawn else text


def _watch(lines: Iterable[HistoryLine], names: Mapping[str, str]) -> Iterator[Found]:
    """Hand-overs and pauses, as the history has them."""
    for line in lines:
        who = _COMMAND.fullmatch(line.subject)
        if who is None or "refused:" in line.detail or line.outcome:
            continue
        name = names.get(who[1], who[1])
        if taken := _WATCH.match(line.detail):
            to = taken[1] or ""
            if to == "everyone":
                text = words.EVERYONE.format(who=name)
            elif to and to != who[1]:
                text = words.OFFERS.format(who=name, to=names.get(to, to))
            else:
                text = words.TAKES.format(who=name)
            yield line.wall_s, "watch", text, ""
        elif paused := _PAUSE.match(line.detail):
            minutes = int(paused[1])
            text = words.PAUSES.format(who=name, minutes=minutes) if minutes else words.PAUSE_ENDS.format(who=name)
            yield line.wall_s, "watch", text, ""


def _about(entry: Entry, alarm_id: str) -> bool:
    return isinstance(entry.what, Symptoms) and entry.what.episode == alarm_id


def _fate(line: HistoryLine, alarm_id: str, names: Mapping[str, str]) -> tuple[str, str, str]:
    """To whom, what, and what became of it."""
    to = words.to(line.subject.removeprefix(f"{alarm_id} to "), names)
    readers: Mapping[str, Callable[[], tuple[str, str]]] = {
        "notify": lambda: words.push(msgspec.json.decode(line.detail, type=Notify), line.outcome),
        "withheld": lambda: ("", words.withheld(msgspec.json.decode(line.detail, type=Withheld).reason)),
    }
    try:
        text, fate = readers[line.kind]()
    except (KeyError, msgspec.MsgspecError):  # a line of text, or of a newer release
        text, fate = line.detail, line.outcome
    return to, text, fate
