"""From a decision to the broker, and from one caregiver's answer to everybody's surface. Real servers, real time."""

import asyncio
import json
import random
import time
from collections import defaultdict
from pathlib import Path

from edge.app.hub.assembly import Assembly
from edge.app.hub.event_queue import EventQueue
from edge.model.alarm import Alarm
from edge.model.event import Command, FrameReceived, MotionReceived, Verb
from edge.mqtt.subscriber import Subscriber
from edge.ports import OutgoingMessage
from tests.bench import live
from tests.bench.figures import SensorsInTheAir
from tests.bench.puback import pubacks
from tests.support import homes
from tests.support.homes import Home
from tests.system.chaos import night

MOVEMENT = "feverhub/cot/mia/alarm/seizure_like_movement"
SOUNDER = "feverhub/cot/sounder"
CHILD = "homeassistant/device/cot_mia/config"
BATTERY = "characteristic:2a19"
HALF_S, ROUND_S = 0.04, 2400.0
# More than two commands a second from one user are a flood, and refused.
PACE_S = 0.55
Times = dict[str, list[float]]


def to_puback(folder: Path, changes: int) -> list[float]:
    """Seconds from each change of an alarm, as the pipeline gives it, until the broker has its state and its event.

    Over TLS, through the journal on disk, while a band at 52 Hz and a thermometer are heard.
    """
    decided: dict[int, float] = {}
    events: dict[int, float] = {}
    states: dict[int, float] = {}
    chance = random.Random(1)

    def change(alarm: Alarm) -> None:
        decided[alarm.sequence] = time.perf_counter()

    def puback(message: OutgoingMessage) -> None:
        if message.alarm_id:
            kept = states if message.retain else events
            kept[json.loads(message.payload)["sequence"]] = time.perf_counter()

    async def scenario(parts: Assembly) -> None:
        await live.connected(parts)
        await asyncio.sleep(1.0)
        decided.clear()  # what began with the hub
        for number in range(changes):
            await parts.queue.put(FrameReceived("ankle", BATTERY, bytes([95 if number % 2 else 5])))
            await live.until(lambda wanted=number + 1: len(decided) >= wanted)
            await asyncio.sleep(chance.uniform(0.0, 2 * HALF_S))
        await live.until(lambda: decided.keys() <= events.keys() and max(states) == max(decided))

    with homes.home(folder, homes.BAND, tls=True, sounder="") as home, pubacks(puback):
        live.play(home, live.Ahead(), scenario, source=lambda _queue: SensorsInTheAir(), on_alarm=change)
    # A state that the next one overtook before it left was never sent.
    return [max(events[number], states.get(number, 0.0)) - at_s for number, at_s in decided.items()]


def until_all_show(folder: Path, answers: int, asked: int) -> Times:
    """Seconds from "I'm coming" on a phone until each surface shows it, by surface; asked: how often by `status`."""
    times: Times = defaultdict(list)
    clock = live.Ahead()
    with homes.home(folder, homes.BAND, tls=True, sounder="null") as home, live.sound_card(folder) as card:

        async def scenario(parts: Assembly) -> None:
            await live.connected(parts)
            phone, house = home.phone("feverhub/cot/#"), home.phone("feverhub/cot/#", "homeassistant/#", user="hub")
            async with live.listening(phone) as hers, live.listening(house) as theirs:
                attributes = await _attributes_of(theirs)
                for number in range(answers):
                    await _alarm(parts.queue, clock, hers, card)
                    began_s = _say(hers.client, number)
                    status = asyncio.create_task(_status(home, began_s)) if number < asked else None
                    for surface, at_s in {
                        "reply to the phone": hers.first(
                            began_s, lambda topic, f: topic.endswith("/reply/mother") and f["ok"]
                        ),
                        "retained state": hers.first(began_s, lambda topic, f: topic == MOVEMENT and _answered(f)),
                        "Home Assistant's entity": theirs.first(
                            began_s, lambda topic, f: topic == attributes and _answered(f)
                        ),
                        "sounders of other rooms": theirs.first(
                            began_s, lambda topic, f: topic == SOUNDER and not f["pattern"]
                        ),
                        "sounder in the room": _silent(card),
                    }.items():
                        times[surface].append(await at_s - began_s)
                    if status is not None:
                        times["`feverhub status` started at that moment"].append(await status)
                    await _over(parts.queue, clock)
                    await asyncio.sleep(PACE_S)

        live.play(home, clock, scenario, ticks=False)
    return times


async def _alarm(queue: EventQueue, clock: live.Ahead, hers: live.Heard, card: live.Card) -> None:
    """She convulses; the phone shows it and the room sounds."""
    clock.skip(ROUND_S)
    began_s, bursts = time.time(), len(card.bursts())
    await queue.put(_moved("convulsion", clock))
    await hers.first(began_s, lambda topic, fields: topic == MOVEMENT and fields["presence"] == "on")
    await live.until(lambda: len(card.bursts()) > bursts)


async def _over(queue: EventQueue, clock: live.Ahead) -> None:
    await queue.put(Command(Verb.AWAKE, "anna"))
    clock.skip(100.0)
    await queue.put(_moved("still", clock))
    await queue.idle.wait()


def _moved(what: str, clock: live.Ahead) -> MotionReceived:
    heard = night.event(night.Step(1, clock.now().mono_s, what, "", ""))
    assert isinstance(heard, MotionReceived)
    return heard


def _say(phone: Subscriber, number: int) -> float:
    began_s = time.time()
    phone.publish("feverhub/cot/cmd/mother/acknowledge", json.dumps({"request_id": f"coming-{number}"}).encode())
    return began_s


def _answered(alarm: dict[str, object]) -> bool:
    return alarm["acknowledged_by"] == "anna"


async def _attributes_of(house: live.Heard) -> str:
    """The topic from which Home Assistant was told to take what belongs to the entity."""
    await house.first(0.0, lambda topic, _: topic == CHILD)
    found = next(fields for _, topic, fields in house.messages if topic == CHILD)
    return str(found["cmps"]["seizure_like_movement"]["json_attributes_topic"])


async def _silent(card: live.Card) -> float:
    await live.until(lambda: not card.sounds())
    return time.time()


async def _status(home: Home, began_s: float) -> float:
    """The command as a process, again until what it prints has the answer."""
    while True:
        done = await asyncio.to_thread(home.feverhub, "status", "--json", "--config", str(home.config))
        if any(_answered(each) for each in json.loads(done.stdout)["alarms"]):
            return time.time() - began_s
