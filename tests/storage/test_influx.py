"""Replication against answers that no server gives on demand; the real server is in test_influx_server.py."""

import gzip
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import influxdb_client
import pytest
from influxdb_client.client.write_api import WriteApi

from edge.model.alarm import Condition
from edge.storage.influx import InfluxReplicator, Progress
from edge.storage.journal import SqliteJournal
from edge.storage.sqlite import SqliteReadingStore

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]


class Hangs(Enum):
    """Whether a server closes the connection behind each answer, and says so."""

    NEVER = "never"
    SILENTLY = "silently"
    ANNOUNCED = "announced"


class Answering(ThreadingHTTPServer):
    """Takes v2 writes on loopback; `judge` gives the status for the lines of a request."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.judge: Callable[[list[str]], int] = lambda _: 204
        self.words = ""
        self.taken: list[str] = []
        self.requests: list[str] = []
        self.agents: set[str | None] = set()
        self.hangs_up = Hangs.NEVER

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Answering
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        lines = body.decode().splitlines()
        status = self.server.judge(lines)
        if status == 204:
            self.server.taken += lines
        self.server.requests.append(f"{self.path} {self.headers['Authorization']}")
        self.server.agents.add(self.headers["User-Agent"])
        self.send_response(status)
        words = b"" if status == 204 else self.server.words.encode()
        self.send_header("Content-Length", str(len(words)))
        if self.server.hangs_up is Hangs.ANNOUNCED:
            self.send_header("Connection", "close")
        self.close_connection = self.server.hangs_up is not Hangs.NEVER
        self.end_headers()
        self.wfile.write(words)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Answering]:
    made = Answering()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.shutdown()
    thread.join(5)
    made.server_close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteReadingStore]:
    made = SqliteReadingStore(tmp_path / "readings.sqlite", boot="now")
    yield made
    made.close()


class Manual:
    """A monotonic clock set by hand."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Manual:
    return Manual()


@pytest.fixture
def replicator(server: Answering, store: SqliteReadingStore, clock: Manual) -> Iterator[InfluxReplicator]:
    made = InfluxReplicator(
        store, url=server.url, org="home", bucket="hub", token="secret", timeout_s=2.0, monotonic=clock
    )
    yield made
    made.close()


def test_rows_go_once_at_once_and_once_when_settled(
    *,
    server: Answering,
    store: SqliteReadingStore,
    replicator: InfluxReplicator,
    clock: Manual,
    make_reading,
    make_motion,
) -> None:
    store.keep([make_reading(1.0), make_motion(1.0, 3.0)])
    store.commit()
    assert replicator.replicate_once() == Progress(2, 0)
    assert len(server.taken) == 4, "a point of each second of the block"
    assert server.requests[0] == "/api/v2/write?org=home&bucket=hub&precision=us Token secret"
    clock.now_s += 14.0
    assert replicator.replicate_once() == Progress(0, 0)
    assert len(server.taken) == 4
    assert store.cursor("influx_reading") == 0, "a restart of the hub would send it again"
    clock.now_s += 2.0
    assert replicator.replicate_once() == Progress(0, 0)
    assert sorted(server.taken) == sorted([*set(server.taken)] * 2)
    assert (store.cursor("influx_reading"), store.cursor("influx_motion")) == (1, 1)
    clock.now_s += 1000.0
    replicator.replicate_once()
    assert len(server.taken) == 8


def test_influxdb_client_is_what_writes(
    server: Answering, store: SqliteReadingStore, replicator: InfluxReplicator, monkeypatch, make_reading
) -> None:
    written, write = [], WriteApi.write

    def watched(api: WriteApi, bucket: str, org: str, record: bytes, **more: object) -> object:
        written.append((bucket, org, record, more))
        return write(api, bucket, org, record, **more)

    monkeypatch.setattr(WriteApi, "write", watched)
    store.keep([make_reading(1.0)])
    store.commit()
    assert replicator.replicate_once() == Progress(1, 0)
    (line,) = server.taken
    assert written == [("hub", "home", line.encode(), {"write_precision": "us"})]
    assert server.agents == {f"influxdb-client-python/{influxdb_client.__version__}"}


