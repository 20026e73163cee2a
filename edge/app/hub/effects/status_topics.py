"""The retained topics about the watch itself, as the core's state says."""

import datetime as dt
from collections.abc import Iterator

from edge import pipeline
from edge.app.hub.effects.journal_writer import JournalWriter
from edge.app.hub.event_queue import WatchBegan
from edge.delivery import drill
from edge.model.alarm import Reason
from edge.model.care import Course
from edge.model.effect import Remember, Sound
from edge.model.moment import Now
from edge.mqtt import status_topics
from edge.ports import Clock, Publisher


class StatusTopics:
    """hub: its name, the first part of each topic. zone: of the times in the payloads."""

    def __init__(self, hub: str, zone: dt.tzinfo, clock: Clock, publisher: Publisher) -> None:
        self._hub = hub
        self._zone = zone
        self._clock = clock
        self._publisher = publisher
        self._sound = Sound("", Reason.RESTORED)

    def execute(self, _request: WatchBegan, state: pipeline.State) -> None:
        """Publish all of them for the first time after a start."""
        self.house(state)
        self.sound(self._sound)

    def house(self, state: pipeline.State) -> None:
        """Who is on watch, what is paused, whose phones were proven."""
        for topic, payload in house_topics(state, self._clock.now()):
            self._publisher.show(topic, payload)

    def sound(self, sound: Sound) -> None:
        """What every sounder of the house plays from now on."""
        self._sound = sound
        self._show(sound)

    def test(self, *, begins: bool) -> None:
        """A test for the sounders of other rooms, unless an alarm sounds; then again what sounds."""
        if self._sound.pattern:
            self._show(self._sound)
        else:
            self._show(Sound("test" if begins else "", Reason.TEST))

    def _show(self, sound: Sound) -> None:
        self._publisher.show(*status_topics.sounder(self._hub, sound, self._clock.now().wall_s, self._zone))


class WatchMemo:
    """Who is on watch, what is paused, whose phones were proven: kept over a restart, and shown."""

    def __init__(self, journal_writer: JournalWriter, topics: StatusTopics) -> None:
        self._journal_writer = journal_writer
        self._topics = topics

    def execute(self, effect: Remember, state: pipeline.State) -> None:
        """Keep the core's memo, and publish the topics anew."""
        self._journal_writer.remember(pipeline.HOUSE_MEMO, effect.text)
        self._topics.house(state)


def house_topics(state: pipeline.State, now: Now) -> Iterator[status_topics.Shown]:
    """Who is on watch, what is paused, whose phones were proven, who is ill: topic and payload of each."""
    config, zone, roster = state.setup.config, state.setup.zone, state.roster
    hub = config.hub.name
    first = state.setup.caregiver(roster.on_watch)
    asked = roster.offer.to if roster.offer else ""
    yield status_topics.on_watch(hub, first, roster.since_s, asked, zone)
    yield status_topics.pauses(hub, paused(state, now), zone)
    proofs = {target: (proof.wall_s, proof.seconds) for target, proof in roster.proofs.items()}
    yield status_topics.caregivers(hub, config.caregivers, roster.on_watch, proofs, zone, changed_s=roster.changed_s)
    due_s = drill.due_s(roster, state.drill, state.drill_later_s, config.caregivers)
    yield status_topics.drill(hub, state.drill, due_s, zone)
    yield status_topics.bedtime(hub, state.good_night_s, zone)
    stands = {each.entry.person: each for each in pipeline.ill(state, now)}
    for person in config.persons:
        ill = stands.get(person.id)
        entry, course = (ill.entry, ill.course) if ill else (None, Course())
        yield status_topics.illness(hub, person.id, entry, course, zone)


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
