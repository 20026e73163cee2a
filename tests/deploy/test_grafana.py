"""The dashboards' queries, run against a real VictoriaMetrics that a hub has filled with a demo night.

Grafana itself and InfluxDB are not in any archive that the tests use: Flux runs where `influxd` is on the path. Its
text is compiled by InfluxData's own compiler, and held against the measurements, fields and tags that the hub sends.
"""

import asyncio
import json
import os
import re
import shutil
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from edge.app.hub import replay, replication
from edge.app.hub.timed_commands import read_events
from edge.app.load import checked
from edge.model.people import Limb
from edge.recordings.files import MotionRecording, TemperatureRecording
from edge.simulation import demo_night
from edge.storage.influx import InfluxReplicator
from edge.storage.points import Momentary, Watched, of_moment
from edge.storage.sqlite import SqliteReadingStore
from tests.support import homes
from tests.support.family import IBUPROFEN, family
from tests.support.influxdb import InfluxDB
from tests.support.servers import until
from tests.support.victoria import VictoriaMetrics

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]

SHIPPED = Path(__file__).parents[2] / "deploy" / "grafana"
BOARDS = ("night", "health")
NIGHT_S = 70 * 60.0
SAID = (
    {"t": 600, "as": "anna", "verb": "dose", "drug": "Ibuprofen"},
    {"t": 900, "as": "anna", "verb": "note", "text": "restless"},
    {"t": 1200, "as": "anna", "verb": "note", "kind": "drink", "ml": 100},
)
STEP_S = 60
COMPILER = Path(__file__).with_name("flux_check.mjs")
PACKAGES = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "feverhub-tools" / "flux"
TOKEN = "throw-away"
METRIC = re.compile(
    r"(?<=[a-z])_(value|peak_g|rms_g|state|active|limit|count|duration_s|proof_age_s|listened_percent|battery_percent"
    r"|watched|broker|clock|disk_free_bytes|alarms|readings_lost)(?=[\"{])"
)
"""The field at the end of a metric's name."""


@dataclass(frozen=True)
class Query:
    """One query of a dashboard. instant: of one moment, as a table asks."""

    board: str
    what: str
    text: str
    instant: bool = False


def dashboard(database: str, board: str) -> Any:
    return json.loads((SHIPPED / "dashboards" / database / f"{board}.json").read_text("utf-8"))


def queries(database: str) -> list[Query]:
    """Of every panel and every annotation of both dashboards."""
    found = []
    for board in BOARDS:
        read = dashboard(database, board)
        for panel in read["panels"]:
            for target in panel["targets"]:
                text = target.get("expr") or target["query"]
                found.append(Query(board, f"{panel['title']} {target['refId']}", text, target.get("instant", False)))
        marks = [mark for mark in read["annotations"]["list"] if not mark.get("builtIn")]
        found += [Query(board, mark["name"], mark.get("expr") or mark["target"]["query"]) for mark in marks]
    return found


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VictoriaMetrics]:
    """By the hub's own replication, of a demo night: its alarms, doses, notes, and how the hub was doing."""
    folder = tmp_path_factory.mktemp("grafana")
    (folder / "victoria").mkdir()
    victoria = VictoriaMetrics(folder / "victoria")
    victoria.start()
    try:
        # A new series is found some moments later.
        asyncio.run(play(folder, victoria.url, lambda: "sensor_listened_percent" in names(victoria)))
        yield victoria
    finally:
        victoria.kill()


async def play(folder: Path, url: str, there: Callable[[], bool]) -> None:
    """there: whether the last of what was sent can be asked for."""
    (folder / "home").mkdir()
    with homes.home(folder / "home", family("", ankle="polar_verity_sense", more=IBUPROFEN)) as home:
        home.config.write_text(f'[influx]\nurl = "{url}"\n{home.config.read_text()}')
        home.secret("influx_token", TOKEN)
        loaded = checked.load(home.config, state_dir=home.state, environment={})
        night = demo_night(7)
        track = night.motion[Limb.ANKLE]
        recordings = [
            MotionRecording("simulated ankle", track.t_s, track.acc_g, 52.0),
            TemperatureRecording("simulated patch", night.temperature.t_s, night.temperature.celsius),
        ]
        (home.folder / "events").write_text("\n".join(map(json.dumps, SAID)))
        said = read_events(home.folder / "events", loaded.config.caregivers)

        async def until_sent(parts, clock) -> None:
            await until(lambda: clock.now().mono_s >= NIGHT_S - 60.0, 120.0)
            await parts.recording.reading_writer.flush(commit=True)
            await until(lambda: parts.replication.status == "in step", 30.0)
            await asyncio.sleep(1.0)

        tracks = replay.tracks(loaded, "mia", "", recordings)
        replication.PERIOD_S, period_s = 0.2, replication.PERIOD_S
        try:
            await replay.play(loaded, tracks, 300, until_sent, silent=True, said=said)
        finally:
            replication.PERIOD_S = period_s
        # A recording has neither batteries nor a night before, and nobody rang the sounder.
        store = SqliteReadingStore(home.folder / "empty.sqlite")
        known = Momentary(time.time(), {"proof_age_s": 3600.0}, [Watched("mia", "patch", True, 99.5, 80.0)])
        replicator = InfluxReplicator(store, url=url, org="feverhub", bucket="feverhub", hub="cot", token=TOKEN)
        assert replicator.replicate_once(list(of_moment(known, "cot"))).error == ""
        replicator.close()
        store.close()
    await until(there, 20.0, look_s=0.2)


