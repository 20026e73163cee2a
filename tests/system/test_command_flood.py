"""A thousand commands a second for five seconds, from whoever: what an alarm takes meanwhile, and what is counted."""

import asyncio
import json
import time
from collections.abc import Sequence

import pytest

from edge.app.hub import session
from edge.app.hub.assembly import Assembly
from edge.app.hub.event_queue import EventQueue, ShowHealth
from edge.app.load import checked
from edge.host.clock import SystemClock
from edge.model.alarm import Condition
from edge.mqtt.subscriber import Subscriber
from edge.ports import Emit
from tests.support.family import ANNA
from tests.support.servers import USERS, mosquitto, until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]

COMMANDS, SENDERS, FOR_S = 5000, 4, 5.0
STRANGER = {"stranger": "stranger-secret"}
SNOOZE = '{"condition": "storage_error", "minutes": 15}'
MOST_S = 2.0


class Nothing:
    """A radio that hears nothing."""

    async def run(self, _emit: Emit) -> None:
        await asyncio.Event().wait()


async def flood(broker, user: str, payload: str) -> float:
    """Seconds that mosquitto's own clients took for them; QoS 0, so that nothing holds them back."""
    command = ["mosquitto_pub", "-p", str(broker.port), "-u", user, "-P", broker.users[user], "-V", "mqttv5"]
    command += ["-t", f"feverhub/cot/cmd/{user}/snooze", "-m", payload, "-q", "0"]
    command += ["--repeat", str(COMMANDS // SENDERS), "--repeat-delay", str(FOR_S / (COMMANDS / SENDERS))]
    begun_s = time.monotonic()
    senders = [await asyncio.create_subprocess_exec(*command) for _ in range(SENDERS)]
    assert [await sender.wait() for sender in senders] == [0] * SENDERS
    return time.monotonic() - begun_s


async def latencies_s(
    queue: EventQueue, phone: Subscriber, until: "asyncio.Future[float] | None" = None
) -> list[float]:
    """From a trouble that begins to a caregiver's client that has the alarm; ten times, or until that is done."""
    found: list[float] = []
    while len(found) < 10 or (until is not None and not until.done()):
        for present, presence in ((True, "on"), (False, "off")):
            begun_s = time.monotonic()
            queue.report(Condition.STORAGE_ERROR, present, f"probe {len(found)}", "probe")
            while json.loads((await phone.next(30.0)).payload)["presence"] != presence:
                pass
            if present:
                found.append(time.monotonic() - begun_s)
        await asyncio.sleep(0.05)
    return found


@pytest.mark.real_time
@pytest.mark.parametrize(
    ("user", "payload", "arrive"),
    [
        ("mother", SNOOZE, True),
        ("stranger", "{nonsense" + 5000 * "x", True),
        ("grandmother", SNOOZE, False),
    ],
    ids=["caregiver", "nonsense of one unknown to the hub", "refused by the broker"],
)
async def test_an_alarm_takes_no_longer(
    home, capsys, tmp_path_factory, user: str, payload: str, *, arrive: bool
) -> None:
    folder = tmp_path_factory.mktemp("broker")
    with mosquitto(folder, password_users={**USERS, **STRANGER}) as broker:
        text = home.config.read_text().replace(f"port = {home.broker.port}", f"port = {broker.port}")
        home.config.write_text(text.split("[[device]]")[0] + ANNA)
        loaded = checked.load(home.config, state_dir=home.folder / "state")
        said: dict[str, Sequence[float] | float | int] = {}

        async def measure(parts: Assembly) -> None:
            async with Subscriber(broker.settings("mother"), "feverhub/cot/event") as phone:
                await until(lambda: parts.publisher.connected)
                said["quiet_s"] = await latencies_s(parts.queue, phone)
                flooding = asyncio.ensure_future(flood(broker, user, payload))
                said["flooded_s"] = await latencies_s(parts.queue, phone, flooding)
                said["flood_s"] = await flooding
                await asyncio.sleep(0.5)
                said["refused"], said["lost"] = parts.counters.commands_refused, parts.publisher.commands_lost
            async with Subscriber(broker.settings("mother"), "feverhub/cot/health") as phone:
                parts.queue.post(ShowHealth())
                while json.loads((message := await phone.next(30.0)).payload)["commands_refused"] != said["refused"]:
                    pass
                assert json.loads(message.payload)["commands_lost"] == said["lost"]

        options = session.Options(source=lambda _queue: Nothing(), meanwhile=measure, silent=True)
        await session.run(loaded, SystemClock(), options)
    quiet, flooded = sorted(said["quiet_s"]), sorted(said["flooded_s"])
    with capsys.disabled():
        print(
            f"\n{user}: {COMMANDS} commands in {said['flood_s']:.1f} s; alarm after"
            f" {1000 * quiet[len(quiet) // 2]:.0f} ms"
            f" (most {1000 * quiet[-1]:.0f}) when quiet, {1000 * flooded[len(flooded) // 2]:.0f} ms"
            f" (most {1000 * flooded[-1]:.0f}, {len(flooded)} alarms) in the flood;"
            f" refused {said['refused']}, lost {said['lost']}"
        )
    assert flooded[-1] < MOST_S
    if arrive:
        assert said["refused"] + said["lost"] > COMMANDS / 2
    else:
        assert (said["refused"], said["lost"]) == (0, 0)
