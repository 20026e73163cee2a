"""Two parents, one medicine: over the command line and MQTT, through a hub that is killed in between."""

import asyncio
import contextlib
import json
import signal

import pytest

from tests.support.family import IBUPROFEN, caregiver

pytestmark = pytest.mark.system

PLAN = IBUPROFEN + caregiver("Tom")


@contextlib.asynccontextmanager
async def running(home, how):
    """The daemon, ended by that signal."""
    async with home.phone("feverhub/cot/status") as phone:
        with contextlib.suppress(TimeoutError):
            await phone.next(0.5)  # what a hub that was killed has left there
        process = home.start_hub()
        try:
            while (await phone.next(30.0)).payload != b"online":
                pass
            yield
        finally:
            process.send_signal(how)
            process.communicate(timeout=20)


async def said(home, *arguments):
    done = await asyncio.to_thread(home.feverhub, *arguments, "--config", str(home.config), "--json")
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout)


async def test_a_double_dose_is_reported_also_after_the_hub_was_killed(home):
    home.config.write_text(home.config.read_text() + PLAN)
    async with home.phone("feverhub/cot/mia/care") as phone:
        async with running(home, signal.SIGKILL):
            code, answer = await said(home, "dose", "Ibuprofen", "--as", "anna", "--reason", "39.2")
            assert (code, answer["ok"]) == (0, True)
            assert "; next allowed by your plan: " in answer["reason"]
            first = json.loads((await phone.next(30.0)).payload)
            assert (first["by"], first["content"]["amount"], first["historical"]) == ("anna", 5.0, False)
        async with running(home, signal.SIGTERM):
            code, answer = await said(home, "dose", "ibuprofen", "--as", "tom", "--minutes-ago", "0")
            assert code == 0
            assert "EARLIER than your plan: 0 min from the dose of " in answer["reason"]
            assert json.loads((await phone.next(30.0)).payload) == first  # the broker may have lost it with the hub
            second = json.loads((await phone.next(30.0)).payload)
            assert second["against_plan"].startswith("EARLIER than your plan")
            assert second["id"] != first["id"]
            code, answer = await said(home, "dose", "--as", "tom", "--id", "last", "--withdraw")
            assert (code, answer["reason"].startswith("withdrawn: ")) == (0, True)
            assert json.loads((await phone.next(30.0)).payload)["withdrawn"] is True
            code, answer = await said(home, "note", "--celsius", "101.3", "--site", "ear")
            assert (code, answer["ok"]) == (1, False)
            assert answer["reason"] == "101.3 looks like Fahrenheit; in Celsius that is 38.5"
            code, answer = await said(home, "note", "--stage", "after", "--wetting", "--no-crying", "sleepy")
            assert "after: wetting, no crying, sleepy" in answer["reason"]
            await phone.next(30.0)
            state = home.folder / "state"
            done = await asyncio.to_thread(
                home.feverhub, "journal", "--config", str(home.config), "--state-dir", str(state), "--json"
            )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["line"], line["withdrawn"]) for line in lines if "content" in line] == [
        ("dose", False),
        ("dose", True),
        ("symptoms", False),
    ]
