"""`feverhub analyze`."""

import datetime as dt
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click
from click.core import ParameterSource

from edge.app.load import checked
from edge.app.load.profiles import load_profile
from edge.app.load.zone import local_zone
from edge.app.reports import captured, kept, offline, plot, trace, words
from edge.cli.options import CONFIG, OPTIONS, PERSON, STATE_DIR, moment, since_option
from edge.model.people import Limb, Site
from edge.recordings.files import Recording


@click.command(
    epilog="Example: feverhub analyze --motion night.csv --limb ankle --temperature fever.csv --plot night.png"
)
@click.option(
    "--motion", "-m", multiple=True, type=click.Path(path_type=Path), help="CSV or npz with t,x,y,z (s, g) or t,m."
)
@click.option("--temperature", "-t", multiple=True, type=click.Path(path_type=Path), help="CSV or npz with t,celsius.")
@click.option("--frames", multiple=True, type=click.Path(path_type=Path), help="JSON lines as `capture` writes them.")
@click.option("--profile", default="", help="Of the sensor that sent the frames; feverhub profiles lists them.")
@OPTIONS
@click.option("--address", default="", help="Of that sensor, where its frames are encrypted.")
@click.option("--key", default="", help="Its key, likewise; default for both: as the file says.")
@click.option("--until", type=float, metavar="T", help="How long the frames were listened for, on their t.")
@click.option("--age-months", type=click.FloatRange(0, 240), help="Age of the child.")
@click.option(
    "--site",
    type=click.Choice([str(each) for each in Site]),
    help="Where it was measured; default: axilla.",
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
@click.option("--from-store", is_flag=True, help="What the hub of --config kept, in place of files.")
@CONFIG
@STATE_DIR
@since_option("1d")
@PERSON
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line (also without a terminal).")
def analyze(
    motion: tuple[Path, ...],
    temperature: tuple[Path, ...],
    frames: tuple[Path, ...],
    profile: str,
    options: dict[str, str],
    address: str,
    key: str,
    until: float | None,
    age_months: float | None,
    site: str | None,
    limb: tuple[str, ...],
    together: bool,
    plot_file: Path | None,
    from_store: bool,
    path: Path,
    state_dir: Path | None,
    since: str,
    person: str,
    as_json: bool,
) -> None:
    """Judge recordings offline, with the same code as a live hub and no look-ahead.

    Every motion file is judged on its own, from a cold start, beside the temperatures given; times are the file's own.
    --frames takes what one sensor sent, byte for byte, and tells also when a hub would have called it not watched.
    --from-store takes what the hub on this computer kept, all sensors of a child together, also while it runs.
    """
    given = {"--motion": motion, "--temperature": temperature, "--together": together}
    of_frames = {"--profile": profile, "--option": options, "--address": address, "--key": key, "--until": until}
    in_words = not as_json and sys.stdout.isatty()
    if from_store:
        _only("--from-store", {**given, **of_frames, "--frames": frames, "--limb": limb, "--site": site})
        shown = Shown(plot_file, in_words)
        results = _kept(path, state_dir, since, person, shown)
    else:
        _only_with_store()
        _check(frames, profile, {**given, "--plot": plot_file}, of_frames)
        if len(limb) > 1 and len(limb) != len(motion):
            raise click.UsageError("give --limb once, or once for each --motion")
        shown = Shown(plot_file, in_words)
        limbs = tuple(Limb(each) for each in limb)
        if frames:
            worn = Site(site) if site else None, limbs[0] if limbs else None
            sensor = captured.Sensor(load_profile(profile), *worn, options, address, key)
            results = captured.analyze(frames, sensor, offline.Child(age_months), until_s=until)
        else:
            child = offline.Child(age_months, Site(site or Site.AXILLA), limbs)
            results = offline.analyze(motion, temperature, child, together=together, show=shown, bar=True)
    failed = [_print(result, shown.traces, in_words=in_words) for result in results].count(False)
    sys.exit(1 if failed else 0)


def _kept(
    path: Path, state_dir: Path | None, since: str, person: str, shown: "Shown"
) -> Iterator[offline.Report | offline.Failed]:
    """A report of each child. Raises EdgeError, also where nothing was kept."""
    loaded = checked.load(path, state_dir=state_dir)
    if person:
        checked.require_person(loaded.config, person)
    zone = local_zone()
    start_s, end_s = moment(since, zone), dt.datetime.now(zone).timestamp()
    return kept.analyze(loaded.state_dir, loaded.config, start_s, end_s, person=person, show=shown)


def _only(option: str, others: Mapping[str, object]) -> None:
    """Raises UsageError for options that do not go with this one."""
    if astray := [name for name, value in others.items() if value]:
        raise click.UsageError(f"{option} goes without {' and '.join(astray)}")


def _only_with_store() -> None:
    """Raises UsageError for options that say nothing without --from-store."""
    context = click.get_current_context()
    names = {"path": "--config", "state_dir": "--state-dir", "since": "--since", "person": "--person"}
    given = [name for key, name in names.items() if context.get_parameter_source(key) is ParameterSource.COMMANDLINE]
    if given:
        raise click.UsageError(f"{' and '.join(given)} belongs to --from-store")


def _check(
    frames: Sequence[Path], profile: str, of_samples: Mapping[str, object], of_frames: Mapping[str, object]
) -> None:
    """Raises UsageError for options that do not go together."""
    astray = [name for name, value in (of_samples if frames else of_frames).items() if value]
    if frames:
        _only("--frames", of_samples)
    if frames and not profile:
        raise click.UsageError("--frames needs --profile, the sensor's (feverhub profiles lists them)")
    if not frames and not (of_samples["--motion"] or of_samples["--temperature"]):
        raise click.UsageError("give at least one --motion, --temperature or --frames file, or --from-store")
    if astray:
        raise click.UsageError(f"{' and '.join(astray)} belongs to --frames")


def _print(result: offline.Report | offline.Failed, traces: Sequence[trace.Trace], *, in_words: bool) -> bool:
    """One recording's line or sentences, its faults on stderr; False if it could not be read."""
    if isinstance(result, offline.Failed):
        click.echo(f"feverhub: {result.error}", err=True)
        if not in_words:
            click.echo(json.dumps({"recording": result.recording, "error": result.error}))
        return False
    damaged = result.get("damaged", [])
    assert isinstance(damaged, list)
    for line in damaged:
        click.echo(f"feverhub: {result['recording']}: {line}", err=True)
    click.echo(words.in_words(result, traces) if in_words else json.dumps(result))
    return True


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
