"""The pipeline, pure: `step(state, event, now) -> (state, effects)`. The order of its calls stands in `step.py`."""

from edge.pipeline.bedtime import check as bedtime_check
from edge.pipeline.bedtime import forgotten as bedtime_forgotten
from edge.pipeline.bedtime import uncovered as bedtime_uncovered
from edge.pipeline.care import MOST_ENTRIES
from edge.pipeline.commands import HANDLERS
from edge.pipeline.drills import due as drill_due
from edge.pipeline.household import version
from edge.pipeline.illness import ill, proposed
from edge.pipeline.level_store import readable as levels_readable
from edge.pipeline.movement import NOT_VALIDATED
from edge.pipeline.restart import begin
from edge.pipeline.roster_store import HOUSE_MEMO, readable, unproven
from edge.pipeline.state import Sensor, Setup, State, batteries, listened, of_the_house, watches
from edge.pipeline.step import next_change_s, step

__all__ = [
    "HANDLERS",
    "HOUSE_MEMO",
    "MOST_ENTRIES",
    "NOT_VALIDATED",
    "Sensor",
    "Setup",
    "State",
    "batteries",
    "bedtime_check",
    "bedtime_forgotten",
    "bedtime_uncovered",
    "begin",
    "drill_due",
    "ill",
    "levels_readable",
    "listened",
    "next_change_s",
    "of_the_house",
    "proposed",
    "readable",
    "step",
    "unproven",
    "version",
    "watches",
]
