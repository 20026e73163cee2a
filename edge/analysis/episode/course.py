"""Simple or complex: the marks of an episode in the words of the source, and what one sensor cannot know."""

from dataclasses import dataclass

from edge.analysis.episode.cluster import Cluster
from edge.model.language import N_

# AAP 2011 (Pediatrics 127:389): complex is 15 min or longer, focal, or again within 24 h.
COMPLEX_S = 900.0
AGAIN_S = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Course:
    """Simple or complex, in the words of the AAP (2011): three marks, each true, false or None for not known."""

    long: bool
    again: bool
    focal: bool | None

    @property
    def words(self) -> str:
        """For the evidence of an alarm. Simple is what bears none of the marks; what is not known is named."""
        marks = {
            N_("15 min or longer"): self.long,
            N_("again within 24 h"): self.again,
            N_("one limb alone"): self.focal,
        }
        said = [name for name, holds in marks.items() if holds]
        if said:
            return f"{N_('complex')}: {', '.join(said)}"
        if self.focal is None:
            return N_("no mark of a complex one; whether it was one side alone is not known from one sensor")
        return N_("simple so far: both sides, under 15 min, once in 24 h")


def course_of(cluster: Cluster, earlier: int) -> Course:
    """earlier: how many other episodes began in the 24 h before it."""
    return Course(long=cluster.length_s >= COMPLEX_S, again=earlier > 0, focal=cluster.focal)
