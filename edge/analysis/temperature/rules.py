"""What holds for one thermometer on one child: which limits, and whether it needs to settle. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from edge.model.alarm import Condition
from edge.model.limits import FEVER_C, HIGH_FEVER_ABOVE_C, LOW_TEMPERATURE_C, Limits
from edge.model.people import Site

# NICE NG143: under 3 months every fever is urgent; from 3 to 6 months 39 C and above needs high attention.
YOUNG_INFANT_MONTHS = 3.0
INFANT_MONTHS = 6.0
INFANT_HIGH_C = 39.0


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for this thermometer on this child. spot: it sleeps between measurements and needs no settling.

    core: it sends an estimate of the core temperature, so the limits of the core hold (those of the rectum), wherever
    it is worn.
    """

    site: Site
    limits: Limits
    age_months: float | None = None
    spot: bool = False
    core: bool = False

    @property
    def measures(self) -> Site:
        """The site whose limits hold."""
        return Site.RECTAL if self.core else self.site

    @property
    def fever_c(self) -> float:
        """The limit in force, C as measured."""
        return FEVER_C[self.measures] if self.limits.fever_c is None else self.limits.fever_c

    @property
    def high_c(self) -> float:
        """Where a high fever starts, C as measured; between 3 and 6 months never above 39."""
        set_c = self.limits.high_fever_c
        high_c = self.fever_c + HIGH_FEVER_ABOVE_C if set_c is None else set_c
        infant = self.age_months is not None and YOUNG_INFANT_MONTHS <= self.age_months < INFANT_MONTHS
        return min(high_c, INFANT_HIGH_C) if infant else high_c

    @property
    def low_c(self) -> float:
        """Below this she is too cold, C as measured."""
        set_c = self.limits.low_temperature_c
        return LOW_TEMPERATURE_C[self.measures] if set_c is None else set_c

    @property
    def settles(self) -> bool:
        """Whether a sensor at this site needs time to warm up."""
        return not self.spot and self.site in (Site.AXILLA, Site.PATCH)

    @property
    def young(self) -> bool:
        """Whether she is under three months, as far as is known."""
        return self.age_months is not None and self.age_months < YOUNG_INFANT_MONTHS

    def fevers(self) -> Iterator[tuple[Condition, float]]:
        """The limits above which something is raised, C as measured."""
        yield Condition.FEVER, self.fever_c
        yield Condition.HIGH_FEVER, self.high_c
        # At any age, so that it can end after the day on which she turned three months.
        yield Condition.YOUNG_INFANT_FEVER, min(self.fever_c, FEVER_C[self.measures])
