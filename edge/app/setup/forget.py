"""`feverhub forget`: everything of one child goes, wherever this computer reaches; the rest is named."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edge.app.load import configuration, settings_file
from edge.app.load.broker import broker_settings, hub_user
from edge.app.load.configuration import Configuration
from edge.app.sensors.without_child import named, rewritten, without_child
from edge.app.setup import forgetting
from edge.app.setup.forgetting import Asked
from edge.errors import EdgeError, StorageError, Unreachable
from edge.host import lock
from edge.mqtt import discovery, topics
from edge.mqtt.inbound import Incoming
from edge.mqtt.subscriber import Subscriber
from edge.mqtt.topics import Topics
from edge.storage import backup, forget, forget_backups, series

BROKER_S = 10.0
HUB_S = 900.0
"""A running hub has so long to step aside and clear its folder (`start.FORGETS_S`)."""
LOOKS_S = 0.5

ELSEWHERE = (
    "messages that phones were sent, and the history of the services that carried them",
    "files that were exported, reported, plotted or contributed, and backups on media that are not in now",
    "what Home Assistant and other MQTT subscribers recorded themselves",
    "mosquitto's own file, until the broker writes it anew (every 30 min, and when it ends)",
    "the log of this computer, which names sensors: sudo journalctl --vacuum-time=1s empties it",
    "blocks of a memory card that hold old copies until the card needs them: only a new card has none",
)
"""What no program of this computer can take back, or not at once."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done, before it is. config: what the files say. owner: the owner's file.

    asked: of whom. found: what the state folder holds of her. backups: every folder of a backup in reach. away: folders
    of backups that are not there. owners: whether the owner's own file sets her up. begun: an earlier run was killed.
    """

    known: Configuration
    owner: Path
    asked: Asked
    found: forget.Found
    backups: tuple[Path, ...]
    away: tuple[Path, ...]
    owners: bool
    begun: bool

    @property
    def name(self) -> str:
        """What has to be typed."""
        return self.asked.name or self.asked.person

    @property
    def nothing(self) -> bool:
        """Whether this computer knows nothing of her, apart from what backups may hold."""
        return not (self.found or self.asked.devices or self.asked.name or self.owners or self.begun)


@dataclass(slots=True)
class Outcome:
    """What was done, a sentence each; left: what this computer could not do and why; unreached: what it never can.

    failed: whether something of `left` may work when this is run again.
    """

    done: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)
    failed: bool = False


def plan(path: Path, person: str, *, state_dir: Path | None, backups: Sequence[Path] = ()) -> Plan:
    """What is known of her. backups: folders with backups beside that of the configuration. Raises EdgeError."""
    known = configuration.read(path, state_dir=state_dir)
    topics.check_id(person, "person id")
    before = forgetting.read(known.state_dir, person)
    who = next((each for each in known.config.persons if each.id == person), None)
    worn = {device.id for device in known.config.devices if device.person == person}
    name = before.name if before else who.name if who else ""
    found = forget.look(known.state_dir, forget.Child(person, name))
    devices = sorted(worn | found.devices | set(before.devices if before else ()))
    # A sensor that another child wears by now is hers no more.
    others = {device.id for device in known.config.devices if device.person != person}
    asked = Asked(person=person, name=name, devices=[each for each in devices if each not in others])
    wanted = known.config.backup.folder
    places = list(dict.fromkeys([*([Path(wanted)] if wanted else []), *backups]))
    there = [place for place in places if place.is_dir()]
    return Plan(
        known,
        path,
        asked,
        found,
        tuple(made for place in there for made in backup.made_before(place, known.config.hub.name)),
        tuple(place for place in places if place not in there),
        path.exists() and named(path.read_text("utf-8-sig"), asked.set_up),
        before is not None,
    )


def carry_out(wanted: Plan, say: Callable[[str], None]) -> Outcome:
    """Do all of it. say: what is under way. Raises EdgeError where her data in the state folder could not be removed;
    then nothing else was begun, and the next run goes on.
    """
    asked, known, outcome = wanted.asked, wanted.known, Outcome()
    forgetting.write(known.state_dir, asked)
    _owners_file(wanted, outcome)
    _state(known.state_dir, asked, say)
    outcome.done.append(f"{known.state_dir}: readings, movement, alarms, diary, messages and settings of {wanted.name}")
    steps: list[tuple[str, Callable[[], str]]] = [("the broker", lambda: asyncio.run(_broker(known, asked)))]
    if (influx := known.config.influx) is not None:
        token = known.credentials.get("influx_token") or ""

        def replicated() -> str:
            where = {"org": influx.org, "bucket": influx.bucket, "token": token}
            hub = known.config.hub.name
            by = series.forget(influx.url, **where, ca_file=None, hub=hub, person=asked.person)
            return f"{influx.url}: her series, deleted by {by}"

        steps.append((influx.url, replicated))
    for place in {made.parent for made in wanted.backups}:
        forget_backups.finish(place, known.config.hub.name)
    steps += [(str(made), _backup(made, asked)) for made in wanted.backups]
    for what, step in steps:
        say(what)
        try:
            if said := step():
                outcome.done.append(said)
        except EdgeError as error:
            outcome.left.append(str(error))
            outcome.failed = outcome.failed or isinstance(error, Unreachable)
    outcome.unreached += _elsewhere(wanted)
    if not outcome.failed:
        forgetting.over(known.state_dir, asked.person)
    return outcome


def _owners_file(wanted: Plan, outcome: Outcome) -> None:
    """The one case in which a program writes the owner's file: it was told to, and nothing but her tables goes."""
    if not wanted.owners:
        return
    try:
        text = wanted.owner.read_text("utf-8-sig")
        settings_file.write(wanted.owner, without_child(text, wanted.asked.set_up), like=wanted.owner)
        outcome.done.append(f"{wanted.owner}: her [[person]] and [[device]] tables; every other line is as it was")
    except (EdgeError, OSError) as error:
        rows = wanted.known.config.places
        at = sorted({keys[""] for row, keys in rows.items() if _hers(row, wanted.asked) and "" in keys})
        outcome.left.append(
            f"take her tables out of {wanted.owner} yourself ({', '.join(at)}), or the hub keeps watching her: {error}"
        )


