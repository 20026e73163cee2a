"""What is heard of a hub whose configuration cannot be used, and where its page is opened whatever is wrong."""

import asyncio
from types import SimpleNamespace

import pytest

from edge.app.load import first_run
from edge.app.load.first_run import Files
from edge.app.setup import start
from edge.config import Config, HubTable
from edge.ports import Outcome, Sent


class Room:
    def __init__(self) -> None:
        self.played: list[tuple[str, int]] = []

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def play(self, pattern: str, level_percent: int = 100) -> Sent:
        self.played.append((pattern, level_percent))
        return Sent(Outcome.DELIVERED, "")


@pytest.fixture
def room(monkeypatch):
    made = Room()
    monkeypatch.setattr(start, "sounders", lambda config: made if config.hub.sounder else None)
    for name, seconds in (("SOUNDS_AFTER_S", 0.1), ("SOUNDS_S", 0.02), ("SOUNDS_EVERY_S", 0.1)):
        monkeypatch.setattr(start, name, seconds)
    return made


async def heard(hub: HubTable, quiet_until_s: float, seconds: float) -> None:
    run = SimpleNamespace(quiet_until_s=quiet_until_s)
    work = asyncio.create_task(start._sound(run, Config(hub=hub)))
    await asyncio.sleep(seconds)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


async def test_the_room_is_told_again_and_again_and_each_burst_ends(room):
    await heard(HubTable(sounder_day_percent=80), 0.0, 0.6)
    assert room.played[:4] == [("technical", 80), ("", 100), ("technical", 80), ("", 100)]


async def test_not_at_once_since_an_owner_may_be_mending_it(room):
    await heard(HubTable(), 0.0, 0.05)
    assert room.played == []


async def test_quiet_is_quiet_and_without_a_sounder_there_is_nothing(room):
    await heard(HubTable(), 1e12, 0.4)
    await heard(HubTable(sounder=""), 0.0, 0.3)
    assert room.played == []


@pytest.mark.parametrize(
    ("owners", "settings", "where"),
    [
        ("", "", ("0.0.0.0", 8080)),
        ("[limits]\nfever_c = 385\n", '[web]\nhost = "0.0.0.0"\nport = 8081\n', ("0.0.0.0", 8081)),
        ('[web]\nhost = "127.0.0.1"\nprot = 1\n', "", ("127.0.0.1", 8080)),
        ('[web]\nhost = "192.168.1.2"\nport = "x"\n', "", ("192.168.1.2", 8080)),
        ("[web", "\0", ("0.0.0.0", 8080)),
        ("web = 3", "", ("0.0.0.0", 8080)),
    ],
)
def test_the_page_is_where_the_family_wanted_it_whatever_else_is_wrong(tmp_path, owners, settings, where):
    files = Files(tmp_path / "feverhub.toml", tmp_path)
    files.path.write_text(owners)
    (tmp_path / "settings.toml").write_text(settings)
    found = first_run.where(files, {})
    assert (found.host, found.port) == where
    found = first_run.where(files, {"FEVERHUB_WEB__PORT": "9999", "FEVERHUB_LIMITS__FEVER_C": "385"})
    assert found.port == 9999


def test_the_sounder_is_the_familys_own_whatever_else_is_wrong(tmp_path):
    files = Files(tmp_path / "feverhub.toml", tmp_path)
    files.path.write_text('[hub]\nsounder = "plughw:1"\nlanguage = "xx"\n[limits]\nfever_c = 385\n')
    assert first_run.sounding(files, {}).hub.sounder == "plughw:1"
    assert first_run.sounding(Files(tmp_path / "none.toml", tmp_path), {}).hub.sounder == "default"
