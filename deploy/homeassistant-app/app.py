#!/opt/feverhub/bin/python
"""The way into the container: what the Supervisor knows becomes the hub's configuration, then the hub takes over.

feverhub-app run             write the configuration, and become `feverhub run`
feverhub-app backup begin    before a backup by Home Assistant: a copy of what was recorded that fits together
feverhub-app backup end      after it
"""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

SUPERVISOR = "http://supervisor"
DATA = Path("/data")
WAIT_S = 60.0
"""So long the Supervisor may need to know the broker, when both start together."""

FIRST = """# Written at each start of the App: its options, and Home Assistant's broker. What is set up by phone lies
# in the state folder and is laid over this; what you write yourself goes into /config/feverhub.toml.
[hub]
name = {hub}
language = {language}
state_dir = {state}
credentials_dir = {credentials}
sounder = "pulse"

[mqtt]
host = {host}
port = {port}
username = {username}
tls = {tls}

[web]
host = "0.0.0.0"
port = 8080
ingress_port = 28099
"""


class NotReady(Exception):
    """One sentence: why the hub cannot be started."""


def main(words: list[str], environment: Mapping[str, str] = os.environ, data: Path = DATA) -> None:
    """Do what was asked; exit 1 with one sentence if it cannot be done."""
    try:
        match words:
            case ["run"]:
                run(environment, data)
            case ["backup", "begin"]:
                begin_backup(data)
            case ["backup", "end"]:
                shutil.rmtree(data / "backup", ignore_errors=True)
            case _:
                sys.exit(__doc__)
    except NotReady as why:
        sys.exit(f"feverhub-app: {why}")


def run(environment: Mapping[str, str], data: Path) -> None:
    """Become the hub. Raises NotReady."""
    file = configure(environment, data)
    os.execv(sys.executable, [sys.executable, "-m", "edge", "run", "--config", str(file)])  # noqa: S606  on purpose


def configure(environment: Mapping[str, str], data: Path) -> Path:
    """Write the configuration and the broker's password; where. Raises NotReady."""
    own = Path(environment.get("FEVERHUB_CONFIG_DIR", "/config")) / "feverhub.toml"
    broker = ask_for_broker(environment)
    credentials = data / "credentials"
    credentials.mkdir(mode=0o700, parents=True, exist_ok=True)
    secret = credentials / "mqtt_password"
    secret.touch(mode=0o600)
    secret.write_text(str(broker["password"]) + "\n", "utf-8")
    if own.exists():
        return own
    options = json.loads((data / "options.json").read_text("utf-8"))
    filled = {
        "hub": options["hub"],
        "language": options["language"],
        "state": str(data / "state"),
        "credentials": str(credentials),
        "host": broker["host"],
        "port": broker["port"],
        "username": broker["username"],
        "tls": bool(broker.get("ssl", False)),
    }
    file = data / "feverhub.toml"
    # A JSON string, number or boolean is one of TOML too.
    file.write_text(FIRST.format(**{name: json.dumps(value) for name, value in filled.items()}), "utf-8")
    return file


def ask_for_broker(environment: Mapping[str, str]) -> Mapping[str, object]:
    """Host, port, username, password and ssl of Home Assistant's broker. Raises NotReady."""
    where = environment.get("FEVERHUB_SUPERVISOR", SUPERVISOR) + "/services/mqtt"
    token = environment.get("SUPERVISOR_TOKEN", "")
    request = urllib.request.Request(where, headers={"Authorization": f"Bearer {token}"})  # noqa: S310  its own address
    deadline_s = time.monotonic() + float(environment.get("FEVERHUB_WAIT_S", WAIT_S))
    while True:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  as above
                found = json.load(answer)["data"]
            if {"host", "port", "username", "password"} <= found.keys():
                return dict(found)
            why = "the Supervisor names no broker: install the App Mosquitto broker"
        except urllib.error.HTTPError as error:
            why = f"the Supervisor refused to name the broker ({error.code}): install the App Mosquitto broker"
        except (OSError, ValueError, KeyError, TypeError) as error:
            why = f"the Supervisor does not answer ({type(error).__name__})"
        if time.monotonic() >= deadline_s:
            raise NotReady(why)
        time.sleep(min(2.0, max(0.1, deadline_s - time.monotonic())))


def begin_backup(data: Path) -> None:
    """A copy beside the databases, which the backup leaves out. Raises NotReady: then Home Assistant says so."""
    folder = data / "backup"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    command = [sys.executable, "-m", "edge", "backup", "--config", str(_configuration(data)), "--out", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotReady(done.stderr.strip() or "the backup failed")


def _configuration(data: Path) -> Path:
    own = Path(os.environ.get("FEVERHUB_CONFIG_DIR", "/config")) / "feverhub.toml"
    return own if own.exists() else data / "feverhub.toml"


if __name__ == "__main__":
    main(sys.argv[1:])
