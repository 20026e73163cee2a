"""One hub from start to stop: everything that runs hangs in one TaskGroup. The daemon, replay and demo all use it."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from edge import pipeline
from edge.app.hub.command_intake import CommandIntake
from edge.app.hub.jobs import chores, replicate, watch_journal
from edge.app.hub.loop import Hub
from edge.app.hub.phone_buttons import PhoneButtons
from edge.app.hub.worker import Worker
from edge.app.load.broker import broker_settings
from edge.app.load.checked import CheckedConfiguration
from edge.camera import Camera
from edge.config import Config
from edge.errors import StorageError
from edge.host.client_id import client_id
from edge.host.notify import Systemd, Watchdog
from edge.model.alarm import Condition
from edge.model.people import Caregiver, Role
from edge.mqtt.client import MqttPublisher
from edge.ports import Clock, FrameSource, Journal, Notifier, ReadingStore
from edge.push.apprise import AppriseNotifier
from edge.push.ntfy import NtfyPhone, is_ntfy
from edge.sounder.sounders import sounders
from edge.storage.journal import SqliteJournal
from edge.storage.sqlite import SqliteReadingStore
from edge.storage.unavailable import AbsentJournal, AbsentStore

LOCALTIME = Path("/etc/localtime")
CORE_STALE_S = 30.0
STORE_STALE_S = 120.0
STATUS_S = 10.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Options:
    """What differs between the daemon, replay and demo.

    source: makes where the frames come from. meanwhile: runs beside everything; when it returns, the hub stops.
    silent: no sound in the room and no push, since nothing real happens. ticks: False if the source sends them.
    """

    source: Callable[[Hub], FrameSource]
    meanwhile: Callable[[Hub], Awaitable[None]] | None = None
    systemd: Systemd = field(default_factory=lambda: Systemd({}))
    silent: bool = False
    ticks: bool = True


async def run(loaded: CheckedConfiguration, clock: Clock, options: Options) -> None:
    """Run a hub until `meanwhile` returns or the task is cancelled; then publish, commit and close in good order."""
    journal_thread, storage_thread = Worker("journal"), Worker("storage")
    journal, store = await _open(loaded.state_dir, journal_thread, storage_thread)
    sounder = None if options.silent else sounders(loaded.config)
    notifiers = {} if options.silent else _notifiers(loaded)
    hub = Hub(
        pipeline.Setup(
            loaded.config, loaded.profiles, _zone(), channels={who: len(each) for who, each in notifiers.items()}
        ),
        clock,
        journal=journal,
        store=store,
        journal_thread=journal_thread,
        storage_thread=storage_thread,
        notifiers=notifiers,
        sounder=sounder,
        filmer=None if options.silent else _camera(loaded.config),
    )
    taps = PhoneButtons(hub, notifiers)
    hub.phone_buttons, hub.answers.phone = taps.facts, taps.answered
    orders = CommandIntake(hub)
    hub.publisher = _publisher(loaded, hub, orders)
    for part, what in (("journal", journal), ("store", store)):
        damaged = getattr(what, "quarantined", None)
        why = f"earlier history was damaged and is put aside as {damaged}" if damaged else ""
        hub.report(Condition.HUB_DEGRADED, bool(damaged), why, part)
    await hub.begin()
    await orders.recall()
    options.systemd.ready()
    watchdog = Watchdog(options.systemd)
    try:
        async with asyncio.TaskGroup() as tasks:
            running = [
                tasks.create_task(work, name=name)
                for name, work in {
                    "core": hub.work(),
                    "tick": hub.tick() if options.ticks else asyncio.sleep(0),
                    "store": hub.keeper.run(),
                    "push": hub.pushes.run(),
                    "phone buttons": taps.run(),
                    "history": hub.book.run(),
                    "sounder": hub.room.run(),
                    "proof": hub.proving.run(),
                    "films": hub.films.run(),
                    "sounder child": sounder.run(hub.room.tried) if sounder else asyncio.sleep(0),
                    "mqtt": hub.publisher.run(),
                    "health": hub.health(),
                    "watchdog": _watch(hub, watchdog, options.systemd),
                    "chores": chores(hub, loaded),
                    "replication": replicate(hub, loaded),
                    "journal file": watch_journal(hub),
                    "source": options.source(hub).run(hub.emit),
                }.items()
            ]
            if options.meanwhile is not None:
                await options.meanwhile(hub)
                for task in running:
                    task.cancel()
    finally:
        options.systemd.stopping()
        await hub.keeper.flush(commit=True)
        await hub.book.flush()
        for worker, close in ((journal_thread, journal.close), (storage_thread, store.close)):
            try:
                await worker(close)
            except StorageError as error:  # the last seconds of a full card; nothing else is lost by it
                log.error("close", why=str(error))
            worker.close()


async def _open(folder: Path, journal_thread: Worker, storage_thread: Worker) -> tuple[Journal, ReadingStore]:
    """The journal and the store; where one cannot be opened, a stand-in that says why, since alarms must go on."""
    journal: Journal
    store: ReadingStore
    try:
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    except OSError as error:
        log.error("state folder", folder=str(folder), why=error.strerror)
    try:
        journal = await journal_thread(SqliteJournal, folder / "journal.sqlite")
    except StorageError as error:
        log.error("journal", why=str(error))
        journal = AbsentJournal(str(error), lambda: _journal(folder))
    try:
        store = await storage_thread(SqliteReadingStore, folder / "readings.sqlite")
    except StorageError as error:
        log.error("store", why=str(error))
        store = AbsentStore(f"{error}; once that is mended, restart the hub")
    return journal, store


def _journal(folder: Path) -> Journal:
    """The journal of a disk that came back."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{folder}: {error.strerror}") from error
    journal = SqliteJournal(folder / "journal.sqlite")
    log.warning("journal.back", folder=str(folder), note="what stood in it before is taken up at the next start")
    return journal


