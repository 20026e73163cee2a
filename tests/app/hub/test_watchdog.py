"""systemd's watchdog is fed by proof: a core that stalls is not fed for."""

import asyncio
import contextlib
import socket

import pytest

from edge.app.hub import session
from edge.app.hub.health import one_line
from edge.host.notify import Systemd
from tests.support.servers import until

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def manager(tmp_path):
    """Where systemd would listen."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.setblocking(False)
        yield listener


def heard(listener):
    words = []
    with contextlib.suppress(BlockingIOError):
        while True:
            words.append(listener.recv(4096).decode())
    return words


async def test_a_stalled_core_is_not_fed_for_and_one_that_moves_is(make_hub, manager, monkeypatch):
    monkeypatch.setattr(session, "CORE_STALE_S", 0.3)
    parts = make_hub()
    systemd = Systemd({"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "40000"})
    async with parts.running():
        tasks = [
            asyncio.ensure_future(parts.hub.tick()),
            asyncio.ensure_future(session._watch(parts.made, systemd)),
        ]
        try:
            for _ in range(20):
                await parts.clock.advance(1.0)
                await asyncio.sleep(0.02)
            assert "WATCHDOG=1" in heard(manager)
            await asyncio.sleep(0.6)  # no tick comes any more
            heard(manager)
            await asyncio.sleep(0.2)
            assert "WATCHDOG=1" not in heard(manager)
            await parts.clock.advance(1.0)
            await until(lambda: "WATCHDOG=1" in heard(manager))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def test_the_status_line_says_what_is_not_watched(make_hub, manager):
    parts = make_hub()
    async with parts.running():
        assert (
            one_line(parts.hub.state, parts.clock.now())
            == "watching 0 of 1 sensors; not patch (not heard yet); no alarm"
        )
