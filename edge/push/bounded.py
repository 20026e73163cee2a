"""HTTP and SMTP for Apprise's services: every answer is bounded in size, and can be broken off from outside.

The time-outs of `requests` count from byte to byte, so an answer that drips one byte a second never ends, and one
that does not end, or unpacks to gigabytes, is read into memory. A router's sign-in page answers in the place of every
server; what it says is no delivery.
"""

import io
import smtplib
import sys
import zlib
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from edge.push.connections import current

# The longest answer that is used, a list of Matrix rooms, has some kB; those to a push have less than one.
LARGEST_BYTES = 64 * 1024
# Network Authentication Required (RFC 6585, section 6): what a sign-in page should have answered.
SIGN_IN_STATUS = 511
# Redirects that repeat the request (RFC 9110, 15.4.8 and 15.4.9); after any other a POST would become a GET.
_REPEATING = (307, 308)
_ANY_COMPRESSION = 47  # zlib: gzip or zlib, as the header says


def bind(service: object) -> None:
    """Have an Apprise service send through this file: its modules get it in place of `requests` and `smtplib`."""
    homes = {kind.__module__ for kind in type(service).__mro__ if kind.__module__.startswith("apprise.plugins.")}
    packages = tuple(f"{home.rpartition('.')[0]}." for home in homes if home.count(".") > 2)
    for name, module in list(sys.modules.items()):
        if name in homes or (packages and name.startswith(packages)):
            for library, bounded in ((requests, _REQUESTS), (smtplib, _SMTPLIB)):
                if vars(module).get(library.__name__) is library:
                    setattr(module, library.__name__, bounded)


class _Requests:
    """What a service's module sees as `requests`."""

    def __getattr__(self, name: str) -> Any:
        verb = name.upper()
        if verb in ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"):
            return lambda url, **options: self.request(verb, url, **options)
        return {"Session": _Session, "session": _Session}.get(name) or getattr(requests, name)

    @staticmethod
    def request(verb: str, url: str, **options: Any) -> requests.Response:
        with _Session() as session:
            return session.request(verb, url, **options)


_REQUESTS = _Requests()


def request(verb: str, url: str, **options: Any) -> requests.Response:
    """As `requests.request`, bounded as those of the services. Raises what that raises."""
    return _REQUESTS.request(verb, url, **options)


class _BrokenOff(smtplib.SMTP):
    """Its connection belongs to the attempt, from the greeting on."""

    def getreply(self) -> tuple[int, bytes]:
        if self.sock is not None:
            current().add(self.sock)
        return super().getreply()


class _BrokenOffTls(_BrokenOff, smtplib.SMTP_SSL):
    pass


class _Smtplib:
    """What a service's module sees as `smtplib`."""

    SMTP, SMTP_SSL = _BrokenOff, _BrokenOffTls

    def __getattr__(self, name: str) -> Any:
        return getattr(smtplib, name)


_SMTPLIB = _Smtplib()


class _Session(requests.Session):
    def __init__(self) -> None:
        super().__init__()
        self.headers["Accept-Encoding"] = "identity"
        for scheme in ("http://", "https://"):
            self.mount(scheme, _Adapter())

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Only to the same host, and only such as send the message again; any other stays an answer of 3xx."""
        target = super().get_redirect_target(resp)
        if target is None or resp.status_code not in _REPEATING:
            return None
        host = urlsplit(target).hostname
        return target if host in (None, urlsplit(resp.url).hostname) else None


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def send(  # noqa: PLR0917  the signature of requests
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002  the signature of requests
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        request.headers.update(current().headers)
        answer = super().send(request, True, timeout, verify, cert, proxies)
        try:
            body = _body(answer.raw.read, answer.headers)
        except (HTTPError, OSError, zlib.error) as error:
            raise requests.ConnectionError("the answer was broken off or makes no sense") from error
        finally:
            answer.raw.close()
        answer.raw = io.BytesIO(body)
        if answer.ok and _is_page(answer.headers, body):
            answer.status_code = SIGN_IN_STATUS
        return answer


def _body(read: Callable[..., bytes], headers: Mapping[str, str]) -> bytes:
    """The whole body, unpacked. Raises OSError if it is too large."""
    body = b""
    while len(body) <= LARGEST_BYTES and (some := read(LARGEST_BYTES, decode_content=False)):
        body += some
    if body and headers.get("Content-Encoding", "identity").lower() in ("gzip", "x-gzip", "deflate"):
        body = zlib.decompressobj(_ANY_COMPRESSION).decompress(body, LARGEST_BYTES + 1)
    if len(body) > LARGEST_BYTES:
        raise OSError("the answer is too large")
    return body


def _is_page(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether this is a page for a person; a service says at most a few words to a program."""
    begin = body[:512].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return begin.startswith((b"<!doctype html", b"<html")) or (
        "html" in headers.get("Content-Type", "").lower() and begin.startswith(b"<")
    )


def _used(connection: HTTPConnection) -> None:
    if connection.sock is not None:
        current().add(connection.sock)


class _Connection(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _used(self)


class _TlsConnection(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        _used(self)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection
