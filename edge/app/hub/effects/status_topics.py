"""The retained topics about the watch itself, as the core's state says."""

from collections.abc import Callable, Iterator, Mapping

from edge import pipeline
from edge.model.alarm import ROOM, Reason
from edge.model.effect import Sound
from edge.model.moment import Now
from edge.mqtt import status_topics
from edge.mqtt.client import MqttPublisher
from edge.ports import Clock


class StatusTopics:
    """Shows them. publisher: gives the broker connection, None where there is none."""

    def __init__(self, clock: Clock, publisher: Callable[[], MqttPublisher | None]) -> None:
        self._clock = clock
        self._publisher = publisher

    def house(self, state: pipeline.State) -> None:
        """Who is on watch, what is paused, whose phones were proven."""
        publisher = self._publisher()
        if publisher is not None:
            for topic, payload in house_topics(state, self._clock.now()):
                publisher.show(topic, payload)

    def sound(self, state: pipeline.State, sound: Sound) -> None:
        """What every sounder of the house plays from now on."""
        publisher = self._publisher()
        if publisher is not None:
            config, zone = state.setup.config, state.setup.zone
            publisher.show(*status_topics.sounder(config.hub.name, sound, self._clock.now().wall_s, zone))

    def test(self, state: pipeline.State, *, begins: bool) -> None:
        """A test for the sounders of other rooms, unless an alarm sounds; then again what sounds."""
        if state.pattern:
            self.sound(state, Sound(state.pattern, Reason.EVIDENCE, state.level_percent))
        else:
            self.sound(state, Sound("test" if begins else "", Reason.TEST))


def house_topics(state: pipeline.State, now: Now) -> Iterator[status_topics.Shown]:
    """Who is on watch, what is paused, whose phones were proven: topic and payload of each."""
    config, zone, roster = state.setup.config, state.setup.zone, state.roster
    hub = config.hub.name
    first = state.setup.caregiver(roster.on_watch)
    asked = roster.offer.to if roster.offer else ""
    yield status_topics.on_watch(hub, first, roster.since_s, asked, zone)
    yield status_topics.pauses(hub, paused(state, now), zone)
    proofs = {target: (proof.wall_s, proof.seconds) for target, proof in roster.proofs.items()}
    yield status_topics.caregivers(hub, config.caregivers, roster.on_watch, proofs, zone)


def paused(state: pipeline.State, now: Now) -> list[dict[str, object]]:
    """Each pause with its ends on the wall clock, seconds."""
    return [
        {
            "person": each.person,
            "device": each.device,
            "caregiver": each.caregiver,
            "since_s": now.wall_at(each.since_s),
            "until_s": now.wall_at(each.until_s),
        }
        for each in state.alarms.pauses
    ]


def house_facts(state: pipeline.State, now: Now, sounder: str) -> Mapping[str, object]:
    """What the health topic says of the watch. sounder: whether the one in the room works, in words."""
    proof = state.roster.proofs.get(ROOM)
    return {
        "on_watch": state.roster.on_watch,
        "paused": [
            {"person": each.person, "device": each.device, "left_s": round(each.until_s - now.mono_s)}
            for each in state.alarms.pauses
        ],
        "clock_synchronised": now.synced,
        "battery_percent": {
            name: percent for name, percent in pipeline.batteries(state).items() if percent is not None
        },
        "sounder": sounder,
        "sounder_proof_wall_s": None if proof is None else proof.wall_s,
    }
