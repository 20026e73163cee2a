"""Whether a phone is surely in the house: who says "I'm with her" quiets the room, and must be able to see her.

Its address must lie in a network that one of the hub's own cards is part of. What comes from elsewhere, through a
router or a tunnel, has another address, and what a proxy hands on names the one before it.
"""

import ipaddress
import logging
import socket
import struct
from collections.abc import Mapping
from pathlib import Path

ROUTES = Path("/proc/net/route")
CARDS = Path("/sys/class/net")
ETHERNET = "1"
"""ARPHRD_ETHER of the kernel's if_arp.h: cards by wire and by radio; a tunnel has another type, or `tun_flags`."""
# What a proxy says of whom it speaks for (RFC 7239 and what came before it).
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")

# To standard error: standard output is the pipe to the hub.
log = logging.getLogger(__name__)


def local(address: str, headers: Mapping[str, str], routes: Path = ROUTES, cards: Path = CARDS) -> bool:
    """Whether it surely comes from inside the house. headers: with small letters. False whenever that is not known."""
    if any(name in headers for name in FORWARDED):
        return False
    try:
        peer = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = peer.ipv4_mapped if isinstance(peer, ipaddress.IPv6Address) else None
    peer = mapped or peer
    if peer.is_loopback:
        return True
    if isinstance(peer, ipaddress.IPv6Address):
        return peer.is_link_local
    try:
        networks, gateways = _networks(routes.read_text("ascii"), cards)
    except (OSError, ValueError) as error:
        log.warning("page.networks: %s", error)
        return False
    # A router that hides a tunnel behind its own address speaks for phones anywhere.
    return peer not in gateways and any(peer in network for network in networks)


def _networks(text: str, cards: Path) -> tuple[list[ipaddress.IPv4Network], set[ipaddress.IPv4Address]]:
    """The networks of the hub's own cards, and its routers; as the kernel lists them, in hexadecimal."""
    networks, gateways = [], set()
    for row in text.splitlines()[1:]:
        card, to, gateway, _, _, _, _, mask, *_ = row.split()
        if int(gateway, 16):
            gateways.add(_address(gateway))
        elif int(mask, 16) and _is_card(cards / card):
            networks.append(ipaddress.IPv4Network((_address(to), str(_address(mask)))))
    return networks, gateways


def _is_card(card: Path) -> bool:
    return (card / "type").read_text("ascii").strip() == ETHERNET and not (card / "tun_flags").exists()


def _address(digits: str) -> ipaddress.IPv4Address:
    """The kernel writes the number as this machine stores it."""
    return ipaddress.IPv4Address(socket.inet_ntoa(struct.pack("=I", int(digits, 16))))
