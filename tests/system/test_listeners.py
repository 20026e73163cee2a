"""Nothing listens beyond this computer without TLS or a stated choice: what the kernel says of a whole hub."""

import asyncio
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.support.homes import ROOT
from tests.support.page import until_up
from tests.support.servers import free_port, until

pytestmark = pytest.mark.system

LISTENS, DATAGRAM = "0A", "07"
"""States of /proc/net/tcp and /proc/net/udp (net/tcp_states.h): a listener, and a socket that takes from anybody."""


def processes(pid: int) -> Iterator[int]:
    """That one and all below it."""
    yield pid
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split():
        yield from processes(int(child))


def sockets(pid: int) -> set[str]:
    found = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        if link := re.fullmatch(r"socket:\[(\d+)\]", str(descriptor.readlink())):
            found.add(link[1])
    return found


def listeners(pid: int) -> set[tuple[str, int]]:
    """(address, port) on which that process or one of its children can be reached, by TCP or UDP."""
    inodes = set().union(*(sockets(each) for each in processes(pid)))
    found = set()
    for table, state in (("tcp", LISTENS), ("tcp6", LISTENS), ("udp", DATAGRAM), ("udp6", DATAGRAM)):
        for row in Path(f"/proc/net/{table}").read_text("ascii").splitlines()[1:]:
            columns = row.split()
            if columns[3] == state and columns[9] in inodes:
                address, _, port = columns[1].partition(":")
                found.add((_address(address), int(port, 16)))
    return found


def _address(digits: str) -> str:
    if len(digits) == 8:
        return socket.inet_ntop(socket.AF_INET, bytes.fromhex(digits)[::-1])
    words = [bytes.fromhex(digits[at : at + 8])[::-1] for at in range(0, 32, 8)]
    return socket.inet_ntop(socket.AF_INET6, b"".join(words))


@pytest.mark.parametrize("host", ["", "0.0.0.0"], ids=["as it comes", "told"])
async def test_a_hub_with_everything_on_listens_on_this_computer_alone_unless_told(home, host):
    web, metrics = free_port(), free_port()
    told = f'host = "{host}"\n' if host else ""
    tables = f"[web]\n{told}port = {web}\n[metrics]\n{told}port = {metrics}\n"
    home.config.write_text(tables + home.config.read_text())
    with home.running() as hub:
        await home.online()
        await asyncio.to_thread(until_up, f"http://127.0.0.1:{web}")
        await until(lambda: len(listeners(hub.pid)) >= 2, 30.0, look_s=0.1)
        found = listeners(hub.pid)
        assert (await asyncio.to_thread(requests.get, f"http://127.0.0.1:{metrics}/metrics", timeout=10)).ok
    assert found == {(host or "127.0.0.1", web), (host or "127.0.0.1", metrics)}


def test_the_shipped_broker_listens_beyond_this_computer_with_tls_alone():
    text = (ROOT / "deploy" / "mosquitto" / "feverhub.conf").read_text("utf-8")
    lines = [line.lstrip("#").strip() for line in text.splitlines() if re.match(r"#?[a-z_]+ \S", line)]
    found: dict[str, set[str]] = {}
    for line in lines:
        word, _, rest = line.partition(" ")
        if word == "listener":
            found[rest] = set()
        elif found:
            found[next(reversed(found))].add(word)
    assert set(found) == {"8883", "1883 127.0.0.1", "8884"}
    for name, settings in found.items():
        assert name.endswith(" 127.0.0.1") or {"certfile", "keyfile", "tls_version"} <= settings, name
    assert "allow_anonymous false" in lines