def _hers(row: str, asked: Asked) -> bool:
    table, _, id_ = row.partition("/")
    return (table, id_) == ("person", asked.person) or (table == "device" and id_ in asked.devices)


def _state(folder: Path, asked: Asked, say: Callable[[str], None]) -> None:
    """By this process, or by the hub that holds the folder. Raises EdgeError."""
    say(str(folder))
    with contextlib.ExitStack() as mine:
        try:
            mine.enter_context(lock.held(folder))
        except EdgeError:
            _by_hub(folder, asked, say)
            return
        forgetting.clear(folder, asked)


def _by_hub(folder: Path, asked: Asked, say: Callable[[str], None]) -> None:
    say("the hub runs: it stops watching for a moment, clears its folder, and goes on with who is left")
    end_s = time.monotonic() + HUB_S
    while time.monotonic() < end_s:
        now = forgetting.read(folder, asked.person)
        if now is not None and now.cleared:
            return
        if now is not None and now.trouble:
            raise StorageError(f"the hub could not clear its folder: {now.trouble}")
        time.sleep(LOOKS_S)
    raise Unreachable("the hub did not clear its folder: restart it, which does that first, and run this again")


async def _broker(known: Configuration, asked: Asked) -> str:
    """Empty every retained topic of hers, and those of the house that name her; the hub writes the latter anew."""
    settings = broker_settings(known)
    here = Topics(settings.hub)
    own = topics.discovery(discovery.child_id(settings.hub, asked.person))

    def hers(message: Incoming) -> bool:
        if not (message.retained and message.payload):
            return False
        topic = message.topic
        if topic == own or topic.startswith(f"{here.base}/{asked.person}/"):
            return True
        of_the_house = topic.startswith(f"{here.base}/") and not topic.startswith(f"{here.base}/cmd/")
        return of_the_house and asked.child.named_in(message.payload.decode("utf-8", "replace"))

    mark = f"{here.reply(hub_user(known.config))}/{secrets.token_hex(8)}"
    try:
        async with Subscriber(settings, f"{here.base}/#", own) as client:
            found = {message.topic async for message in client.until_marked(mark, BROKER_S) if hers(message)}
            # Discovery first: Home Assistant reads an emptied topic of a device that it still has as an error.
            for gone in (found & {own}, found - {own}):
                for topic in sorted(gone):
                    client.publish(topic, b"", retain=True)
                async for _ in client.until_marked(mark, BROKER_S):
                    pass
    except TimeoutError:
        raise Unreachable(f"the broker {settings.host} did not answer in time") from None
    return f"{settings.host}: {len(found)} retained topics"


def _backup(made: Path, asked: Asked) -> Callable[[], str]:
    def rewrite() -> str:
        def strip(text: str) -> str:
            return rewritten(text, asked.set_up)

        try:
            return f"{made}: written anew without her" if forget_backups.rewrite(made, asked.child, strip) else ""
        except StorageError as error:
            raise StorageError(f"{error}; to be rid of it: rm -r {made}") from error

    return rewrite


def _elsewhere(wanted: Plan) -> Iterator[str]:
    for place in wanted.away:
        yield f"the backups in {place}: it is not there now; put it in and run this again"
    if wanted.found.films:
        yield f"films, which lie where your camera keeps them: {', '.join(sorted(wanted.found.films))}"
    yield from ELSEWHERE


def facts(wanted: Plan, outcome: Outcome | None = None) -> dict[str, Any]:
    """For `--json`."""
    found = {
        name: getattr(wanted.found, name) for name in ("readings", "blocks", "alarms", "entries", "messages", "lines")
    }
    said = {} if outcome is None else {name: getattr(outcome, name) for name in ("done", "left", "unreached")}
    return {
        "schema": 1,
        "person": wanted.asked.person,
        "name": wanted.name,
        "devices": wanted.asked.devices,
        **found,
        "backups": [str(made) for made in wanted.backups],
        **said,
    }
