"""`feverhub scan`."""

import asyncio
import json

import click

from edge.radio.discovery import Air

ADAPTERS = click.option("--adapter", "adapters", multiple=True, help="Bluetooth adapter, such as hci0; default: all.")


@click.command(epilog="Example: feverhub scan --seconds 30")
@click.option("--seconds", type=click.FloatRange(1, 600), default=30.0, show_default=True, help="How long to listen.")
@ADAPTERS
@click.option("--all", "everyone", is_flag=True, help="Show unknown devices too.")
@click.option("--json", "as_json", is_flag=True, help="The result as JSON.")
@click.pass_obj
def scan(air: Air | None, seconds: float, adapters: tuple[str, ...], everyone: bool, as_json: bool) -> None:
    """Sensors near the hub, the nearest first: what they are, how far that is proven, and what they already say.

    A sensor that is connected, to a phone or to a running hub, is not heard. Exit 4 if there is no Bluetooth.
    """
    from edge.app.load import process
    from edge.app.load.profiles import load_profiles, profiles_root
    from edge.app.sensors import scan

    process.set_up_logs(quiet=True)
    air = air or scan.on_this_computer(adapters)
    found = asyncio.run(process.until_stopped(scan.scan(air, load_profiles(profiles_root()), seconds)))
    if found is None:
        raise click.Abort
    known = [each for each in found if each.profiles]
    shown = found if everyone else known
    unknown = len(found) - len(known)
    if as_json:
        sensors = [scan.facts(each) for each in shown]
        click.echo(json.dumps({"schema": 1, "seconds": seconds, "sensors": sensors, "unknown": unknown}))
        return
    for each in shown:
        click.echo(scan.line(each))
    if not found:
        click.echo("feverhub: nobody at all was heard; is any sensor switched on and near?", err=True)
    elif not known:
        click.echo("feverhub: no sensor was recognised; one that is connected to a phone is not heard", err=True)
    if unknown and not everyone:
        click.echo(f"feverhub: {unknown} unknown devices; --all shows them", err=True)
