"""A tap on a phone's lock screen: through a server that stands for ntfy, into the core, and the word back."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import pytest

from edge.app.hub import supervisor
from edge.app.hub.event_queue import ShowHealth
from edge.app.hub.phone_buttons import SURFACE
from edge.model.event import Command, Tick, Verb
from edge.push import stream
from edge.push.ntfy import NtfyPhone, server_of
from edge.push.stream import Server
from edge.push.tokens import Button
from tests.support.fakes.ntfy_server import FakeNtfy, ntfy_server
from tests.support.homes import COT
from tests.support.servers import until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]


@pytest.fixture
def ntfy(monkeypatch):
    monkeypatch.setattr(stream, "FIRST_PAUSE_S", 0.05)
    with ntfy_server() as state:
        yield state


class Home:
    """A hub whose only phone is Anna's, over that server."""

    def __init__(self, make_hub, ntfy: FakeNtfy, text: str = COT) -> None:
        self.ntfy = ntfy
        self.phone = NtfyPhone(ntfy.url("anna"), time_out_s=5.0)
        notifiers = {"anna": [self.phone]}
        self.parts = make_hub(text=text, notifiers=notifiers)
        self.hub = self.parts.hub
        self.taps = self.parts.made.phone_buttons
        server = server_of(ntfy.url("anna"))
        assert isinstance(server, Server)
        self.answers = server.answers

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Home"]:
        async with self.parts.running():
            task = asyncio.ensure_future(self.taps.run())
            await until(lambda: self.phone.words == "heard")
            yield self
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def pushed(self, word: str = "") -> list[dict]:
        return [each for each in self.ntfy.under("anna") if word in f"{each['title']} {each['message']}"]

    async def alarm(self) -> dict:
        """A fever stands, and Anna's phone has it."""
        await self.parts.warm()
        await until(lambda: bool(self.pushed("Check")))
        return self.pushed("Check")[0]

    async def tap(self, message: dict, label: str) -> None:
        await asyncio.to_thread(self.ntfy.tap, message, label)

    async def forged(self, text: str) -> None:
        await asyncio.to_thread(self.ntfy.publish, self.answers, {"message": text})

    def fever(self):
        [alarm] = [it for it in self.hub.state.alarms.conditions.standing() if it.key.condition == "fever"]
        return alarm


@pytest.fixture
def home(make_hub, ntfy):
    return Home(make_hub, ntfy)


async def test_im_coming_reaches_the_core_with_her_name_and_the_phone_hears_that_it_did(home):
    async with home.running():
        message = await home.alarm()
        await home.tap(message, "I'm coming")
        await until(lambda: home.fever().acknowledged_by == "anna")
        assert home.fever().attended_by == "", "a phone may be anywhere: nobody is with her by that"
        await until(lambda: bool(home.pushed("Taken")))
        [taken] = home.pushed("Taken")
        assert taken["message"] == 'feverhub: "I\'m coming" was taken'
        assert "priority" not in taken, "it wakes nobody"
        assert "actions" not in taken


async def test_what_was_tapped_before_an_outage_of_hours_quiets_no_alarm_after_it(home):
    async with home.running():
        message = await home.alarm()
        [word] = [action["body"] for action in message["actions"] if action["label"] == "Quiet for 30 min"]
        home.ntfy.publish(home.answers, {"message": word, "time": int(time.time()) - 3 * 3600})
        await until(lambda: bool(home.pushed("Not taken")))
        assert "too late" in home.pushed("Not taken")[0]["message"]
        assert home.fever().silent_until_s is None
        await home.tap(message, "Quiet for 30 min")
        await until(lambda: home.fever().silent_until_s is not None)


async def test_quiet_is_for_thirty_minutes(home):
    async with home.running():
        await home.tap(await home.alarm(), "Quiet for 30 min")
        await until(lambda: home.fever().silent_until_s is not None)
        assert home.fever().silent_until_s == pytest.approx(home.parts.clock.now().wall_s + 1800.0, abs=1.0)


async def test_it_is_written_down_where_it_was_said_and_without_the_word(home):
    async with home.running():
        message = await home.alarm()
        await home.tap(message, "I'm coming")
        await until(lambda: bool(home.pushed("Taken")))
        await home.parts.made.recording.journal_writer.flush()
        lines = [str(line) for line in home.parts.journal.notes]
        assert any("command from anna" in line and SURFACE in line for line in lines)
        for action in message["actions"]:
            assert not any(action["body"] in line or home.answers in line for line in lines)


