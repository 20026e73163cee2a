"""The users that the hub makes, at a real mosquitto with the shipped files: who gets in, what each may do, who goes."""

import base64
import contextlib
import shutil
import subprocess
from pathlib import Path

import pytest

from edge.errors import Unreachable
from edge.mqtt.broker_users import BrokerUsers, hashed
from edge.mqtt.subscriber import Subscriber
from tests.support.servers import SHIPPED, Mosquitto, mosquitto

pytestmark = [pytest.mark.system, pytest.mark.enable_socket]


@pytest.fixture
def broker(tmp_path):
    with mosquitto(tmp_path) as made:
        yield made


@pytest.fixture
def users(broker) -> BrokerUsers:
    return BrokerUsers(broker.folder)


def added(broker: Mosquitto, users: BrokerUsers, name: str, role: str = "caregiver") -> dict[str, str]:
    broker.users = {**broker.users, name: users.make(name, role)}
    broker.reload()
    return broker.users


async def gets_in(broker: Mosquitto, user: str) -> bool:
    with contextlib.suppress(Unreachable):
        async with Subscriber(broker.settings(user), "feverhub/#"):
            return True
    return False


async def lasting(broker: Mosquitto, user: str) -> bool:
    """Once mosquitto has read its files again, which a signal only asks for."""
    for _ in range(100):
        if await gets_in(broker, user):
            return True
    return False


async def passes(broker: Mosquitto, user: str, topic: str) -> bool:
    """Whether what that user publishes there is heard by the hub's own user."""
    async with (
        Subscriber(broker.settings(), topic, "feverhub/cot/end") as ear,
        Subscriber(broker.settings(user), f"feverhub/cot/reply/{user}") as voice,
        Subscriber(broker.settings()) as hub,
    ):
        voice.publish(topic, b"x")
        hub.publish(f"feverhub/cot/reply/{user}", b"through")
        with contextlib.suppress(Unreachable):  # not authorized
            await voice.next(20.0)
        hub.publish("feverhub/cot/end", b"x")
        return (await ear.next(20.0)).topic == topic


def test_the_hash_is_the_one_that_mosquitto_itself_makes(tmp_path):
    """mosquitto_passwd -b, version 2: the same salt and count give the same text."""
    file = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-c", "-b", str(file), "tom", "Grüße, 5 ml"], check=True, capture_output=True)
    theirs = file.read_text().strip().partition(":")[2]
    _, kind, iterations, salt, _ = theirs.split("$")
    assert kind == "7"
    assert hashed("Grüße, 5 ml", base64.b64decode(salt), int(iterations)) == theirs


async def test_a_new_caregiver_gets_in_after_a_reload_and_speaks_for_nobody_else(broker, users):
    assert not await gets_in(broker, "tom")
    added(broker, users, "tom")
    assert await lasting(broker, "tom")
    assert await passes(broker, "tom", "feverhub/cot/cmd/tom/acknowledge")
    for topic in ("cmd/mother/acknowledge", "cmd/hub/with_her", "mia/alarm/fever", "status"):
        assert not await passes(broker, "tom", f"feverhub/cot/{topic}"), topic


async def test_a_viewer_can_say_nothing_and_a_thing_of_the_house_reads_alarms_alone(broker, users):
    added(broker, users, "opa", "viewer")
    added(broker, users, "house", "house")
    assert await lasting(broker, "house")
    assert not await passes(broker, "opa", "feverhub/cot/cmd/opa/acknowledge")
    assert await passes(broker, "house", "feverhub/cot/cmd/house/with_her")
    async with Subscriber(broker.settings("house"), "feverhub/#") as ear, Subscriber(broker.settings()) as hub:
        for topic in ("feverhub/cot/mia/temperature/patch", "feverhub/cot/mia/alarm/fever"):
            hub.publish(topic, b"x")
        assert (await ear.next(20.0)).topic == "feverhub/cot/mia/alarm/fever"


async def test_whoever_is_removed_is_gone_also_if_she_was_connected(broker, users):
    added(broker, users, "tom")
    added(broker, users, "opa", "viewer")
    assert await lasting(broker, "opa")
    async with Subscriber(broker.settings("tom"), "feverhub/#") as phone, Subscriber(broker.settings()) as hub:
        assert users.keep_only({"opa": "viewer"})
        broker.reload()
        with pytest.raises(Unreachable):  # mosquitto 2 ends what it would not let in any more
            await phone.next(20.0)
        hub.publish("feverhub/cot/status", b"the hub's own connection is as it was")
    assert not await gets_in(broker, "tom")
    assert await gets_in(broker, "opa")


