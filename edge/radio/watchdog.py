"""When silence is too long. Liveness comes from arrival alone; pure functions of what was heard and now."""

from edge.decoding.profile import Profile

AIR_QUIET_S = 90.0
"""No advertisement from anyone for this long: the scan is taken for dead. The same 90 s as Home Assistant's scanner
watchdog (habluetooth, SCANNER_WATCHDOG_TIMEOUT); an active scan next to one unchanged sensor is called about ten
times a second, so this is far outside of chance."""

SHORTEST_DEADLINE_S = 10.0
"""Never give up a connection sooner: a lost packet and a connection parameter update take a second or two."""


def deadline_s(profile: Profile) -> float:
    """Seconds without data after which a sensor's connection is taken for dead.

    Twice its usual longest gap, so that the new connection stands before three gaps have passed, when the family
    would be told that there are no data.
    """
    return max(SHORTEST_DEADLINE_S, 2 * profile.expected_interval_s)


def left_s(last_s: float, limit_s: float, now_s: float) -> float:
    """Seconds until something last heard at `last_s` is overdue; zero or less: it is."""
    return last_s + limit_s - now_s
