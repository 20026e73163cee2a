"""The hub on the real radio, until it is told to stop."""

import asyncio
import socket
from pathlib import Path

import structlog

from edge.app.hub import session
from edge.app.hub.gateways import heard_by_radio
from edge.app.load.checked import CheckedConfiguration
from edge.app.load.configuration import needs_radio
from edge.host.clock import SystemClock
from edge.host.notify import Systemd
from edge.ports import Emit
from edge.radio import helper
from edge.radio.bleak_source import BleakSource
from edge.radio.discovery import Air

log = structlog.get_logger(__name__)


class _Deaf:
    """The radio of a hub whose sensors are all heard by gateways: no adapter is missed."""

    async def run(self, _emit: Emit) -> None:
        await asyncio.Event().wait()


async def watch(
    loaded: CheckedConfiguration,
    *,
    air: Air | None = None,
    listening: socket.socket | None = None,
    owner: Path | None = None,
) -> None:
    """Run until cancelled. Raises EdgeError, RestartNeeded when systemd should start it anew.

    air: replaces the real radio, for a test rig. listening, owner: as in `session.Options`.
    """
    for warning in loaded.warnings:
        log.warning("configuration", note=warning)
    clock = SystemClock()
    source = BleakSource(
        heard_by_radio(loaded.config),
        loaded.profiles,
        clock,
        adapters=loaded.config.hub.adapters,
        backend=air.backend if air else None,
        ask_helper=helper.in_service(),
        proxies=loaded.proxies,
        own=loaded.config.hub.own_bluetooth,
    )
    radio = needs_radio(loaded.config) or bool(loaded.config.proxies)
    options = session.Options(
        source=lambda _queue: source if radio else _Deaf(),
        radio=source.health,
        ear=source if radio else None,
        systemd=Systemd(),
        listening=listening,
        owner=owner,
    )
    await session.run(loaded, clock, options)
