"""`feverhub record`: what a ward with many hubs runs beside its broker."""

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
