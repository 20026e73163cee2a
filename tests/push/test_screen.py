"""The messages of one phone, and which of them a clear may take off its screen."""

import asyncio
import re
import subprocess
import sys
import threading

import pytest

from edge.model.effect import Notify
from edge.ports import Outcome
from edge.push import ntfy as module
from edge.push.ntfy import NtfyPhone
from edge.push.screen import EPISODES, NEWEST, WAITING, Screen
from tests.support.fakes.ntfy_server import ntfy_server
from tests.support.ntfy import real_ntfy
from tests.support.servers import until

FEVER, FLAT = "mia-fever-7-1796052366", "mia-battery_low-8-1796052370"
NTFYS_OWN = re.compile(r"[-_A-Za-z0-9]{1,64}")


def sent(screen: Screen, *episodes: str) -> list[str]:
    names = []
    for episode in episodes:
        names.append(screen.begin(episode))
        screen.end(names[-1])
    return names


def test_every_message_has_a_name_of_its_own_so_that_a_repeat_is_heard():
    """ntfy-android shows a message of a known sequence id with `setOnlyAlertOnce`: in place, without a sound."""
    names = sent(Screen(), *[FEVER] * 200)
    assert len(set(names)) == 200


def test_a_name_is_one_that_ntfy_takes_and_says_nothing_of_child_or_alarm():
    for name in sent(Screen(), *[FEVER, FLAT] * 100):
        assert NTFYS_OWN.fullmatch(name)
        assert "mia" not in name.lower() or "fever" not in name.lower()
        assert name not in (FEVER, FLAT)


async def test_what_is_cleared_is_what_was_sent_of_that_episode_before_and_nothing_else():
    screen = Screen()
    first, other, second = sent(screen, FEVER, FLAT, FEVER)
    screen.outdate(FEVER)
    [news] = sent(screen, FEVER)
    assert [await screen.next(), await screen.next()] == [(FEVER, second), (FEVER, first)], "what is on top goes first"
    assert not screen.waiting, f"neither {other} nor {news}"


async def test_a_message_on_its_way_is_cleared_once_it_has_arrived_never_before():
    screen = Screen()
    [first] = sent(screen, FEVER)
    on_its_way = screen.begin(FEVER)
    screen.outdate(FEVER)
    assert await screen.next() == (FEVER, first)
    waits = asyncio.ensure_future(screen.next())
    await asyncio.sleep(0.01)
    assert not waits.done()
    screen.end(on_its_way)
    assert await waits == (FEVER, on_its_way)


async def test_a_test_beside_an_alarm_on_its_way_hides_neither_from_the_clear():
    screen = Screen()
    alarm, test = screen.begin(FEVER), screen.begin("test")
    screen.outdate(FEVER)
    screen.outdate("test")
    screen.end(test)
    assert await screen.next() == ("test", test)
    screen.end(alarm)
    assert await screen.next() == (FEVER, alarm)


def test_what_is_remembered_is_bounded():
    screen = Screen()
    names = sent(screen, *[FEVER] * 50)
    screen.outdate(FEVER)
    assert [name for _, name in screen.waiting] == names[-NEWEST:][::-1]
    for number in range(3 * WAITING):
        sent(screen, f"e{number}")
        screen.outdate(f"e{number}")
    assert len(screen.waiting) == WAITING
    sent(screen, *[f"e{number}" for number in range(3 * EPISODES)])
    assert len(screen._shown) == EPISODES


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(module, "PACE_S", 0.01)
    monkeypatch.setattr(module, "PAUSE_S", 0.01)


ALARM = Notify("anna", FEVER, "Check", "fever", urgent=True)
pytestmark = [pytest.mark.system, pytest.mark.enable_socket]


class Clearing:
    """A phone whose screen is cleared; `results`: what became of it, in order."""

    def __init__(self, url: str, **more) -> None:
        self.phone = NtfyPhone(url, time_out_s=5.0, **more)
        self.results: list[tuple[str, str]] = []

    async def __aenter__(self) -> "Clearing":
        def cleared(episode, fate):
            self.results.append((episode, f"{fate.outcome}: {fate.detail}"))

        self.task = asyncio.ensure_future(self.phone.run_clears(cleared))
        return self

    async def __aexit__(self, *_: object) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


async def test_a_real_server_is_told_with_the_phones_own_password(tmp_path):
    with real_ntfy(tmp_path, users={"hub": "pw"}) as server:
        url = f"ntfy://hub:pw@127.0.0.1:{server.port}/anna"
        async with Clearing(url) as each:
            assert (await each.phone.send(ALARM)).outcome is Outcome.DELIVERED
            each.phone.screen.outdate(FEVER)
            await until(lambda: each.results == [(FEVER, "delivered: cleared")])
        assert server.on_screen("anna") == []
        assert [event["event"] for event in server.events("anna")] == ["message", "message_clear"]


