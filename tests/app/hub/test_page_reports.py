"""The doctor's report that the page asks for: one at a time, beside the hub, and never for who may only look."""

import asyncio
import contextlib
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from edge.app.hub import page_reports
from edge.app.hub.page_reports import PageReports
from edge.delivery import page_report_texts as texts
from edge.model.people import Caregiver, Person, Role
from edge.web import lookup
from edge.web.reader import IN_ENGLISH, Reader
from tests.support.servers import until

pytestmark = pytest.mark.system

ASKED = lookup.ReportAsked("mia", 7, "html", "anna")
WRITES = """
import sys, time
print("progress 0.50", file=sys.stderr, flush=True)
time.sleep(float(sys.argv[2]))
open(sys.argv[1], "w").write(sys.argv[3])
"""


class Commands:
    """What is run in place of `feverhub report`: writes a file, after so many seconds."""

    def __init__(self) -> None:
        self.seconds, self.code, self.begun = 0.0, WRITES, []

    def of(self, job, out):
        self.begun.append(job.asked)
        return (
            sys.executable,
            "-c",
            self.code,
            str(out),
            str(self.seconds),
            f"{job.reader.language} {len(self.begun)}",
        )


@pytest.fixture
def commands(monkeypatch):
    made = Commands()
    monkeypatch.setattr(PageReports, "_command", lambda _, job, out: made.of(job, out))
    return made


@pytest.fixture
def reports(tmp_path):
    people = (Person("mia", "Mia"), Person("ben", "Ben"))
    caregivers = (Caregiver("anna", "Anna"), Caregiver("opa", "Opa", role=Role.VIEWER))
    state = SimpleNamespace(setup=SimpleNamespace(config=SimpleNamespace(persons=people, caregivers=caregivers)))
    return PageReports(lambda: state, tmp_path, tmp_path / "feverhub.toml")


@contextlib.asynccontextmanager
async def running(reports):
    task = asyncio.ensure_future(reports.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def ready(reports, asked=ASKED, reader=IN_ENGLISH):
    """The text of the file, once it is made."""

    def made():
        found = reports.answer(asked, reader)
        return found.path if isinstance(found, lookup.Report) else ""

    return await asyncio.to_thread(Path(await until(made, 20.0, look_s=0.05)).read_text)


async def test_it_is_made_once_as_long_as_nothing_changed_and_anew_after_that(reports, commands, monkeypatch):
    async with running(reports):
        assert reports.answer(ASKED, IN_ENGLISH) == lookup.Report(done=0.0, path="", name="feverhub-mia.html")
        assert await ready(reports) == "en 1"
        assert await ready(reports) == "en 1"
        assert await ready(reports, reader=Reader("de")) == "de 2"
        monkeypatch.setattr(page_reports, "FRESH_S", -1.0)
        assert await ready(reports) == "en 1", "the files that it was made of are as they were"
        (reports.folder / "journal.sqlite").write_text("an alarm")
        assert await ready(reports) == "en 3"
    assert not (reports.folder / "reports").exists(), "nothing of it outlives the hub"


async def test_its_progress_is_seen_and_meanwhile_no_other_is_begun(reports, commands):
    commands.seconds = 1.0
    async with running(reports):
        reports.answer(ASKED, IN_ENGLISH)
        await until(lambda: reports.answer(ASKED, IN_ENGLISH).done == 0.5, 10.0, look_s=0.05)
        other = lookup.ReportAsked("ben", 7, "html", "anna")
        assert reports.answer(other, IN_ENGLISH) == lookup.Nothing(texts.BUSY)
        await ready(reports)
        assert commands.begun == [ASKED]
        await ready(reports, other)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (lookup.ReportAsked("mia", 7, "pdf", "opa"), texts.NOT_ALLOWED),
        (lookup.ReportAsked("mia", 7, "pdf", "nobody"), texts.NOT_ALLOWED),
        (lookup.ReportAsked("leo", 7, "pdf", "anna"), texts.UNKNOWN),
        (lookup.ReportAsked("mia", 4000, "pdf", "anna"), texts.UNKNOWN),
    ],
)
async def test_who_may_not_have_it_gets_a_sentence_and_nothing_is_begun(reports, commands, asked, why):
    async with running(reports):
        assert reports.answer(asked, IN_ENGLISH) == lookup.Nothing(why)
        await asyncio.sleep(0.3)
    assert commands.begun == []


async def failed(reports):
    def why():
        found = reports.answer(ASKED, IN_ENGLISH)
        # The one before may still be ending.
        return found.why if isinstance(found, lookup.Nothing) and found.why != texts.BUSY else ""

    return await until(why, 20.0, look_s=0.05)


async def test_one_that_hangs_is_ended_and_one_that_fails_says_why_and_may_be_tried_again(
    reports, commands, monkeypatch
):
    async with running(reports):
        commands.code = "import time; time.sleep(600)"
        with monkeypatch.context() as short:
            short.setattr(page_reports, "LONGEST_S", 0.7)
            assert await failed(reports) == texts.TOO_LONG
        commands.code = (
            "import sys; print('feverhub: nothing was kept of mia in that time', file=sys.stderr); sys.exit(1)"
        )
        assert await failed(reports) == "nothing was kept of mia in that time"
        commands.code = "import os; os.abort()"
        assert await failed(reports) == texts.FAILED
        commands.code = WRITES
        assert (await ready(reports)).startswith("en ")


async def test_its_process_stands_back_behind_the_hub_and_ends_with_it(reports, commands):
    commands.code = """
import os, resource, sys, time
with open("/proc/self/oom_score_adj") as file:
    last = file.read().strip()
time.sleep(0.5)
print("progress 0.5", file=sys.stderr, flush=True)
open(sys.argv[1] + ".seen", "w").write(f"{os.getpid()} {os.nice(0)} {resource.getrlimit(resource.RLIMIT_AS)[0]}")
time.sleep(600)
"""
    async with running(reports):
        reports.answer(ASKED, IN_ENGLISH)
        seen = await until(lambda: next(iter(reports.folder.glob("reports/*.seen")), None), 20.0, look_s=0.05)
        await until(lambda: seen.read_text().count(" ") == 2, 5.0, look_s=0.05)
        pid, nice, most = map(int, seen.read_text().split())
    assert nice >= page_reports.BEHIND
    assert most == page_reports.MOST_BYTES
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
