"""A second real broker, over MQTT 3.1.1: everything arrives there too."""

from collections.abc import Iterator

import pytest

from edge.mqtt.link import Version
from edge.mqtt.subscriber import Subscriber
from tests.support.rabbitmq import RabbitMq, rabbitmq
from tests.support.servers import until

pytestmark = [pytest.mark.system, pytest.mark.enable_socket, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitMq]:
    with rabbitmq(tmp_path_factory.mktemp("rabbitmq")) as server:
        yield server


async def test_alarms_go_out_and_commands_come_in(broker, journal, start_hub) -> None:
    for number in range(50):
        journal.add("feverhub/cot/mia/event", b"%d" % number)
    journal.add("feverhub/cot/mia/alarm/fever", b"state", retain=True)
    async with Subscriber(broker.settings(versions=(Version.V311,)), "feverhub/cot/mia/event") as phone:
        hub = await start_hub(broker.settings(versions=(Version.V311,)))
        heard = [await phone.next(30.0) for _ in range(50)]
        assert [int(message.payload) for message in heard] == list(range(50))
        await until(lambda: not journal.rows)
        phone.publish("feverhub/cot/cmd/mother/acknowledge", b"{}")
        await until(lambda: [message.payload for message in hub.commands] == [b"{}"])
        assert hub.states == [(True, "")]
    async with Subscriber(broker.settings(versions=(Version.V311,)), "feverhub/cot/mia/alarm/fever") as late:
        assert (await late.next(30.0)).payload == b"state"
        await hub.stop()


async def test_the_newest_version_that_it_speaks_is_found(broker, start_hub) -> None:
    hub = await start_hub(broker.settings())
    assert hub.publisher.version in {Version.V5, Version.V311}
    assert hub.states == [(True, "")]
    await hub.stop()


async def test_a_wrong_password_is_named(broker, start_hub) -> None:
    hub = await start_hub(broker.settings(password="wrong"), connected=False)
    await until(lambda: any("password" in detail for _, detail in hub.states), 20.0)
    await hub.stop()
