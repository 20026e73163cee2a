"""The sentences for what went wrong, where no server at hand can be made to do it."""

import socket
import ssl

import pytest

from edge.errors import ConfigError
from edge.mqtt.failures import why_lost, why_not_connected, why_refused


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ConfigError("the certificates in x cannot be used"), "the certificates in x cannot be used"),
        (TimeoutError(), "b.lan:8883 did not answer in time"),
        (ConnectionResetError(), "b.lan:8883 closed the connection during the handshake"),
        (OSError(113, "No route to host"), "b.lan:8883 cannot be reached (No route to host)"),
        (OSError(), "b.lan:8883 cannot be reached (OSError)"),
        (socket.gaierror(-3, "again later"), "the broker's name b.lan cannot be found (DNS: again later)"),
        (ssl.SSLEOFError(), "b.lan:8883 and this hub could not agree on TLS (closed during the handshake)"),
        (ValueError("odd"), "connecting to b.lan:8883 failed (ValueError: odd)"),
    ],
)
def test_opening(error: Exception, sentence: str) -> None:
    assert why_not_connected(error, "b.lan", 8883) == sentence


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (0x85, "the broker does not accept this hub's client id"),
        (0x86, "the broker refused the user name or the password"),
        (0x88, "the broker says that it is unavailable"),
        (0x90, "the broker refused the connection (topic name invalid)"),
    ],
)
def test_refusals(code: int, sentence: str) -> None:
    assert why_refused(code, "Topic name invalid") == sentence


@pytest.mark.parametrize(
    ("code", "from_broker", "sentence"),
    [
        (0x8E, True, "another client took over this hub's client id"),
        (0x8B, True, "the broker is shutting down"),
        (0x97, True, "the broker ended the connection (quota exceeded)"),
        (0x8D, False, "the broker stopped answering"),
        (0x80, False, "the connection to the broker was cut"),
    ],
)
def test_ends(code: int, sentence: str, *, from_broker: bool) -> None:
    assert why_lost(code, "Quota exceeded", from_broker=from_broker) == sentence


def test_what_it_is_stands_where_an_alarm_has_room_for_it() -> None:
    expired, trusted, named = (ssl.SSLCertVerificationError() for _ in range(3))
    for error, code in ((expired, 10), (trusted, 19), (named, 64)):
        error.verify_code, error.verify_message = code, "words of OpenSSL"
    alert = ssl.SSLError()
    alert.reason = "TLSV1_ALERT_UNKNOWN_CA"
    where = "broker.a-long-name.home.arpa", 8883
    said = [why_not_connected(error, *where)[:49] for error in (expired, trusted, named, alert)]
    assert said == [
        "the broker's certificate has expired (or this hub",
        "the broker's certificate is not trusted: broker.a",
        "the broker's certificate is for another name than",
        "this hub's certificate is of an authority that th",
    ]
