"""The phones that may see the caregivers' page: invited, listed and ended from the hub's own terminal."""

import socket
from dataclasses import dataclass

from edge.app.client import remote
from edge.app.load.configuration import Configuration
from edge.config import WebTable
from edge.errors import ConfigError
from edge.web.phones import FOLDER, Phone, Phones

ANYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104  what the setting is compared with
# An address of documentation (RFC 5737): no packet goes there, the kernel only says which card it would take.
_ELSEWHERE = ("192.0.2.1", 9)


@dataclass(frozen=True, slots=True)
class Invitation:
    """url: with the code that lets one phone in. local: the same by the hub's name, empty where that is of no use."""

    url: str
    local: str


def phones(known: Configuration) -> Phones:
    """Those of this hub. Raises ConfigError if there is no page."""
    _table(known)
    return Phones(known.state_dir / FOLDER)


def invite(known: Configuration, caregiver: str, now_s: float, ends_s: float | None) -> Invitation:
    """Let one phone of that caregiver in. Raises ConfigError for a caregiver who is not set up; EdgeError."""
    table = _table(known)
    who = remote.anybody(known, caregiver)
    code = phones(known).invite(who.id, now_s, ends_s)
    anywhere = table.host in ANYWHERE
    host = _own_address() if anywhere else table.host
    local = f"http://{socket.gethostname()}.local:{table.port}/enter?code={code}" if anywhere else ""
    return Invitation(f"http://{f'[{host}]' if ':' in host else host}:{table.port}/enter?code={code}", local)


def named(known: Configuration, phone: Phone) -> str:
    """Whose phone it is, by name."""
    return next(
        (each.name or each.id for each in known.config.caregivers if each.id == phone.caregiver), "nobody any more"
    )


def _table(known: Configuration) -> WebTable:
    if known.config.web is None:
        raise ConfigError(
            'there is no page: write [web] and a line host = "0.0.0.0" into the configuration, and restart'
        )
    return known.config.web


def _own_address() -> str:
    """This computer's address in the family's network; loopback without one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
