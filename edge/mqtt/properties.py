"""What MQTT 5 carries beside topic and payload; 3.1.1 knows none of it."""

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from paho.mqtt.properties import Properties

RECEIVE_MAXIMUM = 16
MAX_PACKET_BYTES = 64 * 1024
UTF_8 = 1
"""Payload Format Indicator: UTF-8 encoded character data (MQTT 5.0, section 3.3.2.3.2)."""


class _Labels(msgspec.Struct):
    """What a receiver collapses and filters by; the rest of the payload is passed over unread."""

    schema: int
    id: str | msgspec.UnsetType = msgspec.UNSET
    sequence: int | msgspec.UnsetType = msgspec.UNSET
    historical: bool | msgspec.UnsetType = msgspec.UNSET


def labels(payload: bytes) -> dict[str, str]:
    """`schema`, `id`, `sequence` and `historical` of one of our own payloads, as far as they are in it; as JSON writes
    them, for user properties are text (MQTT 5.0, section 3.3.2.3.7). Empty for any other payload.
    """
    try:
        found = msgspec.structs.asdict(msgspec.json.decode(payload, type=_Labels))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    labelled = {name: value for name, value in found.items() if value is not msgspec.UNSET}
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in labelled.items()}


def of_publish(payload: bytes, correlation: bytes, expiry_s: int | None) -> "Properties | None":
    """expiry_s: how long the broker may keep it for a subscriber that is away, seconds; None: for ever."""
    user_properties = labels(payload)
    if not (user_properties or correlation or expiry_s is not None):
        return None
    properties = _properties("PUBLISH")
    if correlation:
        properties.CorrelationData = correlation
    if expiry_s is not None:
        properties.MessageExpiryInterval = expiry_s
    if user_properties:
        properties.PayloadFormatIndicator = UTF_8
        properties.ContentType = "application/json"
        properties.UserProperty = list(user_properties.items())
    return properties


def of_connect(session_s: int, receive_maximum: int = RECEIVE_MAXIMUM) -> "Properties":
    """How much the broker may send at once, and for how many seconds it knows this client after a loss."""
    properties = _properties("CONNECT")
    properties.SessionExpiryInterval = session_s
    properties.ReceiveMaximum = receive_maximum
    properties.MaximumPacketSize = MAX_PACKET_BYTES
    return properties


def of_will(delay_s: int) -> "Properties":
    """delay_s: how long after a loss the broker waits with the will."""
    properties = _properties("WILLMESSAGE")
    properties.WillDelayInterval = delay_s
    return properties


def _properties(packet: str) -> "Properties":
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.properties import Properties

    return Properties(getattr(PacketTypes, packet))  # type: ignore[no-untyped-call]
