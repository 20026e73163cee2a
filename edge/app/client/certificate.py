"""The authority of the hub's page, from the hub's own terminal: made, shown, made anew."""

from dataclasses import dataclass

from edge.app.load.addresses import own_hosts, plain
from edge.app.load.configuration import Configuration
from edge.config import WebTable
from edge.host.authority import FOLDER, Authority


@dataclass(frozen=True, slots=True)
class Shown:
    """made: whether it was made just now. url: where a phone takes it from. on: whether the page uses it."""

    fingerprint: str
    url: str
    made: bool
    on: bool


def show(known: Configuration, now_s: float, *, new: bool) -> Shown:
    """Make one where there is none, or (new) in place of the one there. Raises StorageError."""
    table = known.config.web or WebTable()
    authority = Authority(known.state_dir / FOLDER)
    made = new or not authority.there
    if made:
        authority.make(known.config.hub.name, own_hosts(table), now_s)
    return Shown(authority.fingerprint(), f"{plain(table)[0]}/certificate", made, table.tls)
