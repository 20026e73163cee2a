"""`feverhub test-alarm`, `acknowledge`, `snooze`, `pause`, `on-watch` ...: commands to a running hub."""

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
ALARM = click.option("--alarm", default="", help="The episode's id; default: every alarm that waits for an answer.")
JSON = click.option("--json", "as_json", is_flag=True, help="The answer as JSON.")


@click.command(epilog="Example: feverhub test-alarm --config /etc/feverhub/feverhub.toml")
@CONFIG
@AS
@click.option("--wait", "wait_s", type=click.FloatRange(1, 600), default=60.0, show_default=True, help="Seconds.")
@JSON
def test_alarm(path: Path, who: str, wait_s: float, as_json: bool) -> None:
    """Ring every phone and the sounder as a test, over the real path, and say what came of it.

    Whoever hears it answers: "I'm coming" on the phone, or `feverhub acknowledge --alarm test --as ID`. That proves it.
    Exit 0 if something rang, 4 if the hub cannot be reached, 5 if it was sent and nothing took it.
    """
    answer = send(path, who, Verb.TEST, {}, wait_s, as_json=as_json)
    if not answer["ok"]:
        raise NotConfirmed("the test was sent, and nothing took it")


@click.command(epilog="Example: feverhub drill --as anna")
@CONFIG
@AS
@click.option("--later", is_flag=True, help="Put it off for a week.")
@JSON
def drill(path: Path, who: str, later: bool, as_json: bool) -> None:
    """The monthly drill: every phone and the sounder ring, marked as a drill, and everybody answers as for an alarm.

    Never at night, never beside a real alarm; what each phone did stands in `feverhub ready` and on the page.
    Exit 0 if it rings or was put off, 1 if the hub refused (it says why), 4 if the hub cannot be reached.
    """
    _obeyed(path, who, Verb.DRILL, {"later": True} if later else {}, "", as_json=as_json)


@click.command(name="good-night", epilog="Example: feverhub good-night --as anna")
@CONFIG
@AS
@JSON
def good_night(path: Path, who: str, as_json: bool) -> None:
    """Good night: is all of it worn, heard and charged, who is on watch, whose phone is proven, what is not good?

    The hub keeps that it was asked, so it does not remind you at [hub] bedtime. `feverhub ready` checks without asking
    the hub to keep it, and exits 6 if the night would not be watched.
    """
    _obeyed(path, who, Verb.GOOD_NIGHT, {}, "", as_json=as_json)


@click.command(epilog="Example: feverhub acknowledge --with-her")
@CONFIG
@AS
@ALARM
@click.option("--with-her", is_flag=True, help="I'm with her: quiets the room too. Without it: I'm coming.")
@JSON
def acknowledge(path: Path, who: str, alarm: str, with_her: bool, as_json: bool) -> None:
    """Answer an alarm: phones fall silent, others are told who is coming. `--alarm test` answers a test.

    Exit 0 if the hub took it, 1 if it refused (it says why), 4 if the hub cannot be reached.
    """
    verb = Verb.WITH_HER if with_her else Verb.ACKNOWLEDGE
    said = "Thank you: the hub keeps that the test was heard." if alarm == "test" else ""
    _obeyed(path, who, verb, {"alarm": alarm}, said or f"is {'with her' if with_her else 'coming'}", as_json=as_json)


def _says(name: str, verb: Verb, said: str, text: str) -> click.Command:
    """A command that says one thing to an alarm."""

    @click.command(name=name, help=text, epilog=f"Example: feverhub {name}")
    @CONFIG
    @AS
    @ALARM
    @JSON
    def command(path: Path, who: str, alarm: str, as_json: bool) -> None:
        _obeyed(path, who, verb, {"alarm": alarm}, said, as_json=as_json)

    return command


with_her = _says("with-her", Verb.WITH_HER, "is with her", "I'm with her: quiets phones and the room.")
awake = _says("awake", Verb.AWAKE, "says that she is awake", "She is awake: the movement is over, and she responds.")
false_alarm = _says(
    "false-alarm", Verb.FALSE_ALARM, "says that it was a false alarm", "It was a false alarm: tells whoever was told."
)


