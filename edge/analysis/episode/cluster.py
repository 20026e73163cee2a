"""One seizure-like episode: bouts of movement joined into a cluster, and the five-minute clock that runs over it.

A seizure that stops and starts without recovery is one emergency: 48 % of febrile status epilepticus was intermittent
and a third of it went unrecognised (FEBSTAT, n = 119: Shinnar 2008, Neurology 71:170), and jerking can end without
recovery. So the clock

- starts at the estimated onset of the first bout, not at the alarm;
- goes on through stillness, a silent or torn-off sensor, an answer and a false-alarm press, for what no sensor can
  see is whether she responds;
- stops only when a caregiver says that she is awake.

An episode that nobody answered in this way rings at onset + 5:00, however short its movement was, since five minutes
without a response are the same emergency. Its text says what is known: that the movement goes on, that
it has stopped and nobody has said that she is awake, or that the sensor is silent. "False alarm" quiets the alarm of
the movement; "she is awake" is what it takes to stop the clock, also over a false alarm, and either button says so.

Times are monotonic seconds. Pure; a cluster is never changed.
"""

from dataclasses import dataclass, replace

from edge.model.alarm import Condition
from edge.model.evidence import Evidence, Movement, MovementEvidence, ProlongedEvidence
from edge.model.sign import Sign

# Five minutes are an emergency (ILAE 2015, t1). Bouts less than five minutes apart are one cluster.
PROLONGED_S = 300.0
APART_S = 300.0
# A moving sensor says so every second; after this much silence nobody knows whether the movement goes on.
SILENT_S = 15.0


@dataclass(frozen=True, slots=True)
class Cluster:
    """Bouts with pauses between them.

    began_s: time of its first sign; identifies it. onset_s: of the first bout. moved_s: when movement was last
    seen. moving: sensors whose last sign was present; still_s: when the others ended, at the latest. bout_s:
    onset of the last bout; bouts: how many. moved_for_s: length of the bouts that are over. focal: whether one limb
    alone took part, None if that is not known. awake_s: when a caregiver said that she is awake. notified: what the
    alarm of the clock says of the movement, None while it has not rung.
    """

    began_s: float
    onset_s: float
    moved_s: float
    moving: frozenset[str] = frozenset()
    still_s: float = 0.0
    bout_s: float = 0.0
    bouts: int = 1
    moved_for_s: float = 0.0
    focal: bool | None = None
    awake_s: float | None = None
    notified: Movement | None = None

    def movement(self, now_s: float) -> Movement:
        """Whether the movement goes on, as far as the sensors say."""
        if not self.moving:
            return Movement.STOPPED
        return Movement.GOES_ON if now_s - self.moved_s <= SILENT_S else Movement.UNKNOWN

    @property
    def length_s(self) -> float:
        """From the onset to the movement seen last: pauses belong to an episode without recovery."""
        return self.moved_s - self.onset_s

    @property
    def moved_in_all_s(self) -> float:
        """Seconds of movement, without the pauses."""
        return self.moved_for_s + (self.moved_s - self.bout_s if self.moving else 0.0)


def advance(cluster: Cluster | None, sign: Sign) -> Cluster | None:
    """Take one sensor's sign of seizure-like movement."""
    if not sign.present:
        return None if cluster is None else _still(cluster, sign)
    onset_s = sign.t_s if sign.onset_s is None else min(sign.onset_s, sign.t_s)
    if cluster is None or _another(cluster, onset_s):
        cluster = Cluster(sign.t_s, onset_s, sign.t_s, bout_s=onset_s)
    elif not cluster.moving:
        cluster = replace(cluster, bouts=cluster.bouts + 1, bout_s=max(onset_s, cluster.moved_s))
    return replace(
        cluster,
        onset_s=min(cluster.onset_s, onset_s) if cluster.bouts == 1 else cluster.onset_s,
        moved_s=max(cluster.moved_s, sign.t_s),
        moving=cluster.moving | {sign.device},
        focal=_focal(cluster.focal, sign.evidence),
    )


def _still(cluster: Cluster, sign: Sign) -> Cluster:
    """Only what a sensor itself says ends its part of a bout; the bout ended with the last of them."""
    if sign.device not in cluster.moving:
        return cluster
    ended_s = cluster.moved_s if sign.ended_s is None else min(cluster.moved_s, sign.ended_s)
    still_s, moving = max(cluster.still_s, ended_s), cluster.moving - {sign.device}
    if moving:
        return replace(cluster, moving=moving, still_s=still_s)
    moved_s = max(still_s, cluster.bout_s)
    moved_for_s = cluster.moved_for_s + moved_s - cluster.bout_s
    return replace(cluster, moving=moving, still_s=still_s, moved_s=moved_s, moved_for_s=moved_for_s)


def _another(cluster: Cluster, onset_s: float) -> bool:
    """Whether this onset begins a new cluster. "She is awake" is said of the bout that goes on, not of the next."""
    if cluster.awake_s is not None:
        return not cluster.moving or onset_s > cluster.awake_s
    return onset_s - cluster.moved_s > APART_S


def _focal(before: bool | None, evidence: Evidence) -> bool | None:
    """Once both sides took part it is not one limb alone; a single sensor cannot know."""
    focal = evidence.focal if isinstance(evidence, MovementEvidence) else None
    if not isinstance(focal, bool):
        return before
    return focal if before is None else before and focal


def awake(cluster: Cluster, now_s: float) -> Cluster:
    """A caregiver said that she is awake."""
    return replace(cluster, awake_s=now_s)


def over(cluster: Cluster, now_s: float) -> bool:
    """Whether nothing more can belong to it: still for five minutes, and the clock has rung or was stopped."""
    if cluster.moving:
        return False
    return cluster.awake_s is not None or (cluster.notified is not None and now_s - cluster.moved_s > APART_S)


def clock(cluster: Cluster, now_s: float) -> tuple[Cluster, Sign | None]:
    """The sign of `prolonged_movement` when it is due or the movement changes; None while there is nothing new."""
    movement = cluster.movement(now_s)
    if cluster.awake_s is not None or now_s < cluster.onset_s + PROLONGED_S or movement is cluster.notified:
        return cluster, None
    moved_for_s = round(cluster.moved_in_all_s, 1)
    evidence = ProlongedEvidence(movement=movement, bouts=cluster.bouts, moved_for_s=moved_for_s, focal=cluster.focal)
    sign = Sign(
        Condition.PROLONGED_MOVEMENT,
        "",
        True,
        t_s=cluster.moved_s,
        onset_s=cluster.onset_s,
        ended_s=cluster.moved_s if movement is Movement.STOPPED else None,
        evidence=evidence,
    )
    return replace(cluster, notified=movement), sign
