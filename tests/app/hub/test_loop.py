"""The shell around the core: what it promises about order, failing parts and restarts."""

import asyncio
import json
from dataclasses import replace

import pytest

from edge.app.hub import broker_state
from edge.app.hub.event_queue import CAPACITY, ShowHealth
from edge.model.alarm import Condition, Presence
from edge.model.event import Command, FrameReceived, Tick, Verb
from edge.mqtt.inbound import Incoming
from edge.ports import Outcome, Sent
from edge.storage.journal import SqliteJournal
from edge.storage.unavailable import UnavailableJournal
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.journal import MemoryJournal
from tests.support.fakes.notifier import FakeNotifier
from tests.support.family import family
from tests.support.kept import standing
from tests.support.servers import until

FEVER_TOPIC = "feverhub/cot/mia/alarm/fever"


def asked(user, verb, request_id, response_topic, correlation=b""):
    """A command as the publisher hands it in."""
    body = json.dumps({"request_id": request_id, "text": "asleep"} if verb == "note" else {"request_id": request_id})
    return Incoming(
        f"feverhub/cot/cmd/{user}/{verb}", body.encode(), response_topic=response_topic, correlation=correlation
    )


async def settled(parts):
    """Until the step's consequences are done too."""
    for _ in range(5):
        await asyncio.sleep(0.01)
        await parts.made.queue.idle.wait()


def published(parts, topic):
    return [json.loads(message.payload) for message in parts.broker.published if message.topic == topic]


async def test_an_alarm_is_in_the_journal_before_anybody_is_notified(make_hub):
    parts = make_hub()
    order = []
    record, wake = parts.journal.record, parts.broker.wake
    parts.journal.record = lambda *args: (order.append("journal"), record(*args))[1]
    parts.broker.wake = lambda: (order.append("publish"), wake())[1]
    parts.made.outputs.notifications.send = lambda _order: order.append("push")
    parts.made.outputs.room_sounder.want = lambda pattern, _level: order.append(f"sound {pattern}")
    async with parts.running():
        order.clear()
        await parts.warm()
        await parts.hear(Tick())
    fever = order.index("push")
    assert order[fever - 2 : fever] == ["journal", "publish"]


async def test_an_alarm_reaches_topic_event_and_phone_with_words_and_one_id(make_hub):
    parts = make_hub()
    async with parts.running():
        await parts.warm()
        await parts.hear(Tick())
        await settled(parts)
    [state] = [each for each in published(parts, FEVER_TOPIC) if each["presence"] == "on"][:1]
    [event] = [each for each in published(parts, "feverhub/cot/mia/event") if each["condition"] == "fever"][:1]
    assert state["text"].startswith("Mia: 38.6 °C, limit 37.5 °C, since ")
    assert state["guidance"]
    assert (state["id"], state["sequence"]) == (event["id"], event["sequence"])
    assert {message.alarm_id for message in parts.phone.sent} == {state["id"]}
    kept = [
        subject
        for _, subject, _, outcome in parts.journal.notes
        if outcome.startswith("delivered") and "anna" in subject
    ]
    assert kept == [f"{state['id']} to anna"] * len(parts.phone.sent)


async def test_a_failing_journal_holds_up_no_alarm_and_is_one_itself(make_hub, monkeypatch):
    monkeypatch.setattr("edge.app.hub.effects.journal_writer.RETRY_S", 0.02)
    parts = make_hub()
    async with parts.running():
        parts.journal.failing = "no space left on the card"
        await parts.warm()
        await parts.hear(Tick())
        await settled(parts)
        memory = [json.loads(message.payload) for message in parts.broker.from_memory]
        assert {each["condition"] for each in memory} >= {"fever", "storage_error"}
        assert all(each["unjournalled"] is True for each in memory)
        [trouble] = [m for m in memory if m["condition"] == "storage_error" and "historical" not in m]
        assert "no space left on the card" in trouble["text"]
        assert parts.phone.sent, "phones are told all the same"
        assert published(parts, FEVER_TOPIC) == []

        parts.journal.failing = ""
        await until(lambda: "storage_error" not in parts.standing(), 5.0)
        await settled(parts)
    assert parts.standing() == {"fever": "on"}
    late = [alarm for alarm in parts.journal.alarms if alarm.key.condition is Condition.FEVER]
    assert late, "what was only in memory is written down once that works"
    assert late[-1].unjournalled
    assert [alarm.key.condition for alarm in standing(parts.journal)] == [Condition.FEVER]
    assert published(parts, "feverhub/cot/alarm/storage_error")[-1]["presence"] == "off"


