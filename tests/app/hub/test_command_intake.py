"""Commands of all kinds of senders: what reaches the core, what is answered, and that alarms go on meanwhile."""

import asyncio
import json

import pytest

from edge.app.hub.event_queue import ShowHealth
from edge.app.hub.health import one_line
from edge.commands import BURST, REPLAYED
from edge.model.event import Tick
from edge.mqtt.inbound import Incoming
from tests.support.family import COT, caregiver, family
from tests.support.servers import until

CONFIG = family(
    COT + '[mqtt]\nusername = "hub"\nhouse_users = ["nursery"]\n',
    anna='channels = ["credential:phone"]\n',
    more=caregiver("Oma", 'role = "viewer"', 'mqtt_user = "grandmother"'),
)
PAUSE = {"minutes": 20, "confirm": True}


def order(user, verb, **fields):
    return Incoming(f"feverhub/cot/cmd/{user}/{verb}", json.dumps(fields).encode() if fields else b"")


async def answers(parts, *messages):
    before = len(parts.broker.answers)
    for message in messages:
        await parts.callbacks.command(message)
        await parts.made.queue.idle.wait()
    await asyncio.sleep(0.05)
    return [
        (user, json.loads(body)["ok"], json.loads(body)["reason"]) for user, body, *_ in parts.broker.answers[before:]
    ]


async def test_a_request_is_carried_out_once(make_hub):
    parts = make_hub(text=CONFIG)
    async with parts.running():
        twice = [order("mother", "on_watch", request_id="r1")] * 2
        assert await answers(parts, *twice) == [
            ("mother", True, "done"),
            ("mother", False, "this request was taken already; send a new request_id"),
        ]


async def test_a_request_is_carried_out_once_over_a_restart_too(make_hub):
    parts = make_hub(text=CONFIG)
    async with parts.running():
        assert [ok for _, ok, _ in await answers(parts, order("mother", "pause", request_id="r1", **PAUSE))] == [True]
        await answers(parts, order("mother", "pause", request_id="r2", minutes=0))
        await until(lambda: '"r2"' in parts.journal.memo.get("requests", ""))
    again = make_hub(text=CONFIG, journal=parts.journal)
    async with again.running():
        assert await answers(again, order("mother", "pause", request_id="r1", **PAUSE)) == [("mother", False, REPLAYED)]
        assert again.hub.state.alarms.pauses == ()
        assert again.made.counters.commands_refused == 1
        assert [ok for _, ok, _ in await answers(again, order("mother", "on_watch", request_id="r3"))] == [True]
    again.journal.memo["requests"] = "{nonsense"
    third = make_hub(text=CONFIG, journal=parts.journal)
    async with third.running():
        assert [ok for _, ok, _ in await answers(third, order("mother", "on_watch", request_id="r3"))] == [True]
        await until(lambda: any("requests of before" in str(detail) for _, _, detail, _ in parts.journal.notes))


@pytest.mark.parametrize(
    ("verb", "fields", "wrote"),
    [
        ("note", {"text": "asleep"}, (1, {"requests"})),
        ("pause", PAUSE, (0, {"requests", "house"})),
        ("acknowledge", {"alarm": "no-such"}, (0, {"requests"})),
    ],
)
async def test_a_request_goes_to_disk_with_what_it_did(make_hub, monkeypatch, verb, fields, wrote):
    parts = make_hub(text=CONFIG)
    record, transactions = parts.journal.record, []

    def seen(alarms, messages, wall_s, entries, memos):
        if "requests" in memos:
            transactions.append((len(entries), set(memos)))
        record(alarms, messages, wall_s, entries, memos)

    monkeypatch.setattr(parts.journal, "record", seen)
    async with parts.running():
        await answers(parts, order("mother", verb, request_id="r1", **fields))
        await until(lambda: '"r1"' in parts.journal.memo.get("requests", ""))
    assert transactions[0] == wrote


async def test_two_buttons_without_ids_are_two_requests(make_hub):
    parts = make_hub(text=CONFIG)
    async with parts.running():
        assert [ok for _, ok, _ in await answers(parts, *[order("mother", "on_watch")] * 2)] == [True, True]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (order("grandmother", "acknowledge"), "oma may look, not command"),
        (order("stranger", "acknowledge"), "nobody with the MQTT user 'stranger' is set up"),
        (Incoming("feverhub/cot/cmd/mother/note", b"x" * 5000), "longer than 4096 bytes"),
        (Incoming("feverhub/cot/cmd/mother/note", b"{"), "is not JSON"),
        (order("mother", "mute"), "unknown verb"),
        (order("mother", "with_her", caregiver="tom"), "only a thing of the house"),
    ],
)
async def test_what_is_refused_is_answered_counted_and_kept(make_hub, message, reason):
    parts = make_hub(text=CONFIG)
    async with parts.running():
        ((user, ok, said),) = await answers(parts, message)
        assert (user, ok) == (message.topic.split("/")[3], False)
        assert reason in said
        await until(lambda: any("refused: " in str(line) for line in parts.journal.notes))
        assert parts.made.counters.commands_refused == 1


