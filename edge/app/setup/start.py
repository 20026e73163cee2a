"""`feverhub run`: the hub, or, where it does not know enough to watch, the first run until it does; one process.

systemd is told READY only once the hub watches. Meanwhile the service stays `activating`, with a status that says so:
a first run that looked like a running service would be a watch that nobody keeps.
"""

import asyncio
import faulthandler
import os
import socket
import time
from collections.abc import Coroutine, Mapping
from pathlib import Path

import structlog

from edge.app.hub import daemon
from edge.app.hub.page import PageProcess
from edge.app.hub.supervisor import Supervisor
from edge.app.load import first_run, process
from edge.app.load.addresses import addresses
from edge.app.load.first_run import NOBODY, Files, Unfinished
from edge.app.load.profiles import load_profiles, profiles_root
from edge.app.sensors import scan
from edge.app.setup import terminal
from edge.app.setup.finder import Finder
from edge.app.setup.first_run import FirstRun
from edge.app.setup.forgetting import Requests
from edge.app.setup.mending import Mending
from edge.config import Config, WebTable
from edge.delivery import setup_texts as texts
from edge.errors import EdgeError, Unreachable
from edge.host import lock
from edge.host.clock import SystemClock
from edge.host.notify import Systemd
from edge.model.language import Language
from edge.radio.discovery import Air
from edge.sounder.sounders import sounders
from edge.web import lookup, wire
from edge.web.phones import FOLDER, INVITED_S
from edge.web.reader import Reader
from edge.web.setup_wire import Setup

PORTS = 10
"""How many are tried, from the usual one on, when another program has it."""
EXTENDS_S, EXTEND_S = 10.0, 60.0
"""How often systemd hears that the first run goes on, and how long it then waits."""
READS_S = 3.0
"""How often a configuration that cannot be used is read again: an owner who mends it needs no restart."""
FORGETS_S, FEEDS_S = 900.0, 5.0
"""How long a child may take to be forgotten before systemd starts the hub anew, and how often systemd hears of it: a
store of 4 GB is written anew at 20 MB/s, the least of a memory card, in 200 s.
"""
SOUNDS_AFTER_S, SOUNDS_S, SOUNDS_EVERY_S = 60.0, 5.0, 120.0
"""Of a hub whose configuration cannot be used: after as long as the room is told of other trouble, one burst each time
(`technical` repeats itself after 25 s), as often as its medium alarms.
"""
SOUND = "technical"
LAST_ANSWER_S = 0.7
"""The page is ended so long after the last question, so that its answer has left."""

log = structlog.get_logger(__name__)


def start(path: Path, state_dir: Path | None, air: Air | None = None) -> None:
    """Run until SIGTERM or SIGINT. Raises EdgeError while another hub runs with the same state folder, RestartNeeded
    when systemd should start it anew. air: replaces the real radio, for a test rig.
    """
    process.set_up_logs()
    # When systemd's watchdog ends a hub that stands still (SIGABRT), the journal has where each thread stood.
    faulthandler.enable()
    asyncio.run(process.until_stopped(_start(Files(path, state_dir), air)))


async def _start(files: Files, air: Air | None) -> None:
    found = first_run.look(files)
    folder = files.folder if isinstance(found, Unfinished) else found.state_dir
    with lock.held(folder):
        listening: socket.socket | None = None
        requests = Requests(folder)
        try:
            while True:
                await _forget(requests)
                found = first_run.look(files)
                if not isinstance(found, Unfinished):
                    shared = listening if found.config.web is not None else None
                    if await _until_asked(requests, daemon.watch(found, air=air, listening=shared, owner=files.path)):
                        return
                    continue
                web = first_run.where(files, os.environ)
                if listening is None:
                    web, listening = _listen(web)
                await _until_asked(requests, _first_run(files, found, web, listening, air))
        finally:
            Systemd().stopping()
            if listening is not None:
                listening.close()


async def _forget(requests: Requests) -> None:
    """Whom the family wants forgotten, while nothing is watched; systemd waits."""
    systemd = Systemd()
    clearing = asyncio.create_task(asyncio.to_thread(requests.carry_out))
    for _ in range(round(FORGETS_S / FEEDS_S)):
        if (await asyncio.wait([clearing], timeout=FEEDS_S))[0]:
            break
        systemd.status("NOT watching: a child is being forgotten")
        systemd.starting(EXTEND_S)
        systemd.feed()
    await clearing


async def _until_asked(requests: Requests, work: Coroutine[object, object, None]) -> bool:
    """Do that until a child is to be forgotten, whose data can only go while nobody reads or writes them; True if it
    ended by itself.
    """
    working = asyncio.create_task(work)
    wanted = asyncio.create_task(requests.wanted())
    try:
        await asyncio.wait([working, wanted], return_when=asyncio.FIRST_COMPLETED)
    finally:
        wanted.cancel()
        working.cancel()
        await asyncio.gather(wanted, working, return_exceptions=True)
        if not working.cancelled():
            working.result()
    return not working.cancelled()


