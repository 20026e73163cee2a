"""A first run that is cut off, a configuration that cannot be used, a hub that was set up: the real process."""

import contextlib
import os
import re
import signal
import socket
import time
from pathlib import Path

import pytest

from tests.support.first_run import EmptyHub, SettingUp, answered, empty_hub, feverhub, finished, patient
from tests.support.page import Phone

pytestmark = [pytest.mark.system, pytest.mark.enable_socket, pytest.mark.timeout(240)]

BROKEN = '[hub]\nsounder = "null"\n\n[limits]\nfever_c = 385\n'


@pytest.fixture
def alone(tmp_path):
    """Without a broker: nothing of a first run needs one."""
    return EmptyHub(tmp_path)


@contextlib.contextmanager
def systemd(folder):
    """The socket that a service is told of, and what was said to it so far."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(folder / "notify"))
        told.setblocking(False)
        said: list[str] = []

        def read() -> list[str]:
            with contextlib.suppress(BlockingIOError):
                while True:
                    said.append(told.recv(4096).decode())
            return said

        yield read


def test_after_a_power_cut_the_same_phone_goes_on_without_a_code(alone):
    phone = SettingUp(alone.url)
    with contextlib.suppress(AssertionError), alone.running() as screen:
        phone.begin(screen.code())
        answered(phone)
        screen.kill()
    with alone.running() as screen:
        screen.until("open")  # it says where, also when a phone is in
        answer = patient(phone, "/")
        assert answer.url.endswith("/setup/thermometer")
        assert phone.get("/setup/child").text.count('value="Mia"') == 1
        assert Phone(alone.url).get("/setup/thermometer").status_code == 401


def test_once_set_up_it_never_asks_again_whatever_is_missing(alone):
    """Reports of onboarding that came back: zigbee2mqtt #30836, hassio-zigbee2mqtt #841, OctoPrint #3211.

    Here the broker is away, and after the restart the sensors too.
    """
    phone = SettingUp(alone.url)
    with alone.running() as screen:
        phone.begin(screen.code())
        finished(phone)
        answer = patient(phone, "/setup/done")
        assert "Nothing is proven" in answer.text or "Only the hub" in answer.text
        assert "Watching, and a phone rang" not in answer.text
        assert "Mia: temperature in the armpit" in answer.text
        invited = phone.post("/setup/invite", data={"caregiver": "tom"})
        assert "ntfy://ntfy.sh/feverhub-" not in invited.text, "the link is in the picture"
        assert "https://ntfy.sh/feverhub-" in invited.text
        code = re.search(r"/enter\?code=([\w-]+)", invited.text)[1]
        tom = Phone(alone.url)
        assert tom.enter(code).status_code == 200
        assert "Nobody knows whether your phone rings" in tom.get("/").text
        assert "Ring this phone" in tom.get("/setup/test").text
        assert tom.post("/setup/invite", data={"caregiver": "anna"}).status_code == 403
    with alone.running():
        answer = patient(phone, "/")
        assert answer.url == f"{alone.url}/"
        assert "Mia" in answer.text
        assert "does not watch yet" not in answer.text
    assert not (alone.state / "first_run.json").exists()


def test_a_configuration_that_cannot_be_used_is_shown_with_file_line_and_key(alone):
    alone.config.write_text(BROKEN)
    phone = SettingUp(alone.url)
    with systemd(alone.folder) as told, alone.running() as screen:
        alone.environment["NOTIFY_SOCKET"] = ""
        code = screen.code()
        assert "NOT watching: the configuration cannot be used" in screen.text()
        stranger = Phone(alone.url).get("/")
        assert "does NOT watch" in stranger.text
        assert "385" not in stranger.text
        phone.post("/setup", data={"code": code})
        said = phone.get("/setup").text
        assert f"{alone.config}:5: limits.fever_c: 385 is not allowed: expected a number from 37 to 41" in said
        assert "Quiet for 30 min more" in phone.post("/setup/trouble", data={"verb": "quiet"}).text
        again = phone.post("/setup/trouble", data={"verb": "again"})
        assert (again.status_code, "still not right" in again.text) == (409, True)
        assert phone.post("/setup/child", data={"name": "Mia", "born": "2026-03-14"}).status_code == 409
        assert told() == []


def test_systemd_hears_that_it_starts_and_never_that_it_is_ready(alone):
    alone.config.write_text(BROKEN)
    with systemd(alone.folder) as told:
        alone.environment["NOTIFY_SOCKET"] = str(alone.folder / "notify")
        with alone.running() as screen:
            screen.code()
            time.sleep(1.0)
            said = told()
            assert any(each.startswith("EXTEND_TIMEOUT_USEC=") for each in said)
            assert any("NOT watching, the configuration cannot be used" in each for each in said)
            assert not [each for each in said if each.startswith(("READY", "WATCHDOG"))]
            alone.config.write_text(
                '[hub]\nsounder = "null"\n[[person]]\nid = "mia"\n[[device]]\nid = "patch"\n'
                'profile = "health_thermometer"\nperson = "mia"\nsite = "axilla"\n'
            )
            deadline_s = time.monotonic() + 20
            while "READY=1" not in told() and time.monotonic() < deadline_s:
                time.sleep(0.2)
            assert "READY=1" in told(), "once mended, it watches without a restart"
            assert any("watching" in each for each in told())


def test_the_address_on_the_screen_is_one_that_a_phone_can_open(alone):
    """zigbee2mqtt #27596: the page was announced at http://0.0.0.0:8099, which no phone opens."""
    paths = ("--config", str(alone.config), "--state-dir", str(alone.state))
    nobody = feverhub("web", "setup", *paths)
    assert (nobody.returncode, "no first run is under way" in nobody.stderr) == (1, True)
    alone.state.mkdir()
    (alone.state / "first_run.json").write_text('{"port": 8081}')
    done = feverhub("web", "setup", *paths)
    assert done.returncode == 0, done.stderr
    assert "█" in done.stdout
    assert re.search(r"^http://\d+\.\d+\.\d+\.\d+:8081/setup\?code=(\S+)$", done.stdout, re.MULTILINE)
    assert "0.0.0.0" not in done.stdout
    assert f"or, where that does not open: http://{socket.gethostname()}.local:8081/setup" in done.stdout
    assert re.search(r"^Code: [A-Z2-9]{4}-[A-Z2-9]{4}$", done.stdout, re.MULTILINE)
    assert len(list((alone.state / "phones").glob("*.invitation"))) == 1


