"""`feverhub run` as a process: without a radio, under systemd, asked for a test, answered."""

import asyncio
import contextlib
import json
import signal
import socket
import time

import pytest

from tests.support.push_service import push_service
from tests.support.servers import until

pytestmark = pytest.mark.system


async def test_without_an_adapter_it_runs_on_is_answered_and_the_alarm_stands_over_a_restart(home):
    with home.running():
        async with home.phone("feverhub/cot/alarm/adapter_down") as phone:
            alarm = json.loads((await phone.next(30.0)).payload)
            assert (alarm["presence"], alarm["kind"], alarm["priority"]) == ("on", "technical", "medium")
            assert alarm["text"].startswith("Not watching: the hub's Bluetooth is down")
            done = await asyncio.to_thread(command, home, "acknowledge", "--with-her")
            assert done.returncode == 0, done.stderr
            answered = json.loads((await phone.next(30.0)).payload)
        assert (answered["id"], answered["presence"], answered["attended_by"]) == (alarm["id"], "ack", "anna")
        assert "Anna is with her" in answered["text"]
        none = await asyncio.to_thread(command, home, "acknowledge", "--alarm", "no-such")
        assert none.returncode == 1
        assert "there is no such alarm" in none.stdout
        kept = await kept_on(home, "feverhub/cot/status", "feverhub/cot/health", "feverhub/cot/alarm/#")
        assert kept["feverhub/cot/status"] == b"online"
        health = json.loads(kept["feverhub/cot/health"])
        assert {each["device"] for each in health["not_watched"]} == {"patch", "ankle"}
    assert (await kept_on(home, "feverhub/cot/status"))["feverhub/cot/status"] == b"offline"
    with home.running():
        await home.online()
        again = json.loads((await kept_on(home, "feverhub/cot/alarm/#"))["feverhub/cot/alarm/adapter_down"])
    assert (again["id"], again["presence"], again["text"]) == (alarm["id"], "ack", answered["text"])


async def kept_on(home, *filters):
    """What the broker keeps there for who comes now."""
    kept = {}
    async with home.phone(*filters) as phone:
        with contextlib.suppress(TimeoutError):
            while True:
                message = await phone.next(1)
                if message.retained:
                    kept[message.topic] = message.payload
    return kept


async def test_without_an_adapter_systemd_hears_that_it_goes_on_starting_and_never_that_it_is_ready(home):
    address = home.folder / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(address))
        manager.settimeout(20)
        words = []
        told = {"NOTIFY_SOCKET": str(address), "WATCHDOG_USEC": "2000000"}
        process = home.start_hub(environment=told)
        try:
            while (
                not any(word.startswith("STATUS=watching 0 of 2 sensors") for word in words)
                or words[-1] != "WATCHDOG=1"
            ):
                words.append(await asyncio.to_thread(lambda: manager.recv(4096).decode()))
            assert (home.state / "journal.sqlite").stat().st_size > 0, "it is a hub that runs"
            assert "EXTEND_TIMEOUT_USEC=60000000" in words
            assert "READY=1" not in words
            process.send_signal(signal.SIGTERM)
            while words[-1] != "STOPPING=1":
                words.append(await asyncio.to_thread(lambda: manager.recv(4096).decode()))
            process.communicate(timeout=20)
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate(timeout=10)
    assert process.returncode == 0


def with_phone(home, service):
    """Anna's phone listens at that service."""
    secret = home.folder / "credentials" / "anna_phone"
    secret.touch(mode=0o600)
    secret.write_text(service.url())
    home.config.write_text(home.config.read_text() + 'channels = ["credential:anna_phone"]\n')


def command(home, *arguments):
    return home.feverhub(*arguments, "--config", str(home.config))


async def test_a_test_alarm_reaches_the_phone_and_says_so(home):
    with push_service() as service:
        with_phone(home, service)
        with home.running():
            await home.online()
            done = await asyncio.to_thread(command, home, "test-alarm")
            assert done.returncode == 0, done.stderr
            assert done.stdout.splitlines()[0] == "anna: delivered (ntfy: delivered)"
            assert "TEST of feverhub" in str(service.arrived[-1])

            again = await asyncio.to_thread(command, home, "test-alarm", "--json")
            assert json.loads(again.stdout)["ok"] is True


async def test_a_test_alarm_that_nothing_took_is_exit_5(home):
    home.config.write_text(home.config.read_text().replace('sounder = "null"', 'sounder = ""'))
    with push_service() as service:
        with_phone(home, service)
        service.status = 403
        with home.running():
            await home.online()
            done = await asyncio.to_thread(command, home, "test-alarm")
    assert done.returncode == 5
    assert done.stdout.splitlines()[-1] == "sounder: refused (none is set up)"
    assert done.stderr.splitlines()[-1] == "feverhub: the test was sent, and nothing took it"


async def test_nobody_answers_where_no_hub_runs(home):
    done = await asyncio.to_thread(command, home, "test-alarm", "--wait", "1")
    assert done.returncode == 4
    assert done.stderr == "feverhub: the hub 'cot' did not answer within 1 s; is it running?\n"


@pytest.mark.parametrize("words", [["test-alarm"], ["acknowledge"], ["note", "a remark"]])
async def test_a_command_to_a_hub_that_is_kept_as_offline_ends_at_once_and_sends_nothing(home, words):
    async with home.phone("feverhub/cot/cmd/#", user="hub") as listener:
        listener.publish("feverhub/cot/status", b"offline", retain=True)
        began_s = time.monotonic()
        done = await asyncio.to_thread(command, home, *words)
        assert time.monotonic() - began_s < 30.0, "well below the 60 s that test-alarm waits for an answer"
        with pytest.raises(TimeoutError):
            await listener.next(0.3)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == (
        "feverhub: the hub 'cot' is not running, so nothing was sent: start it with `sudo systemctl start feverhub`\n"
    )


async def test_a_broker_that_comes_later_gets_what_waits(home):
    home.broker.stop()
    with home.running():
        await asyncio.sleep(14)
        home.broker.start()
        wanted = {"feverhub/cot/alarm/adapter_down", "feverhub/cot/event"}
        async with home.phone(*wanted) as phone:
            while wanted:
                wanted.discard((await phone.next(30)).topic)


async def test_a_log_that_nobody_reads_any_more_ends_nothing(home):
    process = home.start_hub()
    process.stderr.close()
    try:
        await home.online()
        done = await asyncio.to_thread(command, home, "acknowledge")
        assert "nothing waits for an answer" in done.stdout
        process.send_signal(signal.SIGTERM)
        await until(lambda: process.poll() is not None)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(10)
        process.stdout.close()
    assert process.returncode == 0
