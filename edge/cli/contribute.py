"""`feverhub contribute`."""

import datetime as dt
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from edge.cli.options import CONFIG, PERSON, STATE_DIR, moment, since_option
from edge.errors import EdgeError
from edge.model.alarm import Condition


@click.command(epilog="Example: feverhub contribute --since 30d --out movement.zip")
@CONFIG
@STATE_DIR
@click.option(
    "--out", required=True, metavar="FILE.zip", type=click.Path(path_type=Path, dir_okay=False), help="A new file."
)
@since_option("365d")
@PERSON
@click.option("--i-consent", is_flag=True, help="You have read what it holds and what giving it means, and want it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: code, consent and windows, as in index.json.")
def contribute(
    path: Path, state_dir: Path | None, out: Path, since: str, person: str, i_consent: bool, as_json: bool
) -> None:
    """Make a file without names that you may give to research: the movement around each alarm, and your answers.

    Shows what would be in it, and the text that you consent to. Nothing is written before that, and nothing is sent by
    itself, ever. Exit 1 if there is nothing to give or nobody consented.
    """
    from edge.app.load import checked
    from edge.app.load.zone import local_zone
    from edge.app.reports import bundle
    from edge.app.reports.contribute import windows

    zone = local_zone()
    since_s = moment(since, zone)
    loaded = checked.load(path, state_dir=state_dir)
    if person:
        checked.require_person(loaded.config, person)
    if out.exists():
        raise EdgeError(f"{out}: there is such a file already; choose another name")
    made = bundle.pack(windows(loaded.state_dir, since_s, loaded.config.persons, loaded.config.devices, person=person))
    if not made.index:
        day = f"{dt.datetime.fromtimestamp(since_s, zone):%d %b %Y}"
        raise EdgeError(f"nothing to give: no alarm of movement whose samples are kept since {day}")
    if not as_json:
        for entry in made.index:
            click.echo(in_words(entry))
        click.echo(f"\n{bundle.CONSENT}")
    if not i_consent and not as_json and sys.stdin.isatty():
        i_consent = click.confirm("Do you consent, and have you the right to decide for the child?", default=False)
    if i_consent:
        bundle.write(made, out)
    if as_json:
        shown = {"schema": 1, "written": i_consent, "code": made.code, "consent": bundle.CONSENT, "windows": made.index}
        click.echo(json.dumps(shown))
    if not i_consent:
        raise EdgeError("nothing was written: say --i-consent once you have read the text of consent")
    if not as_json:
        click.echo(f"{out}: {len(made.index)} windows. Its code, with which you can ask for it back: {made.code}")


def in_words(entry: Mapping[str, Any]) -> str:
    """One window of the bundle as a person reads it."""
    minutes, seconds = divmod(round(entry["length_s"]), 60)
    parts = [
        Condition(entry["condition"]).plain,
        entry["limb"].replace("_", " ") + (f" ({entry['profile']})" if entry["profile"] else ""),
        f"{minutes} min {seconds:02} s",
        *([f"{entry['rate_hz']:g} samples a second"] if entry["rate_hz"] else []),
        "age not known" if entry["age_months"] is None else f"{entry['age_months']} months old",
        "fever known" if entry["fever_known"] else "no fever known",
        *(word.replace("_", " ") for word in (*entry["labels"], *entry["symptoms"])),
    ]
    return f"{entry['file']}  {', '.join(parts)}"
