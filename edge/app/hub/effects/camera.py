"""Films of a movement, asked for beside the alarms: whatever the camera does, no alarm waits for it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from edge.app.hub.effects.executor import Note
from edge.app.hub.supervisor import in_words
from edge.camera import NO_LINK
from edge.model.effect import Film
from edge.model.event import FilmBegun
from edge.pipeline import State
from edge.ports import Filmer, Outcome, Publisher

WAITING = 8


@dataclass(frozen=True, slots=True)
class CameraMessage:
    """The camera's own MQTT message, sent once with each request; an empty topic: none."""

    topic: str = ""
    payload: bytes = b""


class CameraRequests:
    """note: writes the link, or why there is none, into the history of the episode. begun: is given a link, for the
    episode itself.

    filmer: None where no camera is set up.
    """

    def __init__(
        self,
        filmer: Filmer | None,
        message: CameraMessage,
        publisher: Publisher,
        note: Note,
        begun: Callable[[FilmBegun], None],
    ) -> None:
        self._begun = begun
        self._filmer = filmer
        self._message = message
        self._publisher = publisher
        self._note = note
        self._wanted: asyncio.Queue[Film] = asyncio.Queue(WAITING)

    def execute(self, effect: Film, _state: State) -> None:
        """Begin a film of this episode."""
        if self._filmer is None:
            return
        try:
            self._wanted.put_nowait(effect)
        except asyncio.QueueFull:
            self._note(f"{effect.alarm_id} film", "not asked for", "the camera is still busy with earlier ones")

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            film = await self._wanted.get()
            assert self._filmer is not None
            if self._message.topic:
                self._publisher.send(self._message.topic, self._message.payload)
            try:
                sent = await self._filmer.film(film.alarm_id)
            except Exception as error:
                self._note(f"{film.alarm_id} film", f"the camera {in_words(error)}", "no film")
                raise
            said = "film" if sent.outcome is Outcome.DELIVERED else "no film"
            self._note(f"{film.alarm_id} film", sent.detail, said)
            if sent.outcome is Outcome.DELIVERED and sent.detail != NO_LINK:
                self._begun(FilmBegun(film.alarm_id, sent.detail))