async def test_a_second_tap_and_a_replay_count_once_and_are_no_news(home):
    async with home.running():
        message = await home.alarm()
        for _ in range(3):
            await home.tap(message, "I'm coming")
        await until(lambda: home.phone.refused == 2 and bool(home.pushed("Taken")))
        await asyncio.sleep(0.1)
        assert len(home.pushed("aken")) == 1
        assert home.parts.made.counters.commands_refused == 2


async def test_what_the_core_refuses_is_said_with_the_reason(home):
    async with home.running():
        message = await home.alarm()
        await home.parts.warm(37.0, minutes=60)
        assert "fever" not in home.parts.standing()
        await home.tap(message, "I'm coming")
        await until(lambda: bool(home.pushed("Not taken")))
        assert home.pushed("Not taken")[0]["message"] == "feverhub: there is no such alarm, or it is over"


async def test_a_forged_word_does_nothing_and_is_reported_once_however_often_it_comes(home):
    async with home.running():
        await home.alarm()
        for number in range(15):
            await home.forged(f"guess-{number}")
        await until(lambda: home.phone.refused == 15)
        assert home.fever().acknowledged_by == ""
        await until(lambda: bool(home.pushed("Not taken")))
        await asyncio.sleep(0.1)
        assert len(home.pushed("Not taken")) == 1
        assert "restart" in home.pushed("Not taken")[0]["message"]


async def test_a_flood_is_refused_and_the_next_alarm_goes_out(home):
    async with home.running():
        for number in range(300):
            home.ntfy.raw(home.answers, b'{"event": "message", "id": "f%d", "message": "x"}\n' % number)
        await home.alarm()
        await until(lambda: home.phone.refused + home.phone.malformed == 300)
        refusals = [line for line in home.parts.journal.notes if SURFACE in str(line) and "refused" in str(line)]
        assert len(refusals) <= 10, "the history is not flooded either"
        assert home.taps.facts() == {"anna": [{"answers": "heard", "refused": 300}]}


async def test_a_viewer_who_got_hold_of_a_word_may_still_only_look(make_hub, ntfy):
    home = Home(make_hub, ntfy, COT.replace('name = "Anna"', 'name = "Anna"\nrole = "viewer"'))
    async with home.running():
        await home.parts.warm()
        await home.forged(home.phone.tokens.give(Button(home.fever().id, Verb.ACKNOWLEDGE), time.monotonic()))
        await until(lambda: bool(home.pushed("Not taken")))
        assert home.pushed("Not taken")[0]["message"] == "feverhub: anna may look, not command"
        assert home.fever().acknowledged_by == ""


async def test_a_test_is_answered_on_the_lock_screen_and_is_a_proof(home):
    async with home.running():
        await home.parts.hear(Command(Verb.TEST, "anna", "1"))
        await until(lambda: bool(home.pushed("TEST")))
        await home.tap(home.pushed("TEST")[0], "It rang")
        await until(lambda: "anna" in home.hub.state.roster.proofs)


async def test_a_server_that_is_gone_is_a_fact_in_the_health_topic_and_holds_up_nothing(home):
    async with home.running():
        home.ntfy.read_status = 500
        home.ntfy.drop_streams()
        await until(lambda: "500" in home.phone.words)
        home.parts.made.queue.post(ShowHealth())
        await until(lambda: b"the server answered 500" in home.parts.broker.shown.get("feverhub/cot/health", b""))
        assert (await home.alarm())["title"] == "Check"
        await home.parts.hear(Tick())
        assert home.parts.made.outputs.notifications.failed == 0


async def test_a_phone_whose_listener_fails_takes_no_others_button_away(make_hub, ntfy, monkeypatch):
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(supervisor, "STEADY_S", 0.3)
    healthy, broken = (NtfyPhone(ntfy.url(who), time_out_s=5.0) for who in ("anna", "tom"))
    listened = dict.fromkeys(("anna", "tom"), 0)
    failing = True

    def counted(who, phone):
        listen = phone.run

        async def run(tapped):
            listened[who] += 1
            if phone is broken and failing:
                raise OverflowError
            await listen(tapped)

        phone.run = run

    counted("anna", healthy)
    counted("tom", broken)
    parts = make_hub(notifiers={"anna": [healthy], "tom": [broken]})
    async with parts.running():
        task = asyncio.ensure_future(parts.made.phone_buttons.run())
        await until(lambda: healthy.words == "heard" and listened["tom"] > 2)
        await parts.hear(Tick())
        parts.clock.mono_s += 31.0
        await parts.hear(Tick())
        degraded = [it for it in parts.hub.state.alarms.conditions.standing() if it.key.condition == "hub_degraded"]
        assert ["(tom)" in alarm.evidence.detail for alarm in degraded] == [True]
        failing = False
        await until(lambda: broken.words == "heard")
        await until(lambda: "hub_degraded" not in parts.standing())
        assert listened["anna"] == 1
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
