"""`feverhub doctor` and `feverhub support`: whether a hub can be left alone, and what to send when it cannot."""

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


@click.command(epilog="Example: feverhub support --out report.txt")
@CONFIG
@STATE_DIR
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="A new file.")
@click.option("--log", "log_file", type=click.Path(path_type=Path, exists=True), help="The log, instead of systemd's.")
@JSON
def support(path: Path, state_dir: Path | None, out: Path, log_file: Path | None, as_json: bool) -> None:
    """One file for a bug report: versions, check-up, configuration, an hour of frames, log; without names and secrets.

    Shows what it holds before it is written; read it before you send it. Nothing is sent by this program.
    """
    from edge.app.client import doctor as check_up
    from edge.app.client import heard as frames
    from edge.app.client import support as reports
    from edge.app.load import process

    process.set_up_logs(quiet=True)
    found = asyncio.run(check_up.examine(path, state_dir=state_dir))
    heard = asyncio.run(frames.heard(found.loaded)) if found.loaded else ""
    report = reports.collect(path, found, log_file.read_text("utf-8", "replace") if log_file else None, heard)
    for title, body in report.sections.items():
        click.echo(f"{title}: {len(body.splitlines())} lines, {len(body.encode())} bytes", err=True)
    if sys.stdin.isatty():
        click.echo_via_pager(report.text)
        click.confirm(f"Write this to {out}?", abort=True, err=True)
    reports.write(report, out)
    if as_json:
        lines = {title: len(body.splitlines()) for title, body in report.sections.items()}
        click.echo(json.dumps({"schema": 1, "out": str(out), "lines": lines}))
    else:
        click.echo(f"{out}: read it before you send it")
