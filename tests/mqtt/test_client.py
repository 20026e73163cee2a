"""The publisher on a real mosquitto: at least once, in order, through kills, freezes and a full card."""

import asyncio
import json
import os
import re
import sys
import threading
from pathlib import Path

import pytest

from edge.model.alarm import Alarm
from edge.mqtt import client, payloads
from edge.mqtt.link import Version
from edge.ports import OutgoingMessage
from tests.support.servers import Mosquitto, mosquitto, until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]

EVENTS = "feverhub/cot/mia/event"
STATE = "feverhub/cot/mia/alarm/fever"


async def collect(phone, count: int) -> list[bytes]:
    return [(await phone.next(30.0)).payload for _ in range(count)]


async def test_the_outbox_arrives_in_order_and_is_confirmed(broker, journal, start_hub, watch) -> None:
    phone = await watch(broker, EVENTS)
    for number in range(35):
        journal.add(EVENTS, b"%d" % number)
    hub = await start_hub(broker.settings())
    assert await collect(phone, 35) == [b"%d" % number for number in range(35)]
    await until(lambda: not journal.rows)
    assert sorted(journal.confirmed) == list(range(1, 36))
    assert hub.publisher.version is Version.V5
    assert hub.states == [(True, "")]


async def test_an_alarm_recorded_later_leaves_at_once(broker, journal, start_hub, watch, alarm: Alarm) -> None:
    phone = await watch(broker, "feverhub/cot/mia/#")
    hub = await start_hub(broker.settings(), wall_s=lambda: alarm.changed_s)
    state, event = payloads.messages_for("cot", alarm)
    journal.record([alarm], [state, event], alarm.changed_s)
    hub.publisher.wake()
    got = [await phone.next(30.0), await phone.next(30.0)]
    assert [(m.topic, m.payload) for m in got] == [(state.topic, state.payload), (event.topic, event.payload)]
    await until(lambda: not journal.rows)


async def test_never_more_than_ten_in_flight(broker, journal, start_hub) -> None:
    hub = await start_hub(broker.settings())
    broker.freeze()
    for number in range(40):
        journal.add(EVENTS, b"%d" % number)
    hub.publisher.wake()
    await until(lambda: hub.publisher.in_flight == 10)
    await asyncio.sleep(0.3)
    assert hub.publisher.in_flight == 10
    assert len(journal.rows) == 40
    broker.thaw()
    await until(lambda: not journal.rows)


async def test_a_hub_that_starts_before_its_broker_delivers_when_it_comes(
    tmp_path: Path, journal, start_hub, watch
) -> None:
    broker = Mosquitto(tmp_path)
    journal.add(STATE, b"standing", retain=True)
    hub = await start_hub(broker.settings(), connected=False)
    await until(lambda: len(hub.states) == 1)
    assert hub.states == [(False, f"nothing listens at 127.0.0.1:{broker.port} (connection refused)")]
    broker.start()
    try:
        await until(lambda: not journal.rows)
        phone = await watch(broker, STATE)
        message = await phone.next(30.0)
        assert (message.payload, message.retained) == (b"standing", True)
    finally:
        broker.stop()


async def test_killed_in_the_middle_everything_arrives_in_order(broker, journal, start_hub, watch) -> None:
    """SIGKILL while messages are in flight: what was not confirmed comes again, with the same payload."""
    hub = await start_hub(broker.settings())
    first = await watch(broker, EVENTS)
    for number in range(1, 31):
        journal.add(EVENTS, b"%d" % number)
    hub.publisher.wake()
    before = await collect(first, 5)
    broker.kill()
    await until(lambda: not hub.publisher.connected)
    for number in range(31, 61):
        journal.add(EVENTS, b"%d" % number)
    hub.publisher.wake()
    confirmed = len(journal.confirmed)
    assert hub.states[-1] == (False, "the connection to the broker was cut")
    # The second subscriber must be there before the hub is back, since events are not kept.
    hub.point_at(broker.settings(port=1))
    broker.start()
    second = await watch(broker, EVENTS)
    hub.point_at(broker.settings())
    after: list[int] = []
    while 60 not in after:
        after.append(int((await second.next(30.0)).payload))
    await until(lambda: not journal.rows)
    assert [int(payload) for payload in before] == [1, 2, 3, 4, 5]
    assert after == list(range(after[0], 61))
    assert after[0] <= 31
    assert confirmed < 60
    assert sorted(journal.confirmed) == list(range(1, 61))


