"""`feverhub analyze`."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from edge.app.reports import offline, plot, trace, words
from edge.model.people import Limb, Site
from edge.recordings.files import Recording


@click.command(
    epilog="Example: feverhub analyze --motion night.csv --limb ankle --temperature fever.csv --plot night.png"
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
@click.option(
    "--plot",
    "plot_file",
    metavar="FILE.png",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also draw it into this file (PNG, SVG or PDF); a second recording goes to NAME-2, and so on.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line (also without a terminal).")
def analyze(
    motion: tuple[Path, ...],
    temperature: tuple[Path, ...],
    age_months: float | None,
    site: str,
    limb: tuple[str, ...],
    together: bool,
    plot_file: Path | None,
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
    in_words = not as_json and sys.stdout.isatty()
    shown = Shown(plot_file, in_words)
    failed = False
    for result in offline.analyze(motion, temperature, child, together=together, show=shown):
        if isinstance(result, offline.Failed):
            failed = True
            click.echo(f"feverhub: {result.error}", err=True)
            if not in_words:
                click.echo(json.dumps({"recording": result.recording, "error": result.error}))
        else:
            click.echo(words.in_words(result, shown.traces) if in_words else json.dumps(result))
    sys.exit(1 if failed else 0)


class Shown:
    """Keeps the traces of the recordings judged last, for the words, and draws each picture."""

    def __init__(self, file: Path | None, in_words: bool) -> None:
        self._file, self._in_words, self._drawn = file, in_words, 0
        self.traces: list[trace.Trace] = []
        if file:
            plot.check(file)

    def __call__(self, recordings: Sequence[Recording], report: offline.Report) -> None:
        self.traces = trace.traces(recordings) if self._file or self._in_words else []
        if self._file:
            self._drawn += 1
            name = self._file.stem + (f"-{self._drawn}" if self._drawn > 1 else "")
            plot.draw(self._file.with_stem(name), recordings, self.traces, report)
