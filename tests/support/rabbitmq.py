"""A real RabbitMQ with its MQTT plugin on loopback: a second broker, which speaks 3.1.1 only (3.10 of Debian 12)."""

import contextlib
import os
import secrets
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from edge.mqtt.link import BrokerSettings, Version
from tests.support.servers import free_port, wait_for_port

UP_S = 60.0
LIBRARY = Path("/usr/lib/rabbitmq")


class RabbitMq:
    """One node in one folder. epmd, which Erlang starts beside it, is asked for a port of its own and ended too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._epmd_port, self._node_port, self._amqp_port = free_port(), free_port(), free_port()
        self._epmd: subprocess.Popen[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self.password = secrets.token_hex(8)

    def start(self) -> Self:
        config = self.folder / "rabbitmq.conf"
        config.write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self._amqp_port}\n"
            f"mqtt.listeners.tcp.1 = 127.0.0.1:{self.port}\n"
            "mqtt.allow_anonymous = false\n"
            f"default_user = hub\ndefault_pass = {self.password}\n"
            "loopback_users = none\n"
        )
        (self.folder / "enabled_plugins").write_text("[rabbitmq_mqtt].\n")
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_AFLAGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_NODENAME": f"feverhub{self._epmd_port}@localhost",
            "RABBITMQ_DIST_PORT": str(self._node_port),
            "RABBITMQ_CONFIG_FILE": str(config),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1",
        }
        (self.folder / ".erlang.cookie").write_text(secrets.token_hex(8))
        (self.folder / ".erlang.cookie").chmod(0o400)
        log = self.folder / "rabbitmq.log"
        with log.open("ab") as out:
            epmd = ["epmd", "-port", str(self._epmd_port), "-address", "127.0.0.1"]
            self._epmd = subprocess.Popen(epmd, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment)
            server = next(LIBRARY.glob("lib/rabbitmq_server-*/sbin/rabbitmq-server"))
            self._process = subprocess.Popen(
                [str(server)], stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment, start_new_session=True
            )
        try:
            wait_for_port(self.port, self._process, log, UP_S)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """The server's shell and Erlang are one group of their own; epmd by its own pid."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
        epmd, self._epmd = self._epmd, None
        if epmd is not None:
            epmd.kill()
            epmd.wait(10)

    def settings(self, **changes: object) -> BrokerSettings:
        known: dict[str, object] = {
            "hub": "cot",
            "host": "127.0.0.1",
            "port": self.port,
            "username": "hub",
            "password": self.password,
            "keepalive_s": 5,
            "versions": (Version.V5, Version.V311),
        }
        return BrokerSettings(**(known | changes))  # type: ignore[arg-type]


@contextlib.contextmanager
def rabbitmq(folder: Path) -> Iterator[RabbitMq]:
    server = RabbitMq(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
