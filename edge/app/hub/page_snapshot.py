"""What the caregivers' page shows, taken from the core's state, which is a frozen value: nothing here can change it."""

from collections.abc import Iterable, Iterator
from typing import Literal

from edge import alarms, pipeline
from edge.app.hub import page_readers, page_readiness
from edge.delivery import care_texts, illness_texts, roster
from edge.delivery import page_texts as words
from edge.model.alarm import Alarm, Condition, Kind, Presence, Priority
from edge.model.care import Dose, Entry
from edge.model.event import Verb
from edge.model.language import Locale
from edge.model.moment import Now
from edge.model.people import Caregiver, Person
from edge.model.reading import Validity
from edge.pipeline import Sensor, State
from edge.web import wire
from edge.web.reader import IN_ENGLISH, Reader

# A thermometer that measures only when somebody measures: so long its number speaks for her.
SPOT_S = 1800.0
# A dose older than this says nothing about the next one: plans count within 24 h.
DOSES_S = 24 * 3600.0
_SHOWN: dict[Validity, wire.Shown] = {
    Validity.VALID: "live",
    Validity.QUESTIONABLE: "approximate",
    Validity.SETTLING: "settling",
}
_LEVELS: dict[Priority, Literal["low", "medium", "high"]] = {
    Priority.LOW: "low",
    Priority.MEDIUM: "medium",
    Priority.HIGH: "high",
}


