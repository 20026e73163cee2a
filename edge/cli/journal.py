"""`feverhub journal`."""

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import click

from edge import alarms
from edge.cli.options import CONFIG, PERSON, STATE_DIR, moment, printable, since_option
from edge.model.alarm import Condition, Kind

PHYSIOLOGICAL = frozenset(each for each in Condition if alarms.kind(each) is Kind.PHYSIOLOGICAL)


@click.command(epilog="Example: feverhub journal --since 3d")
@CONFIG
@STATE_DIR
@since_option("7d")
@PERSON
@click.option("--technical", is_flag=True, help="Also sensors that were silent and the like; --json has them always.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, every version of an entry with it.")
def journal(path: Path, state_dir: Path | None, since: str, person: str, technical: bool, as_json: bool) -> None:
    """The diary for the doctor: alarms, who answered, doses, symptoms, remarks, temperatures by hand.

    Reads the hub's files on this computer, also while it runs. It is not a medical record.
    """
    from edge.app.load import checked
    from edge.app.load.zone import local_zone
    from edge.app.reports import diary

    zone = local_zone()
    since_s = moment(since, zone)
    loaded = checked.load(path, state_dir=state_dir)
    found = diary.read(loaded.state_dir, since_s, zone, person=person, devices=loaded.config.devices)
    if person and person not in {line["person"] for line in found.lines}:  # of one who has left there may be lines
        checked.require_person(loaded.config, person)
    names = {child.id: child.name or child.id for child in loaded.config.persons}
    names |= {who.id: who.name or who.id for who in loaded.config.caregivers}
    shown = [line for line in found.lines if as_json or technical or not _of_the_works(line)]
    for line in shown:
        click.echo(json.dumps({"schema": 1, **line}, ensure_ascii=False) if as_json else in_words(line, names))
    if found.missing:
        click.echo(found.missing, err=True)
    if not shown and not as_json:
        click.echo(f"nothing since {dt.datetime.fromtimestamp(since_s, zone):%d %b %Y %H:%M}")
    if (left := len(found.lines) - len(shown)) and not as_json:
        click.echo(f"{left} technical {'line' if left == 1 else 'lines'} left out; --technical shows them", err=True)


def _of_the_works(line: Mapping[str, Any]) -> bool:
    """Whether it tells of sensors and the hub, not of a child."""
    return line["line"] in ("alarm", "answer") and Condition(line["condition"]) not in PHYSIOLOGICAL


def in_words(line: Mapping[str, Any], names: Mapping[str, str] = MappingProxyType({})) -> str:
    """One line of the diary as a person reads it. names: of persons and caregivers, by id."""
    when = f"{dt.datetime.fromisoformat(line['time']):%a %d %b %H:%M}"
    kind = line["line"]
    if kind == "answer":
        who = names.get(line["by"], line["by"]) or "somebody"
        return f"{when}    {who}: {line['answer'].replace('_', ' ')} ({Condition(line['condition']).plain})"
    name = names.get(line["person"], line["person"])
    said = _alarm(line) if kind == "alarm" else _entry({**line, "by": names.get(line["by"], line["by"])})
    return f"{when}  {f'{name}: ' if name else ''}{said}"


def _alarm(line: Mapping[str, Any]) -> str:
    parts = [Condition(line["condition"]).plain]
    if line["ended"] is None:
        parts.append("not over")
    elif line["duration_s"] is not None:
        parts.append(f"for {_span(line['duration_s'])}")
    # The parts of the hub itself begin with a star; what is wrong with them stands in the detail.
    sensors = [each for each in zip(line["sensors"], line["places"], strict=True) if not each[0].startswith("*")]
    detail = line["evidence"].get("detail") or line["evidence"].get("refused")
    parts += [
        f"{sensor} ({place.replace('_', ' ')})" if place not in ("", "unknown") else sensor for sensor, place in sensors
    ]
    parts += [str(detail)] if detail else []
    parts += [_celsius("at", line["temperature_then"])] if line.get("temperature_then") else []
    parts += [_celsius("highest", line["highest"])] if line.get("highest") else []
    if "regularity" in line["evidence"]:
        rates = line["evidence"].get("rate_hz") or []
        rate = f", {max(rates):.1f} to {min(rates):.1f} a second" if rates else ""
        parts.append(f"regularity {line['evidence']['regularity']:.2f} of 1{rate}")
    known = line["evidence"]
    parts += ["in the first two hours of a fever"] if known.get("first_two_hours_of_fever") else []
    parts += [str(known[word]) for word in ("course", "prior_effect") if known.get(word)]
    parts += line.get("symptoms", [])
    parts += [f"film: {printable(str(known['film']))}"] if known.get("film") else []
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


def _celsius(word: str, reading: Mapping[str, Any]) -> str:
    return f"{word} {reading['celsius']:.1f} °C ({reading['site']} {dt.datetime.fromisoformat(reading['time']):%H:%M})"


def _span(seconds: float) -> str:
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {whole % 60:02} s" if minutes else f"{whole} s"