def test_a_hub_that_does_not_replicate_does_not_load_influxdb_client() -> None:
    code = (
        "import sys, edge.storage.influx; print(sorted({'influxdb_client', 'urllib3', 'reactivex'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_connection_gone_without_a_word_is_a_gap(
    server: Answering, store: SqliteReadingStore, replicator: InfluxReplicator, clock: Manual, make_reading
) -> None:
    server.hangs_up = Hangs.SILENTLY
    store.keep([make_reading(1.0)])
    store.commit()
    assert replicator.replicate_once() == Progress(1, 0)
    server.hangs_up = Hangs.NEVER
    clock.now_s += 10.0
    store.keep([make_reading(2.0)])
    store.commit()
    assert replicator.replicate_once() == Progress(2, 0)
    assert [text.rsplit(" ")[-1] for text in server.taken] == ["1000000", "2000000", "1000000", "2000000"]


def test_a_connection_whose_end_was_announced_is_none(
    server: Answering, store: SqliteReadingStore, replicator: InfluxReplicator, clock: Manual, make_reading
) -> None:
    server.hangs_up = Hangs.ANNOUNCED
    for at in (1.0, 2.0):
        store.keep([make_reading(at)])
        store.commit()
        assert replicator.replicate_once() == Progress(1, 0)
        clock.now_s += 10.0
    assert len(server.taken) == 2


@pytest.mark.parametrize("hangs_up", Hangs)
def test_the_cursor_follows_whether_or_not_a_server_keeps_connections(
    *,
    server: Answering,
    store: SqliteReadingStore,
    replicator: InfluxReplicator,
    clock: Manual,
    make_reading,
    hangs_up: Hangs,
) -> None:
    server.hangs_up = hangs_up
    behind = []
    for at in range(1, 61):  # ten minutes of one reading in ten seconds
        store.keep([make_reading(float(at))])
        store.commit()
        assert replicator.replicate_once().error == ""
        behind.append(at - store.cursor("influx_reading"))
        clock.now_s += 10.0
    assert max(behind[2:]) <= (2 if hangs_up is not Hangs.SILENTLY else 4), behind
    assert {text.rsplit(" ")[-1] for text in server.taken} == {f"{at}000000" for at in range(1, 61)}


def test_after_an_outage_sending_goes_back_to_what_had_settled(
    server: Answering, store: SqliteReadingStore, replicator: InfluxReplicator, clock: Manual, make_reading
) -> None:
    store.keep([make_reading(1.0)])
    store.commit()
    replicator.replicate_once()
    clock.now_s += 200.0
    store.keep([make_reading(2.0)])
    store.commit()
    replicator.replicate_once()
    server.judge = lambda _: 503
    store.keep([make_reading(3.0)])
    store.commit()
    progress = replicator.replicate_once()
    assert (progress.sent, progress.remaining) == (0, 2)
    assert "answered 503" in progress.error
    server.judge = lambda _: 204
    server.taken.clear()
    assert replicator.replicate_once() == Progress(2, 0)
    assert [text.rsplit(" ")[-1] for text in server.taken] == ["2000000", "3000000"]


def test_too_many_requests_is_no_gap(
    server: Answering, store: SqliteReadingStore, replicator: InfluxReplicator, make_reading
) -> None:
    store.keep([make_reading(1.0)])
    store.commit()
    replicator.replicate_once()
    server.judge = lambda _: 429
    store.keep([make_reading(2.0)])
    store.commit()
    progress = replicator.replicate_once()
    assert (progress.sent, progress.remaining) == (0, 1)
    assert "answered 429" in progress.error


@pytest.mark.parametrize("status", [401, 404])
def test_a_wrong_token_or_bucket_is_reported_and_nothing_skipped(
    server: Answering, store: SqliteReadingStore, replicator: InfluxReplicator, make_reading, status: int
) -> None:
    server.judge = lambda _: status
    store.keep([make_reading(1.0)])
    store.commit()
    progress = replicator.replicate_once()
    assert (progress.sent, progress.remaining, progress.refused) == (0, 1, 0)
    assert f"answered {status}" in progress.error
    assert "secret" not in progress.error


