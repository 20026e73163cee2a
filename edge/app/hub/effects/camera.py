"""Films of a movement, asked for beside the alarms: whatever the camera does, no alarm waits for it."""

import asyncio
from collections.abc import Callable

from edge.model.effect import Film
from edge.ports import Filmer, Outcome

WAITING = 8

Note = Callable[[str, str, str], None]


class CameraRequests:
    """note: writes the link, or why there is none, into the history of the episode.

    publish: sends the camera's own MQTT message. filmer: None where no camera is set up.
    """

    def __init__(self, filmer: Filmer | None, publish: Callable[[], None], note: Note) -> None:
        self._filmer = filmer
        self._publish = publish
        self._note = note
        self._wanted: asyncio.Queue[Film] = asyncio.Queue(WAITING)

    def want(self, film: Film) -> None:
        """Begin a film of this episode."""
        if self._filmer is None:
            return
        try:
            self._wanted.put_nowait(film)
        except asyncio.QueueFull:
            self._note(f"{film.alarm_id} film", "not asked for", "the camera is still busy with earlier ones")

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            film = await self._wanted.get()
            assert self._filmer is not None
            self._publish()
            sent = await self._filmer.film(film.alarm_id)
            said = "film" if sent.outcome is Outcome.DELIVERED else "no film"
            self._note(f"{film.alarm_id} film", sent.detail, said)
