"""`feverhub backup` and `feverhub restore`."""

import json
from pathlib import Path

import click

from edge.cli.options import CONFIG, STATE_DIR


@click.command(epilog="Example: feverhub backup --out /media/stick")
@CONFIG
@STATE_DIR
@click.option("--out", type=click.Path(path_type=Path), help="The folder to make it in; default: [backup] folder.")
@click.option("--json", "as_json", is_flag=True, help="What was made, as one JSON object.")
def backup(path: Path, state_dir: Path | None, out: Path | None, as_json: bool) -> None:
    """Copy all that the hub kept and that was set up into a new folder, and read it back.

    Also while the hub runs. Passwords stay out: keep the credentials folder yourself. With [backup] folder it is made
    each day. It holds health data of a child, not encrypted.
    """
    from edge.app.load import checked
    from edge.app.reports import backup as backups

    made = backups.back_up(checked.load(path, state_dir=state_dir), path, out)
    if as_json:
        click.echo(json.dumps({"schema": 1, "folder": str(made.folder), "bytes": made.size}))
    else:
        click.echo(f"{made.folder}: {made.size / 1e6:.1f} MB, read back and found whole")


@click.command(epilog="Example: feverhub restore /media/stick/feverhub-home-20260314-110000")
@CONFIG
@STATE_DIR
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="What was restored, as one JSON object.")
def restore(path: Path, state_dir: Path | None, folder: Path, as_json: bool) -> None:
    """Put a backup in place of what the hub holds now, which is moved aside. The hub must not run meanwhile.

    A backup that is damaged, of another hub, or of a newer release changes nothing.
    """
    from edge.app.load import checked
    from edge.app.reports import backup as backups

    contents, aside = backups.restore(checked.load(path, state_dir=state_dir), folder)
    if as_json:
        facts = {"schema": 1, "made": contents.made, "files": sorted(contents.files), "aside": aside and str(aside)}
        click.echo(json.dumps(facts))
        return
    click.echo(f"restored: the backup of {contents.made}, {len(contents.files)} files")
    if aside:
        click.echo(f"what was there before lies in {aside}")
