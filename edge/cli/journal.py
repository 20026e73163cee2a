"""`feverhub journal`."""

import datetime as dt
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from edge.cli.options import CONFIG, STATE_DIR

UNITS_S = {"h": 3600.0, "d": 86_400.0}


@click.command(epilog="Example: feverhub journal --since 3d")
@CONFIG
@STATE_DIR
@click.option("--since", default="7d", show_default=True, help="48h, 3d, or a date such as 2026-03-14.")
@click.option("--person", default="", help="Of this person alone: an id of the configuration.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, every version of an entry with it.")
def journal(path: Path, state_dir: Path | None, since: str, person: str, as_json: bool) -> None:
    """The diary for the doctor: alarms, who answered, doses, symptoms, remarks, temperatures by hand.

    Reads the hub's files on this computer, also while it runs. It is not a medical record.
    """
    from edge.app.load import checked
    from edge.app.reports import diary

    zone = dt.datetime.now().astimezone().tzinfo
    assert zone is not None
    since_s = _since(since, zone)
    loaded = checked.load(path, state_dir=state_dir)
    found = diary.read(loaded.state_dir, since_s, zone, person=person, devices=loaded.config.devices)
    for line in found.lines:
        click.echo(json.dumps({"schema": 1, **line}, ensure_ascii=False) if as_json else in_words(line))
    if found.missing:
        click.echo(found.missing, err=True)
    if not found.lines and not as_json:
        click.echo(f"nothing since {dt.datetime.fromtimestamp(since_s, zone):%d %b %Y %H:%M}")


def _since(text: str, zone: dt.tzinfo) -> float:
    now = dt.datetime.now(zone)
    if length := re.fullmatch(r"(\d{1,5})([hd])", text):
        return now.timestamp() - int(length[1]) * UNITS_S[length[2]]
    try:
        day = dt.datetime.fromisoformat(text)
        return (day if day.tzinfo else day.astimezone()).timestamp()
    except (ValueError, OverflowError):
        raise click.BadParameter(f"{text!r} is neither like 48h or 3d nor a date", param_hint="--since") from None


def in_words(line: Mapping[str, Any]) -> str:
    """One line of the diary as a person reads it."""
    when = f"{dt.datetime.fromisoformat(line['time']):%a %d %b %H:%M}"
    kind = line["line"]
    if kind == "answer":
        return f"{when}    {line['by'] or 'somebody'}: {line['answer'].replace('_', ' ')} ({line['condition']})"
    return f"{when}  {_alarm(line) if kind == 'alarm' else _entry(line)}"


def _alarm(line: Mapping[str, Any]) -> str:
    parts = [str(line["condition"]).replace("_", " ")]
    if line["ended"] is None:
        parts.append("not over")
    elif line["duration_s"] is not None:
        parts.append(f"for {_span(line['duration_s'])}")
    sensors = zip(line["sensors"], line["places"], strict=True)
    parts += [f"{sensor} ({place.replace('_', ' ')})" if place else sensor for sensor, place in sensors]
    parts += [_celsius("at", line["temperature_then"])] if line.get("temperature_then") else []
    parts += [_celsius("highest", line["highest"])] if line.get("highest") else []
    if "regularity" in line["evidence"]:
        rates = line["evidence"].get("rate_hz") or []
        told = f", {max(rates):.1f} to {min(rates):.1f} a second" if rates else ""
        parts.append(f"regularity {line['evidence']['regularity']:.2f} of 1{told}")
    known = line["evidence"]
    parts += ["in the first two hours of a fever"] if known.get("first_two_hours_of_fever") else []
    parts += [str(known[word]) for word in ("course", "prior_effect") if known.get(word)]
    parts += line.get("symptoms", [])
    return ", ".join([*parts, *(["called a false alarm"] if line["false_alarm"] else [])])


def _entry(line: Mapping[str, Any]) -> str:
    said = [f"{'WITHDRAWN ' if line['withdrawn'] else ''}{line['line']}: {line['summary']}", f"by {line['by']}"]
    if line["content"].get("reason"):
        said.append(f"for {line['content']['reason']}")
    if line.get("against_plan"):
        said.append(line["against_plan"])
    if line.get("next_allowed"):
        said.append(f"next by plan {dt.datetime.fromisoformat(line['next_allowed']):%a %H:%M}")
    said += [_celsius("at", line["temperature_then"])] if line.get("temperature_then") else []
    said += [_celsius("lowest in 4 h", line["lowest_in_4_h"])] if line.get("lowest_in_4_h") else []
    said += [f"changed {len(line['versions']) - 1} times"] if line.get("versions") else []
    return ", ".join(said)


def _celsius(word: str, told: Mapping[str, Any]) -> str:
    return f"{word} {told['celsius']:.1f} °C ({told['site']} {dt.datetime.fromisoformat(told['time']):%H:%M})"


def _span(seconds: float) -> str:
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {whole % 60:02} s"
