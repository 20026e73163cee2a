"""The App of Home Assistant: its description as the Supervisor of 2026 reads it, and its way in without a container."""

import http.server
import importlib.util
import json
import re
import stat
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from edge.app.load import first_run
from edge.app.load.first_run import Files
from tools.build_deb import ROOT

pytestmark = pytest.mark.enable_socket

APP = ROOT / "deploy" / "homeassistant-app"

# What the Supervisor (August 2026) reads of an App's description, and what each may be: whatever else stands there it
# leaves out without a word, so a slip of the pen would not be noticed on the box.
READ = {
    "name": str,
    "version": lambda it: bool(re.fullmatch(r"\d+\.\d+\.\d+", it)),
    "slug": lambda it: bool(re.fullmatch(r"[-_.A-Za-z0-9]+", it)),
    "description": str,
    "arch": lambda it: set(it) <= {"aarch64", "amd64"},
    "startup": lambda it: it in {"initialize", "system", "services", "application", "once"},
    "boot": lambda it: it in {"auto", "manual", "manual_only"},
    "init": bool,
    "host_dbus": bool,
    "host_network": bool,
    "apparmor": bool,
    "audio": bool,
    "hassio_api": bool,
    "hassio_role": lambda it: it in {"default", "homeassistant", "backup", "manager", "admin"},
    "services": lambda it: all(re.fullmatch(r"(mqtt|mysql):(provide|want|need)", each) for each in it),
    "ports": lambda it: all(re.fullmatch(r"\d+/(tcp|udp)", each) for each in it),
    "ports_description": dict,
    "ingress": bool,
    "ingress_port": lambda it: 0 <= it <= 65535,
    "ingress_stream": bool,
    "panel_icon": str,
    "webui": lambda it: bool(re.match(r"(?:https?|\[PROTO:\w+\])://\[HOST\]:\[PORT:\d+\].*$", it)),
    "watchdog": lambda it: bool(re.match(r"(?:https?|\[PROTO:\w+\]|tcp)://\[HOST\]:(\[PORT:\d+\]|\d+).*$", it)),
    "timeout": lambda it: 10 <= it <= 300,
    "map": lambda it: all(each["type"] in {"app_config", "share", "media", "backup", "ssl"} for each in it),
    "backup": lambda it: it in {"hot", "cold"},
    "backup_pre": str,
    "backup_post": str,
    "backup_exclude": list,
    "options": dict,
    "schema": dict,
}


