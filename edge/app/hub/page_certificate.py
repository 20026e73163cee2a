"""Keeps the certificate of the page valid, and says long before when a family has to do something about it."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import structlog

from edge.app.hub.effects.executor import Report
from edge.app.load.addresses import hosts, is_address, own_hosts
from edge.config import WebTable
from edge.errors import StorageError
from edge.host.authority import FOLDER, FORETOLD_S, LATE_S, Authority, Names, State
from edge.model.alarm import Condition
from edge.model.moment import local
from edge.ports import Clock

LOOK_S = 60.0
"""Between two looks: an address that changed, or a clock that is right at last, is followed within a minute."""
SUBJECT = "page certificate"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Certified:
    """port: with TLS. file: certificate and key. authority: its certificate in DER, and the fingerprint of that."""

    port: int
    file: Path
    authority: bytes
    fingerprint: str


class PageCertificate:
    """hub: its name, for a new authority. report: raises and ends `hub_degraded`."""

    def __init__(self, table: WebTable, folder: Path, hub: str, clock: Clock, report: Report) -> None:
        self._table, self._hub, self._clock, self._report = table, hub, clock, report
        self._authority = Authority(folder / FOLDER)

    async def certified(self) -> Certified:
        """With an authority and a certificate; made where there is none. Raises StorageError."""
        return await asyncio.to_thread(self._certified)

    def _certified(self) -> Certified:
        now = self._clock.now()
        if not self._authority.there:
            self._authority.make(self._hub, own_hosts(self._table), now.wall_s)
        self._authority.keep_valid(names(self._table), now.wall_s, synced=now.synced)
        known = self._authority
        return Certified(self._table.tls_port, known.page, known.certificate(), known.fingerprint())

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            now = self._clock.now()
            try:
                state = await asyncio.to_thread(
                    self._authority.keep_valid, names(self._table), now.wall_s, synced=now.synced
                )
            except StorageError as error:
                self._report(Condition.HUB_DEGRADED, True, str(error), SUBJECT)
                continue
            if state.renewed:
                log.info("page.certificate", renewed=True)
            why = trouble(state, now.wall_s) if now.synced else ""
            self._report(Condition.HUB_DEGRADED, bool(why), why, SUBJECT)


def trouble(state: State, now_s: float) -> str:
    """What the family has to know, and do; empty for nothing. Said by a hub that knows the time."""
    if state.authority_ends_s - now_s < FORETOLD_S:
        day = f"{local(state.authority_ends_s):%d %b %Y}"
        return f"the page's certificate authority ends on {day}: feverhub web certificate --new, then each phone anew"
    if state.page_ends_s - now_s < LATE_S:
        return "the page's certificate ends soon and was not renewed: restart the hub"
    return ""


def names(table: WebTable) -> Names:
    """Under which the page is reached now."""
    found = [*hosts(table), "127.0.0.1"]
    addresses = sorted({each for each in found if is_address(each)})
    return Names(tuple(own_hosts(table)), tuple(addresses))