@pytest.mark.parametrize("status", [400, 413])
def test_a_point_the_server_never_takes_does_not_stop_the_others(
    server: Answering, store: SqliteReadingStore, replicator: InfluxReplicator, make_reading, status: int
) -> None:
    server.judge = lambda lines: status if any("value=66.0" in text for text in lines) else 204
    store.keep([make_reading(float(at), 66.0 if at == 37 else 37.0) for at in range(100)])
    store.commit()
    assert replicator.replicate_once() == Progress(100, 0, refused=1, reason="no reason given")
    assert {int(text.rsplit(" ")[-1]) // 1_000_000 for text in server.taken} == {*range(100)} - {37}


def test_a_server_that_never_answers_costs_one_time_out(store: SqliteReadingStore, make_reading) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        replicator = InfluxReplicator(store, url=url, org="home", bucket="hub", timeout_s=0.3)
        store.keep([make_reading(1.0)])
        store.commit()
        began = time.monotonic()
        progress = replicator.replicate_once()
        assert time.monotonic() - began < 2.0
        assert (progress.sent, progress.remaining) == (0, 1)
        assert "does not answer" in progress.error
        replicator.close()


def test_a_long_backlog_goes_in_bounded_steps(
    server: Answering, store: SqliteReadingStore, replicator: InfluxReplicator, clock: Manual, make_reading
) -> None:
    def slow(_: list[str]) -> int:
        clock.now_s += 7.0
        return 204

    server.judge = slow
    store.keep([make_reading(float(at)) for at in range(5000)])
    store.commit()
    assert replicator.replicate_once() == Progress(3000, 2000)
    assert replicator.replicate_once() == Progress(2000, 0)


def test_rows_that_may_still_be_re_stamped_wait_and_it_is_said(
    server: Answering, store: SqliteReadingStore, replicator: InfluxReplicator, make_reading
) -> None:
    store.keep([make_reading(1.0), make_reading(2.0, synced=False), make_reading(3.0)])
    store.commit()
    progress = replicator.replicate_once()
    assert (progress.sent, progress.remaining) == (1, 2)
    assert progress.error == "readings wait until the clock of the hub is synchronised"
    store.restamp(1000.0)
    assert replicator.replicate_once() == Progress(2, 0)
    assert [text.rsplit(" ")[-1] for text in server.taken] == ["1000000", "1002000000", "3000000"]


def test_alarms_go_first_and_a_store_begun_afresh_is_noticed(
    *, server: Answering, store: SqliteReadingStore, clock: Manual, tmp_path: Path, make_reading, make_alarm
) -> None:
    journal = SqliteJournal(tmp_path / "journal.sqlite")
    replicator = InfluxReplicator(
        store, url=server.url, org="home", bucket="hub", journal=journal, raw=True, monotonic=clock
    )
    store.keep([make_reading(float(at)) for at in range(10)])
    store.commit()
    journal.record([make_alarm(1)], [], 5.0)
    assert replicator.replicate_once() == Progress(12, 0)
    assert server.taken[0].startswith("alarm,condition=fever")
    store._db.begin_afresh()
    store.keep([make_reading(77.0)])
    store.commit()
    assert replicator.replicate_once() == Progress(1, 0)
    assert server.taken[-1].endswith(" 77000000")
    replicator.close()
    journal.close()


def test_a_store_that_fails_is_a_reason_not_an_exception(server: Answering, tmp_path: Path) -> None:
    store = SqliteReadingStore(tmp_path / "other.sqlite")
    replicator = InfluxReplicator(store, url=server.url, org="home", bucket="hub")
    store.close()
    assert "closed" in replicator.replicate_once().error
    replicator.close()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE reading SET quantity = 'aura' WHERE id = 3",
        "UPDATE reading SET unit = 'furlong' WHERE id = 3",
        "UPDATE reading SET validity = 'maybe' WHERE id = 3",
        "UPDATE reading SET wall_s = 9e999 WHERE id = 3",
        "UPDATE motion SET data = x'00' WHERE id = 3",
        "UPDATE motion SET n = 7 WHERE id = 3",
        "UPDATE motion SET n = 0, data = x'' WHERE id = 3",
        "UPDATE motion SET axes = 0 WHERE id = 3",
        "UPDATE motion SET start_s = -9e999 WHERE id = 3",
    ],
)
def test_a_row_that_no_release_wrote_is_left_out_and_counted(
    *,
    server: Answering,
    store: SqliteReadingStore,
    replicator: InfluxReplicator,
    make_reading,
    make_motion,
    damage: str,
) -> None:
    store.keep([*(make_reading(float(at)) for at in range(1, 11)), make_motion(1.0, 10.0)])
    store.commit()
    with store._db.transaction() as db:
        db.execute(damage)
    progress = replicator.replicate_once()
    assert progress == Progress(13, 0, unreadable=1)
    assert len(server.taken) == 19
    assert replicator.in_words(progress) == "in step; 1 rows could not be read"


