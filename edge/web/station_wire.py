"""What a ward's page shows, as values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BedAlarm:
    """One standing alarm of one bed.

    id, condition, priority, presence: as the hub says. text, guidance: in the hub's own words. raised: when, as the hub
    writes it. by: who said that somebody comes, empty for nobody. technical: about the watch and not about the child.
    """

    id: str
    condition: str
    priority: str
    presence: str
    text: str
    guidance: str
    raised: str
    by: str
    technical: bool

    @property
    def waits(self) -> bool:
        """Whether nobody has answered it."""
        return self.presence in {"on", "latch"}


@dataclass(frozen=True, slots=True)
class Bed:
    """One bed.

    key: by which an answer finds its hub. name: as it is shown, like no other's. same_name: another hub has its name.
    seen: `live`, `waiting` (nothing heard since this page looks) or `lost`. away_s: for how long nothing was heard.
    alarms: the worst first. values: what its sensors say last. unwatched: sensors that do not watch, with the reason.
    clock_off_s: how far the hub's clock is from this computer's, None while it is not known or not worth a word.
    """

    key: str
    name: str
    same_name: bool
    seen: str
    away_s: float
    alarms: tuple[BedAlarm, ...] = ()
    values: tuple[str, ...] = ()
    unwatched: tuple[str, ...] = ()
    clock_off_s: float | None = None

    @property
    def child(self) -> list[BedAlarm]:
        return [each for each in self.alarms if not each.technical]

    @property
    def watch(self) -> list[BedAlarm]:
        return [each for each in self.alarms if each.technical]


@dataclass(frozen=True, slots=True)
class WardShown:
    """connected: whether the station hears its broker, and why it does not; then nothing of `beds` is current."""

    connected: bool
    why: str
    beds: tuple[Bed, ...]


@dataclass(frozen=True, slots=True)
class WardAnswer:
    """What the hub said to an answer of the ward; heard: whether it said anything."""

    ok: bool
    reason: str
    heard: bool = True
