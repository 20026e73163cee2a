"""Shared rules of all tests: no sockets unless a test says that it needs the real server."""

import fcntl
import inspect
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import settings
from pytest_socket import enable_socket, socket_allow_hosts

# How long an example takes says how busy the machine is.
settings.register_profile("busy", deadline=None)
settings.load_profile("busy")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that waits in real time may fail for want of a processor: it runs once more, and the summary says so."""
    for item in items:
        waits = inspect.iscoroutinefunction(getattr(item, "function", None))
        if waits or any(item.get_closest_marker(name) for name in ("system", "real_time")):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(trylast=True, specname="pytest_collection_modifyitems")
def pytest_order_of_items(items: list[pytest.Item]) -> None:
    """Tests that hold a latency to its limit come last, so that few others have to wait for them."""
    items.sort(key=lambda item: item.get_closest_marker("real_time") is not None)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """A test marked `real_time` runs while no other worker of this checkout runs a test; any other beside others.

    Outermost, so that a wait counts in no test's time-out.
    """
    alone = item.get_closest_marker("real_time") is not None
    with (item.config.rootpath / "pyproject.toml").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        return (yield)


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
