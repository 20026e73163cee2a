"""`feverhub replay`."""

import asyncio
import tempfile
from functools import partial
from pathlib import Path

import click

from edge.cli.options import CONFIG, STATE_DIR

TICK = "Seconds between two looks at the time where nothing is received; more is faster, for recordings of days."


def once(_: click.Context, option: click.Parameter, given: tuple[Path, ...] | None) -> Path | None:
    """The one file of an option; two would be two recordings of one sensor, of which one would be lost."""
    files = given or ()
    if len(files) > 1:
        raise click.BadParameter(f"one file; {option.name} was given {len(files)} times")
    return files[0] if files else None


FILE = partial(click.option, type=click.Path(path_type=Path), multiple=True, callback=once)


@click.command(epilog="Example: feverhub replay --config feverhub.toml --person mia --motion night.csv --speed 60")
@CONFIG
@click.option("--person", default="", help="Whose recording it is said to be: an id; default: the only one.")
@click.option("--device", default="", help="Which of this person's devices; default: the first that fits.")
@FILE("--motion", help="CSV or npz with t,x,y,z (s, g) or t,m.")
@FILE("--temperature", help="CSV or npz with t,celsius.")
@FILE("--frames", help="JSON lines as `capture` writes them.")
@click.option(
    "--events", type=click.Path(path_type=Path), help='What caregivers say: JSON lines with t, "as", verb ...'
)
@click.option("--tick", "tick_s", type=click.FloatRange(1, 30), default=1.0, show_default=True, help=TICK)
@click.option("--speed", type=click.FloatRange(0.1, 100_000), default=1.0, show_default=True, help="Times real time.")
@STATE_DIR
@click.option("--json", "as_json", is_flag=True, help="The result as JSON.")
def replay(
    path: Path,
    person: str,
    device: str,
    motion: Path | None,
    temperature: Path | None,
    frames: Path | None,
    events: Path | None,
    tick_s: float,
    speed: float,
    state_dir: Path | None,
    as_json: bool,
) -> None:
    """Send a recording through the configured broker and store, as if it were received now.

    Everything is real but the time: alarms ring, phones are notified. The recording ends now, at the speed given. While
    the hub itself runs, it goes to topics of its own, feverhub/<hub>-replay.
    --frames takes what one sensor sent, byte for byte; --device says which one it is.
    """
    from edge.app.hub import beside
    from edge.app.hub import replay as replaying
    from edge.app.hub.timed_commands import read_events
    from edge.app.load import checked, process
    from edge.host import lock
    from edge.recordings.files import Recording, read_motion, read_temperature
    from edge.recordings.frames import read_frames

    if frames and (motion or temperature):
        raise click.UsageError("--frames goes without --motion and --temperature")
    if not (motion or temperature or frames):
        raise click.UsageError("give --motion or --temperature, or both, or --frames")
    recordings: list[Recording] = []
    if motion is not None:
        recordings.append(read_motion(motion))
    if temperature is not None:
        recordings.append(read_temperature(temperature))
    captures = [read_frames(frames)] if frames else []
    process.set_up_logs()
    with tempfile.TemporaryDirectory(prefix="feverhub-replay-") as folder:
        loaded = checked.load(path, state_dir=state_dir or Path(folder))
        loaded = asyncio.run(beside.set_apart(loaded))
        for line in (line for capture in captures for line in capture.damaged):
            click.echo(f"feverhub: {frames}: {line}", err=True)
        if captures:
            tracks = replaying.frame_tracks(loaded, person, device, captures)
        else:
            tracks = replaying.tracks(loaded, replaying.whose(loaded, person), device, recordings)
        said = read_events(events, loaded.config.caregivers) if events else []
        with lock.held(loaded.state_dir):
            playing = replaying.with_progress(loaded, tracks, speed, as_json=as_json, said=said, tick_s=tick_s)
            asyncio.run(process.until_stopped(playing))
