"""Options that several commands share."""

from pathlib import Path

import click

CONFIG_FILE = "/etc/feverhub/feverhub.toml"

CONFIG = click.option(
    "--config",
    "-c",
    "path",
    type=click.Path(path_type=Path),
    default=CONFIG_FILE,
    show_default=True,
    help="The configuration file.",
)
STATE_DIR = click.option(
    "--state-dir", type=click.Path(path_type=Path, file_okay=False), help="Where journal and readings are kept."
)
