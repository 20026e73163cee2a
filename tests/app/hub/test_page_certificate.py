"""The hub that keeps its page's certificate: made at the first start, renewed, its end foretold."""

import asyncio
import contextlib
import datetime as dt

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from edge.app.hub import page_certificate, supervisor
from edge.app.hub.page import Page, Shown
from edge.app.hub.page_certificate import PageCertificate, names, trouble
from edge.app.hub.page_reports import PageReports
from edge.app.load.addresses import addresses, own_hosts, plain
from edge.config import WebTable
from edge.host.authority import FOLDER, Authority, State
from edge.model.alarm import Condition
from edge.model.moment import Now
from tests.app.hub.test_page import House
from tests.support.homes import COT
from tests.support.page import until_up
from tests.support.servers import free_port, until

NOW_S = dt.datetime(2026, 9, 21, tzinfo=dt.UTC).timestamp()
DAY_S = 86_400.0


@pytest.mark.system
@pytest.mark.enable_socket
async def test_a_hub_makes_both_at_its_first_start_and_the_same_phones_are_let_in(make_hub, tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.05)
    house = House(make_hub(text=COT), tmp_path)
    table = WebTable("127.0.0.1", house.port, tls=True, tls_port=free_port())
    keeper = PageCertificate(table, tmp_path, "cot", house.parts.clock, house.parts.made.queue.report)
    parts = house.parts
    seen = (lambda: parts.hub.state, lambda: parts.made.recording.alarms.latest)
    reports = PageReports(lambda: parts.hub.state, tmp_path, None)
    shown = Shown(*seen, parts.clock, parts.made.intake, house.history, reports, house.doctor)
    house.page = Page(table, tmp_path / "phones", shown, certify=keeper.certified)
    async with house.running():
        certificate = await asyncio.to_thread(requests.get, f"{house.url}/certificate/feverhub.crt", timeout=5)
        root = tmp_path / "root.pem"
        root.write_bytes(x509.load_der_x509_certificate(certificate.content).public_bytes(Encoding.PEM))
        secret = f"https://127.0.0.1:{table.tls_port}"
        page = await asyncio.to_thread(requests.get, f"{secret}/certificate", verify=root, timeout=5)
        assert page.status_code == 200
        await asyncio.to_thread(until_up, house.url)


class Told:
    """The reports of one subject."""

    def __init__(self):
        self.now = ""

    def __call__(self, condition, present, why, subject):
        assert (condition, subject) == (Condition.HUB_DEGRADED, page_certificate.SUBJECT)
        self.now = why if present else ""


@contextlib.asynccontextmanager
async def keeping(tmp_path, clock, monkeypatch):
    monkeypatch.setattr(page_certificate, "LOOK_S", 0.02)
    told = Told()
    keeper = PageCertificate(WebTable("127.0.0.1", 1, tls=True), tmp_path, "cot", clock, told)
    await keeper.certified()
    task = asyncio.ensure_future(keeper.run())
    yield told
    task.cancel()


class Clock:
    """wall_s: set by a test."""

    def __init__(self, wall_s, *, synced=True):
        self.wall_s, self.synced = wall_s, synced

    def now(self):
        return Now(1.0, self.wall_s, self.synced)


async def test_a_year_later_there_is_a_new_one_and_nobody_is_told(tmp_path, monkeypatch):
    clock = Clock(NOW_S)
    async with keeping(tmp_path, clock, monkeypatch) as told:
        file = Authority(tmp_path / FOLDER).page
        before = file.read_bytes()
        clock.wall_s += 365 * DAY_S
        await until(lambda: file.read_bytes() != before, 5.0)
        assert told.now == ""


async def test_the_end_of_the_authority_and_a_disk_that_takes_nothing_are_said(tmp_path, monkeypatch):
    clock = Clock(NOW_S)
    async with keeping(tmp_path, clock, monkeypatch) as told:
        clock.wall_s += (3650 - 60) * DAY_S
        await until(lambda: "feverhub web certificate --new" in told.now, 5.0)
        (tmp_path / FOLDER / "authority.key").write_bytes(b"")
        await until(lambda: "damaged" in told.now, 5.0)


async def test_a_clock_that_nobody_has_set_foretells_nothing(tmp_path, monkeypatch):
    clock = Clock(NOW_S)
    async with keeping(tmp_path, clock, monkeypatch) as told:
        clock.synced = False
        clock.wall_s += (3650 - 60) * DAY_S
        await asyncio.sleep(0.2)
        assert told.now == ""


def test_what_is_told_long_before():
    far = NOW_S + 1000 * DAY_S
    assert trouble(State(far, far, renewed=False), NOW_S) == ""
    assert "ends on" in trouble(State(NOW_S + 80 * DAY_S, far, renewed=False), NOW_S)
    assert "not renewed" in trouble(State(far, NOW_S + 20 * DAY_S, renewed=False), NOW_S)


def test_the_codes_for_phones_lead_to_the_encrypted_page_and_the_certificate_is_taken_without():
    table = WebTable("192.168.1.20", 8080, tls=True, tls_port=8443)
    assert addresses(table) == ["https://192.168.1.20:8443"]
    assert plain(table) == ["http://192.168.1.20:8080"]
    assert "192.168.1.20" in names(table).addresses
    assert all("." in host for host in own_hosts(table))
    assert own_hosts(WebTable("com", 1)) == own_hosts(WebTable("192.168.1.20", 1)), "no name of one word"
