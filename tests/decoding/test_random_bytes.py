"""Whatever the air carries: no crash, and nothing out of range is called valid."""

import json
import math
import random

import numpy as np

from edge.decoding import decode, judge
from edge.decoding.plain import as_line, as_plain
from edge.errors import FrameMalformed
from edge.model.reading import TEMPERATURES, Reading, Validity

FRAMES = 100_000


def _bent(rng, capture):
    """A published payload with some of its bytes changed, cut or added; or random bytes of about its length."""
    if rng.random() < 0.3:
        return rng.randbytes(rng.randrange(len(capture.payload) + 8))
    bent = bytearray(capture.payload)
    for _ in range(rng.randrange(1, 4)):
        bent[rng.randrange(len(bent))] = rng.randrange(256)
    if rng.random() < 0.2:
        del bent[rng.randrange(len(bent)) :]
    if rng.random() < 0.1:
        bent += rng.randbytes(rng.randrange(1, 6))
    return bytes(bent)


def _check(profile, item):
    limits = judge.range_of(profile, item.quantity)
    if isinstance(item, Reading):
        if item.validity is Validity.VALID:
            assert math.isfinite(item.value)
            assert limits is None or limits.valid[0] <= item.value <= limits.valid[1]
            assert item.quantity not in TEMPERATURES or 10 <= item.value <= 50
        else:
            assert item.reason
    elif item.validity is Validity.VALID:
        assert limits is not None
        known = item.values[np.isfinite(item.values)]
        assert known.size
        assert limits.possible[0] <= known.min()
        assert known.max() <= limits.possible[1]
        assert not np.isinf(item.values).any()


def test_a_hundred_thousand_frames(captures):
    rng = random.Random(20241205)
    taken = 0
    refused: list[str] = []
    for number in range(FRAMES):
        capture = captures[number % len(captures)]
        payload = _bent(rng, capture)
        try:
            decoded = decode(
                capture.profile,
                capture.kind,
                payload,
                address=capture.address,
                key=capture.key,
                options=capture.options,
            )
        except FrameMalformed as malformed:
            refused.append(str(malformed))
            continue
        taken += 1
        for item in decoded:
            _check(capture.profile, item)
        if number % 10 == 0:
            assert all(as_line(item) and json.dumps(as_plain(item), allow_nan=False) for item in decoded)
    assert taken > FRAMES / 10, "too few were taken to have tested anything"
    assert len(refused) > FRAMES / 10
    assert all(sentence.startswith("expected ") and "\n" not in sentence for sentence in refused)
