"""Real servers for the system tests: each on free loopback ports, in its own folder, ended by its own pid."""

import asyncio
import contextlib
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self, TypeVar

from edge.mqtt.link import BrokerSettings

SHIPPED = Path(__file__).parents[2] / "deploy" / "mosquitto"
USERS = {"hub": "hub-secret", "mother": "mother-secret", "grandmother": "grandmother-secret"}
UP_S = 15.0
T = TypeVar("T")


def free_port() -> int:
    """A port that no client gets by chance: below Linux's range for them (ip_local_port_range, from 32768).

    It is this process's until it ends, by the name of an abstract socket: no test of another process is given it in the
    moment before the server listens.
    """
    chance = random.SystemRandom()  # not the seeded one: two runs at a time must not choose alike
    while True:
        port = chance.randrange(20_000, 32_000)
        with socket.socket() as probe, socket.socket(socket.AF_UNIX) as ours, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            ours.bind(f"\0feverhub-test-port-{port}")
            ours.detach()
            return port


def end(process: "subprocess.Popen[bytes]", how: signal.Signals) -> None:
    """By that signal, and by SIGKILL if it does not help."""
    process.send_signal(how)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


def wait_for_port(port: int, process: "subprocess.Popen[bytes]", log: Path, timeout_s: float = UP_S) -> None:
    """Wait until something listens; the server's own words if it died instead."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}: {log.read_text()[-2000:]}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1.0):
            return
        time.sleep(0.02)
    raise RuntimeError(f"nothing listens on port {port} after {timeout_s:g} s: {log.read_text()[-2000:]}")


async def until(check: Callable[[], T], timeout_s: float = 15.0, *, look_s: float = 0.01) -> T:
    """What `check()` gives once that is something; TimeoutError if it does not come to that. look_s: between looks."""
    async with asyncio.timeout(timeout_s):
        while not (found := check()):  # noqa: ASYNC110 - what is waited for is a property, or in another process
            await asyncio.sleep(look_s)
        return found


def make_certificates(folder: Path, *names: str) -> None:
    """With the shipped script."""
    command = ["sh", str(SHIPPED / "make-certificates.sh"), str(folder), *names]
    subprocess.run(command, check=True, capture_output=True, timeout=30)


class Mosquitto:
    """mosquitto with the shipped configuration; only paths and ports are put in.

    password_users: name to password. The ACL is the shipped one, with `extra_acl` behind it. made: where the hub writes
    the users that it makes.
    """

    def __init__(
        self, folder: Path, *, password_users: dict[str, str] | None = None, extra_acl: str = "", extra_conf: str = ""
    ) -> None:
        self.folder = folder
        self.port, self.tls_port = free_port(), free_port()
        self.users = USERS if password_users is None else password_users
        self.log = folder / "mosquitto.log"
        self.made = folder / "broker" / "users"
        self._process: subprocess.Popen[bytes] | None = None
        self._write(extra_acl, extra_conf)

    @property
    def ca_file(self) -> Path:
        return self.folder / "feverhub" / "ca.crt"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def settings(self, user: str = "hub", **changes: object) -> BrokerSettings:
        """How the hub `cot` gets in as `user`, over the listener without TLS unless `changes` say otherwise."""
        known: dict[str, object] = {
            "hub": "cot",
            "host": "127.0.0.1",
            "port": self.port,
            "username": user,
            "password": self.users.get(user, ""),
            "keepalive_s": 5,
            "connect_timeout_s": 5.0,
        }
        return BrokerSettings(**(known | changes))  # type: ignore[arg-type]

    def put_together(self) -> None:
        """What mosquitto.service does before it starts, and before it reads its files again."""
        command = ["sh", str(SHIPPED / "broker-users.sh"), str(self.folder / "feverhub"), str(self.made)]
        subprocess.run([*command, str(self.folder / "together")], check=True, capture_output=True, timeout=30)

    def start(self) -> Self:
        self.put_together()
        with self.log.open("ab") as log:
            command = ["/usr/sbin/mosquitto", "-c", str(self.folder / "mosquitto.conf")]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            for port in (self.port, self.tls_port):
                wait_for_port(port, self._process, self.log)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """SIGTERM, and SIGKILL if that does not help."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """A power cut, as far as the process goes."""
        self._end(signal.SIGKILL)

    def save(self) -> None:
        """It saves now, as it does by itself every five minutes."""
        file = self.folder / "mosquitto.db"
        before_ns = file.stat().st_mtime_ns if file.exists() else 0
        os.kill(self.pid, signal.SIGUSR1)
        deadline_s = time.monotonic() + UP_S
        while not file.exists() or file.stat().st_mtime_ns == before_ns:
            if time.monotonic() > deadline_s:
                raise RuntimeError(f"mosquitto did not save: {self.log.read_text()[-2000:]}")
            time.sleep(0.02)

    def freeze(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def reload(self) -> None:
        """Read passwords and ACL again."""
        self.put_together()
        os.kill(self.pid, signal.SIGHUP)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGCONT)
        end(process, how)

    def _write(self, extra_acl: str, extra_conf: str) -> None:
        private = self.folder / "feverhub"
        make_certificates(private, "localhost", "127.0.0.1")
        passwords = private / "passwords"
        passwords.touch(mode=0o600)
        for name, password in self.users.items():
            command = ["mosquitto_passwd", "-b", str(passwords), name, password]
            subprocess.run(command, check=True, capture_output=True, timeout=10)
        (private / "acl").write_text(f"{(SHIPPED / 'acl').read_text()}\n{extra_acl}\n")
        shipped = (SHIPPED / "feverhub.conf").read_text()
        for old, new in (
            ("\nlistener 8883\n", f"\nlistener {self.tls_port} 127.0.0.1\n"),
            ("\nlistener 1883 127.0.0.1\n", f"\nlistener {self.port} 127.0.0.1\n"),
            ("/etc/mosquitto/feverhub/", f"{private}/"),
            ("/var/lib/mosquitto/feverhub/", f"{self.folder}/together/"),
        ):
            if old not in shipped:
                raise RuntimeError(f"feverhub.conf no longer has {old!r}")
            shipped = shipped.replace(old, new)
        parts = self.folder / "conf.d"
        parts.mkdir()
        (parts / "feverhub.conf").write_text(shipped)
        # The rest is Debian's own mosquitto.conf; as root, mosquitto would drop to a user who may not read here.
        user = "user root\n" if os.getuid() == 0 else ""
        (self.folder / "mosquitto.conf").write_text(
            f"{user}{extra_conf}\npersistence true\npersistence_location {self.folder}/\nlog_dest stdout\n"
            f"include_dir {parts}\n"
        )


@contextlib.contextmanager
def mosquitto(folder: Path, **options: object) -> Iterator[Mosquitto]:
    server = Mosquitto(folder, **options)  # type: ignore[arg-type]
    server.start()
    try:
        yield server
    finally:
        server.stop()
