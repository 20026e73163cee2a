"""What the hub tells of itself to those who watch the hub: an outward heartbeat, and counters."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping

import structlog

from edge.app.hub import metrics
from edge.app.hub.assembly import Assembly
from edge.app.hub.health import Facts
from edge.app.hub.heartbeat import Heartbeat
from edge.app.load.configuration import CREDENTIAL, Configuration
from edge.errors import ConfigError

log = structlog.get_logger(__name__)


def outward(
    known: Configuration, parts: Assembly, facts: MutableMapping[str, Facts]
) -> Mapping[str, Callable[[], Awaitable[None]]]:
    """Side tasks by name, as far as they are set up. facts: of the health topic, to which theirs are added."""
    tasks: dict[str, Callable[[], Awaitable[None]]] = {}
    if (table := known.config.heartbeat) is not None:
        url, clock = _address(known, table.url), parts.clock
        beats = Heartbeat(url, table.every_s, parts.counters, parts.setup.zone, wall_s=lambda: clock.now().wall_s)
        facts["heartbeat"] = beats.facts
        tasks["heartbeat"] = beats.run
    if known.config.metrics is not None:
        served = metrics.Metrics(known.config.metrics, lambda: metrics.text(parts), lambda: parts.counters.stalled)
        tasks["metrics"] = served.run
    return tasks


def _address(known: Configuration, url: str) -> str:
    """Empty for a secret that is not there: a child is watched without it, and the heartbeat says so."""
    if not url.startswith(CREDENTIAL):
        return url
    try:
        return known.credentials.get(url.removeprefix(CREDENTIAL)) or ""
    except ConfigError as error:
        log.warning("heartbeat", why=str(error))
        return ""
