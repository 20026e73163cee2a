"""Tasks that come and go with what there is to do: one for each key, while the others go on undisturbed."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping

Work = Callable[[], Awaitable[None]]


class Workers:
    """Says what shall run with `set`, at any time; `run` sees to it."""

    def __init__(self) -> None:
        self._wanted: dict[Hashable, Work] = {}
        self._stir = asyncio.Event()

    def set(self, wanted: Mapping[Hashable, Work]) -> None:
        """From now on these. What runs under a key that is still wanted goes on as it is."""
        self._wanted = dict(wanted)
        self._stir.set()

    async def run(self) -> None:
        """Until cancelled, or until one of them raises."""
        running: dict[Hashable, asyncio.Task[None]] = {}
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._stir.clear()
                for key in [each for each in running if each not in self._wanted]:
                    running.pop(key).cancel()
                for key, work in self._wanted.items():
                    if key not in running:
                        running[key] = tasks.create_task(_awaited(work), name=str(key))
                await self._stir.wait()


async def _awaited(work: Work) -> None:
    await work()
