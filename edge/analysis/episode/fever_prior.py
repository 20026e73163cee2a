"""What a fever says about a movement: a bounded prior for the movement detector, and what it changed.

The size rests on published rates of seizures in an hour, each against an hour without fever:

- without fever: at most 100 first unprovoked seizures in 100,000 children a year, so 1.1e-7 an hour (Hauser 1994,
  Epilepsia 35 Suppl 2);
- in a fever: 67 seizures in 509 fevers of 230 children who had had one before, 35 of them within two hours of the onset
  (van Stuijvenberg 1998, Arch Pediatr Adolesc Med 152:1170): 3.4e-2 an hour at first, then about 1.4e-3 (32 of 509 over
  46 h, the length of a fever being an assumption);
- after an event in the same illness: 12 to 24 % again, most within 24 h (Murata 2018, Pediatrics 142:e20181009, 23.5 %
  without antipyretics; older series from 12 %): 18 % in 24 h, so 7.5e-3 an hour.

These ratios (ten thousand and more) say how likely a seizure is, not that a movement is one, and taken as they are they
would drown what the sensor sees. So a tenth of their logarithm is used, never more than 1: about two seconds of clear
movement, which makes an alarm come earlier or a doubtful one come at all (the lower step of the detector becomes the
upper), and never makes one of stillness. It only ever adds: without fever, with an unknown, a settling or an old
temperature, no event in the last day and no illness that caregivers told of, it is 0, and no alarm is later for it.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from edge.analysis.temperature import FeverState
from edge.model.evidence import SeizureEvidence
from edge.model.language import N_
from edge.model.sign import Sign

WITHOUT_FEVER_PER_H = 100 / 100_000 / 8766
EARLY_PER_H = 35 / 509 / 2
LATER_PER_H = 32 / 509 / 46
AFTER_EVENT_PER_H = 0.18 / 24
EARLY_S = 2 * 3600.0
TEMPERED = 0.1
MOST = 1.0
# The published rates are of children from 6 to 60 months (AAP 2011, Pediatrics 127:389).
MONTHS = (6.0, 61.0)


@dataclass(frozen=True, slots=True)
class Prior:
    """log_odds: natural, 0 to 1. why: the fact it rests on; empty if it is 0."""

    log_odds: float = 0.0
    why: str = ""


def aged(age_months: float | None) -> bool:
    """Whether the published rates are of children of this age; an unknown age is taken as one."""
    return age_months is None or MONTHS[0] <= age_months < MONTHS[1]


def usable(fever: FeverState) -> bool:
    """Whether the temperature says anything about now: `temperature.fever_state` knows nothing of an old one."""
    return fever.known and fever.settled


def early(fever: FeverState, now_s: float) -> bool | None:
    """Whether these are the first two hours of a fever; None if nothing is known of one."""
    if not usable(fever):
        return None
    return fever.above_since_s is not None and now_s - fever.above_since_s <= EARLY_S


def prior(fever: FeverState, now_s: float, *, after_event: bool, age_months: float | None, ill: bool = False) -> Prior:
    """after_event: whether an episode in this illness went before; ill: whether caregivers said that she is. Both count
    also where no fever is known: being ill as much as a fever beyond its first two hours.
    """
    if not aged(age_months):
        return Prior()
    least = max([Prior(), *_told(after_event=after_event, ill=ill)], key=lambda each: each.log_odds)
    likely = 2.0 * (fever.core_probability or 0.0) - 1.0
    if not (usable(fever) and likely > 0.0):
        return least
    rates = [(LATER_PER_H, "fever")]
    if after_event:
        rates.append((AFTER_EVENT_PER_H, "fever, and an episode before in this illness"))
    if early(fever, now_s):
        rates.append((EARLY_PER_H, "the first two hours of a fever"))
    rate_per_h, why = max(rates)
    return Prior(round(max(least.log_odds, likely * _tempered(rate_per_h)), 3), why)


def _told(*, after_event: bool, ill: bool) -> Iterator[Prior]:
    if after_event:
        yield Prior(_tempered(AFTER_EVENT_PER_H), "an episode before in this illness")
    if ill:
        yield Prior(_tempered(LATER_PER_H), "an illness that caregivers told of")


def _tempered(rate_per_h: float) -> float:
    return round(min(MOST, TEMPERED * math.log(rate_per_h / WITHOUT_FEVER_PER_H)), 3)


@dataclass(frozen=True, slots=True)
class Gain:
    """What the prior changed about one bout of one sensor.

    raised_s: when the alarm came. without_s: when the same movement would have been enough alone; None: not yet.
    """

    device: str
    raised_s: float
    without_s: float | None = None

    @property
    def words(self) -> str:
        if self.without_s is None:
            return N_("without the fever it would not have rung yet")
        earlier_s = self.without_s - self.raised_s
        if earlier_s <= 0.5:
            return N_("would also have rung without")
        return N_("rang {a} s earlier for the fever").format(a=f"{earlier_s:.0f}")


def gained(before: Gain | None, sign: Sign) -> Gain | None:
    """Follow one bout. `log_odds` of the evidence holds the prior, `prior_log_odds` is the prior alone."""
    if not sign.present or not isinstance(sign.evidence, SeizureEvidence):
        return before
    margin, share = sign.evidence.log_odds, sign.evidence.prior_log_odds
    if margin is None or share is None:
        return before
    if before is None:
        if share <= 0:
            return None
        before = Gain(sign.device, sign.t_s)
    if before.without_s is None and before.device == sign.device and margin - share >= 0:
        return replace(before, without_s=sign.t_s)
    return before
