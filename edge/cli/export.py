"""`feverhub export`."""

import datetime as dt
import json
from pathlib import Path

import click

from edge.cli.options import CONFIG, STATE_DIR, moment, since_option


@click.command(epilog="Example: feverhub export --person mia --format csv --since 3d --out mia-march")
@CONFIG
@STATE_DIR
@click.option("--person", required=True, help="Whose: an id of the configuration.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "parquet", "edf", "fhir"]),
    required=True,
    help="csv and parquet make a folder, edf and fhir a file.",
)
@since_option("1d")
@click.option("--until", default="", help="A date such as 2026-03-14; default: now.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="What to write; it must not be there yet.")
@click.option("--json", "as_json", is_flag=True, help="What was written, as one JSON object.")
def export(
    path: Path,
    state_dir: Path | None,
    person: str,
    form: str,
    since: str,
    until: str,
    out: Path,
    as_json: bool,
) -> None:
    """Write what the hub kept of a child into files that other programs read.

    Reads the hub's files on this computer, also while it runs. csv: exact numbers, gaps as gaps. parquet: the same,
    smaller. edf: EDF+ with the diary as annotations; analyze reads all three. fhir: an HL7 FHIR R4 bundle for a clinic.
    They hold health data of a child: nothing leaves this computer by itself.
    """
    from edge.app.load import checked
    from edge.app.load.zone import local_zone
    from edge.app.reports import export as exports
    from edge.errors import EdgeError

    zone = local_zone()
    start_s = moment(since, zone)
    end_s = moment(until, zone) if until else dt.datetime.now(zone).timestamp()
    if end_s <= start_s:
        raise EdgeError("--until is not later than --since")
    loaded = checked.load(path, state_dir=state_dir)
    checked.require_person(loaded.config, person)
    child = next(each for each in loaded.config.persons if each.id == person)
    span = (start_s, end_s)
    done = exports.export(
        loaded.state_dir, loaded.config, child, span=span, zone=zone, form=exports.Format(form), out=out
    )
    if as_json:
        facts = {"schema": 1, "out": str(out), "samples": done.samples, "readings": done.readings, "diary": done.diary}
        click.echo(json.dumps({**facts, "missing": done.missing}))
        return
    for name, count in (*done.samples.items(), *done.readings.items()):
        click.echo(f"{name}: {count} {'samples' if name in done.samples else 'readings'}")
    click.echo(f"{done.diary} lines of the diary\nwritten to {out}")
    if done.missing:
        click.echo(done.missing, err=True)
