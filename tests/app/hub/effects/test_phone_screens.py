"""What one answers leaves the others' screens: the whole core, and a real ntfy server that three phones hear."""

import asyncio
import contextlib

import pytest

from edge.model.event import Command, Tick, Verb
from edge.push import ntfy as module
from edge.push import stream
from edge.push.ntfy import NtfyPhone
from tests.support.family import caregiver, family
from tests.support.ntfy import real_ntfy
from tests.support.servers import until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]

HOUSE = family(anna='channels = ["credential:phone"]\n', more=caregiver("Tom"))


class House:
    """A hub that pushes to Anna and Tom over that server."""

    def __init__(self, make_hub, ntfy) -> None:
        self.ntfy = ntfy
        self.phones = {
            who: NtfyPhone(f"ntfy://127.0.0.1:{ntfy.port}/{who}", time_out_s=5.0, who=who) for who in ("anna", "tom")
        }
        self.parts = make_hub(text=HOUSE, notifiers={who: [phone] for who, phone in self.phones.items()})

    @contextlib.asynccontextmanager
    async def running(self):
        async with self.parts.running():
            work = (self.parts.made.outputs.phone_screens.run(), self.parts.made.phone_buttons.run())
            tasks = [asyncio.ensure_future(each) for each in work]
            await until(lambda: all(phone.words == "heard" for phone in self.phones.values()))
            yield self
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def pass_s(self, seconds: float) -> None:
        for _ in range(int(seconds / 10)):
            self.parts.clock.mono_s += 10.0
            self.parts.clock.wall_s += 10.0
            await self.parts.hear(Tick())

    def on_screen(self, who: str) -> list[str]:
        return self.ntfy.on_screen(who)

    async def shows(self, who: str, *texts: str) -> None:
        """Until that phone shows exactly as many messages, and each has these words in it."""

        def right() -> bool:
            shown = self.on_screen(who)
            return len(shown) == len(texts) and all(any(text in each for each in shown) for text in texts)

        try:
            await until(right, look_s=0.05)
        except TimeoutError:
            raise AssertionError(f"{who} shows {self.on_screen(who)}, not {texts}") from None

    def alarm(self, condition: str = "fever"):
        [found] = [it for it in self.parts.hub.state.alarms.conditions.standing() if it.key.condition == condition]
        return found


@pytest.fixture
def house(make_hub, tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "FIRST_PAUSE_S", 0.05)
    monkeypatch.setattr(module, "PACE_S", 0.05)
    with real_ntfy(tmp_path) as ntfy:
        yield House(make_hub, ntfy)


async def test_what_anna_answers_on_her_lock_screen_leaves_her_screen_and_toms(house):
    async with house.running():
        await house.parts.warm()
        await house.pass_s(130)
        await until(lambda: len(house.on_screen("anna")) >= 1 and len(house.on_screen("tom")) >= 1)
        [message, *_] = house.ntfy.messages("anna")
        assert await asyncio.to_thread(house.ntfy.tap, message, "I'm coming") == 200
        await house.shows("anna", '"I\'m coming" was taken')
        await house.shows("tom", "somebody is coming: fever")
        await house.parts.made.recording.journal_writer.flush()
        lines = [str(line) for line in house.parts.journal.notes if "taken off" in str(line)]
        assert lines
        assert all(house.alarm().id in line and "delivered: cleared" in line for line in lines)
        assert {who for who in ("anna", "tom") if any(f"to {who}" in line for line in lines)} == {"anna", "tom"}


async def test_each_repeat_is_heard_and_all_of_them_leave_with_one_answer(house):
    """ntfy-android plays no sound for a message that takes the place of one of the same sequence id."""
    async with house.running():
        await house.parts.warm()
        for _ in range(3):
            await house.parts.warm(38.6, minutes=6)
            await asyncio.sleep(0.2)
        names = [each["sequence_id"] for each in house.ntfy.messages("anna")]
        assert len(set(names)) == len(names) >= 3
        await house.parts.hear(Command(Verb.ACKNOWLEDGE, "tom", "1"))
        await house.shows("anna", "somebody is coming")
        await house.shows("tom")


async def test_the_end_of_an_episode_leaves_one_word_about_it(house):
    async with house.running():
        await house.parts.warm()
        await until(lambda: bool(house.on_screen("anna")))
        await house.parts.warm(36.9, minutes=90)
        assert "fever" not in house.parts.standing()
        await house.shows("anna", "over: fever")


async def test_the_answer_to_one_episode_leaves_the_other_on_the_screen(house):
    async with house.running():
        await house.parts.warm()
        await house.pass_s(700)  # the patch is silent by now
        assert {"fever", "no_data"} <= set(house.parts.standing())
        await until(lambda: {text.split(".")[0] for text in house.on_screen("tom")} >= {"Check: feverhub: fever"})
        await house.parts.hear(Command(Verb.ACKNOWLEDGE, "anna", "1", house.alarm("no_data").id))

        def of_the_sensor() -> list[str]:
            return [each for each in house.on_screen("tom") if "not heard" in each]

        await until(lambda: ["somebody is coming" in each for each in of_the_sensor()] == [True], look_s=0.05)
        assert any(each.startswith("Check: feverhub: fever") for each in house.on_screen("tom"))


async def test_an_alarm_that_rings_again_after_a_quiet_is_on_the_screen_again(house):
    async with house.running():
        await house.parts.warm()
        await until(lambda: bool(house.on_screen("anna")))
        await house.parts.hear(Command(Verb.SNOOZE, "anna", "1", arguments={"minutes": 15}))
        await house.shows("anna")
        await house.parts.warm(38.6, minutes=17)
        await house.shows("anna", "Check: feverhub: fever")


async def test_a_test_leaves_the_screen_once_it_was_confirmed(house):
    async with house.running():
        await house.parts.hear(Command(Verb.TEST, "anna", "1"))
        await house.shows("anna", "TEST")
        [message] = house.ntfy.messages("anna")
        await asyncio.to_thread(house.ntfy.tap, message, "It rang")
        await house.shows("anna", '"It rang" was taken')
        await house.shows("tom", "TEST")
