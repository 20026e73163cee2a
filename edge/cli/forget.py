"""`feverhub forget`."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edge.cli.options import CONFIG, STATE_DIR, printable

if TYPE_CHECKING:
    from edge.app.setup.forget import Plan


@click.command(epilog="Example: feverhub forget --person mia")
@CONFIG
@STATE_DIR
@click.option("--person", required=True, help="Whom: an id of the configuration, or one that it had.")
@click.option(
    "--backups",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A folder with backups, such as a stick, beside that of [backup]. Repeatable.",
)
@click.option("--yes", "typed", metavar="NAME", default="", help="Her name, instead of being asked for it.")
@click.option("--json", "as_json", is_flag=True, help="What was done and what is left, as one JSON object.")
def forget(
    path: Path, state_dir: Path | None, person: str, backups: tuple[Path, ...], typed: str, as_json: bool
) -> None:
    """Remove a child everywhere: what was kept and set up, at the broker, in the database, in the backups. For good.

    Shows what there is, and asks for the child's name. Also while the hub runs, which stops watching for a moment; the
    others' data stay as they are. Killed or failed half-way: run it again. Exit 4 where something could not be reached
    now; what no program can reach is named.
    """
    from edge.app.setup import forget as forgets
    from edge.errors import EdgeError

    wanted = forgets.plan(path, person, state_dir=state_dir, backups=backups)
    if wanted.nothing and not wanted.backups:
        raise EdgeError(f"nothing is known of {person!r} here")
    if not as_json:
        _show(wanted)
    _confirmed(wanted.name, typed)
    outcome = forgets.carry_out(wanted, lambda what: click.echo(what, err=True))
    if as_json:
        click.echo(json.dumps(forgets.facts(wanted, outcome)))
    else:
        for title, lines in (
            ("Removed", outcome.done),
            ("Not removed, for you to do", outcome.left),
            ("Out of reach of this computer", outcome.unreached),
        ):
            if lines:
                click.echo("\n  ".join([f"{title}:", *map(printable, lines)]))
    if outcome.failed:
        click.echo("run this again once that can be reached; her name is kept until then", err=True)
        sys.exit(4)


def _show(wanted: "Plan") -> None:
    found = wanted.found
    counts = {
        "readings": found.readings,
        "blocks of movement": found.blocks,
        "states of alarms": found.alarms,
        "versions of what was written down": found.entries,
        "messages": found.messages,
        "lines of history": found.lines,
    }
    click.echo(f"Of {printable(wanted.name)} ({wanted.asked.person}) there are, to be removed for good:")
    for what, count in counts.items():
        if count:
            click.echo(f"  {count} {what}")
    for device in wanted.asked.devices:
        click.echo(f"  the sensor {device}, as it is set up and as it was replicated")
    for made in (*found.leftovers, *wanted.backups):
        click.echo(f"  {made}")


def _confirmed(name: str, typed: str) -> None:
    if not typed:
        if not sys.stdin.isatty():
            raise click.UsageError(f"this cannot be undone: confirm with --yes {name!r}")
        typed = click.prompt("Type her name to remove all of this for good", err=True)
    if typed.strip() != name:
        raise click.UsageError(f"that is not her name ({name}): nothing was removed")
