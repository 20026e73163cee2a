"""Thermometers of one child: worn and settled, how high the level is, whether it is a fever, where it goes."""

from edge.analysis.temperature.core_temperature import core_probability
from edge.analysis.temperature.fever import DISAGREE_C, UNKNOWN_FEVER, FeverState, Thermometer, against, fever_state
from edge.analysis.temperature.judgeable import Judgeable, judgeable_after
from edge.analysis.temperature.level import CONFIRM_S
from edge.analysis.temperature.rules import Rules
from edge.analysis.temperature.thermometer import (
    CONDITIONS,
    FEVER_LIKELY,
    Assessed,
    ThermometerState,
    advance,
    judged,
)
from edge.analysis.temperature.trend import Trend, per_hour, plausible
from edge.analysis.temperature.wearing import SETTLING_S

__all__ = [
    "CONDITIONS",
    "CONFIRM_S",
    "DISAGREE_C",
    "FEVER_LIKELY",
    "SETTLING_S",
    "UNKNOWN_FEVER",
    "Assessed",
    "FeverState",
    "Judgeable",
    "Rules",
    "Thermometer",
    "ThermometerState",
    "Trend",
    "advance",
    "against",
    "core_probability",
    "fever_state",
    "judgeable_after",
    "judged",
    "per_hour",
    "plausible",
]
