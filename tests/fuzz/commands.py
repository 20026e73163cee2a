"""Commands over MQTT: a topic, a zero byte, the body. Said to a hub where a fever stands and a dose was given."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from edge import pipeline
from edge.commands import parse, speaker
from edge.errors import CommandRefused
from edge.model.alarm import Condition
from edge.model.effect import AlarmChanged, ChangeCaregivers, KeepEntry, Reply, SendTestAlarm, Sound
from edge.model.event import Tick, Verb
from edge.model.people import Role
from edge.mqtt.topics import Topics
from tests.fuzz.kind import Check, Kind, sentence
from tests.fuzz.outcome import Books, no_error
from tests.support.core import ANNA, CAREGIVERS, Core

HOUSE = ("house",)
PEOPLE = (replace(ANNA, mqtt_user="mother"), *(replace(each, mqtt_user=each.id) for each in CAREGIVERS[1:]))
TOPICS = Topics("cot")


def family() -> Core:
    core = Core(caregivers=PEOPLE)
    core.heat(30.0, 39.2)
    core.say("anna", Verb.DOSE, drug="Ibuprofen", amount=5, unit="ml", person="mia")
    return core


def begin(_folder: Path) -> Check:
    core, books = family(), Books()
    before, now = core.state, core.now
    viewers = {each.id for each in PEOPLE if each.role is Role.VIEWER}

    def check(data: bytes) -> str:
        topic, _, body = data.partition(b"\0")
        try:
            user, word = TOPICS.command(topic.decode("utf-8", "replace"))
            command = parse(word, body, speaker(user, PEOPLE, HOUSE))
        except CommandRefused as refused:
            return sentence(refused)
        assert command.local is (user in HOUSE), "what comes by a phone was taken for what comes from the house"
        state, effects = pipeline.step(before, command, now)
        books.check(effects)
        replies = [each for each in effects if isinstance(each, Reply)]
        if any(not each.ok for each in replies):
            assert state == before, "a refused command has changed something"
            assert not any(isinstance(each, CHANGES) for each in effects), effects
            return replies[0].reason
        assert command.caregiver not in viewers, "a viewer was obeyed"
        no_error(state)
        for later_s in (1.0, 3600.0):
            state, effects = pipeline.step(state, Tick(), replace(now, mono_s=now.mono_s + later_s))
            books.check(effects)
        return ""

    return check


CHANGES = (AlarmChanged, KeepEntry, ChangeCaregivers, SendTestAlarm, Sound)
_BODIES: dict[Verb, str] = {
    Verb.SNOOZE: '{"minutes": 30, "condition": "fever"}',
    Verb.PAUSE: '{"minutes": 20, "person": "mia", "device": "patch", "confirm": true}',
    Verb.ON_WATCH: '{"to": "ben"}',
    Verb.PHONE_CHANGED: '{"of": "ben"}',
    Verb.DOSE: '{"drug": "Ibuprofen", "amount": 5.0, "unit": "ml", "person": "mia", "minutes_ago": 10, "rescue": true}',
    Verb.NOTE: '{"kind": "temperature", "value": 38.4, "site": "ear", "person": "mia", "time": "02:30"}',
    Verb.ILLNESS: '{"person": "mia", "name": "cold", "stage": "begin", "request_id": "r1"}',
    Verb.CAREGIVER: '{"id": "sue", "name": "Sue", "role": "caregiver", "token": "", "until": "2027-01-01T00:00"}',
    Verb.CAREGIVER_REMOVE: '{"id": "ben"}',
    Verb.BROKER_USER: '{"user": "tablet"}',
}


def seeds() -> Sequence[bytes]:
    found = []
    stands = family().alarms(Condition.FEVER)[-1].id
    answer = f'{{"schema": 1, "request_id": "r1", "alarm": "{stands}"}}'
    for verb in Verb:
        body = _BODIES.get(verb, answer)
        found += [f"feverhub/cot/cmd/{user}/{verb}\0{body}".encode() for user in ("mother", "house", "oma")]
    found.append(f'feverhub/cot/cmd/house/acknowledge\0{{"alarm": "{stands}", "caregiver": "anna"}}'.encode())
    note = [
        '{"kind": "symptoms", "symptoms": "blue lips", "person": "mia"}',
        '{"kind": "drink", "ml": 120}',
        '{"kind": "remark", "text": "slept badly"}',
        '{"id": "anna-dose-1", "withdraw": true}',
        "",
    ]
    return [*found, *(f"feverhub/cot/cmd/house/note\0{body}".encode() for body in note)]


WORDS = tuple(
    word.encode()
    for word in (
        *(str(verb) for verb in Verb),
        *('"request_id"', '"alarm"', '"caregiver"', '"schema"', '"person"', '"id"', '"withdraw"', '"minutes_ago"'),
        *('"time"', '"until"', '"value"', '"site"', '"unit"', "feverhub/cot/cmd/", "\\ud800", "\\u0000", "anna"),
    )
)
KIND = Kind("commands", begin, seeds, WORDS, longest=5000)
