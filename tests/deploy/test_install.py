"""install.sh: a dry run touches nothing, a real one into a folder is complete, a second one keeps what was set."""

import os
import re
import shutil
import socket
import stat
import subprocess
import tempfile
from pathlib import Path

import pytest

from edge.app.load import first_run
from edge.config import Source, parse
from edge.push.service import problem
from tools.build_deb import EXTRAS

DEPLOY = Path(__file__).parents[2] / "deploy"

# What a test must not do for real: packages, services, a virtual environment, owners. Each call is written down.
STANDINS = ("apt-get", "systemctl", "chown", "python3")
RECORD = '#!/bin/sh\necho "$(basename "$0") $*" >>"$CALLS"\n'
VENV = RECORD + '[ "$2" = venv ] || exit 0\nmkdir -p "$3/bin" "$3/lib/python3.11/site-packages"\n'
VENV += 'cp "$0" "$3/bin/python3.11"\nln -s python3.11 "$3/bin/python"\n'


@pytest.fixture
def machine():
    """A folder that every user may enter, as / is: pytest's own is closed, and so would be the Python in it."""
    folder = Path(tempfile.mkdtemp(prefix="feverhub-"))
    folder.chmod(0o755)
    bin_, root = folder / "bin", folder / "root"
    bin_.mkdir()
    root.mkdir()
    for name in STANDINS:
        file = bin_ / name
        file.write_text(VENV if name == "python3" else RECORD)
        file.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def install(machine: Path, *arguments: str, umask: int = -1) -> subprocess.CompletedProcess[str]:
    root, python = str(machine / "root"), str(machine / "bin" / "python3")
    return on_this(machine, "--root", root, "--python", python, *arguments, umask=umask)


def on_this(machine: Path, *arguments: str, umask: int = -1) -> subprocess.CompletedProcess[str]:
    """Without a root of its own: for dry runs alone."""
    environment = os.environ | {"PATH": f"{machine}/bin:{os.environ['PATH']}", "CALLS": str(machine / "calls")}
    command = ["sh", str(DEPLOY / "install.sh"), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, env=environment, umask=umask
    )


