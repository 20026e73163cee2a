"""A family's home on loopback: the shipped mosquitto, a configuration, the hub's commands, a caregiver's phone."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from edge.mqtt.subscriber import Subscriber
from tests.support.family import caregiver, family
from tests.support.servers import Mosquitto, mosquitto

ROOT = Path(__file__).parents[2]
GUIDANCE = 'guidance = "Rescue medicine lies in the blue box."\n'
WATCH, BAND = (family("", person=GUIDANCE, ankle=profile) for profile in ("osd_watch", "polar_verity_sense"))
# What a hub of its own is made from: Anna has a phone, Tom has none.
COT = family(anna='channels = ["credential:phone"]\n', more=caregiver("Tom"))


@dataclass
class Home:
    """folder: everything this family has. start(...), feverhub(...): the command, as a process of its own."""

    folder: Path
    broker: Mosquitto
    config: Path
    tls: bool = False

    def start(self, *arguments: str, environment: Mapping[str, str] | None = None) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "edge", *arguments]
        known = {**clean_environment(), **(environment or {})}
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=known, cwd=ROOT)

    @property
    def state(self) -> Path:
        """Where the hub keeps journal and readings."""
        return self.folder / "state"

    def start_hub(self, *arguments: str, environment: Mapping[str, str] | None = None) -> "subprocess.Popen[str]":
        """The daemon of this family."""
        paths = ("--config", str(self.config), "--state-dir", str(self.state))
        return self.start("run", *paths, *arguments, environment=environment)

    @contextlib.contextmanager
    def running(self, *arguments: str) -> "Iterator[subprocess.Popen[str]]":
        """The daemon, ended by SIGTERM with exit 0 and without a traceback."""
        process = self.start_hub(*arguments)
        try:
            yield process
            process.send_signal(signal.SIGTERM)
            _, log = process.communicate(timeout=20)
            assert process.returncode == 0, log
            assert "Traceback" not in log
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate(timeout=10)

    async def online(self) -> None:
        """Until the hub says so itself. Raises TimeoutError."""
        async with self.phone("feverhub/cot/status") as phone:
            while (await phone.next(30.0)).payload != b"online":
                pass

    def feverhub(self, *arguments: str, timeout_s: float = 90.0) -> "subprocess.CompletedProcess[str]":
        process = self.start(*arguments)
        try:
            out, err = process.communicate(timeout=timeout_s)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait(5)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def phone(self, *filters: str, user: str = "mother") -> Subscriber:
        """A caregiver's own client, with her own password."""
        over_tls = {"port": self.broker.tls_port, "tls": True, "ca_file": self.broker.ca_file} if self.tls else {}
        return Subscriber(self.broker.settings(user, **over_tls), *filters)

    def secret(self, name: str, text: str) -> None:
        """What only the hub may read, such as the address of a channel."""
        file = self.folder / "credentials" / name
        file.touch(mode=0o600)
        file.write_text(text)


def clean_environment() -> dict[str, str]:
    """Of this process, without what would be read as configuration."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("FEVERHUB_", "NOTIFY_"))}


@contextlib.contextmanager
def home(
    folder: Path, text: str = WATCH, *, tls: bool = False, sounder: str = "null", **broker_options: object
) -> Iterator[Home]:
    """Its broker runs. tls: the hub and the phones come in over TLS, else over the listener of the hub's computer.

    broker_options: of `Mosquitto`.
    """
    for name in ("credentials", "mosquitto"):
        (folder / name).mkdir()
    with mosquitto(folder / "mosquitto", **broker_options) as broker:
        made = Home(folder, broker, folder / "feverhub.toml", tls)
        made.secret("mqtt_password", broker.users["hub"])
        way = f'tls = true\nca_file = "{broker.ca_file}"\nport = {broker.tls_port}' if tls else f"port = {broker.port}"
        made.config.write_text(
            f'[hub]\nname = "cot"\ncredentials_dir = "{folder / "credentials"}"\nsounder = "{sounder}"\n\n'
            f'[mqtt]\nhost = "127.0.0.1"\nusername = "hub"\n{way}\n{text}'
        )
        yield made