@pytest.mark.parametrize(("status", "asked"), [(404, 1), (429, 1), (403, 1), (500, 3)])
async def test_a_server_that_clears_nothing_is_asked_little_and_costs_no_alarm(at_once, status, asked):
    """ntfy before 2.16 answers 404; one whose messages of the day are spent, 429: a clear counts as one."""
    with ntfy_server() as ntfy:
        ntfy.clear_status = status
        async with Clearing(ntfy.url()) as each:
            for _ in range(3):
                await each.phone.send(ALARM)
            each.phone.screen.outdate(FEVER)
            final = status < 500
            await until(lambda: len(each.results) == (1 if final else 3))
            await asyncio.sleep(0.1)
            assert (await each.phone.send(ALARM)).outcome is Outcome.DELIVERED
        assert len(ntfy.cleared) == (asked if final else 3 * asked), "after a refusal it rests"
        assert {fate for _, fate in each.results} == {f"{'refused' if final else 'retry'}: ntfy answered {status}"}
        assert len(ntfy.under("sleepless-owls")) == 4


async def test_clears_are_paced_so_that_an_alarm_finds_a_request_left(monkeypatch):
    """ntfy lets one address make 60 requests at once, and then one in five seconds."""
    paused: list[float] = []
    sleep = asyncio.sleep

    async def short(seconds: float) -> None:
        paused.append(seconds)
        await sleep(0.0)

    with ntfy_server() as ntfy:
        async with Clearing(ntfy.url()) as each:
            for _ in range(4):
                await each.phone.send(ALARM)
            monkeypatch.setattr(module.asyncio, "sleep", short)
            each.phone.screen.outdate(FEVER)
            while len(each.results) < 4:
                await sleep(0.01)
            await sleep(0.01)
            monkeypatch.setattr(module.asyncio, "sleep", sleep)
    assert paused == [10.0] * 4


async def test_a_clear_that_hangs_delays_no_alarm():
    with ntfy_server() as ntfy:
        ntfy.clears_hang = threading.Event()
        async with Clearing(ntfy.url()) as each:
            await each.phone.send(ALARM)
            each.phone.screen.outdate(FEVER)
            await until(lambda: bool(ntfy.cleared))
            async with asyncio.timeout(2):
                assert (await each.phone.send(ALARM)).outcome is Outcome.DELIVERED
            assert each.results == []
            ntfy.clears_hang.set()
            await until(lambda: each.results == [(FEVER, "delivered: cleared")])


async def test_a_server_that_takes_no_name_of_a_message_still_gets_the_alarm(monkeypatch):
    monkeypatch.setattr(module, "HEADER", "X-Actions")  # whatever it is that the server cannot read
    with ntfy_server() as ntfy:
        ntfy.refuses_actions = True
        phone = NtfyPhone(ntfy.url(), time_out_s=5.0)
        monkeypatch.setattr(phone.screen, "begin", lambda _episode: "[]")
        assert (await phone.send(ALARM)).outcome is Outcome.DELIVERED
        assert len(ntfy.under("sleepless-owls")) == 1


async def test_a_phone_that_keeps_alerting_is_left_as_it_is():
    """ntfy #1584: the app's own "keep alerting" goes on although the message was cleared."""
    with ntfy_server() as ntfy:
        async with Clearing(ntfy.url(), clears=False) as each:
            await each.phone.send(ALARM)
            await asyncio.wait_for(each.task, 5)
        assert each.phone.screen is None
        assert "sequence_id" not in ntfy.under("sleepless-owls")[0]
        assert ntfy.cleared == []


async def test_nothing_secret_of_the_address_is_in_what_became_of_a_clear(tmp_path):
    with ntfy_server() as ntfy:
        ntfy.clear_status = 404
        async with Clearing(ntfy.url("s3cret-owls?token=tk_s3cret")) as each:
            await each.phone.send(ALARM)
            each.phone.screen.outdate(FEVER)
            await until(lambda: bool(each.results))
    assert "s3cret" not in str(each.results)
    gone = Clearing(ntfy.url("s3cret-owls"))
    async with gone:
        gone.phone.screen.end(gone.phone.screen.begin(FEVER))
        gone.phone.screen.outdate(FEVER)
        await asyncio.sleep(0.3)
    assert "s3cret" not in str(gone.results)


def test_a_hub_without_phones_loads_none_of_what_pushes_go_through():
    """7 MiB, a twelfth of what a hub may take."""
    code = (
        "import sys; sys.modules['rich'] = None; import edge.app.hub.session;"
        "print(sorted({'requests', 'apprise', 'smtplib'} & set(sys.modules)));"
        "import edge.push.bounded; print('requests' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "True"]