def test_another_program_at_the_usual_port_is_no_reason_to_stop(alone):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", alone.port))
        taken.listen()
        with alone.running() as screen:
            url = screen.until(r"open  (http://\S+)/setup")[1]
            assert url != alone.url
            code = screen.until(r"Code: (\S+)")[1]
            phone = SettingUp(url)
            phone.begin(code)
            answered(phone)
            assert f"port = {url.rpartition(':')[2]}" in (alone.state / "settings.toml").read_text()


def test_a_second_hub_of_the_same_folder_is_refused_in_one_sentence(alone):
    with alone.running() as screen:
        screen.code()
        second = feverhub("run", "--config", str(alone.config), "--state-dir", str(alone.state))
        assert second.returncode == 1
        assert f"a hub is already running with the state folder {alone.state}, pid " in second.stderr


def test_a_page_that_dies_is_begun_again_and_nothing_is_lost(tmp_path):
    with empty_hub(tmp_path) as hub, hub.running() as screen:
        phone = SettingUp(hub.url)
        phone.begin(screen.code())
        answered(phone)
        (page,) = _children(screen.process.pid)
        os.kill(page, signal.SIGKILL)
        assert patient(phone, "/").url.endswith("/setup/thermometer")


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(each) for each in found if b"edge.web" in Path(f"/proc/{each}/cmdline").read_bytes()]
