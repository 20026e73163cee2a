"""The caregivers' page, as a process of its own: whatever it does, the hub only writes to a pipe that may be full.

It shares no memory, no interpreter lock and no event loop with the core. The hub never waits for it: a snapshot that
finds the pipe full is left out, commands are taken at most so often, and a page that says nothing is ended and begun
again by the supervisor.
"""

import asyncio
import contextlib
import socket
import sys
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import structlog

from edge import commands
from edge.app.hub import page_readers
from edge.app.hub.command_intake import CommandIntake
from edge.app.hub.page_certificate import Certified
from edge.app.hub.page_doctor import PageDoctor
from edge.app.hub.page_history import PageHistory
from edge.app.hub.page_reports import PageReports
from edge.app.hub.page_snapshot import Snapshots
from edge.app.load.languages import WHOLE
from edge.config import WebTable
from edge.errors import EdgeError
from edge.model.alarm import Alarm
from edge.model.effect import Reply
from edge.model.event import Command
from edge.model.language import Language
from edge.pipeline import State
from edge.ports import Clock
from edge.web import lookup, wire
from edge.web.reader import Reader
from edge.web.setup_wire import Setup

LOOK_S = 0.4
"""How often the hub looks whether there is anything new to show; an alarm shall be on the page within half a second."""
SAY_S = 2.0
"""A snapshot goes out this often also when nothing is new: a page that hears none for 10 s has lost the hub."""
SILENT_S = 30.0
"""A page that has not said for so long that it lives hangs. It says so every 5 s, and starts within 15 s on a Pi."""
COMMAND_S = 0.02
"""Between two commands or questions that are taken: 50 a second of all phones together, whatever comes."""
MOST_WAITING_BYTES = 65_536
"""Of answers in front of a pipe that nobody reads; more are left out, and the page says that none came."""

log = structlog.get_logger(__name__)


class PageFailed(EdgeError):
    """The page cannot serve; the message is its own."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page is shown and may do.

    state: of the core, a frozen value. published: the last state of each alarm as it was published, with its texts.
    history: what lies on the disk. reports: the doctor's page. doctor: the check-up of the hub.
    """

    state: Callable[[], State]
    published: Callable[[], Iterable[Alarm]]
    clock: Clock
    intake: CommandIntake
    history: PageHistory
    reports: PageReports
    doctor: PageDoctor


class PageProcess(ABC):
    """A side task: starts the process, shows it what is there, hands on what is said. Raises when it ends.

    phones: the folder of those that were let in. listening: a socket that listens already; without it the process opens
    one itself. certify: sees that there is a certificate, and tells of it; None: without encryption.
    """

    def __init__(
        self,
        table: WebTable,
        phones: Path,
        *,
        listening: socket.socket | None = None,
        setup: bool = False,
        certify: Callable[[], Awaitable[Certified]] | None = None,
    ) -> None:
        self._listening = listening
        self._certify = certify
        descriptor = None if listening is None else listening.fileno()
        self._begin = wire.Begin(
            *(table.host, table.port, str(phones), descriptor, setup),
            ingress_port=table.ingress_port,
            ingress_from=table.ingress_from,
        )
        self._heard_s = 0.0
        self._process: asyncio.subprocess.Process | None = None

    @abstractmethod
    def shown(self) -> Sequence[wire.Snapshot | Setup]:
        """All that the page shows now, for each kind of reader."""

    @abstractmethod
    def languages(self) -> Mapping[str, Language]:
        """The catalogues, by their codes."""

    @abstractmethod
    async def take(self, asked: wire.Say) -> None:
        """What a caregiver said; `tell` the answer, at once or later."""

    @abstractmethod
    async def look_up(self, question: lookup.Question, reader: Reader) -> lookup.Found:
        """What stands on the disk, in the words of that reader."""

    def tell(self, value: wire.FromHub) -> None:
        """An answer, unless the pipe is full of them, or it is longer than the page would read."""
        pipe, line = self._process.stdin if self._process is not None else None, wire.line(value)
        room = pipe is not None and pipe.transport.get_write_buffer_size() < MOST_WAITING_BYTES
        if pipe is not None and room and len(line) <= wire.MOST_LINE_BYTES:
            pipe.write(line)

    async def run(self) -> None:
        """Until cancelled. Raises PageFailed when the page ends, hangs, or says that it cannot serve."""
        if self._certify is not None:
            made = await self._certify()
            self._begin = msgspec.structs.replace(
                self._begin,
                tls_port=made.port,
                certificate=str(made.file),
                authority=made.authority,
                fingerprint=made.fingerprint,
            )
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "edge.web"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=wire.MOST_LINE_BYTES,
            start_new_session=True,  # Ctrl-C on the terminal is for the hub, which ends the page
            pass_fds=() if self._listening is None else (self._listening.fileno(),),
        )
        self._process = process
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._show(process), name="page snapshots")
                tasks.create_task(self._take(process, tasks), name="page commands")
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _show(self, process: asyncio.subprocess.Process) -> None:
        loop, pipe = asyncio.get_running_loop(), process.stdin
        assert pipe is not None
        catalogues = {
            code: wire.Catalogue(dict(each.texts), each.decimal, code in WHOLE)
            for code, each in self.languages().items()
        }
        pipe.write(wire.line(msgspec.structs.replace(self._begin, languages=catalogues)))
        self._heard_s, said_s = loop.time(), 0.0
        before: list[wire.Snapshot | Setup] = []
        while True:
            shown = self.shown()
            timeless = [_timeless(each) for each in shown]
            due = timeless != before or loop.time() - said_s >= SAY_S
            if due and not pipe.transport.get_write_buffer_size():
                pipe.write(b"".join(map(wire.line, shown)))
                said_s, before = loop.time(), timeless
            if loop.time() - self._heard_s > SILENT_S:
                raise PageFailed(f"it has said nothing for {SILENT_S:g} s")
            await asyncio.sleep(LOOK_S)

    async def _take(self, process: asyncio.subprocess.Process, questions: asyncio.TaskGroup) -> None:
        assert process.stdout is not None
        said = msgspec.json.Decoder(wire.FromPage)
        while text := await process.stdout.readline():
            self._heard_s = asyncio.get_running_loop().time()
            match said.decode(text):
                case wire.Failed(why):
                    raise PageFailed(why)
                case wire.Say() as asked:
                    await self.take(asked)
                    await asyncio.sleep(COMMAND_S)
                case wire.Ask() as asked:
                    questions.create_task(self._look_up(asked))
                    await asyncio.sleep(COMMAND_S)
                case wire.Lives():
                    pass
        raise PageFailed("its process ended")

    async def _look_up(self, asked: wire.Ask) -> None:
        """Beside the commands, which wait for no disk."""
        self.tell(wire.Told(asked.number, await self.look_up(asked.question, asked.reader)))


