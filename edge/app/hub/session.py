"""One hub from start to stop: everything that runs hangs in one TaskGroup. The daemon, replay and demo all use it."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from edge import pipeline
from edge.app.hub.assembly import Assembly, Callbacks, Outside, assemble
from edge.app.hub.disk import JOURNAL, Disk, open_disk
from edge.app.hub.event_queue import EventQueue
from edge.app.hub.gateways import GatewaySource, heard_by_gateways
from edge.app.hub.health import Facts, ask_for_health, one_line
from edge.app.hub.household import Household
from edge.app.hub.jobs import DailyJobs, watch_journal
from edge.app.hub.machine_checks import MachineChecks
from edge.app.hub.outward import outward
from edge.app.hub.page import Page, Shown
from edge.app.hub.page_certificate import PageCertificate
from edge.app.hub.page_doctor import PageDoctor
from edge.app.hub.page_history import PageHistory
from edge.app.hub.page_reports import PageReports
from edge.app.hub.phone_channels import PhoneChannels
from edge.app.hub.progress import Stages, feed
from edge.app.hub.retained import keep_clear
from edge.app.hub.wards import Wards
from edge.app.hub.way_test import WayTest
from edge.app.load import caregivers
from edge.app.load.broker import broker_settings, hub_user
from edge.app.load.checked import CheckedConfiguration
from edge.app.load.configuration import CREDENTIALS, needs_radio
from edge.app.load.languages import load_languages
from edge.app.load.zone import local_zone
from edge.camera import Camera
from edge.config import Config
from edge.host.client_id import client_id
from edge.host.notify import Systemd
from edge.model.alarm import Alarm, Condition
from edge.mqtt.client import MqttPublisher
from edge.ports import Clock, Ear, FrameSource, Listener, Progress
from edge.sounder.sounders import Sounders, sounders
from edge.web.phones import FOLDER as PHONES

Work = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Options:
    """What differs between the daemon, replay and demo.

    source: makes where the frames come from. radio: its facts for the health topic. ear: tells whether the radio
    listens; None for a recording. meanwhile: runs beside everything; when it returns, the hub stops. on_alarm: called
    with each change of an alarm. silent: no sound in the room and no push, since nothing real happens. ticks: False if
    the source is a recording, which lets time pass itself; if that fails, so does the run. demo_phones: of a demo,
    where the phones are kept that its page let in; other recordings have no page. listening: where the page listens
    already, since a first run opened it. owner: the owner's file, for the doctor's report of the page.
    """

    source: Callable[[EventQueue], FrameSource]
    radio: Facts = dict
    ear: Ear | None = None
    meanwhile: Callable[[Assembly], Awaitable[None]] | None = None
    on_alarm: Callable[[Alarm], None] = lambda _alarm: None
    systemd: Systemd = field(default_factory=lambda: Systemd({}))
    silent: bool = False
    ticks: bool = True
    demo_phones: Path | None = None
    listening: socket.socket | None = None
    owner: Path | None = None


async def run(loaded: CheckedConfiguration, clock: Clock, options: Options) -> None:
    """Run a hub until `meanwhile` returns or the task is cancelled; then publish, commit and close in good order."""
    disk = await open_disk(loaded.state_dir)
    loaded = caregivers.present(loaded, clock.now().wall_s)
    sounder = None if options.silent else sounders(loaded.config)
    # A recording hands over many seconds at once, which the positive control would take for losses.
    setup = pipeline.Setup(
        loaded.config, loaded.profiles, local_zone(), controlled=options.ticks, languages=load_languages()
    )
    ways = PhoneChannels(setup.locale)
    notifiers = {} if options.silent else ways.renew(loaded)[0]
    channels = {who: len(each) for who, each in notifiers.items()}
    setup = replace(setup, channels=channels, by_hand=caregivers.by_hand(loaded.config))
    household = Household(loaded, ways) if options.ticks and not options.silent else None
    gateways = GatewaySource(heard_by_gateways(loaded.config), broker_settings(loaded), clock)
    machine = MachineChecks(loaded.state_dir, loaded.state_dir / CREDENTIALS, clock, radio=needs_radio(loaded.config))
    wards = await Wards.open(loaded, disk, clock, live=options.ticks)
    more: dict[str, Facts] = {
        **({"gateways": gateways.facts} if gateways.topics else {}),
        **({"wards": wards.facts} if loaded.config.wards else {}),
    }
    outside = Outside(
        disk,
        lambda callbacks: wards.around(_publisher(loaded, disk, clock, callbacks), callbacks),
        notifiers,
        sounder,
        None if options.silent else _camera(loaded.config),
        options.radio,
        more,
        machine.rows,
        options.on_alarm,
        loaded.credentials.get("influx_token") or "",
        household,
    )
    parts = assemble(setup, clock, outside)
    for part, damaged in disk.damaged.items():
        why = f"earlier history was damaged and is put aside as {damaged}" if damaged else ""
        parts.queue.report(Condition.HUB_DEGRADED, bool(damaged), why, part)
    try:
        await parts.begin()
        tries = await _way(loaded, parts, options)
        if tries is not None:
            more["way"] = tries.facts
        beside = {**side_tasks(parts, sounder, way=tries.weekly if tries else None), **wards.begin(parts.queue)}
        if household is not None:
            household.serve(parts)
            beside |= {"household": household.run}
        if options.ticks and gateways.topics:
            beside |= {"gateways": lambda: gateways.run(parts.intake.emit)}
        if options.ticks:  # a replay leaves to the hub what the hub left
            beside |= {"machine": machine.run, **outward(loaded, parts, more)}
            beside |= {"retained topics": lambda: keep_clear(parts, broker_settings(loaded), hub_user(loaded.config))}
        beside |= _page(loaded, parts, options, machine=machine, facts=more)
        ears: list[Listener] = [gateways, *([options.ear] if options.ear else [])]
        await _run_all(parts, options, beside, lambda: _watches(parts, ears if options.ticks else ()))
    finally:
        await parts.recording.reading_writer.flush(commit=True)
        await parts.recording.journal_writer.flush()
        await disk.close()


async def _way(loaded: CheckedConfiguration, parts: Assembly, options: Options) -> WayTest | None:
    """What tries the way of alarms, with what came of the last time; None where nothing real happens."""
    if options.silent or not options.ticks:
        return None
    tries = WayTest(parts, broker_settings(loaded), hub_user(loaded.config))
    await tries.recall()
    return tries


def _page(
    loaded: CheckedConfiguration,
    parts: Assembly,
    options: Options,
    *,
    machine: MachineChecks,
    facts: Mapping[str, Facts],
) -> dict[str, Work]:
    """The caregivers' page, if there is one, and what it shows, as side tasks. facts: of the health topic, by name."""
    web = loaded.config.web
    if web is None or not (options.ticks or options.demo_phones):
        return {}
    phones = options.demo_phones or loaded.state_dir / PHONES
    published = parts.recording.alarms
    history = PageHistory(
        lambda: parts.hub.state, lambda: published.latest, parts.clock, parts.disk.stored, loaded.state_dir / JOURNAL
    )
    reports = PageReports(lambda: parts.hub.state, loaded.state_dir, options.owner)
    doctor = PageDoctor(
        loaded.config,
        parts.clock,
        lambda: machine.checks,
        options.radio,
        lambda: parts.publisher.certificate_ends,
        facts,
    )
    shown = Shown(
        lambda: parts.hub.state, lambda: published.latest, parts.clock, parts.intake, history, reports, doctor
    )
    demo = options.demo_phones is not None
    certify, tasks = None, dict[str, Work]()
    if web.tls and not demo:
        keeper = PageCertificate(web, loaded.state_dir, loaded.config.hub.name, parts.clock, parts.queue.report)
        certify = keeper.certified
        tasks |= {"page certificate": keeper.run}
    page = Page(web, phones, shown, demo=demo, listening=options.listening, certify=certify)
    if not demo:
        tasks |= {"backup seen": doctor.run}
    return tasks | {"page": page.run, "reports": reports.run}


