"""What the radio has heard lately stays in memory, bounded in bytes and time, and is written when somebody asks."""

import asyncio
import json
import stat

from edge.app.hub.effects.heard_frames import FILE, KEPT_S, MOST_BYTES, HeardFrames
from edge.model.effect import WriteFrames
from edge.model.event import FrameReceived, Tick
from tests.support.fakes.clock import ManualClock
from tests.support.servers import until

KIND = "characteristic:2a1c"


def frame(payload=b"\x00\x85", at_s=None, device="ear"):
    return FrameReceived(device, KIND, payload, -60, at_s)


def ring(folder, clock=None):
    replies = []
    return HeardFrames(clock or ManualClock(), folder, replies.append), replies


def test_a_flood_of_frames_takes_no_more_memory_than_its_budget(tmp_path):
    made, _ = ring(tmp_path)
    for number in range(40_000):
        made.keep(frame(bytes(226), number / 100))
    assert 0.99 * MOST_BYTES < made.size <= MOST_BYTES
    made.keep(frame(bytes(3 * MOST_BYTES), 401.0))
    assert made.size == 0


async def test_what_is_older_than_an_hour_is_gone_and_an_event_that_is_no_frame_passes(tmp_path):
    made, replies = ring(tmp_path, clock := ManualClock(mono_s=4000.0))
    seen = []

    async def emit(event):
        seen.append(event)

    kept = made.keeping(emit)
    for event in (
        frame(b"old", 10.0),
        frame(b"young", 20.0 + KEPT_S),
        Tick(),
        FrameReceived("x", "y", b"z", None, None),
    ):
        await kept(event)
    assert len(seen) == 4
    running = asyncio.create_task(made.run())
    made.execute(WriteFrames("anna", "r1"), None)
    made.execute(WriteFrames("anna", "r2"), None)
    await until(lambda: len(replies) == 2)
    running.cancel()
    assert [(each.request_id, each.ok) for each in replies] == [("r2", False), ("r1", True)]
    assert replies[1].reason == "2 frames of the last 6 min"
    file = tmp_path / FILE
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(each["device"], each["payload"], each["rssi"]) for each in lines] == [
        ("ear", b"young".hex(), -60),
        ("x", b"z".hex(), None),
    ]
    assert lines[0]["ago_s"] == 380.0
    assert clock.now().mono_s == 4000.0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_what_nobody_fetched_is_gone_after_a_restart_and_a_full_disk_is_said(tmp_path):
    (tmp_path / FILE).write_text("left over")
    made, replies = ring(tmp_path)
    running = asyncio.create_task(made.run())
    await until(lambda: not (tmp_path / FILE).exists())
    (tmp_path / FILE).mkdir()  # as unwritable as a full disk
    made.execute(WriteFrames("anna", "r1"), None)
    await until(lambda: replies)
    running.cancel()
    assert not replies[0].ok
    assert "cannot be written down" in replies[0].reason
