"""Test alarms over the real path, one at a time, beside the alarms themselves."""

import asyncio
from collections import deque
from collections.abc import Callable

from edge.app.hub.effects.notifications import Notifications, in_words
from edge.app.hub.effects.sounder import RoomSounder
from edge.model.alarm import ROOM
from edge.model.effect import Reply, SendTestAlarm
from edge.model.event import TargetProven
from edge.ports import Outcome

PROOFS = 4


class AlarmTester:
    """answer: sends the reply. proved: tells the core that a test arrived.

    elsewhere: tells the sounders of other rooms that a test begins, and that it is over.
    """

    def __init__(
        self,
        pushes: Notifications,
        room: RoomSounder,
        *,
        answer: Callable[[Reply], None],
        proved: Callable[[TargetProven], None],
        elsewhere: Callable[[bool], None],
    ) -> None:
        self._pushes = pushes
        self._room = room
        self._answer = answer
        self._proved = proved
        self._elsewhere = elsewhere
        self._waiting: deque[SendTestAlarm] = deque(maxlen=PROOFS)
        self._stir = asyncio.Event()

    def put(self, proof: SendTestAlarm) -> None:
        """Carry this out; of more than four that wait, the oldest is left out."""
        self._waiting.append(proof)
        self._stir.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._stir.wait()
            self._stir.clear()
            while self._waiting:
                await self._prove(self._waiting.popleft())

    async def _prove(self, proof: SendTestAlarm) -> None:
        telling = asyncio.gather(*map(self._pushes.prove, proof.messages))
        begun_s = asyncio.get_running_loop().time()
        self._elsewhere(True)
        sounded = await self._room.test()
        if sounded.outcome is Outcome.DELIVERED:
            self._proved(TargetProven(ROOM, asyncio.get_running_loop().time() - begun_s))
        told = await telling
        self._elsewhere(False)
        words = [*(line for _, line in told), f"sounder: {in_words(sounded)}"]
        good = sounded.outcome is Outcome.DELIVERED or any(arrived for arrived, _ in told)
        self._answer(Reply(proof.caregiver, proof.request_id, good, "; ".join(words)))
