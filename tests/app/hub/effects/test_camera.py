"""The camera is asked once an episode, and nothing waits for it."""

import asyncio

from edge.app.hub.effects.camera import WAITING, CameraMessage, CameraRequests
from edge.model.effect import Film
from edge.model.event import FilmBegun
from edge.ports import Outcome, Sent
from tests.support.fakes.journal import MemoryJournal
from tests.support.fakes.publisher import FakePublisher


class Slow:
    """ports.Filmer that answers when it is let go."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.asked: list[str] = []

    async def film(self, alarm_id: str) -> Sent:
        self.asked.append(alarm_id)
        await self.go.wait()
        return Sent(Outcome.DELIVERED, f"/films/{alarm_id}")


async def test_the_link_is_kept_with_the_episode_and_what_is_too_much_is_said() -> None:
    notes: list[tuple[str, str, str]] = []
    camera, broker = Slow(), FakePublisher(MemoryJournal())
    begun: list[FilmBegun] = []
    requests = CameraRequests(
        camera, CameraMessage("cam/film", b"1"), broker, lambda *line: notes.append(line), begun.append
    )
    running = asyncio.ensure_future(requests.run())
    requests.execute(Film("e-0"), None)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    for number in range(1, WAITING + 2):
        requests.execute(Film(f"e-{number}"), None)
    assert notes == [(f"e-{WAITING + 1} film", "not asked for", "the camera is still busy with earlier ones")]
    camera.go.set()
    async with asyncio.timeout(5):
        while len(notes) < WAITING + 2:  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert notes[1] == ("e-0 film", "/films/e-0", "film")
    assert begun[0] == FilmBegun("e-0", "/films/e-0")
    assert len(begun) == WAITING + 1
    assert len(broker.sent) == len(camera.asked) == WAITING + 1
    running.cancel()


async def test_without_a_camera_nothing_is_kept() -> None:
    notes: list[tuple[str, str, str]] = []
    requests = CameraRequests(
        None, CameraMessage(), FakePublisher(MemoryJournal()), lambda *line: notes.append(line), print
    )
    requests.execute(Film("e-0"), None)
    assert notes == []
