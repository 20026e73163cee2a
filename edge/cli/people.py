"""`feverhub caregiver`: who is there, changed while the hub watches; as on the page, and through the same door."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from edge.cli.commands import JSON, send
from edge.cli.options import CONFIG
from edge.model.event import Verb

AS = click.option("--as", "who", default="", help="Which owner says it; default: the first of the configuration.")
WAIT_S = 30.0
Command = TypeVar("Command", bound=Callable[..., None])
FACTS = (
    click.option("--role", type=click.Choice(["owner", "caregiver", "viewer"]), help="What they may do."),
    click.option("--until", help='A sitter: access ends by itself then, such as "2026-03-14 08:00"; "" for never.'),
    click.option("--language", help="Of their messages, such as de; empty for the hub's."),
    click.option("--unit", type=click.Choice(["celsius", "fahrenheit"]), help="Of temperatures in their messages."),
    click.option(
        "--rings",
        "way",
        type=click.Choice(["ntfy", "none"]),
        help="How their phone rings. Pushover and others are chosen on the page, since their keys are secrets.",
    ),
    click.option("--server", help="The name of the ntfy server; default: ntfy.sh."),
)


def _facts(command: Command) -> Command:
    """What can be said of somebody, when they are added and later."""
    for option in reversed(FACTS):
        command = option(command)
    return command


@click.group(epilog="Example: feverhub caregiver add Oma --role viewer")
def caregiver() -> None:
    """Who is there: add, change or remove a caregiver, without a restart; a password for their app over MQTT.

    Who was written by hand is changed there.

    Example: feverhub caregiver add Oma --role viewer
    """


@caregiver.command(epilog='Example: feverhub caregiver add Lea --until "2026-03-14 23:30"')
@click.argument("name")
@_facts
@AS
@CONFIG
@JSON
def add(name: str, who: str, path: Path, as_json: bool, **said: str | None) -> None:
    """Set up somebody called NAME. `feverhub web token ID` then lets their phone in."""
    _ask(path, who, Verb.CAREGIVER, {"name": name, **said}, as_json=as_json)


@caregiver.command(epilog="Example: feverhub caregiver change oma --role caregiver")
@click.argument("ident", metavar="ID")
@click.option("--name", help="How they are called.")
@_facts
@AS
@CONFIG
@JSON
def change(ident: str, who: str, path: Path, as_json: bool, **said: str | None) -> None:
    """Change what is said; the rest stays as it is. The last owner stays one."""
    _ask(path, who, Verb.CAREGIVER, {"id": ident, **said}, as_json=as_json)


@caregiver.command(epilog="Example: feverhub caregiver remove lea")
@click.argument("ident", metavar="ID")
@AS
@CONFIG
@JSON
def remove(ident: str, who: str, path: Path, as_json: bool) -> None:
    """End all access of somebody, at once: phones, messages, and their user of the broker."""
    _ask(path, who, Verb.CAREGIVER_REMOVE, {"id": ident}, as_json=as_json)


@caregiver.command(epilog="Example: feverhub caregiver mqtt oma")
@click.argument("ident", metavar="ID")
@AS
@CONFIG
@JSON
def mqtt(ident: str, who: str, path: Path, as_json: bool) -> None:
    """A password for the app over MQTT of that ID, or of `house` for things that never leave it; shown this once."""
    _ask(path, who, Verb.BROKER_USER, {"id": ident}, as_json=as_json)


def _ask(path: Path, who: str, verb: Verb, said: dict[str, str | None], *, as_json: bool) -> None:
    from edge.app.load import configuration
    from edge.model.people import Role

    if not who:
        everybody = configuration.read(path).config.caregivers
        who = next((each.id for each in everybody if each.role is Role.OWNER), "")
    fields = {key: value for key, value in said.items() if value is not None}
    answer = send(path, who, verb, fields, WAIT_S, as_json=as_json)
    sys.exit(0 if answer["ok"] else 1)
