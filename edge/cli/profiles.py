"""`feverhub profiles`: which sensors are known, and whether their profiles are sound."""

import json
from pathlib import Path

import click

from edge.app.load.profiles import check_profiles, load_profiles, profiles_root
from edge.decoding import Freshness, Profile
from edge.model.reading import TEMPERATURES

_COLUMNS = (
    "Sensor",
    "Profile",
    "Measures",
    "Temperature proven in",
    "Movement detector",
    "A replayed frame is known by",
    "Proven by",
    "Made for",
)
_FRESH = {
    Freshness.COUNTER: "its counter",
    Freshness.NONCE: "its nonce",
    Freshness.TIME: "its time",
    Freshness.NONE: "nothing",
}


def _words(profile: Profile) -> dict[str, object]:
    return {
        "id": profile.id,
        "name": profile.name,
        "vendor": profile.vendor,
        "quantities": [quantity.value for quantity in profile.quantities],
        "link": profile.link.value,
        "kinds": list(profile.formats),
        "rate_hz": profile.rate_hz,
        "rhythm": profile.rhythm,
        "spot": profile.spot,
        "silence_ok": profile.silence_ok,
        "ambient": profile.ambient,
        "expected_interval_s": profile.expected_interval_s,
        "freshness": profile.freshness.value,
        "ranges": {quantity.value: list(limits.valid) for quantity, limits in profile.ranges.items()},
        "accuracy": {quantity.value: limits.accuracy for quantity, limits in profile.ranges.items()},
        "options": sorted({name for layouts in profile.formats.values() for item in layouts for name in item.options}),
        "key": profile.key_form,
        "proven": profile.proven.value,
        **profile.about,
    }


def _row(profile: Profile) -> str:
    ranges = [profile.ranges[quantity].valid for quantity in profile.quantities if quantity in TEMPERATURES]
    proven_in = ", ".join(f"{low:g} to {high:g} Cel" for low, high in ranges) or "-"
    if ranges and profile.ambient:
        proven_in += " (not of a body)"
    rhythm = f"yes, {profile.rate_hz:g} Hz" if profile.rhythm else "no"
    measures = ", ".join(quantity.value for quantity in profile.quantities)
    fresh = _FRESH[profile.freshness]
    proven, age = profile.proven.value, profile.about["age"]
    cells = (profile.name, f"`{profile.id}`", measures, proven_in, rhythm, fresh, proven, age)
    return f"| {' | '.join(cells)} |"


def markdown(known: dict[str, Profile]) -> str:
    """The table of supported sensors, as in docs/sensors.md."""
    header = f"| {' | '.join(_COLUMNS)} |\n{'| --- ' * len(_COLUMNS)}|"
    return "\n".join((header, *(_row(profile) for profile in known.values())))


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print the table of supported sensors.")
@click.pass_context
def profiles(context: click.Context, as_json: bool, as_markdown: bool) -> None:
    """List the sensors that are known.

    \b
    Example: feverhub profiles --json
    """
    if context.invoked_subcommand is not None:
        return
    known = load_profiles(profiles_root())
    if as_json:
        click.echo(json.dumps([_words(profile) for profile in known.values()], allow_nan=False))
    elif as_markdown:
        click.echo(markdown(known))
    else:
        for profile in known.values():
            click.echo(f"{profile.id:24}{profile.name} ({', '.join(profile.quantities)})")


@profiles.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="The result as JSON.")
def check(folder: Path | None, as_json: bool) -> None:
    """Load every profile, and decode its captures.

    \b
    Example: feverhub profiles check ./device_profiles
    """
    root = folder or profiles_root()
    faults = list(check_profiles(root))
    count = 0 if faults else len(load_profiles(root))
    for fault in faults:
        click.echo(fault, err=True)
    if as_json:
        click.echo(json.dumps({"schema": 1, "sound": count, "faults": [str(fault) for fault in faults]}))
    elif not faults:
        click.echo(f"{count} profiles are sound")
    if faults:
        raise SystemExit(1)