async def _run_all(parts: Assembly, options: Options, beside: Mapping[str, Work], watches: Callable[[], bool]) -> None:
    """The core alone may end the hub; what runs beside it is kept going by the supervisor."""
    source = options.source(parts.queue)
    told = stages(parts, options.ear)
    core: dict[str, Work] = {
        "core": parts.hub.work,
        "watchdog": lambda: feed(
            told,
            options.systemd,
            watches,
            lambda: _status(parts),
            parts.counters.stands_still,
        ),
    }
    if options.ticks:
        core |= {"tick": parts.hub.tick}
        emit = parts.heard.keeping(parts.intake.emit)
        beside = {**beside, "source": lambda: source.run(emit), "frames heard": parts.heard.run}
    else:
        core |= {"recording": lambda: source.run(parts.intake.emit)}
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(_awaited(work), name=name) for name, work in core.items()]
        running += [tasks.create_task(parts.supervisor.keep(name, work), name=name) for name, work in beside.items()]
        if options.meanwhile is not None:
            await options.meanwhile(parts)
            for task in running:
                task.cancel()


def _watches(parts: Assembly, ears: Sequence[Listener]) -> bool:
    """Whether the store is open and one of these listens. A recording needs none."""
    stored = parts.disk.stored is not None and parts.disk.journalled is not None
    return stored and (not ears or any(ear.listens for ear in ears))


