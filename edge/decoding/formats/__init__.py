"""Formats that fields cannot say. Each takes a Frame and returns readings, or raises FrameMalformed."""

from collections.abc import Mapping

from edge.decoding.formats.bthome import bthome
from edge.decoding.formats.feversmart import feversmart
from edge.decoding.formats.health_thermometer import health_thermometer
from edge.decoding.formats.mibeacon import mibeacon
from edge.decoding.formats.polar_pmd import polar_pmd
from edge.decoding.formats.taidoc import taidoc
from edge.decoding.frame import Decoder

NAMED: Mapping[str, Decoder] = {
    "bthome": bthome,
    "feversmart": feversmart,
    "health_thermometer": health_thermometer,
    "mibeacon": mibeacon,
    "polar_pmd": polar_pmd,
    "taidoc": taidoc,
}
# Formats whose frames hold one quantity several times one after the other, and not of several probes.
SERIES = frozenset({"polar_pmd"})
