"""Real NATS servers with MQTT on loopback, one or a cluster: a broker of wards, which speaks MQTT 3.1.1."""

import contextlib
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

from edge.mqtt.link import BrokerSettings
from tests.support.servers import end, free_port, wait_for_port


class NatsNode:
    """One server in one folder, with the text of its configuration."""

    def __init__(self, folder: Path, text: str, port: int) -> None:
        self.folder = folder
        self.port = port
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "nats.conf").write_text(text)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        binary = shutil.which("nats-server", path=str(Path(sys.executable).parent))
        assert binary, "nats-server is not installed: the group `test` of pyproject.toml has it"
        log = self.folder / "nats.log"
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                [binary, "-c", str(self.folder / "nats.conf")],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=self.folder,
            )
        wait_for_port(self.port, self._process, log)
        return self

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """As a machine that loses its power, as far as the process goes."""
        self._end(signal.SIGKILL)

    def settings(self, **changes: object) -> BrokerSettings:
        known: dict[str, object] = {"hub": "cot", "host": "127.0.0.1", "port": self.port, "keepalive_s": 5}
        return BrokerSettings(**(known | changes))  # type: ignore[arg-type]

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            end(process, how)


@contextlib.contextmanager
def nats(folder: Path) -> Iterator[NatsNode]:
    """One server without users."""
    port, clients = free_port(), free_port()
    text = (
        f'server_name: one\nlisten: "127.0.0.1:{clients}"\njetstream {{ store_dir: "{folder}/data" }}\n'
        f'mqtt {{ listen: "127.0.0.1:{port}" }}\n'
    )
    node = NatsNode(folder, text, port)
    node.start()
    try:
        yield node
    finally:
        node.stop()


@contextlib.contextmanager
def cluster(folder: Path, count: int = 3) -> Iterator[Sequence[NatsNode]]:
    """So many nodes, each message and state on every one of three."""
    routes = [free_port() for _ in range(count)]
    nodes = []
    for number, route in enumerate(routes, 1):
        port, clients, home = free_port(), free_port(), folder / f"n{number}"
        urls = ", ".join(f'"nats-route://127.0.0.1:{each}"' for each in routes)
        text = (
            f'server_name: n{number}\nlisten: "127.0.0.1:{clients}"\njetstream {{ store_dir: "{home}/data" }}\n'
            f'cluster {{ name: ward, listen: "127.0.0.1:{route}", routes: [{urls}] }}\n'
            f'mqtt {{ listen: "127.0.0.1:{port}", stream_replicas: {count} }}\n'
        )
        nodes.append(NatsNode(home, text, port))
    try:
        for node in nodes:
            node.start()
        yield nodes
    finally:
        for node in nodes:
            node.stop()
