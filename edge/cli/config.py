"""`feverhub config`."""

import datetime as dt
import json
from collections.abc import Sized
from pathlib import Path

import click

from edge.cli.options import CONFIG


def _count(items: Sized, word: str) -> str:
    return f"{len(items)} {word}{'' if len(items) == 1 else 's'}"


@click.group()
def config() -> None:
    """The configuration."""


@config.command(epilog="Example: feverhub config check --config feverhub.toml")
@CONFIG
@click.option("--json", "as_json", is_flag=True, help="The result as JSON.")
def check(path: Path, as_json: bool) -> None:
    """Check the configuration, its profiles and its secrets.

    Exit 3 with file, line and key if something is wrong.
    """
    from edge.app.load import checked

    loaded = checked.load(path)
    warnings = [*loaded.warnings, *checked.examine(loaded, dt.datetime.now().astimezone().date())]
    facts = {
        "schema": 1,
        "hub": loaded.config.hub.name,
        "persons": [person.id for person in loaded.config.persons],
        "devices": [device.id for device in loaded.config.devices],
        "caregivers": [caregiver.id for caregiver in loaded.config.caregivers],
        "warnings": warnings,
    }
    if as_json:
        click.echo(json.dumps(facts))
        return
    for warning in warnings:
        click.echo(f"feverhub: {warning}", err=True)
    known = loaded.config
    sensors, caregivers = _count(known.devices, "sensor"), _count(known.caregivers, "caregiver")
    counts = f"{len(known.persons)} watched, {sensors}, {caregivers}"
    click.echo(f"{path}: good. {counts}.")
