"""The state of one child beyond her sensors: the open episode, and the fever that goes with it.

Pure. It can be rebuilt from the journal's alarms (`restart`), so it has no store of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from edge.analysis import episode
from edge.analysis.episode import Cluster, Gain, Prior
from edge.analysis.temperature import UNKNOWN_FEVER, FeverState
from edge.model.alarm import Condition
from edge.model.evidence import Evidence, RigorEvidence, SeizureEvidence
from edge.model.moment import Now
from edge.model.people import CarePlan, Person
from edge.model.sign import Sign

_NOTHING = Prior()


@dataclass(frozen=True, slots=True)
class Child:
    """The open episode of one child, and what is known beside it.

    cluster: the open episode; None if there is none.
    onsets_s: onsets of the earlier episodes of the last day (monotonic seconds), without false alarms.
    fever: as it was when movement was last reported.
    prior: the prior of the movement detector that follows from it.
    gains: by sensor, what the prior changed about its bout.
    false_alarm: whether a caregiver said that the open episode is a false alarm.
    cued: whether the caregivers were notified to fetch the rescue medicine.
    rescued: whether the rescue medicine was logged as given.
    onset_wall_s: onset of an episode from before a restart, until the wall clock is known to be right.
    """

    cluster: Cluster | None = None
    onsets_s: tuple[float, ...] = ()
    fever: FeverState = UNKNOWN_FEVER
    prior: Prior = _NOTHING
    gains: Mapping[str, Gain] = field(default_factory=dict)
    false_alarm: bool = False
    cued: bool = False
    rescued: bool = False
    onset_wall_s: float | None = None

    @property
    def clock_runs(self) -> bool:
        """Whether an episode is open and nobody has said that she is awake."""
        return self.cluster is not None and self.cluster.awake_s is None

    def knowing(
        self, fever: FeverState, now_s: float, age_months: float | None, *, after_event: bool, ill: bool = False
    ) -> "Child":
        """The child with the fever as it is now, and the prior that follows from it."""
        prior = episode.prior(fever, now_s, after_event=after_event, age_months=age_months, ill=ill)
        return self if (fever, prior) == (self.fever, self.prior) else replace(self, fever=fever, prior=prior)


def advance(child: Child, sign: Sign, now: Now, person: Person) -> tuple[Child, Sign]:
    """Take a sign of movement; returns it with the evidence that the episode and the fever add."""
    if sign.condition is Condition.RIGOR and sign.present:
        rising = child.fever.rising if episode.usable(child.fever) else None
        return child, _with(sign, RigorEvidence(temperature_rising=rising))
    if sign.condition is not Condition.SEIZURE_LIKE_MOVEMENT:
        return child, sign
    # A sensor whose clock runs ahead must not set the five minutes late.
    sign = sign if sign.t_s <= now.mono_s else replace(sign, t_s=now.mono_s)
    before, cluster = child.cluster, episode.advance(child.cluster, sign)
    if cluster is None:
        return child, sign
    if before is None or before.began_s != cluster.began_s:
        child = _closed(child)
        recent = tuple(at_s for at_s in child.onsets_s if cluster.onset_s - at_s <= episode.AGAIN_S)
        child = Child(onsets_s=recent, fever=child.fever, prior=child.prior)
    same_bout = before is not None and before.bouts == cluster.bouts
    child = replace(child, cluster=cluster, false_alarm=child.false_alarm and same_bout)
    held = before is not None and sign.device in before.moving
    if sign.present:
        gain = child.gains.get(sign.device)
        if gain is not None or not held:
            gain = episode.gained(gain, sign)
            child = child if gain is None else replace(child, gains={**child.gains, sign.device: gain})
        return child, _with(sign, _at_onset(child, cluster, sign, now, person.age_months(now.wall_s)))
    if not held:
        return child, sign
    ended = _with(sign, _at_end(child, cluster, person.age_months(now.wall_s)))
    return (child if cluster.moving else replace(child, gains={})), ended


def _closed(child: Child) -> Child:
    """The open episode becomes an earlier one."""
    if child.cluster is None:
        return child
    onsets_s = child.onsets_s if child.false_alarm else (*child.onsets_s, child.cluster.onset_s)
    return replace(child, cluster=None, onsets_s=onsets_s)


def _with(sign: Sign, evidence: Evidence) -> Sign:
    return replace(sign, evidence=sign.evidence.updated(evidence))


def _at_onset(child: Child, cluster: Cluster, sign: Sign, now: Now, age_months: float | None) -> SeizureEvidence:
    onset_s = sign.t_s if sign.onset_s is None else sign.onset_s
    gain = child.gains.get(sign.device)
    return SeizureEvidence(
        bout=cluster.bouts,
        cluster_before_s=round(max(onset_s - cluster.onset_s, 0.0), 1),
        earlier_24_h=len(child.onsets_s),
        focal=cluster.focal,
        first_two_hours_of_fever=episode.early(child.fever, now.mono_s),
        outside_6_to_60_months=None if episode.aged(age_months) else True,
        prior_because=None if gain is None else child.prior.why,
        prior_effect=None if gain is None else gain.words,
    )


def _at_end(child: Child, cluster: Cluster, age_months: float | None) -> SeizureEvidence:
    aged = episode.aged(age_months)
    return SeizureEvidence(
        episode_s=round(cluster.length_s, 1),
        focal=cluster.focal,
        course=episode.course_of(cluster, len(child.onsets_s)).words if aged else None,
        prior_effect=next((gain.words for gain in child.gains.values()), None),
    )


def ticked(child: Child, now: Now, plan: CarePlan) -> tuple[Child, Sign | None, bool]:
    """Let time pass: what the five-minute clock has to say, and whether to fetch the rescue medicine now."""
    cluster = child.cluster
    if cluster is None:
        return child, None, False
    if child.onset_wall_s is not None and now.synced:
        # Off for a while with a clock that stood still: now that it is right, the onset is known again.
        at_s = now.mono_s - (now.wall_s - child.onset_wall_s)
        cluster, child = replace(cluster, onset_s=min(cluster.onset_s, at_s)), replace(child, onset_wall_s=None)
    due = cluster.awake_s is None and now.mono_s >= cluster.onset_s + 60.0 * plan.rescue_cue_min
    cue = bool(plan.rescue_drug) and due and not (child.cued or child.rescued)
    cluster, sign = episode.clock(cluster, now.mono_s)
    child = replace(child, cluster=cluster, cued=child.cued or cue)
    return (_closed(child) if episode.over(cluster, now.mono_s) else child), sign, cue


def awake(child: Child, now: Now) -> Child:
    """A caregiver in the house said that she is awake."""
    return child if child.cluster is None else replace(child, cluster=episode.awake(child.cluster, now.mono_s))
