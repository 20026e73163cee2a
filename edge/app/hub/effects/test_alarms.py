"""Test alarms over the real path, one at a time, beside the alarms themselves."""

import asyncio
from collections import deque
from collections.abc import Callable

from edge.app.hub.effects.notifications import Notifications, in_words
from edge.app.hub.effects.sounder import RoomSounder
from edge.app.hub.effects.status_topics import StatusTopics
from edge.model.alarm import ROOM
from edge.model.effect import Notify, Reply, SendTestAlarm
from edge.model.event import TargetProven, TestTaken
from edge.model.language import N_
from edge.pipeline import State
from edge.ports import Outcome

WAITING = 4
SOUNDER = N_("sounder")


class AlarmTester:
    """answer: sends the reply. proved, taken: tell the core that a test has sounded, that a way to a phone took it."""

    def __init__(
        self,
        notifications: Notifications,
        room_sounder: RoomSounder,
        status_topics: StatusTopics,
        *,
        answer: Callable[[Reply], None],
        proved: Callable[[TargetProven], None],
        taken: Callable[[TestTaken], None],
    ) -> None:
        self._notifications = notifications
        self._room_sounder = room_sounder
        self._status_topics = status_topics
        self._answer = answer
        self._proved = proved
        self._taken = taken
        self._waiting: deque[SendTestAlarm] = deque(maxlen=WAITING)
        self._stir = asyncio.Event()

    def execute(self, effect: SendTestAlarm, _state: State) -> None:
        """Queue it; of more than four that wait, the oldest is left out."""
        self._waiting.append(effect)
        self._stir.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._stir.wait()
            while self._waiting:
                await self._send(self._waiting.popleft())
            self._stir.clear()

    async def _send(self, test: SendTestAlarm) -> None:
        begun_s = asyncio.get_running_loop().time()
        pushing = asyncio.gather(*(self._push(message, begun_s) for message in test.messages))
        self._status_topics.test(begins=True)
        try:
            sounded = await self._room_sounder.test()
            if sounded.outcome is Outcome.DELIVERED:
                self._proved(TargetProven(ROOM, asyncio.get_running_loop().time() - begun_s))
            pushed = await pushing
        finally:
            pushing.cancel()
            self._status_topics.test(begins=False)
        words = [*(line for _, line in pushed), f"{SOUNDER}: {in_words(sounded)}"]
        good = sounded.outcome is Outcome.DELIVERED or any(arrived for arrived, _ in pushed)
        if test.answers:
            self._answer(Reply(test.caregiver, test.request_id, good, "; ".join(words)))

    async def _push(self, message: Notify, begun_s: float) -> tuple[bool, str]:
        arrived, words = await self._notifications.prove(message)
        if arrived:
            self._taken(TestTaken(message.caregiver, asyncio.get_running_loop().time() - begun_s))
        return arrived, words
