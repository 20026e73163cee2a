"""A command that comes again after the hub was killed: sent again by its phone, or kept by the broker."""

import asyncio
import json
import signal
import sqlite3

import pytest

from edge.commands import REPLAYED
from tests.support.servers import until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]

TAKE_OVER = "feverhub/cot/cmd/mother/on_watch"


async def asked(home, request_id: str, *, retain: bool = False) -> tuple[bool, str]:
    async with home.phone("feverhub/cot/reply/mother") as phone:
        phone.publish(TAKE_OVER, json.dumps({"request_id": request_id}).encode(), retain=retain)
        answer = json.loads((await phone.next(30.0)).payload)
        assert answer["request_id"] == request_id
        return answer["ok"], answer["reason"]


def known(home) -> str:
    with sqlite3.connect(f"file:{home.folder}/state/journal.sqlite?mode=ro", uri=True) as plain:
        rows = plain.execute("SELECT text FROM memo WHERE name = 'requests'").fetchall()
    plain.close()
    return rows[0][0] if rows else ""


async def test_it_is_refused_with_the_reason_and_a_new_one_is_taken(home):
    daemon = home.start_hub()
    try:
        await home.online()
        assert await asked(home, "r1", retain=True) == (True, "done")
        assert await asked(home, "r1") == (False, REPLAYED)
        await until(lambda: "r1" in known(home), 5.0)
        daemon.send_signal(signal.SIGKILL)
        daemon.communicate(timeout=10)
        daemon = home.start_hub()
        await home.online()
        assert await asked(home, "r1") == (False, REPLAYED)
        assert await asked(home, "r2") == (True, "done")
        async with home.phone("feverhub/cot/health") as phone:
            while json.loads((await phone.next(40)).payload)["commands_refused"] == 0:
                pass
    finally:
        daemon.send_signal(signal.SIGTERM)
        _, log = await asyncio.to_thread(daemon.communicate, timeout=20)
    assert "Traceback" not in log
