"""`feverhub cohort`."""

import json
import os
import sys
from pathlib import Path

import click


@click.group()
def cohort() -> None:
    """Many nights at once: judge them, count what was found, make some."""


@cohort.command(epilog="Example: feverhub cohort analyze s3://study/nights results --workers 8")
@click.argument("source", metavar="IN")
@click.argument("out", metavar="OUT")
@click.option(
    "--workers", type=click.IntRange(1), help="Processes, each of one thread; default: as many as there are cores."
)
@click.option("--dask", default="", metavar="ADDRESS", help="Of a Dask scheduler, such as tcp://10.0.0.5:8786.")
@click.option("--json", "as_json", is_flag=True, help="What was done, as one JSON object.")
def analyze(source: str, out: str, workers: int | None, dask: str, as_json: bool) -> None:
    """Judge every night under IN, as `feverhub analyze` does, into the tables OUT/nights.parquet and
    OUT/conditions.parquet.

    A night is a folder that `feverhub export --format parquet` wrote, or a Parquet file of one sensor. IN and OUT are
    folders or URLs of fsspec. A run that was broken off goes on where it was; a night that has changed, and every night
    under another version of the detector, is judged again. What cannot be read is named, and exit 1 when the rest is
    done. Needs the extra `cohort`.
    """
    from edge.app.cohort import analysis

    if workers and dask:
        raise click.UsageError("--workers goes without --dask, whose workers are its own")
    done = analysis.analyze(source, out, workers=workers or len(os.sched_getaffinity(0)), dask=dask)
    if as_json:
        facts = {"schema": 1, "detector": done.detector, "nights": done.nights, "known": done.known}
        timed = {"hours": round(done.hours, 3), "took_s": round(done.took_s, 2)}
        click.echo(json.dumps({**facts, **timed, "failed": done.failed}))
    else:
        rate = f", {done.hours * 3600 / done.took_s:,.0f} times as fast as they passed" if done.hours else ""
        click.echo(
            f"{done.nights} nights: {done.nights - done.known - len(done.failed)} judged{rate}, {done.known} known "
            f"before, {len(done.failed)} failed\nwritten to {out}"
        )
    sys.exit(1 if done.failed else 0)


@cohort.command(epilog="Example: feverhub cohort report results --truth truth.csv --out cohort.html")
@click.argument("results", nargs=-1, required=True)
@click.option(
    "--truth",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Parquet or CSV of person, onset, end, kind; times, or seconds since 1970.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.html", help="What to write.")
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
def report(results: tuple[str, ...], truth: Path | None, out: Path | None, as_json: bool) -> None:
    """Count what `cohort analyze` found, by person, age, limb and detector: sensitivity, false alarms an hour, seconds
    to the alarm, as tables and pictures.

    RESULTS are folders or URLs; several are told side by side, over the nights that all of them have judged. Without a
    truth there is no sensitivity, and the page says so. Needs the extra `cohort`.
    """
    from edge.app.cohort import figures, page
    from edge.errors import StorageError

    found = figures.figures(results, truth)
    if out is not None:
        try:
            page.write(found, out)
        except OSError as error:
            raise StorageError(f"{out} cannot be written: {error.strerror or error}") from error
    if as_json:
        click.echo(json.dumps(found))
        return
    for line in page.lines(found):
        click.echo(line)
    if out is not None:
        click.echo(f"written to {out}")


@cohort.command(epilog="Example: feverhub cohort simulate study --nights 20 --seed 1")
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--nights", "count", type=click.IntRange(1), required=True, help="How many, each of its own.")
@click.option("--seed", type=click.IntRange(0), default=0, help="The same seed makes the same nights.")
@click.option("--hours", type=click.FloatRange(1, 12), default=8.0, help="Of each night; default: 8.")
@click.option("--workers", type=click.IntRange(1), help="Processes; default: as many as there are cores.")
@click.option("--json", "as_json", is_flag=True, help="What was made, as one JSON object.")
def simulate(out: Path, count: int, seed: int, hours: float, workers: int | None, as_json: bool) -> None:
    """Make nights of simulated infants: OUT/nights, as `feverhub export` writes them, and OUT/truth.parquet.

    Every other night has a fever, every third two convulsions; four nights each are of one infant. Needs the extra
    `cohort`.
    """
    from edge.app.cohort import simulated

    made = simulated.simulate(out, count, seed, hours=hours, workers=workers or len(os.sched_getaffinity(0)))
    if as_json:
        click.echo(json.dumps({"schema": 1, "nights": count, "events": made, "out": str(out)}))
    else:
        click.echo(f"{count} nights with {made} events\nwritten to {out}")
