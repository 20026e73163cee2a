"""Series of a child deleted at the server; VictoriaMetrics is real, InfluxDB's answers are those of its reference.

InfluxDB 2: https://docs.influxdata.com/influxdb/v2/api/v2/#operation/PostDelete; 3 has no such call.
"""

import json
import threading
import time
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from edge.errors import StorageError, Unreachable
from edge.storage import series
from edge.storage.influx import InfluxReplicator
from edge.storage.sqlite import SqliteReadingStore

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]


def forget(url, person="ada", token=""):
    return series.forget(url, org="home", bucket="hub", token=token, ca_file=None, hub="cot", person=person)


def values(victoria, person):
    query = urllib.parse.urlencode({"match[]": f'{{person="{person}"}}'})
    with urllib.request.urlopen(f"{victoria.url}/api/v1/export?{query}", timeout=10) as answer:
        return sum(len(json.loads(line)["values"]) for line in answer.read().splitlines())


def test_of_two_children_one_is_deleted_and_the_other_keeps_every_point(victoria, tmp_path, make_reading):
    start_s = float(int(time.time()) - 3600)
    store = SqliteReadingStore(tmp_path / "readings.sqlite")
    store.keep([make_reading(start_s + at, person=person) for at in range(100) for person in ("ada", "ada2")])
    store.commit()
    replicator = InfluxReplicator(store, url=victoria.url, org="home", bucket="hub")
    assert replicator.replicate_once().error == ""
    victoria._get("/internal/force_flush")
    assert (values(victoria, "ada"), values(victoria, "ada2")) == (100, 100)
    assert forget(victoria.url) == "VictoriaMetrics"
    assert (values(victoria, "ada"), values(victoria, "ada2")) == (0, 100)
    replicator.close()
    store.close()


def test_of_two_hubs_in_one_database_the_others_child_of_the_same_name_stays(victoria):
    now_s = int(time.time())
    lines = [
        f"temperature,person=ada,hub={hub} value=37.{n} {now_s - n}000000" for hub in ("cot", "den") for n in range(9)
    ]
    request = f"{victoria.url}/api/v2/write?precision=us"
    urllib.request.urlopen(request, "\n".join(lines).encode(), timeout=10).close()
    victoria._get("/internal/force_flush")
    assert values(victoria, "ada") == 18
    forget(victoria.url)
    assert {labels["hub"] for labels in victoria.labels('{person="ada"}')} == {"den"}
    assert values(victoria, "ada") == 9


class Influx(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers["Content-Length"] or 0)
        self.server.asked.append((self.path, self.headers["Authorization"], self.rfile.read(length)))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def influx():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Influx)
    server.asked, server.status = [], 204
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_influxdb_2_is_asked_as_its_reference_says(influx):
    url = f"http://127.0.0.1:{influx.server_port}"
    assert forget(url, token="secret").startswith("InfluxDB; what an early release wrote has no tag hub")
    [(path, token, body)] = influx.asked
    assert (path, token) == ("/api/v2/delete?org=home&bucket=hub", "Token secret")
    asked = json.loads(body)
    assert asked["predicate"] == 'person="ada" AND hub="cot"'
    assert (asked["start"][:4], asked["stop"][:4]) == ("1970", "2262")


def test_a_server_that_deletes_nothing_is_said_with_what_is_left_to_do(influx):
    url = f"http://127.0.0.1:{influx.server_port}"
    influx.status = 404
    with pytest.raises(
        StorageError, match=r"deletes nothing .404: .*: remove what has the tag person=ada there yourself"
    ):
        forget(url)
    influx.status = 401
    with pytest.raises(StorageError, match="needs the right to write the bucket"):
        forget(url)
    with pytest.raises(Unreachable, match="does not answer"):
        forget("http://127.0.0.1:9")
