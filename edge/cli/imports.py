"""`feverhub import`."""

import json
from pathlib import Path

import click

from edge.cli.options import CONFIG, STATE_DIR


@click.command(name="import", epilog="Example: feverhub import --person mia mia-march mia-april.edf")
@CONFIG
@STATE_DIR
@click.option("--person", required=True, help="Whose: the id that the child had when it was exported.")
@click.option("--json", "as_json", is_flag=True, help="What was taken, as one JSON object.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def import_(path: Path, state_dir: Path | None, person: str, files: tuple[Path, ...], as_json: bool) -> None:
    """Take what `export` wrote into the store, such as that of a new hub.

    FILES: folders of csv or parquet, or edf files. Also while the hub runs; nothing that is imported raises an alarm.
    What is there already is left out, so it may be run again. A file that was cut, is foreign or of another child is
    refused, and nothing changes. Of the diary comes what caregivers wrote down, not the other hub's alarms. Retention
    counts: old movement goes with the next night.
    """
    from edge.app.load import checked
    from edge.app.reports import imports

    loaded = checked.load(path, state_dir=state_dir)
    checked.require_person(loaded.config, person)
    taken = imports.bring(loaded.state_dir, person, files, lambda what: click.echo(what, err=True))
    if as_json:
        facts = {name: getattr(taken, name) for name in ("samples", "readings", "entries", "known")}
        click.echo(json.dumps({"schema": 1, **facts}))
    else:
        click.echo(f"taken: {taken.samples} samples, {taken.readings} readings, {taken.entries} entries")
        click.echo(f"there already: {taken.known}")
