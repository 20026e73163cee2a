"""AES-CCM (RFC 3610) with the 4-byte tag that BLE adverts use. `cryptography` is loaded on first use only."""

from edge.errors import FrameMalformed

TAG_BYTES = 4


def decrypt(key: bytes, nonce: bytes, sealed: bytes, associated: bytes | None = None) -> bytes:
    """The plain bytes of `sealed` (with the tag at its end). Raises FrameMalformed if the key does not open it."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESCCM

    if len(sealed) <= TAG_BYTES:
        raise FrameMalformed(f"expected more than {TAG_BYTES} encrypted bytes, got {len(sealed)}")
    try:
        return AESCCM(key, tag_length=TAG_BYTES).decrypt(nonce, sealed, associated)
    except InvalidTag:
        raise FrameMalformed(
            "expected a frame that this key opens: the key is another sensor's, or bytes changed"
        ) from None
