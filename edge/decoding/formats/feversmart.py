"""FeverSmart patch, manufacturer data 0x2007, AES-CCM (pyfeversmart 0.1.0, MIT, and its test vector)."""

import hashlib

from edge.decoding import aes_ccm, judge
from edge.decoding.frame import Frame
from edge.errors import FrameMalformed, KeyNeeded
from edge.model.reading import Quantity, Reading, Serial

_COMPANY = bytes.fromhex("0720")
# Bytes of the advert in front of the company id that enter the nonce and the associated data: service list (3 bytes
# long, complete 16-bit UUIDs, Health Thermometer 0x1809), then length 23 and type 0xFF of the manufacturer data.
_NONCE_HEAD = bytes.fromhex("0303091817")
_ASSOCIATED_HEAD = bytes.fromhex("091817ff")
_ID_BYTES, _NONCE_BYTES, _SEALED_BYTES = 2, 8, 10
_CELSIUS_PER_STEP = 0.0625


def serial(frame: Frame) -> Serial:
    """The nonce: one that comes a second time, after others, is an old advert."""
    return Serial(int.from_bytes(frame.payload[_ID_BYTES : _ID_BYTES + _NONCE_BYTES], "big"), 0)


def feversmart(frame: Frame) -> tuple[Reading, ...]:
    """Skin temperature under the arm and battery. The key is the 8 characters printed on the patch, as ASCII."""
    whole = _ID_BYTES + _NONCE_BYTES + _SEALED_BYTES
    payload = frame.payload[:whole]  # what follows is not sealed, and nothing here needs it
    if len(payload) < whole:
        raise FrameMalformed(f"expected {whole} bytes of a FeverSmart advert, got {len(payload)}")
    if frame.key is None or len(frame.key) != 8:
        raise KeyNeeded("expected the patch's key of 8 characters: its adverts are encrypted")
    device = _COMPANY + payload[:_ID_BYTES]
    nonce, sealed = payload[_ID_BYTES:-_SEALED_BYTES], payload[-_SEALED_BYTES:]
    key = hashlib.sha256(frame.key + device).digest()[:16]
    plain = aes_ccm.decrypt(key, _NONCE_HEAD + nonce, sealed, _ASSOCIATED_HEAD + device)
    celsius = int.from_bytes(plain[:2], "big", signed=True) * _CELSIUS_PER_STEP
    return (
        judge.reading(frame.profile, Quantity.TEMPERATURE, celsius),
        judge.reading(frame.profile, Quantity.BATTERY, float(plain[2])),
    )
