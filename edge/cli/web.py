"""`feverhub web`: who may see the caregivers' page."""

import datetime as dt
import io
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edge.cli.options import CONFIG, STATE_DIR
from edge.errors import EdgeError

if TYPE_CHECKING:
    import segno

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
    import segno

    from edge.app.client import phones
    from edge.app.load import configuration

    now_s = time.time()
    known = configuration.read(path, state_dir=state_dir)
    found = phones.invite(known, caregiver, now_s, None if hours is None else now_s + hours * HOUR_S)
    if as_json:
        click.echo(json.dumps({"schema": 1, "url": found.url, "local_url": found.local}))
        return
    click.echo(_drawn(segno.make(found.url, error="l")))
    click.echo(found.url)
    if found.local:
        click.echo(f"or, where that does not open: {found.local}")
    click.echo("It lets one phone in, within 15 minutes.", err=True)


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


def _drawn(code: "segno.QRCode") -> str:
    """In half blocks, with the light border that cameras need."""
    out = io.StringIO()
    code.terminal(out, border=2, compact=True)
    return out.getvalue().rstrip("\n")


def _day(wall_s: float) -> str:
    return f"{dt.datetime.fromtimestamp(wall_s).astimezone():%Y-%m-%d %H:%M}"
