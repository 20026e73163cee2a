"""One server that takes InfluxDB's v2 writes: a synchronous write of lines, with every failure put in a sentence."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edge.errors import StorageError

_NOT_ACCEPTED = (400, 413, 422)
"""Statuses that speak of the data; a batch is halved to find the point that is meant."""


class ServerLost(StorageError):
    """The server could not be reached or failed: it may have restarted and lost what it had taken last."""


class ServerRefused(StorageError):
    """The server is alive and does not take anything from us now (wrong token or bucket, too many requests)."""


class InfluxServer:
    """Never the batching mode of influxdb-client: that one keeps points in memory and only logs what it gives up."""

    def __init__(self, url: str, *, org: str, bucket: str, token: str, ca_file: Path | None, timeout_s: float) -> None:
        """Nothing is contacted yet. ca_file: PEM of the authority that signed an https server's certificate."""
        from influxdb_client.client.influxdb_client import InfluxDBClient
        from influxdb_client.client.write_api import SYNCHRONOUS

        self.url = url
        self._org = org
        self._bucket = bucket
        self._client: Any = InfluxDBClient(
            url,
            token=token,
            org=org,
            timeout=int(timeout_s * 1000),
            enable_gzip=True,
            ssl_ca_cert=None if ca_file is None else str(ca_file),
        )
        self._writer: Any = self._client.write_api(write_options=SYNCHRONOUS)

    def write(self, lines: Sequence[str]) -> int:
        """Send lines with times in microseconds; returns how many of them the server will never take.

        Raises ServerLost or ServerRefused; some of the lines may have been taken then.
        """
        from influxdb_client.client.exceptions import InfluxDBError
        from urllib3.exceptions import HTTPError

        if not lines:
            return 0
        try:
            self._writer.write(self._bucket, self._org, "\n".join(lines), write_precision="us")
        except InfluxDBError as error:
            status = getattr(error, "status", None) or 0
            if status not in _NOT_ACCEPTED:
                kind = ServerLost if status == 0 or status >= 500 else ServerRefused
                raise kind(f"{self.url} answered {status} ({_reason(error)})") from error
        except (HTTPError, OSError) as error:
            raise ServerLost(f"{self.url} does not answer ({type(error).__name__})") from error
        else:
            return 0
        if len(lines) == 1:
            return 1
        middle = len(lines) // 2
        return self.write(lines[:middle]) + self.write(lines[middle:])

    def close(self) -> None:
        self._writer.close()
        self._client.close()


def _reason(error: Exception) -> str:
    return str(getattr(error, "message", None) or getattr(error, "reason", None) or "no reason given")[:200]
