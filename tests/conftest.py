"""Shared rules of all tests: no sockets unless a test says that it needs the real server."""

import pytest
from pytest_socket import enable_socket, socket_allow_hosts


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test marked `system` may open sockets, on loopback only."""
    if item.get_closest_marker("system") is not None:
        item.add_marker(pytest.mark.enable_socket)


@pytest.fixture(autouse=True)
def _loopback_only(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("system") is not None:
        enable_socket()
        socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