async def test_a_journal_that_hangs_holds_up_no_alarm(make_hub, monkeypatch):
    monkeypatch.setattr("edge.app.hub.effects.journal_writer.DEADLINE_S", 0.05)
    parts = make_hub()
    async with parts.running():
        await parts.warm(36.8, 20)
        stuck = asyncio.Event()
        parts.workers[0]._pool.submit(_wait, stuck, asyncio.get_running_loop())
        await parts.warm()
        await settled(parts)
        stuck.set()
        assert FEVER_TOPIC in {message.topic for message in parts.broker.from_memory}
        assert "storage_error" in parts.standing()


def _wait(stuck, loop):
    asyncio.run_coroutine_threadsafe(stuck.wait(), loop).result(20)


async def test_what_stood_before_a_restart_stands_rings_and_ends(make_hub, standing_fever):
    journal = MemoryJournal()
    journal.record([standing_fever()], [], 1.0)
    parts = make_hub(journal=journal)
    async with parts.running():
        assert parts.standing() == {"fever": "on"}
        await parts.hear(Tick())
        await settled(parts)
        assert [message.alarm_id for message in parts.phone.sent] == ["mia-fever-7-1789990000"]
        await parts.warm(36.8, 120)
        assert "fever" not in parts.standing()
    over = published(parts, FEVER_TOPIC)[-1]
    assert (over["id"], over["presence"]) == ("mia-fever-7-1789990000", "off")
    assert over["sequence"] > 7


async def test_a_new_connection_shows_what_stands_in_full_words(make_hub, standing_fever):
    journal = MemoryJournal()
    journal.record([standing_fever()], [], 1.0)
    parts = make_hub(journal=journal)
    async with parts.running():
        parts.callbacks.state(True, "")
        await settled(parts)
        shown = json.loads(parts.broker.shown[FEVER_TOPIC])
        assert shown["text"] == "Mia: 38.4 °C, limit 37.5 °C, since 02:10"
        await parts.warm(38.6, 60)
        await parts.hear(Command(Verb.ACKNOWLEDGE, "anna"))
        parts.callbacks.state(True, "")
        await settled(parts)
        shown = json.loads(parts.broker.shown[FEVER_TOPIC])
        assert "Anna is coming" in shown["text"]


async def test_a_journal_whose_disk_comes_back_takes_what_memory_held(make_hub, monkeypatch, tmp_path):
    monkeypatch.setattr("edge.app.hub.effects.journal_writer.RETRY_S", 0.02)
    monkeypatch.setattr("edge.storage.unavailable.AGAIN_S", 0.05)
    file = tmp_path / "journal.sqlite"
    file.mkdir()  # nothing can be opened there
    parts = make_hub(journal=UnavailableJournal("the disk is not there", lambda: SqliteJournal(file)))
    async with parts.running():
        await parts.warm()
        await parts.hear(Tick())
        await settled(parts)
        assert parts.standing() == {"fever": "on", "storage_error": "on"}
        file.rmdir()
        await until(lambda: "storage_error" not in parts.standing(), 5.0)
        await settled(parts)
        assert published(parts, "feverhub/cot/alarm/storage_error")[-1]["presence"] == "off"
    await parts.made.disk.journal_thread(parts.journal.close)
    journal = SqliteJournal(file)
    assert [(each.key.condition, each.unjournalled) for each in standing(journal)] == [(Condition.FEVER, True)]
    journal.close()


async def test_an_unreadable_journal_at_the_start_is_said_and_numbers_go_on(make_hub):
    parts = make_hub(journal=UnavailableJournal("the file cannot be opened", MemoryJournal))
    async with parts.running():
        await parts.hear(Tick())
        await settled(parts)
        assert parts.standing() == {"storage_error": "on"}
        [event] = [json.loads(m.payload) for m in parts.broker.from_memory if m.topic == "feverhub/cot/event"]
    assert event["sequence"] > ManualClock().wall_s - 1, "no number is used twice"


