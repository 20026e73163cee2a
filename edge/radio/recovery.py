"""What to try next when the radio is in trouble: from the mildest to a restart of the process. Pure.

A rung that takes live connections away (power cycle, helper, restart) is weighed against them, see `protects`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from edge.errors import EdgeError


class RestartNeeded(EdgeError):
    """Nothing else has helped: the process asks systemd to start it again."""

    exit_code = 70


class Trouble(StrEnum):
    """What is wrong with the adapter or the scan."""

    QUIET = "quiet"  # scanning, and nobody at all has been heard
    REFUSED = "refused"  # BlueZ would not start or stop the scan
    STUCK = "stuck"  # bluetoothd believes it scans, the kernel does not
    OFF = "off"  # the adapter is there and switched off
    ABSENT = "absent"  # no adapter, no bluetoothd, no D-Bus, or no permission
    FROZEN = "frozen"  # bluetoothd is there and answers nothing


class Rung(StrEnum):
    RESTART_SCAN = "restart_scan"
    RECONNECT = "reconnect"
    FORGET_DEVICE = "forget_device"
    POWER_CYCLE = "power_cycle"
    ASK_HELPER = "ask_helper"
    RESTART_PROCESS = "restart_process"


ADAPTER: Mapping[Trouble, tuple[Rung, ...]] = {
    Trouble.QUIET: (
        Rung.RESTART_SCAN,
        Rung.RESTART_SCAN,
        Rung.POWER_CYCLE,
        Rung.RESTART_SCAN,
        Rung.ASK_HELPER,
        Rung.RESTART_SCAN,
        Rung.RESTART_PROCESS,
    ),
    Trouble.REFUSED: (
        Rung.RESTART_SCAN,
        Rung.RESTART_SCAN,
        Rung.POWER_CYCLE,
        Rung.RESTART_SCAN,
        Rung.ASK_HELPER,
        Rung.RESTART_SCAN,
        Rung.RESTART_PROCESS,
    ),
    Trouble.STUCK: (Rung.POWER_CYCLE, Rung.RESTART_SCAN, Rung.ASK_HELPER, Rung.RESTART_SCAN, Rung.RESTART_PROCESS),
    Trouble.OFF: (Rung.POWER_CYCLE, Rung.RESTART_SCAN, Rung.POWER_CYCLE, Rung.ASK_HELPER),
    Trouble.ABSENT: (
        Rung.RESTART_SCAN,
        Rung.RESTART_SCAN,
        Rung.RESTART_SCAN,
        Rung.ASK_HELPER,
        *([Rung.RESTART_SCAN] * 8),
        Rung.RESTART_PROCESS,
    ),
    Trouble.FROZEN: (Rung.ASK_HELPER, *([Rung.RESTART_SCAN] * 4), Rung.ASK_HELPER, Rung.RESTART_PROCESS),
}
"""Rungs by the count of tries in a row."""

_DISRUPTIVE = frozenset({Rung.POWER_CYCLE, Rung.ASK_HELPER, Rung.RESTART_PROCESS})
_FIRST_WAIT_S = 2.0
_LONGEST_WAIT_S = 60.0

FORGET_EVERY = 4
"""Every fourth failure in a row BlueZ is told to forget the device, which drops a stale copy of its services."""


@dataclass(frozen=True, slots=True)
class Step:
    rung: Rung
    wait_s: float
    reason: str


@dataclass(frozen=True, slots=True)
class Use:
    """What an adapter is needed for.

    streaming: some sensor's data arrive; here: over this adapter. missing: some sensor's do not, so that the scan is
    needed to find it again. elsewhere: another adapter hears.
    """

    streaming: bool = False
    missing: bool = False
    here: bool = False
    elsewhere: bool = False


def protects(trouble: Trouble, rung: Rung, use: Use) -> bool:
    """Whether live connections are worth more than a repair of the scan.

    Quiet air may simply be a house without other senders, so it never costs a connection; a broken scan may, if
    somebody is missing. While another adapter hears, neither bluetoothd nor this process is at fault, and what is
    missing is found without this adapter. No data pass through a bluetoothd that is frozen.
    """
    if trouble is Trouble.FROZEN:
        return False
    if use.elsewhere:
        return rung is not Rung.POWER_CYCLE or use.here
    if trouble is Trouble.QUIET:
        return use.streaming or not use.missing
    return use.streaming and not use.missing


def for_adapter(trouble: Trouble, tries: int, *, once_worked: bool, use: Use) -> Step:
    """What to do about the adapter after `tries` attempts in a row have not helped; past the end it begins again.

    once_worked: whether this process has ever heard anyone. If not, a new process would be no better off, and a house
    without an adapter must not restart for ever.
    """
    rung = ADAPTER[trouble][tries % len(ADAPTER[trouble])]
    reason = f"{trouble}, try {tries + 1}"
    if rung in _DISRUPTIVE and protects(trouble, rung, use):
        why = "another adapter hears" if use.elsewhere and not use.here else "a sensor streams"
        rung, reason = Rung.RESTART_SCAN, f"{reason}: no {rung} while {why}"
    elif rung is Rung.RESTART_PROCESS and not once_worked:
        rung, reason = Rung.RESTART_SCAN, f"{reason}: a restart cannot help, nobody was ever heard"
    at_once = trouble is Trouble.QUIET or rung in _DISRUPTIVE  # 90 s have passed already, or something has changed
    wait_s = _FIRST_WAIT_S if at_once else min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2.0 ** min(tries, 16))
    return Step(rung, wait_s, reason)


def for_device(failures: int) -> Rung:
    """What to do about one sensor after the n-th failure in a row (from 1)."""
    return Rung.FORGET_DEVICE if failures % FORGET_EVERY == 0 else Rung.RECONNECT
