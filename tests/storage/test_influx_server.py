"""Replication to a real VictoriaMetrics, which takes InfluxDB's v2 writes."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from edge.model.care import Dose, Drink, Entry
from edge.storage.blocks import LONGEST_S
from edge.storage.influx import SETTLE_S, InfluxReplicator, Progress
from edge.storage.journal import SqliteJournal
from edge.storage.points import Momentary, Watched, of_moment
from edge.storage.sqlite import SqliteReadingStore

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]


@pytest.fixture
def start_s() -> float:
    """Where a block begins, an hour ago: VictoriaMetrics takes nothing from outside its retention."""
    return time.time() // LONGEST_S * LONGEST_S - 3600.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteReadingStore]:
    made = SqliteReadingStore(tmp_path / "readings.sqlite")
    yield made
    made.close()


def replicator_to(victoria, store: SqliteReadingStore, **more) -> InfluxReplicator:
    return InfluxReplicator(store, url=victoria.url, org="home", bucket="hub", timeout_s=5.0, **more)


def stamps(start_s: float, count: int) -> set[int]:
    return {int((start_s + at) * 1000) for at in range(count)}


def test_an_outage_loses_nothing_and_repeats_do_not_double(victoria, store, start_s, make_reading, make_motion) -> None:
    clock = [0.0]
    replicator = replicator_to(victoria, store, monotonic=lambda: clock[0])
    store.keep([*(make_reading(start_s + at, 37.0 + at / 1000) for at in range(300)), make_motion(start_s, 60.0)])
    store.commit()
    assert replicator.replicate_once() == Progress(312, 0)

    victoria.stop()
    store.keep([make_reading(start_s + at, 37.0 + at / 1000) for at in range(300, 900)])
    store.commit()
    progress = replicator.replicate_once()
    assert (progress.sent, progress.remaining) == (0, 912)
    assert "does not answer" in progress.error

    victoria.start()
    assert replicator.replicate_once() == Progress(912, 0)
    clock[0] += 500.0
    assert replicator.replicate_once() == Progress(0, 0)
    points = victoria.export("temperature_value")
    assert set(points) == stamps(start_s, 900)
    assert points[int((start_s + 250) * 1000)] == pytest.approx(37.25)
    assert set(victoria.export("motion_rms_g")) == stamps(start_s, 60)
    assert set(victoria.export("motion_n").values()) == {50.0}
    (labels,) = victoria.labels("temperature_value")
    assert {name: labels[name] for name in ("person", "device", "place", "validity")} == {
        "person": "ada",
        "device": "patch",
        "place": "axilla",
        "validity": "valid",
    }
    replicator.close()


def test_killed_right_after_a_204_everything_is_sent_again(victoria, store, start_s, make_reading) -> None:
    replicator = replicator_to(victoria, store)
    store.keep([make_reading(start_s + at) for at in range(500)])
    store.commit()
    assert replicator.replicate_once() == Progress(500, 0)
    victoria.kill()
    store.keep([make_reading(start_s + at) for at in range(500, 600)])
    store.commit()
    assert replicator.replicate_once().remaining == 600
    victoria.start()
    lost = stamps(start_s, 500) - set(victoria.export("temperature_value"))
    assert lost, "the server kept what it had only just taken: this test no longer shows anything"
    assert replicator.replicate_once() == Progress(600, 0)
    assert set(victoria.export("temperature_value")) == stamps(start_s, 600)
    replicator.close()


def test_a_server_that_restarts_unseen_between_two_calls_loses_nothing(victoria, store, start_s, make_reading) -> None:
    clock = [0.0]
    replicator = replicator_to(victoria, store, monotonic=lambda: clock[0])
    store.keep([make_reading(start_s + at) for at in range(500)])
    store.commit()
    assert replicator.replicate_once() == Progress(500, 0)
    victoria.kill()
    victoria.start()
    assert len(victoria.export("temperature_value")) < 500
    assert replicator.replicate_once() == Progress(0, 0)
    clock[0] += 16.0
    assert replicator.replicate_once() == Progress(500, 0), "the connection was gone: all is sent again"
    assert store.cursor("influx_reading") == 0
    assert set(victoria.export("temperature_value")) == stamps(start_s, 500)
    replicator.close()


def test_killed_again_and_again_right_after_a_204_nothing_is_missing_in_the_end(
    victoria, store, start_s, make_reading
) -> None:
    """In real time, since what the server has on its disk after how long is the point."""
    replicator = replicator_to(victoria, store)
    kept = 0
    lost = set()

    def rows(count: int) -> None:
        nonlocal kept
        store.keep([make_reading(start_s + kept + at) for at in range(count)])
        store.commit()
        kept += count

    for pause_s in (0.0, 2.0):
        rows(100)
        assert replicator.replicate_once().error == ""
        time.sleep(pause_s)
        victoria.kill()
        victoria.start()
        lost |= stamps(start_s, kept) - set(victoria.export("temperature_value"))
    assert lost, "the server kept what it had only just taken: this test no longer shows anything"
    rows(100)
    began_s = time.monotonic()
    while store.cursor("influx_reading") < kept:
        assert replicator.replicate_once().error == ""
        assert time.monotonic() - began_s < 60.0
        time.sleep(0.2)
    assert time.monotonic() - began_s == pytest.approx(SETTLE_S, abs=5.0)
    victoria.kill()
    victoria.start()
    assert set(victoria.export("temperature_value")) == stamps(start_s, kept)
    replicator.close()


def test_after_a_restart_of_the_hub_what_had_not_settled_is_sent_again(victoria, store, start_s, make_reading) -> None:
    first = replicator_to(victoria, store, raw=True)
    store.keep([make_reading(start_s + at) for at in range(500)])
    store.commit()
    assert first.replicate_once() == Progress(500, 0)
    first.close()
    victoria.kill()
    victoria.start()
    second = replicator_to(victoria, store, raw=True)
    assert second.replicate_once() == Progress(500, 0)
    assert set(victoria.export("temperature_value")) == stamps(start_s, 500)
    second.close()


def test_raw_samples_and_alarms_arrive(*, victoria, store, start_s, make_motion, make_alarm, tmp_path) -> None:
    journal = SqliteJournal(tmp_path / "journal.sqlite")
    journal.record([replace(make_alarm(1), changed_s=start_s)], [], start_s)
    whole = make_motion(start_s, 4.0)
    store.keep([whole])
    store.commit()
    replicator = replicator_to(victoria, store, raw=True, journal=journal)
    assert replicator.replicate_once() == Progress(3, 0)
    samples = victoria.export("motion_raw_z")
    assert len(samples) == 200
    assert [samples[at] for at in sorted(samples)] == pytest.approx(list(whole.values[:, 2]), abs=1 / 4096)
    assert set(victoria.export("alarm_active").values()) == {1.0}
    assert set(victoria.export("alarm_value").values()) == {38.1}
    replicator.close()
    journal.close()


def test_entries_and_how_the_hub_is_doing_arrive_under_its_name(victoria, store, start_s, make_alarm, tmp_path) -> None:
    journal = SqliteJournal(tmp_path / "journal.sqlite")
    dose = Entry("d1", 1, "ada", Dose("Ibuprofen", 5.0, "ml", medicine="Ibuprofen"), start_s, "anna", "anna", start_s)
    other = replace(dose, id="d2", happened_s=start_s + 60.0)
    journal.record([replace(make_alarm(1), onset_s=start_s, changed_s=start_s)], [], start_s, [dose, other])
    replicator = replicator_to(victoria, store, journal=journal, hub="cot")
    moment = list(of_moment(Momentary(start_s, {"broker": 1}, [Watched("ada", "patch", watched=True)]), "cot"))
    assert replicator.replicate_once(moment) == Progress(4, 0)
    journal.record([], [], start_s, [replace(other, version=2, withdrawn=True)])
    assert replicator.replicate_once() == Progress(1, 0)
    assert len(victoria.export("care_count")) == 2
    assert len(victoria.export("care_void")) == 1
    assert set(victoria.export("care_void")) < set(victoria.export("care_count"))
    assert set(victoria.export("care_amount").values()) == {5.0}
    assert set(victoria.export("health_broker").values()) == {1.0}
    every = victoria.labels('{__name__!=""}')
    assert {each.get("hub") for each in every} == {"cot"}
    assert {each["__name__"] for each in every if each.get("person") != "ada"} == {"health_broker"}
    replicator.close()
    journal.close()


def test_entries_of_an_outage_come_after_it_and_once(victoria, store, start_s, tmp_path) -> None:
    journal = SqliteJournal(tmp_path / "journal.sqlite")
    replicator = replicator_to(victoria, store, journal=journal, hub="cot")
    victoria.kill()
    for number in range(30):
        drink = Entry(f"d{number}", 1, "ada", Drink(100.0), start_s + 60 * number, "anna", "anna", start_s)
        journal.record([], [], start_s, [drink])
    assert replicator.replicate_once().error
    victoria.start()
    assert replicator.replicate_once() == Progress(30, 0)
    replicator.close()
    again = replicator_to(victoria, store, journal=journal, hub="cot")
    assert again.replicate_once() == Progress(30, 0), "nothing had settled"
    assert list(victoria.export("care_ml").values()) == [100.0] * 30
    again.close()
    journal.close()
