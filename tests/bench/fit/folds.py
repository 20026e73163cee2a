"""What is left out of training and judged by: a family of takes, a third of the people, and always every fifth take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.bench.fit.examples import FAMILIES, MAGNITUDE, Example
from tests.bench.fit.stretches import EVENTS, THIRDS

NOTHING = "none"
LEFT_FAMILIES = ("muscle", "free", "script", "composed")
LEFT_PEOPLE = tuple(f"real{third}" for third in range(THIRDS))
FOLDS = (*LEFT_FAMILIES, *LEFT_PEOPLE)
KEPT_BACK = 5
"""Every fifth take of every family is never learned from."""
LEAST_S = 6
"""Examples of fewer seconds teach nothing."""
DRAWN: Mapping[str, float] = {
    "muscle": 1.0,
    "free": 1.0,
    "script": 1.0,
    "composed": 0.7,
    "laid": 0.7,
    EVENTS: 8.0,
    "uea_epilepsy": 2.0,
    "uea_epilepsy" + MAGNITUDE: 1.0,
    "nurses_e4": 14.0,
    "osd_gj_wrist_mag": 60.0,
    "smm_autism_study1": 6.0,
    "stress_predict_e4": 8.0,
    "wisdm_watch": 0.8,
    "wisdm_watch" + MAGNITUDE: 0.5,
    "hmp_wrist_adl": 0.3,
    "hmp_wrist_adl" + MAGNITUDE: 0.3,
    "daphnet_parkinson": 0.3,
}
"""How likely an example is drawn: those of hours more often than those of a minute, real seizures more than mimicked
ones, and the few ordinary days of the watch that recorded the seizures most, lest the watch be learned."""


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """What is learned from, and what is judged by, by name. left: what was left out."""

    left: str
    train: list[Example]
    test: dict[str, list[Example]]

    def held_out(self, name: str) -> str:
        """What of a tested set was never learned from: its whole `family`, its `people`, its `takes`, or `nothing`."""
        if name == self.left:
            return "family"
        if name in FAMILIES:
            return "takes"
        return "people" if self.left in LEFT_PEOPLE else "nothing"


def fold(examples: Sequence[Example], left: str = NOTHING) -> Fold:
    """Leave one of `FOLDS` out, or nothing. Raises ValueError for another name.

    Where nothing is left out, recordings are judged in sample. Where a family is left out, so is what is laid over
    recordings from it; where a third of the people is, so is every take that holds one of them.
    """
    if left not in {NOTHING, *FOLDS}:
        raise ValueError(f"{left} is none of {NOTHING}, {', '.join(FOLDS)}")
    people = int(left.removeprefix("real")) if left in LEFT_PEOPLE else None
    train: list[Example] = []
    test: dict[str, list[Example]] = {}
    for example in examples:
        if len(example.t_s) < LEAST_S:
            continue
        has_them = people in example.thirds
        kept_back = has_them
        if example.made:
            kept_back = left == example.family or example.number % KEPT_BACK == 0
        if kept_back or (left == NOTHING and not example.made):
            test.setdefault(example.family, []).append(example)
        if not kept_back and not has_them and example.maker != left:
            train.append(example)
    return Fold(left, train, test)