@pytest.fixture(scope="module")
def described() -> dict[str, object]:
    return yaml.safe_load((APP / "config.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def app() -> ModuleType:
    spec = importlib.util.spec_from_file_location("feverhub_app", APP / "app.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Supervisor(http.server.BaseHTTPRequestHandler):
    """Answers as the Supervisor does: a list of what it was asked, with which token."""

    answers: tuple[tuple[int, object], ...] = ()
    asked: tuple[tuple[str, str], ...] = ()

    def do_GET(self) -> None:
        kind = type(self)
        kind.asked = (*kind.asked, (self.path, self.headers["Authorization"]))
        code, body = kind.answers[min(len(kind.asked), len(kind.answers)) - 1]
        self.send_response(code)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


BROKER = {
    "host": "core-mosquitto",
    "port": 1883,
    "ssl": False,
    "username": "addons",
    "password": 'p"w\\1',
    "addon": "x",
}


@pytest.fixture
def supervisor() -> Iterator[tuple[type[Supervisor], dict[str, str]]]:
    class Here(Supervisor):
        pass

    with http.server.HTTPServer(("127.0.0.1", 0), Here) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        where = {"FEVERHUB_SUPERVISOR": f"http://127.0.0.1:{server.server_port}", "SUPERVISOR_TOKEN": "t0ken"}
        yield Here, where
        server.shutdown()
        thread.join()


@pytest.fixture
def box(tmp_path) -> Path:
    (tmp_path / "options.json").write_text('{"hub": "cot", "language": "de"}')
    return tmp_path


def test_everything_in_its_description_is_something_that_the_supervisor_reads(described):
    assert described.keys() <= READ.keys()
    for name, value in described.items():
        may = READ[name]
        assert isinstance(value, may) if isinstance(may, type) else may(value), name


def test_it_has_what_a_watch_needs_and_no_rights_beyond(described):
    assert described["host_dbus"] is True
    assert described["audio"] is True
    assert described["services"] == ["mqtt:need"]
    assert described["backup"] == "hot", "the Supervisor ignores backup_pre and backup_post of a cold one"
    assert described["options"].keys() == described["schema"].keys()
    rights = {"privileged", "full_access", "docker_api", "host_pid", "devices", "homeassistant_api", "usb"}
    assert not rights & described.keys()


def test_it_is_of_the_version_of_the_program(described):
    from edge import __version__

    assert described["version"] == __version__


def test_the_profile_lets_it_speak_to_bluez(described):
    """ble-scale-sync #271: under the profile that an App gets otherwise the first word over D-Bus is refused."""
    assert described["apparmor"] is True
    profile = (APP / "apparmor.txt").read_text("utf-8")
    assert profile.count("{") == profile.count("}")
    assert re.findall(r"^profile (\S+) ", profile, re.MULTILINE) == [described["slug"]]
    for peer in ("org.freedesktop.DBus", "org.bluez"):
        assert f"dbus (send, receive) bus=system peer=(name={peer})," in profile


def test_the_image_names_its_base_and_installs_from_the_lock():
    text = (APP / "Dockerfile").read_text("utf-8")
    [base] = re.findall(r"^FROM (\S+)$", text, re.MULTILINE)
    assert re.fullmatch(r"debian:\w+-slim", base), "explicit, and of no registry by name"
    assert 'io.hass.type="app"' in text
    assert "--require-hashes --requirement /tmp/requirements.txt" in text
    assert not list(APP.glob("build.*")), "the Supervisor of 2026 reads none"


def test_hadolint_finds_nothing_and_would_find_a_slip(tmp_path):
    lint = str(Path(sys.executable).parent / "hadolint")
    done = subprocess.run([lint, str(APP / "Dockerfile")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    slip = tmp_path / "Dockerfile"
    slip.write_text((APP / "Dockerfile").read_text("utf-8").replace(":trixie-slim", ""))
    assert subprocess.run([lint, str(slip)], capture_output=True, check=False).returncode != 0


def test_the_container_has_what_bluetooth_and_the_sounder_need_and_no_capability():
    [(_, hub)] = yaml.safe_load((ROOT / "deploy/container/compose.yaml").read_text("utf-8"))["services"].items()
    assert "/run/dbus:/run/dbus:ro" in hub["volumes"]
    assert hub["security_opt"][0] == "apparmor=unconfined", "under Docker's own the first word over D-Bus is refused"
    assert hub["devices"] == ["/dev/snd"]
    assert hub["cap_drop"] == ["ALL"]
    assert hub["restart"] == "always"
    assert hub["network_mode"] == "host"
    assert not {"privileged", "cap_add", "ports"} & hub.keys()
    used = [word for word in hub["command"] if word.startswith("--")]
    assert used == ["--config", "--state-dir"]


def test_the_broker_of_home_assistant_becomes_the_hubs_and_its_password_a_secret(app, supervisor, box):
    kind, where = supervisor
    kind.answers = ((200, {"result": "ok", "data": BROKER}),)
    file = app.configure(where, box)
    assert kind.asked == (("/services/mqtt", "Bearer t0ken"),)
    written = tomllib.loads(file.read_text("utf-8"))
    assert written["mqtt"] == {"host": "core-mosquitto", "port": 1883, "username": "addons", "tls": False}
    assert written["hub"]["name"] == "cot"
    assert BROKER["password"] not in file.read_text("utf-8")
    secret = box / "credentials" / "mqtt_password"
    assert secret.read_text() == BROKER["password"] + "\n"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    found = first_run.look(Files(file, None))
    assert isinstance(found, first_run.Unfinished), "it opens the first run"
    assert found.trouble == ()


def test_what_the_family_wrote_itself_is_taken_as_it_is(app, supervisor, box):
    kind, where = supervisor
    kind.answers = ((200, {"data": BROKER}),)
    (box / "config").mkdir()
    own = box / "config" / "feverhub.toml"
    own.write_text("# ours\n")
    assert app.configure(where | {"FEVERHUB_CONFIG_DIR": str(box / "config")}, box) == own
    assert own.read_text() == "# ours\n"


def test_it_waits_for_a_supervisor_that_does_not_know_the_broker_yet(app, supervisor, box):
    kind, where = supervisor
    kind.answers = ((400, {"message": "no service"}), (200, {"data": {}}), (200, {"data": BROKER}))
    app.configure(where | {"FEVERHUB_WAIT_S": "10"}, box)
    assert len(kind.asked) == 3


@pytest.mark.parametrize(
    ("answer", "said"),
    [((400, {}), "install the App Mosquitto broker"), ((200, {"data": {}}), "names no broker"), ((200, []), "answer")],
)
def test_without_a_broker_it_says_in_one_sentence_what_to_do(app, supervisor, box, answer, said):
    kind, where = supervisor
    kind.answers = (answer,)
    with pytest.raises(app.NotReady, match=said):
        app.configure(where | {"FEVERHUB_WAIT_S": "0"}, box)


def test_a_backup_is_a_copy_that_fits_together_and_goes_again(app, tmp_path, monkeypatch):
    """With the hub's own command, on a store that is in use."""
    from edge.storage.journal import SqliteJournal
    from edge.storage.sqlite import SqliteReadingStore

    (tmp_path / "feverhub.toml").write_text(f'[hub]\nname = "cot"\nstate_dir = "{tmp_path}/state"\n')
    monkeypatch.setenv("FEVERHUB_CONFIG_DIR", str(tmp_path / "none"))
    (tmp_path / "state").mkdir()
    journal = SqliteJournal(tmp_path / "state" / "journal.sqlite")
    store = SqliteReadingStore(tmp_path / "state" / "readings.sqlite")
    try:
        app.begin_backup(tmp_path)
        assert (tmp_path / "backup").is_dir()
        assert list((tmp_path / "backup").rglob("journal.sqlite"))
        app.main(["backup", "end"], {}, tmp_path)
        assert not (tmp_path / "backup").exists()
    finally:
        store.close()
        journal.close()


def test_a_backup_that_cannot_be_made_is_said(app, tmp_path, monkeypatch):
    monkeypatch.setenv("FEVERHUB_CONFIG_DIR", str(tmp_path / "none"))
    with pytest.raises(app.NotReady):
        app.begin_backup(tmp_path)
