"""When it is night in the house."""

import datetime as dt

from edge.model.moment import Now

_DAY_S = 86_400.0


def left_s(span: str, now: Now, zone: dt.tzinfo) -> float:
    """Seconds until the night is over; 0 by day, and while nobody knows what time it is. span: as "22:00-07:00"."""
    if not now.synced:
        return 0.0
    local = dt.datetime.fromtimestamp(now.wall_s, zone)
    at_s = local.hour * 3600.0 + local.minute * 60.0 + local.second
    begin_s, end_s = (int(time[:2]) * 3600.0 + int(time[3:]) * 60.0 for time in span.split("-"))
    into_s, length_s = (at_s - begin_s) % _DAY_S, (end_s - begin_s) % _DAY_S
    return length_s - into_s if into_s < length_s else 0.0
