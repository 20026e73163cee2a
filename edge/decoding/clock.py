"""A sensor's own clock: Date Time 0x2A08 and Current Time 0x2A2B (Bluetooth SIG, GATT Specification Supplement).

Both hold local time without a zone; here it is written as seconds since 1970, as if it were UTC.
"""

import datetime as dt

from edge.model.moment import readings

AHEAD_S = 120.0
DATE_TIME = "00002a08-0000-1000-8000-00805f9b34fb"
CURRENT_TIME = "00002a2b-0000-1000-8000-00805f9b34fb"


def seconds(raw: bytes) -> float | None:
    """What the first seven bytes say; None where a part is unknown (zero) or makes no date."""
    if len(raw) < 7:
        return None
    year, month, day, hour, minute, second = int.from_bytes(raw[:2], "little"), *raw[2:7]
    try:
        return dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC).timestamp()
    except ValueError:  # the sensor's clock is not set
        return None


def payload(characteristic: str, local: dt.datetime) -> bytes:
    """What is written to set the clock; Current Time also holds the weekday, 1/256 s and why (0: not said)."""
    date_time = local.year.to_bytes(2, "little") + bytes(
        (local.month, local.day, local.hour, local.minute, local.second)
    )
    if characteristic == DATE_TIME:
        return date_time
    return date_time + bytes((local.isoweekday(), local.microsecond * 256 // 1_000_000, 0))


def utc(local_s: float, zone: dt.tzinfo, now_s: float) -> float:
    """Seconds since 1970 of a local time that was written as if it were UTC.

    now_s: wall seconds. In the hour that comes twice the latest is meant that is past, or all but: a sensor's clock may
    be ahead by as much as it may count as right.
    """
    may_be_s = readings(dt.datetime.fromtimestamp(local_s, dt.UTC).replace(tzinfo=None), zone)
    return max((each for each in may_be_s if each <= now_s + AHEAD_S), default=may_be_s[0])