def _camera(config: Config) -> Camera | None:
    table = config.camera
    return None if table is None else Camera(table.http_url, table.http_body, table.link, tuple(table.command))


def _zone() -> dt.tzinfo:
    """The computer's own zone, with its rule for summer time: a hub that runs for years must not keep one offset."""
    with contextlib.suppress(OSError, ValueError), LOCALTIME.open("rb") as file:
        return ZoneInfo.from_file(file, key="localtime")
    local = dt.datetime.now().astimezone().tzinfo
    assert local is not None
    return local


def _notifiers(loaded: CheckedConfiguration) -> Mapping[str, list[Notifier]]:
    return {
        caregiver.id: [
            _phone(loaded.credentials.require(channel.removeprefix("credential:")), caregiver, loaded.config.hub.name)
            for channel in caregiver.channels
        ]
        for caregiver in loaded.config.caregivers
        if caregiver.channels and caregiver.role is not Role.VIEWER
    }


def _phone(url: str, caregiver: Caregiver, hub: str) -> Notifier:
    buttons = caregiver.phone_buttons and is_ntfy(url)
    return NtfyPhone(url, who=f"{caregiver.id} at {hub}") if buttons else AppriseNotifier([url])


def _publisher(loaded: CheckedConfiguration, hub: Hub, orders: CommandIntake) -> MqttPublisher:
    settings = replace(broker_settings(loaded), client_id=client_id(loaded.state_dir))

    async def home_assistant(word: str) -> None:
        if word == "online":  # its birth message: it has forgotten all that is not retained, and so may the broker
            hub.show_again()
            hub.show_health()

    return MqttPublisher(
        settings,
        hub.journal,
        hub.journal_thread,
        on_state=hub.broker_state,
        on_problem=lambda detail: hub.report(Condition.BROKER_DOWN, bool(detail), detail, "messages"),
        on_command=orders.take,
        on_home_assistant=home_assistant if loaded.config.homeassistant.discovery else None,
        wall_s=lambda: hub.clock.now().wall_s,
    )


async def _watch(hub: Hub, watchdog: Watchdog, systemd: Systemd) -> None:
    """Feed systemd's watchdog by proof: the core stepped, the store took what it was given."""
    loop = asyncio.get_running_loop()
    watchdog.register("core", CORE_STALE_S, loop.time())
    watchdog.register("store", STORE_STALE_S, loop.time())
    steps = flushes = -1
    while True:
        if hub.counters.self_check != steps:
            steps = hub.counters.self_check
            watchdog.beat("core", loop.time())
        if hub.keeper.rounds != flushes:
            flushes = hub.keeper.rounds
            watchdog.beat("store", loop.time())
        stale = watchdog.feed(loop.time())
        if stale is not None:
            log.error("watchdog.not_fed", stage=stale)
        systemd.status(hub.one_line())
        await asyncio.sleep(min(STATUS_S, systemd.watchdog_s or STATUS_S))
