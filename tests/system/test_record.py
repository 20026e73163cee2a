"""`feverhub record` between a real broker and a real database: nothing lost, nothing twice, whatever is killed."""

import asyncio
import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from edge.ports import OutgoingMessage
from tests.support.homes import ROOT, clean_environment
from tests.support.nats import cluster
from tests.support.servers import Mosquitto, mosquitto, until
from tests.support.victoria import VictoriaMetrics
from tests.support.wards import WardHub

pytestmark = pytest.mark.system

HUBS = [WardHub(number) for number in range(6)]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[VictoriaMetrics]:
    folder = tmp_path / "victoria"
    folder.mkdir()
    server = VictoriaMetrics(folder)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    (tmp_path / "ward").mkdir()
    acl = "\n".join(f"user {user}\ntopic readwrite feverhub-ward/#" for user in ("hub", "recorder"))
    with mosquitto(
        tmp_path / "ward",
        password_users={"hub": "h", "recorder": "r"},
        extra_acl=acl,
        extra_conf="max_queued_messages 0",
    ) as server:
        yield server


@dataclass
class Recorder:
    config: Path
    slots: str = "0-63"
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        with (self.config.parent / f"record-{self.slots}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "edge", "record", "--config", str(self.config), "--slots", self.slots],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=clean_environment(),
                cwd=ROOT,
            )

    async def reads(self) -> None:
        """Until the broker has its session: from then on nothing is lost while it is away."""
        log = self.config.parent / f"record-{self.slots}.log"
        await until(lambda: "slots.reading" in log.read_text(), 30.0, look_s=0.1)

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(20)


@contextlib.contextmanager
def recording(
    folder: Path, port: int, database: VictoriaMetrics, *, slots: str = "0-63", user: str = ""
) -> Iterator[Recorder]:
    config = folder / "record.toml"
    login = f'username = "{user}"\n' if user else ""
    config.write_text(
        f'[hub]\ncredentials_dir = "{folder}"\n[mqtt]\nhost = "127.0.0.1"\nport = {port}\nkeepalive_s = 5\n{login}'
        f'[influx]\nurl = "{database.url}"\n'
    )
    (folder / "mqtt_password").touch(mode=0o600)
    (folder / "mqtt_password").write_text("r")
    recorder = Recorder(config, slots)
    recorder.start()
    try:
        yield recorder
    finally:
        if recorder.process is not None and recorder.process.poll() is None:
            recorder.process.kill()
            recorder.process.wait(10)


async def publish(settings, messages: Sequence[OutgoingMessage]) -> None:
    """Each confirmed by the broker, as a hub does it: what is not confirmed is sent again over another connection."""
    from edge.mqtt.inbound import Accepted, Answered, Ended, InboundQueue
    from edge.mqtt.link import Link

    left = list(messages)
    while left:
        stir = asyncio.Event()
        inbound = InboundQueue(stir.set, 10)
        link = Link(settings, settings.versions[-1], inbound, client_id=f"hubs-{time.monotonic_ns()}")
        link.start()
        flying: dict[int, OutgoingMessage] = {}
        alive, ready = True, False
        while alive and (left or flying):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(5.0):
                    await stir.wait()
            stir.clear()
            for event in inbound.take()[0]:
                ready |= isinstance(event, Accepted)
                alive &= not isinstance(event, Ended)
                if isinstance(event, Answered):
                    flying.pop(event.packet, None)
            while alive and ready and left and len(flying) < 20:
                message = left.pop(0)
                flying[link.publish(message.topic, message.payload, retain=message.retain)] = message
        left = [*flying.values(), *left]
        link.close()


def alarms(count: int, first: int = 0) -> list[OutgoingMessage]:
    """Changes of alarms of all hubs, each a tenth of a second later."""
    begun_s = round(time.time()) - 3_600.0
    return [HUBS[n % len(HUBS)].alarm(n, begun_s + n / 10.0)[1] for n in range(first, first + count)]


def recorded(database: VictoriaMetrics) -> list[int]:
    """Sequence numbers of the alarms in the database; `export` fails if one stands there twice."""
    found = []
    for hub in HUBS:
        found += [int(value) for value in database.export(f'alarm_sequence{{hub="{hub.tag}"}}').values()]
    return sorted(found)


async def wait_for(database: VictoriaMetrics, count: int, timeout_s: float = 60.0) -> list[int]:
    await until(lambda: len(recorded(database)) >= count, timeout_s, look_s=0.3)
    return recorded(database)


async def test_a_recorder_that_is_killed_and_a_database_that_is_away_lose_nothing(tmp_path, broker, database):
    (tmp_path / "record").mkdir()
    with recording(tmp_path / "record", broker.port, database, user="recorder") as recorder:
        await recorder.reads()
        await publish(broker.settings(), alarms(300))
        await wait_for(database, 300)

        recorder.end(signal.SIGKILL)
        await publish(broker.settings(), alarms(300, 300))
        recorder.start()
        await wait_for(database, 600)

        database.stop()
        await publish(broker.settings(), alarms(300, 600))
        await asyncio.sleep(2.0)
        recorder.end(signal.SIGKILL)
        recorder.start()
        database.start()
        assert await wait_for(database, 900, 90.0) == list(range(900))

        broker.save()
        broker.kill()
        await asyncio.sleep(1.0)
        broker.start()
        await publish(broker.settings(), alarms(100, 900))
        assert await wait_for(database, 1000, 90.0) == list(range(1000))
        assert recorder.end() == 0


async def test_two_recorders_share_the_slots_and_a_node_of_nats_is_killed_under_them(tmp_path, database):
    with cluster(tmp_path / "nats") as nodes, contextlib.ExitStack() as stack:
        for number, slots in enumerate(("0-31", "32-63")):
            folder = tmp_path / f"record{number}"
            folder.mkdir()
            recorder = stack.enter_context(recording(folder, nodes[number].port, database, slots=slots))
            await recorder.reads()
        await publish(nodes[2].settings(), alarms(200))
        await wait_for(database, 200)
        nodes[2].kill()
        await publish(nodes[1].settings(), alarms(200, 200))
        assert await wait_for(database, 400, 90.0) == list(range(400))
