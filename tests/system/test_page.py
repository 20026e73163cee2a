"""The page of the real daemon: a phone is let in from the terminal, sees what stands, answers, and is ended again."""

import asyncio
import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.support import homes
from tests.support.first_run import patient
from tests.support.page import Phone, until_up
from tests.support.servers import free_port, until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]


@pytest.fixture
def home(tmp_path):
    with homes.home(tmp_path, f'[web]\nhost = "127.0.0.1"\nport = {free_port()}\n{homes.WATCH}') as made:
        yield made


def web(home, *arguments: str) -> "subprocess.CompletedProcess[str]":
    done = home.feverhub("web", *arguments, "--config", str(home.config), "--state-dir", str(home.state))
    assert "Traceback" not in done.stderr
    return done


async def test_from_the_terminal_to_an_answered_alarm(home):
    with home.running() as daemon:
        await home.online()
        said = await asyncio.to_thread(web, home, "token", "anna")
        assert said.returncode == 0, said.stderr
        assert "█" in said.stdout
        assert "within 15 minutes" in said.stderr
        url, _, code = said.stdout.splitlines()[-1].partition("/enter?code=")
        await asyncio.to_thread(until_up, url)
        phone = Phone(url)
        assert phone.enter(code).status_code == 200
        assert "waiting for the first reading" in (await asyncio.to_thread(patient, phone, "/")).text

        def rings():
            alarms = phone.get("/api/state").json()["state"]["alarms"]
            return next((each["id"] for each in alarms if each["text"].startswith("Not watching: the hub")), "")

        alarm = await until(rings, 40.0, look_s=0.5)  # no Bluetooth here: adapter_down, raised after 10 s
        async with home.phone("feverhub/cot/alarm/adapter_down") as mother:
            assert phone.post("/say", data={"verb": "acknowledge", "alarm": alarm}).status_code == 200
            while (state := json.loads((await mother.next(10)).payload))["acknowledged_by"] != "anna":
                pass
        assert "Anna is coming" in state["text"]

        listed = await asyncio.to_thread(web, home, "phones")
        assert "Anna, since" in listed.stdout
        assert (await asyncio.to_thread(web, home, "end", listed.stdout.split()[0])).returncode == 0
        assert phone.get("/").status_code == 401
        page = children(daemon.pid)
        assert len(page) == 1
    assert not running(page[0]), "it ends with the hub"


async def test_a_hub_that_is_killed_leaves_no_page_behind(home):
    daemon = home.start_hub()
    try:
        await home.online()
        (page,) = await until(lambda: children(daemon.pid), 20.0)
        os.kill(daemon.pid, signal.SIGKILL)
        await until(lambda: not running(page), 20.0)
    finally:
        daemon.kill()
        daemon.communicate(timeout=10)


def test_who_is_unknown_and_a_hub_without_a_page_are_one_sentence(home):
    unknown = web(home, "token", "uncle")
    assert (unknown.returncode, unknown.stderr.strip()) == (
        3,
        "feverhub: there is no caregiver 'uncle' (known: anna)",
    )
    assert "there is no phone 'x'" in web(home, "end", "x").stderr
    home.config.write_text(home.config.read_text().partition("[web]")[0] + homes.WATCH)
    none = web(home, "token", "anna")
    assert (none.returncode, "there is no page: write [web]" in none.stderr) == (3, True)


def children(pid: int) -> list[int]:
    """The pages of that hub."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(each) for each in found if b"edge.web" in Path(f"/proc/{each}/cmdline").read_bytes()]


def running(pid: int) -> bool:
    """Whether that process goes on; one that has ended may wait for whoever inherited it to look."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
