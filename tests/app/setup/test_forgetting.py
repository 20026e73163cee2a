"""A hub that is asked to forget a child tries once: neither a full disk nor a crash keeps it from its watch."""

import asyncio
import contextlib

import msgspec
import pytest

from edge.app.setup import forgetting
from edge.app.setup.forgetting import Asked, Requests
from edge.errors import StorageError
from tests.support import two_children

ASKED = Asked(person="mia", name="Mirabella", devices=["patch-mia", "band-mia"])


@pytest.fixture
def state(tmp_path):
    two_children.write(tmp_path, 1_770_000_000.0)
    return tmp_path


async def waits(requests):
    """Whether the hub goes on with its watch."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.1):
            await requests.wanted()
            return False
    return True


async def test_what_is_asked_is_seen_and_done_once(state):
    requests = Requests(state)
    assert await waits(requests)
    forgetting.write(state, ASKED)
    assert not await waits(requests)
    requests.carry_out()
    assert await waits(requests)
    assert forgetting.read(state, "mia").cleared
    assert two_children.naming(state, "mia") == ["forgetting-mia.json"]
    forgetting.over(state, "mia")
    assert two_children.naming(state, "mia") == []


async def test_what_fails_is_said_to_who_asked_and_tried_again_when_asked_again(state, monkeypatch):
    requests = Requests(state)
    forgetting.write(state, ASKED)
    with monkeypatch.context() as broken:

        def full(*_):
            raise StorageError("the disk is full")

        broken.setattr(forgetting.forget, "remove", full)
        requests.carry_out()
    assert forgetting.read(state, "mia").trouble == "the disk is full"
    assert await waits(requests)
    assert await waits(Requests(state)), "also after a restart"
    requests = Requests(state)
    forgetting.write(state, ASKED)
    requests.carry_out()
    assert forgetting.read(state, "mia").cleared


async def test_a_hub_that_died_over_it_watches_at_its_next_start(state):
    forgetting.write(state, msgspec.structs.replace(ASKED, begun=True))
    requests = Requests(state)
    requests.carry_out()
    assert await waits(requests)
    assert two_children.naming(state, "mia") == ["forgetting-mia.json", "journal.sqlite", "readings.sqlite"]


async def test_a_disk_that_takes_nothing_at_all_is_no_endless_loop(state, monkeypatch):
    requests = Requests(state)
    forgetting.write(state, ASKED)

    def full(*_, **__):
        raise StorageError("the disk is full")

    monkeypatch.setattr(forgetting.settings_file, "write", full)
    requests.carry_out()
    assert await waits(requests)


async def test_a_request_that_cannot_be_read_is_no_request(state):
    (state / "forgetting-mia.json").write_bytes(b"\x00{")
    assert await waits(Requests(state))
    with pytest.raises(StorageError, match="cannot be read"):
        forgetting.read(state, "mia")