async def test_after_a_reload_everybody_may_still_publish(broker, users):
    """eclipse-mosquitto/mosquitto #1277: after SIGHUP every message was denied until a restart."""
    async with Subscriber(broker.settings("mother")) as phone:
        for _ in range(3):
            added(broker, users, "tom")
        assert await lasting(broker, "tom")
        async with Subscriber(broker.settings(), "feverhub/cot/cmd/mother/note") as ear:
            phone.publish("feverhub/cot/cmd/mother/note", b"x")
            assert (await ear.next(20.0)).payload == b"x"


TORN = [b"", b"tom:caregiver:$7$101$abc", b"\0\xff\xfe" * 1000, b"tom", b"x" * 200_000, b"hub:caregiver:\n" * 50]


@pytest.mark.parametrize("torn", TORN, ids=["empty", "half a line", "noise", "a name", "large", "the hub's own name"])
async def test_a_torn_file_locks_nobody_out_that_was_set_by_hand(broker, users, torn):
    added(broker, users, "tom")
    broker.made.write_bytes(torn)
    broker.reload()
    assert await gets_in(broker, "hub")
    assert await gets_in(broker, "mother")


async def test_a_line_can_bring_no_rule_of_its_own_and_take_nobody_s_place(broker, users):
    """Whoever takes the hub over gets no topic that it did not have, and no name that somebody else has."""
    kept = hashed("guess", b"123456789012")
    evil = [
        f"hub:house:{kept}",
        f"mother:viewer:{kept}",
        f"eve:caregiver:{kept}\ntopic readwrite #",
        f"root:admin:{kept}",
    ]
    broker.made.parent.mkdir(exist_ok=True)
    broker.made.write_text("\n".join([*evil, f"eve2:caregiver:{kept}", ""]))
    broker.reload()
    broker.users = {**broker.users, "eve": "guess", "eve2": "guess", "root": "guess"}
    assert await lasting(broker, "eve2")
    assert await gets_in(broker, "hub")
    assert not await gets_in(broker, "root")
    assert await passes(broker, "mother", "feverhub/cot/cmd/mother/note"), "she is no viewer"
    assert not await passes(broker, "eve", "zigbee2mqtt/lock/set")
    together = (broker.folder / "together" / "acl").read_text()
    assert "topic readwrite #" not in together


def test_the_rules_of_a_role_are_those_of_the_list_that_is_shipped(broker, users):
    """Nothing is written down in two ways: the blocks of deploy/mosquitto/acl are what a role means."""
    for name, role in (("tom", "caregiver"), ("opa", "viewer"), ("button", "house")):
        users.make(name, role)
    broker.put_together()
    found = _blocks((broker.folder / "together" / "acl").read_text())
    shipped = _blocks((SHIPPED / "acl").read_text())
    for name, model in (("tom", "mother"), ("opa", "grandmother"), ("button", "nursery")):
        assert found[name] == shipped[model]
    assert {name: found[name] for name in shipped} == shipped, "what was written by hand is as it was"


def _blocks(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith("user "):
            name = line.removeprefix("user ")
        elif line.startswith("topic ") and name:
            found.setdefault(name, []).append(line)
    return found


def test_what_is_put_together_is_whole_or_as_it_was(tmp_path):
    by_hand, out = tmp_path / "hand", tmp_path / "out"
    by_hand.mkdir()
    shutil.copy(SHIPPED / "acl", by_hand / "acl")
    (by_hand / "passwords").write_text("hub:$7$x")  # its last line without an end
    users = BrokerUsers(tmp_path)
    users.make("tom", "caregiver")
    command = ["sh", str(SHIPPED / "broker-users.sh"), str(by_hand), str(tmp_path / "broker" / "users"), str(out)]
    subprocess.run(command, check=True, timeout=30)
    assert [line.partition(":")[0] for line in (out / "passwords").read_text().splitlines()] == ["hub", "tom"]
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    (by_hand / "passwords").unlink()
    assert subprocess.run(command, check=False, capture_output=True, timeout=30).returncode != 0
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert ((out / "passwords").stat().st_mode & 0o777) == 0o600


def test_the_password_is_kept_nowhere_and_cannot_be_guessed(tmp_path):
    users = BrokerUsers(tmp_path)
    made = {users.make("tom", "caregiver") for _ in range(20)}
    assert len(made) == 20
    assert all(len(each.replace("-", "")) == 20 for each in made)
    kept = Path(tmp_path / "broker" / "users")
    assert not any(each in kept.read_text() for each in made)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert users.roles() == {"tom": "caregiver"}
    assert not users.keep_only({"tom": "caregiver"})
    assert users.keep_only({"tom": "viewer"})
    assert users.roles() == {"tom": "viewer"}