def names(victoria: VictoriaMetrics) -> set[str]:
    return {each["__name__"] for each in victoria.labels('{__name__!=""}')}


def asked(victoria: VictoriaMetrics, path: str, **more: object) -> Any:
    text = urllib.parse.urlencode(more)
    with urllib.request.urlopen(f"{victoria.url}{path}?{text}", timeout=10) as answer:
        return json.loads(answer.read())


def rows(victoria: VictoriaMetrics, query: Query) -> list[Any]:
    """As Grafana asks, its variables filled in."""
    text = query.text.replace("$hub", "cot").replace("$person", "mia")
    text = text.replace("$__interval", f"{STEP_S}s").replace("$__range", "4h")
    end_s = int(time.time()) + STEP_S
    if query.instant:
        return asked(victoria, "/api/v1/query", query=text, time=end_s)["data"]["result"]
    span = {"start": end_s - 4 * 3600, "end": end_s, "step": f"{STEP_S}s"}
    return asked(victoria, "/api/v1/query_range", query=text, **span)["data"]["result"]


def test_every_query_of_every_panel_and_annotation_returns_rows_from_a_demo_night(filled) -> None:
    empty = [(each.board, each.what) for each in queries("victoriametrics") if not rows(filled, each)]
    assert empty == []


def test_a_metric_or_a_label_that_is_misspelt_is_found(filled) -> None:
    """The control of the test above."""
    for each in queries("victoriametrics"):
        for wrong in (METRIC.sub("_typo", each.text), each.text.replace("hub=", "hubb=")):
            assert wrong != each.text, each
            assert rows(filled, Query(each.board, each.what, wrong, each.instant)) == [], each


def test_what_the_dashboards_show_is_what_happened(filled) -> None:
    marks = {each.what: rows(filled, each) for each in queries("victoriametrics")}
    assert {row["metric"]["condition"] for row in marks["Episodes"]} >= {"fever", "seizure_like_movement"}
    assert [row["metric"]["medicine"] for row in marks["Doses"]] == ["Ibuprofen"]
    assert len(marks["Doses"][0]["values"]) == 1, "one mark for one dose"
    assert {row["metric"]["kind"] for row in marks["Notes"]} == {"remark", "drink"}
    highest = max(float(value) for row in marks["Temperature A"] for _, value in row["values"])
    assert highest == max(filled.export("temperature_value").values())
    assert {row["metric"]["place"] for row in marks["Movement A"]} == {"left_ankle"}


def test_a_silence_is_a_gap_and_a_peak_of_one_reading_is_not_averaged_away(filled) -> None:
    """github.com/grafana/grafana/issues/2125: 13 hours without data were drawn as a line;
    github.com/VictoriaMetrics/VictoriaMetrics/issues/383: a value was drawn long after the last sample."""
    (temperature,) = (each for each in queries("victoriametrics") if each.what == "Temperature A")
    stamps = sorted(filled.export("temperature_value"))
    (line, *_) = rows(filled, temperature)
    last_s = line["values"][-1][0]
    assert last_s - stamps[-1] / 1000 <= STEP_S, "no value after the last reading"
    assert all(panel["fieldConfig"]["defaults"]["custom"].get("spanNulls") is False for panel in lines())


def lines() -> list[Any]:
    return [
        panel
        for database in ("victoriametrics", "influxdb")
        for board in BOARDS
        for panel in dashboard(database, board)["panels"]
        if panel["type"] == "timeseries"
    ]


def test_the_lists_of_hubs_and_children_are_those_that_are_there(filled) -> None:
    for board, names in (("night", {"hub": ["cot"], "person": ["mia"]}), ("health", {"hub": ["cot"]})):
        for variable in dashboard("victoriametrics", board)["templating"]["list"]:
            match, label = re.fullmatch(r"label_values\((.+), (\w+)\)", variable["query"]).groups()
            found = asked(filled, "/api/v1/series", **{"match[]": match.replace("$hub", "cot"), "start": 0})["data"]
            assert sorted({each[label] for each in found}) == names[variable["name"]]


