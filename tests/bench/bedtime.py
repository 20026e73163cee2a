"""The bedtime check as a command, asked of a broker that keeps what a hub with one fault keeps there."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.support import homes
from tests.support.evenings import FAULTS, Fault, kept
from tests.support.homes import Home

WELL = "nothing"
MARK = "feverhub/cot/mark"
REFUSED = "feverhub: "


@dataclass(frozen=True)
class Asked:
    """fault: what was wrong. minded: every sentence that was not "ok". as_meant: exactly the one, and the code."""

    fault: str
    minded: tuple[str, ...]
    code: int
    as_meant: bool


def asked(folder: Path, faults: Sequence[Fault] = FAULTS) -> list[Asked]:
    """Every fault, each alone; then what keeps the question itself from being answered."""
    with homes.home(folder, tls=True) as home:
        _keep(home, {})
        found = [_of(home, WELL, lambda minded, code: (minded, code) == ((), 0))]
        for fault in faults:
            _keep(home, fault.changes(time.time()))
            found.append(_of(home, fault.what, partial(_one, 6, fault.sentence)))
        found.extend(_unanswered(home))
    return found


def _unanswered(home: Home) -> Iterator[Asked]:
    secret, text = home.folder / "credentials" / "mqtt_password", home.config.read_text()
    secret.write_text("wrong")
    yield _of(home, "a wrong password", partial(_one, 4, REFUSED))
    secret.write_text(home.broker.users["hub"])
    home.config.write_text(text.replace(str(home.broker.ca_file), str(home.folder / "nowhere.crt")))
    yield _of(home, "no certificate", partial(_one, 4, REFUSED))
    home.config.write_text(text.replace('site = "axilla"', 'site = "armpit"'))
    yield _of(home, "a mistake in the configuration", partial(_one, 3, REFUSED))
    home.config.write_text(text)
    home.broker.stop()
    yield _of(home, "the broker is away", partial(_one, 4, REFUSED))


def _one(wanted: int, start: str, minded: tuple[str, ...], code: int) -> bool:
    """Whether it is that code, and one sentence that begins so."""
    return code == wanted and len(minded) == 1 and minded[0].startswith(start)


def _of(home: Home, fault: str, meant: Callable[[tuple[str, ...], int], bool]) -> Asked:
    done = home.feverhub("ready", "--json", "--config", str(home.config))
    if done.stdout:
        findings = json.loads(done.stdout)["findings"]
        minded = tuple(each["sentence"] for each in findings if not each["good"])
    else:
        minded = tuple(line.replace(str(home.folder), "...") for line in done.stderr.splitlines())
    return Asked(fault, minded, done.returncode, meant(minded, done.returncode))


def _keep(home: Home, changes: dict[str, object]) -> None:
    """The broker keeps that, and nothing of before."""

    async def keep() -> None:
        async with home.phone("feverhub/cot/#", user="hub") as hub:
            hub.publish(MARK, b"before")
            before = []
            while (message := await hub.next(5.0)).payload != b"before":
                before.append(message.topic)
            for topic in before:
                hub.publish(topic, b"", retain=True)
            for topic, payload in kept("cot", time.time(), **changes).items():
                hub.publish(topic, payload, retain=True)
            hub.publish(MARK, b"after")
            while (await hub.next(5.0)).payload != b"after":
                pass

    asyncio.run(keep())