def planned(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert done.returncode == 0, done.stderr
    return [line.removeprefix("+ ") for line in done.stdout.splitlines() if line.startswith("+ ")]


def calls(machine: Path) -> list[str]:
    file = machine / "calls"
    return file.read_text().splitlines() if file.exists() else []


def tree(machine: Path) -> dict[str, bytes]:
    root = machine / "root"
    return {str(it.relative_to(root)): it.read_bytes() for it in sorted(root.rglob("*")) if it.is_file()}


def of_the_family(machine: Path) -> dict[str, bytes]:
    made = ("opt/", "var/lib/mosquitto/")  # what is made of it
    return {path: content for path, content in tree(machine).items() if not path.startswith(made)}


def mode(machine: Path, path: str) -> int:
    return stat.S_IMODE((machine / "root" / path).stat().st_mode)


def test_shellcheck_finds_nothing():
    done = subprocess.run(["shellcheck", str(DEPLOY / "install.sh")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_a_dry_run_says_everything_and_does_nothing(machine):
    lines = planned(on_this(machine, "--dry-run"))
    for part in (
        "apt-get install",
        "venv",
        "pip install",
        "feverhub.toml",
        "hub_password",
        "make-certificates.sh",
        "feverhub.service",
        "bluetooth.service.d",
        "mosquitto.service.d",
        "enable bluetooth feverhub-trial",
        "systemctl enable feverhub",
    ):
        assert any(part in line for line in lines), part
    assert lines[-2].endswith("release.sh take new"), "the release is tried once all else is in its place"
    assert tree(machine) == {}
    assert calls(machine) == []


def test_the_service_gets_a_user_that_d_bus_can_look_up_before_it_starts(machine):
    """dbus-daemon ends the connection of one that systemd has made up (systemd #22737): no sensor would be heard."""
    unit = (DEPLOY / "systemd/feverhub.service").read_text("utf-8")
    [user] = re.findall(r"^User=(.*)$", unit, re.MULTILINE)
    lines = planned(on_this(machine, "--dry-run"))
    [made] = [number for number, line in enumerate(lines) if line.startswith("useradd ") and line.endswith(f" {user}")]
    assert made < min(number for number, line in enumerate(lines) if "systemctl enable" in line)
    assert f"userdel {user}" in (DEPLOY / "package/postrm").read_text("utf-8").partition("purge)")[2]


def test_everything_is_put_in_its_place(machine):
    done = install(machine)
    assert done.returncode == 0, done.stderr
    for path in (
        "etc/feverhub/feverhub.toml",
        "etc/feverhub/feverhub.example.toml",
        "etc/mosquitto/conf.d/feverhub.conf",
        "etc/mosquitto/feverhub/acl",
        "etc/mosquitto/feverhub/server.crt",
        "var/lib/mosquitto/feverhub/passwords",
        "var/lib/mosquitto/feverhub/acl",
        "usr/local/lib/feverhub/broker-users.sh",
        "etc/systemd/system/feverhub-broker.path",
        "etc/systemd/system/feverhub-broker.service",
        "etc/systemd/system/feverhub.service",
        "etc/systemd/system/bluetooth.service.d/feverhub.conf",
        "etc/systemd/system/mosquitto.service.d/feverhub.conf",
        "etc/systemd/system.conf.d/feverhub.conf",
        "etc/systemd/system/feverhub-trial.service",
        "opt/feverhub/deploy/release.sh",
    ):
        assert (machine / "root" / path).is_file(), path
    assert mode(machine, "etc/feverhub/credentials") == 0o700
    assert mode(machine, "etc/feverhub/credentials/mqtt_password") == 0o600
    assert mode(machine, "etc/mosquitto/feverhub/passwords") == 0o600
    assert mode(machine, "etc/mosquitto/feverhub/server.key") == 0o600
    assert any(line.startswith("python -m pip install") for line in calls(machine))


def test_a_folder_of_its_own_leaves_this_computer_alone_and_does_not_name_it(machine):
    host, addresses = socket.gethostname(), subprocess.check_output(["hostname", "-I"], text=True).split()
    for arguments in (["--dry-run"], []):
        done = install(machine, *arguments)
        assert done.returncode == 0, done.stderr
        for word in ("apt-get", "systemctl", "chown", "groupadd", "usermod", "hostname", host, *addresses):
            assert word not in done.stdout, word
        assert {line.split()[0] for line in calls(machine)} <= {"python", "python3"}
    text = subprocess.check_output(
        ["openssl", "x509", "-noout", "-text", "-in", str(machine / "root/etc/mosquitto/feverhub/server.crt")],
        text=True,
    )
    assert "DNS:feverhub.local" in text
    assert host not in text


def test_who_keeps_his_files_to_himself_installs_what_the_service_can_read(machine):
    assert install(machine, umask=0o077).returncode == 0
    root = machine / "root"
    closed = {"etc/feverhub/credentials", "etc/mosquitto/feverhub", "var/lib/mosquitto"}
    for path in root.rglob("*"):
        inside = str(path.relative_to(root))
        if path.is_symlink() or any(inside.startswith(each) for each in closed):
            continue
        wanted = 0o005 if path.is_dir() else 0o004
        assert path.stat().st_mode & wanted == wanted, inside
    assert mode(machine, "etc/feverhub/credentials/mqtt_password") == 0o600
    lines = calls(machine)
    assert install(machine).returncode == 0, "a second run"
    assert len(calls(machine)) > len(lines)


def test_a_private_python_first_in_the_path_is_not_taken(machine):
    lines = planned(on_this(machine, "--dry-run"))
    assert (
        any(line.startswith("/usr/bin/python3 -m venv /opt/feverhub") for line in lines)
        or Path("/opt/feverhub").exists()
    )
    assert not any(line.startswith("python3 ") or str(machine) in line for line in lines)


def test_a_python_that_the_service_may_not_run_is_refused_in_one_sentence(machine):
    (machine / "bin").chmod(0o700)
    done = install(machine)
    assert done.returncode == 1
    assert done.stderr == (
        f"install.sh: the service may not run {machine}/bin/python3: take one that every user may, such as "
        "/usr/bin/python3\n"
    )
    assert tree(machine) == {}


def test_each_run_builds_anew_and_what_runs_is_not_touched_by_that(machine):
    assert install(machine).returncode == 0
    opt = machine / "root/opt/feverhub"
    runs = (opt / "current").resolve()
    assert runs.parent == opt / "releases"
    assert (runs / "bin/feverhub").stat().st_ino == (opt / "package/bin/feverhub").stat().st_ino, "nothing is copied"
    (opt / "package/bin/of an older run").touch()
    assert install(machine).returncode == 0
    assert not (opt / "package/bin/of an older run").exists()


def test_the_command_is_in_the_path_and_a_group_may_read_what_asking_needs(machine):
    assert install(machine).returncode == 0
    link = machine / "root/usr/local/bin/feverhub"
    assert str(link.readlink()) == "/opt/feverhub/current/bin/feverhub"
    lines = planned(on_this(machine, "--dry-run"))
    for line in (
        "chgrp feverhub-users /etc/feverhub/credentials",
        "chmod 750 /etc/feverhub/credentials",
        "chgrp feverhub-users /etc/feverhub/credentials/mqtt_password",
        "chmod 640 /etc/feverhub/credentials/mqtt_password",
    ):
        assert line in lines
    assert not [line for line in lines if "chmod 640" in line and "mqtt_password" not in line]


def test_what_help_shows_works_on_a_hub(machine):
    """Each extra that a command asks for is in the lock, from which all is installed, and nothing else is."""
    assert install(machine).returncode == 0
    locked, program = [line for line in calls(machine) if "pip install" in line]
    assert f"--require-hashes --requirement {DEPLOY}/package/requirements.txt" in locked
    assert program.endswith(f"--no-deps {DEPLOY.parent}")
    asked = set()
    for file in (DEPLOY.parent / "edge").rglob("*.py"):
        asked |= set(re.findall(r"feverhub\[(\w+)\]", file.read_text("utf-8")))
    assert asked - {"cohort"} == set(EXTRAS), "a study is judged on another computer"


def test_the_hubs_password_is_random_and_only_its_hash_is_at_the_broker(machine):
    done = install(machine)
    password = (machine / "root/etc/feverhub/credentials/mqtt_password").read_text().strip()
    [line] = (machine / "root/etc/mosquitto/feverhub/passwords").read_text().splitlines()
    assert len(password) == 48
    assert line.startswith("hub:$7$")
    assert password not in line + done.stdout + done.stderr + "".join(calls(machine))


def test_a_second_run_keeps_what_the_family_has_set(machine):
    assert install(machine).returncode == 0
    toml = machine / "root/etc/feverhub/feverhub.toml"
    acl = machine / "root/etc/mosquitto/feverhub/acl"
    for file in (toml, acl):
        file.write_text(file.read_text() + "# ours\n")
    before = of_the_family(machine)
    (machine / "root/etc/systemd/system/feverhub.service").write_text("an older one")
    assert install(machine).returncode == 0
    assert of_the_family(machine) == before


def test_the_other_users_of_the_broker_keep_their_passwords(machine):
    assert install(machine).returncode == 0
    passwords = machine / "root/etc/mosquitto/feverhub/passwords"
    old_hub = passwords.read_text().strip()
    passwords.write_text("mother:$7$101$abc$def==\n" + old_hub + "\n")
    (machine / "root/etc/feverhub/credentials/mqtt_password").unlink()
    assert install(machine).returncode == 0
    mother, hub = passwords.read_text().splitlines()
    assert mother == "mother:$7$101$abc$def=="
    assert hub.startswith("hub:$7$")
    assert hub != old_hub


def test_without_a_broker_nothing_of_mosquitto_is_touched(machine):
    assert install(machine, "--no-broker").returncode == 0
    assert not [path for path in tree(machine) if "mosquitto" in path]
    assert not [line for line in calls(machine) if "mosquitto" in line]


def test_a_32_bit_system_is_refused_in_one_sentence(machine):
    getconf = machine / "bin" / "getconf"
    getconf.write_text("#!/bin/sh\necho 32\n")
    getconf.chmod(0o755)
    done = install(machine)
    assert done.returncode == 4
    assert done.stderr == (
        "install.sh: this needs a 64-bit system; on a Raspberry Pi take the 64-bit Raspberry Pi OS\n"
    )
    assert tree(machine) == {}


def test_an_unknown_option_is_refused(machine):
    done = install(machine, "--dry-rum")
    assert done.returncode == 2
    assert "--dry-rum" in done.stderr


def test_what_is_put_there_first_opens_the_first_run_and_its_code_stands_at_the_screen(machine):
    assert install(machine).returncode == 0
    root = machine / "root"
    found = first_run.look(first_run.Files(root / "etc/feverhub/feverhub.toml", machine / "state"))
    assert isinstance(found, first_run.Unfinished)
    assert found.trouble == ()
    assert set(found.owners) == {"hub", "mqtt"}
    assert (root / "etc/issue.d/feverhub.issue").readlink() == Path("/run/feverhub/first-run.issue")
    said = (DEPLOY / "install.sh").read_text(encoding="utf-8")
    assert said.rstrip().endswith('web setup --config "$etc/feverhub.toml" --wait 60 || true')


def test_the_example_configuration_is_valid_also_with_every_line_switched_on():
    text = (DEPLOY / "feverhub.toml").read_text(encoding="utf-8")
    config = parse([Source(text, "feverhub.toml")])
    assert [device.profile for device in config.devices] == ["health_thermometer", "polar_verity_sense"]
    assert config.warnings == (), "what a family must decide stands there with its meaning"
    assert [each.share_details for each in config.caregivers if each.channels] == [False]
    lines = [line[2:] if line.startswith("# ") and _is_toml(line[2:]) else line for line in text.splitlines()]
    lines = ["[[mqtt]]" if line == "[mqtt]" else line for line in lines]  # as it says, with a second broker
    kept = [line for line in lines if line not in ('host = "127.0.0.1"', "port = 1883")]
    full = parse([Source("\n".join(_once(kept)), "feverhub.toml")])
    assert full.influx is not None
    assert full.mqtt.tls
    assert full.limits.fever_c == 38.0


def _is_toml(line: str) -> bool:
    return line.startswith("[") or " = " in line.partition("#")[0]


def _once(lines: list[str]) -> list[str]:
    """Of a key that stands twice in one table (the broker here, the broker elsewhere) keep the last."""
    kept: list[str] = []
    seen: dict[str, int] = {}
    for line in lines:
        if line.startswith("["):
            seen = {}
        key = line.split(" = ")[0]
        if " = " in line and key in seen:
            kept[seen[key]] = ""
        if " = " in line and not line.startswith("#"):
            seen[key] = len(kept)
        kept.append(line)
    return kept


def test_the_instructions_name_only_files_that_are_there(machine):
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    assert install(machine).returncode == 0
    installed = machine / "root"
    for path in re.findall(r"`(/etc/[^`]+)`", text):
        assert (installed / path.lstrip("/")).exists(), path
    for path in re.findall(r"deploy/[\w./-]+\w", text):
        assert (DEPLOY.parent / path).exists(), path
    mentioned = set(re.findall(r"credentials/(\w+)", text)) | {"mqtt_password", "influx_token"}
    assert "phone_anna" in mentioned  # the name the example configuration uses
    assert "credential:phone_anna" in (DEPLOY / "feverhub.toml").read_text(encoding="utf-8")


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # imported by Apprise's e-mail service
def test_each_address_in_the_instructions_is_one_that_apprise_takes():
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    table = text.partition("| the phone has |")[2].partition("\n\n")[0]
    shown = re.findall(r"`(\w+://[^`]+)`", table)
    assert len(shown) == 6
    shaped = {"USER_KEY": "u" * 30, "APP_TOKEN": "a" * 30, "BOT_TOKEN": "123456789:" + "a" * 35, "CHAT_ID": "12345"}
    shaped |= {"+49FROM": "+4915112345678", "+49TO": "+4915112345679"}
    for address in shown:
        for placeholder, value in shaped.items():
            address = address.replace(placeholder, value)  # noqa: PLW2901
        assert problem(address) == "", address