def test_flux_asks_for_what_the_hub_sends(filled) -> None:
    """Each measurement with its field, and each tag; the same panels and annotations as for VictoriaMetrics."""
    metrics = filled.labels('{__name__!=""}')
    fields, tags = names(filled), {key for each in metrics for key in each}
    assert [(each.board, each.what) for each in queries("influxdb")] == [
        (each.board, each.what) for each in queries("victoriametrics")
    ]
    for each in queries("influxdb"):
        wanted = pairs(each.text)
        assert wanted, each
        assert wanted - {"care_void"} <= fields, each
        assert set(re.findall(r"\br\.([a-z]\w*)", each.text)) - {"void"} <= tags, each
        assert "range(" in each.text, each
    assert pairs('r._measurement == "care" and r._field == "coumt"') == {"care_coumt"}, "a control"


def pairs(flux: str) -> set[str]:
    """measurement_field, as VictoriaMetrics names it."""
    measurements = re.findall(r'_measurement == "(\w+)"', flux)
    measurements += ["temperature"] if "?temperature$/" in flux else []
    return {
        f"{measurement}_{field}" for measurement in measurements for field in re.findall(r'_field == "(\w+)"', flux)
    }


@pytest.mark.parametrize("database", ["victoriametrics", "influxdb"])
def test_every_panel_and_annotation_asks_the_data_source_that_is_provisioned(database: str) -> None:
    sources = (SHIPPED / "provisioning" / "datasources" / f"{database}.yaml").read_text("utf-8")
    for board in BOARDS:
        text = json.dumps(dashboard(database, board))
        assert set(re.findall(r'"uid": "(feverhub-(?:victoriametrics|influxdb))"', text)) == {f"feverhub-{database}"}
        panels = dashboard(database, board)["panels"]
        assert len({panel["id"] for panel in panels}) == len(panels)
        assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in panels)
    assert f"uid: feverhub-{database}" in sources
    assert "password" not in sources


def faults(folder: Path, *texts: str) -> list[list[str]]:
    """What the compiler of Flux finds wrong with each text: syntax, names, types, arguments."""
    file = folder / "queries.json"
    file.write_text(json.dumps(texts), "utf-8")
    done = subprocess.run(
        ["node", str(COMPILER), str(PACKAGES), str(file)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:] or "run `make servers` first"
    return json.loads(done.stdout.splitlines()[-1])


def test_the_compiler_of_flux_finds_nothing_wrong_in_any_query_and_finds_what_is_planted(tmp_path: Path) -> None:
    texts = [filled_in(each.text) for each in queries("influxdb")]
    texts += [
        filled_in(variable["query"])
        for board in BOARDS
        for variable in dashboard("influxdb", board)["templating"]["list"]
    ]
    assert faults(tmp_path, *texts) == [[] for _ in texts]
    for said, wrong, right in (
        ("expected RPAREN", 'r._field == "value"', 'r._field == "value")'),
        ("undefined identifier rnage", "rnage(", "range("),
        ("unexpected argument strat", "strat:", "start:"),
        ("expected string but found int", "bucket: 3", 'bucket: "feverhub"'),
        ("undefined identifier v", "v.windowPeriod", "1m"),
    ):
        ((found, *_),) = faults(tmp_path, texts[0].replace(right, wrong, 1))
        assert said in found


def test_flux_runs_where_there_is_an_influxdb(tmp_path: Path) -> None:
    """The text alone is not enough, where more can be had. No archive of the tests has `influxd`."""
    if shutil.which("influxd") is None:
        assert all("range(" in each.text for each in queries("influxdb"))
        return
    influx = InfluxDB(tmp_path)
    influx.start(TOKEN, org="feverhub", bucket="feverhub")
    try:
        asyncio.run(play(tmp_path, influx.url, lambda: len(influx.rows(LISTENED)) > 0))
        assert [each for each in queries("influxdb") if not influx.rows(filled_in(each.text))] == []
        for each in queries("influxdb"):
            wrong = each.text.replace("r.hub ==", "r.hubb ==")
            assert wrong != each.text, each
            assert influx.rows(filled_in(wrong)) == [], each
    finally:
        influx.kill()


LISTENED = 'from(bucket: "feverhub") |> range(start: -1d) |> filter(fn: (r) => r._field == "listened_percent")'


def filled_in(flux: str) -> str:
    """As Grafana asks, its variables filled in."""
    known = {
        "v.defaultBucket": '"feverhub"',
        "v.timeRangeStart": "-4h",
        "v.timeRangeStop": "1h",
        "v.windowPeriod": "1m",
        "${hub}": "cot",
        "${person}": "mia",
    }
    for name, value in known.items():
        flux = flux.replace(name, value)
    return flux
