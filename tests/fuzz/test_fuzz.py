"""Every kind of input from outside, bent a few hundred to a few thousand times with one seed; `make fuzz` does more.

What once brought up a fault lies in `corpus` and is tried again each time, and so is a fault that is planted.
"""

import importlib
import random

import pytest

from edge.decoding import decode
from edge.errors import FrameMalformed
from tests.decoding import planted
from tests.fuzz import decoders, sensors
from tests.fuzz.run import KINDS
from tests.fuzz.trial import Trial, in_memory

pytestmark = pytest.mark.system  # a proxy that lies is a server

INPUTS = {"decoders": 6000, "profiles": 1500, "commands": 1500, "gateways": 600, "recordings": 800, "proxy": 300}
FEW = 250
SEED = 20_261_130
TAKEN = {
    "decoders": 79,
    "profiles": 51,
    "commands": 20,
    "gateways": 4,
    "configuration": 6,
    "recordings": 10,
    "frames": 21,
}


@pytest.mark.parametrize("name", KINDS)
def test_whatever_comes_is_taken_or_refused_in_one_sentence(name):
    kind = importlib.import_module(f"tests.fuzz.{name}").KIND
    with in_memory() as folder, Trial(kind, folder, SEED) as trial:
        trial.replay()
        assert trial.taken >= TAKEN.get(name, 4), "the product's own examples are refused, so nothing is tried"
        for _ in range(INPUTS.get(name, FEW)):
            trial.again()
    assert trial.sentences >= 2


@pytest.mark.parametrize("fault", [planted.without_its_length, planted.without_any_check])
def test_a_planted_fault_is_found_within_what_is_tried(fault, tmp_path, monkeypatch):
    planted.plant(fault, monkeypatch)
    trial = Trial(decoders.KIND, tmp_path, SEED)
    with pytest.raises((AssertionError, IndexError)):  # noqa: PT012 - where it is found is chance
        for _ in range(INPUTS["decoders"]):
            trial.again()


SUMMED = [
    each
    for each in sensors.captures()
    if each.way.profile.id == "taidoc_fora"
    or any(
        field.checksum
        for each_layout in each.way.profile.formats.values()
        for layout in each_layout
        for field in layout.fields
    )
]
SEALED = [each for each in sensors.captures() if each.way.key is not None]


def refused(way, payload: bytes) -> bool:
    try:
        return not decode(way.profile, way.kind, payload, address=way.address, key=way.key, options=way.options)
    except FrameMalformed:
        return True


@pytest.mark.parametrize("capture", [*SUMMED, *SEALED], ids=lambda each: each.way.profile.id)
def test_a_flipped_bit_under_a_checksum_or_a_seal_gives_no_value(capture):
    whole = capture.payload
    assert not refused(capture.way, whole)
    for bit in range(8 * len(whole)):
        bent = bytearray(whole)
        bent[bit // 8] ^= 1 << bit % 8
        assert refused(capture.way, bytes(bent)), bit


@pytest.mark.parametrize("capture", SEALED, ids=lambda each: each.way.profile.id)
def test_thousands_of_damaged_sealed_frames_give_no_value(capture):
    rng = random.Random(SEED)
    for _ in range(2000):
        bent = bytearray(capture.payload)
        for _ in range(rng.randrange(1, 6)):
            bent[rng.randrange(len(bent))] ^= rng.randrange(1, 256)
        assert bytes(bent) == capture.payload or refused(capture.way, bytes(bent)), bent.hex()
