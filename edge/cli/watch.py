"""`feverhub status`, `ready` and `caregivers`: what the hub keeps at its broker, for people and for scripts."""

import asyncio
import datetime as dt
import json
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from edge.cli.options import CONFIG, printable

if TYPE_CHECKING:
    from edge.app.client.status import Overview
    from edge.app.load.configuration import Configuration

NOT_HEALTHY = 6
_UNITS = {"Cel": "°C", "%": "%", "g": "g"}
AGAIN_S = 5.0
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object.")


@click.command(epilog="Example: feverhub status --watch")
@CONFIG
@click.option("--watch", is_flag=True, help="Show it again every 5 seconds, until Ctrl-C.")
@click.option("--technical", is_flag=True, help="Also each sensor's last value, to the millisecond, and alarms' ids.")
@JSON
def status(path: Path, watch: bool, technical: bool, as_json: bool) -> None:
    """What the hub watches, which alarms stand, what is silent and until when.

    Exit 0 if all that is set up is watched, 6 if not, 4 if the broker cannot be reached.
    """
    while True:
        known, seen = _look(path)
        names = {child.id: child.name or child.id for child in known.config.persons}
        if watch and sys.stdout.isatty():
            click.clear()
        click.echo(json.dumps(_facts(seen)) if as_json else "\n".join(_lines(seen, names, technical=technical)))
        if not watch:
            sys.exit(NOT_HEALTHY if seen.trouble else 0)
        sys.stdout.flush()
        time.sleep(AGAIN_S)


@click.command(epilog="Example: feverhub ready && echo good night")
@CONFIG
@JSON
def ready(path: Path, as_json: bool) -> None:
    """The bedtime check: sensors, clock, broker, each phone's last proof, sounder; one sentence each.

    Exit 0 if the night would be watched and somebody woken, 6 if not, 4 if the broker cannot be reached.
    """
    from edge.app.client import readiness

    loaded, seen = _look(path)
    found = readiness.findings(loaded.config, seen, time.time())
    good = all(each.good for each in found)
    if as_json:
        rows = [{"subject": each.subject, "good": each.good, "sentence": each.sentence} for each in found]
        click.echo(json.dumps({"schema": 1, "ready": good, "findings": rows}))
    else:
        for each in found:
            click.echo(f"{'ok  ' if each.good else 'MIND'}  {each.sentence}")
    sys.exit(0 if good else NOT_HEALTHY)


@click.command(epilog="Example: feverhub caregivers")
@CONFIG
@JSON
def caregivers(path: Path, as_json: bool) -> None:
    """Who is notified: role, channels, and the last test that each answered. MIND: none in the last 30 days."""
    from edge.app.client import readiness

    loaded, seen = _look(path)
    unproven = readiness.amber(seen.caregivers, time.time())
    known = {each.id: each for each in loaded.config.caregivers}
    rows = []
    for each in seen.caregivers:
        who = known.get(str(each.get("id")))
        channels = [name.removeprefix("credential:") for name in who.channels] if who else []
        rows.append({**each, "channels": channels, "proven": each.get("id") not in unproven})
    if as_json:
        click.echo(json.dumps({"schema": 1, "caregivers": rows}))
        return
    for row in rows:
        reads_only = row.get("role") == "viewer"
        mark = "    " if reads_only else "ok  " if row["proven"] else "MIND"
        proof = f"{row['last_proof']}, {row['proof_s']} s" if row.get("last_proof") else "never"
        words = [f"{row['name']} ({row['role']})", f"channels: {', '.join(map(str, row['channels'])) or 'none'}"]
        words += [] if reads_only else [f"last proof: {proof}"]
        words += ["on watch"] if row.get("on_watch") else []
        click.echo(f"{mark}  {'; '.join(words)}")


def _look(path: Path) -> "tuple[Configuration, Overview]":
    from edge.app.client import remote, status
    from edge.app.load import configuration, process

    process.set_up_logs(quiet=True)
    known = configuration.read(path)
    kept = asyncio.run(remote.kept(known))
    return known, status.overview(known.config.hub.name, kept, time.time())


def _facts(seen: "Overview") -> dict[str, object]:
    return {
        "schema": 1,
        "hub": seen.hub,
        "online": seen.online,
        "healthy": not seen.trouble,
        "trouble": list(seen.trouble),
        "watched": seen.health.get("watched", []),
        "not_watched": seen.health.get("not_watched", []),
        "values": list(seen.values),
        "alarms": list(seen.alarms),
        "silences": seen.silences(),
        "on_watch": seen.on_watch.get("caregiver", ""),
    }


def _lines(seen: "Overview", names: Mapping[str, str], *, technical: bool = False) -> Iterator[str]:
    """For a person: what rings first, then what is watched, then what is quiet. names: of the children, by id."""
    by_kind = sorted(seen.alarms, key=lambda alarm: alarm.get("kind") == "technical")
    for alarm in by_kind:
        mark = "ALARM" if alarm.get("priority") == "high" else "alarm"
        ident = f" [{alarm.get('id')}]" if technical else ""
        yield f"{mark} {alarm.get('text')}{ident}"
        if alarm.get("kind") == "technical" and alarm.get("guidance"):
            yield f"      {alarm['guidance']}"
        evidence = alarm.get("evidence")
        if isinstance(evidence, dict) and evidence.get("film"):
            yield f"      film: {printable(str(evidence['film']))}"
    yield f"{'ok  ' if not seen.trouble else 'MIND'}  hub {seen.hub}: {'runs' if seen.online else 'does not run'}"
    rung = {str(alarm.get("text")) for alarm in seen.alarms}
    for each in seen.trouble:
        if each not in rung:
            yield f"MIND  {each}"
    for each in seen.health.get("watched", []):
        yield f"ok    watching {names.get(each['person'], each['person'])}: {each['device']}"
    for value in seen.values:
        yield f"      {_value(value, technical=technical)}"
    for silence in seen.silences():
        what = str(silence["what"]).replace("_", " ")
        yield f"quiet {what} ({silence['why']}) until {_clock(silence['until'])}"
    if not seen.alarms:
        yield "      no alarm stands"
    if seen.on_watch:
        asked = f"; {seen.on_watch['asked']} was asked to take it" if seen.on_watch.get("asked") else ""
        yield f"      on watch: {seen.on_watch.get('name')}{asked}"


def _value(value: Mapping[str, Any], *, technical: bool) -> str:
    shown = "no value" if value.get("value") is None else f"{value['value']} {_UNITS.get(str(value.get('unit')), '')}"
    why = f" ({value['reason']})" if value.get("reason") else ""
    return f"{value['device']}: {shown.strip()}{why}, {value.get('time') if technical else _clock(value.get('time'))}"


def _clock(time: object) -> str:
    """An RFC 3339 time as the clock on the wall shows it, with the day where it is not today."""
    try:
        then = dt.datetime.fromisoformat(str(time)).astimezone()
    except (ValueError, OverflowError):
        return str(time)
    return f"{then:%H:%M}" if then.date() == dt.datetime.now().astimezone().date() else f"{then:%a %d %b %H:%M}"
