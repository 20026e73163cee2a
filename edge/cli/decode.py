"""`feverhub decode`: what a frame says, without a radio."""

import json

import click

from edge.app.load.profiles import load_profile
from edge.cli.options import OPTIONS
from edge.decoding import as_line, as_plain, key_bytes
from edge.decoding import decode as decode_frame
from edge.errors import FrameMalformed


def _payload(text: str) -> bytes:
    try:
        return bytes.fromhex(text.replace(":", ""))
    except ValueError:
        raise FrameMalformed(f"expected the frame as pairs of hex digits, got {text[:40]!r}") from None


@click.command()
@click.argument("profile")
@click.argument("kind")
@click.argument("hex_bytes", metavar="HEX")
@click.option("--address", default="", help="Address of the sensor; some encrypted frames need it.")
@click.option("--key", default="", help="Key of an encrypted sensor: 32 hex digits, or 8 characters for FeverSmart.")
@OPTIONS
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list of readings.")
def decode(
    profile: str, kind: str, hex_bytes: str, address: str, key: str, options: dict[str, str], as_json: bool
) -> None:
    """Decode one frame of a sensor.

    KIND is manufacturer:0499 (without the company id), service_data:181c, characteristic:2a1c, or mqtt (a message of a
    gateway, read by the options value, unit, time and sequence).

    \b
    Example: feverhub decode health_thermometer characteristic:2a1c 046e0100ff02
    """
    known = load_profile(profile)
    decoded = decode_frame(
        known, kind, _payload(hex_bytes), address=address, key=key_bytes(known, key), options=options
    )
    if as_json:
        click.echo(json.dumps([as_plain(item) for item in decoded], allow_nan=False))
        return
    for item in decoded:
        click.echo(as_line(item))
    if not decoded:
        click.echo("nothing in it that this program uses", err=True)
