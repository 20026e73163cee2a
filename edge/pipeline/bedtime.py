"""The bedtime check: what a night rests on, from all that the core knows, and whether it was asked for."""

from collections.abc import Iterator
from dataclasses import replace

from edge import alarms
from edge.delivery import bedtime, roster
from edge.model.alarm import ROOM, Kind, Priority
from edge.model.effect import Note
from edge.model.event import Command
from edge.model.language import Locale
from edge.model.moment import Now
from edge.pipeline import roster_store
from edge.pipeline.notification import Effects
from edge.pipeline.state import State, watches


def good_night(state: State, given: Command, now: Now) -> tuple[State, Effects, str]:
    """Somebody asks: kept, journalled with what was found, and answered in full."""
    words = state.setup.locale(state.setup.caregiver(given.caregiver))
    findings = check(state, now, words)
    state = replace(state, good_night_s=now.wall_s)
    said = "; ".join([bedtime.headline(findings, words), *(each.text for each in findings)])
    return state, (Note("good night", said), roster_store.remember(state, now)), said


def check(state: State, now: Now, words: Locale) -> list[bedtime.Finding]:
    """Each part, what is not good first."""
    found = [
        *_sensors(state, now, words),
        *_hub(state, now, words),
        _on_watch(state, now, words),
        *_phones(state, now, words),
        _room(state, now, words),
    ]
    return sorted(found, key=lambda each: each.good)


def uncovered(state: State, words: Locale) -> list[str]:
    """What the best night does not cover."""
    moving = {sensor.device.person for sensor in state.sensors.values() if sensor.device.limb is not None}
    without = [person for person in state.setup.config.persons if person.id not in moving]
    return [
        *(words.say(bedtime.UNCOVERED_MOVEMENT, name=person.name or person.id) for person in without),
        *map(words.say, bedtime.UNCOVERED),
    ]


def forgotten(state: State, now: Now) -> list[str]:
    """Names of the children who are ill or have a fever, while nobody has asked tonight."""
    if 0 <= now.wall_s - state.good_night_s < bedtime.ASKED_LATELY_S:
        return []
    feverish = alarms.feverish(state.alarms)
    return [
        person.name or person.id
        for person in state.setup.config.persons
        if person.id in feverish or person.id in state.courses
    ]


def _sensors(state: State, now: Now, words: Locale) -> Iterator[bedtime.Finding]:
    why = {device: why for _, device, why in watches(state, now)}
    for person in state.setup.config.persons:
        name, own = person.name or person.id, [each for each in why if state.sensors[each].device.person == person.id]
        if not own:
            yield bedtime.Finding(False, words.say(bedtime.NO_SENSOR, name=name))
        for device in own:
            sensor = state.sensors[device]
            if sensor.profile.spot:
                yield bedtime.Finding(True, words.say(bedtime.SPOT, sensor=device, name=name))
            elif why[device]:
                said = words.say(bedtime.SENSOR_NOT, sensor=device, name=name, why=words.reason(why[device]))
                yield bedtime.Finding(False, said)
            else:
                yield bedtime.sensor(device, name, sensor.battery_percent, words)


def _hub(state: State, now: Now, words: Locale) -> Iterator[bedtime.Finding]:
    if not now.synced:
        yield bedtime.Finding(False, words.say(bedtime.CLOCK))
    for alarm in state.alarms.conditions.standing():
        own = alarm.kind is Kind.TECHNICAL and not alarm.key.device and alarm.priority is not Priority.NONE
        if own:
            yield bedtime.Finding(False, words.say(bedtime.HUB, text=alarm.text or alarm.key.condition.plain))


def _on_watch(state: State, now: Now, words: Locale) -> bedtime.Finding:
    first = state.setup.caregiver(state.roster.on_watch)
    if first is None:
        return bedtime.Finding(True, words.say(bedtime.EVERYONE))
    proven = roster.proven_lately(state.roster, first.id, now.wall_s)
    return bedtime.Finding(
        proven, words.say(bedtime.ON_WATCH if proven else bedtime.ON_WATCH_NO_PHONE, name=first.name)
    )


def _phones(state: State, now: Now, words: Locale) -> Iterator[bedtime.Finding]:
    caregivers = roster.notifiable(state.setup.config.caregivers)
    if not caregivers:
        yield bedtime.Finding(False, words.say(bedtime.NOBODY))
    for each in caregivers:
        proof = state.roster.proofs.get(each.id)
        lately = roster.proven_lately(state.roster, each.id, now.wall_s)
        yield bedtime.phone(each.name or each.id, proof, lately=lately, now_s=now.wall_s, words=words)


def _room(state: State, now: Now, words: Locale) -> bedtime.Finding:
    hub, proof = state.setup.config.hub, state.roster.proofs.get(ROOM)
    if not hub.sounder and hub.buzzer_pin is None:
        return bedtime.Finding(False, words.say(bedtime.ROOM_NONE))
    if proof is None or not roster.proven_lately(state.roster, ROOM, now.wall_s):
        return bedtime.Finding(False, words.say(bedtime.ROOM_OLD))
    return bedtime.Finding(True, words.say(bedtime.ROOM_OK, when=bedtime.ago(proof.wall_s, now.wall_s, words)))
