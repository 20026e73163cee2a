"""Every reason for which a hub does not get through to its broker: one row each, one daemon each, all at once.

A lost broker is told after half a minute; then the hub's condition says which reason, and `feverhub status` too.
"""

import asyncio
import contextlib
import json
import signal
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from edge.model.alarm import Alarm, Condition
from edge.storage.journal import SqliteJournal
from tests.support.certificates import Authority, listener
from tests.support.family import PERSON, caregiver
from tests.support.servers import Mosquitto, free_port, make_certificates, until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]

CONFIG = """
[hub]
name = "{name}"
credentials_dir = "{credentials}"
sounder = ""

[mqtt]
host = "127.0.0.1"
{mqtt}
""" + (PERSON + caregiver("Anna"))


@dataclass(frozen=True)
class Row:
    """name: of the hub. mqtt: lines of its table. secrets: file to content."""

    name: str
    mqtt: Sequence[str]
    sentence: str
    secrets: dict[str, bytes] = field(default_factory=dict)


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[list[Row]]:
    """With the broker they speak of: the shipped one, and listeners whose own certificate is wrong."""
    private, ports = tmp_path / "feverhub", [free_port() for _ in range(4)]
    expired, named, future, hubs = ports
    make_certificates(tmp_path / "other", "127.0.0.1")
    make_certificates(private, "127.0.0.1")
    authority, foreign = Authority.of(private), Authority.of(tmp_path / "other")
    late, revoked = authority.client("late", "hub", (-30, -1)), authority.client("revoked", "hub")
    authority.revoke(revoked)
    broker = Mosquitto(
        tmp_path,
        extra_conf=listener(expired, private, authority.server("expired", (-30, -1)))
        + listener(named, private, authority.server("named", (-1, 30), "192.0.2.7"))
        + listener(future, private, authority.server("future", (1, 30)))
        + listener(hubs, private, clients=True),
    )
    hub, good, wrong = 'username = "hub"', {"mqtt_password": b"hub-secret"}, {"mqtt_password": b"wrong"}

    def tls(port: int, ca_file: Path = broker.ca_file) -> list[str]:
        return [f"port = {port}", "tls = true", f'ca_file = "{ca_file}"']

    def shown(pair) -> tuple[list[str], dict[str, bytes]]:
        files = [f'cert_file = "{pair.certificate}"', 'key_file = "credential:mqtt_key"']
        return [*tls(hubs), *files], {"mqtt_key": pair.key.read_bytes()}

    mother = {"mqtt_password": b"mother-secret"}
    nowhere = free_port()
    table = [
        Row("nothing", [f"port = {nowhere}"], f"nothing listens at 127.0.0.1:{nowhere} (connection"),
        Row(
            "authority",
            [*tls(broker.tls_port, foreign.folder / "ca.crt"), hub],
            "the broker's certificate is not trusted",
            good,
        ),
        Row("expired", [*tls(expired), hub], "the broker's certificate has expired (or", good),
        Row("future", [*tls(future), hub], "the broker's certificate is not valid yet", good),
        Row("name", [*tls(named), hub], "the broker's certificate is for another name", good),
        Row("plain", [f"port = {broker.tls_port}", hub], "the broker hung up without an answer", good),
        Row("password", [f"port = {broker.port}", hub], "the broker refused the user name or the password", wrong),
        Row("bare", tls(hubs), "the broker wants a certificate of this hub"),
        Row("late", shown(late)[0], "this hub's certificate has expired", shown(late)[1]),
        Row("revoked", shown(revoked)[0], "this hub's certificate was revoked", shown(revoked)[1]),
        Row(
            "rights",
            [f"port = {broker.port}", 'username = "mother"'],
            "the broker refuses a message (not authorized)",
            mother,
        ),
    ]
    broker.start()
    yield table
    broker.stop()


@dataclass
class Running:
    row: Row
    config: Path
    state: Path
    process: "subprocess.Popen[str]"

    def told(self) -> bool:
        """Whether its journal has the condition by now."""
        file = self.state / "journal.sqlite"
        with (
            contextlib.suppress(sqlite3.OperationalError),
            contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as plain,
        ):
            return plain.execute("SELECT count(*) FROM standing WHERE condition = 'broker_down'").fetchone() == (1,)
        return False

    def condition(self) -> Alarm:
        """As its journal has it, once it has stopped."""
        journal = SqliteJournal(self.state / "journal.sqlite")
        (found,) = [alarm for alarm in journal.latest() if alarm.key.condition is Condition.BROKER_DOWN]
        journal.close()
        return found


def started(home, row: Row) -> Running:
    folder = home.folder / row.name
    credentials = folder / "credentials"
    credentials.mkdir(parents=True)
    for name, content in row.secrets.items():
        (credentials / name).touch(mode=0o600)
        (credentials / name).write_bytes(content)
    config, state = folder / "feverhub.toml", folder / "state"
    config.write_text(CONFIG.format(name=row.name, credentials=credentials, mqtt="\n".join(row.mqtt)))
    return Running(row, config, state, home.start("run", "--config", str(config), "--state-dir", str(state)))


async def test_each_reason_is_a_condition_that_says_which_and_so_does_status(home, rows) -> None:
    running = [started(home, row) for row in rows]
    try:
        for each in running:
            said = await asyncio.to_thread(home.feverhub, "status", "--config", str(each.config))
            assert (said.returncode, "Traceback" in said.stderr) == (4, False), each.row.name
            assert each.row.sentence in said.stderr, (each.row.name, said.stderr)
            assert said.stderr.startswith("feverhub: ")
            assert len(said.stderr.splitlines()) == 1
        await until(lambda: all(each.told() for each in running), 90.0)
    finally:
        for each in running:
            each.process.send_signal(signal.SIGTERM)
        logs = [each.process.communicate(timeout=30)[1] for each in running]
    for each, log in zip(running, logs, strict=True):
        assert (each.process.returncode, "Traceback" in log) == (0, False), (each.row.name, log)
        alarm = each.condition()
        assert (alarm.presence, alarm.priority) == ("on", "medium"), each.row.name
        assert alarm.text.startswith("The hub cannot reach its message broker: ")
        assert each.row.sentence in alarm.text, (each.row.name, alarm.text)
        lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
        told = [line for line in lines if each.row.sentence in str(line.get("detail", ""))]
        assert len(told) == 1, (each.row.name, "a reason that stays is logged once", told)
