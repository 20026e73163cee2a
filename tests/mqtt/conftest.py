"""A real broker, a hub's publisher on it, and clients that look on."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from edge.errors import StorageError
from edge.model.alarm import Alarm, AlarmKey, Condition, Kind, Presence, Priority, Reason
from edge.model.care import Entry
from edge.model.evidence import TemperatureEvidence
from edge.mqtt.client import MqttPublisher
from edge.mqtt.inbound import Incoming
from edge.mqtt.link import BrokerSettings
from edge.mqtt.subscriber import Subscriber
from edge.ports import OutboxRow, OutgoingMessage
from tests.support.servers import Mosquitto, mosquitto, until

BASE_S = 1_795_000_000.0


class MemoryJournal:
    """The outbox of ports.Journal, in memory. failing: raise StorageError, as on a full card."""

    def __init__(self) -> None:
        self.rows: dict[int, OutboxRow] = {}
        self.confirmed: list[int] = []
        self.memos: dict[str, str] = {}
        self.failing = False
        self._last = 0

    def add(
        self, topic: str, payload: bytes, *, retain: bool = False, created_s: float = BASE_S, **more: object
    ) -> int:
        self._last += 1
        message = OutgoingMessage(topic, payload, retain, **more)  # type: ignore[arg-type]
        self.rows[self._last] = OutboxRow(self._last, message, created_s)
        return self._last

    def record(
        self,
        _alarms: Sequence[Alarm],
        messages: Sequence[OutgoingMessage],
        wall_s: float,
        _entries: Sequence[Entry] = (),
        memos: Mapping[str, str] = {},
    ) -> None:
        self._check()
        self.memos |= memos
        for message in messages:
            self._last += 1
            self.rows[self._last] = OutboxRow(self._last, message, wall_s)

    def recall(self, name: str) -> str:
        self._check()
        return self.memos.get(name, "")

    def pending(self, limit: int, after: int = 0) -> list[OutboxRow]:
        self._check()
        return [row for number, row in sorted(self.rows.items()) if number > after][:limit]

    def confirm(self, rows: Sequence[int], _wall_s: float) -> None:
        self._check()
        for row in rows:
            if self.rows.pop(row, None) is not None:
                self.confirmed.append(row)

    def reopen(self, _within_s: float, _before_s: float | None = None) -> None:
        """Nothing: the brokers of these tests forget nothing. One that does is in test_forgetful_broker.py."""
        self._check()

    def _check(self) -> None:
        if self.failing:
            raise StorageError("the journal cannot be written: no space left on the card")


@dataclass
class Hub:
    """A running publisher and all that it reported."""

    publisher: MqttPublisher
    journal: MemoryJournal
    states: list[tuple[bool, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    commands: list[Incoming] = field(default_factory=list)
    task: "asyncio.Task[None] | None" = None

    def point_at(self, settings: BrokerSettings) -> None:
        """From the next attempt on; with a port where nothing listens, the hub is held off."""
        self.publisher._settings = settings

    async def stop(self) -> None:
        assert self.task is not None
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task


@pytest.fixture
def alarm() -> Alarm:
    return Alarm(
        id="e-7",
        key=AlarmKey(Condition.FEVER, "mia", "patch"),
        kind=Kind.PHYSIOLOGICAL,
        priority=Priority.MEDIUM,
        presence=Presence.ON,
        onset_s=BASE_S,
        raised_s=BASE_S + 300.0,
        sequence=41,
        reason=Reason.EVIDENCE,
        value=38.25,
        limit=37.5,
        unit="Cel",
        text="Mia 38.3 °C",
        guidance="Look at her.",
        private="fever. Look at your child.",
        evidence=TemperatureEvidence(p_core_38=0.875),
        changed_s=BASE_S + 300.5,
    )


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path) as server:
        yield server


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal()


@pytest.fixture
async def start_hub(
    journal: MemoryJournal, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Callable[..., Awaitable[Hub]]]:
    """Start a publisher with `await start_hub(settings)`; the back-off is cut to a tenth so that tests are short."""
    monkeypatch.setattr("edge.mqtt.reconnect.BACKOFF_MIN_S", 0.1)
    monkeypatch.setattr("edge.mqtt.reconnect.BACKOFF_MAX_S", 0.5)
    hubs: list[Hub] = []

    async def start(settings: BrokerSettings, *, connected: bool = True, **options: object) -> Hub:
        states: list[tuple[bool, str]] = []
        problems: list[str] = []
        commands: list[Incoming] = []

        async def on_command(message: Incoming) -> None:
            commands.append(message)

        publisher = MqttPublisher(
            settings,
            journal,
            options.pop("run_blocking", asyncio.to_thread),  # type: ignore[arg-type]
            on_state=lambda is_up, detail: states.append((is_up, detail)),
            on_problem=problems.append,
            on_command=options.pop("on_command", on_command),  # type: ignore[arg-type]
            wall_s=options.pop("wall_s", lambda: BASE_S),  # type: ignore[arg-type]
            **options,  # type: ignore[arg-type]
        )
        hub = Hub(publisher, journal, states, problems, commands)
        hub.task = asyncio.create_task(publisher.run())
        hubs.append(hub)
        if connected:
            await until(lambda: publisher.connected)
        return hub

    yield start
    for hub in hubs:
        await hub.stop()


@pytest.fixture
async def watch() -> AsyncIterator[Callable[..., Awaitable[Subscriber]]]:
    """Start a subscriber with `await watch(server, "feverhub/#")`."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(server: Mosquitto, *filters: str, user: str = "hub") -> Subscriber:
            return await stack.enter_async_context(Subscriber(server.settings(user), *filters))

        yield start
