"""The loop around the core: it takes what the queue holds, steps, and hands the effects to their executors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from edge import pipeline
from edge.app.hub.counters import Counters
from edge.app.hub.effects.executor import Executor, Item, Recorder
from edge.app.hub.effects.journal_writer import History
from edge.app.hub.event_queue import EventQueue, Republish, ShowHealth, WatchBegan
from edge.app.hub.supervisor import Supervisor
from edge.model.event import Event, Tick
from edge.ports import Clock

TICK_S = 1.0


@dataclass(frozen=True, slots=True)
class Executors:
    """Who carries out what.

    recorders: by type of effect, in the order in which they are asked, before everything else: alarms, then entries.
    others: by type of effect or request; `Any`, since the type of an entry is its key.
    """

    recorders: Mapping[type[Item], Recorder]
    others: Mapping[type[Item], Executor[Any]]


class Hub:
    """Owns the pipeline's state. Everything enters through the queue; one task steps, in order."""

    def __init__(
        self,
        setup: pipeline.Setup,
        clock: Clock,
        queue: EventQueue,
        executors: Executors,
        *,
        counters: Counters,
        supervisor: Supervisor,
    ) -> None:
        self._setup = setup
        self._clock = clock
        self._queue = queue
        self._executors = executors
        self._counters = counters
        self._supervisor = supervisor
        self._state: pipeline.State | None = None

    @property
    def state(self) -> pipeline.State:
        """Of the core, after the last step. Nobody has it before `begin`."""
        assert self._state is not None
        return self._state

    async def begin(self, history: History) -> None:
        """Take up what the journal says stands, and step once."""
        now = self._clock.now()
        self._state, effects = pipeline.begin(
            self._setup,
            now,
            history.standing,
            history.sequence or int(now.wall_s),
            remembered=history.house,
            levels=history.levels,
            entries=history.entries,
            past=history.past,
        )
        await self._execute([*effects, WatchBegan()])
        await self._step(Tick())

    async def work(self) -> None:
        """Step through what the queue holds, until cancelled."""
        async for item in self._queue.items():
            if isinstance(item, ShowHealth | Republish | WatchBegan):
                self._hand_over(item)
            else:
                await self._step(item)
                self._counters.self_check += 1

    async def tick(self) -> None:
        """Let time pass for the core, from boot on."""
        while True:
            await self._queue.put(Tick(self._clock.now().mono_s))
            await self._clock.sleep(TICK_S)

    async def _step(self, event: Event) -> None:
        self._state, effects = pipeline.step(self.state, event, self._clock.now())
        if effects:
            await self._execute(effects)

    async def _execute(self, effects: Sequence[Item]) -> None:
        """Alarms first and on disk before anything reports them, entries next; nothing else here waits."""
        for kind, recorder in self._executors.recorders.items():
            if not any(isinstance(effect, kind) for effect in effects):
                continue
            try:
                effects = await recorder.record(effects)
            except Exception as error:  # noqa: BLE001 - whatever fails there, the other effects are carried out
                self._supervisor.failed(f"{kind.__name__} executor", error)
                effects = [effect for effect in effects if not isinstance(effect, kind)]
        for effect in effects:
            self._hand_over(effect)

    def _hand_over(self, item: Item) -> None:
        try:
            self._executors.others[type(item)].execute(item, self.state)
        except Exception as error:  # noqa: BLE001 - whatever fails there, the other effects are carried out
            self._supervisor.failed(f"{type(item).__name__} executor", error)
