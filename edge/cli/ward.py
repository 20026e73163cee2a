"""`feverhub record` and `feverhub station`: what a ward with many hubs runs beside its broker."""

import re
from pathlib import Path

import click

from edge.cli.options import CONFIG

_SLOTS = 64


def slots(_: click.Context, __: click.Parameter, given: str) -> range:
    """`0-31` as a range."""
    found = re.fullmatch(r"(\d{1,2})-(\d{1,2})", given)
    if found is None or not int(found[1]) <= int(found[2]) < _SLOTS:
        raise click.BadParameter(f"expected FIRST-LAST within 0-{_SLOTS - 1}, such as 0-31, not {given!r}")
    return range(int(found[1]), int(found[2]) + 1)


@click.command(epilog="Example: feverhub record --config /etc/feverhub/ward.toml --slots 0-31")
@CONFIG
@click.option("--slots", callback=slots, default="0-63", show_default=True, help="Which of the 64 slots.")
def record(path: Path, slots: range) -> None:
    """Record what the hubs of a ward tell into a database of time series (VictoriaMetrics, InfluxDB).

    Needs `[mqtt]` of the ward's broker and `[influx]`. It holds nothing: a message is acknowledged once the database
    has it. Start one for all slots, or several that share them.
    """
    from edge.app.ward import record as recording

    recording.run(path, slots)


@click.command(epilog="Example: feverhub station --config /etc/feverhub/ward.toml")
@CONFIG
def station(path: Path) -> None:
    """One page of all beds of a ward, the worst first, on this computer alone unless `[web] host` says otherwise.

    Needs `[mqtt]` of the ward's broker, with the user that hubs let answer, and the credential station_token, which
    whoever looks types once a shift. It holds nothing of its own.
    """
    from edge.app.ward import station as page

    page.run(path)
