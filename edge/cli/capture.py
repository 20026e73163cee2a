"""`feverhub capture`."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import click

from edge.cli.options import CONFIG, OPTIONS
from edge.cli.scan import ADAPTERS
from edge.errors import EdgeError
from edge.model.people import Device
from edge.radio.discovery import Air


@click.command(epilog="Example: feverhub capture C0:00:00:00:00:0A --seconds 30 --out frames.jsonl")
@click.argument("sensor", metavar="ADDRESS|ID")
@click.option("--profile", default="", help="How to read it; default: the configured one, or what it fits.")
@click.option("--seconds", type=click.FloatRange(1, 1800), default=30.0, show_default=True, help="How long to record.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A new file; default: stdout.")
@click.option("--keep-address", is_flag=True, help="Keep address and key where frames are encrypted with them.")
@click.option("--keep-unread", is_flag=True, help="Keep frames that cannot be read too: for a report of a fault.")
@OPTIONS
@ADAPTERS
@CONFIG
@click.option("--json", "as_json", is_flag=True, help="The result as JSON, with the frames unless --out takes them.")
@click.pass_obj
def capture(
    air: Air | None,
    sensor: str,
    profile: str,
    seconds: float,
    out: Path | None,
    keep_address: bool,
    keep_unread: bool,
    options: dict[str, str],
    adapters: tuple[str, ...],
    path: Path,
    as_json: bool,
) -> None:
    """Record a sensor's frames with what they mean: for `analyze --frames`, `replay --frames` and device profiles.

    Each line has its moment (t, seconds from the first frame), kind, payload and rssi. No name, serial number, key or
    address is kept. Stop a hub that watches this sensor first, or it will not be heard.
    """
    from edge.app.load import checked, process
    from edge.app.load.profiles import load_profile, load_profiles, profiles_root
    from edge.app.sensors import capture as capturing
    from edge.app.sensors import scan

    if out is not None and out.exists():
        raise EdgeError(f"{out}: is already there; give a new name")
    process.set_up_logs(quiet=True)
    if profile:
        load_profile(profile)
    known = load_profiles(profiles_root())
    by_address = capturing.is_address(sensor)
    loaded = None if by_address else checked.load(path)
    air = air or scan.on_this_computer(adapters or (loaded.config.hub.adapters if loaded else ()))
    device: Device | None
    if loaded is not None:
        device = capturing.configured(loaded, sensor)
    elif profile:
        device = Device("sensor", profile, "", sensor.upper())
    else:
        device = asyncio.run(process.until_stopped(capturing.stranger(air, known, sensor, seconds)))
    if device is None:
        raise click.Abort
    device = replace(device, profile=profile or device.profile, options={**device.options, **options})
    recorder = capturing.Recorder(device, known[device.profile], keep_address, keep_unread)
    lines = asyncio.run(process.until_stopped(capturing.record(air, recorder, seconds)))
    if lines is None:
        raise click.Abort
    text = "".join(f"{json.dumps(line, allow_nan=False)}\n" for line in lines)
    if out is not None:
        capturing.write(out, text)
    facts: dict[str, object] = {
        "schema": 1,
        "profile": device.profile,
        "frames": len(lines),
        "unread": recorder.refused,
    }
    facts["private"] = private = any("key" in line or "address" in line for line in lines)
    if as_json:
        click.echo(json.dumps({**facts, "file": str(out)} if out else {**facts, "lines": lines}, allow_nan=False))
    elif out is None:
        click.echo(text, nl=False)
    click.echo(f"feverhub: {len(lines)} frames of {device.profile}", err=True)
    if recorder.refused:
        click.echo(f"feverhub: {recorder.refused} frames could not be read, the last one: {recorder.why}", err=True)
    if private:
        click.echo("feverhub: address and key of this sensor are in it: never give it away", err=True)
