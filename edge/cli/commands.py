"""`feverhub test-alarm` and `feverhub acknowledge`: commands to a running hub."""

import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from edge.cli.options import CONFIG
from edge.errors import NotConfirmed
from edge.model.event import Verb

AS = click.option("--as", "who", default="", help="Which caregiver says it; default: the first of the configuration.")
JSON = click.option("--json", "as_json", is_flag=True, help="The answer as JSON.")


@click.command(epilog="Example: feverhub test-alarm --config /etc/feverhub/feverhub.toml")
@CONFIG
@AS
@click.option("--wait", "wait_s", type=click.FloatRange(1, 600), default=60.0, show_default=True, help="Seconds.")
@JSON
def test_alarm(path: Path, who: str, wait_s: float, as_json: bool) -> None:
    """Ring every phone and the sounder as a test, over the real path, and say what came of it.

    Exit 0 if something rang, 4 if the hub cannot be reached, 5 if it was sent and nothing took it.
    """
    answer = _send(path, who, Verb.TEST, {}, wait_s, as_json=as_json)
    if not answer["ok"]:
        raise NotConfirmed("the test was sent, and nothing took it")


@click.command(epilog="Example: feverhub acknowledge --with-her")
@CONFIG
@AS
@click.option("--alarm", default="", help="The episode's id; default: every alarm that waits for an answer.")
@click.option("--with-her", is_flag=True, help="I'm with her: quiets the room too. Without it: I'm coming.")
@JSON
def acknowledge(path: Path, who: str, alarm: str, with_her: bool, as_json: bool) -> None:
    """Answer an alarm: phones fall silent, others are told who is coming.

    Exit 0 if the hub took it, 1 if it refused (it says why), 4 if the hub cannot be reached.
    """
    verb = Verb.WITH_HER if with_her else Verb.ACKNOWLEDGE
    answer = _send(path, who, verb, {"alarm": alarm} if alarm else {}, 10.0, as_json=as_json)
    sys.exit(0 if answer["ok"] else 1)


def _send(
    path: Path, who: str, verb: Verb, fields: Mapping[str, object], wait_s: float, *, as_json: bool
) -> dict[str, object]:
    from edge.app import build, daemon, remote

    daemon.set_up_logs(quiet=True)
    loaded = build.load(path)
    caregiver = remote.caregiver(loaded, who)
    answer = asyncio.run(remote.send(loaded, caregiver, verb, fields, wait_s))
    words = str(answer["reason"]).replace("; ", "\n")
    if answer["ok"] and verb is not Verb.TEST:
        words = f"The hub tells everyone: {caregiver.name} is {'with her' if verb is Verb.WITH_HER else 'coming'}."
    click.echo(json.dumps(answer) if as_json else words)
    return answer
