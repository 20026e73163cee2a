"""One seizure-like episode: bouts joined into a cluster, its five-minute clock, its course, what a fever adds."""

from edge.analysis.episode.cluster import Cluster, advance, awake, clock, over
from edge.analysis.episode.course import AGAIN_S, course_of
from edge.analysis.episode.fever_prior import Gain, Prior, aged, early, gained, prior, usable

__all__ = [
    "AGAIN_S",
    "Cluster",
    "Gain",
    "Prior",
    "advance",
    "aged",
    "awake",
    "clock",
    "course_of",
    "early",
    "gained",
    "over",
    "prior",
    "usable",
]
