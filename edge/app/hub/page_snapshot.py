"""What the caregivers' page shows, taken from the core's state, which is a frozen value: nothing here can change it."""

from collections.abc import Iterable, Iterator
from typing import Literal

from edge import alarms, pipeline
from edge.app.hub import page_readiness
from edge.delivery import care_texts, roster
from edge.delivery import page_texts as words
from edge.model.alarm import Alarm, Condition, Kind, Presence, Priority
from edge.model.care import Dose, Entry
from edge.model.event import Verb
from edge.model.moment import Now
from edge.model.people import Person
from edge.model.reading import Validity
from edge.pipeline import Sensor, State
from edge.web import wire

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

    def of(self, state: State, published: Iterable[Alarm], now: Now) -> wire.Snapshot:
        """What is shown now. published: the last state of each alarm as it was published, with its texts."""
        config, zone, watch = state.setup.config, state.setup.zone, state.roster
        with_texts = {alarm.id: alarm for alarm in published}
        standing = [
            with_texts.get(alarm.id, alarm) for alarm in state.alarms.conditions.standing() if alarm.priority in _LEVELS
        ]
        standing.sort(key=lambda alarm: (-alarm.priority.rank, alarm.raised_s))
        first = state.setup.caregiver(watch.on_watch)
        children = [self._child(state, person, standing, now) for person in config.persons]
        names = {person.id: person.name or person.id for person in config.persons}
        return wire.Snapshot(
            hub=config.hub.name,
            mono_s=now.mono_s,
            wall_s=now.wall_s,
            children=children,
            alarms=[_standing(alarm) for alarm in standing],
            watch=words.on_watch(first.name or first.id if first else "", watch.since_s, now.wall_s, zone),
            on_watch=watch.on_watch,
            offer=_offer(state),
            pauses=[
                wire.Paused(
                    words.paused(
                        names.get(each.person, each.person), each.device, now.wall_at(each.until_s), now.wall_s, zone
                    ),
                    each.person,
                    each.device,
                )
                for each in state.alarms.pauses
            ],
            caregivers={each.id: wire.Caregiver(each.name or each.id, each.role) for each in config.caregivers},
            foot=_foot(state, standing, children, now),
            readiness=page_readiness.of(state, now),
            demo=self._demo,
        )

    def _child(self, state: State, person: Person, standing: list[Alarm], now: Now) -> wire.Child:
        own = [alarm for alarm in standing if alarm.key.person in ("", person.id)]
        worst = max(own, key=lambda alarm: alarm.priority.rank, default=None)
        watches = [(device, why) for who, device, why in pipeline.watches(state, now) if who == person.id]
        unwatched = [
            f"{device}: {why}" for device, why in watches if why and state.sensors[device].deadline_s() is not None
        ]
        level: Literal["ok", "low", "medium", "high"] = _LEVELS[worst.priority] if worst else "ok"
        text = words.level_word(worst) if worst else words.WATCHING
        # Also before the delay of its alarm is over: never a green light meanwhile.
        if level in ("ok", "low") and (unwatched or not watches):
            level, text = "medium", words.NOT_ALL_WATCHING if watches else words.NO_SENSOR
        return wire.Child(
            id=person.id,
            name=person.name or person.id,
            level=level,
            state=text,
            readings=sorted(self._readings(state, person.id, now), key=_worth),
            doses=list(_doses(state, person.id, now)),
            unwatched=unwatched,
            ambulance=person.care_plan.ambulance,
            rescue=person.care_plan.rescue_drug,
            favourites=[
                wire.Favourite(each.name, words.favourite(each.name, each.amount, each.unit))
                for each in person.medicines
            ],
        )

    def _readings(self, state: State, person: str, now: Now) -> Iterator[wire.Reading]:
        for name, sensor in state.sensors.items():
            if sensor.device.person == person and sensor.device.site is not None and not sensor.profile.ambient:
                yield self._reading(state, name, sensor, now)

    def _reading(self, state: State, name: str, sensor: Sensor, now: Now) -> wire.Reading:
        shown, limit_s = sensor.shown, sensor.deadline_s() or SPOT_S
        worth = _worth_of(sensor, limit_s, now)
        text = trend = ""
        if shown is not None and shown.value is not None:
            self._last[name] = (shown.value, shown.wall_s)
            if worth in _SHOWN.values():
                text = f"{'≈ ' if worth == 'approximate' else ''}{shown.value:.1f} °C"
                trend = words.trend(shown.trend_c_per_h)
        last = self._last.get(name)
        return wire.Reading(
            device=name,
            place=words.SITES.get(sensor.device.site or "", ""),
            shown=worth,
            words=words.number(worth, "" if shown is None or worth == "never" else shown.reason),
            text=text,
            trend=trend,
            measured_mono_s=sensor.measured_s if sensor.measured_s is not None else sensor.last_seen_s,
            stale_after_s=limit_s,
            last="" if last is None else words.last(*last, now.wall_s, state.setup.zone),
        )