def _status(parts: Assembly) -> str:
    return one_line(parts.hub.state, parts.clock.now())


async def _awaited(work: Work) -> None:
    await work()


def side_tasks(parts: Assembly, sounder: Sounders | None = None, way: Work | None = None) -> dict[str, Work]:
    """What runs beside the core, by the name that `hub_degraded` gives it: none of it may end the hub."""
    jobs = DailyJobs(
        parts.setup.config,
        parts.clock,
        parts.disk,
        parts.outputs.notifications,
        state=lambda: parts.hub.state,
        report=parts.queue.report,
        way=way,
    )
    return {
        "store writer": parts.recording.reading_writer.run,
        "history": parts.recording.journal_writer.run,
        "push": parts.outputs.notifications.run,
        "phone buttons": parts.phone_buttons.run,
        "phone screens": parts.outputs.phone_screens.run,
        "commands": lambda: parts.commands.run(parts.intake.take_message),
        "sounder": parts.outputs.room_sounder.run,
        **({"sounder parts": lambda: sounder.run(parts.outputs.room_sounder.tried)} if sounder else {}),
        "test alarm": parts.outputs.alarm_tester.run,
        "camera": parts.outputs.camera.run,
        "mqtt": parts.publisher.run,
        "health": lambda: ask_for_health(parts.queue, parts.clock),
        "jobs": jobs.run,
        "journal file": lambda: watch_journal(parts.disk, parts.clock, parts.queue.report),
        "replication": parts.replication.run,
    }


def _camera(config: Config) -> Camera | None:
    table = config.camera
    return None if table is None else Camera(table.http_url, table.http_body, table.link, tuple(table.command))


def _publisher(loaded: CheckedConfiguration, disk: Disk, clock: Clock, callbacks: Callbacks) -> MqttPublisher:
    return MqttPublisher(
        replace(broker_settings(loaded), client_id=client_id(loaded.state_dir)),
        disk.journal,
        disk.journal_thread,
        on_state=callbacks.state,
        on_problem=callbacks.problem,
        on_command=callbacks.command,
        on_home_assistant=callbacks.home_assistant if loaded.config.homeassistant.discovery else None,
        wall_s=lambda: clock.now().wall_s,
    )


def stages(parts: Assembly, ear: Ear | None) -> Stages:
    """Every part that has work to do and no other time limit for it, from the ear to the room and the phones."""
    readings, history = parts.recording.reading_writer, parts.recording.journal_writer
    progress: dict[str, Callable[[], Progress]] = {
        "core": lambda: Progress(parts.counters.self_check),
        "store writer": lambda: Progress(readings.rounds),
        "history": history.progress,
        "push": parts.outputs.notifications.progress,
        "sounder": parts.outputs.room_sounder.progress,
        "commands": parts.commands.progress,
    }
    if ear is not None:
        progress["source"] = ear.progress
    return Stages(progress, parts.supervisor.fails)
