"""Under which addresses phones reach the page."""

import socket
from collections.abc import Sequence

from edge.config import WebTable

ANYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104  what the setting is compared with
# An address of documentation (RFC 5737): no packet goes there, the kernel only says which card it would take.
_ELSEWHERE = ("192.0.2.1", 9)


def addresses(web: WebTable) -> Sequence[str]:
    """By number first, which every phone can open; then by name, where this computer is on its network."""
    if web.host not in ANYWHERE:
        return [_url(web.host, web.port)]
    return [_url(_own_address(), web.port), _url(f"{socket.gethostname()}.local", web.port)]


def _url(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _own_address() -> str:
    """This computer's address in the family's network; loopback without one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