class Snapshots:
    """Remembers of each thermometer the last number that it showed, and when (wall seconds), for when it is gone."""

    def __init__(self, *, demo: bool = False) -> None:
        self._demo = demo
        self._last: dict[str, tuple[float, float]] = {}

    def of(self, state: State, published: Iterable[Alarm], now: Now, reader: Reader = IN_ENGLISH) -> wire.Snapshot:
        """What such a reader is shown. published: the last state of each alarm as it was published, with texts."""
        config, watch = state.setup.config, state.roster
        locale = page_readers.words(state.setup, reader)
        with_texts = {alarm.id: page_readers.worded(alarm, state.setup, reader) for alarm in published}
        standing = [
            with_texts.get(alarm.id, alarm) for alarm in state.alarms.conditions.standing() if alarm.priority in _LEVELS
        ]
        standing.sort(key=lambda alarm: (-alarm.priority.rank, alarm.raised_s))
        first = state.setup.caregiver(watch.on_watch)
        children = [self._child(state, person, standing, now, locale) for person in config.persons]
        names = {person.id: person.name or person.id for person in config.persons}
        return wire.Snapshot(
            reader=reader,
            hub=config.hub.name,
            mono_s=now.mono_s,
            wall_s=now.wall_s,
            children=children,
            alarms=[_standing(alarm, locale) for alarm in standing],
            watch=words.on_watch(first.name or first.id if first else "", watch.since_s, now.wall_s, locale),
            on_watch=watch.on_watch,
            offer=_offer(state, locale),
            pauses=[
                wire.Paused(
                    words.paused(
                        names.get(each.person, each.person), each.device, now.wall_at(each.until_s), now.wall_s, locale
                    ),
                    each.person,
                    each.device,
                )
                for each in state.alarms.pauses
            ],
            caregivers={each.id: _caregiver(state, each) for each in config.caregivers},
            foot=_foot(state, standing, children, now, locale),
            readiness=page_readiness.of(state, now, locale),
            bedtime=page_readiness.at_bedtime(state, now, locale),
            demo=self._demo,
        )

    def _child(self, state: State, person: Person, standing: list[Alarm], now: Now, locale: Locale) -> wire.Child:
        own = [alarm for alarm in standing if alarm.key.person in ("", person.id)]
        worst = max(own, key=lambda alarm: alarm.priority.rank, default=None)
        watches = [(device, why) for who, device, why in pipeline.watches(state, now) if who == person.id]
        unwatched = [
            f"{device}: {locale.reason(why)}"
            for device, why in watches
            if why and state.sensors[device].deadline_s() is not None
        ]
        level: Literal["ok", "low", "medium", "high"] = _LEVELS[worst.priority] if worst else "ok"
        text = words.level_word(worst, locale) if worst else locale.say(words.WATCHING)
        # Also before the delay of its alarm is over: never a green light meanwhile.
        if level in ("ok", "low") and (unwatched or not watches):
            level, text = "medium", locale.say(words.NOT_ALL_WATCHING if watches else words.NO_SENSOR)
        return wire.Child(
            id=person.id,
            name=person.name or person.id,
            level=level,
            state=text,
            readings=sorted(self._readings(state, person.id, now, locale), key=_worth),
            doses=list(_doses(state, person.id, now, locale)),
            unwatched=unwatched,
            ambulance=person.care_plan.ambulance,
            rescue=person.care_plan.rescue_drug,
            favourites=[
                wire.Favourite(each.name, words.favourite(each.name, each.amount, each.unit, locale))
                for each in person.medicines
            ],
            illness=[
                line
                for each in pipeline.ill(state, now)
                if each.entry.person == person.id
                for line in illness_texts.lines(each, now.wall_s, locale)
            ],
            proposes_illness=pipeline.proposed(state, person.id),
        )

    def _readings(self, state: State, person: str, now: Now, locale: Locale) -> Iterator[wire.Reading]:
        for name, sensor in state.sensors.items():
            if sensor.device.person == person and sensor.device.site is not None and not sensor.profile.ambient:
                yield self._reading(name, sensor, now, locale)

    def _reading(self, name: str, sensor: Sensor, now: Now, locale: Locale) -> wire.Reading:
        shown, limit_s = sensor.shown, sensor.deadline_s() or SPOT_S
        worth = _worth_of(sensor, limit_s, now)
        text = trend = ""
        if shown is not None and shown.value is not None:
            self._last[name] = (shown.value, shown.wall_s)
            if worth in _SHOWN.values():
                text = f"{'≈ ' if worth == 'approximate' else ''}{locale.temperature(shown.value)}"
                trend = words.trend(shown.trend_c_per_h, locale)
        last = self._last.get(name)
        return wire.Reading(
            device=care_texts.device_name(name, locale),
            place=care_texts.place_name(sensor.device.site or "", locale),
            shown=worth,
            words=words.number(worth, "" if shown is None or worth == "never" else shown.reason, locale),
            text=text,
            trend=trend,
            measured_mono_s=sensor.measured_s if sensor.measured_s is not None else sensor.last_seen_s,
            stale_after_s=limit_s,
            last="" if last is None else words.last(*last, now.wall_s, locale),
        )


def _caregiver(state: State, who: Caregiver) -> wire.Caregiver:
    return wire.Caregiver(
        who.name or who.id,
        who.role,
        page_readers.of(state.setup, who),
        who.until_s,
        who.language,
        who.unit,
        state.setup.by_hand.get(who.id, ""),
        pipeline.version(who),
    )


def _offer(state: State, locale: Locale) -> wire.Offer | None:
    offer = state.roster.offer
    if offer is None:
        return None
    names = {each.id: each.name or each.id for each in state.setup.config.caregivers}
    by, to = names.get(offer.by, ""), names.get(offer.to, offer.to)
    return wire.Offer(offer.to, words.offered(by, to, locale), words.asked(by, locale))


