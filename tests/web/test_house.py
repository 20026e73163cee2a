"""Which addresses are surely in the house, from what the kernel lists."""

import subprocess
import sys

import pytest

from edge.web import house

# Of a Raspberry Pi: the family's network by wire, a WireGuard tunnel, a container's bridge that is a tap.
ROUTES = """Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
wg0\t0000080A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
tap0\t0000090A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
"""


@pytest.fixture
def hub(tmp_path):
    routes, cards = tmp_path / "route", tmp_path / "net"
    routes.write_text(ROUTES)
    for card, kind in (("eth0", "1"), ("wg0", "65534"), ("tap0", "1")):
        (cards / card).mkdir(parents=True)
        (cards / card / "type").write_text(f"{kind}\n")
    (cards / "tap0" / "tun_flags").write_text("0x1002\n")
    return lambda address, **headers: house.local(address, headers, routes, cards)


@pytest.mark.parametrize("address", ["192.168.1.23", "::ffff:192.168.1.23", "127.0.0.1", "::1", "fe80::1%eth0"])
def test_a_phone_in_the_familys_network_is_in_the_house(hub, address):
    assert hub(address)


@pytest.mark.parametrize(
    "address", ["10.8.0.5", "10.9.0.5", "192.168.2.23", "203.0.113.9", "2001:db8::9", "192.168.1.1", "", "nonsense"]
)
def test_a_tunnel_another_network_and_the_router_itself_are_not(hub, address):
    assert not hub(address)


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "via"])
def test_what_a_proxy_hands_on_is_not(hub, header):
    assert not hub("127.0.0.1", **{header: "203.0.113.9"})


def test_without_the_kernels_list_nobody_is_but_this_computer(tmp_path):
    assert not house.local("192.168.1.23", {}, tmp_path / "none", tmp_path)
    assert house.local("127.0.0.1", {}, tmp_path / "none", tmp_path)


def test_what_is_wrong_with_the_network_is_no_word_of_the_page_to_the_hub(tmp_path):
    """The page's process speaks to the hub by its standard output: a line that is none of its words ends the page."""
    missing = str(tmp_path / "route")
    program = f"""
import pathlib, sys
import edge.web.__main__
from edge.web import house
print(house.local("192.168.1.23", {{}}, pathlib.Path({missing!r})), "structlog" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "False False\n"
    assert "page.networks" in done.stderr
    assert missing in done.stderr
