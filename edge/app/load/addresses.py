"""Under which addresses phones reach the page."""

import socket
from collections.abc import Sequence

from edge.config import WebTable

ANYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104  what the setting is compared with
# An address of documentation (RFC 5737): no packet goes there, the kernel only says which card it would take.
_ELSEWHERE = ("192.0.2.1", 9)


def addresses(web: WebTable) -> Sequence[str]:
    """By number first, which every phone can open; then by name, where this computer is on its network."""
    return [_url(host, web.tls_port if web.tls else web.port, tls=web.tls) for host in hosts(web)]


def plain(web: WebTable) -> Sequence[str]:
    """The same without encryption: where a phone takes the certificate from."""
    return [_url(host, web.port, tls=False) for host in hosts(web)]


def hosts(web: WebTable) -> Sequence[str]:
    """The addresses and names alone, in the same order."""
    return [web.host] if web.host not in ANYWHERE else [_own_address(), f"{socket.gethostname()}.local"]


def own_hosts(table: WebTable) -> list[str]:
    """The host names that an authority of this computer may sign.

    A name of one word would stand for all names that end with it (RFC 5280, 4.2.1.10), such as `com`.
    """
    wanted = [f"{socket.gethostname().split('.')[0]}.local", table.host]
    return sorted({each.lower() for each in wanted if "." in each and not is_address(each)})


def is_address(host: str) -> bool:
    """Whether it is a number, not a name."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
        except OSError:
            continue
        return True
    return False


def _url(host: str, port: int, *, tls: bool) -> str:
    return f"{'https' if tls else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"


def _own_address() -> str:
    """This computer's address in the family's network; loopback without one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
