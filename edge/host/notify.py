"""Words to systemd (sd_notify(3)), and the watchdog that is fed by proof of progress, never by a timer alone."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass


class Systemd:
    """The service manager that started us. Without one (no NOTIFY_SOCKET) every call does nothing.

    Methods return whether the message was handed over; systemd being gone is no reason to stop watching a child.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        interval_us = environment.get("WATCHDOG_USEC", "")
        ours = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self._interval_s = int(interval_us) / 1e6 if interval_us.isdigit() and ours else None

    @property
    def watchdog_s(self) -> float | None:
        """How often the watchdog wants to be fed, seconds: half of WatchdogSec=, as sd_watchdog_enabled(3) advises."""
        return None if self._interval_s is None else self._interval_s / 2

    def ready(self) -> bool:
        """Start-up is done; systemd lets dependants start and the start time-out end."""
        return self._send("READY=1")

    def starting(self, seconds: float) -> bool:
        """It goes on starting: systemd shall wait so much longer for `ready` (EXTEND_TIMEOUT_USEC=)."""
        return self._send(f"EXTEND_TIMEOUT_USEC={round(seconds * 1e6)}")

    def stopping(self) -> bool:
        return self._send("STOPPING=1")

    def status(self, text: str) -> bool:
        """One line for `systemctl status`."""
        return self._send("STATUS=" + " ".join(text.split()))

    def feed(self) -> bool:
        return self._send("WATCHDOG=1")

    def give_up(self) -> bool:
        """Something here stands still: systemd shall not wait until WatchdogSec= is over, but start it anew."""
        return self._send("WATCHDOG=trigger")

    def _send(self, message: str) -> bool:
        if not self._address:
            return False
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.setblocking(False)
                sender.sendto(message.encode(), self._address)
        except OSError:
            return False
        return True


@dataclass(slots=True)
class _Stage:
    allowed_age_s: float
    beat_s: float


class Watchdog:
    """Feeds systemd's watchdog only while every stage of the road has lately shown that it moves.

    A stage beats when it has finished a round of work, also one in which nothing was to do. What merely waits for
    somebody else (the broker, a phone) is no stage: its trouble is an alarm, not a reason to restart.
    """

    def __init__(self, systemd: Systemd) -> None:
        self._systemd = systemd
        self._stages: dict[str, _Stage] = {}

    def register(self, stage: str, allowed_age_s: float, mono_s: float) -> None:
        """Expect a beat of that stage at least every `allowed_age_s` seconds, the first from `mono_s` on."""
        self._stages[stage] = _Stage(allowed_age_s, mono_s)

    def beat(self, stage: str, mono_s: float) -> None:
        """The stage has made progress at that moment. KeyError if it was never registered."""
        self._stages[stage].beat_s = mono_s

    def feed(self, mono_s: float) -> str | None:
        """Feed if every stage is fresh; else return the name of the one that is longest overdue and do not feed."""
        if not self._stages:
            return "none registered"
        overdue_s = {name: mono_s - it.beat_s - it.allowed_age_s for name, it in self._stages.items()}
        worst = max(overdue_s, key=lambda name: overdue_s[name])
        if overdue_s[worst] > 0:
            return worst
        self._systemd.feed()
        return None
