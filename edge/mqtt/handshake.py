"""The beginning of a connection: the broker has to say something in time."""

import asyncio
from collections.abc import Callable

from edge.mqtt.link import BrokerSettings
from edge.mqtt.mailbox import Ended, LinkEvent, Opened


async def first_word(
    collect: Callable[[], list[LinkEvent]], stir: asyncio.Event, settings: BrokerSettings
) -> list[LinkEvent]:
    """Wait until `collect` (called at each `stir`) gives more than `Opened`; the broker's silence is an end too."""
    opened = False
    try:
        # Looking up a name has no time-out of its own, so the network gets its time twice.
        async with asyncio.timeout(2 * settings.connect_timeout_s) as limit:
            while True:
                await stir.wait()
                for event in (events := collect()):
                    if not isinstance(event, Opened):
                        return events
                    opened = True
                    limit.reschedule(asyncio.get_running_loop().time() + settings.answer_timeout_s)
    except TimeoutError:
        where = f"{settings.host}:{settings.port}"
        if opened:
            detail = f"{where} takes connections, but no broker answered there for {settings.answer_timeout_s:g} s"
        else:
            detail = f"{where} did not answer in time"
        return [Ended(detail, try_older=opened)]
