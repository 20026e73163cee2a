"""A replay beside a running hub: topics of its own, so that it leaves neither alarms nor `offline` in the hub's."""

from dataclasses import replace

import msgspec
import structlog

from edge.app.load.broker import broker_settings
from edge.app.load.checked import CheckedConfiguration
from edge.errors import Unreachable
from edge.mqtt.client import ONLINE, WILL_DELAY_S
from edge.mqtt.subscriber import Subscriber
from edge.mqtt.topics import Topics

# The retained status comes with the subscription.
RETAINED_S = 2.0
# A hub that was killed is taken for one that runs until the broker has published its will.
OVER_S = WILL_DELAY_S + 1.0
SUFFIX = "-replay"
LONGEST_NAME = 32

log = structlog.get_logger(__name__)


async def set_apart(loaded: CheckedConfiguration) -> CheckedConfiguration:
    """The same configuration, under the name `<hub>-replay` if the hub itself is connected to its broker now.

    Home Assistant is then not told of it: its devices would stay for ever.
    """
    hub = loaded.config.hub
    if not await _runs(loaded):
        return loaded
    name = f"{hub.name[: LONGEST_NAME - len(SUFFIX)]}{SUFFIX}"
    log.warning(
        "replay", why=f"the hub {hub.name} runs, so this goes to topics of its own", topics=f"feverhub/{name}/#"
    )
    own = msgspec.structs.replace(hub, name=name)
    home_assistant = msgspec.structs.replace(loaded.config.homeassistant, discovery=False)
    return replace(loaded, config=replace(loaded.config, hub=own, homeassistant=home_assistant))


async def _runs(loaded: CheckedConfiguration) -> bool:
    """Whether its status is `online`, and stays so. A broker that is away has no hub."""
    online = False
    try:
        async with Subscriber(broker_settings(loaded), Topics(loaded.config.hub.name).status) as status:
            online = (await status.next(RETAINED_S)).payload == ONLINE
            while online:
                online = (await status.next(OVER_S)).payload == ONLINE
    except TimeoutError:
        pass
    except Unreachable:
        return False
    return online
