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


def printable(text: str) -> str:
    """As it is safe to print: a camera or a sensor may say anything, also terminal commands."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def pairs(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """NAME=VALUE of a repeated option, as a mapping."""
    found: dict[str, str] = {}
    for pair in given:
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise click.BadParameter(f"expected NAME=VALUE, got {pair!r}")
        found[name] = value
    return found


OPTIONS = click.option(
    "--option",
    "options",
    multiple=True,
    metavar="NAME=VALUE",
    callback=pairs,
    help="What its bytes leave open; index=2: the second of several.",
)
STATE_DIR = click.option(
    "--state-dir", type=click.Path(path_type=Path, file_okay=False), help="Where journal and readings are kept."
)
