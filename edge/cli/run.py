"""`feverhub run`."""

from pathlib import Path

import click

from edge.cli.options import CONFIG, STATE_DIR
from edge.radio.discovery import Air


@click.command(epilog="Example: feverhub run --config /etc/feverhub/feverhub.toml")
@CONFIG
@STATE_DIR
@click.pass_obj
def run(air: Air | None, path: Path, state_dir: Path | None) -> None:
    """Watch: the daemon, in the foreground. Stops in good order at SIGTERM or Ctrl-C.

    Without a configuration, or with one that cannot be used, it opens the first run: a page for a phone, whose address
    and code it prints. Without a Bluetooth adapter it runs on, says so, and delivers what waits.
    """
    from edge.app.setup import start

    start.start(path, state_dir, air)