def _foot(state: State, standing: Iterable[Alarm], children: Iterable[wire.Child], now: Now, locale: Locale) -> str:
    """Never that it watches while anything does not."""
    troubles = [a for a in standing if a.kind is Kind.TECHNICAL and a.priority.rank >= Priority.MEDIUM.rank]
    whole = not troubles and all(child.readings and not child.unwatched for child in children)
    began_s = min((sensor.since_s for sensor in state.sensors.values()), default=None)
    able = roster.notifiable(state.setup.config.caregivers)
    return words.foot(
        whole=whole,
        since=None if began_s is None else care_texts.when(now.wall_at(began_s), now.wall_s, locale),
        hub=not any(not alarm.key.person for alarm in troubles),
        reachable=not any(alarm.key.condition is Condition.NOBODY_REACHABLE for alarm in troubles),
        proven=sum(roster.proven_lately(state.roster, each.id, now.wall_s) for each in able),
        phones=len(able),
        words=locale,
    )


def _worth_of(sensor: Sensor, limit_s: float, now: Now) -> wire.Shown:
    """What its number is worth now."""
    shown = sensor.shown
    if sensor.last_seen_s is None or shown is None:
        return "never"
    if now.mono_s - sensor.last_seen_s >= limit_s:
        return "stale"
    if shown.value is None:
        return "not_worn" if shown.reason.startswith("not worn") else "stale"
    return _SHOWN.get(shown.validity, "stale")


def _worth(reading: wire.Reading) -> tuple[int, float]:
    """The best number first; of equals the newest."""
    order = ("live", "approximate", "settling", "not_worn", "stale", "never")
    return order.index(reading.shown), -(reading.measured_mono_s or 0.0)


def _standing(alarm: Alarm, locale: Locale) -> wire.Standing:
    return wire.Standing(
        id=alarm.id,
        person=alarm.key.person,
        technical=alarm.kind is Kind.TECHNICAL,
        level=_LEVELS[alarm.priority],
        word=words.level_word(alarm, locale),
        text=alarm.text,
        guidance=alarm.guidance,
        onset_wall_s=alarm.onset_s if alarm.cleared_s is None else None,
        rings=alarm.presence in (Presence.ON, Presence.LATCH) and not alarm.acknowledged_by,
        choices=list(_choices(alarm, locale)),
        asks=alarm.key.condition in alarms.MOVEMENT,
    )


def _choices(alarm: Alarm, locale: Locale) -> Iterator[wire.Choice]:
    """What can be answered to it, the likeliest first; the hub judges each again when it is said."""
    able = alarms.by_phone(alarm)
    if Verb.ACKNOWLEDGE in able:
        yield wire.Choice(Verb.ACKNOWLEDGE, locale.say(words.VERBS[Verb.ACKNOWLEDGE]))
    child = alarm.kind is Kind.PHYSIOLOGICAL
    if child and not alarm.attended_by:
        yield wire.Choice(Verb.WITH_HER, locale.say(words.VERBS[Verb.WITH_HER]), in_the_house=True)
    if alarm.key.condition in alarms.MOVEMENT:
        yield wire.Choice(Verb.AWAKE, locale.say(words.VERBS[Verb.AWAKE]), in_the_house=True)
    if Verb.SNOOZE in able:
        for minutes in (30, 15, 60):
            label = words.quiet_for(minutes, locale)
            yield wire.Choice(Verb.SNOOZE, label, {"minutes": minutes}, seldom=minutes != words.QUIET_MIN)
    if child:
        yield wire.Choice(Verb.FALSE_ALARM, locale.say(words.VERBS[Verb.FALSE_ALARM]), in_the_house=True, seldom=True)


def _doses(state: State, person: str, now: Now, locale: Locale) -> Iterator[str]:
    """The last dose of each medicine within a day."""
    last: dict[str, Entry] = {}
    for entry in state.entries.values():
        if entry.person == person and isinstance(entry.what, Dose) and not entry.withdrawn:
            name = (entry.what.medicine or entry.what.drug).casefold()
            if name not in last or last[name].happened_s <= entry.happened_s:
                last[name] = entry
    for entry in sorted(last.values(), key=lambda each: -each.happened_s):
        if now.wall_s - entry.happened_s < DOSES_S:
            yield words.dose(care_texts.in_words(entry, locale), entry.happened_s, entry.next_s, now.wall_s, locale)
