"""`feverhub self-test`."""

import json
import sys
from pathlib import Path

import click


@click.command("self-test", epilog="Example: feverhub self-test --config /etc/feverhub/feverhub.toml")
@click.option("--config", "path", type=click.Path(path_type=Path, dir_okay=False), help="Can it be used?")
@click.option("--json", "as_json", is_flag=True, help="The result as JSON.")
def self_test(path: Path | None, as_json: bool) -> None:
    """Can this release watch here? A simulated convulsion and fever must ring, a quiet child must not.

    Touches neither the running hub nor what it keeps. An update asks this before it switches; exit 6 if a part fails.
    """
    from edge.app.reports import self_test as parts

    found = []
    for each in parts.run(path):
        found.append(each)
        if not as_json:
            click.echo(f"{each.part}: {each.trouble or 'works'}")
    works = not any(each.trouble for each in found)
    if as_json:
        click.echo(json.dumps({"schema": 1, "works": works, "parts": {each.part: each.trouble for each in found}}))
    sys.exit(0 if works else 6)
