"""Tables about those who watch the hub: somebody outside who misses its heartbeat, and a collector of counters."""

from typing import Annotated

import msgspec


class HeartbeatTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody outside who notices that the hub is gone, such as healthchecks.io.

    url: asked for every `every_s` while all stages progress; `credential:NAME` where the address itself is the secret.
    """

    url: Annotated[str, msgspec.Meta(pattern=r"^(?:https://[^@\s]{1,200}|credential:[A-Za-z0-9._-]{1,64})\Z")]
    every_s: Annotated[int, msgspec.Meta(ge=30, le=3600)] = 60


class MetricsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Counters for Prometheus at http://host:port/metrics. host: nobody but this computer, unless it is said."""

    host: Annotated[str, msgspec.Meta(pattern=r"^[^\x00]{1,200}\Z")] = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 9787
