"""What to try next when the radio is in trouble: from the mildest to a restart of the process. Pure.

A disruptive action (power cycle, helper, restart) takes live connections away and is weighed against them, see
`protects`.
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

    QUIET = "quiet"  # scanning, and no advertisement at all arrives
    REFUSED = "refused"  # BlueZ would not start or stop the scan
    STUCK = "stuck"  # bluetoothd believes it scans, the kernel does not
    OFF = "off"  # the adapter is there and switched off
    UNAVAILABLE = "unavailable"  # no adapter, no bluetoothd, no D-Bus, or no permission
    FROZEN = "frozen"  # bluetoothd is there and answers nothing


class Action(StrEnum):
    RESTART_SCAN = "restart_scan"
    RECONNECT = "reconnect"
    FORGET_DEVICE = "forget_device"
    POWER_CYCLE = "power_cycle"
    ASK_HELPER = "ask_helper"
    RESTART_PROCESS = "restart_process"


_SCAN = (
    Action.RESTART_SCAN,
    Action.RESTART_SCAN,
    Action.POWER_CYCLE,
    Action.RESTART_SCAN,
    Action.ASK_HELPER,
    Action.RESTART_SCAN,
    Action.RESTART_PROCESS,
)
ADAPTER: Mapping[Trouble, tuple[Action, ...]] = {
    Trouble.QUIET: _SCAN,
    Trouble.REFUSED: _SCAN,
    Trouble.STUCK: (
        Action.POWER_CYCLE,
        Action.RESTART_SCAN,
        Action.ASK_HELPER,
        Action.RESTART_SCAN,
        Action.RESTART_PROCESS,
    ),
    Trouble.OFF: (Action.POWER_CYCLE, Action.RESTART_SCAN, Action.POWER_CYCLE, Action.ASK_HELPER),
    Trouble.UNAVAILABLE: (
        Action.RESTART_SCAN,
        Action.RESTART_SCAN,
        Action.RESTART_SCAN,
        Action.ASK_HELPER,
        *([Action.RESTART_SCAN] * 8),
        Action.RESTART_PROCESS,
    ),
    Trouble.FROZEN: (Action.ASK_HELPER, *([Action.RESTART_SCAN] * 4), Action.ASK_HELPER, Action.RESTART_PROCESS),
}
"""Actions by the count of tries in a row."""

PROXY: Mapping[Trouble, tuple[Action, ...]] = dict.fromkeys(ADAPTER, (Action.RESTART_SCAN,))
"""Of a proxy, which is another computer: a new connection and subscription is all that can be done from here."""

_DISRUPTIVE = frozenset({Action.POWER_CYCLE, Action.ASK_HELPER, Action.RESTART_PROCESS})
_FIRST_WAIT_S = 2.0
_LONGEST_WAIT_S = 60.0

FORGET_EVERY = 4
"""Every fourth failure in a row BlueZ is told to forget the device, which drops a stale copy of its services."""


@dataclass(frozen=True, slots=True)
class Step:
    action: Action
    wait_s: float
    reason: str


@dataclass(frozen=True, slots=True)
class Use:
    """What an adapter is needed for.

    streaming: some sensor's data arrive over the hub's own adapters; here: over this one. missing: some sensor's do
    not arrive at all, so that the scan is needed to find it again. elsewhere: another adapter of the hub receives.
    proxied: some sensor's data arrive over a proxy, which only a restart of this process would interrupt.
    """

    streaming: bool = False
    missing: bool = False
    here: bool = False
    elsewhere: bool = False
    proxied: bool = False


def protects(trouble: Trouble, action: Action, use: Use) -> bool:
    """Whether live connections are worth more than a repair of the scan.

    Quiet air may simply be a house without other senders, so it never costs a connection; a broken scan may, if
    somebody is missing. While another adapter receives, neither bluetoothd nor this process is at fault, and what is
    missing is found without this adapter. No data pass through a bluetoothd that is frozen.
    """
    if action is Action.RESTART_PROCESS and use.proxied:
        return not use.missing
    if trouble is Trouble.FROZEN:
        return False
    if use.elsewhere:
        return action is not Action.POWER_CYCLE or use.here
    if trouble is Trouble.QUIET:
        return use.streaming or not use.missing
    return use.streaming and not use.missing


def for_adapter(
    trouble: Trouble,
    tries: int,
    *,
    once_worked: bool,
    use: Use,
    ladder: Mapping[Trouble, tuple[Action, ...]] = ADAPTER,
) -> Step:
    """What to do about the adapter after `tries` attempts in a row have not helped; past the end it begins again.

    ladder: ADAPTER for one of this computer, PROXY for a proxy. once_worked: whether this process has ever received
    anything. If not, a new process would be no better off, and a house without an adapter must not restart for ever.
    """
    action = ladder[trouble][tries % len(ladder[trouble])]
    reason = f"{trouble}, try {tries + 1}"
    if action in _DISRUPTIVE and protects(trouble, action, use):
        why = "another adapter hears" if use.elsewhere and not use.here else "a sensor streams"
        action, reason = Action.RESTART_SCAN, f"{reason}: no {action} while {why}"
    elif action is Action.RESTART_PROCESS and not once_worked:
        action, reason = Action.RESTART_SCAN, f"{reason}: a restart cannot help, nobody was ever heard"
    at_once = trouble is Trouble.QUIET or action in _DISRUPTIVE  # 90 s have passed already, or something has changed
    wait_s = _FIRST_WAIT_S if at_once else min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2.0 ** min(tries, 16))
    return Step(action, wait_s, reason)


def for_device(failures: int) -> Action:
    """What to do about one sensor after the n-th failure in a row (from 1)."""
    return Action.FORGET_DEVICE if failures % FORGET_EVERY == 0 else Action.RECONNECT
