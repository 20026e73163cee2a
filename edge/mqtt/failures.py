"""Why a connection to a broker failed, in one sentence that says what to look at.

What it is stands in the first 50 characters, since an alarm's text has room for no more.
"""

import socket
import ssl

from edge.errors import EdgeError

# Verification results of OpenSSL's X509_verify_cert(3).
_NOT_YET_VALID = 9
_EXPIRED = 10
_UNTRUSTED = frozenset({18, 19, 20, 21})
_WRONG_NAME = frozenset({62, 64})

# What a broker says of this hub's certificate: alerts of RFC 8446, section 6.2, and RFC 5246, section 7.2, as OpenSSL
# names them. Before TLS 1.3 one that is missing is a failed handshake.
_NOT_ACCEPTED = "the broker does not accept this hub's certificate"
_UNKNOWN_CA = "this hub's certificate is of an authority that the broker does not know"
_ALERTS = {
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "the broker wants a certificate of this hub: set cert_file and key_file",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": "the broker wants a certificate of this hub, or a way of TLS that it has not",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "this hub's certificate has expired, says the broker",
    "SSLV3_ALERT_CERTIFICATE_REVOKED": "this hub's certificate was revoked, says the broker",
    "TLSV1_ALERT_UNKNOWN_CA": _UNKNOWN_CA,
    "TLSV1_ALERT_DECRYPT_ERROR": _UNKNOWN_CA,  # another authority of the same name: its signature does not fit
    "SSLV3_ALERT_BAD_CERTIFICATE": _NOT_ACCEPTED,
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": _NOT_ACCEPTED,
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": f"{_NOT_ACCEPTED}: it is not made for clients",
}

# MQTT 5.0, section 2.4, reason codes. MQTT 3.1.1's return codes are mapped onto these by the client library.
UNSUPPORTED_VERSION = 0x84
TAKEN_OVER = 0x8E
NOT_AUTHORISED = 0x87
_CONNACK = {
    0x85: "the broker does not accept this hub's client id",
    0x86: "the broker refused the user name or the password",
    NOT_AUTHORISED: "the broker refused the user name or the password",
    0x88: "the broker says that it is unavailable",
    0x89: "the broker says that it is busy",
    0x8A: "the broker has banned this hub",
    0x8C: "the broker wants another way of authentication",
    0x9F: "the broker limits the rate of connections",
}
_DISCONNECT = {
    0x8B: "the broker is shutting down",
    0x8D: "the broker heard nothing from this hub in time",
    TAKEN_OVER: "another client took over this hub's client id",
    0x93: "the broker says that it got too many messages at once",
    0x95: "the broker says that a message was too large",
    0x98: "the broker's administrator cut the connection",
}


def why_not_connected(error: Exception, host: str, port: int) -> str:
    """Put an error of opening the connection (name, network, TLS) in words."""
    where = f"{host}:{port}"
    match error:
        case EdgeError():
            return str(error)
        case ssl.SSLCertVerificationError():
            return _certificate(error, where)
        case ssl.SSLError() if (alert := getattr(error, "reason", None)) in _ALERTS:
            return _ALERTS[alert]
        case ssl.SSLError():
            reason = getattr(error, "reason", None) or "closed during the handshake"
            return f"{where} and this hub could not agree on TLS ({reason})"
        case socket.gaierror():
            return f"the broker's name {host} cannot be found (DNS: {error.strerror})"
        case ConnectionRefusedError():
            return f"nothing listens at {where} (connection refused)"
        case TimeoutError():
            return f"{where} did not answer in time"
        case ConnectionResetError():
            return f"{where} closed the connection during the handshake"
        case OSError():
            return f"{where} cannot be reached ({error.strerror or type(error).__name__})"
        case _:
            return f"connecting to {where} failed ({type(error).__name__}: {error})"


def why_refused(code: int, name: str) -> str:
    """Put a CONNACK's reason code (0x80 or more) in words."""
    return _CONNACK.get(code, f"the broker refused the connection ({name.lower()})")


def why_lost(code: int, name: str, *, from_broker: bool) -> str:
    """Put the end of a standing connection in words."""
    if from_broker:
        return _DISCONNECT.get(code, f"the broker ended the connection ({name.lower()})")
    if code == 0x8D:
        return "the broker stopped answering"
    return "the connection to the broker was cut"


def _certificate(error: ssl.SSLCertVerificationError, where: str) -> str:
    code = error.verify_code
    if code == _EXPIRED:
        return f"the broker's certificate has expired (or this hub's clock is wrong): {where}"
    if code == _NOT_YET_VALID:
        return f"the broker's certificate is not valid yet (or this hub's clock is wrong): {where}"
    if code in _UNTRUSTED:
        return f"the broker's certificate is not trusted: {where} shows one of another authority than that in ca_file"
    if code in _WRONG_NAME:
        return f"the broker's certificate is for another name than {where}: {error.verify_message}"
    return f"the broker's certificate is not accepted: {error.verify_message} ({where})"
