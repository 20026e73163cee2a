"""`feverhub forget` beside a running hub, a real broker and a real database: nothing names the child afterwards."""

import asyncio
import json
import shutil
import time
from pathlib import Path

import pytest

from edge.storage.influx import InfluxReplicator
from edge.storage.journal import SqliteJournal
from edge.storage.sqlite import SqliteReadingStore
from tests.support import homes, two_children
from tests.support.victoria import VictoriaMetrics

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]


@pytest.fixture
def home(tmp_path: Path):
    with homes.home(tmp_path, two_children.SETUP) as made:
        yield made


@pytest.fixture
def victoria(tmp_path):
    folder = tmp_path / "victoria"
    folder.mkdir()
    server = VictoriaMetrics(folder)
    server.start()
    yield server
    server.kill()


def paths(home):
    return ("--config", str(home.config), "--state-dir", str(home.state))


async def retained(home):
    """Topics, with the payload of each."""
    mark = "feverhub/cot/reply/hub/done"
    async with home.phone("feverhub/#", "homeassistant/#", user="hub") as client:
        return {each.topic: each.payload async for each in client.until_marked(mark, 10.0) if each.retained}


def persons_of(victoria):
    """Every value of the label, over all series."""
    return {labels["person"] for labels in victoria.labels('{person!=""}')}


def replicate(home, victoria):
    store, journal = (
        SqliteReadingStore(home.state / "readings.sqlite", read_only=True),
        SqliteJournal(home.state / "journal.sqlite"),
    )
    replicator = InfluxReplicator(store, url=victoria.url, org="feverhub", bucket="feverhub", journal=journal)
    try:
        assert replicator.replicate_once().error == ""
    finally:
        replicator.close()
        journal.close()
        store.close()


async def test_with_the_hub_running_she_goes_from_everywhere_and_the_other_child_is_watched_on(home, victoria):
    stick = home.folder / "stick"
    stick.mkdir()
    home.config.write_text(f'[influx]\nurl = "{victoria.url}"\n[backup]\nfolder = "{stick}"\n{home.config.read_text()}')
    two_children.write(home.state, float(int(time.time()) - 30_000))
    (home.state / "settings.toml").write_text('[[device]]\nid = "band-mia"\noptions = { index = 2 }\n')
    assert home.feverhub("backup", *paths(home)).returncode == 0
    replicate(home, victoria)
    assert persons_of(victoria) == {"mia", "mia2"}
    before = two_children.rows(home.state, "mia2")

    with home.running() as hub:
        await home.online()
        async with asyncio.timeout(30):
            while len([topic for topic in await retained(home) if "mia" in topic]) < 4:  # noqa: ASYNC110
                await asyncio.sleep(0.3)
        async with home.phone("feverhub/cot/mia/#", "homeassistant/device/cot_mia/config", user="hub") as there:
            forget = ("forget", *paths(home), "--person", "mia", "--yes", "Mirabella")
            done = await asyncio.to_thread(home.feverhub, *forget)
            assert done.returncode == 0, done.stderr
            while (emptied := await there.next(10.0)).payload:
                pass
        assert emptied.topic == "homeassistant/device/cot_mia/config", "before what Home Assistant reads of her"
        assert "the hub runs" in done.stderr
        await home.online()
        left = await retained(home)
        assert hub.poll() is None
    assert not [topic for topic in left if "/mia/" in topic or topic.endswith("cot_mia/config")]
    assert not [topic for topic, payload in left.items() if b"Mirabella" in payload or b'"mia"' in payload]
    assert "homeassistant/device/cot_mia2/config" in left
    assert persons_of(victoria) == {"mia2"}
    assert two_children.naming(home.state, "mia") == []
    assert two_children.naming(stick, "mia") == []
    assert "Mirabella" not in home.config.read_text()
    assert "Benedikt" in home.config.read_text()
    assert not list(home.state.glob("forgetting*"))
    after = two_children.rows(home.state, "mia2")
    for table, rows in before.items():  # the hub that goes on adds to them
        assert set(map(repr, rows)) <= set(map(repr, after[table])) or table in ("outbox", "standing"), table
    assert "written anew without her" in done.stdout
    for unreachable in ("mosquitto's own file", "files that were exported", "http://camera.local/mia.mp4"):
        assert unreachable in done.stdout


def test_a_broker_that_is_away_is_said_and_the_next_run_finishes(home, victoria):
    two_children.write(home.state, float(int(time.time()) - 30_000))
    home.config.write_text(home.config.read_text().replace(f"port = {home.broker.port}", "port = 9"))
    options = ("forget", *paths(home), "--person", "mia", "--json")
    refused = home.feverhub(*options, "--yes", "Mia")
    assert (refused.returncode, "that is not her name (Mirabella): nothing was removed" in refused.stderr) == (2, True)
    assert two_children.naming(home.state, "mia")
    refused = home.feverhub(*options)
    assert (refused.returncode, "confirm with --yes" in refused.stderr) == (2, True)
    done = home.feverhub(*options, "--yes", "Mirabella")
    assert done.returncode == 4
    assert len(json.loads(done.stdout)["left"]) == 1
    assert two_children.naming(home.state, "mia") == ["forgetting-mia.json"]
    home.config.write_text(home.config.read_text().replace("port = 9", f"port = {home.broker.port}"))
    done = home.feverhub(*options, "--yes", "Mirabella")
    assert (done.returncode, json.loads(done.stdout)["left"]) == (0, []), done.stderr
    assert two_children.naming(home.state, "mia") == []
    again = home.feverhub(*options, "--yes", "mia")
    assert (again.returncode, "nothing is known of 'mia' here" in again.stderr) == (1, True)
    shutil.rmtree(home.state)
