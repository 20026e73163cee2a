"""`feverhub web`: who may see the caregivers' page."""

import datetime as dt
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edge.cli.options import CONFIG, STATE_DIR
from edge.errors import EdgeError

if TYPE_CHECKING:
    from edge.app.client.phones import Invitation

HOUR_S = 3600.0
MOST_HOURS = 24 * 366


@click.group(epilog="Example: feverhub web token anna")
def web() -> None:
    """Who may see the caregivers' page: let a phone in, list them, end one.

    Example: feverhub web token anna
    """


@web.command(epilog="Example: feverhub web token grandma --hours 12")
@click.argument("caregiver")
@click.option(
    "--hours", type=click.FloatRange(0.1, MOST_HOURS), help="Access ends by itself after so long; else it stays."
)
@CONFIG
@STATE_DIR
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def token(caregiver: str, hours: float | None, path: Path, state_dir: Path | None, as_json: bool) -> None:
    """Print a code, to be read by the camera of one phone, that lets it in as that CAREGIVER of the configuration.

    It works once and for 15 minutes. What the phone may do is the caregiver's role.
    """
    from edge.app.client import phones
    from edge.app.load import configuration

    now_s = time.time()
    known = configuration.read(path, state_dir=state_dir)
    found = phones.invite(known, caregiver, now_s, None if hours is None else now_s + hours * HOUR_S)
    if as_json:
        click.echo(json.dumps({"schema": 1, "url": found.url, "local_url": found.local}))
        return
    _show(found)
    if found.certificate:
        click.echo(f"Before that, once on that phone: {found.certificate}")
    click.echo("It lets one phone in, within 15 minutes.", err=True)


@web.command(epilog="Example: feverhub web setup")
@CONFIG
@STATE_DIR
@click.option("--wait", "wait_s", type=click.FloatRange(0, 600), default=0.0, help="Seconds to wait for the first run.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def setup(path: Path, state_dir: Path | None, wait_s: float, as_json: bool) -> None:
    """Print a new code for the first run: for a hub that is not set up yet, or whose configuration cannot be used.

    It works once and for 15 minutes. Whoever has it is the hub's owner.
    """
    from edge.app.client import phones
    from edge.app.load import first_run

    found = phones.first_code(first_run.Files(path, state_dir), os.environ, time.time(), wait_s)
    if as_json:
        click.echo(json.dumps({"schema": 1, "url": found.url, "local_url": found.local, "code": found.code}))
        return
    _show(found)
    click.echo(f"Code: {found.code}")
    click.echo("It lets one phone in, within 15 minutes, as the hub's owner.", err=True)


@web.command(epilog="Example: feverhub web certificate")
@click.option("--new", is_flag=True, help="A new authority; every phone then needs its certificate again.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@CONFIG
@STATE_DIR
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def certificate(new: bool, yes: bool, path: Path, state_dir: Path | None, as_json: bool) -> None:
    """Make the hub's own certificate authority, for `tls = true` under [web], and show where a phone takes it from.

    It can vouch for this hub in this house alone. The page's certificate is made and renewed by the hub itself.
    """
    from edge.app.client import certificate as authority
    from edge.app.load import configuration
    from edge.app.load.drawing import drawn

    known = configuration.read(path, state_dir=state_dir)
    if new and not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("a new authority locks out every phone until it has it: add --yes")
        click.confirm(
            "Every phone needs the new certificate before it opens the page again. Go on?", abort=True, err=True
        )
    found = authority.show(known, time.time(), new=new)
    if as_json:
        fields = {"schema": 1, "url": found.url, "fingerprint": found.fingerprint, "made": found.made, "on": found.on}
        click.echo(json.dumps(fields))
        return
    if found.on:
        click.echo(drawn(found.url))
    click.echo(found.url)
    click.echo(f"SHA-256 {found.fingerprint}")
    if not found.on:
        click.echo("Not in use yet: write tls = true under [web], and restart the hub.", err=True)
    elif found.made:
        click.echo("Restart the hub, so that it uses it.", err=True)


@web.command(epilog="Example: feverhub web phones")
@CONFIG
@STATE_DIR
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def phones(path: Path, state_dir: Path | None, as_json: bool) -> None:
    """The phones that were let in."""
    from edge.app.client import phones as access
    from edge.app.load import configuration

    known = configuration.read(path, state_dir=state_dir)
    found = access.phones(known).all()
    if as_json:
        rows = [
            {"id": each.id, "caregiver": each.caregiver, "since_s": each.made_s, "ends_s": each.ends_s}
            for each in found
        ]
        click.echo(json.dumps({"schema": 1, "phones": rows}))
        return
    for each in found:
        ends = "" if each.ends_s is None else f", until {_day(each.ends_s)}"
        click.echo(f"{each.id}  {access.named(known, each)}, since {_day(each.made_s)}{ends}")
    if not found:
        click.echo("no phone was let in; feverhub web token CAREGIVER lets one in")


@web.command(epilog="Example: feverhub web end 1f0c22ab")
@click.argument("phone")
@CONFIG
@STATE_DIR
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def end(phone: str, path: Path, state_dir: Path | None, as_json: bool) -> None:
    """End the access of one PHONE, by its id: at once, also on a page that is open."""
    from edge.app.client import phones as access
    from edge.app.load import configuration

    if not access.phones(configuration.read(path, state_dir=state_dir)).end(phone):
        raise EdgeError(f"there is no phone {phone!r}; feverhub web phones lists them")
    click.echo(json.dumps({"schema": 1, "ended": phone}) if as_json else f"{phone} is not let in any more")


def _show(found: "Invitation") -> None:
    from edge.app.load.drawing import drawn

    click.echo(drawn(found.url))
    click.echo(found.url)
    if found.local:
        click.echo(f"or, where that does not open: {found.local}")


def _day(wall_s: float) -> str:
    return f"{dt.datetime.fromtimestamp(wall_s).astimezone():%Y-%m-%d %H:%M}"
