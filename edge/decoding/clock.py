"""A sensor's own clock: Date Time 0x2A08 and Current Time 0x2A2B (Bluetooth SIG, GATT Specification Supplement).

Both hold local time without a zone; here it is written as seconds since 1970, as if it were UTC.
"""

import datetime as dt

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


def utc(local_s: float, zone: dt.tzinfo) -> float:
    """Seconds since 1970 of a local time that was written as if it were UTC."""
    return dt.datetime.fromtimestamp(local_s, dt.UTC).replace(tzinfo=zone).timestamp()
