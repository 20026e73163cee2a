"""A hub with fakes around it, and the few words to move it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from edge import config as configuration
from edge import pipeline
from edge.app.hub.assembly import Assembly, Callbacks, Outside, assemble
from edge.app.hub.disk import Disk
from edge.app.hub.health import Facts
from edge.app.hub.loop import Hub
from edge.app.hub.worker import Worker
from edge.app.load.profiles import load_profiles, profiles_root
from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.event import Event, ReadingReceived
from edge.model.evidence import TemperatureEvidence
from edge.model.language import Language
from edge.model.reading import Quantity, Reading, Unit
from edge.mqtt.payloads import messages_for
from edge.ports import Filmer, Journal, Notifier, Sounder
from edge.storage.journal import SqliteJournal
from edge.storage.sqlite import SqliteReadingStore
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.journal import MemoryJournal
from tests.support.fakes.notifier import FakeNotifier, FakeSounder
from tests.support.fakes.publisher import FakePublisher
from tests.support.fakes.reading_store import MemoryStore
from tests.support.homes import COT


@dataclass
class Parts:
    """A hub put together, and everything that was put around it. callbacks: what the publisher was given."""

    made: Assembly
    callbacks: Callbacks
    clock: ManualClock
    journal: MemoryJournal
    store: MemoryStore
    broker: FakePublisher
    phone: FakeNotifier
    sounder: FakeSounder
    workers: list[Worker] = field(default_factory=list)

    @property
    def hub(self) -> Hub:
        return self.made.hub

    async def hear(self, *events: Event) -> None:
        """Hand in events, and wait until all of it is done."""
        for event in events:
            await self.made.queue.put(event)
            await self.made.queue.idle.wait()

    async def warm(self, celsius: float = 38.6, minutes: int = 40) -> None:
        """The patch measures that for so long."""
        for _ in range(minutes * 6):
            self.clock.mono_s += 10.0
            self.clock.wall_s += 10.0
            await self.hear(ReadingReceived("patch", Reading(Quantity.TEMPERATURE, celsius, Unit.CELSIUS)))

    def standing(self) -> dict[str, str]:
        """Condition and presence of what stands."""
        return {str(alarm.key.condition): str(alarm.presence) for alarm in self.hub.state.alarms.conditions.standing()}

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Everything but the tick, which a test gives itself."""
        made = self.made
        await made.begin()
        work = [
            made.hub.work(),
            made.recording.journal_writer.run(),
            made.outputs.notifications.run(),
            made.outputs.room_sounder.run(),
        ]
        work += [made.outputs.alarm_tester.run(), made.commands.run(made.intake.take_message), self.broker.run()]
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
        journal: Journal | None = None,
        phone: FakeNotifier | None = None,
        sounder: Sounder | bool | None = True,
        notifiers: Mapping[str, Sequence[Notifier]] | None = None,
        filmer: Filmer | None = None,
        stored: SqliteReadingStore | None = None,
        radio: Facts = dict,
        folder: Path | None = None,
        languages: Mapping[str, Language] | None = None,
        machine: Sequence[Mapping[str, object]] = (),
    ) -> Parts:
        journal = journal or MemoryJournal()
        store, clock, phone = MemoryStore(), ManualClock(), phone or FakeNotifier()
        buzzer = FakeSounder()
        workers = [Worker("journal"), Worker("storage")]
        config = configuration.parse([configuration.Source(text, "test")])
        profiles = load_profiles(profiles_root())
        notifiers = {"anna": [phone]} if notifiers is None else notifiers
        channels = {who: len(each) for who, each in notifiers.items()}
        broker = FakePublisher(journal)
        given: list[Callbacks] = []
        outside = Outside(
            Disk(
                folder or Path("/nowhere"),
                journal,
                stored or store,
                *workers,
                stored,
                journal if isinstance(journal, SqliteJournal) else None,
            ),
            lambda callbacks: (given.append(callbacks), broker)[1],
            notifiers,
            buzzer if sounder is True else sounder or None,
            filmer,
            radio,
            machine=machine,
        )
        made = assemble(pipeline.Setup(config, profiles, channels=channels, languages=languages or {}), clock, outside)
        parts = Parts(made, given[0], clock, journal, store, broker, phone, buzzer, workers)
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
        "evidence": TemperatureEvidence(sensors=("patch",)),
        "changed_s": 1_789_999_600.0,
    }
    return Alarm(**(known | changes))  # type: ignore[arg-type]


@pytest.fixture
def standing_fever():
    return fever


@pytest.fixture
def topic_of():
    return lambda alarm: messages_for("cot", alarm)[0].topic
