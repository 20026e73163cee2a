"""The pipeline, pure: `step(state, event, now) -> (state, effects)`. The order of its calls stands in `step.py`."""

from edge.pipeline.restart import begin
from edge.pipeline.roster_store import readable
from edge.pipeline.state import Sensor, Setup, State, batteries, listened, of_the_house, watches
from edge.pipeline.step import step
from edge.pipeline.thermometers import fever_of

__all__ = [
    "Sensor",
    "Setup",
    "State",
    "batteries",
    "begin",
    "fever_of",
    "listened",
    "of_the_house",
    "readable",
    "step",
    "watches",
]