@click.command(epilog="Example: feverhub snooze fever --minutes 30")
@CONFIG
@AS
@ALARM
@click.argument("condition", default="")
@click.option("--minutes", default=30, show_default=True, help="15, 30 or 60; at night also 120.")
@JSON
def snooze(path: Path, who: str, alarm: str, condition: str, minutes: int, as_json: bool) -> None:
    """Quiet for a while, for this CONDITION (such as fever) at this level only; default: all that stands.

    A worse level, another condition and a new onset of movement ring all the same. Exit 0 if the hub took it, 1 if it
    refused.
    """
    fields = {"alarm": alarm, "condition": condition, "minutes": minutes}
    _obeyed(path, who, Verb.SNOOZE, fields, f"made it quiet for {minutes} minutes", as_json=as_json)


@click.command(epilog="Example: feverhub pause --minutes 20 --yes")
@CONFIG
@AS
@click.option("--person", default="", help="Whose watch; needed if more than one is watched.")
@click.option("--device", default="", help="One sensor only.")
@click.option("--minutes", default=10, show_default=True, help="10, 20 or 30.")
@click.option("--end", is_flag=True, help="Watch again now.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@JSON
def pause(path: Path, who: str, person: str, device: str, minutes: int, end: bool, yes: bool, as_json: bool) -> None:
    """Pause watching, for a bath or a change of sensors. It ends by itself, and everyone is told.

    Nobody is rung meanwhile because a sensor is silent or off; what sensors still say of her rings as ever.
    """
    if not (yes or end):
        if not sys.stdin.isatty():
            raise click.UsageError("a pause must be confirmed: add --yes")
        click.confirm(f"Nobody is rung for {minutes} minutes if her sensors are silent. Pause?", abort=True, err=True)
    fields = {"person": person, "device": device, "minutes": 0 if end else minutes, "confirm": True}
    said = "ended the pause" if end else f"paused watching for {minutes} minutes"
    _obeyed(path, who, Verb.PAUSE, fields, said, as_json=as_json)


@click.command(name="on-watch", epilog="Example: feverhub on-watch --as anna --to ben")
@CONFIG
@AS
@click.option("--to", default="", help="Ask this caregiver to take the watch, who then confirms; or everyone.")
@JSON
def on_watch(path: Path, who: str, to: str, as_json: bool) -> None:
    """I'm on watch: woken first, the others later. With --to: ask another, who stays off watch until confirming."""
    said = f"asks {to} to take the watch" if to else "is on watch"
    _obeyed(path, who, Verb.ON_WATCH, {"to": to}, said, as_json=as_json)


@click.command(name="phone-changed", epilog="Example: feverhub phone-changed --of anna")
@CONFIG
@AS
@click.option("--of", default="", help="Whose phone; default: of who says it.")
@JSON
def phone_changed(path: Path, who: str, of: str, as_json: bool) -> None:
    """A phone is new, was updated, or has another app: its proof is void until it has answered a test again.

    Exit 0 if the hub took it, 1 if it refused, 4 if the hub cannot be reached.
    """
    said = "The phone counts as untested now: feverhub test-alarm, then answer it on the locked phone."
    _obeyed(path, who, Verb.PHONE_CHANGED, {"of": of}, said, as_json=as_json)


def _obeyed(path: Path, who: str, verb: Verb, fields: Mapping[str, object], said: str, *, as_json: bool) -> None:
    """Send a command; exit 0 if the hub took it, 1 if not. said: what the caregiver did then, in words."""
    known = {key: value for key, value in fields.items() if value != ""}
    answer = send(path, who, verb, known, 10.0, said, as_json=as_json)
    sys.exit(0 if answer["ok"] else 1)


def send(
    path: Path, who: str, verb: Verb, fields: Mapping[str, object], wait_s: float, said: str = "", *, as_json: bool
) -> dict[str, object]:
    """Send a command to the running hub, print its answer and give it back."""
    from edge.app.client import remote
    from edge.app.load import configuration, process

    process.set_up_logs(quiet=True)
    known = configuration.read(path)
    caregiver = remote.caregiver(known, who)
    answer = asyncio.run(remote.send(known, caregiver, verb, fields, wait_s))
    words = str(answer["reason"]).replace("; ", "\n")
    if answer["ok"] and said:
        words = said if said.endswith(".") else f"The hub tells everyone: {caregiver.name} {said}."
    click.echo(json.dumps(answer) if as_json else words)
    return answer
