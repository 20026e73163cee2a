"""A broker inside this process, for the demo only.

amqtt speaks MQTT 3.1.1 and does not answer version 5 (so give `versions=(Version.V311,)` in the settings), keeps
nothing over a restart and hands retained messages to subscriptions that do not match; a family's hub uses mosquitto
(deploy/mosquitto).
"""

import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from edge.errors import Unreachable

_LOGGERS = ("amqtt", "transitions")


@asynccontextmanager
async def embedded_broker(port: int = 0) -> AsyncIterator[tuple[str, int]]:
    """Run a broker on loopback, open to every local client; gives (host, port). port 0: any free one.

    Raises
    ------
    Unreachable
        amqtt is not installed, or the port is taken.
    """
    try:
        from amqtt.broker import Broker
        from amqtt.errors import BrokerError
    except ImportError:
        raise Unreachable("the embedded broker needs the extra: pip install 'feverhub[demo]'") from None
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    host, port = "127.0.0.1", port or _free_port()
    broker = Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"{host}:{port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
    )
    try:
        await broker.start()
    except (BrokerError, OSError) as error:
        raise Unreachable(f"the embedded broker cannot listen at {host}:{port} ({error})") from error
    try:
        yield host, port
    finally:
        await broker.shutdown()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