async def test_retained_states_survive_a_power_cut_of_the_broker(broker, journal, start_hub, watch) -> None:
    """With the shipped persistence settings, once it has saved, and nobody there to send them again."""
    hub = await start_hub(broker.settings())
    for number in range(10):
        journal.add(f"feverhub/cot/mia/alarm/no_data/d{number}", b"on", retain=True)
    hub.publisher.wake()
    await until(lambda: not journal.rows)
    await hub.stop()
    await asyncio.to_thread(broker.save)
    broker.kill()
    broker.start()
    phone = await watch(broker, "feverhub/cot/mia/alarm/#")
    messages = [await phone.next(30.0) for _ in range(10)]
    assert {m.topic[-2:] for m in messages} == {f"d{n}" for n in range(10)}
    assert all(m.retained and m.payload == b"on" for m in messages)


async def test_a_broker_that_lost_its_database_gets_states_and_values_again(broker, journal, start_hub, watch) -> None:
    hub = await start_hub(broker.settings())
    journal.add(STATE, b"fever", retain=True)
    hub.publisher.wake()
    hub.publisher.show("feverhub/cot/mia/temperature/patch", b"38.2")
    await until(lambda: not journal.rows and hub.publisher.in_flight == 0)
    broker.kill()
    (broker.folder / "mosquitto.db").unlink(missing_ok=True)
    broker.start()
    phone = await watch(broker, STATE, "feverhub/cot/mia/temperature/patch", "feverhub/cot/status")
    got = {m.topic: m.payload for m in [await phone.next(30.0) for _ in range(3)]}
    assert got == {STATE: b"fever", "feverhub/cot/mia/temperature/patch": b"38.2", "feverhub/cot/status": b"online"}


async def test_offline_only_the_newest_value_and_state_are_kept_and_late_events_say_so(
    tmp_path: Path, journal, start_hub, watch
) -> None:
    broker = Mosquitto(tmp_path)
    hub = await start_hub(broker.settings(port=1), connected=False, wall_s=lambda: 1000.0)
    for number in range(3):
        journal.add(STATE, b"%d" % number, retain=True)
        event = json.dumps({"sequence": number, "historical": False}).encode()
        journal.add(EVENTS, event, expires_s=998.5 + number)
        hub.publisher.show("feverhub/cot/mia/temperature/patch", b"t%d" % number)
    broker.start()
    try:
        phone = await watch(broker, "feverhub/cot/mia/#")
        hub.point_at(broker.settings())
        messages = [await phone.next(30.0) for _ in range(5)]
        events = [json.loads(m.payload) for m in messages if m.topic == EVENTS]
        assert [(e["sequence"], e["historical"]) for e in events] == [(0, True), (1, True), (2, False)]
        assert [m.payload for m in messages if m.topic != EVENTS] in ([b"2", b"t2"], [b"t2", b"2"])
        await until(lambda: not journal.rows)
        assert sorted(journal.confirmed) == list(range(1, 7))
    finally:
        broker.stop()


async def test_a_stop_says_offline_and_leaves_nothing_unconfirmed(broker, journal, start_hub, watch) -> None:
    phone = await watch(broker, "feverhub/cot/status")
    hub = await start_hub(broker.settings())
    assert (await phone.next(30.0)).payload == b"online"
    await until(lambda: hub.publisher.in_flight == 0)  # what is in flight from now on is the event
    journal.add(EVENTS, b"last words")
    hub.publisher.wake()
    await until(lambda: hub.publisher.in_flight > 0 or not journal.rows)
    await hub.stop()
    assert (await phone.next(30.0)).payload == b"offline"
    assert not journal.rows
    assert hub.states[-1] == (False, "stopped")
    await watch(broker, "feverhub/cot/status")  # by then the broker has read the goodbye
    broker.stop()  # its log is whole only then
    assert re.search(
        "Client feverhub-[0-9a-f]{32} disconnected.", broker.log.read_text()
    )  # and not: closed its connection


async def test_a_killed_hub_is_offline_by_its_will(broker, watch, tmp_path) -> None:
    phone = await watch(broker, "feverhub/cot/status")
    script = Path(__file__).with_name("hub_process.py")
    command = [sys.executable, str(script), str(broker.port), broker.users["hub"], str(tmp_path / "journal.sqlite")]
    environment = {**os.environ, "PYTHONPATH": str(script.parents[2])}
    process = await asyncio.create_subprocess_exec(*command, env=environment)
    try:
        online = await phone.next(15.0)
        process.kill()
        await process.wait()
        with pytest.raises(TimeoutError):
            await phone.next(client.WILL_DELAY_S - 2.0)
        offline = await phone.next(4.0)  # and not much later: silence would look like safety
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert (online.payload, offline.payload) == (b"online", b"offline")
    late = await watch(broker, "feverhub/cot/status")
    message = await late.next(30.0)
    assert (message.payload, message.retained) == (b"offline", True)


