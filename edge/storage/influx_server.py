"""One server that takes InfluxDB's v2 writes: one bounded request at a time, every failure put in a sentence.

influxdb-client makes the request and reads the answer; what it sends through bounds both (`influx_transport`). Never
its batching mode: that one keeps points in memory, and only logs what it gives up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.errors import StorageError

if TYPE_CHECKING:
    from edge.storage.influx_transport import BoundedTransport

LONGEST_WORDS = 160


class ServerLost(StorageError):
    """The server could not be reached or failed: it may have restarted and lost what it had taken last."""


class ServerRefused(StorageError):
    """The server is alive and takes nothing from us now. at_fault: until somebody mends it (token, bucket, address)."""

    def __init__(self, reason: str, *, at_fault: bool) -> None:
        super().__init__(reason)
        self.at_fault = at_fault


@dataclass(frozen=True, slots=True)
class Answer:
    """status: of HTTP. text: the beginning of the body, whatever was in it."""

    status: int
    text: str


@dataclass(frozen=True, slots=True)
class _Opened:
    """client, writer: influxdb-client's InfluxDBClient and WriteApi, whose annotations are not to be trusted."""

    client: Any
    writer: Any
    transport: "BoundedTransport"


class InfluxServer:
    """Used by one thread; `stop` may be called by any."""

    def __init__(self, url: str, *, org: str, bucket: str, token: str, ca_file: Path | None, timeout_s: float) -> None:
        """Nothing is contacted or imported yet. timeout_s: of one request as a whole.

        ca_file: PEM of the authority that signed an https server's certificate.
        """
        self.url = url
        self._org = org
        self._bucket = bucket
        self._token = token
        self._ca_file = ca_file
        self._timeout_s = timeout_s
        self._opened: _Opened | None = None
        self._stopped = False

    @property
    def reconnects(self) -> int:
        """How many kept connections were found closed, though the server had not said so: it may have restarted."""
        return 0 if self._opened is None else self._opened.transport.reconnects

    def write(self, lines: Sequence[str]) -> Answer:
        """Send lines with times in microseconds. Raises ServerLost if no answer comes, or the server is to be stopped.

        Some of the lines may have been taken then.
        """
        opened = self._opened or self._open()
        if self._stopped:
            raise ServerLost(f"{self.url} does not answer (the hub stops)")
        from influxdb_client.rest import ApiException

        try:
            opened.writer.write(self._bucket, self._org, "\n".join(lines).encode(), write_precision="us")
        except ApiException as error:
            if error.status:
                return Answer(error.status, error.body or "")
            raise ServerLost(f"{self.url} does not answer ({_short(error.reason)})") from error  # of TLS
        except Exception as error:  # a server may send anything
            raise ServerLost(f"{self.url} does not answer ({self._in_words(error)})") from error
        # For the library any answer of 2xx is a success, for us a sign-in page is none.
        last = opened.client.api_client.last_response
        return Answer(last.status, last.data)

    def stop(self) -> None:
        """Have a `write` that waits give up at once. Safe in any thread; final."""
        self._stopped = True
        if self._opened is not None:
            self._opened.transport.stop()

    def close(self) -> None:
        self.stop()
        if self._opened is not None:
            self._opened.writer.close()
            self._opened.client.close()

    def _open(self) -> _Opened:
        # The heaviest library of all, for hubs that replicate only.
        from influxdb_client.client.influxdb_client import InfluxDBClient
        from influxdb_client.client.write_api import SYNCHRONOUS

        from edge.storage.influx_transport import BoundedTransport

        try:
            transport = BoundedTransport(timeout_s=self._timeout_s, ca_file=self._ca_file)
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise ServerRefused(f"{self._ca_file} cannot be used ({why})", at_fault=True) from error
        client: Any = InfluxDBClient(self.url, self._token, org=self._org, enable_gzip=True)
        client.api_client.rest_client.pool_manager = transport
        self._opened = _Opened(client, client.write_api(write_options=SYNCHRONOUS), transport)
        return self._opened

    def _in_words(self, error: BaseException) -> str:
        from edge.storage.influx_transport import NoAnswer

        if isinstance(error, NoAnswer):
            return str(error)
        found: BaseException | None = error
        while found is not None:  # urllib3 wraps what the system said
            if isinstance(found, TimeoutError):
                return f"not within {self._timeout_s:g} s"
            if isinstance(found, OSError) and found.strerror:
                return found.strerror
            found = found.__cause__ or found.__context__
        return type(error).__name__


def _short(text: str) -> str:
    return " ".join(str(text).split())[:LONGEST_WORDS]
