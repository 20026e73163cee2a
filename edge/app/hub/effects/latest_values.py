"""The retained topic of each sensor's latest value."""

import datetime as dt

from edge.model.effect import ShowLatest
from edge.mqtt import payloads
from edge.pipeline import State
from edge.ports import Publisher


class LatestValues:
    """hub: its name, the first part of each topic. zone: of the times in the payload."""

    def __init__(self, hub: str, zone: dt.tzinfo, publisher: Publisher) -> None:
        self._hub = hub
        self._zone = zone
        self._publisher = publisher

    def execute(self, effect: ShowLatest, _state: State) -> None:
        """Publish it, best effort: the next value is soon there."""
        self._publisher.show(*payloads.latest(self._hub, effect, self._zone))
