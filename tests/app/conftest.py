"""A hub with fakes around it, and the few words to move it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from edge import config as configuration
from edge import pipeline
from edge.app.hub.loop import Hub
from edge.app.hub.worker import Worker
from edge.app.load.profiles import load_profiles, profiles_root
from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.event import Event, ReadingHeard
from edge.model.reading import Quantity, Reading, Unit
from edge.mqtt.payloads import messages_for
from edge.ports import Notifier, OutgoingMessage, Sounder
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.journal import MemoryJournal
from tests.support.fakes.notifier import FakeNotifier, FakeSounder
from tests.support.fakes.publisher import FakePublisher
from tests.support.fakes.reading_store import MemoryStore
from tests.support.homes import COT


class Broker(FakePublisher):
    """With what the hub uses beside the port: memory's own lane, and answers."""

    def __init__(self, journal: MemoryJournal) -> None:
        super().__init__(journal)
        self.from_memory: list[OutgoingMessage] = []
        self.answers: list[tuple[str, bytes, str, bytes]] = []
        self.in_flight = self.commands_lost = 0
        self.certificate_ends: dict[str, float] = {}

    def publish_unjournalled(self, messages: Sequence[OutgoingMessage]) -> None:
        self.from_memory += messages

    def reply(self, user: str, payload: bytes, response_topic: str = "", correlation: bytes = b"") -> None:
        self.answers.append((user, payload, response_topic, correlation))


@dataclass
class Parts:
    """hub, and everything that was put around it."""

    hub: Hub
    clock: ManualClock
    journal: MemoryJournal
    store: MemoryStore
    broker: Broker
    phone: FakeNotifier
    sounder: FakeSounder
    workers: list[Worker] = field(default_factory=list)

    async def hear(self, *events: Event) -> None:
        """Hand in events, and wait until all of it is done."""
        for event in events:
            await self.hub.emit(event)
            await self.hub.idle.wait()

    async def warm(self, celsius: float = 38.6, minutes: int = 40) -> None:
        """The patch measures that for so long."""
        for _ in range(minutes * 6):
            self.clock.mono_s += 10.0
            self.clock.wall_s += 10.0
            await self.hear(ReadingHeard("patch", Reading(Quantity.TEMPERATURE, celsius, Unit.CELSIUS)))

    def standing(self) -> dict[str, str]:
        """Condition and presence of what stands."""
        return {str(alarm.key.condition): str(alarm.presence) for alarm in self.hub.state.alarms.conditions.standing()}

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Everything but the tick, which a test gives itself."""
        hub = self.hub
        await hub.begin()
        work = [hub.work(), hub.book.run(), hub.pushes.run(), hub.room.run(), hub.proving.run(), self.broker.run()]
        tasks = [asyncio.ensure_future(each) for each in work]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            assert [each for each in results if not isinstance(each, asyncio.CancelledError)] == []


@dataclass
class Maker:
    """Makes one hub a test; ends its threads afterwards."""

    made: list[Parts] = field(default_factory=list)

    def __call__(
        self,
        *,
        text: str = COT,
        journal: MemoryJournal | None = None,
        phone: FakeNotifier | None = None,
        sounder: Sounder | bool | None = True,
        notifiers: Mapping[str, Sequence[Notifier]] | None = None,
    ) -> Parts:
        journal = journal or MemoryJournal()
        store, clock, phone = MemoryStore(), ManualClock(), phone or FakeNotifier()
        buzzer = FakeSounder()
        workers = [Worker("journal"), Worker("storage")]
        config = configuration.parse([configuration.Source(text, "test")])
        profiles = load_profiles(profiles_root())
        notifiers = {"anna": [phone]} if notifiers is None else notifiers
        channels = {who: len(each) for who, each in notifiers.items()}
        hub = Hub(
            pipeline.Setup(config, profiles, channels=channels),
            clock,
            journal=journal,
            store=store,
            journal_thread=workers[0],
            storage_thread=workers[1],
            notifiers=notifiers,
            sounder=buzzer if sounder is True else sounder or None,
        )
        broker = Broker(journal)
        hub.publisher = broker  # type: ignore[assignment]
        parts = Parts(hub, clock, journal, store, broker, phone, buzzer, workers)
        self.made.append(parts)
        return parts


@pytest.fixture
def make_hub():
    maker = Maker()
    yield maker
    for parts in maker.made:
        for worker in parts.workers:
            worker.close()


def fever(presence: Presence = Presence.ON, **changes: object) -> Alarm:
    """As the journal may hold it from before."""
    known: dict[str, object] = {
        "id": "mia-fever-7-1789990000",
        "key": AlarmKey(Condition.FEVER, "mia"),
        "kind": Kind.PHYSIOLOGICAL,
        "priority": Priority.MEDIUM,
        "presence": presence,
        "onset_s": 1_789_999_000.0,
        "raised_s": 1_789_999_600.0,
        "sequence": 7,
        "reason": Reason.EVIDENCE,
        "value": 38.4,
        "limit": 37.5,
        "unit": "Cel",
        "text": "Mia: 38.4 °C, limit 37.5 °C, since 02:10",
        "guidance": "Look at her, give fluids, keep an eye on her.",
        "evidence": {"sensors": ["patch"]},
        "changed_s": 1_789_999_600.0,
    }
    return Alarm(**(known | changes))  # type: ignore[arg-type]


@pytest.fixture
def standing_fever():
    return fever


@pytest.fixture
def topic_of():
    return lambda alarm: messages_for("cot", alarm)[0].topic