def test_an_alarm_that_this_release_cannot_read_does_not_stop_the_others(
    server: Answering, store: SqliteReadingStore, tmp_path: Path, make_alarm
) -> None:
    journal = SqliteJournal(tmp_path / "journal.sqlite")
    journal.record([make_alarm(1), make_alarm(2), make_alarm(3)], [], 5.0)
    with journal._db.transaction() as db:
        db.execute("""UPDATE change SET state = CAST('{"of": "a newer release"}' AS BLOB) WHERE id = 2""")
    replicator = InfluxReplicator(store, url=server.url, org="home", bucket="hub", journal=journal)
    assert replicator.replicate_once() == Progress(6, 0, unreadable=1)
    assert len([text for text in server.taken if text.startswith("alarm,")]) == 2
    replicator.close()
    journal.close()


def test_an_onset_older_than_the_server_keeps_does_not_hold_up_what_is_new(
    server: Answering, store: SqliteReadingStore, tmp_path: Path, make_alarm, make_reading
) -> None:
    """A sensor that has been silent for longer than the bucket's retention, and is found again today."""
    now_s = time.time()
    journal = SqliteJournal(tmp_path / "journal.sqlite")
    silent = replace(make_alarm(1, Condition.NO_DATA), onset_s=now_s - 40 * 86_400, changed_s=now_s)
    fresh = replace(make_alarm(2), onset_s=now_s, changed_s=now_s)
    journal.record([silent, fresh], [], now_s)
    store.keep([make_reading(now_s)])
    store.commit()
    beyond = (now_s - 30 * 86_400) * 1e6
    server.judge = lambda lines: 204 if all(int(text.rpartition(" ")[2]) > beyond for text in lines) else 500
    server.words = '{"code": "internal error", "message": "points beyond retention policy dropped=1"}'
    replicator = InfluxReplicator(store, url=server.url, org="home", bucket="hub", journal=journal)
    progress = replicator.replicate_once()
    assert (progress.remaining, progress.refused, progress.error) == (0, 1, "")
    assert sorted(text.partition(",")[0] for text in set(server.taken)) == ["alarm", "alarm", "episode", "temperature"]
    replicator.close()
    journal.close()


def test_four_hundred_for_everything_loses_nothing_and_is_said(
    *, server: Answering, store: SqliteReadingStore, replicator: InfluxReplicator, clock: Manual, make_reading
) -> None:
    """A wrong port or a proxy: once it is mended every reading goes there."""
    server.judge = lambda _: 400
    store.keep([make_reading(float(at)) for at in range(300)])
    store.commit()
    for _ in range(3):
        progress = replicator.replicate_once()
        assert (progress.sent, progress.remaining, progress.refused, progress.at_fault) == (0, 300, 0, True)
        assert "takes none of 300 rows" in progress.error
        clock.now_s += 130.0
    assert store.cursor("influx_reading") == 0
    assert len(server.requests) < 20
    server.judge = lambda _: 204
    assert replicator.replicate_once() == Progress(300, 0)
    assert len(set(server.taken)) == 300
