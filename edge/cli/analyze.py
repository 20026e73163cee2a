"""`feverhub analyze`."""

import json
import sys
from pathlib import Path

import click

from edge.app import offline
from edge.model.people import Limb, Site


@click.command(
    epilog="Example: feverhub analyze --motion night.csv --limb ankle --temperature fever.csv --age-months 14"
)
@click.option(
    "--motion", "-m", multiple=True, type=click.Path(path_type=Path), help="CSV or npz with t,x,y,z (s, g) or t,m."
)
@click.option("--temperature", "-t", multiple=True, type=click.Path(path_type=Path), help="CSV or npz with t,celsius.")
@click.option("--age-months", type=click.FloatRange(0, 240), help="Age of the child.")
@click.option(
    "--site",
    type=click.Choice([str(each) for each in Site]),
    default=str(Site.AXILLA),
    show_default=True,
    help="Where it was measured.",
)
@click.option(
    "--limb",
    multiple=True,
    type=click.Choice([str(each) for each in Limb]),
    help="Where it was worn; once, or once a motion file.",
)
@click.option("--together", is_flag=True, help="The motion files are several sensors of one child.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line (also without a terminal).")
def analyze(
    motion: tuple[Path, ...],
    temperature: tuple[Path, ...],
    age_months: float | None,
    site: str,
    limb: tuple[str, ...],
    together: bool,
    as_json: bool,
) -> None:
    """Judge recordings offline, with the same code as a live hub and no look-ahead.

    Every motion file is judged on its own, from a cold start, beside the temperatures given; times are the file's own.
    """
    if not motion and not temperature:
        raise click.UsageError("give at least one --motion or --temperature file")
    if len(limb) > 1 and len(limb) != len(motion):
        raise click.UsageError("give --limb once, or once for each --motion")
    child = offline.Child(age_months, Site(site), tuple(Limb(each) for each in limb))
    failed = False
    for result in offline.analyze(motion, temperature, child, together=together):
        if isinstance(result, offline.Failed):
            failed = True
            click.echo(f"feverhub: {result.error}", err=True)
            if as_json or not sys.stdout.isatty():
                click.echo(json.dumps({"recording": result.recording, "error": result.error}))
        elif as_json or not sys.stdout.isatty():
            click.echo(json.dumps(result))
        else:
            click.echo(offline.in_words(result))
    sys.exit(1 if failed else 0)
