"""`feverhub bench`."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from edge.errors import StorageError


@click.command(epilog="Example: feverhub bench --bids ds005873 --out results")
@click.option(
    "--bids", "root", required=True, metavar="DIR", type=click.Path(path_type=Path, file_okay=False), help="A data set."
)
@click.option(
    "--out", metavar="DIR", type=click.Path(path_type=Path, file_okay=False), help="Events and results go here."
)
@click.option("--age-months", type=click.FloatRange(0, 240), help="Age of those recorded; default: not known.")
@click.option("--json", "as_json", is_flag=True, help="The results as one JSON object (also without a terminal).")
def bench(root: Path, out: Path | None, age_months: float | None, as_json: bool) -> None:
    """Measure the movement detector on a BIDS data set of your own: motion.tsv, or EDF (with the extra `export`).

    Each recording is judged from a cold start with no look-ahead, and scored against its events.tsv as SzCORE does.
    --out gets an events.tsv of what was detected for each, in the same tree, and results.json. What cannot be read is
    named and left out; exit 1 if nothing could be read.
    """
    from edge.app.reports import bench as benchmark

    in_words = not as_json and sys.stdout.isatty()

    def shown(result: Mapping[str, Any]) -> None:
        if "error" in result:
            click.echo(f"feverhub: {result['error']}", err=True)
        elif in_words:
            click.echo(_line(result))

    results = benchmark.run(root, out, age_months=age_months, shown=shown, bar=True)
    text = json.dumps(results, indent=1)
    if out is not None:
        try:
            out.mkdir(parents=True, exist_ok=True)
            (out / "results.json").write_text(f"{text}\n", "utf-8")
        except OSError as error:
            raise StorageError(f"{out}: results.json cannot be written: {error.strerror or error}") from error
    click.echo(in_all(results["total"]) if in_words else json.dumps(results))
    sys.exit(0 if results["total"]["recordings"] else 1)


def _line(result: Mapping[str, Any]) -> str:
    if not result["annotated"]:
        return f"{result['recording']}: not annotated, {len(result['conditions'])} conditions"
    return (
        f"{result['recording']}: {result['found']} of {result['events']} events found, "
        f"{result['false_alarms']} false alarms in {result['length_s'] / 3600:.1f} h"
    )


def in_all(total: Mapping[str, Any]) -> str:
    """The figures of the whole data set as a person reads them."""
    parts = [f"{total['found']} of {total['events']} events found"]
    if total["latency_median_s"] is not None:
        parts.append(
            f"median {total['latency_median_s']:.1f} s after the onset (95th percentile {total['latency_p95_s']:.1f} s)"
        )
    rate = "" if total["false_alarms_per_hour"] is None else f" ({total['false_alarms_per_hour']:.2g} an hour)"
    parts.append(f"{total['false_alarms']} false alarms in {total['hours']:.1f} h{rate}")
    parts += [f"{total['not_annotated']} recordings were not annotated"] if total["not_annotated"] else []
    parts += [f"{total['not_read']} could not be read"] if total["not_read"] else []
    return ", ".join(parts)
