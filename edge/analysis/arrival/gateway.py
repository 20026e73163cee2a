"""Is what somebody else's gateway publishes a measurement, or its last value again? Pure.

Gateways remember: they send what they know when they connect, when Home Assistant does, or whenever another value of
the same sensor changes, also of a sensor whose battery died yesterday. Where the message holds a time or a number of
its own, one that is the same as before is no measurement, and neither is one whose time is long past. Where it holds
neither, what comes while the gateway is offline, or within a minute after it came back, proves nothing (Zigbee2MQTT
publishes its cache at its start, and 30 s after Home Assistant's); beyond that an unchanged text is believed for as
long as any thermometer may be silent, and no longer.
"""

from dataclasses import dataclass, replace

from edge.analysis.arrival.replay import Verdict
from edge.model.limits import BOUNDS

BIRTH_S = 60.0
"""What a gateway sends within that time after it came back may be what it remembers."""
UNCHANGED_S = BOUNDS["no_data_temperature_s"].high
PAST_S = 1800.0
"""A measurement of a thermometer whose silence says nothing is one of now for so long."""


@dataclass(frozen=True, slots=True)
class GatewayLine:
    """What is remembered of the gateway that hears one sensor. Times are monotonic seconds.

    token: time and number of its last new message, empty: it had none. digest: of the last new message's bytes.
    changed_s: since when its bytes are the same. gone: the topics that last said `offline`. born_s: when it came back.
    """

    token: str = ""
    digest: int | None = None
    changed_s: float = 0.0
    gone: frozenset[str] = frozenset()
    born_s: float | None = None


def availability(line: GatewayLine, topic: str, now_s: float, *, there: bool, kept: bool) -> GatewayLine:
    """One of its topics says `online` or `offline`. kept: the broker tells what was said before: no change."""
    if not there:
        return replace(line, gone=line.gone | {topic})
    return replace(line, gone=line.gone - {topic}, born_s=line.born_s if kept else now_s)


def judge_message(
    line: GatewayLine, token: str, digest: int, now_s: float, *, age_s: float | None, limit_s: float | None
) -> tuple[GatewayLine, Verdict]:
    """What to make of a message. age_s: how long ago it was measured, None: not known. limit_s: the sensor's deadline
    of silence, None: its silence says nothing.
    """
    if token:
        if token == line.token:
            return line, Verdict.SENT_AGAIN
        line = replace(line, token=token)
        return line, Verdict.PAST if age_s is not None and age_s >= (limit_s or PAST_S) else Verdict.NEW
    if line.gone:
        return line, Verdict.GATEWAY_GONE
    if line.born_s is not None and now_s - line.born_s < BIRTH_S:
        return line, Verdict.AT_CONNECT
    if digest != line.digest:
        return replace(line, digest=digest, changed_s=now_s), Verdict.NEW
    return line, Verdict.NEVER_CHANGING if now_s - line.changed_s >= UNCHANGED_S else Verdict.NEW
