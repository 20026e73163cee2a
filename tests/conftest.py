"""Shared rules of all tests: no sockets unless a test says that it needs the real server."""

from collections.abc import Iterator
from typing import Any

import pytest
import structlog
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


@pytest.fixture(autouse=True)
def _logs_as_they_were(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A logger that keeps its set-up over the end of a test would write past whoever captures logs in the next."""
    configure = structlog.configure

    def uncached(**how: Any) -> None:
        configure(**{**how, "cache_logger_on_first_use": False})

    monkeypatch.setattr(structlog, "configure", uncached)
    yield
    structlog.reset_defaults()
