"""The configuration: text in, checked values out. Reads no file; `edge.app` does.

Several sources are laid over each other (the owner's file, what `feverhub pair` set up, the environment, options);
arrays merge by `id`. Every problem is found in one pass, and each names file, line, key, value and what is allowed.
"""

from edge.config.brokers import BrokerTable, WardTable
from edge.config.layers import parse
from edge.config.outward import MetricsTable
from edge.config.page import WebTable
from edge.config.places import Source, nearest
from edge.config.tables import ARRAYS, Config, HubTable, InfluxTable

__all__ = [
    "ARRAYS",
    "BrokerTable",
    "Config",
    "HubTable",
    "InfluxTable",
    "MetricsTable",
    "Source",
    "WardTable",
    "WebTable",
    "nearest",
    "parse",
]