async def test_a_full_card_does_not_stop_alarms(broker, journal, start_hub, watch, monkeypatch) -> None:
    monkeypatch.setattr("edge.mqtt.session.JOURNAL_RETRY_S", 0.2)
    phone = await watch(broker, EVENTS)
    hub = await start_hub(broker.settings())
    journal.failing = True
    journal.add(EVENTS, b"journalled")
    hub.publisher.wake()
    await until(lambda: hub.problems != [])
    assert hub.problems == ["the outbox cannot be used (the journal cannot be written: no space left on the card)"]
    hub.publisher.publish_unjournalled([OutgoingMessage(EVENTS, b"from memory", retain=False)])
    assert (await phone.next(30.0)).payload == b"from memory"
    journal.failing = False
    assert (await phone.next(30.0)).payload == b"journalled"
    await until(lambda: not journal.rows)
    assert hub.problems[-1] == ""


async def test_a_card_that_hangs_does_not_hold_up_alarms_in_memory(broker, journal, start_hub, watch) -> None:
    hangs = threading.Event()

    async def run_blocking(function, *arguments):
        if hangs.is_set():
            await asyncio.Event().wait()
        return function(*arguments)

    phone = await watch(broker, EVENTS)
    hub = await start_hub(broker.settings(), run_blocking=run_blocking)
    hangs.set()
    hub.publisher.wake()
    await asyncio.sleep(0.05)
    for number in range(25):
        hub.publisher.publish_unjournalled([OutgoingMessage(EVENTS, b"%d" % number, retain=False)])
    assert await collect(phone, 25) == [b"%d" % number for number in range(25)]


async def test_a_frozen_broker_is_noticed_and_what_it_swallowed_comes_again(
    broker, journal, start_hub, watch, monkeypatch
) -> None:
    monkeypatch.setattr("edge.mqtt.session.STALL_S", 1.0)
    hub = await start_hub(broker.settings(answer_timeout_s=0.5))
    phone = await watch(broker, EVENTS)
    broker.freeze()
    journal.add(EVENTS, b"swallowed")
    hub.publisher.wake()
    await until(lambda: not hub.publisher.connected)
    assert hub.states[-1] == (False, "the broker confirmed nothing for 1 s")
    await until(lambda: "no broker answered there for 0.5 s" in hub.states[-1][1])
    assert len(journal.rows) == 1
    broker.thaw()
    await until(lambda: not journal.rows)
    assert (await phone.next(30.0)).payload == b"swallowed"


@pytest.mark.parametrize(
    ("topic", "payload", "what"),
    [
        (EVENTS, b"x" * 3000, f"the broker refuses a message (packet too large: 3000 bytes): {EVENTS}"),
        ("feverhub/+/event", b"x", "the broker refuses a message ("),
    ],
)
async def test_a_message_that_would_end_the_connection_holds_up_no_other(
    tmp_path: Path, journal, start_hub, *, topic: str, payload: bytes, what: str
) -> None:
    with mosquitto(tmp_path, extra_conf="max_packet_size 2000") as broker:
        journal.add(topic, payload)
        journal.add(EVENTS, b"behind it")
        hub = await start_hub(broker.settings())
        await until(lambda: journal.confirmed == [2] and hub.problems != [])
        assert hub.problems[0].startswith(what)
        assert hub.states == [(True, "")]


async def test_a_broker_that_stays_away_is_reported_once(tmp_path: Path, start_hub) -> None:
    broker = Mosquitto(tmp_path)
    hub = await start_hub(broker.settings(), connected=False)
    await asyncio.sleep(1.5)
    assert hub.states == [(False, f"nothing listens at 127.0.0.1:{broker.port} (connection refused)")]


async def test_a_new_alarm_does_not_wait_for_the_back_off(tmp_path: Path, journal, start_hub, monkeypatch) -> None:
    broker = Mosquitto(tmp_path)
    hub = await start_hub(broker.settings(), connected=False)
    monkeypatch.setattr("edge.mqtt.reconnect.backoff_s", lambda _attempt, _chance: 3600.0)
    await until(lambda: hub.states != [])
    broker.start()
    try:
        await asyncio.sleep(1.0)
        assert not hub.publisher.connected
        journal.add(EVENTS, b"alarm")
        hub.publisher.wake()
        await until(lambda: not journal.rows, 5.0)
    finally:
        broker.stop()
