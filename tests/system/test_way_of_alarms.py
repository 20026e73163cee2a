"""The weekly try of the way of alarms: a real broker, a real ntfy server, and nobody who is woken by it."""

import asyncio
import json

import pytest

from edge.app.client import readiness
from edge.app.client.status import Overview
from edge.app.hub import session
from edge.app.hub.way_test import OF_BROKER, WayTest
from edge.app.load import checked
from edge.app.load.broker import broker_settings, hub_user
from edge.host import surroundings
from edge.host.checkup import Level
from tests.support.fakes.clock import ManualClock
from tests.support.family import family
from tests.support.ntfy import real_ntfy
from tests.support.servers import until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]


class Nothing:
    async def run(self, _emit):
        await asyncio.Event().wait()


@pytest.fixture
def tried(home, tmp_path):
    """`await tried(address, what_happens)` runs a hub whose Anna is rung there beside that; nothing else is real."""

    async def run(address, scenario):
        head = home.config.read_text().split("[[person]]")[0]
        home.config.write_text(head + family("", anna='channels = ["credential:phone"]\n'))
        home.secret("phone", address)
        loaded = checked.load(home.config, state_dir=home.state)
        clock = ManualClock(wall_s=1_790_000_000.0)

        async def meanwhile(parts):
            await until(lambda: parts.publisher.connected)
            await scenario(WayTest(parts, broker_settings(loaded), hub_user(loaded.config)), parts, clock)

        options = session.Options(lambda _: Nothing(), meanwhile=meanwhile)
        await session.run(loaded, clock, options)

    return run


async def test_a_message_goes_all_the_way_is_heard_back_and_leaves_the_phone_without_a_sound(home, tried, tmp_path):
    with real_ntfy(tmp_path) as ntfy:

        async def scenario(way, parts, clock):
            async with home.phone("feverhub/#") as phone:
                await way.weekly()
                assert way.facts()["ways"] == {OF_BROKER: "", "anna 1": ""}
                assert not parts.disk.journal.pending(9)
                await until(lambda: ntfy.messages("anna") and not ntfy.on_screen("anna"), look_s=0.1)
                assert {each.get("priority") for each in ntfy.messages("anna") if "message" in each} == {2}
                assert not parts.hub.state.alarms.conditions.standing()
                # No caregiver's app hears it: what it hears is what the hub shows at all times.
                heard = {(await phone.next(5.0)).topic for _ in range(3)}
                assert not [topic for topic in heard if "way" in topic or "event" in topic]
            count = len(ntfy.messages("anna"))
            again = WayTest(parts, way._settings, "hub")
            await parts.recording.journal_writer.flush()
            await again.recall()
            assert again.facts() == way.facts()
            clock.step(5 * 86_400.0)
            await again.weekly()
            assert len(ntfy.messages("anna")) == count
            clock.step(2 * 86_400.0)
            await again.weekly()
            assert len(ntfy.messages("anna")) > count

        await tried(f"ntfy://127.0.0.1:{ntfy.port}/anna", scenario)


async def test_what_does_not_get_through_is_named_in_ready_and_doctor_and_rings_nobody(home, tried):
    async def scenario(way, parts, clock):
        home.broker.freeze()
        try:
            await way.try_out()
        finally:
            home.broker.thaw()
        ways = way.facts()["ways"]
        assert ways[OF_BROKER]
        assert "not delivered" in ways["anna 1"]
        now_s = clock.now().wall_s
        rows = list(surroundings.way(now_s, ways, now_s))
        assert [each.level for each in rows] == [Level.WARN, Level.WARN]
        seen = Overview("cot", online=True, health=json.loads(json.dumps({"way": way.facts()})))
        said = [each for each in readiness._way(seen, now_s) if each.subject == "way"]
        assert [each.good for each in said] == [False, False]
        assert "broker: no message got through 0 days ago" in said[0].sentence

    await tried("ntfy://127.0.0.1:9/anna", scenario)


async def test_a_service_that_can_only_ring_is_not_tried_and_that_is_said(tried):
    async def scenario(way, parts, clock):
        await way.try_out()
        assert way.facts()["ways"] == {OF_BROKER: "", "anna 1": None}
        now_s = clock.now().wall_s
        row = list(surroundings.way(now_s, way.facts()["ways"], now_s))[1]
        assert (row.level, row.sentence) == (Level.OK, "anna 1: cannot be tried without ringing")

    await tried("json://127.0.0.1:9/anna", scenario)
