"""`feverhub run`: the hub on the real radio, until it is told to stop."""

import asyncio
from pathlib import Path

import structlog

from edge.app.hub import session
from edge.app.load import checked, process
from edge.host import lock
from edge.host.clock import SystemClock
from edge.host.notify import Systemd
from edge.radio import helper
from edge.radio.bleak_source import BleakSource

log = structlog.get_logger(__name__)


def watch(path: Path, state_dir: Path | None = None) -> None:
    """Run until SIGTERM or SIGINT. Raises ConfigError at once, EdgeError while another hub runs with the same
    state folder, RestartNeeded when systemd should start it anew.
    """
    loaded = checked.load(path, state_dir=state_dir)
    process.set_up_logs()
    for warning in loaded.warnings:
        log.warning("configuration", note=warning)
    clock = SystemClock()
    source = BleakSource(
        loaded.config.devices,
        loaded.profiles,
        clock,
        adapters=loaded.config.hub.adapters,
        ask_helper=helper.in_service(),
    )
    options = session.Options(source=lambda _queue: source, radio=source.health, systemd=Systemd())
    with lock.held(loaded.state_dir):
        asyncio.run(process.until_stopped(session.run(loaded, clock, options)))