def _listen(web: WebTable) -> tuple[WebTable, socket.socket]:
    """There, or at one of the next ports if another program has that one. Raises Unreachable."""
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    for port in range(web.port, min(web.port + PORTS, 65536)):
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((web.host, port))
            listening.listen(100)
        except OSError as error:
            listening.close()
            why = error.strerror
            continue
        listening.setblocking(False)
        return WebTable(web.host, port), listening
    raise Unreachable(f"the first run cannot be opened on {web.host}, ports {web.port} to {port}: {why}")


async def _first_run(
    files: Files, unfinished: Unfinished, web: WebTable, listening: socket.socket, air: Air | None
) -> None:
    """Until the configuration is whole."""
    clock, systemd = SystemClock(), Systemd()
    finder = Finder(air or scan.on_this_computer(), load_profiles(profiles_root()))
    run = FirstRun(files, unfinished, web, finder, clock)
    await run.begin()
    for sentence in unfinished.trouble:
        log.error("configuration", why=sentence)
    page = SetupPage(web, run, listening)
    tasks = [
        asyncio.create_task(Supervisor(_unheard).keep("page", page.run)),
        asyncio.create_task(_invite(run, web, broken=bool(unfinished.trouble))),
        asyncio.create_task(_tell(systemd, web, broken=bool(unfinished.trouble))),
    ]
    if unfinished.trouble:
        tasks.append(asyncio.create_task(_read_again(run)))
        tasks.append(asyncio.create_task(_sound(run.mending, first_run.sounding(files, os.environ))))
    complete = asyncio.create_task(run.complete.wait())
    try:
        done, _ = await asyncio.wait([complete, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        await asyncio.sleep(LAST_ANSWER_S)
    finally:
        for task in (complete, *tasks):
            task.cancel()
        await asyncio.gather(complete, *tasks, return_exceptions=True)
        await run.stop()
        terminal.clear()


class SetupPage(PageProcess):
    """The page of a first run."""

    def __init__(self, web: WebTable, run: FirstRun, listening: socket.socket) -> None:
        super().__init__(web, run.record.folder / FOLDER, listening=listening, setup=True)
        self._run = run

    def shown(self) -> list[wire.Snapshot | Setup]:
        """How far it has come."""
        return [self._run.shown(reader) for reader in self._run.readers()]

    def languages(self) -> Mapping[str, Language]:
        """Those of the first run."""
        return self._run.languages

    async def take(self, asked: wire.Say) -> None:
        """One form. What it changed is shown before the answer says that it was taken."""
        ok, reason = await self._run.take(asked)
        for shown in self.shown():
            self.tell(shown)
        self.tell(wire.Answer(asked.number, ok, reason))

    async def look_up(self, question: lookup.Question, reader: Reader) -> lookup.Found:  # noqa: ARG002  there is no disk yet
        """Nothing."""
        return lookup.Nothing(texts.NOT_WATCHING)


def _unheard(*_: object) -> None:
    """There is no core yet that could raise an alarm: the log has it."""


async def _invite(run: FirstRun, web: WebTable, *, broken: bool) -> None:
    """A code on the terminal, and a new one whenever it is void and nobody has come in."""
    while True:
        terminal.show(web, run.record.phones.invite(NOBODY, time.time(), typed=True), broken=broken)
        await asyncio.sleep(INVITED_S)
        while run.record.phones.all() and not broken:  # noqa: ASYNC110  the page's own process lets phones in
            await asyncio.sleep(INVITED_S)


async def _tell(systemd: Systemd, web: WebTable, *, broken: bool) -> None:
    where = addresses(web)[0]
    what = "NOT watching, the configuration cannot be used" if broken else "not watching yet, waits for the first run"
    while True:
        systemd.starting(EXTEND_S)
        systemd.status(f"{what}: open {where}/setup with a phone in the same network")
        await asyncio.sleep(EXTENDS_S)


async def _sound(mending: Mending, config: Config) -> None:
    """In the room, now and then: nobody who went to bed shall take a hub that cannot start for one that watches."""
    room = sounders(config)
    if room is None:
        return
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(room.run())
        await asyncio.sleep(SOUNDS_AFTER_S)
        while True:
            if time.monotonic() >= mending.quiet_until_s:
                sent = await room.play(SOUND, config.hub.sounder_day_percent)
                log.warning("sounder", why="the configuration cannot be used", said=sent.detail)
                await asyncio.sleep(SOUNDS_S)
                await room.play("")
            await asyncio.sleep(SOUNDS_EVERY_S)


async def _read_again(run: FirstRun) -> None:
    while not run.complete.is_set():
        await asyncio.sleep(READS_S)
        try:
            run.mended()
        except EdgeError as error:
            log.error("configuration", why=str(error))
