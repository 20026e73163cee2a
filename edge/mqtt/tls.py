"""TLS to the broker: from the files of the configuration, and what the broker says of them.

With TLS 1.3 the handshake is over for a client before the broker has looked at its certificate (RFC 8446, section
2): a refusal waits to be read after it, where paho would only see a connection that is gone.
"""

import contextlib
import datetime as dt
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from edge.errors import ConfigError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer
    from cryptography.x509 import Certificate

NO_END_S = dt.datetime(9999, 12, 1, tzinfo=dt.UTC).timestamp()

log = structlog.get_logger(__name__)


def make_context(
    ca_file: Path | None, cert_file: Path | None, key_file: Path | None, on_alert: Callable[[ssl.SSLError], None]
) -> ssl.SSLContext:
    """ca_file: None for the authorities of this computer. on_alert: called in the reading thread with a refusal.

    The files are read anew for each connection, so that a renewed certificate needs no restart.

    Raises
    ------
    ConfigError
        A file that cannot be read or used, by its name.
    """

    class Socket(ssl.SSLSocket):
        def do_handshake(self, block: bool = False) -> None:
            try:
                super().do_handshake(block)
            except BaseException:
                self.close()  # paho would leave it to the garbage collector
                raise

        def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
            try:
                return super().recv(buflen, flags)
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                raise
            except ssl.SSLError as error:
                on_alert(error)
                raise

        def send(self, data: "ReadableBuffer", flags: int = 0) -> int:
            try:
                return super().send(data, flags)
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                raise
            except OSError:  # hung up already; what it said before waits to be read
                with contextlib.suppress(OSError):
                    self.recv(1)
                raise

    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # ssl.SSLError is one
        raise ConfigError(f"the authority's certificate in {ca_file} cannot be used ({_why(error)})") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = Socket
    if cert_file is not None:
        try:
            # A key with a pass phrase must not ask for it on a terminal: nobody sits there.
            context.load_cert_chain(cert_file, key_file, password=lambda: "")
        except OSError as error:
            files = " and ".join(str(path) for path in (cert_file, key_file) if path is not None)
            raise ConfigError(f"this hub's certificate in {files} cannot be used ({_why(error)})") from error
    return context


def _why(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return {
            "KEY_VALUES_MISMATCH": "the key does not belong to the certificate",
            "BAD_DECRYPT": "the key has a pass phrase",
            "NO_CERTIFICATE_OR_CRL_FOUND": "there is no certificate in it",
        }.get(error.reason or "", error.reason or "no certificate or key in PEM")
    return (error.strerror or type(error).__name__).lower()


def ends(sock: object, ca_file: Path | None, cert_file: Path | None) -> dict[str, float]:
    """When each certificate of a standing connection ends (wall seconds): `broker`, `authority`, `hub`.

    The authority's where ca_file has it; empty for a connection without TLS.
    """
    if not isinstance(sock, ssl.SSLSocket):
        return {}
    try:
        return dict(_ends(sock, ca_file, cert_file))
    except Exception as error:  # noqa: BLE001 - it served to connect: that it cannot be foretold must not end that
        log.warning("mqtt.certificates_unread", why=f"{type(error).__name__}: {error}")
        return {}


def file_ends(file: Path) -> float:
    """When the first of the certificates in that file ends, wall seconds. Raises OSError; ValueError: it holds none."""
    from cryptography import x509

    return min(map(_end_s, x509.load_pem_x509_certificates(file.read_bytes())))


def _ends(sock: ssl.SSLSocket, ca_file: Path | None, cert_file: Path | None) -> Iterator[tuple[str, float]]:
    from cryptography import x509

    peer = x509.load_der_x509_certificate(sock.getpeercert(binary_form=True) or b"")
    yield "broker", _end_s(peer)
    if ca_file is not None:
        of_peer = [c for c in x509.load_pem_x509_certificates(ca_file.read_bytes()) if c.subject == peer.issuer]
        if of_peer:
            yield "authority", max(map(_end_s, of_peer))
    if cert_file is not None:
        yield "hub", _end_s(x509.load_pem_x509_certificates(cert_file.read_bytes())[0])


def _end_s(certificate: "Certificate") -> float:
    """One without an end says 9999-12-31 (RFC 5280, section 4.1.2.5), which has no local time east of Greenwich."""
    return min(certificate.not_valid_after_utc.timestamp(), NO_END_S)


def shut(sock: object) -> None:
    """End a connection under paho's feet, without TLS's own goodbye, which could block."""
    if isinstance(sock, socket.socket):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
