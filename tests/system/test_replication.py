"""What the hub stores goes to the InfluxDB that is configured, also what it stored while that was away."""

import asyncio
import json

import numpy as np
import pytest

from edge.app.hub import replay, replication
from edge.app.hub.event_queue import ShowHealth
from edge.app.load import checked
from edge.recordings.files import TemperatureRecording
from tests.support.servers import until
from tests.support.victoria import VictoriaMetrics

pytestmark = pytest.mark.system


@pytest.fixture
def victoria(tmp_path):
    folder = tmp_path / "victoria"
    folder.mkdir()
    server = VictoriaMetrics(folder)
    yield server
    server.kill()


async def status(parts, phone):
    """Of replication, as the health topic has it."""
    parts.queue.post(ShowHealth())
    return json.loads((await phone.next(5.0)).payload)["replication"]


async def test_readings_arrive_once_also_those_from_an_outage(home, victoria, monkeypatch):
    monkeypatch.setattr(replication, "PERIOD_S", 0.2)
    home.config.write_text(f'[influx]\nurl = "{victoria.url}"\n{home.config.read_text()}')
    token = home.folder / "credentials" / "influx_token"
    token.touch(mode=0o600)
    token.write_text("throw-away")
    loaded = checked.load(home.config, state_dir=home.folder / "state", environment={})
    t_s = np.arange(0.0, 20_000.0, 10.0)
    recording = TemperatureRecording("calm", t_s, 36.8 + 0.05 * np.sin(t_s / 100))
    said = []

    async def until_there(parts, clock):
        await until(lambda: clock.now().mono_s >= 1200.0)
        async with home.phone("feverhub/cot/health") as phone:
            said.append(await status(parts, phone))
            await asyncio.to_thread(victoria.start)
            await parts.recording.reading_writer.flush(commit=True)
            while await status(parts, phone) != "in step":
                pass
        await asyncio.sleep(0.5)

    tracks = replay.tracks(loaded, "mia", "", [recording])
    await replay.play(loaded, tracks, 400, until_there, silent=True)
    [before] = said
    assert before not in {"", "in step"}, "its absence is said"
    points = victoria.export("temperature_value")
    assert len(points) >= 119
    assert all(36.7 <= value <= 36.9 for value in points.values())
