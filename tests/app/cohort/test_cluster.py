"""The cohort on a real Dask scheduler with two workers, each a process of its own on loopback."""

import json
import subprocess
import time

import pytest

from edge.app.cohort import cluster
from edge.app.cohort.judge import Job
from edge.app.cohort.nights import File, Night
from tests.cli.conftest import feverhub
from tests.support import cohort
from tests.support.cohort import START_S, night, tables

__all__ = ["feverhub"]
pytestmark = [pytest.mark.system, pytest.mark.enable_socket]


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cohort") / "nights"
    for number in range(8):
        night(folder / f"{number}", "mia", number, start_s=START_S + 86_400.0 * number)
    return folder


@pytest.fixture(scope="module")
def whole(source, tmp_path_factory):
    out = tmp_path_factory.mktemp("results") / "out"
    subprocess.run(cohort.command(source, out), check=True, stdout=subprocess.DEVNULL, timeout=110)
    return out


@pytest.fixture
def dask(tmp_path):
    with cohort.dask(tmp_path) as cluster_:
        yield cluster_


def test_two_workers_give_what_the_pool_gives(source, whole, dask, tmp_path):
    address, _ = dask
    command = cohort.command(source, tmp_path / "out", "--dask", address)
    done = subprocess.run(command, capture_output=True, check=False, timeout=110)
    assert done.returncode == 0, done.stderr
    assert tables(tmp_path / "out") == tables(whole)


def test_a_worker_that_is_killed_changes_nothing(source, whole, dask, tmp_path):
    address, workers = dask
    command = cohort.command(source, tmp_path / "out", "--dask", address)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 90
        while not list((tmp_path / "out").rglob("*.json")) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert process.poll() is None
        workers[0].kill()
        out, err = process.communicate(timeout=90)
    assert process.returncode == 0, err
    assert json.loads(out)["failed"] == {}
    assert tables(tmp_path / "out") == tables(whole)


def test_an_address_where_no_scheduler_is_one_sentence(feverhub, source, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_S", 0.5)
    done = feverhub("cohort", "analyze", source, tmp_path / "out", "--dask", "tcp://127.0.0.1:9")
    assert done.code == 4
    assert "tcp://127.0.0.1:9: no Dask scheduler answers" in done.err


def test_nights_go_in_batches_of_some_megabytes_in_their_order():
    def job(number, size):
        return Job(Night(str(number), "", (File("", "", size),), exported=False), "", {})

    jobs = [job(number, size) for number, size in enumerate([5_000_000, 5_000_000, 100, 100, 9_000_000, 100])]
    assert [[each.night.name for each in batch] for batch in cluster.batches(jobs)] == [
        ["0", "1"],
        ["2", "3", "4"],
        ["5"],
    ]
