"""`feverhub doctor`: whether a hub can be left alone."""

import asyncio
import json
import sys
from pathlib import Path

import click

from edge.cli.options import CONFIG, STATE_DIR, printable
from edge.cli.watch import JSON, NOT_HEALTHY


@click.command(epilog="Example: feverhub doctor")
@CONFIG
@STATE_DIR
@JSON
def doctor(path: Path, state_dir: Path | None, as_json: bool) -> None:
    """The check-up: radio, clock, broker, disk, power, heat, phones, certificates, backup; each OK, WARN or FAIL.

    Says what to do about each. Works while the hub runs and while it does not; as root it sees more. Exit 6 on FAIL.
    """
    from edge.app.client import doctor as check_up
    from edge.app.load import process

    process.set_up_logs(quiet=True)
    found = asyncio.run(check_up.examine(path, state_dir=state_dir))
    if as_json:
        rows = [
            {"subject": each.subject, "level": each.level.value, "sentence": each.sentence, "todo": each.todo}
            for each in found.checks
        ]
        click.echo(json.dumps({"schema": 1, "healthy": found.healthy, "checks": rows}))
    else:
        for each in found.checks:
            click.echo(f"{each.level.value:4}  {each.subject}: {printable(each.sentence)}")
            if each.todo:
                click.echo(f"      {printable(each.todo)}")
    sys.exit(0 if found.healthy else NOT_HEALTHY)
