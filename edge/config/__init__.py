"""The configuration: text in, checked values out. Reads no file; `edge.app` does.

Several sources are laid over each other (the owner's file, the page's settings, the environment, options); arrays
merge by `id`. Every problem is found in one pass, and each names file, line, key, value and what is allowed.
"""

from edge.config.layers import parse
from edge.config.places import Source, line_of, nearest
from edge.config.tables import (
    CameraTable,
    CaregiverTable,
    CarePlanTable,
    Config,
    DeviceTable,
    HomeAssistantTable,
    HubTable,
    InfluxTable,
    LimitsTable,
    MqttTable,
    PersonTable,
    StorageTable,
    WebTable,
)

__all__ = [
    "CameraTable",
    "CarePlanTable",
    "CaregiverTable",
    "Config",
    "DeviceTable",
    "HomeAssistantTable",
    "HubTable",
    "InfluxTable",
    "LimitsTable",
    "MqttTable",
    "PersonTable",
    "Source",
    "StorageTable",
    "WebTable",
    "line_of",
    "nearest",
    "parse",
]
