"""`feverhub pair`."""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from edge.cli.options import CONFIG, OPTIONS
from edge.cli.scan import ADAPTERS
from edge.errors import EdgeError
from edge.model.people import Device, Limb, Site
from edge.radio.discovery import Air

if TYPE_CHECKING:
    from edge.app.sensors.scan import Found

T = TypeVar("T")

RESTART = "sudo systemctl restart feverhub"


@click.command(epilog="Example: feverhub pair --person mia --site axilla --id thermometer")
@click.argument("profile", required=False, default="")
@click.option("--person", required=True, help="Who wears it: an id of the configuration.")
@click.option("--site", type=click.Choice([str(each) for each in Site]), help="Where a thermometer measures.")
@click.option("--limb", type=click.Choice([str(each) for each in Limb]), help="Where a movement sensor is worn.")
@click.option("--id", "ident", default="", help="Its id; default: that of the sensor it replaces, or the place.")
@click.option("--seconds", type=click.FloatRange(1, 600), default=120.0, show_default=True, help="How long to look.")
@click.option("--address", default="", help="Only this one; default: the nearest that fits.")
@OPTIONS
@ADAPTERS
@CONFIG
@click.option("--yes", is_flag=True, help="Take the nearest without asking.")
@click.option("--print", "only_print", is_flag=True, help="Print the table for your own file, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="The result as JSON.")
@click.pass_obj
def pair(
    air: Air | None,
    profile: str,
    person: str,
    site: str | None,
    limb: str | None,
    ident: str,
    seconds: float,
    address: str,
    options: dict[str, str],
    adapters: tuple[str, ...],
    path: Path,
    yes: bool,
    only_print: bool,
    as_json: bool,
) -> None:
    """Make the nearest sensor one of the house: find it, hear its first value, write it into settings.toml.

    settings.toml lies in the state folder, over the owner's file, which is never touched. PROFILE: what to look for
    (feverhub profiles lists them); without it whatever suits the place. Switch the sensor on and hold it to the hub.
    """
    from edge.app.load import checked, process, settings_file
    from edge.app.load.profiles import load_profiles, profiles_root
    from edge.app.sensors import pair, scan

    if (site is None) == (limb is None):
        raise click.UsageError("give --site for a thermometer or --limb for a movement sensor, one of them")
    process.set_up_logs(quiet=True)
    place = Site(site) if site else Limb(str(limb))
    loaded = checked.load(path)
    wanted = pair.choice(load_profiles(profiles_root()), profile, place)
    device = Device(
        pair.identity(loaded, person, place, ident),
        next(iter(wanted)),
        person,
        site=place if isinstance(place, Site) else None,
        limb=place if isinstance(place, Limb) else None,
        options=options,
    )
    if not only_print:
        settings_file.trial(
            path, loaded.state_dir, [("device", pair.row(device))]
        )  # what is wrong, before anybody looks
    air = air or scan.on_this_computer(adapters or loaded.config.hub.adapters)

    click.echo("Switch the sensor on and hold it close to the hub.", err=True)
    near = _done(asyncio.run(process.until_stopped(pair.find(air, wanted, seconds, address))))
    chosen = _choose(near, yes=yes)
    known = pair.profile_of(chosen)
    device = replace(device, profile=known.id, address=chosen.advert.address)
    pair.check_free(loaded, device)
    reading = pair.first_value(air, pair.with_key(device, loaded), known)
    first = _done(asyncio.run(process.until_stopped(reading)))
    device, note = pair.known_by(device, first, private=chosen.advert.private)
    row = pair.row(device)
    file = None if only_print else settings_file.add(path, loaded.state_dir, "device", row)
    if as_json:
        facts = {"schema": 1, "device": row, **pair.facts(first), "file": str(file) if file else None}
        click.echo(json.dumps(facts))
        return
    click.echo("; ".join(filter(None, [f"{device.id}: {first.sentence}", note])), err=only_print)
    if file:
        click.echo(f"written to {file}. The hub watches it after: {RESTART}")
    else:
        table = {key: value for key, value in row.items() if value is not None}
        click.echo(settings_file.as_toml({"device": [table]}), nl=False)


def _done(result: T | None) -> T:
    """What a run has brought, unless it was told to stop."""
    if result is None:
        raise click.Abort
    return result


def _choose(near: "Sequence[Found]", *, yes: bool) -> "Found":
    """The nearest, if it is the only one, or --yes was given, or somebody at a terminal says so."""
    from edge.app.sensors import scan

    for found in near:
        click.echo(scan.line(found), err=True)
    if yes:
        return near[0]
    if sys.stdin.isatty() and sys.stderr.isatty():
        for found in near:
            if click.confirm(f"Take {found.advert.address}?", default=True, err=True):
                return found
        raise EdgeError("no sensor was taken; nothing was set up")
    if len(near) > 1:
        raise EdgeError(f"{len(near)} sensors fit: give --address, or --yes for the nearest")
    return near[0]