async def test_a_broker_that_stays_away_is_reported_after_a_while_whatever_reasons_it_gives(make_hub, monkeypatch):
    monkeypatch.setattr(broker_state, "DEBOUNCE_S", 0.1)
    parts = make_hub()
    async with parts.running():
        for reason in range(8):
            parts.callbacks.state(False, f"reason {reason}")
            await asyncio.sleep(0.03)
        await settled(parts)
        assert parts.standing() == {"broker_down": "on"}
        told, rung = len(parts.broker.from_memory), list(parts.phone.sent)
        for reason in ("certificate", "certificate", "certificate"):
            parts.callbacks.state(False, f"another reason: {reason}")
            await settled(parts)
        [*_, before, last] = [a for a in parts.journal.alarms if a.key.condition is Condition.BROKER_DOWN]
        assert "reason 7" in before.text or "reason" in before.text
        assert (last.id, last.text.split(": ", 1)[1][:27]) == (before.id, "another reason: certificate")
        assert (len(parts.broker.from_memory), parts.phone.sent) == (told, rung), "said once more, and nobody is woken"
        parts.callbacks.state(True, "")
        await settled(parts)
        assert parts.standing() == {}


async def test_a_short_loss_of_the_broker_is_everyday(make_hub, monkeypatch):
    monkeypatch.setattr(broker_state, "DEBOUNCE_S", 0.1)
    parts = make_hub()
    async with parts.running():
        parts.callbacks.state(False, "gone")
        await asyncio.sleep(0.02)
        parts.callbacks.state(True, "")
        await asyncio.sleep(0.15)
        await settled(parts)
        assert parts.standing() == {}


async def test_a_part_of_the_hub_is_never_taken_for_a_sensor_of_that_name(make_hub):
    parts = make_hub(text=family().replace('"patch"', '"store"'))
    async with parts.running():
        parts.made.queue.report(Condition.STORAGE_ERROR, True, "full", "store")
        await settled(parts)
        [alarm] = parts.hub.state.alarms.conditions.standing()
    assert (alarm.key.person, alarm.key.device) == ("", "")


async def test_a_test_alarm_goes_every_way_and_says_what_came_of_it(make_hub):
    parts = make_hub()
    async with parts.running():
        await parts.callbacks.command(asked("mother", "test", "r1", "feverhub/cot/reply/mother/x", b"c"))
        await until(lambda: bool(parts.broker.answers))
    [(user, payload, topic, correlation)] = parts.broker.answers
    answer = json.loads(payload)
    assert (user, topic, correlation) == ("mother", "feverhub/cot/reply/mother/x", b"c")
    assert (answer["request_id"], answer["ok"]) == ("r1", True)
    assert answer["reason"].split("; ") == [
        "anna: delivered (fake: delivered)",
        "tom: no push channel is set up",
        "sounder: delivered (fake: delivered)",
    ]
    assert parts.sounder.patterns == ["test"]


@pytest.mark.parametrize("sounder", [None, True])
async def test_a_test_that_nothing_took_is_no_success(make_hub, sounder):
    phone = FakeNotifier(last=Sent(Outcome.REFUSED, "was not delivered: no such user"))
    parts = make_hub(phone=phone, sounder=sounder)
    parts.sounder.answer = Sent(Outcome.RETRY, "no card")
    async with parts.running():
        await parts.hear(Command(Verb.TEST, "anna", "r1"))
        await until(lambda: bool(parts.broker.answers))
    assert json.loads(parts.broker.answers[0][1])["ok"] is False


async def test_two_people_may_use_the_same_request_id(make_hub):
    parts = make_hub()
    async with parts.running():
        await parts.callbacks.command(asked("mother", "note", "1", "feverhub/cot/reply/mother/a"))
        await parts.callbacks.command(asked("tom", "note", "1", "feverhub/cot/reply/tom/b"))
        await until(lambda: len(parts.broker.answers) == 2)
    assert [(user, topic) for user, _, topic, _ in parts.broker.answers] == [
        ("mother", "feverhub/cot/reply/mother/a"),
        ("tom", "feverhub/cot/reply/tom/b"),
    ]


async def test_a_frame_that_does_not_fit_is_counted_and_never_a_value(make_hub):
    adapter = {"adapter": "hci0", "action": "restart_scan", "reason": "quiet, try 1"}
    parts = make_hub(radio=lambda: {"adapters": [adapter]})
    async with parts.running():
        await parts.hear(*[FrameReceived("patch", "characteristic:2a1c", b"\x04\x01")] * 3)
        parts.made.queue.post(ShowHealth())
        await settled(parts)
    health = json.loads(parts.broker.shown["feverhub/cot/health"])
    assert health["frames_dropped"] == {"patch": 3}
    assert health["radio"]["adapters"][0]["reason"] == "quiet, try 1"
    [not_watched] = health["not_watched"]
    assert not_watched["reason"].startswith(
        "nothing usable heard: expected 6 bytes or more of a Temperature Measurement"
    )
    assert "feverhub/cot/mia/temperature/patch" not in parts.broker.shown


