"""Options that several commands share."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

CONFIG_FILE = "/etc/feverhub/feverhub.toml"
_UNITS_S = {"h": 3600.0, "d": 86_400.0}

F = TypeVar("F", bound=Callable[..., object])

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
PERSON = click.option("--person", default="", help="Of this person alone: an id of the configuration.")


def since_option(default: str) -> Callable[[F], F]:
    """Where a report begins, as `moment` reads it."""
    return click.option("--since", default=default, show_default=True, help="48h, 3d, or a date such as 2026-03-14.")


STATE_DIR = click.option(
    "--state-dir", type=click.Path(path_type=Path, file_okay=False), help="Where journal and readings are kept."
)


def moment(text: str, zone: dt.tzinfo) -> float:
    """The wall time that --since means, seconds. Raises BadParameter."""
    now = dt.datetime.now(zone)
    if length := re.fullmatch(r"(\d{1,5})([hd])", text):
        return now.timestamp() - int(length[1]) * _UNITS_S[length[2]]
    try:
        day = dt.datetime.fromisoformat(text)
        return (day if day.tzinfo else day.astimezone()).timestamp()
    except (ValueError, OverflowError):
        raise click.BadParameter(f"{text!r} is neither like 48h or 3d nor a date", param_hint="--since") from None
