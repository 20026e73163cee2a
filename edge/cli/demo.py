"""`feverhub demo`."""

import asyncio
import sys

import click


@click.command(epilog="Example: feverhub demo --once")
@click.option("--once", is_flag=True, help="One night; exit 0 only if the client got the fever and the movement alarm.")
@click.option("--speed", type=click.FloatRange(1, 1000), default=60.0, show_default=True, help="Times real time.")
def demo(once: bool, speed: float) -> None:
    """A simulated night through the whole hub, as a caregiver's own MQTT client sees it.

    The child, its fever and its movements are simulated; the hub, the broker, the store and the client are real.
    """
    from edge.app.hub import demo as night
    from edge.app.load import process
    from edge.app.load.profiles import load_profiles, profiles_root

    process.set_up_logs(quiet=True)
    got = asyncio.run(process.until_stopped(night.show(load_profiles(profiles_root()), speed, once=once)))
    sys.exit(0 if got or not once else 1)
