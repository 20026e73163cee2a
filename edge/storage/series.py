"""Replicated series of a child, deleted at the server: InfluxDB 2 by its delete call, VictoriaMetrics by its own.

InfluxDB 3 deletes no points; then the sentence says what is left to do. A server deletes what it has when it is asked,
so the store that is replicated has to be cleared first.
"""

import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from edge.errors import StorageError, Unreachable

TIMEOUT_S = 30.0
EARLIEST, LATEST = "1970-01-01T00:00:00Z", "2262-01-01T00:00:00Z"
"""The whole of the time that InfluxDB has: nanoseconds since 1970 in 64 bits."""


def forget(url: str, *, org: str, bucket: str, token: str, ca_file: Path | None, hub: str, person: str) -> str:
    """Delete every series of that person of that hub; which server did, and what it left. Of another hub that writes
    there too, a child of the same id stays. Raises Unreachable without an answer, StorageError for a server that will
    not.
    """
    tls = ssl.create_default_context(cafile=str(ca_file)) if url.startswith("https") else None
    query = urllib.parse.urlencode({"org": org, "bucket": bucket})
    mine = f'person="{person}" AND hub="{hub}"'
    body = json.dumps({"start": EARLIEST, "stop": LATEST, "predicate": mine}).encode()
    status, said = _ask(f"{url}/api/v2/delete?{query}", body, token, tls)
    if status == 204:
        return f"InfluxDB; what an early release wrote has no tag hub: influx delete --predicate 'person=\"{person}\"'"
    if status in (401, 403):
        raise StorageError(f"{url} lets this token delete nothing ({status}): it needs the right to write the bucket")
    selector = urllib.parse.urlencode({"match[]": f'{{person="{person}",hub=~"{hub}|"}}'})  # of an early release: none
    status, _ = _ask(f"{url}/api/v1/admin/tsdb/delete_series?{selector}", b"", token, tls)
    if status == 204:
        return "VictoriaMetrics"
    raise StorageError(
        f"{url} deletes nothing ({status}: {said}): remove what has the tag person={person} there yourself"
    )


def _ask(url: str, body: bytes, token: str, tls: ssl.SSLContext | None) -> tuple[int, str]:
    """Status and the beginning of the answer."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"Token {token}"} if token else {})}
    request = urllib.request.Request(url, body, headers, method="POST")  # noqa: S310  http or https, by the configuration
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S, context=tls) as answer:  # noqa: S310
            return answer.status, ""
    except urllib.error.HTTPError as error:
        return error.code, " ".join(error.read(300).decode("utf-8", "replace").split())
    except (OSError, ValueError) as error:
        why = getattr(error, "reason", None) or error
        raise Unreachable(f"{url.split('/api/', maxsplit=1)[0]} does not answer ({why})") from error