async def test_how_the_hub_is_doing_goes_to_the_databases_in_numbers(make_hub):
    parts = make_hub()
    async with parts.running():
        await parts.hear(FrameReceived("patch", "characteristic:2a19", bytes([80])))
        parts.made.queue.post(ShowHealth())
        await settled(parts)
        moment = parts.made.replication.moment()
    assert moment.facts["clock"] == 1
    assert moment.facts["proof_age_s"] is None
    (patch,) = (each for each in moment.sensors if each.device == "patch")
    assert (patch.person, patch.watched, patch.battery_percent) == ("mia", False, 80.0)


async def test_a_flood_of_frames_slows_the_source_and_loses_nothing(make_hub, monkeypatch):
    parts = make_hub()
    async with parts.running():
        before = parts.made.counters.self_check
        frame = FrameReceived("patch", "characteristic:2a1c", bytes.fromhex("046e0100ff02"))
        for _ in range(3 * CAPACITY):
            await parts.made.queue.put(frame)
        await parts.made.queue.idle.wait()
        assert parts.made.counters.self_check >= before + 3 * CAPACITY


async def test_home_assistant_gets_everything_when_the_broker_is_there(make_hub) -> None:
    parts = make_hub()
    async with parts.running():
        parts.callbacks.state(True, "")
        await settled(parts)
    shown = set(parts.broker.shown)
    assert {"homeassistant/device/cot/config", "homeassistant/device/cot_mia/config"} <= shown


async def test_the_health_topic_names_what_stands_at_once(make_hub) -> None:
    parts = make_hub()
    async with parts.running():
        await parts.warm()
        await settled(parts)
    health = json.loads(parts.broker.shown["feverhub/cot/health"])
    fever = {"condition": "fever", "person": "mia", "device": "", "priority": "medium", "presence": "on"}
    assert fever in health["alarms"]
    assert health["on_watch"] == ""


async def test_a_broker_that_lost_its_memory_learns_also_what_is_over(make_hub, standing_fever) -> None:
    over = replace(standing_fever(), presence=Presence.OFF, sequence=9)
    parts = make_hub(journal=MemoryJournal([standing_fever(), over]))
    async with parts.running():
        parts.callbacks.state(True, "")
        await settled(parts)
    assert json.loads(parts.broker.shown["feverhub/cot/mia/alarm/fever"])["presence"] == "off"


async def test_a_dose_is_on_disk_before_it_is_answered_and_published(make_hub):
    parts = make_hub()
    async with parts.running():
        await parts.hear(Command(Verb.DOSE, "anna", "r1", arguments={"drug": "Ibuprofen"}))
        await until(lambda: bool(parts.broker.published))
    [(_, answer, *_)] = parts.broker.answers
    assert json.loads(answer)["reason"].startswith("written down: ")
    [entry] = parts.journal.entries(9)
    assert entry.what.drug == "Ibuprofen"
    [told] = [message for message in parts.broker.published if message.topic == "feverhub/cot/mia/care"]
    assert json.loads(told.payload)["id"] == entry.id

    again = make_hub(journal=parts.journal)
    async with again.running():
        await again.hear(Command(Verb.DOSE, "anna", "r2", arguments={"id": entry.id, "withdraw": True}))
        await until(lambda: bool(again.broker.answers))
    assert [each.withdrawn for each in parts.journal.entries(9)] == [True]


async def test_a_dose_while_the_disk_is_full_is_published_from_memory_and_written_later(make_hub):
    parts = make_hub()
    async with parts.running():
        parts.journal.failing = "the disk is full"
        await parts.hear(Command(Verb.DOSE, "anna", "r1", arguments={"drug": "Ibuprofen"}))
        await until(lambda: bool(parts.broker.answers))
        [(_, answer, *_)] = parts.broker.answers
        assert json.loads(answer)["ok"] is True
        assert json.loads(answer)["reason"].endswith("the hub's disk does not take it now: it is kept in memory alone")
        told = [m for m in parts.broker.from_memory if m.topic == "feverhub/cot/mia/care"]
        assert [json.loads(message.payload)["unjournalled"] for message in told] == [True]
        assert parts.journal.entries(9) == []
        parts.journal.failing = ""
        await parts.hear(Command(Verb.NOTE, "tom", "r2", arguments={"text": "x"}))
        await until(lambda: len(parts.journal.entries(9)) == 2)
    assert [entry.kind for entry in parts.journal.entries(9)] == ["dose", "remark"]
