"""`feverhub run`."""

from pathlib import Path

import click

from edge.cli.options import CONFIG, STATE_DIR


@click.command(epilog="Example: feverhub run --config /etc/feverhub/feverhub.toml")
@CONFIG
@STATE_DIR
def run(path: Path, state_dir: Path | None) -> None:
    """Watch: the daemon, in the foreground. Stops in good order at SIGTERM or Ctrl-C.

    Without a Bluetooth adapter it runs on, says so, and delivers what waits.
    """
    from edge.app.hub import daemon

    daemon.watch(path, state_dir)
