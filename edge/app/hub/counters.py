"""What the hub counts of itself while it runs."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Counters:
    """What is counted for the health topic.

    self_check: events that the core stepped through; it proves that it still counts. frames_dropped: frames that did
    not fit their layout, by device. commands_refused: of all senders. stalled: the stage of the road that stands still,
    empty: all progress; at first, that nobody has looked yet.
    """

    self_check: int = 0
    frames_dropped: dict[str, int] = field(default_factory=dict)
    commands_refused: int = 0
    stalled: str = "the start"

    def stands_still(self, stage: str) -> None:
        self.stalled = stage
