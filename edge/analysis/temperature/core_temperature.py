"""How likely is the core at 38.0 C or above, given what a thermometer at some site says? Pure.

Bayes over one unknown number, how far this site of this child reads below her core, on a grid. Its prior is the
published spread between children; a child who has worn the sensor for hours without fever tells her own. The result
is a probability to be shown and to weigh movement with, never a corrected temperature.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from edge.model.limits import FEVER_C
from edge.model.people import Site
from edge.model.reading import Array

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
# What one site of one child varies by from hour to hour; a logistic curve of this slope is a normal one's integral.
WITHIN_C = 0.1
LOGISTIC = 1.702
GRID: Array = np.arange(-13, 14) / 4.0


def spread(site: Site, age_months: float | None) -> Spread:
    """Of a site at an age; an unknown age counts as beyond the first month."""
    neonate = age_months is not None and age_months < NEONATE_MONTHS
    return NEONATE_AXILLA if neonate and SPREAD[site] is AXILLA else SPREAD[site]


def core_probability(celsius: float, site: Site, age_months: float | None, floor_c: float | None = None) -> float:
    """P(core temperature >= 38.0 C) given a settled value at a site. 0..1.

    floor_c: the lowest level that this site of this child kept lately (C as measured), None while it is not known.
    """
    offsets_c, weights = _offsets(spread(site, age_months), floor_c)
    core_c = celsius + offsets_c
    likely = weights * _density(core_c, CORE_NOW)
    total = float(likely.sum())
    if total <= 0:
        return float(core_c[len(core_c) // 2] >= CORE_LIMIT_C)
    above = 1.0 / (1.0 + np.exp(np.clip(-LOGISTIC * (core_c - CORE_LIMIT_C) / WITHIN_C, -500.0, 500.0)))
    return round(float(likely @ above) / total, 9)


@lru_cache(maxsize=256)
def _offsets(known: Spread, floor_c: float | None) -> tuple[Array, Array]:
    """(n,) C that the site may read below the core, and how likely each is."""
    offsets_c = known.offset_c + GRID * known.sigma_c
    weights = np.exp(-0.5 * GRID**2)
    return offsets_c, weights if floor_c is None else weights * _density(floor_c + offsets_c, CORE_LOW)


def _density(celsius: Array, mixture: tuple[tuple[float, float, float], ...]) -> Array:
    total = np.zeros_like(celsius)
    for share, mean, sigma in mixture:
        total += share / sigma * np.exp(-0.5 * ((celsius - mean) / sigma) ** 2)
    return total
