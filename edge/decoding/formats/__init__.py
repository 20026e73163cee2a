"""Formats that fields cannot say. Each takes a Frame and returns readings, or raises FrameMalformed."""

from collections.abc import Callable, Mapping

from edge.decoding.formats import bthome as _bthome
from edge.decoding.formats import feversmart as _feversmart
from edge.decoding.formats import mibeacon as _mibeacon
from edge.decoding.formats.answers import movesense_answer, polar_answer
from edge.decoding.formats.health_thermometer import health_thermometer
from edge.decoding.formats.json_value import json_value
from edge.decoding.formats.polar_pmd import polar_pmd
from edge.decoding.formats.taidoc import taidoc
from edge.decoding.frame import Decoder, Frame
from edge.model.reading import Serial

NAMED: Mapping[str, Decoder] = {
    "bthome": _bthome.bthome,
    "feversmart": _feversmart.feversmart,
    "health_thermometer": health_thermometer,
    "json_value": json_value,
    "mibeacon": _mibeacon.mibeacon,
    "movesense_answer": movesense_answer,
    "polar_answer": polar_answer,
    "polar_pmd": polar_pmd,
    "taidoc": taidoc,
}
# Of a frame that was decoded: the number that tells it from one played again.
SERIALS: Mapping[str, Callable[[Frame], Serial | None]] = {
    "bthome": _bthome.serial,
    "feversmart": _feversmart.serial,
    "mibeacon": _mibeacon.serial,
}
# Formats whose frames hold one quantity several times one after the other, and not of several probes.
SERIES = frozenset({"polar_pmd"})
