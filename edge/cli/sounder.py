"""`feverhub sounder`."""

from pathlib import Path

import click

from edge.cli.options import CONFIG


@click.command(epilog="Example: feverhub sounder --config /etc/feverhub/feverhub.toml")
@CONFIG
def sounder(path: Path) -> None:
    """A second sounder, such as in the parents' room: plays on this computer what the hub's sounder plays.

    Needs `[hub] name` of the hub, `[hub] sounder` of this computer, and `[mqtt]` with a user that may read. When the
    hub or the broker is gone for a minute it says so, with the two slow pulses of a technical alarm.
    """
    from edge.app.client import remote_sounder

    remote_sounder.run(path)
