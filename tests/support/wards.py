"""Hubs of a ward as their broker sees them: what they say is made by the product's own payload code."""

import datetime as dt
from dataclasses import dataclass, replace

from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.effect import ShowLatest
from edge.model.evidence import TemperatureEvidence
from edge.model.reading import Quantity, Unit, Validity
from edge.mqtt import payloads
from edge.mqtt.topics import Topics
from edge.mqtt.ward_topics import WardTopics, instance_of
from edge.ports import OutgoingMessage

ZONE = dt.UTC


@dataclass(frozen=True, slots=True)
class WardHub:
    """One hub. number: of its client id. name: as its family calls it."""

    number: int
    name: str = "home"

    @property
    def client_id(self) -> str:
        return f"feverhub-{self.number:032x}"

    @property
    def topics(self) -> WardTopics:
        return WardTopics(self.name, instance_of(self.client_id))

    @property
    def base(self) -> str:
        return f"{self.topics.root}/{self.name}"

    @property
    def tag(self) -> str:
        return f"{self.name}.{self.topics.instance}"

    def about(self, bed: str) -> OutgoingMessage:
        body = payloads.encode({"hub": self.name, "bed": bed, "version": "1.0"})
        return OutgoingMessage(self.topics.about, body, retain=True)

    def status(self, word: bytes = b"online") -> OutgoingMessage:
        return OutgoingMessage(f"{self.base}/status", word, retain=True)

    def health(self, self_check: int, wall_s: float) -> OutgoingMessage:
        facts = {
            "broker_connected": True,
            "clock_synchronised": True,
            "readings_lost": 0,
            "alarms": [],
            "listened_percent": {"ankle": 100},
            "battery_percent": {"ankle": 80},
        }
        watches = [payloads.Watch("mia", "ankle"), payloads.Watch("mia", "patch")]
        return self._there(Topics(self.name).health, payloads.health(self_check, wall_s, watches, facts, ZONE))

    def temperature(self, celsius: float, wall_s: float) -> OutgoingMessage:
        shown = ShowLatest(
            "mia", "patch", "axilla", Quantity.TEMPERATURE, celsius, Unit.CELSIUS, Validity.VALID, wall_s
        )
        return self._there(*payloads.latest(self.name, shown, ZONE))

    def motion(self, wall_s: float) -> OutgoingMessage:
        shown = ShowLatest("mia", "ankle", "ankle", Quantity.ACCELERATION, 1.0, Unit.G, Validity.VALID, wall_s)
        return self._there(*payloads.latest(self.name, replace(shown, state="quiet"), ZONE))

    def alarm(
        self,
        sequence: int,
        wall_s: float,
        *,
        presence: Presence = Presence.ON,
        condition: Condition = Condition.FEVER,
        priority: Priority = Priority.MEDIUM,
        kind: Kind = Kind.PHYSIOLOGICAL,
        text: str = "Mia 38.3 °C",
    ) -> tuple[OutgoingMessage, OutgoingMessage]:
        """The retained state and the event of one change."""
        alarm = Alarm(
            id=f"{condition}-{sequence}",
            key=AlarmKey(condition, "mia", "patch"),
            kind=kind,
            priority=priority,
            presence=presence,
            onset_s=wall_s,
            raised_s=wall_s,
            sequence=sequence,
            reason=Reason.EVIDENCE,
            value=38.3,
            limit=37.5,
            unit="Cel",
            text=text,
            guidance="Look at her.",
            evidence=TemperatureEvidence(p_core_38=0.875),
            changed_s=wall_s,
        )
        state, event = payloads.messages_for(self.name, alarm, ZONE)
        return self._moved(state), self._moved(event)

    def _there(self, topic: str, payload: bytes) -> OutgoingMessage:
        return self._moved(OutgoingMessage(topic, payload, retain=True))

    def _moved(self, message: OutgoingMessage) -> OutgoingMessage:
        topic = self.topics.outward(message.topic)
        assert topic is not None, message.topic
        return replace(message, topic=topic)