async def test_what_comes_under_an_impossible_name_is_answered_to_nobody_counted_and_logged_seldom(make_hub, capsys):
    parts = make_hub(text=CONFIG)
    async with parts.running():
        for _ in range(500):
            await parts.callbacks.command(Incoming(f"feverhub/cot/cmd/{'No Name ' * 20}/acknowledge", b""))
        assert parts.made.counters.commands_refused == 500
        assert parts.broker.answers == []
    said = [line for line in capsys.readouterr().out.splitlines() if "command.refused" in line]
    assert 5 <= len(said) <= 7
    assert all("the user in the topic is not a valid id" in line and len(line) < 400 for line in said)


async def test_with_her_counts_from_the_house_alone(make_hub):
    parts = make_hub(text=CONFIG)
    async with parts.running():
        await parts.warm()
        await parts.hear(Tick())
        (away,) = await answers(parts, order("mother", "with_her"))
        assert (away[1], "only who is in the house" in away[2]) == (False, True)
        assert parts.standing()["fever"] == "on"
        assert await answers(parts, order("nursery", "with_her")) == [("nursery", True, "done")]
        (fever,) = [a for a in parts.hub.state.alarms.conditions.standing() if a.key.condition == "fever"]
        assert (fever.attended_by, fever.presence) == ("*house", "ack")
        text = next(a.text for a in reversed(parts.journal.alarms) if a.id == fever.id)
        assert "Somebody at home is with her" in text


async def test_a_flood_is_cut_answered_seldom_and_holds_up_no_alarm(make_hub):
    parts = make_hub(text=CONFIG)
    async with parts.running():
        begun_s = asyncio.get_running_loop().time()
        for _ in range(3000):
            await parts.callbacks.command(order("mother", "snooze", minutes=30))
        took_s = asyncio.get_running_loop().time() - begun_s
        assert took_s < 3.0, "a thousand a second are refused faster than they come"
        await parts.made.queue.idle.wait()
        assert parts.made.counters.commands_refused >= 3000 - BURST - 2 * took_s - 1
        assert len(parts.broker.answers) < BURST + 5 + 3 * took_s + 2
        assert [ok for _, ok, _ in await answers(parts, order("nursery", "on_watch", caregiver="anna"))] == [True]
        await parts.warm()
        await parts.hear(Tick())
        await until(lambda: bool(parts.phone.sent))
        assert parts.standing() == {"fever": "on"}


async def test_pauses_proofs_and_the_watch_are_kept_over_a_restart_and_shown(make_hub):
    parts = make_hub(text=CONFIG)
    async with parts.running():
        await answers(
            parts,
            order("mother", "pause", minutes=20, confirm=True),
            order("mother", "on_watch"),
            order("mother", "test", request_id="t"),
            order("mother", "acknowledge", alarm="test"),
        )
        await until(lambda: "house" in parts.journal.memo and "anna" in parts.hub.state.roster.proofs)
        await parts.made.queue.idle.wait()
        shown = {topic: json.loads(body) for topic, body in parts.broker.shown.items()}
        assert shown["feverhub/cot/on_watch"]["caregiver"] == "anna"
        (pause,) = shown["feverhub/cot/pauses"]["pauses"]
        assert (pause["person"], pause["caregiver"]) == ("mia", "anna")
        anna, oma = shown["feverhub/cot/caregivers"]["caregivers"]
        assert (anna["on_watch"], anna["last_proof"] is None, oma["last_proof"]) == (True, False, None)
        assert shown["feverhub/cot/sounder"]["pattern"] == ""
        parts.made.queue.post(ShowHealth())
        await asyncio.sleep(0.01)
        health = json.loads(parts.broker.shown["feverhub/cot/health"])
        assert (health["on_watch"], health["clock_synchronised"], health["sounder"]) == ("anna", True, "works")
        assert health["not_watched"][0]["reason"].startswith("paused until ")
        assert "paused until" in one_line(parts.hub.state, parts.clock.now())
        await parts.made.recording.journal_writer.flush()
    again = make_hub(text=CONFIG, journal=parts.journal)
    async with again.running():
        assert again.hub.state.roster.on_watch == "anna"
        assert again.hub.state.alarms.pauses[0].until_s == pytest.approx(again.clock.mono_s + 1200.0)
        assert set(again.hub.state.roster.proofs) == {"anna", "*room"}