class Page(PageProcess):
    """The page of a hub that runs."""

    def __init__(
        self,
        table: WebTable,
        phones: Path,
        hub: Shown,
        *,
        demo: bool = False,
        listening: socket.socket | None = None,
        certify: Callable[[], Awaitable[Certified]] | None = None,
    ) -> None:
        super().__init__(table, phones, listening=listening, certify=certify)
        self._hub = hub
        self._snapshots = Snapshots(demo=demo)

    def shown(self) -> list[wire.Snapshot | Setup]:
        """What the core knows now, for each kind of reader that the family has."""
        state, published, now = self._hub.state(), tuple(self._hub.published()), self._hub.clock.now()
        minded = self._hub.doctor.minded()
        return [
            msgspec.structs.replace(self._snapshots.of(state, published, now, reader), minded=minded)
            for reader in page_readers.readers(state.setup)
        ]

    def languages(self) -> Mapping[str, Language]:
        """Those of the core."""
        return self._hub.state().setup.languages

    async def look_up(self, question: lookup.Question, reader: Reader) -> lookup.Found:
        """From the store and the journal; of a report, how far it is."""
        if isinstance(question, lookup.ReportAsked):
            return self._hub.reports.answer(question, reader)
        if isinstance(question, lookup.DoctorAsked):
            return self._hub.doctor.answer(page_readers.words(self._hub.state().setup, reader))
        return await self._hub.history.answer(question, reader)

    async def take(self, asked: wire.Say) -> None:
        """Through the door of every command, which counts it, holds it against the role, and refuses it."""

        def read() -> Command:
            who = commands.Speaker(asked.caregiver, asked.local, "page")
            return commands.parse(asked.verb, asked.body.encode(), who)

        def answer(reply: Reply) -> None:
            self.tell(wire.Answer(asked.number, reply.ok, reply.reason, self._written(asked)))

        setup = self._hub.state().setup
        words = setup.locale(setup.caregiver(asked.caregiver))
        await self._hub.intake.take(f"page {asked.caregiver}", read, answer, f"page, {asked.verb[:40]}", words)

    def _written(self, asked: wire.Say) -> str:
        """The entry that this request has made or changed, now or when it was sent before."""
        request_id = commands.request_id(asked.body.encode())
        mine = (each for each in self._hub.state().entries.values() if each.caregiver == asked.caregiver)
        return next((each.id for each in mine if request_id and each.request_id == request_id), "")


def _timeless(shown: wire.Snapshot | Setup) -> wire.Snapshot | Setup:
    """The same without the hub's clocks, which are new each time."""
    return shown if isinstance(shown, Setup) else msgspec.structs.replace(shown, mono_s=0.0, wall_s=0.0)
