"""The doctor's page on request of a caregiver: made by `feverhub report` in a process of its own, one at a time.

It gives way to the hub for processor and memory, and is ended when it takes too long. What was made is kept beside the
databases, for as long as these have not changed; the newest few, of which nothing outlives the hub.
"""

import asyncio
import contextlib
import os
import resource
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from edge.delivery import page_report_texts as texts
from edge.model.people import Role
from edge.pipeline import State
from edge.web import lookup
from edge.web.reader import Reader

FOLDER = "reports"
"""In the state folder."""
LONGEST_S = 180.0
"""A month of one child takes 20 s on a Pi 4 (estimated from 2 s a week on a desktop); what takes so long hangs."""
MOST_BYTES = 2 << 30
"""Of address space: typst and numpy reserve more than they use."""
KEPT = 4
FRESH_S = 300.0
"""A report that was just made is handed out although the hub has written since; its last line says of when it is."""
BEHIND, FIRST_TO_GO = 15, 700
"""Steps of niceness behind the hub, and oom_score_adj of proc(5)."""
PROGRESS = "progress "
_MADE_OF = ("journal.sqlite", "journal.sqlite-wal", "readings.sqlite", "readings.sqlite-wal", "settings.toml")

log = structlog.get_logger(__name__)

Stamp = tuple[tuple[int, int], ...]


@dataclass(slots=True)
class _Job:
    """One report. made_of: the files that it was made from, as they stood when it began. file: once it is there.

    done: 0 to 1. trouble: why there is none. ended_s: monotonic seconds, 0 while it is being made.
    """

    asked: lookup.ReportAsked
    reader: Reader
    made_of: Stamp
    done: float = 0.0
    file: Path | None = None
    trouble: str = ""
    ended_s: float = 0.0
    number: int = 0


@dataclass(slots=True)
class PageReports:
    """state: of the core. folder: the state folder. owner: the owner's file, None for a hub that has none (a demo)."""

    state: Callable[[], State]
    folder: Path
    owner: Path | None
    _jobs: dict[tuple[lookup.ReportAsked, str], _Job] = field(default_factory=dict)
    _queue: "asyncio.Queue[_Job]" = field(default_factory=lambda: asyncio.Queue(1))
    _busy: bool = False
    _count: int = 0

    async def run(self) -> None:
        """Make what is asked for, until cancelled."""
        shutil.rmtree(self.folder / FOLDER, ignore_errors=True)
        try:
            while True:
                job = await self._queue.get()
                self._busy = True
                try:
                    await self._make(job)
                finally:
                    self._busy = False
                    job.ended_s = asyncio.get_running_loop().time()
        finally:
            self._jobs.clear()
            shutil.rmtree(self.folder / FOLDER, ignore_errors=True)

    def answer(self, asked: lookup.ReportAsked, reader: Reader) -> lookup.Found:
        """How far it is, or where it lies; it is begun where none is being made."""
        config = self.state().setup.config
        who = next((each for each in config.caregivers if each.id == asked.caregiver), None)
        if who is None or who.role is Role.VIEWER:
            return lookup.Nothing(texts.NOT_ALLOWED)
        if asked.person not in {person.id for person in config.persons} or asked.days not in lookup.REPORT_DAYS:
            return lookup.Nothing(texts.UNKNOWN)
        if self.owner is None:
            return lookup.Nothing(texts.NOT_HERE)
        key = (asked, reader.language)
        job = self._jobs.get(key)
        if job is None or (job.ended_s and not self._holds(job)):
            if self._busy or self._queue.full():
                return lookup.Nothing(texts.BUSY)
            self._count += 1
            job = self._jobs[key] = _Job(asked, reader, self._stamp(), number=self._count)
            self._queue.put_nowait(job)
            self._forget_old()
        if job.trouble:
            del self._jobs[key]  # said once; the next time it is tried anew
            return lookup.Nothing(job.trouble)
        name = f"feverhub-{asked.person}.{asked.form}"
        return lookup.Report(done=job.done, path="" if job.file is None else str(job.file), name=name)

    def _holds(self, job: _Job) -> bool:
        young = asyncio.get_running_loop().time() - job.ended_s < FRESH_S
        return bool(job.trouble) or (
            job.file is not None and job.file.is_file() and (young or job.made_of == self._stamp())
        )

    def _stamp(self) -> Stamp:
        found = []
        for name in _MADE_OF:
            with contextlib.suppress(OSError):
                status = (self.folder / name).stat()
                found.append((status.st_size, status.st_mtime_ns))
        return tuple(found)

    def _forget_old(self) -> None:
        ended = sorted((job.ended_s, key) for key, job in self._jobs.items() if job.ended_s)
        for _, key in ended[: max(0, len(self._jobs) - KEPT)]:
            if (file := self._jobs.pop(key).file) is not None:
                file.unlink(missing_ok=True)

    async def _make(self, job: _Job) -> None:
        folder = self.folder / FOLDER
        out = folder / f"{job.number}.{job.asked.form}"
        process: asyncio.subprocess.Process | None = None
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            process = await asyncio.create_subprocess_exec(
                *self._command(job, out),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
            _stand_back(process.pid)
            async with asyncio.timeout(LONGEST_S):
                said = await _follow(process, job)
                code = await process.wait()
            if code == 0 and out.is_file():
                job.done, job.file = 1.0, out
            else:
                job.trouble = said or texts.FAILED
                log.warning("report", code=code, why=said)
        except TimeoutError:
            job.trouble = texts.TOO_LONG
            log.warning("report", why="it took too long")
        except OSError as error:
            job.trouble = texts.FAILED
            log.warning("report", why=str(error))
        finally:
            if process is not None and process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()

    def _command(self, job: _Job, out: Path) -> Sequence[str]:
        asked = job.asked
        return (
            *(sys.executable, "-m", "edge", "report", "--config", str(self.owner), "--state-dir", str(self.folder)),
            *("--person", asked.person, "--since", f"{asked.days}d", "--language", job.reader.language),
            *("--out", str(out), "--progress"),
        )


async def _follow(process: asyncio.subprocess.Process, job: _Job) -> str:
    """Until it says nothing more; its last sentence that is no progress."""
    assert process.stderr is not None
    said = ""
    while line := (await process.stderr.readline()).decode("utf-8", "replace").strip():
        if line.startswith(PROGRESS):
            with contextlib.suppress(ValueError):
                job.done = min(max(float(line.removeprefix(PROGRESS)), 0.0), 0.99)
        else:
            said = line.removeprefix("feverhub: ")[:300]
    return said


def _stand_back(pid: int) -> None:
    """It gives way to the hub, as far as the service allows that."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, BEHIND)
    with contextlib.suppress(OSError):
        resource.prlimit(pid, resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/oom_score_adj").write_text(str(FIRST_TO_GO), "ascii")
