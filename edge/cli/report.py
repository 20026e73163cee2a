"""`feverhub report`."""

import datetime as dt
import json
from pathlib import Path

import click

from edge.cli.options import CONFIG, PERSON, STATE_DIR, moment, since_option


@click.command(epilog="Example: feverhub report --person mia --since 3d --language de --out mia.pdf")
@CONFIG
@STATE_DIR
@PERSON
@since_option("7d")
@click.option("--out", type=click.Path(path_type=Path), help="An .html or a .pdf file; it must not be there yet.")
@click.option("--language", default="", help="Such as de; default: that of the house, [hub] language.")
@click.option("--progress", is_flag=True, hidden=True, help="Lines for who shows how far it is.")
@click.option("--json", "as_json", is_flag=True, help="What the page says, as one JSON object.")
def report(
    path: Path,
    state_dir: Path | None,
    person: str,
    since: str,
    out: Path | None,
    language: str,
    progress: bool,
    as_json: bool,
) -> None:
    """Write one page for the doctor: temperature, medicine, every episode with what is known of it and what is not.

    Reads the hub's files on this computer, also while it runs. It is not a medical record and makes no diagnosis.
    """
    from edge.app.load import checked, languages
    from edge.app.load.zone import local_zone
    from edge.app.reports import clinician, clinician_files
    from edge.model.language import Locale

    if out is None and not as_json:
        raise click.UsageError("give --out FILE.html, --out FILE.pdf, or --json")
    zone = local_zone()
    start_s = moment(since, zone)
    loaded = checked.load(path, state_dir=state_dir)
    who = checked.only_person(loaded.config, person)
    if out is not None:
        clinician_files.check(out)
    words = Locale(languages.chosen(language or loaded.config.hub.language), zone=zone)
    span = (start_s, dt.datetime.now(zone).timestamp())

    def reached(share: float) -> None:
        if progress:
            click.echo(f"progress {share:.2f}", err=True)

    page = clinician.report(loaded, who, span=span, words=words, reached=reached)
    reached(0.8)
    if out is not None:
        clinician_files.write(page, out)
    if as_json:
        click.echo(json.dumps({"schema": 1, **clinician_files.facts(page)}, ensure_ascii=False))
    else:
        click.echo(f"written to {out}")
    if page.missing:
        click.echo(page.missing, err=True)
