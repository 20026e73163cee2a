"""Jerks that return at regular intervals, and startles that come in a cluster."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from edge.analysis.mimics.abrupt import ABRUPT_G, Kind, Movement
from edge.model.evidence import TwitchEvidence
from edge.model.people import Limb

# Regular: eight or more, at intervals of 2-60 s, for two minutes or more. Faster is a rhythm and the detector's. These
# limits are choices: epilepsia partialis continua is jerking of one part of the body that goes on for hours or longer
# (Cockerell 1996, Brain 119:393), but usually without a rhythm (Mameniskiene & Wolf 2017, Seizure 44:74): much of it
# is not found here.
LEAST_JERKS = 8
SHORTEST_S, LONGEST_S = 2.0, 60.0
LEAST_S = 120.0
_NEAR = 0.25  # an interval this close to the median, or to twice it (one too weak to be felt), is regular
_NEAR_SHARE = 0.8
_STEREOTYPED = 0.65  # share of the pushes along one line; a third in any direction, half or so by chance among eight
_LOOKED_AT = 16
_KEPT = 32
# Spasms: every 5-30 s in clusters of minutes, single ones of 0.5-2 s (Lux & Osborne 2004, Epilepsia 45:1416).
SPASMS, OF_THEM_STARTLES = 6, 4
SPASM_GAP_S = (4.0, 35.0)
# Hiccups are short strong pulls of the breathing muscles, in spells of 8.4 +- 4.2 min in infants (Brouillette 1980,
# J Pediatr 96:219), 4 to 60 a minute (Rouse & Wodziak 2018, Curr Neurol Neurosci Rep); those of more than 33 a minute
# are a rhythm and the detector's. Where they may be felt, regularity is asked for that outlasts a spell (mean and
# 1.6 deviations), or where the sensor's place is unknown an average one, before anybody is notified.
HICCUP_S = (1.8, 12.0)
HICCUP_WEAK_G = 0.05
HICCUPS_LAST_S = 900.0
HICCUPS_UNKNOWN_S = 480.0
_PATIENCE = 5.0  # over when nothing has come for so many intervals, and not before _PATIENCE_S
_PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class Standing:
    """Twitches that go on. last_s: the last of them; patience_s: how long none may come."""

    onset_s: float
    last_s: float
    patience_s: float
    evidence: TwitchEvidence


@dataclass(frozen=True, slots=True)
class Series:
    """movements: the last jerks and startles, oldest first. regular: what was found of them, None: they are not.

    other: whether a longer movement came after the last.
    """

    movements: tuple[Movement, ...] = ()
    regular: Standing | None = None
    other: bool = False
    standing: Standing | None = None


def add(series: Series, movement: Movement, limb: Limb) -> Series:
    """One more movement that is over."""
    if movement.kind is Kind.OTHER:
        return replace(series, other=True)
    if series.movements and movement.begin_s - series.movements[-1].begin_s > LONGEST_S * (2 + _NEAR):
        series = Series(standing=series.standing)
    movement = replace(movement, after_other=series.other)
    movements = (*series.movements, movement)[-_KEPT:]
    regular = _going_on(_regular(movements), series.regular, movement.begin_s)
    series = replace(series, movements=movements, regular=regular, other=False)
    spasms = _spasms(movements)
    if spasms is not None:
        return replace(series, standing=_since(spasms, series.standing))
    if regular is None or regular.last_s - regular.onset_s < _asked_s(regular, limb):
        return series
    evidence = replace(regular.evidence, resembles="hiccups" if _like_hiccups(regular, limb) else "")
    return replace(series, standing=_since(replace(regular, evidence=evidence), series.standing))


def _going_on(found: Standing | None, before: Standing | None, now_s: float) -> Standing | None:
    """A few odd intervals do not end what was regular."""
    if before is None or now_s - before.last_s > before.patience_s:
        return found
    onset = before if found is None else _since(found, before)
    return replace(onset, evidence=replace(onset.evidence, count=(before.evidence.count or 0) + 1))


def at(series: Series, now_s: float) -> Series:
    """Time has passed."""
    standing = series.standing
    if standing is not None and now_s - standing.last_s > standing.patience_s:
        return replace(series, standing=None)
    return series


def hiccuping(series: Series, limb: Limb, now_s: float) -> bool:
    """Whether hiccups may go on: regular, and the last not long ago."""
    regular = series.regular
    return regular is not None and now_s - regular.last_s <= 2 * HICCUP_S[1] and _like_hiccups(regular, limb)


def _since(found: Standing, before: Standing | None) -> Standing:
    onset_s = found.onset_s if before is None else min(before.onset_s, found.onset_s)
    return replace(found, onset_s=onset_s)


def _like_hiccups(found: Standing, limb: Limb) -> bool:
    interval_s, push_g = found.evidence.interval_s, found.evidence.push_g
    assert interval_s is not None
    assert push_g is not None
    felt = limb in (Limb.CHEST, Limb.UNKNOWN) or push_g < HICCUP_WEAK_G
    return HICCUP_S[0] <= interval_s <= HICCUP_S[1] and felt


def _asked_s(found: Standing, limb: Limb) -> float:
    """For how long it must have been regular."""
    if not _like_hiccups(found, limb):
        return LEAST_S
    return HICCUPS_UNKNOWN_S if limb is Limb.UNKNOWN else HICCUPS_LAST_S


def _regular(movements: tuple[Movement, ...]) -> Standing | None:
    if len(movements) < LEAST_JERKS:
        return None
    looked_at = movements[-_LOOKED_AT:]
    gaps = [b.begin_s - a.begin_s for a, b in pairwise(looked_at) if not b.after_other]
    if len(gaps) < max(LEAST_JERKS - 2, 0.75 * (len(looked_at) - 1)):
        return None
    ordered = sorted(gaps)
    middle_s = ordered[len(ordered) // 2]
    near = [gap for gap in gaps if abs(gap - middle_s) <= _NEAR * middle_s]
    skipped = [gap for gap in gaps if abs(gap - 2 * middle_s) <= _NEAR * middle_s]
    if len(near) + min(len(skipped), len(gaps) // 4) < _NEAR_SHARE * len(gaps):
        return None
    if not SHORTEST_S <= middle_s <= LONGEST_S or not _alike(looked_at):
        return None
    spread_s = float(np.std(near))
    return Standing(
        looked_at[0].begin_s,
        looked_at[-1].begin_s,
        max(_PATIENCE_S, _PATIENCE * middle_s),
        replace(_evidence("regular", looked_at), interval_s=round(middle_s, 1), interval_sd_s=round(spread_s, 1)),
    )


def _spasms(movements: tuple[Movement, ...]) -> Standing | None:
    if len(movements) < SPASMS:
        return None
    looked_at = movements[-SPASMS:]
    gaps = [b.begin_s - a.begin_s for a, b in pairwise(looked_at)]
    calm = not any(each.after_other for each in looked_at[1:])
    spaced = all(SPASM_GAP_S[0] <= gap <= SPASM_GAP_S[1] for gap in gaps)
    startles = sum(each.kind is Kind.STARTLE for each in looked_at)
    abrupt = all(each.peak_g >= ABRUPT_G for each in looked_at)
    if not (calm and spaced and abrupt and startles >= OF_THEM_STARTLES and _alike(looked_at)):
        return None
    evidence = replace(_evidence("spasm_cluster", looked_at), interval_s=round(sorted(gaps)[len(gaps) // 2], 1))
    return Standing(looked_at[0].begin_s, looked_at[-1].begin_s, _PATIENCE_S, evidence)


def _alike(movements: tuple[Movement, ...]) -> bool:
    """Whether all push the same way, to and fro; a magnitude cannot say and does not deny it."""
    if not movements[-1].way:
        return True
    ways = np.array([each.way for each in movements])
    return bool(np.linalg.eigvalsh(ways.T @ ways / len(ways))[-1] >= _STEREOTYPED)


def _evidence(pattern: str, movements: tuple[Movement, ...]) -> TwitchEvidence:
    pushes = sorted(each.peak_g for each in movements)
    lengths = sorted(each.end_s - each.begin_s for each in movements)
    middle = len(movements) // 2
    return TwitchEvidence(
        pattern=pattern, count=len(movements), length_s=round(lengths[middle], 2), push_g=round(pushes[middle], 3)
    )
