"""`feverhub dose`, `note`, `illness` and `vaccination`: what caregivers add to the journal."""

import sys
from collections.abc import Callable
from pathlib import Path

import click

from edge.cli.commands import AS, JSON, send
from edge.cli.options import CONFIG
from edge.model.event import Verb

WAIT_S = 10.0

ENTRY = (
    click.option("--person", help="Whose: an id of the configuration; needed where there are several."),
    click.option("--time", help="When it was: 22:10 (the last time it was that), or with date and offset."),
    click.option("--minutes-ago", type=float, help="When it was, instead of --time."),
    click.option("--id", help='Change this entry, as the journal names it; "last" for your last one.'),
    click.option("--withdraw", is_flag=True, default=None, help="Take the entry with this --id back."),
    JSON,
)
Options = Callable[..., None]


def entry(options: Options) -> Options:
    """The options that every entry has, behind its own."""
    for option in reversed(ENTRY):
        options = option(options)
    return options


@click.command(epilog="Example: feverhub dose Ibuprofen --amount 5 --unit ml --time 22:10")
@click.argument("drug", required=False)
@CONFIG
@AS
@click.option("--amount", type=float, help="How much; default: as in your plan.")
@click.option("--unit", help="Of the amount: ml, mg, drops ...")
@click.option("--reason", help="Why it was given.")
@click.option("--rescue", is_flag=True, default=None, help="It was the rescue medicine of a seizure.")
@entry
def dose(path: Path, who: str, as_json: bool, **said: object) -> None:
    """Write down a dose that was given. The hub answers with the next time by your own plan ([[person.medicine]]).

    Exit 0 if the hub took it, 1 if it refused (it says why), 4 if the hub cannot be reached.
    """
    _add(path, who, Verb.DOSE, said, as_json=as_json)


@click.command(epilog="Example: feverhub note --stage during --wetting --eyes 'to the left' --film 'my phone'")
@click.argument("text", required=False)
@CONFIG
@AS
@click.option("--stage", type=click.Choice(["before", "during", "after"]), help="Symptoms of an episode: when.")
@click.option("--wetting/--no-wetting", default=None, help="Whether she wetted herself.")
@click.option("--crying/--no-crying", default=None, help="Whether she cried.")
@click.option("--absence/--no-absence", default=None, help="Whether she seemed away.")
@click.option("--regular/--not-regular", default=None, help="Whether the jerks came evenly.")
@click.option("--eyes", help="What the eyes did.")
@click.option("--colour", help="Pale, blue lips ...")
@click.option("--side", help="Which side of the body, or the whole of it.")
@click.option("--parts", help="Which parts took part: an arm, the face ...")
@click.option("--film", help="Where the film lies.")
@click.option("--alarm", help="The episode's id; default: the one that stands now.")
@click.option("--celsius", type=float, help="A temperature taken by hand.")
@click.option("--site", help="Where it was taken: axilla, oral, ear, forehead, rectal.")
@click.option("--method", help="With which thermometer, and how.")
@click.option("--ml", type=float, help="She drank so much.")
@entry
def note(path: Path, who: str, as_json: bool, **said: object) -> None:
    """Write down a remark, symptoms of an episode (--stage), a temperature taken by hand (--celsius), a drink (--ml).

    Exit 0 if the hub took it, 1 if it refused (it says why), 4 if the hub cannot be reached.
    """
    known = {"symptoms": said["stage"], "temperature": said["celsius"], "drink": said["ml"]}
    kind = next((name for name, given in known.items() if given is not None), None)
    _add(path, who, Verb.NOTE, {"kind": kind, **said}, as_json=as_json)


@click.command(epilog="Example: feverhub illness --diagnosis 'throat infection'")
@CONFIG
@AS
@click.option("--diagnosis", help="In your words; may be said later.")
@click.option("--over", is_flag=True, default=None, help="It is over; --time says when, if not now.")
@click.option("--person", help="Whose: an id of the configuration; needed where there are several.")
@click.option("--time", help="When it began (or ended): 22:10, 2026-03-14, or with date and offset.")
@click.option("--minutes-ago", type=float, help="When it was, instead of --time.")
@click.option("--id", help="Change this illness, as the journal names it; default: the one that stands.")
@click.option("--withdraw", is_flag=True, default=None, help="It was a mistake: take it back.")
@JSON
def illness(path: Path, who: str, as_json: bool, **said: object) -> None:
    """She is ill: the hub is more watchful, asks for temperatures, and tells you of your plan's next dose.

    Silence of a sensor rings as with a fever, movement is judged as with one; nothing becomes quieter. It ends by
    --over, or by itself after [[person]] illness_days without fever (2), by readings. Exit 0 if the hub took it, 1 if
    it refused (it says why), 4 if the hub cannot be reached.
    """
    _add(path, who, Verb.ILLNESS, said, as_json=as_json)


@click.command(epilog="Example: feverhub vaccination 'measles, mumps, rubella' --time 2026-03-14")
@click.argument("name", required=False)
@CONFIG
@AS
@entry
def vaccination(path: Path, who: str, as_json: bool, **said: object) -> None:
    """Write down a vaccination, for the log and the doctor's report. It changes nothing of the watch.

    Exit 0 if the hub took it, 1 if it refused (it says why), 4 if the hub cannot be reached.
    """
    _add(path, who, Verb.NOTE, {"kind": "vaccination", **said}, as_json=as_json)


def _add(path: Path, who: str, verb: Verb, said: dict[str, object], *, as_json: bool) -> None:
    fields = {key: value for key, value in said.items() if value is not None}
    answer = send(path, who, verb, fields, WAIT_S, as_json=as_json)
    sys.exit(0 if answer["ok"] else 1)
