"""Frames that did not fit their layout: counted for the health topic, and logged, but never a flood of lines."""

import structlog

from edge.app.hub.counters import Counters
from edge.model.effect import Dropped
from edge.pipeline import State

log = structlog.get_logger(__name__)


class DroppedFrames:
    """counters: where each device's are counted."""

    def __init__(self, counters: Counters) -> None:
        self._dropped = counters.frames_dropped

    def execute(self, effect: Dropped, _state: State) -> None:
        """Count it; the first, second, fourth ... of a device is logged."""
        count = self._dropped[effect.device] = self._dropped.get(effect.device, 0) + 1
        if count & (count - 1) == 0:
            log.warning("frame.dropped", device=effect.device, kind=effect.kind, why=effect.reason, count=count)