def _offer(state: State) -> wire.Offer | None:
    offer = state.roster.offer
    if offer is None:
        return None
    names = {each.id: each.name or each.id for each in state.setup.config.caregivers}
    by, to = names.get(offer.by, words.SOMEBODY), names.get(offer.to, offer.to)
    return wire.Offer(offer.to, words.offered(by, to), words.asked(by))


def _foot(state: State, standing: Iterable[Alarm], children: Iterable[wire.Child], now: Now) -> str:
    """Never that it watches while anything does not."""
    troubles = [a for a in standing if a.kind is Kind.TECHNICAL and a.priority.rank >= Priority.MEDIUM.rank]
    whole = not troubles and all(child.readings and not child.unwatched for child in children)
    began_s = min((sensor.since_s for sensor in state.sensors.values()), default=None)
    able = roster.notifiable(state.setup.config.caregivers)
    return words.foot(
        whole=whole,
        since=None if began_s is None else care_texts.clock(now.wall_at(began_s), now.wall_s, state.setup.zone),
        hub=not any(not alarm.key.person for alarm in troubles),
        reachable=not any(alarm.key.condition is Condition.NOBODY_REACHABLE for alarm in troubles),
        proven=sum(roster.proven_lately(state.roster, each.id, now.wall_s) for each in able),
        phones=len(able),
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


def _standing(alarm: Alarm) -> wire.Standing:
    return wire.Standing(
        id=alarm.id,
        person=alarm.key.person,
        technical=alarm.kind is Kind.TECHNICAL,
        level=_LEVELS[alarm.priority],
        word=words.level_word(alarm),
        text=alarm.text,
        guidance=alarm.guidance,
        onset_wall_s=alarm.onset_s if alarm.cleared_s is None else None,
        rings=alarm.presence in (Presence.ON, Presence.LATCH) and not alarm.acknowledged_by,
        choices=list(_choices(alarm)),
        asks=alarm.key.condition in alarms.MOVEMENT,
    )


def _choices(alarm: Alarm) -> Iterator[wire.Choice]:
    """What can be answered to it, the likeliest first; the hub judges each again when it is said."""
    able = alarms.by_phone(alarm)
    if Verb.ACKNOWLEDGE in able:
        yield wire.Choice(Verb.ACKNOWLEDGE, words.VERBS[Verb.ACKNOWLEDGE])
    child = alarm.kind is Kind.PHYSIOLOGICAL
    if child and not alarm.attended_by:
        yield wire.Choice(Verb.WITH_HER, words.VERBS[Verb.WITH_HER], in_the_house=True)
    if alarm.key.condition in alarms.MOVEMENT:
        yield wire.Choice(Verb.AWAKE, words.VERBS[Verb.AWAKE], in_the_house=True)
    if Verb.SNOOZE in able:
        for minutes in (30, 15, 60):
            label = words.quiet_for(minutes)
            yield wire.Choice(Verb.SNOOZE, label, {"minutes": minutes}, seldom=minutes != words.QUIET_MIN)
    if child:
        yield wire.Choice(Verb.FALSE_ALARM, words.VERBS[Verb.FALSE_ALARM], in_the_house=True, seldom=True)


def _doses(state: State, person: str, now: Now) -> Iterator[str]:
    """The last dose of each medicine within a day."""
    last: dict[str, Entry] = {}
    for entry in state.entries.values():
        if entry.person == person and isinstance(entry.what, Dose) and not entry.withdrawn:
            name = (entry.what.medicine or entry.what.drug).casefold()
            if name not in last or last[name].happened_s <= entry.happened_s:
                last[name] = entry
    for entry in sorted(last.values(), key=lambda each: -each.happened_s):
        if now.wall_s - entry.happened_s < DOSES_S:
            yield words.dose(care_texts.in_words(entry), entry.happened_s, entry.next_s, now.wall_s, state.setup.zone)
