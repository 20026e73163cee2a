"""When it is night in the house."""

import datetime as dt

from edge.model.moment import Now, local, readings


def left_s(span: str, now: Now, zone: dt.tzinfo) -> float:
    """Seconds until the night is over; 0 by day, and while nobody knows what time it is. span: as "22:00-07:00".

    The night in which the clocks change is an hour shorter or longer; if the hour that comes twice holds its end, it
    lasts until the second.
    """
    begin, end = (dt.time(int(time[:2]), int(time[3:])) for time in span.split("-"))
    if not now.synced or begin == end:
        return 0.0
    today = local(now.wall_s, zone).date()
    for first in (today, today - dt.timedelta(days=1)):
        last = first if begin < end else first + dt.timedelta(days=1)
        begin_s = readings(dt.datetime.combine(first, begin), zone)[0]
        end_s = readings(dt.datetime.combine(last, end), zone)[-1]
        if begin_s <= now.wall_s < end_s:
            return end_s - now.wall_s
    return 0.0
