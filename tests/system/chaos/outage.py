"""The broker is away for a whole night of alarms, eight hours on the hub's clock, and then comes back."""

import time
from dataclasses import dataclass
from pathlib import Path

from edge.mqtt.payloads import EVENT_FRESH_S
from tests.system.chaos.night import STEPS, Step
from tests.system.chaos.storm import Storm, presence

# The longest pause between two attempts to connect, and the time to send it all.
BACK_S = 75.0


@dataclass(frozen=True)
class Delivered:
    """What a phone made of it. away_s: on the hub's clock. back_s: from the broker's return to the last event."""

    changes: int
    delivered: int
    in_order: bool
    wrongly_marked: int
    historical: int
    wrong_at_the_end: list[str]
    away_s: float
    back_s: float


def outage(folder: Path, steps: list[Step] = STEPS) -> Delivered:
    """Every step while the broker is away; the hub, too, is killed half-way."""
    with Storm(folder, kills=0, seed=0, steps=steps) as night:
        night.hub.start(0.0)
        night.hub.wait("ready")
        night.broker.stop()
        for step in steps:
            if step.number == len(steps) // 2:
                night.hub.kill()
                night.hub.start(step.at_s)
                night.hub.wait("ready")
            night.hub.say(str(step.number))
            night.hub.wait(f"done {step.number}")
            assert presence(night.hub.changes(), step.topic) == step.presence
        night.broker.start()
        began_s = time.monotonic()
        while len(night.phone.events) < len(steps) and time.monotonic() - began_s < BACK_S:
            time.sleep(0.01)
        back_s = time.monotonic() - began_s
        told = [(each["sequence"], each["historical"]) for each in night.phone.events]
        stale = [steps[-1].at_s - step.at_s > EVENT_FRESH_S for step in steps]
        numbers = [each["sequence"] for each in night.hub.changes()]
        right = set(zip(numbers, stale, strict=True))
        return Delivered(
            changes=len(steps),
            delivered=len({number for number, _ in told} & set(numbers)),
            in_order=[number for number, _ in told] == numbers,
            wrongly_marked=sum(each not in right for each in told),
            historical=sum(stale),
            wrong_at_the_end=night.wrong_at_the_end(),
            away_s=steps[-1].at_s,
            back_s=back_s,
        )
