"""How likely is the core at 38.0 C or above, given what a thermometer at some site says? Pure.

Bayes over one unknown number, how far this site of this child reads below her core, on a grid. Its prior is the
published spread between children; a child who has worn the sensor for hours without fever tells her own. The result
is a probability to be shown and to weigh movement with, never a corrected temperature.
"""

import math
from dataclasses import dataclass

from edge.model.limits import FEVER_C
from edge.model.people import Site

CORE_LIMIT_C = 38.0
NEONATE_MONTHS = 1.0


@dataclass(frozen=True, slots=True)
class Spread:
    """How far a site reads below the core: mean and standard deviation over children, C."""

    offset_c: float
    sigma_c: float


# 95 % limits of agreement are 3.92 standard deviations wide. Axilla: Craig, BMJ 2000;320:1174 (20 studies, 3,201
# children): 0.92 (-0.15 to 1.98), neonates 0.17 (-0.15 to 0.50). Ear: Craig, Lancet 2002;360:603 (4,441 children): 0.29
# (-0.74 to 1.32). Forehead: Geijer, BMJ Open 2016;6:e009509, children: 0.20 (-0.76 to 1.17). Rectum: the reference
# itself, with the largest error that ISO 80601-2-56 allows a thermometer (0.3 C) as two deviations. Mouth: no pooled
# figure for children is known; the difference that sets its limit, spread as the ear.
AXILLA = Spread(0.92, 0.54)
NEONATE_AXILLA = Spread(0.17, 0.17)
SPREAD = {
    Site.AXILLA: AXILLA,
    Site.PATCH: AXILLA,
    Site.EAR: Spread(0.29, 0.53),
    Site.FOREHEAD: Spread(0.20, 0.49),
    Site.RECTAL: Spread(0.0, 0.15),
    Site.ORAL: Spread(CORE_LIMIT_C - FEVER_C[Site.ORAL], 0.5),
}

# Core temperature of a child while a thermometer is worn or held, as (share, mean, standard deviation in C): well, or
# feverish. An assumption, stated rather than measured: a thermometer is used for a fever one time in five.
CORE_NOW = ((0.8, 37.1, 0.3), (0.2, 38.7, 0.7))
# The lowest that she had for a while (a fifth of the half hours of up to a day): the same, nearer to the day's trough.
CORE_LOW = ((0.9, 37.0, 0.25), (0.1, 38.4, 0.6))
# What one site of one child varies by from hour to hour.
WITHIN_C = 0.1
GRID = tuple(step / 4.0 for step in range(-13, 14))


def spread(site: Site, age_months: float | None) -> Spread:
    """Of a site at an age; an unknown age counts as beyond the first month."""
    neonate = age_months is not None and age_months < NEONATE_MONTHS
    return NEONATE_AXILLA if neonate and SPREAD[site] is AXILLA else SPREAD[site]


def core_probability(celsius: float, site: Site, age_months: float | None, floor_c: float | None = None) -> float:
    """P(core temperature >= 38.0 C) given a settled value at a site. 0..1.

    floor_c: the lowest level that this site of this child kept lately (C as measured), None while it is not known.
    """
    known = spread(site, age_months)
    hot = total = 0.0
    for step in GRID:
        offset_c = known.offset_c + step * known.sigma_c
        weight = math.exp(-0.5 * step**2) * _density(celsius + offset_c, CORE_NOW)
        if floor_c is not None:
            weight *= _density(floor_c + offset_c, CORE_LOW)
        total += weight
        hot += weight * 0.5 * (1 + math.erf((celsius + offset_c - CORE_LIMIT_C) / (WITHIN_C * math.sqrt(2))))
    return hot / total if total > 0 else float(celsius + known.offset_c >= CORE_LIMIT_C)


def _density(celsius: float, mixture: tuple[tuple[float, float, float], ...]) -> float:
    return sum(share / sigma * math.exp(-0.5 * ((celsius - mean) / sigma) ** 2) for share, mean, sigma in mixture)
